/* The bits of a JPEG scan, without the zeros that are stuffed behind each FF.
 *
 *     file  ── unstuffed, 32 KB at a time ──►  buffer  ── 8 bytes at a time ──►  window
 *
 * A reader calls bits_ready() before each MCU; then it may refill and consume as much as an MCU can take
 * without a check. Behind the data stand zeros; whether a reader ran into them is asked for at the end of
 * each restart interval.
 */
#ifndef IMAGE_JPEG_BITS_H
#define IMAGE_JPEG_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* 6 blocks, each a DC symbol and 63 AC symbols of at most 31 bits. */
#define MCU_BYTES_MAX 1536
#define BITS_BUFFER_BYTES 32768
#define BITS_PADDING (MCU_BYTES_MAX + 32)

/* Into each of the versions of a loop that is compiled for several processors. */
#define INLINE inline __attribute__((always_inline))

/* Small enough to live in registers while a scan is read. */
struct bits {
    uint64_t window;   /* the next bits, from the top */
    uint32_t count;    /* so many of them are counted as read from `at`; 32 bits wide, for gcc would
                        * else pair it with the window in a vector register, and wait for it there */
    const uint8_t *at; /* the next byte of the buffer */
};

struct bit_source {
    const uint8_t *valid;    /* behind the last byte of data in the buffer */
    const uint8_t *in, *end; /* of the file, still stuffed */
    bool ended;              /* `in` is at a marker, or at the end of the file */
    uint8_t buffer[BITS_BUFFER_BYTES + BITS_PADDING];
};

/* Starts at a scan's first byte of entropy-coded data. */
struct bits bits_start(struct bit_source *from, const uint8_t *in, const uint8_t *end);

/* Makes the buffer hold an MCU, or all there is and zeros behind it. false: the data was used up before. */
bool bits_fill(struct bits *b, struct bit_source *from);

/* Was the data up to the marker used up, and not more than it? */
bool bits_used_up(const struct bits *b, const struct bit_source *from);

/* Steps over the restart marker of that number (0..7), which must be next. */
bool bits_restart(struct bits *b, struct bit_source *from, unsigned number);

static INLINE bool bits_are_low(const struct bits *b, const struct bit_source *from)
{
    return from->valid - b->at < BITS_PADDING;
}

/* At least 56 bits are in the window afterwards. */
static INLINE void bits_refill(struct bits *b)
{
    uint64_t next;
    memcpy(&next, b->at, sizeof next);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    next = __builtin_bswap64(next);
#endif
    b->window |= next >> b->count;
    b->at += (63 - b->count) >> 3;
    b->count |= 56;
}

static INLINE void bits_skip(struct bits *b, unsigned n)
{
    b->window <<= n;
    b->count -= n;
}

/* n from 1 to 32 */
static INLINE uint32_t bits_take(struct bits *b, unsigned n)
{
    uint32_t value = (uint32_t)(b->window >> (64 - n));
    bits_skip(b, n);
    return value;
}

#endif
