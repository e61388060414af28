/* Unstuffs a scan's bytes into the buffer. Markers end the data; FF FF (fill) is stepped over as libjpeg
 * does.
 */
#include "jpeg_bits.h"

struct bits bits_start(struct bit_source *from, const uint8_t *in, const uint8_t *end)
{
    struct bits b = {.at = from->buffer};
    from->valid = from->buffer;
    from->in = in;
    from->end = end;
    from->ended = false;
    (void)bits_fill(&b, from);
    return b;
}

/* Copies up to the next FF or as much as fits; returns where the copy ends. */
static uint8_t *copy_plain(struct bit_source *from, uint8_t *out, const uint8_t *limit)
{
    size_t room = (size_t)(limit - out);
    size_t left = (size_t)(from->end - from->in);
    size_t bytes = left < room ? left : room;
    const uint8_t *ff = memchr(from->in, 0xFF, bytes);
    bytes = ff ? (size_t)(ff - from->in) : bytes;
    memcpy(out, from->in, bytes);
    from->in += bytes;
    return out + bytes;
}

/* Unstuffs as much as fits behind `out`; returns the end of it. */
static uint8_t *unstuff(struct bit_source *from, uint8_t *out)
{
    const uint8_t *limit = from->buffer + BITS_BUFFER_BYTES;
    for (;;) {
        out = copy_plain(from, out, limit);
        if (out == limit) {
            return out;
        }
        const uint8_t *next = from->in + 1; /* behind an FF, or past the file's end */
        while (next < from->end && *next == 0xFF) {
            next++;
        }
        if (from->in >= from->end || next >= from->end || *next != 0) {
            from->ended = true;
            return out;
        }
        *out++ = 0xFF;
        from->in = next + 1;
    }
}

bool bits_fill(struct bits *b, struct bit_source *from)
{
    if (from->ended) {
        return b->at <= from->valid + sizeof b->window;
    }
    size_t kept = (size_t)(from->valid - b->at);
    memmove(from->buffer, b->at, kept);
    b->at = from->buffer;
    uint8_t *end = unstuff(from, from->buffer + kept);
    from->valid = end;
    if (from->ended) {
        memset(end, 0, BITS_PADDING);
    }
    return true;
}

bool bits_used_up(const struct bits *b, const struct bit_source *from)
{
    size_t taken = (size_t)(b->at - from->buffer) * 8 - b->count;
    size_t given = (size_t)(from->valid - from->buffer) * 8;
    return from->ended && taken <= given && given - taken < 8;
}

bool bits_restart(struct bits *b, struct bit_source *from, unsigned number)
{
    const uint8_t *at = from->in;
    while (from->end - at > 2 && at[0] == 0xFF && at[1] == 0xFF) {
        at++;
    }
    if (from->end - at < 2 || at[0] != 0xFF || at[1] != 0xD0 + number) {
        return false;
    }
    *b = bits_start(from, at + 2, from->end);
    return true;
}
