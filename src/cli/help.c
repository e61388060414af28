/* `towndesk help [command]`. */
#include "command.h"

#include <string.h>

static void print_list(FILE *out)
{
    fprintf(out, "towndesk: a town's helpdesk in one program and one file.\n\n"
                 "usage: towndesk <command> [options]\n\n");
    for (size_t i = 0; i < command_count; i++) {
        fprintf(out, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
    }
    fprintf(out, "\nMore about one of them: towndesk help <command>\n"
                 "To look around first:   towndesk serve --demo --db demo.db\n");
}

static enum cli_exit run(const struct cli *cli, const struct arguments *args)
{
    if (args->operand_count == 0) {
        print_list(cli->out);
        return CLI_DONE;
    }
    char wanted[64];
    const char *second = args->operand_count > 1 ? args->operands[1] : "";
    snprintf(wanted, sizeof wanted, "%s%s%s", args->operands[0], *second ? " " : "", second);
    size_t bytes = strlen(wanted);
    size_t shown = 0;
    for (size_t i = 0; i < command_count; i++) {
        const char *name = commands[i]->name;
        if (strncmp(name, wanted, bytes) == 0 && (name[bytes] == '\0' || name[bytes] == ' ')) {
            if (shown++) fprintf(cli->out, "\n\n");
            command_help_text(commands[i], cli->out);
        }
    }
    if (shown) return CLI_DONE;
    return cli_fail(cli, CLI_WRONG_USE, "there is no command '%s'. See 'towndesk help'.", wanted);
}

const struct command command_help = {
    .name = "help",
    .operands = "[command]",
    .summary = "say what the commands do",
    .details = "",
    .operands_max = 2,
    .run = run,
};
