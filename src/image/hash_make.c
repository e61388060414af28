/* The perceptual hash of ours, "DCT-256": 256 signs of a picture's low spatial frequencies.
 *
 *     luma ──area means──► 64 x 64 cells ──DCT-II──► the 16 x 16 lowest ──over their median?──► bits
 *
 * The construction is PDQ's (facebook/ThreatExchange, "The TMK+PDQF Video-Hashing Algorithm and the PDQ
 * Image-Hashing Algorithm", 2019), whose quality measure is taken over as well. It differs in two places,
 * so the bits are not PDQ's: the cells are exact area means, which makes a photo's hash independent of
 * the resolution it was decoded at, and the frequencies are 0 to 15 of each axis where PDQ takes 1 to 16,
 * which makes it steadier under small crops. Bit 16 v + u is frequency u across and v down.
 *
 * A view is a rectangle of the luma. Orientation turns the cells, not the picture.
 */
#include <math.h>
#include <string.h>

#include "hash_make.h"

#define CELLS 64
#define FREQUENCIES 16
#define PI 3.14159265358979323846

/* A border is trimmed when it is as even as this, in steps of 1/255, and at most this part wide. */
#define BORDER_RANGE 14
#define BORDER_PART_MAX 0.25

struct rectangle {
    double x0, y0, x1, y1; /* in samples of the luma */
};

struct cells {
    float at[CELLS][CELLS];
};

/* The integral of a row from its start to x, where sums[i] is that of its first i samples. */
static float integral(const uint32_t *sums, uint32_t width, double x)
{
    uint32_t i = (uint32_t)x;
    if (i >= width) {
        return (float)sums[width];
    }
    double part = x - i;
    return (float)(sums[i] + part * (sums[i + 1] - sums[i]));
}

/* Adds `share` of one row, cut into the columns of cells that [x0, x1) makes, to a row of cells. */
static void add_row(const float means[CELLS], float share, float cells[CELLS])
{
    for (unsigned i = 0; i < CELLS; i++) {
        cells[i] += share * means[i];
    }
}

static void row_means(const uint32_t *sums, uint32_t width, const struct rectangle *r, float out[CELLS])
{
    double step = (r->x1 - r->x0) / CELLS;
    float before = integral(sums, width, r->x0);
    for (unsigned i = 0; i < CELLS; i++) {
        float here = integral(sums, width, r->x0 + (i + 1) * step);
        out[i] = (here - before) / (float)step;
        before = here;
    }
}

/* Area means of the rectangle's 64 x 64 cells. sums has room for width + 1. */
static void cells_make(const struct plane *p, const struct rectangle *r, uint32_t *sums, struct cells *out)
{
    memset(out, 0, sizeof *out);
    double step = (r->y1 - r->y0) / CELLS;
    uint32_t last = (uint32_t)ceil(r->y1);
    for (uint32_t y = (uint32_t)r->y0; y < last && y < p->height; y++) {
        const uint8_t *row = p->at + (size_t)y * p->width;
        for (uint32_t x = 0; x < p->width; x++) {
            sums[x + 1] = sums[x] + row[x];
        }
        float means[CELLS];
        row_means(sums, p->width, r, means);
        double top = y > r->y0 ? y : r->y0;
        double bottom = y + 1 < r->y1 ? y + 1 : r->y1;
        while (top < bottom) {
            unsigned cell = (unsigned)((top - r->y0) / step + 1e-9);
            if (cell >= CELLS) {
                break;
            }
            double end = r->y0 + (cell + 1) * step;
            end = end < bottom ? end : bottom;
            add_row(means, (float)((end - top) / step), out->at[cell]);
            top = end > top ? end : bottom;
        }
    }
}

static void cells_turn(struct cells *c, unsigned orientation)
{
    struct cells in = *c;
    for (unsigned y = 0; y < CELLS; y++) {
        for (unsigned x = 0; x < CELLS; x++) {
            unsigned from_x = orientation_swaps(orientation) ? y : x;
            unsigned from_y = orientation_swaps(orientation) ? x : y;
            from_x = orientation_flips_x(orientation) ? CELLS - 1 - from_x : from_x;
            from_y = orientation_flips_y(orientation) ? CELLS - 1 - from_y : from_y;
            c->at[y][x] = in.at[from_y][from_x];
        }
    }
}

/* PDQ's measure: the sum of the steps between neighbouring cells, in hundredths of the whole range, of
 * which 90 make 1. A wall or a night has few. */
static unsigned cells_quality(const struct cells *c)
{
    unsigned sum = 0;
    for (unsigned y = 0; y < CELLS; y++) {
        for (unsigned x = 0; x < CELLS; x++) {
            if (x + 1 < CELLS) {
                sum += (unsigned)(fabsf(c->at[y][x] - c->at[y][x + 1]) * 100 / 255);
            }
            if (y + 1 < CELLS) {
                sum += (unsigned)(fabsf(c->at[y][x] - c->at[y + 1][x]) * 100 / 255);
            }
        }
    }
    unsigned quality = sum / 90;
    return quality < 100 ? quality : 100;
}

/* basis[u][x] = cos(pi (x + 1/2) u / 64), the DCT-II; its scale does not matter for signs, but u = 0
 * gets its 1/sqrt 2 so that rows and columns stay comparable. */
