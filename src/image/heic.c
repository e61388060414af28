/* Finds size, orientation and EXIF in HEIC files (ISO 14496-12 boxes, ISO 23008-12 items). No pixel is
 * decoded: HEIC is kept, located and dated, but not shown.
 *
 *     ftyp
 *     meta ─┬─ iinf ── infe: item id -> type "Exif", "mime" (XMP)
 *           ├─ iloc: item id -> extents in the file (or in idat)
 *           └─ iprp ── ipco ── ispe: sizes;  irot: quarter turns counter-clockwise
 *
 * A reader that never leaves its box: every field is asked for through take(), which gives 0 and marks
 * the reader failed when the box has ended. Items in several extents are not put together.
 */
#include <string.h>

#include "facts.h"

#define CHILDREN_MAX 4096

struct reader {
    const unsigned char *at, *end;
    bool failed;
};

struct box {
    char type[4];
    struct reader body;
};

struct meta {
    struct str file;
    struct reader idat;
    uint32_t exif_item, xmp_item;
    bool has_exif, has_xmp;
    struct reader iloc;
    struct parts *out;
};

static uint64_t take(struct reader *r, unsigned bytes)
{
    if (r->failed || (size_t)(r->end - r->at) < bytes) {
        r->failed = true;
        return 0;
    }
    uint64_t n = 0;
    for (unsigned i = 0; i < bytes; i++) {
        n = n << 8 | *r->at++;
    }
    return n;
}

static bool next_box(struct reader *r, struct box *out)
{
    const unsigned char *start = r->at;
    uint64_t bytes = take(r, 4);
    uint32_t type = (uint32_t)take(r, 4);
    if (bytes == 1) {
        bytes = take(r, 8);
    } else if (bytes == 0) {
        bytes = (uint64_t)(r->end - start);
    }
    if (r->failed || bytes < (uint64_t)(r->at - start) || bytes > (uint64_t)(r->end - start)) {
        return false;
    }
    for (unsigned i = 0; i < 4; i++) {
        out->type[i] = (char)(type >> (24 - 8 * i));
    }
    out->body = (struct reader){r->at, start + bytes, false};
    r->at = start + bytes;
    return true;
}

static bool is(const struct box *b, const char *type)
{
    return memcmp(b->type, type, 4) == 0;
}

static void read_iinf(struct reader r, struct meta *m)
{
    unsigned version = (unsigned)take(&r, 1);
    take(&r, 3);
    take(&r, version == 0 ? 2 : 4);
    struct box b;
    for (unsigned i = 0; i < CHILDREN_MAX && next_box(&r, &b); i++) {
        if (!is(&b, "infe")) {
            continue;
        }
        version = (unsigned)take(&b.body, 1);
        take(&b.body, 3);
        uint32_t item = (uint32_t)take(&b.body, version >= 3 ? 4 : 2);
        take(&b.body, 2);
        uint32_t type = (uint32_t)take(&b.body, 4);
        if (version < 2 || b.body.failed) {
            continue;
        }
        if (type == 0x45786966 && !m->has_exif) { /* "Exif" */
            m->has_exif = true;
            m->exif_item = item;
        } else if (type == 0x6D696D65 && !m->has_xmp) { /* "mime" */
            m->has_xmp = true;
            m->xmp_item = item;
        }
    }
}

static void read_properties(struct reader r, struct meta *m)
{
    static const uint8_t orientation[4] = {1, 8, 3, 6};
    struct box b;
    for (unsigned i = 0; i < CHILDREN_MAX && next_box(&r, &b); i++) {
        if (is(&b, "ispe")) {
            take(&b.body, 4);
            uint32_t width = (uint32_t)take(&b.body, 4);
            uint32_t height = (uint32_t)take(&b.body, 4);
            /* The largest is the picture; the others are its tiles and its thumbnail. */
            if (!b.body.failed &&
                (uint64_t)width * height > (uint64_t)m->out->width * m->out->height) {
                m->out->width = width;
                m->out->height = height;
            }
        } else if (is(&b, "irot") && m->out->orientation == 0) {
            m->out->orientation = orientation[take(&b.body, 1) & 3];
        }
    }
}

