/* Reads the DC coefficients of a JPEG and nothing else: they are the picture at 1/8, and a thumbnail needs
 * no more.
 *
 *     baseline     every symbol has to be stepped over, several at a time (jpeg_huffman.c)
 *     progressive  the DC scans are a few percent of the file; AC scans are jumped over by their markers
 *
 * Handled is what cameras and phones write: Huffman coding, 8 bits, grey or Y Cb Cr with chroma not larger
 * than luma, 4:4:4, 4:2:2, 4:4:0 or 4:2:0, restart markers, scans with all components or with one. At the
 * first thing that is not so, down to a wrong bit, it gives up, and libjpeg-turbo decides what the file is
 * worth. What it allocates depends only on the checked size of the photo.
 */
#include "jpeg.h"
#include "jpeg_huffman.h"

#include <string.h>

#define TABLES 4
#define MCU_BLOCKS_MAX 6

struct dc_component {
    struct jpeg_component frame;
    uint32_t wide, high;   /* blocks that the photo covers */
    uint32_t stride, rows; /* blocks that whole MCUs cover */
    int16_t *dc;
    uint16_t quant; /* of the DC coefficient, latched at the first scan */
    int below;      /* bits of the coefficients that are still to come; -1: nothing has come */
    int last;       /* the DC before */
    const struct dc_table *dc_table;
    const struct ac_table *ac_table;
};

struct dc_reader {
    struct arena *memory;
    bool progressive;
    unsigned components;
    struct dc_component component[3];
    uint32_t mcus_wide, mcus_high;
    unsigned restart_interval; /* MCUs; 0: none */
    unsigned until_restart, restarts;
    uint16_t quant[TABLES]; /* 0: not defined */
    struct huffman dc_huffman[TABLES], ac_huffman[TABLES];
    struct dc_table dc_table[TABLES];
    struct ac_table ac_table[TABLES];
    struct bit_source source;
};

/* What one scan's header says. */
struct scan {
    unsigned components;
    struct dc_component *component[3];
    unsigned first, last, high, low; /* Ss Se Ah Al */
};

/* One block of an MCU: where its coefficient goes, and how far on that of the next MCU is. */
struct unit {
    struct dc_component *component;
    int16_t *out;
    unsigned step;
};

