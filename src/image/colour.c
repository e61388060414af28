/* Brings pictures from the RGB space of their ICC profile to sRGB: phones make Display P3, cameras Adobe
 * RGB, and a rendition has no profile to say so.
 *
 *     Y Cb Cr ─► R'G'B' ─curves─► RGB ─matrix─► RGB of sRGB ─curve─► R'G'B' ─► Y Cb Cr
 *
 * Understood are "matrix/TRC" profiles (ICC.1:2010, 8.3.2 and 10.5, 10.15), which is what cameras write.
 * Every offset is checked against the profile's end, every number against sense; a profile that is not
 * understood is as if it were not there. Colours outside sRGB are clipped.
 */
#include <math.h>
#include <string.h>

#include "colour.h"

#define HEADER_BYTES 128
#define TAGS_MAX 100
#define ENCODE_STEPS 4096

/* R', G' and B' leave 0..255 by less than this, for a Y and a tint that do not fit each other. */
#define ROOM 256

typedef float four __attribute__((vector_size(16)));
typedef int32_t four_ints __attribute__((vector_size(16)));

struct colour {
    float linear[3][ROOM + 256 + ROOM]; /* of R' + ROOM, beyond its ends constant */
    float matrix[3][3];
    four column[3]; /* of the matrix, times ENCODE_STEPS */
    uint8_t encode[ENCODE_STEPS + 1];
};

/* XYZ relative to D50 to linear sRGB (IEC 61966-2-1, Bradford adapted; B. Lindbloom). */
static const double srgb_from_xyz[3][3] = {
    {3.1338561, -1.6168667, -0.4906146},
    {-0.9787684, 1.9161415, 0.0334540},
    {0.0719453, -0.2289914, 1.4052427},
};

static uint32_t big(const char *at, unsigned bytes)
{
    uint32_t n = 0;
    for (unsigned i = 0; i < bytes; i++) {
        n = n << 8 | (unsigned char)at[i];
    }
    return n;
}

static double fixed(const char *at)
{
    return (int32_t)big(at, 4) / 65536.0;
}

static struct str tag(struct str icc, const char *name)
{
    uint32_t count = big(icc.at + HEADER_BYTES, 4);
    for (uint32_t i = 0; i < count && i < TAGS_MAX; i++) {
        size_t at = HEADER_BYTES + 4 + (size_t)12 * i;
        if (at + 12 > icc.bytes) {
            break;
        }
        size_t offset = big(icc.at + at + 4, 4);
        size_t bytes = big(icc.at + at + 8, 4);
        if (memcmp(icc.at + at, name, 4) == 0 && offset <= icc.bytes &&
            bytes <= icc.bytes - offset) {
            return (struct str){icc.at + offset, bytes};
        }
    }
    return STR_NONE;
}

static double srgb_encode(double v)
{
    return v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

/* curveType: 0 entries mean identity, 1 a gamma, more a table. */
static double curve_value(struct str t, double x)
{
    uint32_t count = big(t.at + 8, 4);
    if (count == 0) {
        return x;
    }
    if (count > (t.bytes - 12) / 2) {
        return NAN;
    }
    if (count == 1) {
        return pow(x, big(t.at + 12, 2) / 256.0);
    }
    double at = x * (count - 1);
    uint32_t i = (uint32_t)at;
    i = i < count - 2 ? i : count - 2;
    double low = big(t.at + 12 + (size_t)2 * i, 2);
    double high = big(t.at + 14 + (size_t)2 * i, 2);
    return (low + (at - i) * (high - low)) / 65535;
}

/* parametricCurveType, functions 0 to 4. */
static double parametric_value(struct str t, double x)
{
    static const unsigned counts[] = {1, 3, 4, 5, 7};
    uint32_t function = big(t.at + 8, 2);
    if (function > 4 || t.bytes < 12 + (size_t)4 * counts[function]) {
        return NAN;
    }
    double p[7] = {1, 1, 0, 0, 0, 0, 0}; /* g a b c d e f */
    for (unsigned i = 0; i < counts[function]; i++) {
        p[i] = fixed(t.at + 12 + (size_t)4 * i);
    }
    double power = pow(fmax(p[1] * x + p[2], 0), p[0]);
    switch (function) {
    case 0: return pow(x, p[0]);
    case 1: return p[1] * x + p[2] >= 0 ? power : 0;
    case 2: return p[1] * x + p[2] >= 0 ? power + p[3] : p[3];
    case 3: return x >= p[4] ? power : p[3] * x;
    default: return x >= p[4] ? power + p[5] : p[3] * x + p[6];
    }
}

static bool read_curve(struct str t, float out[ROOM + 256 + ROOM])
{
    if (t.bytes < 12) {
        return false;
    }
    bool table = memcmp(t.at, "curv", 4) == 0;
    if (!table && memcmp(t.at, "para", 4) != 0) {
        return false;
    }
    for (unsigned i = 0; i < 256; i++) {
        double v = table ? curve_value(t, i / 255.0) : parametric_value(t, i / 255.0);
        if (!(v >= -0.5 && v <= 1.5)) {
            return false;
        }
        out[ROOM + i] = (float)(v < 0 ? 0 : v > 1 ? 1 : v);
    }
    for (unsigned i = 0; i < ROOM; i++) {
        out[i] = out[ROOM];
        out[ROOM + 256 + i] = out[ROOM + 255];
    }
    return true;
}

static bool read_matrix(struct str icc, float out[3][3])
{
    static const char names[3][5] = {"rXYZ", "gXYZ", "bXYZ"};
    memset(out, 0, 9 * sizeof(float));
    for (unsigned column = 0; column < 3; column++) {
        struct str t = tag(icc, names[column]);
        if (t.bytes < 20 || memcmp(t.at, "XYZ ", 4) != 0) {
            return false;
        }
        for (unsigned i = 0; i < 3; i++) {
            double xyz = fixed(t.at + 8 + (size_t)4 * i);
            if (!(fabs(xyz) <= 2)) {
                return false;
            }
            for (unsigned row = 0; row < 3; row++) {
                out[row][column] += (float)(srgb_from_xyz[row][i] * xyz);
            }
        }
    }
    return true;
}

/* Would a conversion change next to nothing? */
static bool is_srgb(const struct colour *c)
{
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned j = 0; j < 3; j++) {
            if (fabsf(c->matrix[i][j] - (i == j ? 1.0f : 0.0f)) > 0.02f) {
                return false;
            }
        }
        for (unsigned v = 0; v < 256; v += 15) {
            if (fabs(srgb_encode(c->linear[i][ROOM + v]) - v / 255.0) > 0.015) {
                return false;
            }
        }
    }
    return true;
}

