/* Walks a JPEG file's markers: the frame's shape, where EXIF, XMP and the profile lie, how many scans
 * there are and what they would cost to decode. Looks at no entropy-coded byte but to find its end.
 *
 * It is as lenient as libjpeg about bytes between segments, and believes no length: whatever reaches
 * past the file's end is cut there.
 */
#include <string.h>

#include "jpeg.h"

static unsigned two_bytes(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

bool jpeg_next(struct jpeg_cursor *c, struct jpeg_segment *out)
{
    for (;;) {
        const uint8_t *ff = c->at < c->end ? memchr(c->at, 0xFF, (size_t)(c->end - c->at)) : NULL;
        while (ff && ff + 1 < c->end && ff[1] == 0xFF) {
            ff++;
        }
        if (!ff || ff + 1 >= c->end) {
            c->at = c->end;
            return false;
        }
        c->at = ff + 2;
        uint8_t marker = ff[1];
        if (marker == 0 || (marker >= MARKER_RST0 && marker <= MARKER_RST7)) {
            continue;
        }
        *out = (struct jpeg_segment){.marker = marker, .at = c->at};
        if (marker == MARKER_SOI || marker == MARKER_EOI || marker == 0x01) {
            return true;
        }
        size_t left = (size_t)(c->end - c->at);
        size_t length = left >= 2 ? two_bytes(c->at) : 0;
        if (length < 2) {
            continue;
        }
        out->cut = length > left;
        length = out->cut ? left : length;
        out->at = c->at + 2;
        out->bytes = length - 2;
        c->at += length;
        return true;
    }
}

static bool is_frame(uint8_t marker)
{
    return marker >= MARKER_SOF0 && marker <= MARKER_SOF15 && marker != MARKER_DHT &&
           marker != MARKER_JPG && marker != MARKER_DAC;
}

static void read_frame(const struct jpeg_segment *s, struct jpeg_map *m)
{
    if (s->bytes < 6 || m->sof) {
        return;
    }
    m->sof = s->marker;
    m->precision = s->at[0];
    m->height = two_bytes(s->at + 1);
    m->width = two_bytes(s->at + 3);
    m->components = s->at[5];
    for (unsigned i = 0; i < m->components && i < JPEG_COMPONENTS_MAX; i++) {
        if (s->bytes < 6 + 3 * (size_t)(i + 1)) {
            m->components = i;
            return;
        }
        const uint8_t *at = s->at + 6 + (size_t)3 * i;
        m->component[i] = (struct jpeg_component){at[0], at[1] >> 4, at[1] & 15, at[2]};
    }
}

static bool starts(const struct jpeg_segment *s, const char *name, size_t bytes)
{
    return s->bytes >= bytes && memcmp(s->at, name, bytes) == 0;
}

static struct str from(const struct jpeg_segment *s, size_t skip)
{
    return (struct str){(const char *)s->at + skip, s->bytes - skip};
}

static void read_app(const struct jpeg_segment *s, struct jpeg_map *m)
{
    static const char xmp[] = "http://ns.adobe.com/xap/1.0/"; /* and its NUL */
    static const char icc[] = "ICC_PROFILE";
    if (s->marker == MARKER_APP0) {
        m->jfif = m->jfif || starts(s, "JFIF", 5);
    } else if (s->marker == MARKER_APP1 && starts(s, "Exif\0", 6)) {
        if (m->exifs < JPEG_EXIFS_MAX) {
            m->exif[m->exifs++] = from(s, 0);
        }
    } else if (s->marker == MARKER_APP1 && starts(s, xmp, sizeof xmp)) {
        m->xmp = m->xmp.bytes ? m->xmp : from(s, sizeof xmp);
    } else if (s->marker == MARKER_APP2 && starts(s, icc, sizeof icc) && s->bytes > 14) {
        if (s->at[12] == 1 && s->at[13] == 1) {
            m->icc = from(s, 14);
        }
    } else if (s->marker == MARKER_APP14 && starts(s, "Adobe", 5) && s->bytes >= 12) {
        m->adobe = true;
        m->adobe_transform = s->at[11];
    }
}

static uint64_t component_blocks(const struct jpeg_map *m, const struct jpeg_component *c)
{
    unsigned h_max = 1, v_max = 1;
    for (unsigned i = 0; i < m->components && i < JPEG_COMPONENTS_MAX; i++) {
        h_max = m->component[i].h > h_max ? m->component[i].h : h_max;
        v_max = m->component[i].v > v_max ? m->component[i].v : v_max;
    }
    uint64_t wide = ((uint64_t)m->width * c->h + h_max * 8 - 1) / (h_max * 8);
    uint64_t high = ((uint64_t)m->height * c->v + v_max * 8 - 1) / (v_max * 8);
    return wide * high;
}

/* Is it a sequential file's only scan, the one with all components in it? */
static bool read_scan(const struct jpeg_segment *s, struct jpeg_map *m)
{
    m->scans++;
    unsigned count = s->bytes > 0 ? s->at[0] : 0;
    for (unsigned i = 0; i < count && 2 + 2 * (size_t)i < s->bytes; i++) {
        for (unsigned c = 0; c < m->components && c < JPEG_COMPONENTS_MAX; c++) {
            if (m->component[c].id == s->at[1 + 2 * i]) {
                m->work += component_blocks(m, &m->component[c]);
                break;
            }
        }
    }
    return m->scans == 1 && m->sof != MARKER_SOF2 && count == m->components;
}

void jpeg_map_read(struct str file, struct jpeg_map *m)
{
    memset(m, 0, sizeof *m);
    const uint8_t *at = (const uint8_t *)file.at;
    struct jpeg_cursor c = {at, at + file.bytes};
    struct jpeg_segment s;
    while (jpeg_next(&c, &s) && s.marker != MARKER_EOI) {
        if (is_frame(s.marker)) {
            read_frame(&s, m);
        } else if (s.marker >= MARKER_APP0 && s.marker <= MARKER_APP14 && m->scans == 0) {
            read_app(&s, m);
        } else if (s.marker == MARKER_SOS && read_scan(&s, m)) {
            return;
        }
    }
}

bool jpeg_map_supported(const struct jpeg_map *m)
{
    bool huffman = m->sof == MARKER_SOF0 || m->sof == MARKER_SOF1 || m->sof == MARKER_SOF2;
    bool counted = m->components == 1 || m->components == 3 || m->components == 4;
    return huffman && counted && m->precision == 8;
}

bool jpeg_map_buffered(const struct jpeg_map *m)
{
    return m->sof == MARKER_SOF2 || m->scans > 1;
}
