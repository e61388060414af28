/* Many pieces of work on all cores, answered with one line each in the order of the pieces.
 *
 *     pieces   0 1 2 3 4 5 6 7 …           taken in order, by whichever thread is free
 *     ring     [2 ✓][3 …][4 ✓][5 ✓]        lines that wait for the ones before them
 *     out      line 0, line 1               written as soon as their turn comes
 *
 * At most POOL_RING lines are held, and no thread takes a piece further ahead: memory is bounded by
 * threads, not by pieces.
 */
#ifndef CLI_POOL_H
#define CLI_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "say.h"

#define POOL_RING 64
#define POOL_LINE_BYTES_MAX 65536

struct pool_job {
    size_t count; /* of pieces */
    void *context;
    /* Once per thread, before its first piece; NULL: out of memory. */
    void *(*begin)(void *context);
    void (*end)(void *context, void *worker);
    /* Answers piece `index` with one line, without its line end; called by several threads. false:
     * it failed (the line says how); the pool goes on. */
    bool (*work)(void *context, void *worker, size_t index, struct buf *line);
};

/* Runs the job on as many threads as there are cores. *failed: how many pieces did. ERR_IO: `out`
 * takes no more (the rest is left undone); ERR_NOMEM: no thread could begin. */
enum err pool_run(const struct pool_job *job, FILE *out, struct progress *progress,
                  size_t *failed) ERR_CHECKED;

#endif
