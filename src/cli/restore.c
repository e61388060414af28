/* `towndesk restore`: puts a backup in the place of a town's file. */
#include "say.h"

enum { DB, FORCE, JSON };
static const struct option options[] = {
    [DB] = {.name = "db",
            .value = "FILE",
            .kind = OPTION_TEXT,
            .help = "where the town's file shall be",
            .needed = true},
    [FORCE] = {.name = "force", .kind = OPTION_FLAG, .help = "replace FILE when it exists"},
    [JSON] = {.name = "json", .kind = OPTION_FLAG, .help = "answer with one line of JSON"},
};

static enum cli_exit run(const struct cli *cli, const struct arguments *args)
{
    const char *file = args->option[DB].text;
    const char *backup = args->operands[0];
    bool as_json = args->option[JSON].given;
    struct store_counts counts = {0};
    struct store_findings findings = {0};
    enum store_refusal why = STORE_FINE;
    struct progress bar;
    progress_begin(&bar, cli, "restoring");
    enum err e = store_restore(backup, file, args->option[FORCE].given, cli->env,
                               progress_of_store(&bar), &counts, &findings, &why);
    progress_end(&bar);
    if (e == ERR_NONE) {
        return say_counts(cli, as_json, file, "restored, read back and verified.", &counts);
    }
    if (e == ERR_CORRUPT && findings.count > 0) {
        say_findings(cli, as_json, backup, &findings);
        return cli_fail(cli, CLI_FAILED, "%s was left as it is.", file);
    }
    if (why != STORE_FINE) return say_refusal(cli, backup, why, e);
    if (e == ERR_CONFLICT) {
        return cli_fail(cli, CLI_FAILED,
                        "%s exists already and was left as it is. --force replaces it.", file);
    }
    if (e == ERR_BUSY) {
        return cli_fail(cli, CLI_FAILED,
                        "%s is in use and was left as it is. Stop its server first.", file);
    }
    if (e == ERR_NOT_FOUND) return say_refusal(cli, backup, STORE_FINE, e);
    return cli_fail(cli, CLI_FAILED,
                    "%s was not written (%s). Is there such a folder, and room on the disk?", file,
                    err_name(e));
}

const struct command command_restore = {
    .name = "restore",
    .operands = "BACKUP",
    .summary = "put a backup in the place of a town's file",
    .details = "BACKUP is verified first, copied beside FILE, and takes its place in one step. It\n"
               "stays itself as it is. A server that uses FILE must be stopped before.\n",
    .operands_min = 1,
    .operands_max = 1,
    COMMAND_OPTIONS(options),
    .run = run,
};
