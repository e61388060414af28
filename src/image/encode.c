/* Writes pictures as baseline JPEGs. What comes out holds a picture and nothing else: no JFIF, no EXIF,
 * no profile, no comment. Decoders take three components without a JFIF marker for YCbCr, and samples
 * without a profile for sRGB.
 *
 * The planes go in as they are (raw data): a band of 16 rows is turned, padded to whole blocks by
 * repeating the last column and row, and handed over. No copy of the picture is made.
 */
#include <string.h>

#include "jpeg_guard.h"
#include "picture.h"

#define BAND_ROWS 16
#define PIECE_BYTES 4096

struct target {
    struct jpeg_destination_mgr manager; /* first, so that cinfo->dest is the target */
    struct buf *out;
    JOCTET piece[PIECE_BYTES];
};

/* Rows of one plane, turned and padded, for one call of jpeg_write_raw_data. */
struct band {
    struct plane turned; /* its size when turned; at is the stored one */
    uint8_t *at;
    size_t stride;
    unsigned rows;
    JSAMPROW row[BAND_ROWS];
};

static void target_init(j_compress_ptr c)
{
    struct target *t = (struct target *)(void *)c->dest;
    t->manager.next_output_byte = t->piece;
    t->manager.free_in_buffer = sizeof t->piece;
}

static boolean target_empty(j_compress_ptr c)
{
    struct target *t = (struct target *)(void *)c->dest;
    buf_add(t->out, t->piece, sizeof t->piece);
    target_init(c);
    return TRUE;
}

static void target_term(j_compress_ptr c)
{
    struct target *t = (struct target *)(void *)c->dest;
    buf_add(t->out, t->piece, sizeof t->piece - t->manager.free_in_buffer);
}

static bool band_init(struct band *b, struct arena *memory, const struct plane *p,
                      unsigned orientation, unsigned rows)
{
    bool swaps = orientation_swaps(orientation);
    b->turned = *p;
    b->turned.width = swaps ? p->height : p->width;
    b->turned.height = swaps ? p->width : p->height;
    b->stride = ((size_t)b->turned.width + 15) / 16 * 16;
    b->rows = rows;
    b->at = arena_array(memory, b->stride, rows);
    for (unsigned r = 0; b->at && r < rows; r++) {
        b->row[r] = b->at + r * b->stride;
    }
    return b->at != NULL;
}

static void band_fill(struct band *b, const struct plane *p, unsigned orientation,
                      uint32_t first_row)
{
    uint32_t left = b->turned.height > first_row ? b->turned.height - first_row : 0;
    uint32_t rows = left < b->rows ? left : b->rows;
    plane_turned_rows(p, orientation, first_row, rows, b->at, b->stride);
    size_t pad = b->stride - b->turned.width;
    for (uint32_t r = 0; r < rows; r++) {
        uint8_t *end = b->row[r] + b->turned.width;
        memset(end, end[-1], pad);
    }
    for (uint32_t r = rows; r < b->rows && r > 0; r++) {
        memcpy(b->row[r], b->row[r - 1], b->stride);
    }
}

static void compress_setup(j_compress_ptr c, const struct band *bands, unsigned planes, int quality)
{
    c->image_width = bands[0].turned.width;
    c->image_height = bands[0].turned.height;
    c->input_components = (int)planes;
    c->in_color_space = planes == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(c);
    jpeg_set_quality(c, quality, TRUE);
    c->write_JFIF_header = FALSE;
    c->write_Adobe_marker = FALSE;
    c->raw_data_in = TRUE;
    if (planes > 1) {
        c->comp_info[0].h_samp_factor = c->comp_info[0].v_samp_factor = 2;
    }
}

static enum err compress(const struct picture *p, unsigned orientation, int quality,
                         struct band *bands, struct target *target)
{
    struct jpeg_compress_struct c;
    struct jpeg_guard guard;
    jpeg_guard_init(&guard);
    c.err = &guard.manager;
    if (setjmp(guard.jump)) {
        jpeg_destroy_compress(&c);
        return guard.no_memory ? ERR_NOMEM : ERR_INPUT;
    }
    jpeg_create_compress(&c);
    c.dest = &target->manager;
    compress_setup(&c, bands, p->planes, quality);
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < c.image_height) {
        JSAMPARRAY rows[PLANES_MAX];
        uint32_t band = c.next_scanline / bands[0].rows;
        for (unsigned i = 0; i < p->planes; i++) {
            band_fill(&bands[i], &p->plane[i], orientation, band * bands[i].rows);
            rows[i] = bands[i].row;
        }
        jpeg_write_raw_data(&c, rows, bands[0].rows);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    return buf_err(target->out);
}

enum err picture_encode(const struct picture *p, unsigned orientation, int quality,
                        struct arena *memory, struct buf *out)
{
    struct target target = {
        .manager = {.init_destination = target_init,
                    .empty_output_buffer = target_empty,
                    .term_destination = target_term},
        .out = out,
    };
    struct band bands[PLANES_MAX];
    for (unsigned i = 0; i < p->planes; i++) {
        unsigned rows = p->planes > 1 && i == 0 ? BAND_ROWS : BAND_ROWS / 2;
        if (!band_init(&bands[i], memory, &p->plane[i], orientation, rows)) {
            return ERR_NOMEM;
        }
    }
    return compress(p, orientation, quality, bands, &target);
}
