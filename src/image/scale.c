/* Scales planes down with a separable Lanczos-3 filter while their rows arrive, so that of a photo
 * only as many rows are in memory as the filter is high.
 *
 * Vertical first, on whole rows (4 columns at a time), then horizontal on the few rows that come out.
 * Sums are floats: no overflow to think of, and the same result on every processor that has IEEE
 * floats. Positions are exact: output i is centred on begin + (i + 1/2) * extent / out, and a source
 * whose last sample hangs over the edge says so through its extent.
 *
 * A DC coefficient is the average of a box, whose spectrum falls off as sinc(f). Convolving the
 * weights with (-lift, 1 + 2 lift, -lift) lifts the high frequencies again by 1 + 2 lift (1 - cos w).
 */
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "picture.h"

#define LOBES 3.0
#define PI 3.14159265358979323846

typedef float four __attribute__((vector_size(16)));
typedef uint8_t four_bytes __attribute__((vector_size(4)));

/* The right half of the kernel, KERNEL_STEPS values a unit, read with linear interpolation: wrong by less
 * than 1e-5, and the thousands of weights of one photo take no sine. */
#define KERNEL_STEPS 512
static float kernel[(int)LOBES * KERNEL_STEPS + 2];

static void kernel_make(void)
{
    kernel[0] = 1;
    for (unsigned i = 1; i < LOBES * KERNEL_STEPS; i++) {
        double x = PI * i / KERNEL_STEPS;
        kernel[i] = (float)(LOBES * sin(x) * sin(x / LOBES) / (x * x));
    }
}

static double lanczos(double x)
{
    double at = fabs(x) * KERNEL_STEPS;
    if (at >= LOBES * KERNEL_STEPS) {
        return 0;
    }
    unsigned i = (unsigned)at;
    return kernel[i] + (at - i) * (kernel[i + 1] - kernel[i]);
}

/* Weights of one output sample before clamping to the axis: samples first .. first + count - 1. */
static void weigh_one(double centre, double step, double lift, int64_t first, uint32_t count,
                      double *out)
{
    double sum = 0;
    for (uint32_t t = 0; t < count; t++) {
        double at = (double)(first + (int64_t)t) + 0.5 - centre;
        double v = lanczos(at / step);
        if (lift > 0) {
            v = (1 + 2 * lift) * v - lift * (lanczos((at - 1) / step) + lanczos((at + 1) / step));
        }
        out[t] = v;
        sum += v;
    }
    for (uint32_t t = 0; t < count; t++) {
        out[t] /= sum;
    }
}

static bool weights_init(struct weights *w, struct arena *memory, struct span s, double lift)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, kernel_make);
    double step = s.extent / s.out;
    double filter_step = step < 1 ? 1 : step;
    double radius = LOBES * filter_step;
    uint32_t span = (uint32_t)(2 * radius) + 1;
    w->reach = span < s.samples ? span : s.samples;
    w->taps = (w->reach + 3) / 4 * 4;
    w->first = arena_array(memory, s.out, sizeof *w->first);
    w->weight = arena_array(memory, (size_t)s.out * w->taps, sizeof *w->weight);
    double *raw = arena_array(memory, span, sizeof *raw);
    if (!w->first || !w->weight || !raw) {
        return false;
    }
    for (uint32_t i = 0; i < s.out; i++) {
        double centre = s.begin + (i + 0.5) * step;
        int64_t first = (int64_t)floor(centre - radius + 0.5);
        weigh_one(centre, filter_step, lift, first, span, raw);
        int64_t start = first < 0 ? 0 : first;
        int64_t start_max = (int64_t)s.samples - w->reach;
        start = start > start_max ? start_max : start;
        w->first[i] = (uint32_t)start;
        float *weight = w->weight + (size_t)i * w->taps;
        for (uint32_t t = 0; t < span; t++) {
            /* What falls outside is looked up at the edge: its weight goes to the edge sample. */
            int64_t at = first + (int64_t)t;
            at = at < 0 ? 0 : at;
            at = at >= (int64_t)s.samples ? (int64_t)s.samples - 1 : at;
            weight[at - start] += (float)raw[t];
        }
    }
    return true;
}

