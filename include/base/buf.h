/* A growing byte buffer that knows its maximum from the start.
 *
 * Writing never returns an error: the first failure (maximum reached, no memory) makes the buffer
 * `failed` and every later write does nothing; the writer asks once, at the end, with buf_err().
 * A buffer in use always has a terminating NUL after its last byte. Owner: who called buf_init.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct buf {
    char *at;     /* NULL until the first write */
    size_t bytes; /* without the NUL */
    size_t room;  /* allocated */
    size_t max;   /* bytes may never exceed it */
    enum err err; /* ERR_NONE, ERR_TOO_BIG or ERR_NOMEM: the first failure */
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_clear(struct buf *b); /* frees; ready for use again with the same maximum */
void buf_reset(struct buf *b); /* empties, keeps the memory, forgets the failure */

/* `bytes` may not lie within b itself: growing moves it. */
void buf_add(struct buf *b, const void *bytes, size_t count);
void buf_add_str(struct buf *b, struct str s);
void buf_add_text(struct buf *b, const char *terminated); /* NULL adds nothing */
void buf_add_char(struct buf *b, char c);
void buf_add_int(struct buf *b, int64_t n); /* decimal, without printf */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* HTML text and attribute values: & < > " ' escaped. */
void buf_add_html(struct buf *b, struct str s);

/* Percent-encoding of everything but RFC 3986's unreserved characters. */
void buf_add_url(struct buf *b, struct str s);

enum err buf_err(const struct buf *b) ERR_CHECKED;
struct str buf_str(const struct buf *b); /* borrows until the next write */

#endif
