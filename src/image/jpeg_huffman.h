/* Huffman tables for a reader that wants DC differences and only needs to get past the rest.
 */
#ifndef IMAGE_JPEG_HUFFMAN_H
#define IMAGE_JPEG_HUFFMAN_H

#include "jpeg_bits.h"

#define DC_BITS 10
#define AC_BITS 12

/* As in the file (T.81, B.2.4.2). */
struct huffman {
    uint8_t counts[17]; /* codes of each length, 1..16 */
    uint8_t symbols[256];
    bool defined;
};

/* Reads one table behind Tc and Th; returns the bytes it took, 0 when it is no possible table. */
size_t huffman_read(struct huffman *h, const uint8_t *at, size_t bytes);

/* For codes longer than a table's index: the smallest code of each length, aligned to 16 bits. */
struct canon {
    uint32_t end[17];   /* codes of up to that length are below it; 16 bits, left aligned */
    int32_t offset[17]; /* of code + offset = index of its symbol */
    uint8_t symbols[256];
};

/* An entry: the bits that code and difference take (0..4), the code's length (5..9), the difference's
 * (10..13); 0 when the code is longer than DC_BITS. */
struct dc_table {
    struct canon canon;
    uint16_t entry[1 << DC_BITS];
};

/* An entry says what all symbols that are known from AC_BITS bits do together:
 *
 *     bits 0..4  how many bits they take, with the values behind them, at most 28
 *     bits 5..12 how far they move the coefficient index; 128 more with an end of block
 *
 * or AC_UNKNOWN, when the first code is longer. */
#define AC_UNKNOWN (255U << 5)
#define AC_END 128

struct ac_table {
    struct canon canon;
    uint16_t entry[1 << AC_BITS];
};

/* false: codes that overlap, or DC sizes over 11 */
bool dc_table_make(struct dc_table *t, const struct huffman *h);
bool ac_table_make(struct ac_table *t, const struct huffman *h);

/* T.81, F.2.2.1: the difference whose `size` bits, 0 to 11, stand at the top of the window. */
static INLINE int32_t difference_of(uint64_t window, unsigned size)
{
    int32_t value = (int32_t)(window >> 1 >> (63 - size));
    int32_t negative = (int32_t)(window >> 63) - 1; /* all ones when the top bit is 0 */
    return value - (negative & (int32_t)((1U << size) - 1));
}

/* One symbol the slow way, from a window of at least 16 bits; -1: no such code. *length: its bits. */
int canon_symbol(const struct canon *c, uint64_t window, unsigned *length);

#endif