struct colour *colour_read(struct str icc, struct arena *memory)
{
    if (icc.bytes < HEADER_BYTES + 4 || memcmp(icc.at + 16, "RGB XYZ ", 8) != 0) {
        return NULL;
    }
    struct colour *c = arena_alloc(memory, sizeof *c);
    if (!c || !read_matrix(icc, c->matrix) || !read_curve(tag(icc, "rTRC"), c->linear[0]) ||
        !read_curve(tag(icc, "gTRC"), c->linear[1]) ||
        !read_curve(tag(icc, "bTRC"), c->linear[2]) || is_srgb(c)) {
        return NULL;
    }
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned k = 0; k < 3; k++) {
            c->column[i][k] = c->matrix[k][i] * ENCODE_STEPS;
        }
    }
    for (unsigned i = 0; i <= ENCODE_STEPS; i++) {
        c->encode[i] = (uint8_t)(255 * srgb_encode((double)i / ENCODE_STEPS) + 0.5);
    }
    return c;
}

static int clip(int v)
{
    return v < 0 ? 0 : v > 255 ? 255 : v;
}

#define FIX(x) ((int)((x)*65536 + 0.5))
#define HALF (1 << 15)

/* The 2 x 2 pixels, or what of them the picture has, around one chroma sample. */
static void convert_square(const struct colour *c, uint8_t *luma, uint32_t stride, unsigned wide,
                           unsigned high, uint8_t *cb, uint8_t *cr)
{
    int in_cb = *cb - 128, in_cr = *cr - 128;
    int tint_r = (FIX(1.402) * in_cr + HALF) >> 16;
    int tint_g = (-FIX(0.344136) * in_cb - FIX(0.714136) * in_cr + HALF) >> 16;
    int tint_b = (FIX(1.772) * in_cb + HALF) >> 16;
    int sum_y = 0, sum_b = 0, sum_r = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (i % 2 >= wide || i / 2 >= high) {
            continue;
        }
        uint8_t *at = luma + (size_t)(i / 2) * stride + i % 2;
        float r = c->linear[0][ROOM + *at + tint_r];
        float g = c->linear[1][ROOM + *at + tint_g];
        float b = c->linear[2][ROOM + *at + tint_b];
        four sum = c->column[0] * r + c->column[1] * g + c->column[2] * b + 0.5f;
        four_ints at_encode = __builtin_convertvector(sum, four_ints);
        at_encode &= at_encode > 0;
        four_ints over = at_encode > ENCODE_STEPS;
        at_encode = (at_encode & ~over) | (over & ENCODE_STEPS);
        int out[3];
        for (unsigned k = 0; k < 3; k++) {
            out[k] = c->encode[at_encode[k]];
        }
        int y = FIX(0.299) * out[0] + FIX(0.587) * out[1] + FIX(0.114) * out[2];
        *at = (uint8_t)((y + HALF) >> 16);
        sum_y += y >> 8;
        sum_b += out[2];
        sum_r += out[0];
    }
    float count = (float)(wide * high);
    float mean_y = (float)sum_y / 256;
    *cb = (uint8_t)clip((int)(((float)sum_b - mean_y) / (1.772f * count) + 128.5f));
    *cr = (uint8_t)clip((int)(((float)sum_r - mean_y) / (1.402f * count) + 128.5f));
}

void colour_convert(const struct colour *c, struct picture *p)
{
    const struct plane *luma = &p->plane[0], *chroma = &p->plane[1];
    for (uint32_t y = 0; y < chroma->height; y++) {
        uint8_t *row = luma->at + (size_t)2 * y * luma->width;
        uint8_t *cb = p->plane[1].at + (size_t)y * chroma->width;
        uint8_t *cr = p->plane[2].at + (size_t)y * chroma->width;
        unsigned high = 2 * y + 1 < luma->height ? 2 : 1;
        for (uint32_t x = 0; x < chroma->width; x++) {
            unsigned wide = 2 * x + 1 < luma->width ? 2 : 1;
            convert_square(c, row + 2 * x, luma->width, wide, high, cb + x, cr + x);
        }
    }
}
