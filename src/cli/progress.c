/* Owns the progress bar: one line on standard error that is drawn over itself at most ten times a
 * second, and only where a person sees it. One thread at a time.
 */
#include "say.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 30
#define BETWEEN_MS 100

void progress_begin(struct progress *p, const struct cli *cli, const char *what)
{
    const char *term = getenv("TERM");
    bool watched = isatty(fileno(cli->err)) && !(term && strcmp(term, "dumb") == 0);
    *p = (struct progress){.out = watched ? cli->err : NULL, .what = what, .env = cli->env};
    p->drawn_ms = env_monotonic_ms(cli->env);
}

void progress_step(struct progress *p, int64_t done, int64_t total)
{
    int64_t now_ms = p->out ? env_monotonic_ms(p->env) : 0;
    if (!p->out || now_ms - p->drawn_ms < BETWEEN_MS) return;
    p->drawn_ms = now_ms;
    char bar[BAR_WIDTH + 1];
    int percent = total > 0 && done < total ? (int)(done * 100 / total) : 100;
    int full = percent * BAR_WIDTH / 100;
    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', (size_t)full);
    bar[BAR_WIDTH] = '\0';
    int columns = total > 0 ? fprintf(p->out, "\r%s [%s] %3d %%", p->what, bar, percent)
                            : fprintf(p->out, "\r%s …", p->what);
    fflush(p->out);
    p->columns = columns > p->columns ? columns : p->columns;
}

void progress_end(struct progress *p)
{
    if (!p->out || p->columns == 0) return;
    fprintf(p->out, "\r%*s\r", p->columns, "");
    fflush(p->out);
    p->columns = 0;
}

static void store_step(void *context, int64_t done, int64_t total)
{
    progress_step(context, done, total);
}

struct store_progress progress_of_store(struct progress *p)
{
    return (struct store_progress){.step = p->out ? store_step : NULL, .context = p};
}
