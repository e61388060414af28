/* Owns `serve --demo`: the demo town is made once, in a file without cases, with a bar while it
 * takes. */
#include "say.h"
#include "serve.h"

#include "fixtures/demo.h"

static void step(void *context, int done, int total)
{
    progress_step(context, done, total);
}

static enum err count_cases(struct store_tx *tx, void *context)
{
    int64_t by_status[CASE_STATUS_COUNT];
    int64_t *all = context;
    enum err e = store_casefile_counts(tx, 0, by_status);
    *all = 0;
    for (int i = 0; e == ERR_NONE && i < CASE_STATUS_COUNT; i++) *all += by_status[i];
    return e;
}

bool demo_fill(const struct cli *cli, struct store *store)
{
    int64_t cases = 0;
    enum err e = store_read(store, count_cases, &cases);
    if (e == ERR_NONE && cases > 0) return true;
    struct progress bar;
    progress_begin(&bar, cli, "building the demo town");
    if (!bar.out) fprintf(cli->err, "towndesk: building the demo town, once\n");
    struct demo_progress progress = {.step = step, .context = &bar};
    if (e == ERR_NONE) e = demo_town_make(store, cli->env, progress);
    progress_end(&bar);
    if (e == ERR_NONE) return true;
    (void)cli_fail(cli, CLI_FAILED, "the demo town could not be made (%s).", err_name(e));
    return false;
}

void demo_say_how_to_sign_in(const struct cli *cli)
{
    fprintf(cli->out, "Sign in as %s or %s with the password %s\n", DEMO_CLERK_NAME,
            DEMO_ADMIN_NAME, DEMO_PASSWORD);
}