bool scaler_init(struct scaler *s, struct arena *memory, struct span x, struct span y, double lift)
{
    *s = (struct scaler){.in_width = x.samples, .in_height = y.samples};
    s->out.width = x.out;
    s->out.height = y.out;
    if (!weights_init(&s->x, memory, x, lift) || !weights_init(&s->y, memory, y, lift)) {
        return false;
    }
    /* Both passes work on fours; the horizontal one may look s->x.taps past the last sample. */
    s->row_floats = (s->in_width + 3) / 4 * 4;
    s->out.at = arena_array(memory, x.out, y.out);
    s->ring = arena_array(memory, (size_t)s->y.reach * s->row_floats, sizeof *s->ring);
    s->sum = arena_array(memory, (size_t)s->row_floats + s->x.taps, sizeof *s->sum);
    return s->out.at && s->ring && s->sum;
}

static void sum_vertically(const struct scaler *s)
{
    const float *weight = s->y.weight + (size_t)s->rows_out * s->y.taps;
    uint32_t first = s->y.first[s->rows_out];
    const four *row[64];
    for (uint32_t x = 0; x < s->row_floats / 4; x++) {
        ((four *)(void *)s->sum)[x] = (four){0};
    }
    for (uint32_t t0 = 0; t0 < s->y.reach; t0 += 64) {
        uint32_t count = s->y.reach - t0 < 64 ? s->y.reach - t0 : 64;
        for (uint32_t t = 0; t < count; t++) {
            uint32_t slot = (first + t0 + t) % s->y.reach;
            row[t] = (const four *)(const void *)(s->ring + (size_t)slot * s->row_floats);
        }
        for (uint32_t x = 0; x < s->row_floats / 4; x++) {
            four sum = ((four *)(void *)s->sum)[x];
            for (uint32_t t = 0; t < count; t++) {
                sum += row[t][x] * weight[t0 + t];
            }
            ((four *)(void *)s->sum)[x] = sum;
        }
    }
}

static uint8_t to_sample(float v)
{
    v += 0.5f;
    return v <= 0 ? 0 : v >= 255 ? 255 : (uint8_t)v;
}

static void sum_horizontally(const struct scaler *s)
{
    uint8_t *out = s->out.at + (size_t)s->rows_out * s->out.width;
    const float *weight = s->x.weight;
    for (uint32_t i = 0; i < s->out.width; i++, weight += s->x.taps) {
        const float *in = s->sum + s->x.first[i];
        four sum = {0};
        for (uint32_t t = 0; t < s->x.taps; t += 4) {
            four a, b;
            memcpy(&a, in + t, sizeof a);
            memcpy(&b, weight + t, sizeof b);
            sum += a * b;
        }
        out[i] = to_sample(sum[0] + sum[1] + (sum[2] + sum[3]));
    }
}

void scaler_row(struct scaler *s, const uint8_t *row)
{
    if (s->rows_in == s->in_height) {
        return;
    }
    float *slot = s->ring + (size_t)(s->rows_in % s->y.reach) * s->row_floats;
    uint32_t x = 0;
    for (; x + 4 <= s->in_width; x += 4) {
        four_bytes bytes;
        memcpy(&bytes, row + x, sizeof bytes);
        four floats = __builtin_convertvector(bytes, four);
        memcpy(slot + x, &floats, sizeof floats);
    }
    for (; x < s->in_width; x++) {
        slot[x] = row[x];
    }
    s->rows_in++;
    while (s->rows_out < s->out.height && s->y.first[s->rows_out] + s->y.reach <= s->rows_in) {
        sum_vertically(s);
        sum_horizontally(s);
        s->rows_out++;
    }
}

void scaler_finish(struct scaler *s)
{
    if (s->rows_in == 0) {
        memset(s->out.at, 128, (size_t)s->out.width * s->out.height);
        return;
    }
    uint8_t *last = s->out.at + (size_t)(s->rows_out ? s->rows_out - 1 : 0) * s->out.width;
    if (s->rows_out == 0) {
        memset(last, 128, s->out.width);
        s->rows_out = 1;
    }
    for (; s->rows_out < s->out.height; s->rows_out++) {
        memcpy(s->out.at + (size_t)s->rows_out * s->out.width, last, s->out.width);
    }
}
