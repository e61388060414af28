/* Pictures, EXIF blocks and files made for the tests of image: all from code, nothing from anybody.
 */
#ifndef IMAGE_MAKE_H
#define IMAGE_MAKE_H

#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "image/photo.h"
#include "reference.h"

static inline uint64_t make_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A street of sorts: smooth sky, boxes of all sizes, a little noise. Differs with the seed. */
static inline uint8_t *make_scene(uint32_t width, uint32_t height, uint64_t seed)
{
    uint8_t *rgb = mem_alloc((size_t)width * height * 3);
    assert_non_null(rgb);
    uint64_t state = seed * 0x9E3779B97F4A7C15U + 1;
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            uint8_t *p = rgb + ((size_t)y * width + x) * 3;
            p[0] = (uint8_t)(150 + 60 * y / height);
            p[1] = (uint8_t)(170 + 40 * x / width);
            p[2] = (uint8_t)(200 - 90 * y / height);
        }
    }
    for (unsigned box = 0; box < 60; box++) {
        uint32_t w = (uint32_t)(1 + make_random(&state) % (width / 3 + 1));
        uint32_t h = (uint32_t)(1 + make_random(&state) % (height / 3 + 1));
        uint32_t x0 = (uint32_t)(make_random(&state) % width);
        uint32_t y0 = (uint32_t)(make_random(&state) % height);
        uint64_t colour = make_random(&state);
        for (uint32_t y = y0; y < y0 + h && y < height; y++) {
            for (uint32_t x = x0; x < x0 + w && x < width; x++) {
                uint8_t *p = rgb + ((size_t)y * width + x) * 3;
                uint64_t noise = make_random(&state);
                for (unsigned c = 0; c < 3; c++) {
                    unsigned v = (unsigned)(colour >> (8 * c) & 255) * 7 / 8 +
                                 (noise >> (4 * c) & 15);
                    p[c] = (uint8_t)(v < 255 ? v : 255);
                }
            }
        }
    }
    return rgb;
}

static inline struct buf make_jpeg(const uint8_t *rgb, uint32_t width, uint32_t height,
                                   const struct reference_options *o)
{
    struct buf b;
    buf_init(&b, (size_t)64 << 20);
    assert_int_equal(reference_encode(rgb, width, height, o, &b), ERR_NONE);
    return b;
}

/* A TIFF block being written in either byte order. */
struct make_tiff {
    uint8_t at[2048];
    size_t bytes;
    bool big;
};

static inline void make_put(struct make_tiff *t, size_t at, uint32_t value, unsigned bytes)
{
    assert_true(at + bytes <= sizeof t->at);
    for (unsigned i = 0; i < bytes; i++) {
        unsigned shift = 8 * (t->big ? bytes - 1 - i : i);
        t->at[at + i] = (uint8_t)(value >> shift);
    }
    t->bytes = at + bytes > t->bytes ? at + bytes : t->bytes;
}

/* type: 2 ASCII, 3 SHORT, 4 LONG, 5 RATIONAL. Values over 4 bytes go to the end. */
struct make_entry {
    uint16_t tag, type;
    uint32_t count;
    uint32_t number[6]; /* SHORT and LONG; numerators and denominators */
    const char *text;
};

static inline void make_ifd(struct make_tiff *t, size_t at, const struct make_entry *e,
                            unsigned count)
{
    make_put(t, at, count, 2);
    make_put(t, at + 2 + 12 * (size_t)count, 0, 4);
    for (unsigned i = 0; i < count; i++) {
        size_t field = at + 2 + 12 * (size_t)i;
        static const unsigned sizes[] = {0, 1, 1, 2, 4, 8};
        size_t bytes = (size_t)sizes[e[i].type] * e[i].count;
        make_put(t, field, e[i].tag, 2);
        make_put(t, field + 2, e[i].type, 2);
        make_put(t, field + 4, e[i].count, 4);
        size_t value = field + 8;
        make_put(t, value, 0, 4);
        if (bytes > 4) {
            value = t->bytes;
            make_put(t, field + 8, (uint32_t)value, 4);
        }
        if (e[i].type == 2) {
            for (uint32_t c = 0; c < e[i].count; c++) {
                make_put(t, value + c, (uint8_t)e[i].text[c], 1);
            }
            continue;
        }
        unsigned unit = e[i].type == 3 ? 2 : 4;
        for (size_t n = 0; n < bytes / unit; n++) {
            make_put(t, value + n * unit, e[i].number[n], unit);
        }
    }
}

