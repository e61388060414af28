/* Hands a decoder's rows to whoever wants them: the canvases of the renditions and the luma plane that
 * the hash is made from.
 *
 * A rendition's chroma planes have half its size (4:2:0 is what we write), so chroma is scaled straight
 * from the decoder's resolution to that. The luma is reduced by averaging squares of 2^n, which is
 * what a DC coefficient is too: so the hash does not depend on which decoder delivered the rows.
 */
#include <string.h>

#include "picture.h"

/* Chosen by SSIM against a full decode scaled with Lanczos, on photos of 8 and 12 MP. */
#define BOX_LIFT 0.06
/* The reduced luma has at least so many samples on its longer side, if the photo has. */
#define LUMA_SIDE_MIN 400

struct size size_fit(struct size s, uint32_t longer_max)
{
    uint32_t longer = s.width > s.height ? s.width : s.height;
    if (longer <= longer_max) {
        return s;
    }
    uint64_t width = ((uint64_t)s.width * longer_max + longer / 2) / longer;
    uint64_t height = ((uint64_t)s.height * longer_max + longer / 2) / longer;
    return (struct size){width ? (uint32_t)width : 1, height ? (uint32_t)height : 1};
}

/* The axis of a chroma plane with one sample for two of luma, `out` of them. With an odd count one
 * sample hangs over the edge: over the one that is the far edge once the picture is turned. */
static struct span chroma_span(uint32_t samples, double extent, uint32_t out, bool flips)
{
    double pixel = extent / out;
    uint32_t half = (out + 1) / 2;
    return (struct span){samples, flips && out % 2 ? -pixel : 0, 2 * pixel * half, half};
}

static bool canvas_begin(struct canvas *c, const struct takers *t, struct size out,
                         const struct grid *grids, unsigned planes, double lift)
{
    *c = (struct canvas){.picture.planes = planes};
    for (unsigned p = 0; p < planes; p++) {
        const struct grid *g = &grids[p];
        struct span x = {g->width, 0, g->extent_x, out.width};
        struct span y = {g->height, 0, g->extent_y, out.height};
        if (p > 0) {
            x = chroma_span(g->width, g->extent_x, out.width, orientation_flips_x(t->orientation));
            y = chroma_span(g->height, g->extent_y, out.height,
                            orientation_flips_y(t->orientation));
        }
        if (!scaler_init(&c->scaler[p], t->memory, x, y, lift)) {
            return false;
        }
        c->picture.plane[p] = c->scaler[p].out;
    }
    return true;
}

static bool luma_begin(struct luma *l, struct arena *memory, const struct grid *g,
                       struct size photo)
{
    uint32_t longer = photo.width > photo.height ? photo.width : photo.height;
    uint32_t whole = 1; /* photo pixels a side of a square of the reduced luma */
    while (longer / (whole * 2) >= LUMA_SIDE_MIN) {
        whole *= 2;
    }
    /* How much of that the decoder has done already. */
    uint32_t done = (uint32_t)((double)photo.width / g->extent_x + 0.5);
    l->factor = done >= whole ? 1 : whole / done;
    l->in_width = g->width;
    l->in_height = g->height;
    l->rows_in = 0;
    l->extent_x = g->extent_x / l->factor;
    l->extent_y = g->extent_y / l->factor;
    l->plane.width = (g->width + l->factor - 1) / l->factor;
    l->plane.height = (g->height + l->factor - 1) / l->factor;
    l->plane.at = arena_array(memory, l->plane.width, l->plane.height);
    l->sums = arena_array(memory, l->plane.width, sizeof *l->sums);
    return l->plane.at && l->sums;
}

static void luma_row(struct luma *l, const uint8_t *row)
{
    uint32_t y = l->rows_in++;
    uint8_t *out = l->plane.at + (size_t)(y / l->factor) * l->plane.width;
    if (l->factor == 1) {
        memcpy(out, row, l->in_width);
        return;
    }
    uint32_t rows = y % l->factor + 1;
    if (rows == 1) {
        memset(l->sums, 0, l->plane.width * sizeof *l->sums);
    }
    unsigned shift = (unsigned)__builtin_ctz(l->factor);
    for (uint32_t x = 0; x < l->in_width; x++) {
        l->sums[x >> shift] += row[x];
    }
    if (rows < l->factor && l->rows_in < l->in_height) {
        return;
    }
    for (uint32_t x = 0; x < l->plane.width; x++) {
        uint32_t left = l->in_width - x * l->factor;
        uint32_t count = rows * (left < l->factor ? left : l->factor);
        out[x] = (uint8_t)((l->sums[x] + count / 2) / count);
    }
}

bool takers_begin(struct takers *t, const struct grid *grids, unsigned planes, bool boxed)
{
    double lift = boxed ? BOX_LIFT : 0;
    if (t->thumb) {
        struct size s = size_fit(t->photo, t->thumb_max);
        if (!canvas_begin(t->thumb, t, s, grids, planes, lift)) {
            return false;
        }
    }
    if (t->screen) {
        struct size s = size_fit(t->photo, t->screen_max);
        /* Made of a reduced picture it may have fewer pixels than it could. */
        struct size have = {grids[0].width, grids[0].height};
        if (s.width > have.width || s.height > have.height) {
            s = have;
        }
        if (!canvas_begin(t->screen, t, s, grids, planes, lift)) {
            return false;
        }
    }
    return !t->luma || luma_begin(t->luma, t->memory, &grids[0], t->photo);
}

void takers_row(struct takers *t, unsigned plane, const uint8_t *row)
{
    if (t->thumb) {
        scaler_row(&t->thumb->scaler[plane], row);
    }
    if (t->screen) {
        scaler_row(&t->screen->scaler[plane], row);
    }
    if (t->luma && plane == 0 && t->luma->rows_in < t->luma->in_height) {
        luma_row(t->luma, row);
    }
}

void takers_end(struct takers *t)
{
    struct canvas *canvas[] = {t->thumb, t->screen};
    for (unsigned c = 0; c < 2; c++) {
        for (unsigned p = 0; canvas[c] && p < canvas[c]->picture.planes; p++) {
            scaler_finish(&canvas[c]->scaler[p]);
        }
    }
}