static unsigned two_bytes(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static bool read_quant(struct dc_reader *r, const struct jpeg_segment *s)
{
    for (size_t at = 0; at < s->bytes;) {
        unsigned wide = s->at[at] >> 4, number = s->at[at] & 15;
        size_t bytes = wide ? 128 : 64;
        if (wide > 1 || number >= TABLES || s->bytes - at - 1 < bytes) {
            return false;
        }
        r->quant[number] = (uint16_t)(wide ? two_bytes(s->at + at + 1) : s->at[at + 1]);
        at += 1 + bytes;
    }
    return true;
}

static bool read_huffman(struct dc_reader *r, const struct jpeg_segment *s)
{
    for (size_t at = 0; at < s->bytes;) {
        unsigned kind = s->at[at] >> 4, number = s->at[at] & 15;
        if (kind > 1 || number >= TABLES) {
            return false;
        }
        struct huffman *h = kind ? &r->ac_huffman[number] : &r->dc_huffman[number];
        size_t bytes = huffman_read(h, s->at + at + 1, s->bytes - at - 1);
        if (bytes == 0) {
            return false;
        }
        at += 1 + bytes;
    }
    return true;
}

/* One DC symbol and its bits, 27 at most of the window. */
static INLINE bool take_difference(struct bits *b, const struct dc_table *t, int *difference)
{
    unsigned entry = t->entry[b->window >> (64 - DC_BITS)];
    unsigned length = entry >> 5 & 31, size = entry >> 10;
    if (__builtin_expect(entry == 0, 0)) {
        int symbol = canon_symbol(&t->canon, b->window, &length);
        if (symbol < 0 || symbol > 11) {
            return false;
        }
        size = (unsigned)symbol;
        entry = length + size;
    }
    *difference = difference_of(b->window << length, size);
    bits_skip(b, entry & 31);
    return true;
}

/* One AC symbol alone: moves *k, past 63 at an end of block. */
static bool skip_symbol(struct bits *b, const struct ac_table *t, unsigned *k)
{
    unsigned length;
    int symbol = canon_symbol(&t->canon, b->window, &length);
    if (symbol < 0) {
        return false;
    }
    unsigned run = (unsigned)symbol >> 4, size = (unsigned)symbol & 15;
    bits_skip(b, length + size);
    *k += size == 0 && run != 15 ? 64 : run + 1;
    return true;
}

/* Past one block's AC symbols. The window holds at least 28 bits: what an entry takes at most. */
static INLINE bool skip_ac(struct bits *b, const struct ac_table *t)
{
    unsigned k = 1;
    for (;;) {
        unsigned entry = t->entry[b->window >> (64 - AC_BITS)];
        unsigned next = k + (entry >> 5);
        if (next < 64) {
            k = next;
            bits_skip(b, entry & 31);
        } else if (next == 64 || next - AC_END < 64) {
            bits_skip(b, entry & 31);
            return true;
        } else {
            /* Too long a code, or symbols of the next block in the entry: one by one. */
            bits_refill(b);
            if (!skip_symbol(b, t, &k)) {
                return false;
            }
            if (k >= 64) {
                return true;
            }
        }
        bits_refill(b);
    }
}

static INLINE bool read_block(struct bits *b, const struct unit *u, bool progressive,
                              const struct scan *s)
{
    bits_refill(b);
    if (progressive && s->high > 0) {
        *u->out = (int16_t)(*u->out | (int16_t)(bits_take(b, 1) << s->low));
        return true;
    }
    int difference;
    if (!take_difference(b, u->component->dc_table, &difference)) {
        return false;
    }
    u->component->last += difference;
    *u->out = (int16_t)((unsigned)u->component->last << s->low);
    return progressive || skip_ac(b, u->component->ac_table);
}

/* Lists the blocks of an MCU, as they stand at the start of its row. */
static unsigned list_units(const struct scan *s, uint32_t mcu_y, struct unit units[MCU_BLOCKS_MAX])
{
    unsigned count = 0;
    for (unsigned i = 0; i < s->components; i++) {
        struct dc_component *c = s->component[i];
        unsigned h = s->components > 1 ? c->frame.h : 1;
        unsigned v = s->components > 1 ? c->frame.v : 1;
        for (unsigned n = 0; n < h * v; n++) {
            int16_t *out = c->dc + ((size_t)mcu_y * v + n / h) * c->stride + n % h;
            units[count++] = (struct unit){c, out, h};
        }
    }
    return count;
}

static bool restart(struct dc_reader *r, const struct scan *s, struct bits *b)
{
    for (unsigned i = 0; i < s->components; i++) {
        s->component[i]->last = 0;
    }
    r->until_restart = r->restart_interval;
    return bits_used_up(b, &r->source) && bits_restart(b, &r->source, r->restarts++ & 7);
}

/* One row of MCUs. */
static INLINE bool read_row(struct dc_reader *r, const struct scan *s, struct bits *bits,
                            uint32_t mcu_y, bool progressive)
{
    struct unit units[MCU_BLOCKS_MAX];
    unsigned count = list_units(s, mcu_y, units);
    uint32_t wide = s->components > 1 ? r->mcus_wide : s->component[0]->wide;
    struct bits b = *bits;
    for (uint32_t x = 0; x < wide; x++) {
        bool restarts = r->restart_interval && r->until_restart == 0;
        if (__builtin_expect(restarts || bits_are_low(&b, &r->source), 0)) {
            /* Only here do the bits leave their registers. */
            *bits = b;
            if ((restarts && !restart(r, s, bits)) || !bits_fill(bits, &r->source)) {
                return false;
            }
            b = *bits;
        }
        r->until_restart--;
        for (unsigned u = 0; u < count; u++) {
            if (!read_block(&b, &units[u], progressive, s)) {
                return false;
            }
            units[u].out += units[u].step;
        }
    }
    *bits = b;
    return true;
}

static bool read_row_sequential(struct dc_reader *r, const struct scan *s, struct bits *b,
                                uint32_t mcu_y)
{
    return read_row(r, s, b, mcu_y, false);
}

static bool read_row_progressive(struct dc_reader *r, const struct scan *s, struct bits *b,
                                 uint32_t mcu_y)
{
    return read_row(r, s, b, mcu_y, true);
}

#if defined(__x86_64__)
/* The same with shifts that take their count from any register: a tenth faster. */
__attribute__((target("bmi2"))) static bool read_row_bmi2(struct dc_reader *r, const struct scan *s,
                                                          struct bits *b, uint32_t mcu_y)
{
    return read_row(r, s, b, mcu_y, false);
}

static bool has_bmi2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("bmi2");
}
#else
#define read_row_bmi2 read_row_sequential
static bool has_bmi2(void)
{
    return false;
}
#endif

