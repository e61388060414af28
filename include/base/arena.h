/* An arena: memory of one request, one command or one row set, given back all at once.
 *
 *     arena  -> [block 64 KB] -> [block 64 KB] -> [block for one large piece]
 *
 * Blocks come from malloc up to a stated maximum; past it, or when malloc fails, allocation returns
 * NULL and the caller returns ERR_NOMEM. Nothing is freed singly. One thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *first; /* newest block */
    size_t used_bytes;         /* sum of all blocks' sizes */
    size_t max_bytes;
};

/* max_bytes: the most that all blocks together may take. Allocates nothing yet. */
void arena_init(struct arena *a, size_t max_bytes);

/* Gives everything back but keeps one ordinary block for the next request. */
void arena_reset(struct arena *a);

/* Gives everything back. The arena may be used again. */
void arena_clear(struct arena *a);

/* bytes of zeroed memory, aligned for any type; NULL when the maximum or malloc says no. */
void *arena_alloc(struct arena *a, size_t bytes) __attribute__((malloc));

/* count elements of size bytes; NULL also when the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t bytes) __attribute__((malloc));

/* A terminated copy of s; NULL when out of memory. */
char *arena_text(struct arena *a, struct str s);

/* The same as a struct str; on failure .at is NULL (and for an empty s it is ""). */
struct str arena_str(struct arena *a, struct str s);

/* printf into the arena; NULL when out of memory. */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
