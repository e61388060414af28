/* The end of a process that has found itself wrong: one line on standard error, then abort(), so
 * that a core and a stack can be had. Allocates nothing, runs no exit handlers, never returns.
 */
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void must_fail(const char *expression, const char *file, int line)
{
    char text[512];
    int n = snprintf(text, sizeof text, "%s:%d: must(%s) failed\n", file, line, expression);
    if (n > 0) {
        size_t count = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
        /* Nothing is left to do about a failed write. */
        ssize_t written = write(STDERR_FILENO, text, count);
        (void)written;
    }
    abort();
}