static bool read_scan_data(struct dc_reader *r, const struct scan *s, struct jpeg_cursor *cursor)
{
    uint32_t high = s->components > 1 ? r->mcus_high : s->component[0]->high;
    bool (*row)(struct dc_reader *, const struct scan *, struct bits *,
                uint32_t) = r->progressive ? read_row_progressive
                            : has_bmi2()   ? read_row_bmi2
                                           : read_row_sequential;
    struct bits b = bits_start(&r->source, cursor->at, cursor->end);
    r->until_restart = r->restart_interval;
    r->restarts = 0;
    for (uint32_t y = 0; y < high; y++) {
        if (!row(r, s, &b, y)) {
            return false;
        }
    }
    cursor->at = r->source.in;
    return bits_used_up(&b, &r->source);
}

/* Builds the tables that the scan names and checks what it says about the bits it brings. */
static bool prepare_component(struct dc_reader *r, struct scan *s, struct dc_component *c,
                              unsigned tables)
{
    unsigned dc = tables >> 4, ac = tables & 15;
    if (dc >= TABLES || ac >= TABLES) {
        return false;
    }
    if (s->high == 0) {
        if (c->below != -1 || r->quant[c->frame.table] == 0 ||
            !dc_table_make(&r->dc_table[dc], &r->dc_huffman[dc])) {
            return false;
        }
        c->quant = r->quant[c->frame.table];
        c->dc_table = &r->dc_table[dc];
    } else if (c->below != (int)s->high || s->low != s->high - 1) {
        return false;
    }
    if (!r->progressive) {
        if (!ac_table_make(&r->ac_table[ac], &r->ac_huffman[ac])) {
            return false;
        }
        c->ac_table = &r->ac_table[ac];
    }
    c->below = (int)s->low;
    c->last = 0;
    return true;
}

static bool read_scan(struct dc_reader *r, const struct jpeg_segment *seg,
                      struct jpeg_cursor *cursor)
{
    struct scan s = {.components = seg->bytes > 0 ? seg->at[0] : 0};
    if (s.components < 1 || seg->bytes != 4 + 2 * (size_t)s.components) {
        return false;
    }
    const uint8_t *tail = seg->at + 1 + 2 * (size_t)s.components;
    s.first = tail[0];
    s.last = tail[1];
    s.high = tail[2] >> 4;
    s.low = tail[2] & 15;
    if (r->progressive && s.first > 0) {
        return true; /* AC: the next marker search jumps over it */
    }
    bool usual = r->progressive ? s.last == 0 && s.low <= 13
                                : s.last == 63 && s.high == 0 && s.low == 0;
    if (!usual || (s.components != 1 && s.components != r->components)) {
        return false;
    }
    for (unsigned i = 0; i < s.components; i++) {
        unsigned id = seg->at[1 + 2 * i];
        unsigned c = 0;
        while (c < r->components && r->component[c].frame.id != id) {
            c++;
        }
        if (c == r->components || (s.components > 1 && c != i)) {
            return false;
        }
        s.component[i] = &r->component[c];
        if (!prepare_component(r, &s, s.component[i], seg->at[2 + 2 * i])) {
            return false;
        }
    }
    return read_scan_data(r, &s, cursor);
}

/* Does libjpeg take these components for Y Cb Cr? Its rules, where they are clear. */
static bool is_ycc(const struct jpeg_map *m)
{
    if (m->jfif) {
        return true;
    }
    if (m->adobe) {
        return m->adobe_transform == 1;
    }
    return m->component[0].id == 1 && m->component[1].id == 2 && m->component[2].id == 3;
}

static bool is_usual(const struct jpeg_map *m)
{
    const struct jpeg_component *c = m->component;
    if (!jpeg_map_supported(m) || m->scans == 0 || (m->components != 1 && m->components != 3)) {
        return false;
    }
    for (unsigned i = 0; i < m->components; i++) {
        if (c[i].table >= TABLES) {
            return false;
        }
    }
    if (m->components == 1) {
        return true;
    }
    bool luma = (c[0].h == 1 || c[0].h == 2) && (c[0].v == 1 || c[0].v == 2);
    bool chroma = c[1].h == 1 && c[1].v == 1 && c[2].h == 1 && c[2].v == 1;
    return luma && chroma && c[0].id != c[1].id && c[0].id != c[2].id && c[1].id != c[2].id &&
           is_ycc(m);
}

