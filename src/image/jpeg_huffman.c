/* Builds the tables of the DC reader. To skip a block's AC coefficients one has to know only how long each
 * symbol and its value are and how far it moves along the block; several symbols in a row are then one
 * step. An entry's symbols are known from its index alone; the value bits of the last may lie beyond.
 *
 *     index 01 10 1 00 ...   =  (code 01, 1 value bit) (code 1, 0 ...)  ->  bits taken, coefficients moved
 *
 * Codes are canonical (T.81, annex C). A code that is all ones, or more codes than fit, is refused.
 */
#include "jpeg_huffman.h"

size_t huffman_read(struct huffman *h, const uint8_t *at, size_t bytes)
{
    if (bytes < 16) {
        return 0;
    }
    size_t total = 0;
    for (unsigned i = 1; i <= 16; i++) {
        h->counts[i] = at[i - 1];
        total += at[i - 1];
    }
    if (total > 256 || total > bytes - 16) {
        return 0;
    }
    memset(h->symbols, 0, sizeof h->symbols);
    memcpy(h->symbols, at + 16, total);
    h->defined = true;
    return 16 + total;
}

static bool canon_make(struct canon *c, const struct huffman *h)
{
    uint32_t code = 0; /* of the present length, right aligned */
    int32_t index = 0;
    memcpy(c->symbols, h->symbols, sizeof c->symbols);
    c->end[0] = 0;
    c->offset[0] = 0;
    for (unsigned length = 1; length <= 16; length++) {
        code <<= 1;
        c->offset[length] = index - (int32_t)code;
        code += h->counts[length];
        index += h->counts[length];
        c->end[length] = code << (16 - length);
        if (code > (1U << length) - 1 && h->counts[length] > 0) {
            return false;
        }
    }
    return true;
}

int canon_symbol(const struct canon *c, uint64_t window, unsigned *length)
{
    uint32_t top = (uint32_t)(window >> 48);
    for (unsigned n = 1; n <= 16; n++) {
        if (top < c->end[n]) {
            *length = n;
            return c->symbols[((int32_t)(top >> (16 - n)) + c->offset[n]) & 255];
        }
    }
    return -1;
}

bool dc_table_make(struct dc_table *t, const struct huffman *h)
{
    if (!h->defined || !canon_make(&t->canon, h)) {
        return false;
    }
    for (unsigned i = 0; i < 1 << DC_BITS; i++) {
        unsigned length = 0;
        uint64_t window = (uint64_t)i << (64 - DC_BITS);
        int size = canon_symbol(&t->canon, window, &length);
        bool known = size >= 0 && length <= DC_BITS;
        if (known && size > 11) {
            return false;
        }
        unsigned taken = length + (unsigned)size;
        t->entry[i] = known ? (uint16_t)(taken | length << 5 | (unsigned)size << 10) : 0;
    }
    return true;
}

/* The symbol that an index of AC_BITS, shifted left by `from` bits, begins with: length | symbol << 8, or
 * 0 when its code is not wholly inside. */
static unsigned symbol_inside(const uint16_t single[1 << AC_BITS], unsigned index, unsigned from)
{
    unsigned s = single[index << from & ((1 << AC_BITS) - 1)];
    return (s & 31) <= AC_BITS - from ? s : 0;
}

static uint16_t ac_entry(const uint16_t single[1 << AC_BITS], unsigned index)
{
    unsigned taken = 0, moved = 0;
    while (taken < AC_BITS) {
        unsigned s = symbol_inside(single, index, taken);
        if (s == 0) {
            break;
        }
        unsigned length = s & 31, run = s >> 12, size = s >> 8 & 15;
        if (size == 0 && run != 15) {
            taken += length;
            moved += AC_END;
            break;
        }
        if (taken + length + size > 28 || moved + run + 1 > 63) {
            break;
        }
        taken += length + size;
        moved += run + 1;
    }
    return taken ? (uint16_t)(taken | moved << 5) : (uint16_t)AC_UNKNOWN;
}

bool ac_table_make(struct ac_table *t, const struct huffman *h)
{
    if (!h->defined || !canon_make(&t->canon, h)) {
        return false;
    }
    uint16_t single[1 << AC_BITS];
    for (unsigned i = 0; i < 1 << AC_BITS; i++) {
        unsigned length;
        int symbol = canon_symbol(&t->canon, (uint64_t)i << (64 - AC_BITS), &length);
        bool known = symbol >= 0 && length <= AC_BITS;
        single[i] = known ? (uint16_t)(length | (unsigned)symbol << 8) : 0;
    }
    for (unsigned i = 0; i < 1 << AC_BITS; i++) {
        t->entry[i] = ac_entry(single, i);
    }
    return true;
}
