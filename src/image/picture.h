/* Pixels inside this module: planes of 8-bit samples, one (grey) or three (Y, Cb, Cr after JFIF: full
 * range BT.601), each of its own size. RGB exists only row by row, where a decoder speaks it.
 *
 *     decoder ──rows──► takers ─┬─► canvas (thumb)   each plane through a scaler of its own
 *                               ├─► canvas (screen)
 *                               └─► luma, kept whole for the hash
 */
#ifndef IMAGE_PICTURE_H
#define IMAGE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

#define PLANES_MAX 3

struct plane {
    uint8_t *at; /* width * height samples, row after row, nothing between */
    uint32_t width, height;
};

struct picture {
    struct plane plane[PLANES_MAX];
    unsigned planes; /* 1 or 3 */
};

/* One plane as a decoder delivers it: width x height samples that cover extent_x x extent_y of the
 * photo, in units of a sample. The extent is less than the count where the last column or row hangs
 * over the photo's edge (4030 px in blocks of 8: 504 samples, extent 503.75). */
struct grid {
    uint32_t width, height;
    double extent_x, extent_y;
};

/* The part of a grid's axis that an output axis shows: out samples over [begin, begin + extent). */
struct span {
    uint32_t samples;
    double begin, extent;
    uint32_t out;
};

/* Filter weights of one axis: output i is the sum of weight[i * taps + t] * sample[first[i] + t].
 * taps is a multiple of 4; first[i] + taps may pass the axis' end by at most taps, with weights 0. */
struct weights {
    uint32_t *first;
    float *weight;
    uint32_t taps;
    uint32_t reach; /* the most samples that any output needs at once */
};

/* Scales one plane that comes row by row; see scale.c. */
struct scaler {
    struct weights x, y;
    struct plane out;
    uint32_t in_width, in_height, row_floats;
    uint32_t rows_in, rows_out;
    float *ring; /* the last y.reach rows, as floats */
    float *sum;  /* one row after the vertical pass */
};

/* lift undoes what a box average took from the high frequencies: 0 for a source that was properly
 * filtered, about 0.06 for one whose samples are averages of boxes. false: out of memory. */
bool scaler_init(struct scaler *s, struct arena *memory, struct span x, struct span y, double lift);
void scaler_row(struct scaler *s, const uint8_t *row); /* in_height times, in order */
void scaler_finish(struct scaler *s); /* repeats the last row until `out` is whole */

/* A picture being made out of the rows of another. */
struct canvas {
    struct picture picture;
    struct scaler scaler[PLANES_MAX];
};

struct size {
    uint32_t width, height;
};
struct size size_fit(struct size s, uint32_t longer_max); /* never enlarges, never below 1 */

/* The luma of the decoded rows, each square of factor x factor averaged into one sample. */
struct luma {
    struct plane plane;
    double extent_x, extent_y;
    uint32_t factor, rows_in; /* factor: a power of two */
    uint32_t in_width, in_height;
    uint32_t *sums;
};

/* Where a decoder's rows go. */
struct takers {
    struct arena *memory;
    struct canvas *thumb, *screen; /* NULL: not wanted */
    struct luma *luma;
    struct size photo; /* all of its pixels, before orientation */
    unsigned orientation;
    uint32_t thumb_max, screen_max;
};

/* Says what rows will come. boxed: samples are box averages. false: out of memory. */
bool takers_begin(struct takers *t, const struct grid *grids, unsigned planes, bool boxed);
void takers_row(struct takers *t, unsigned plane, const uint8_t *row);
void takers_end(struct takers *t);

/* Writes the picture as a baseline JPEG (4:2:0 or grey, no APP markers at all), turned as EXIF's
 * orientation 1..8 says; appends to out. */
enum err picture_encode(const struct picture *p, unsigned orientation, int quality,
                        struct arena *memory, struct buf *out) ERR_CHECKED;

/* Copies `rows` rows from first_row on of the plane as it looks when turned, `stride` bytes apart. */
void plane_turned_rows(const struct plane *p, unsigned orientation, uint32_t first_row,
                       uint32_t rows, uint8_t *out, size_t stride);

/* What an orientation does to the stored axes: flips are done first, then they change places. */
static inline bool orientation_swaps(unsigned orientation)
{
    return orientation >= 5;
}

static inline bool orientation_flips_x(unsigned orientation)
{
    return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
}

static inline bool orientation_flips_y(unsigned orientation)
{
    return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
}

#endif