static uint32_t blocks(uint64_t pixels, unsigned factor, unsigned most)
{
    uint64_t samples = (pixels * factor + most - 1) / most;
    return (uint32_t)((samples + 7) / 8);
}

static bool components_init(struct dc_reader *r, const struct jpeg_map *m)
{
    /* One component is always a scan of its own, whatever its factors say. */
    unsigned h = m->components == 1 ? 1 : m->component[0].h;
    unsigned v = m->components == 1 ? 1 : m->component[0].v;
    r->mcus_wide = (m->width + 8 * h - 1) / (8 * h);
    r->mcus_high = (m->height + 8 * v - 1) / (8 * v);
    for (unsigned i = 0; i < r->components; i++) {
        struct dc_component *c = &r->component[i];
        c->frame = m->component[i];
        if (m->components == 1) {
            c->frame.h = c->frame.v = 1;
        }
        c->wide = blocks(m->width, c->frame.h, h);
        c->high = blocks(m->height, c->frame.v, v);
        c->stride = r->mcus_wide * c->frame.h;
        c->rows = r->mcus_high * c->frame.v;
        c->below = -1;
        c->dc = arena_array(r->memory, (size_t)c->stride * c->rows, sizeof *c->dc);
        if (!c->dc) {
            return false;
        }
    }
    return true;
}

static bool all_read(const struct dc_reader *r)
{
    for (unsigned i = 0; i < r->components; i++) {
        if (r->component[i].below == -1) {
            return false;
        }
    }
    return true;
}

static bool read_file(struct dc_reader *r, struct str file)
{
    const uint8_t *at = (const uint8_t *)file.at;
    struct jpeg_cursor cursor = {at, at + file.bytes};
    struct jpeg_segment s;
    while (jpeg_next(&cursor, &s) && s.marker != MARKER_EOI) {
        bool ok = !s.cut;
        if (s.marker == MARKER_DQT) {
            ok = ok && read_quant(r, &s);
        } else if (s.marker == MARKER_DHT) {
            ok = ok && read_huffman(r, &s);
        } else if (s.marker == MARKER_DRI) {
            ok = ok && s.bytes == 2;
            r->restart_interval = ok ? two_bytes(s.at) : 0;
        } else if (s.marker == MARKER_SOS) {
            ok = ok && read_scan(r, &s, &cursor);
        }
        if (!ok) {
            return false;
        }
        if (!r->progressive && all_read(r)) {
            return true;
        }
    }
    return all_read(r);
}

/* libjpeg's inverse transform at 1/8: the average of the block, DC * quant / 8, rounded. */
static uint8_t sample(int dc, int quant)
{
    int v = ((dc * quant + 4) >> 3) + 128;
    return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v;
}

static bool hand_over(const struct dc_reader *r, struct takers *t)
{
    const struct dc_component *luma = &r->component[0];
    struct grid grids[PLANES_MAX];
    for (unsigned i = 0; i < r->components; i++) {
        const struct dc_component *c = &r->component[i];
        grids[i] = (struct grid){c->wide, c->high,
                                 t->photo.width / 8.0 * c->frame.h / luma->frame.h,
                                 t->photo.height / 8.0 * c->frame.v / luma->frame.v};
    }
    uint8_t *row = arena_alloc(t->memory, luma->stride);
    if (!row || !takers_begin(t, grids, r->components, true)) {
        return false;
    }
    for (unsigned i = 0; i < r->components; i++) {
        const struct dc_component *c = &r->component[i];
        for (uint32_t y = 0; y < c->high; y++) {
            const int16_t *dc = c->dc + (size_t)y * c->stride;
            for (uint32_t x = 0; x < c->wide; x++) {
                row[x] = sample(dc[x], c->quant);
            }
            takers_row(t, i, row);
        }
    }
    takers_end(t);
    return true;
}

bool jpeg_dc_read(struct str file, const struct jpeg_map *m, struct takers *t)
{
    if (!is_usual(m)) {
        return false;
    }
    struct dc_reader *r = arena_alloc(t->memory, sizeof *r);
    if (!r) {
        return false;
    }
    r->memory = t->memory;
    r->progressive = m->sof == MARKER_SOF2;
    r->components = m->components;
    return components_init(r, m) && read_file(r, file) && hand_over(r, t);
}
