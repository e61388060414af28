/* Decodes PNG through libpng, row by row; of an interlaced file, whose rows come in seven passes, all
 * pixels are held, which photo.c has bounded before. Everything becomes 8-bit RGBA. Squares of divisor
 * pixels are averaged before the rows go on, so that a huge drawing costs no more than its inflation.
 *
 * Ancillary chunks are skipped but for gAMA-free colour: iCCP is read, at most 1 MB of it. A file that
 * breaks off is accepted when half of its rows were there.
 */
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "photo_decode.h"
#include "rows.h"

#define CHUNK_BYTES_MAX 1000000

struct source {
    struct str left;
    png_structp png;
    png_infop info;
    struct takers *takers;
    struct str *icc;
    struct size size;
    uint32_t divisor; /* 1 << shift */
    unsigned shift;
    uint32_t rows_done;
    bool began;
    bool no_memory;
    uint8_t *row;     /* one row, or all of an interlaced file */
    uint32_t *sums;   /* 4 per reduced pixel */
    uint8_t *reduced; /* one reduced row of RGBA */
    uint8_t *planes[PLANES_MAX];
};

static void read_bytes(png_structp png, png_bytep out, size_t bytes)
{
    struct source *s = png_get_io_ptr(png);
    if (bytes > s->left.bytes) {
        png_error(png, "end of file");
    }
    memcpy(out, s->left.at, bytes);
    s->left = (struct str){s->left.at + bytes, s->left.bytes - bytes};
}

static void on_error(png_structp png, png_const_charp words)
{
    (void)words;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp words)
{
    (void)png;
    (void)words;
}

static void take_profile(struct source *s)
{
    png_charp name;
    int compression;
    png_bytep profile;
    png_uint_32 bytes;
    if (png_get_iCCP(s->png, s->info, &name, &compression, &profile, &bytes) != PNG_INFO_iCCP) {
        return;
    }
    *s->icc = arena_str(s->takers->memory, (struct str){(const char *)profile, bytes});
}

static bool rows_alloc(struct source *s, bool interlaced)
{
    struct arena *memory = s->takers->memory;
    uint32_t width = (s->size.width + s->divisor - 1) / s->divisor;
    s->row = arena_array(memory, (size_t)s->size.width * 4, interlaced ? s->size.height : 1);
    s->sums = arena_array(memory, width, 4 * sizeof *s->sums);
    s->reduced = arena_array(memory, width, 4);
    for (unsigned p = 0; p < PLANES_MAX; p++) {
        s->planes[p] = arena_alloc(memory, width);
        if (!s->planes[p]) {
            return false;
        }
    }
    return s->row && s->sums && s->reduced;
}

/* Colours are averaged as they are seen: weighted by their opacity. */
static void reduce_row(struct source *s, const uint8_t *row)
{
    uint32_t width = (s->size.width + s->divisor - 1) / s->divisor;
    uint32_t rows = s->rows_done++ % s->divisor + 1;
    if (s->divisor == 1) {
        takers_pixels(s->takers, ROW_RGBA, row, width, s->planes);
        return;
    }
    if (rows == 1) {
        memset(s->sums, 0, (size_t)width * 4 * sizeof *s->sums);
    }
    for (uint32_t x = 0; x < s->size.width; x++, row += 4) {
        uint32_t *sum = s->sums + (size_t)(x >> s->shift) * 4;
        if (row[3] == 255) {
            sum[0] += row[0];
            sum[1] += row[1];
            sum[2] += row[2];
        } else {
            for (unsigned i = 0; i < 3; i++) {
                sum[i] += (uint32_t)(row[i] * row[3] + 255 * (255 - row[3]) + 127) / 255;
            }
        }
        sum[3]++;
    }
    if (rows < s->divisor && s->rows_done < s->size.height) {
        return;
    }
    for (uint32_t x = 0; x < width; x++) {
        const uint32_t *sum = s->sums + (size_t)x * 4;
        for (unsigned i = 0; i < 3; i++) {
            s->reduced[(size_t)x * 4 + i] = (uint8_t)((sum[i] + sum[3] / 2) / sum[3]);
        }
        s->reduced[(size_t)x * 4 + 3] = 255;
    }
    takers_pixels(s->takers, ROW_RGBA, s->reduced, width, s->planes);
}

static void to_rgba(png_structp png, png_infop info)
{
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
}

/* Every libpng call that can jump is made from here or below. */
static enum image_fault decode(struct source *s, bool interlaced)
{
    png_set_read_fn(s->png, s, read_bytes);
    png_set_user_limits(s->png, s->size.width, s->size.height);
    png_set_chunk_malloc_max(s->png, CHUNK_BYTES_MAX);
    png_set_chunk_cache_max(s->png, 8);
    png_set_keep_unknown_chunks(s->png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_read_info(s->png, s->info);
    take_profile(s);
    to_rgba(s->png, s->info);
    if (png_get_rowbytes(s->png, s->info) != (size_t)s->size.width * 4) {
        return IMAGE_FAULT_DAMAGED;
    }
    double d = s->divisor;
    struct grid grid = {(s->size.width + s->divisor - 1) / s->divisor,
                        (s->size.height + s->divisor - 1) / s->divisor, s->size.width / d,
                        s->size.height / d};
    struct grid grids[PLANES_MAX] = {grid, grid, grid};
    if (!rows_alloc(s, interlaced) || !takers_begin(s->takers, grids, PLANES_MAX, false)) {
        return IMAGE_FAULT_NO_MEMORY;
    }
    s->began = true;
    size_t row_bytes = (size_t)s->size.width * 4;
    unsigned passes = interlaced ? 7 : 1;
    for (unsigned pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < s->size.height; y++) {
            uint8_t *row = s->row + (interlaced ? y * row_bytes : 0);
            png_read_row(s->png, row, NULL);
            if (pass == passes - 1) {
                reduce_row(s, row);
            }
        }
    }
    return IMAGE_FAULT_NONE;
}

enum image_fault png_read(struct str file, const struct parts *parts, uint32_t divisor,
                          struct takers *t, struct str *icc)
{
    struct source s = {.left = file, .takers = t, .icc = icc, .divisor = divisor};
    s.size = (struct size){parts->width, parts->height};
    s.shift = (unsigned)__builtin_ctz(divisor);
    s.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    s.info = s.png ? png_create_info_struct(s.png) : NULL;
    enum image_fault fault = IMAGE_FAULT_NO_MEMORY;
    if (s.info) {
        if (setjmp(png_jmpbuf(s.png)) == 0) {
            fault = decode(&s, parts->interlaced);
        } else {
            fault = s.began && s.rows_done >= s.size.height / 2 + 1 ? IMAGE_FAULT_NONE
                                                                    : IMAGE_FAULT_DAMAGED;
        }
        if (fault == IMAGE_FAULT_NONE) {
            takers_end(t);
        }
    }
    png_destroy_read_struct(&s.png, &s.info, NULL);
    return fault;
}
