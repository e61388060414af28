/* Owns the list of commands, finding the one that is meant, and what all commands say alike: the
 * usage line and "towndesk: …". A command's name may be two words ("staff add"); the longest that
 * fits is taken.
 */
#include "command.h"

#include "base/text.h"

#include <stdarg.h>
#include <string.h>

const struct command *const commands[] = {
    &command_serve,         &command_photo,      &command_ingest,    &command_backup,
    &command_verify,        &command_restore,    &command_staff_add, &command_staff_passwd,
    &command_staff_disable, &command_staff_list, &command_routes,    &command_version,
    &command_help,
};
const size_t command_count = sizeof commands / sizeof *commands;

#define USAGE_COLUMNS 79

/* How many words of argv the name takes; 0: it is another one. */
static int words_matched(const char *name, int argc, char **argv)
{
    int words = 0;
    for (const char *at = name; *at; words++) {
        size_t bytes = strcspn(at, " ");
        if (words == argc || strlen(argv[words]) != bytes || memcmp(at, argv[words], bytes) != 0) {
            return 0;
        }
        at += bytes;
        at += *at == ' ';
    }
    return words;
}

static bool is_help_option(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (is_help_option(argv[i])) return true;
    }
    return false;
}

/* "towndesk staff" alone: is `word` the beginning of commands of two words? */
static bool is_family(const char *word)
{
    size_t bytes = strlen(word);
    for (size_t i = 0; i < command_count; i++) {
        const char *name = commands[i]->name;
        if (strncmp(name, word, bytes) == 0 && name[bytes] == ' ') return true;
    }
    return false;
}

static enum cli_exit unknown_command(const struct cli *cli, int argc, char **argv)
{
    if (is_family(argv[0])) {
        if (argc > 1) {
            fprintf(cli->err, "towndesk: there is no command '%s %s'. There are:\n", argv[0],
                    argv[1]);
        } else {
            fprintf(cli->err, "towndesk: '%s' needs one word more. There are:\n", argv[0]);
        }
        for (size_t i = 0; i < command_count; i++) {
            if (strncmp(commands[i]->name, argv[0], strlen(argv[0])) == 0) {
                fprintf(cli->err, "  towndesk %-16s %s\n", commands[i]->name, commands[i]->summary);
            }
        }
        return CLI_WRONG_USE;
    }
    return cli_fail(cli, CLI_WRONG_USE, "there is no command '%s'. See 'towndesk help'.", argv[0]);
}

enum cli_exit cli_main(const struct cli *cli, int argc, char **argv)
{
    if (argc < 2) {
        struct arguments none = {.operand_count = 0};
        struct cli to_err = *cli;
        to_err.out = cli->err;
        (void)command_help.run(&to_err, &none);
        return CLI_WRONG_USE;
    }
    argc--;
    argv++;
    if (is_help_option(argv[0])) {
        return command_help.run(cli, &(struct arguments){.operand_count = 0});
    }
    if (strcmp(argv[0], "--version") == 0) {
        return command_version.run(cli, &(struct arguments){.operand_count = 0});
    }
    for (size_t i = 0; i < command_count; i++) {
        const struct command *c = commands[i];
        int words = words_matched(c->name, argc, argv);
        if (words == 0) continue;
        if (asks_for_help(argc - words, argv + words)) {
            command_help_text(c, cli->out);
            return CLI_DONE;
        }
        struct arguments args;
        if (!arguments_parse(c, argc - words, argv + words, cli->err, &args)) {
            return CLI_WRONG_USE;
        }
        return c->run(cli, &args);
    }
    return unknown_command(cli, argc, argv);
}

enum cli_exit cli_fail(const struct cli *cli, enum cli_exit status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(cli->err, "towndesk: ");
    vfprintf(cli->err, format, args);
    fprintf(cli->err, "\n");
    va_end(args);
    return status;
}

void command_usage(const struct command *c, FILE *out)
{
    int indent = fprintf(out, "usage: towndesk %s", c->name);
    int column = indent;
    for (size_t i = 0; i <= c->option_count; i++) {
        char piece[96];
        if (i == c->option_count) {
            if (!*c->operands) break;
            snprintf(piece, sizeof piece, " %s", c->operands);
        } else {
            const struct option *o = &c->options[i];
            snprintf(piece, sizeof piece, o->needed ? " --%s%s%s%s" : " [--%s%s%s]%s", o->name,
                     o->value ? " " : "", o->value ? o->value : "",
                     o->kind == OPTION_TEXTS ? "…" : "");
        }
        int width = (int)text_points(str_of(piece));
        if (column + width > USAGE_COLUMNS) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        }
        fputs(piece, out);
        column += width;
    }
    fputc('\n', out);
}

void command_help_text(const struct command *c, FILE *out)
{
    fprintf(out, "towndesk %s: %s\n\n", c->name, c->summary);
    command_usage(c, out);
    for (size_t i = 0; i < c->option_count; i++) {
        const struct option *o = &c->options[i];
        char head[64];
        snprintf(head, sizeof head, "--%s%s%s", o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        fprintf(out, "%s  %-20s %s", i == 0 ? "\n" : "", head, o->help);
        fprintf(out, o->fallback ? " (default: %s)\n" : "\n", o->fallback ? o->fallback : "");
    }
    if (*c->details) fprintf(out, "\n%s", c->details);
}