/* What make_exif writes; a count of 0 leaves the entry out. */
struct make_exif {
    bool big;
    unsigned orientation;
    const char *original, *offset, *digitized;
    struct make_entry lat_ref, lat, lon_ref, lon;
};

/* "Exif\0\0" and a TIFF with IFD0, the Exif and the GPS directory. */
static inline size_t make_exif(const struct make_exif *x, uint8_t out[2048])
{
    struct make_tiff t = {.big = x->big};
    make_put(&t, 0, x->big ? 0x4D4D : 0x4949, 2);
    make_put(&t, 2, 42, 2);
    make_put(&t, 4, 8, 4);
    struct make_entry exif[3], gps[4];
    unsigned exifs = 0, gpss = 0;
    const struct {
        uint16_t tag;
        const char *text;
    } texts[] = {{0x9003, x->original}, {0x9004, x->digitized}, {0x9011, x->offset}};
    for (unsigned i = 0; i < 3; i++) {
        if (texts[i].text) {
            uint32_t count = (uint32_t)strlen(texts[i].text) + 1;
            exif[exifs++] = (struct make_entry){texts[i].tag, 2, count, {0}, texts[i].text};
        }
    }
    const struct make_entry *parts[] = {&x->lat_ref, &x->lat, &x->lon_ref, &x->lon};
    for (unsigned i = 0; i < 4; i++) {
        if (parts[i]->count) {
            gps[gpss++] = *parts[i];
        }
    }
    size_t exif_at = 8 + 2 + 12 * 3 + 4, gps_at = exif_at + 2 + 12 * (size_t)exifs + 4;
    t.bytes = gps_at + 2 + 12 * (size_t)gpss + 4;
    struct make_entry root[] = {
        {0x0112, 3, 1, {x->orientation}, NULL},
        {0x8769, 4, 1, {(uint32_t)exif_at}, NULL},
        {0x8825, 4, 1, {(uint32_t)gps_at}, NULL},
    };
    make_ifd(&t, 8, root, 3);
    make_ifd(&t, exif_at, exif, exifs);
    make_ifd(&t, gps_at, gps, gpss);
    memcpy(out, "Exif\0", 6);
    memcpy(out + 6, t.at, t.bytes);
    return 6 + t.bytes;
}

/* The 8 x 8 JPEG that says so, to be inspected. */
static inline struct buf make_exif_jpeg(const struct make_exif *x)
{
    uint8_t block[2048];
    uint8_t *rgb = make_scene(8, 8, 1);
    struct reference_options o = {.quality = 80, .app1 = block};
    o.app1_bytes = (unsigned)make_exif(x, block);
    struct buf b = make_jpeg(rgb, 8, 8, &o);
    mem_free(rgb);
    return b;
}

/* A folder of photos that are not in the repository: $TOWNDESK_PHOTOS, or beside the sources. */
static inline bool make_photos_path(char *out, size_t room, const char *folder)
{
    const char *root = getenv("TOWNDESK_PHOTOS");
    int n = root ? snprintf(out, room, "%s/%s", root, folder)
                 : snprintf(out, room, "%s/../shared/photos/%s", TOWNDESK_SOURCE_DIR, folder);
    DIR *d = n > 0 && (size_t)n < room ? opendir(out) : NULL;
    if (!d) {
        print_message("no photos in %s: left out\n", out);
        return false;
    }
    closedir(d);
    return true;
}

static inline struct buf make_read(const char *folder, const char *name)
{
    struct buf b;
    buf_init(&b, (size_t)64 << 20);
    char path[2048];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;) {
        buf_add(&b, piece, n);
    }
    fclose(f);
    assert_int_equal(buf_err(&b), ERR_NONE);
    return b;
}

#endif
