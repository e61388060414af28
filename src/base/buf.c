/* Owns the bytes of a struct buf. Invariants: at is NULL and room 0, or at[bytes] is NUL and
 * bytes < room <= max + 1; once err is set nothing changes until buf_reset or buf_clear. What was
 * written before the failure stays, but of a failed write nothing may be relied on. Refuses to grow
 * beyond max even when a write would only touch it for a moment.
 */
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIRST_ROOM ((size_t)256)

static bool reserve(struct buf *b, size_t count);

void buf_init(struct buf *b, size_t max_bytes)
{
    /* Room for the NUL, and sizes that a pointer difference can express. */
    size_t max = max_bytes < PTRDIFF_MAX ? max_bytes : (size_t)PTRDIFF_MAX - 1;
    *b = (struct buf){.at = NULL, .bytes = 0, .room = 0, .max = max, .err = ERR_NONE};
}

void buf_clear(struct buf *b)
{
    mem_free(b->at);
    buf_init(b, b->max);
}

void buf_reset(struct buf *b)
{
    b->bytes = 0;
    b->err = ERR_NONE;
    if (b->at) {
        b->at[0] = '\0';
    }
}

void buf_add(struct buf *b, const void *bytes, size_t count)
{
    if (count == 0 || !reserve(b, count)) {
        return;
    }
    memcpy(b->at + b->bytes, bytes, count);
    b->bytes += count;
    b->at[b->bytes] = '\0';
}

void buf_add_str(struct buf *b, struct str s)
{
    buf_add(b, s.at, s.bytes);
}

void buf_add_text(struct buf *b, const char *terminated)
{
    buf_add_str(b, str_of(terminated));
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_add_int(struct buf *b, int64_t n)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t magnitude = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do {
        digits[--at] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude > 0);
    if (n < 0) {
        digits[--at] = '-';
    }
    buf_add(b, digits + at, sizeof digits - at);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    if (b->err) {
        return;
    }
    va_list args;
    va_start(args, format);
    size_t left = b->room - b->bytes;
    int count = vsnprintf(b->at ? b->at + b->bytes : NULL, left, format, args);
    va_end(args);
    if (count > 0 && (size_t)count >= left && reserve(b, (size_t)count)) {
        va_start(args, format);
        vsnprintf(b->at + b->bytes, (size_t)count + 1, format, args);
        va_end(args);
    }
    if (count < 0) {
        b->err = ERR_TOO_BIG; /* more than INT_MAX: the only way a valid format fails */
    }
    if (!b->err) {
        b->bytes += (size_t)count;
    }
    if (b->at) {
        b->at[b->bytes] = '\0';
    }
}

void buf_add_html(struct buf *b, struct str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.bytes; i++) {
        const char *escape = NULL;
        switch (s.at[i]) {
        case '&': escape = "&amp;"; break;
        case '<': escape = "&lt;"; break;
        case '>': escape = "&gt;"; break;
        case '"': escape = "&quot;"; break;
        case '\'': escape = "&#39;"; break;
        default: continue;
        }
        buf_add(b, s.at + from, i - from);
        buf_add_text(b, escape);
        from = i + 1;
    }
    if (from < s.bytes) {
        buf_add(b, s.at + from, s.bytes - from);
    }
}

void buf_add_url(struct buf *b, struct str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~') {
            buf_add_char(b, (char)c);
        } else {
            char escape[3] = {'%', hex[c >> 4], hex[c & 15]};
            buf_add(b, escape, sizeof escape);
        }
    }
}

enum err buf_err(const struct buf *b)
{
    return b->err;
}

struct str buf_str(const struct buf *b)
{
    return (struct str){b->at, b->bytes};
}

/* Makes room for count more bytes and the NUL, or sets err. */
static bool reserve(struct buf *b, size_t count)
{
    if (b->err) {
        return false;
    }
    if (count > b->max - b->bytes) {
        b->err = ERR_TOO_BIG;
        return false;
    }
    size_t need = b->bytes + count + 1;
    if (need <= b->room) {
        return true;
    }
    size_t room = b->room <= b->max / 2 ? 2 * b->room : b->max + 1;
    room = room < FIRST_ROOM ? FIRST_ROOM : room;
    room = room < need ? need : room;
    room = room > b->max + 1 ? b->max + 1 : room;
    char *at = mem_realloc(b->at, room);
    if (!at) {
        b->err = ERR_NOMEM;
        return false;
    }
    b->at = at;
    b->room = room;
    return true;
}