static struct str extent(const struct meta *m, unsigned method, uint64_t offset, uint64_t bytes)
{
    const unsigned char *base = (const unsigned char *)m->file.at;
    uint64_t room = m->file.bytes;
    if (method == 1) {
        base = m->idat.at;
        room = (uint64_t)(m->idat.end - m->idat.at);
    }
    if (method > 1 || offset >= room || bytes > room - offset) {
        return STR_NONE;
    }
    return (struct str){(const char *)base + offset, (size_t)bytes};
}

static void place_item(struct meta *m, uint32_t item, struct str at)
{
    if (m->has_exif && item == m->exif_item && at.bytes > 4) {
        const unsigned char *b = (const unsigned char *)at.at;
        size_t skip = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
        if (skip < at.bytes - 4) {
            m->out->exif = (struct str){at.at + 4 + skip, at.bytes - 4 - skip};
        }
    } else if (m->has_xmp && item == m->xmp_item) {
        m->out->xmp = at;
    }
}

static void read_iloc(struct meta *m)
{
    struct reader *r = &m->iloc;
    unsigned version = (unsigned)take(r, 1);
    take(r, 3);
    unsigned sizes = (unsigned)take(r, 1);
    unsigned more = (unsigned)take(r, 1);
    unsigned offset_bytes = sizes >> 4, length_bytes = sizes & 15, base_bytes = more >> 4;
    unsigned index_bytes = version > 0 ? more & 15 : 0;
    uint64_t items = take(r, version < 2 ? 2 : 4);
    if (version > 2 || offset_bytes > 8 || length_bytes > 8 || base_bytes > 8 || index_bytes > 8) {
        return;
    }
    for (uint64_t i = 0; i < items && !r->failed; i++) {
        uint32_t item = (uint32_t)take(r, version < 2 ? 2 : 4);
        unsigned method = version > 0 ? (unsigned)take(r, 2) & 15 : 0;
        take(r, 2);
        uint64_t base = take(r, base_bytes);
        uint64_t extents = take(r, 2);
        for (uint64_t e = 0; e < extents && !r->failed; e++) {
            take(r, index_bytes);
            uint64_t offset = take(r, offset_bytes);
            uint64_t bytes = take(r, length_bytes);
            if (!r->failed && e == 0 && offset <= UINT64_MAX - base) {
                place_item(m, item, extent(m, method, base + offset, bytes));
            }
        }
    }
}

static void read_meta(struct reader r, struct meta *m)
{
    take(&r, 4);
    struct box b, inner;
    bool located = false;
    for (unsigned i = 0; i < CHILDREN_MAX && next_box(&r, &b); i++) {
        if (is(&b, "iinf")) {
            read_iinf(b.body, m);
        } else if (is(&b, "iloc")) {
            m->iloc = b.body;
            located = true;
        } else if (is(&b, "idat")) {
            m->idat = b.body;
        } else if (is(&b, "iprp")) {
            while (next_box(&b.body, &inner)) {
                if (is(&inner, "ipco")) {
                    read_properties(inner.body, m);
                }
            }
        }
    }
    if (located) {
        read_iloc(m);
    }
}

void heic_parts_read(struct str file, struct parts *out)
{
    *out = (struct parts){0};
    struct meta m = {.file = file, .out = out};
    const unsigned char *at = (const unsigned char *)file.at;
    struct reader r = {at, at + file.bytes, false};
    m.idat = (struct reader){at, at, false};
    struct box b;
    for (unsigned i = 0; i < CHILDREN_MAX && next_box(&r, &b); i++) {
        if (is(&b, "meta")) {
            read_meta(b.body, &m);
            break;
        }
    }
    out->damaged = out->width == 0 || out->height == 0;
}
