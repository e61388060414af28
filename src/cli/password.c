/* Owns reading a password. What is typed is not shown, and the terminal is put back whatever
 * happens: while it hides, an interrupt is a character like any other, which ends the line and the
 * command.
 */
#include "password.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define INTERRUPT 3 /* Ctrl-C */

/* One line, without its end. false: the end of input, an interrupt, or too long. */
static bool read_line(int fd, char out[PASSWORD_ROOM])
{
    size_t bytes = 0;
    char c = '\0';
    bool any = false;
    for (;;) {
        ssize_t n = read(fd, &c, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        if (n == 0 || c == '\n') break;
        any = true;
        if (c == INTERRUPT || bytes + 1 == PASSWORD_ROOM) return false;
        out[bytes++] = c;
    }
    if (bytes > 0 && out[bytes - 1] == '\r') bytes--;
    out[bytes] = '\0';
    return any;
}

static bool ask(const struct cli *cli, const char *name, const char *again, char out[PASSWORD_ROOM])
{
    struct termios shown, hidden;
    if (tcgetattr(cli->in, &shown) != 0) return false;
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    hidden.c_cc[VEOL] = INTERRUPT;
    fprintf(cli->err, "Password for %s%s: ", name, again);
    fflush(cli->err);
    if (tcsetattr(cli->in, TCSAFLUSH, &hidden) != 0) return false;
    bool fine = read_line(cli->in, out);
    tcsetattr(cli->in, TCSAFLUSH, &shown);
    fputc('\n', cli->err);
    return fine;
}

bool password_read(const struct cli *cli, const char *name, char out[PASSWORD_ROOM])
{
    if (!isatty(cli->in)) {
        if (read_line(cli->in, out)) return true;
        (void)cli_fail(cli, CLI_FAILED,
                       "there was no password in the first line of standard input.");
        return false;
    }
    char again[PASSWORD_ROOM];
    bool fine = ask(cli, name, "", out) && ask(cli, name, ", once more", again);
    if (!fine) {
        (void)cli_fail(cli, CLI_FAILED, "no password was given; nothing was changed.");
    } else if (strcmp(out, again) != 0) {
        fine = false;
        (void)cli_fail(cli, CLI_FAILED, "the two are not the same; nothing was changed.");
    }
    explicit_bzero(again, sizeof again);
    if (!fine) explicit_bzero(out, PASSWORD_ROOM);
    return fine;
}
