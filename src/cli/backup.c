/* `towndesk backup`: a verified copy of a town's file, taken while it lives. */
#include "say.h"

enum { DB, JSON };
static const struct option options[] = {
    [DB] = {.name = "db",
            .value = "FILE",
            .kind = OPTION_TEXT,
            .help = "the town's file",
            .needed = true},
    [JSON] = {.name = "json", .kind = OPTION_FLAG, .help = "answer with one line of JSON"},
};

/* What is the matter with a file that could not be copied: asked of the file itself. */
static enum store_refusal refusal_of(const struct cli *cli, const char *file)
{
    struct store *store = NULL;
    enum store_refusal why = STORE_FINE;
    enum err e = store_open(file, &(struct store_options){.read_only = true}, cli->env, &store,
                            &why);
    if (e == ERR_NONE) store_close(store);
    return why;
}

static enum cli_exit run(const struct cli *cli, const struct arguments *args)
{
    const char *file = args->option[DB].text;
    const char *dest = args->operands[0];
    bool as_json = args->option[JSON].given;
    struct store_counts counts = {0};
    struct store_findings findings = {0};
    struct progress bar;
    progress_begin(&bar, cli, "copying");
    enum err e = store_backup(file, dest, cli->env, progress_of_store(&bar), &counts, &findings);
    progress_end(&bar);
    if (e == ERR_NONE) {
        return say_counts(cli, as_json, dest, "a complete copy, read back and verified.", &counts);
    }
    if (e == ERR_CORRUPT && findings.count > 0) {
        say_findings(cli, as_json, file, &findings);
        return cli_fail(cli, CLI_FAILED, "%s was not written.", dest);
    }
    enum store_refusal why = refusal_of(cli, file);
    if (why != STORE_FINE && why != STORE_OLDER) return say_refusal(cli, file, why, e);
    if (e == ERR_CORRUPT) return say_refusal(cli, file, STORE_FINE, e);
    return cli_fail(cli, CLI_FAILED,
                    "%s was not written (%s). Is there such a folder, and room on the disk?", dest,
                    err_name(e));
}

const struct command command_backup = {
    .name = "backup",
    .operands = "DEST",
    .summary = "copy a town's file while it is in use",
    .details =
        "The copy holds everything: cases, photos, people. It is made beside DEST, read back\n"
        "and verified, and only then takes DEST's name: an older backup of that name stays\n"
        "until the new one is whole. A server may be running meanwhile.\n",
    .operands_min = 1,
    .operands_max = 1,
    COMMAND_OPTIONS(options),
    .run = run,
};
