/* The command line: `towndesk <command> …`, in git's manner. One file of src/cli per command, in
 * which the command's options, their help and its work stand together.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdio.h>

#include "base/env.h"

/* Where a command reads and writes: main's three streams, in tests files. */
struct cli {
    const struct env *env;
    int in;    /* a descriptor: standard input */
    FILE *out; /* results, for people and programs */
    FILE *err; /* everything said beside them: hints, progress, what went wrong */
};

enum cli_exit { CLI_DONE = 0, CLI_FAILED = 1, CLI_WRONG_USE = 2 };

/* Runs one command to its end. argv as main has it. SIGPIPE must be ignored and SIGTERM and SIGINT
 * be as the system gives them; the command `serve` blocks the two and waits for them. */
enum cli_exit cli_main(const struct cli *cli, int argc, char **argv);

#endif
