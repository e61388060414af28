/* A command as one table: what it is called, what it takes, what it says of itself, what it does.
 *
 *     towndesk <name> [options and operands in any order] [-- operands that begin with a dash]
 *
 * The parser, `towndesk help` and the message about wrong use all read the same table.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"

#define OPTIONS_MAX 12 /* of one command */
#define OPTION_TIMES_MAX 8

enum option_kind {
    OPTION_FLAG,   /* --force */
    OPTION_TEXT,   /* --db FILE, --db=FILE; the last one counts */
    OPTION_TEXTS,  /* may be given up to OPTION_TIMES_MAX times */
    OPTION_NUMBER, /* a whole number from min to max */
};

struct option {
    const char *name;  /* without the dashes */
    const char *value; /* what stands behind it in the help: "FILE"; NULL for a flag */
    enum option_kind kind;
    const char *help;     /* one line */
    const char *fallback; /* the value when it is not given; NULL: none */
    int64_t min, max;     /* of OPTION_NUMBER */
    bool needed;          /* wrong use without it */
};

struct option_value {
    bool given;
    const char *text;                    /* OPTION_TEXT: given, fallback or NULL */
    const char *texts[OPTION_TIMES_MAX]; /* OPTION_TEXTS; with no fallback among them */
    size_t count;
    int64_t number;
};

struct arguments {
    struct option_value option[OPTIONS_MAX]; /* by the index in the command's table */
    char **operands;                         /* borrowed from argv */
    size_t operand_count;
};

#define OPERANDS_ANY SIZE_MAX

struct command {
    const char *name;     /* "serve", "staff add" */
    const char *operands; /* "FILE…"; "" for none */
    const char *summary;  /* one line of the list of commands, no full stop */
    const char *details;  /* what `towndesk help <name>` says beneath; lines of up to 79 columns */
    size_t operands_min, operands_max;
    const struct option *options;
    size_t option_count;
    enum cli_exit (*run)(const struct cli *cli, const struct arguments *args);
};

/* Two members of struct command. */
#define COMMAND_OPTIONS(table) .options = (table), .option_count = sizeof(table) / sizeof *(table)

/* All commands in the order of the help. */
extern const struct command *const commands[];
extern const size_t command_count;

extern const struct command command_serve, command_photo, command_ingest, command_backup,
    command_verify, command_restore, command_staff_add, command_staff_passwd, command_staff_list,
    command_staff_disable, command_routes, command_version, command_help;

/* Sorts argv (behind the command's name) into `out`, whose operands it puts at the front of argv.
 * false: wrong use, which has been said on `err` together with the usage. */
bool arguments_parse(const struct command *c, int argc, char **argv, FILE *err,
                     struct arguments *out);

void command_usage(const struct command *c, FILE *out); /* one "usage: …" line, wrapped */
void command_help_text(const struct command *c, FILE *out);

/* "towndesk: <sentence>" on cli->err; returns `status` so that it can be returned. */
enum cli_exit cli_fail(const struct cli *cli, enum cli_exit status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
