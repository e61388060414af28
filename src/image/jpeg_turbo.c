/* Decodes JPEGs with libjpeg-turbo: at 1/1, 1/2, 1/4 or 1/8, any colour space it knows, row by row into
 * the takers. libjpeg reads from the photo where it lies and allocates for itself: a few rows, and of
 * files with several scans all coefficients, up to a stated bound.
 *
 * A file whose data ends early is accepted when half of the picture was there; the rest is grey. Refuses
 * a file that stops before, and what libjpeg-turbo itself refuses.
 */
#include "jpeg.h"
#include "jpeg_guard.h"
#include "rows.h"

#define SHOWN_MIN 0.5

struct turbo {
    struct jpeg_decompress_struct d;
    struct jpeg_guard guard;
    struct takers *takers;
    unsigned planes;
    enum row_kind kind;
    uint8_t *row;
    uint8_t *plane_row[PLANES_MAX];
};

static void choose_colours(struct turbo *t)
{
    J_COLOR_SPACE stored = t->d.jpeg_color_space;
    t->planes = 3;
    if (stored == JCS_GRAYSCALE) {
        t->d.out_color_space = JCS_GRAYSCALE;
        t->kind = ROW_GREY;
        t->planes = 1;
    } else if (stored == JCS_YCbCr) {
        t->d.out_color_space = JCS_YCbCr;
        t->kind = ROW_YCC;
    } else if (stored == JCS_CMYK || stored == JCS_YCCK) {
        t->d.out_color_space = JCS_CMYK;
        t->kind = ROW_CMYK_INVERTED;
    } else {
        t->d.out_color_space = JCS_RGB;
        t->kind = ROW_RGB;
    }
}

static bool rows_alloc(struct turbo *t, struct arena *memory)
{
    t->row = arena_array(memory, t->d.output_width, (size_t)t->d.out_color_components);
    for (unsigned p = 0; p < t->planes; p++) {
        t->plane_row[p] = arena_alloc(memory, t->d.output_width);
        if (!t->plane_row[p]) {
            return false;
        }
    }
    return t->row != NULL;
}

/* Every libjpeg call that can jump is made from here or below. */
static enum image_fault decode(struct turbo *t, struct str file, unsigned divisor,
                               size_t memory_max)
{
    struct jpeg_decompress_struct *d = &t->d;
    jpeg_create_decompress(d);
    d->mem->max_memory_to_use = (long)memory_max;
    jpeg_mem_src(d, (const unsigned char *)file.at, (unsigned long)file.bytes);
    if (jpeg_read_header(d, TRUE) != JPEG_HEADER_OK) {
        return IMAGE_FAULT_DAMAGED;
    }
    choose_colours(t);
    d->scale_num = 1;
    d->scale_denom = divisor;
    jpeg_start_decompress(d);

    struct grid grid = {d->output_width, d->output_height, (double)d->image_width / divisor,
                        (double)d->image_height / divisor};
    struct grid grids[PLANES_MAX] = {grid, grid, grid};
    if (!rows_alloc(t, t->takers->memory) || !takers_begin(t->takers, grids, t->planes, false)) {
        return IMAGE_FAULT_NO_MEMORY;
    }
    while (d->output_scanline < d->output_height) {
        JSAMPROW row = t->row;
        if (jpeg_read_scanlines(d, &row, 1) != 1) {
            return IMAGE_FAULT_DAMAGED;
        }
        takers_pixels(t->takers, t->kind, t->row, d->output_width, t->plane_row);
    }
    takers_end(t->takers);
    bool shown = !t->guard.data_ended || t->guard.ended_at >= SHOWN_MIN;
    return shown ? IMAGE_FAULT_NONE : IMAGE_FAULT_DAMAGED;
}

enum image_fault jpeg_turbo_read(struct str file, unsigned divisor, size_t memory_max,
                                 struct takers *takers)
{
    struct turbo t = {.takers = takers};
    jpeg_guard_init(&t.guard);
    t.d.err = &t.guard.manager;
    enum image_fault fault = IMAGE_FAULT_DAMAGED;
    if (setjmp(t.guard.jump) == 0) {
        fault = decode(&t, file, divisor, memory_max);
    } else if (t.guard.no_memory) {
        fault = IMAGE_FAULT_NO_MEMORY;
    } else if (t.guard.over_bound) {
        fault = IMAGE_FAULT_TOO_MANY_PIXELS;
    }
    jpeg_destroy_decompress(&t.d);
    return fault;
}
