/* The executable's entrance: builds the environment (clock, randomness, log) and hands over to a
 * command. Nothing else in the house asks the system for these.
 */
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    /* A reader that goes away (a closed pipe or socket) is an error of one write, not our end. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);

    struct log log = {.fd = STDERR_FILENO, .least = LOG_INFO};
    struct env env = env_system(&log);
    struct cli cli = {.env = &env, .in = STDIN_FILENO, .out = stdout, .err = stderr};
    enum cli_exit status = cli_main(&cli, argc, argv);
    if (fflush(stdout) != 0 && status == CLI_DONE) {
        fprintf(stderr, "towndesk: what this command had to say could not be written.\n");
        status = CLI_FAILED;
    }
    return (int)status;
}
