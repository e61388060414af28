/* Owns `serve --demo`: the demo town is made once, in an empty file, with a bar while it takes. */
#include "say.h"
#include "serve.h"

#include "fixtures/demo.h"

static void step(void *context, int done, int total)
{
    progress_step(context, done, total);
}

bool demo_fill(const struct cli *cli, struct store *store)
{
    struct progress bar;
    progress_begin(&bar, cli, "building the demo town");
    if (!bar.out) fprintf(cli->err, "towndesk: building the demo town unless it is there\n");
    struct demo_progress progress = {.step = step, .context = &bar};
    enum err e = demo_town_make(store, cli->env, progress);
    progress_end(&bar);
    if (e == ERR_NONE || e == ERR_CONFLICT) return true;
    (void)cli_fail(cli, CLI_FAILED, "the demo town could not be made (%s).", err_name(e));
    return false;
}

void demo_say_how_to_sign_in(const struct cli *cli)
{
    fprintf(cli->out, "Sign in as %s or %s with the password %s\n", DEMO_CLERK_NAME,
            DEMO_ADMIN_NAME, DEMO_PASSWORD);
}
