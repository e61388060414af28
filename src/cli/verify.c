/* `towndesk verify`: is everything in a town's file as it should be? */
#include "say.h"

enum { JSON };
static const struct option options[] = {
    [JSON] = {.name = "json", .kind = OPTION_FLAG, .help = "answer with one line of JSON"},
};

static enum cli_exit run(const struct cli *cli, const struct arguments *args)
{
    const char *file = args->operands[0];
    bool as_json = args->option[JSON].given;
    struct store_counts counts = {0};
    struct store_findings findings = {0};
    enum store_refusal why = STORE_FINE;
    struct progress bar;
    progress_begin(&bar, cli, "verifying");
    enum err e = store_verify(file, cli->env, progress_of_store(&bar), &counts, &findings, &why);
    progress_end(&bar);
    if (e == ERR_NONE) {
        return say_counts(cli, as_json, file, "everything is as it should be.", &counts);
    }
    if (e == ERR_CORRUPT && findings.count > 0) {
        say_findings(cli, as_json, file, &findings);
        return CLI_FAILED;
    }
    return say_refusal(cli, file, why, e);
}

const struct command command_verify = {
    .name = "verify",
    .operands = "FILE",
    .summary = "check a town's file, or a backup of one",
    .details = "Reads all of it and changes nothing: the structure, every photo against its\n"
               "checksum, the counters, and each case against its own history. Works while a\n"
               "server runs. Ends with 0 when all is well and with 1 when anything is wrong.\n",
    .operands_min = 1,
    .operands_max = 1,
    COMMAND_OPTIONS(options),
    .run = run,
};