static void basis_make(float basis[FREQUENCIES][CELLS])
{
    for (unsigned u = 0; u < FREQUENCIES; u++) {
        for (unsigned x = 0; x < CELLS; x++) {
            basis[u][x] = (float)(cos(PI * (x + 0.5) * u / CELLS) * (u == 0 ? sqrt(0.5) : 1));
        }
    }
}

static float median_of(const float *values, unsigned count)
{
    float v[FREQUENCIES * FREQUENCIES];
    memcpy(v, values, count * sizeof *v);
    /* Quickselect for the upper of the two in the middle. */
    unsigned low = 0, high = count - 1, want = count / 2;
    while (low < high) {
        float pivot = v[(low + high) / 2];
        unsigned i = low, j = high;
        for (;;) {
            while (v[i] < pivot) {
                i++;
            }
            while (v[j] > pivot) {
                j--;
            }
            if (i >= j) {
                break;
            }
            float swap = v[i];
            v[i++] = v[j];
            v[j--] = swap;
        }
        if (want <= j) {
            high = j;
        } else {
            low = j + 1;
        }
    }
    return v[want];
}

static struct image_hash cells_hash(const struct cells *c, const float basis[FREQUENCIES][CELLS])
{
    float half[FREQUENCIES][CELLS] = {{0}}; /* [v][x]: transformed down the columns */
    for (unsigned v = 0; v < FREQUENCIES; v++) {
        for (unsigned y = 0; y < CELLS; y++) {
            for (unsigned x = 0; x < CELLS; x++) {
                half[v][x] += basis[v][y] * c->at[y][x];
            }
        }
    }
    float whole[FREQUENCIES * FREQUENCIES];
    for (unsigned v = 0; v < FREQUENCIES; v++) {
        for (unsigned u = 0; u < FREQUENCIES; u++) {
            float sum = 0;
            for (unsigned x = 0; x < CELLS; x++) {
                sum += basis[u][x] * half[v][x];
            }
            whole[v * FREQUENCIES + u] = sum;
        }
    }
    float median = median_of(whole, FREQUENCIES * FREQUENCIES);
    struct image_hash h = {{0}};
    for (unsigned i = 0; i < FREQUENCIES * FREQUENCIES; i++) {
        if (whole[i] >= median) {
            h.word[i / 64] |= (uint64_t)1 << i % 64;
        }
    }
    return h;
}

/* Is a line of `count` samples, `step` apart, as even as a border and like the one outermost? */
static bool is_border(const uint8_t *line, uint32_t count, size_t step, const uint8_t *outermost)
{
    uint8_t low = 255, high = 0;
    uint64_t sum = 0, sum_out = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t v = line[i * step];
        low = v < low ? v : low;
        high = v > high ? v : high;
        sum += v;
        sum_out += outermost[i * step];
    }
    uint64_t apart = sum > sum_out ? sum - sum_out : sum_out - sum;
    return high - low <= BORDER_RANGE && apart <= (uint64_t)count * BORDER_RANGE / 2;
}

static uint32_t border_lines(const uint8_t *first, ptrdiff_t next, uint32_t lines, uint32_t count,
                             size_t step)
{
    uint32_t most = (uint32_t)(lines * BORDER_PART_MAX);
    uint32_t n = 0;
    while (n < most && is_border(first + (ptrdiff_t)n * next, count, step, first)) {
        n++;
    }
    return n < most ? n : 0; /* so much that it is rather a sky or a wall */
}

static struct rectangle trimmed(const struct luma *l)
{
    const struct plane *p = &l->plane;
    struct rectangle r = {0, 0, l->extent_x, l->extent_y};
    ptrdiff_t row = (ptrdiff_t)p->width;
    const uint8_t *bottom = p->at + (size_t)(p->height - 1) * p->width;
    uint32_t above = border_lines(p->at, row, p->height, p->width, 1);
    uint32_t below = border_lines(bottom, -row, p->height, p->width, 1);
    uint32_t left = border_lines(p->at, 1, p->width, p->height, p->width);
    uint32_t right = border_lines(p->at + p->width - 1, -1, p->width, p->height, p->width);
    r.x0 += left;
    r.y0 += above;
    r.x1 = right ? p->width - right : r.x1;
    r.y1 = below ? p->height - below : r.y1;
    return r;
}

bool hashes_make(const struct luma *luma, unsigned orientation, struct arena *memory,
                 struct image_hashes *out, unsigned *quality)
{
    uint32_t *sums = arena_array(memory, (size_t)luma->plane.width + 1, sizeof *sums);
    struct cells *cells = arena_alloc(memory, sizeof *cells);
    float(*basis)[CELLS] = arena_array(memory, FREQUENCIES, sizeof *basis);
    if (!sums || !cells || !basis) {
        return false;
    }
    basis_make(basis);
    static const double crop[IMAGE_HASH_VIEWS] = {0, 0, 0.05, 0.10, 0.15, 0.20};
    for (unsigned v = 0; v < IMAGE_HASH_VIEWS; v++) {
        double x = luma->extent_x * crop[v] / 2, y = luma->extent_y * crop[v] / 2;
        struct rectangle r = {x, y, luma->extent_x - x, luma->extent_y - y};
        if (v == 1) {
            r = trimmed(luma);
        }
        cells_make(&luma->plane, &r, sums, cells);
        cells_turn(cells, orientation);
        if (v == 0) {
            *quality = cells_quality(cells);
        }
        out->view[v] = cells_hash(cells, (const float(*)[CELLS])basis);
    }
    return true;
}
