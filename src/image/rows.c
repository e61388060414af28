/* Splits interleaved rows into planes and turns RGB and CMYK into Y, Cb, Cr on the way.
 *
 * JFIF 1.02:  Y = 0.299 R + 0.587 G + 0.114 B,  Cb = (B - Y) / 1.772 + 128,  Cr = (R - Y) / 1.402 + 128,
 * here in 16-bit fixed point. CMYK is taken as ink on white paper, without a profile: R = C K / 255.
 */
#include "rows.h"

#define FIX(x) ((int32_t)((x)*65536 + 0.5))
#define HALF (1 << 15)

static void put_rgb(uint8_t *const planes[PLANES_MAX], uint32_t x, int32_t r, int32_t g, int32_t b)
{
    /* All sums are within 0..255 after rounding: the -1 keeps 255.5 out. */
    const int32_t centre = (128 << 16) + HALF - 1;
    planes[0][x] = (uint8_t)((FIX(0.299) * r + FIX(0.587) * g + FIX(0.114) * b + HALF) >> 16);
    planes[1][x] =
        (uint8_t)((FIX(0.5) * b - FIX(0.168735892) * r - FIX(0.331264108) * g + centre) >> 16);
    planes[2][x] =
        (uint8_t)((FIX(0.5) * r - FIX(0.418687589) * g - FIX(0.081312411) * b + centre) >> 16);
}

static int32_t times(int32_t a, int32_t b)
{
    return (a * b + 127) / 255;
}

void takers_pixels(struct takers *t, enum row_kind kind, const uint8_t *row, uint32_t width,
                   uint8_t *const planes[PLANES_MAX])
{
    const uint8_t *in = row;
    switch (kind) {
    case ROW_GREY: takers_row(t, 0, row); return;
    case ROW_YCC:
        for (uint32_t x = 0; x < width; x++, in += 3) {
            planes[0][x] = in[0];
            planes[1][x] = in[1];
            planes[2][x] = in[2];
        }
        break;
    case ROW_RGB:
        for (uint32_t x = 0; x < width; x++, in += 3) {
            put_rgb(planes, x, in[0], in[1], in[2]);
        }
        break;
    case ROW_CMYK_INVERTED:
        for (uint32_t x = 0; x < width; x++, in += 4) {
            put_rgb(planes, x, times(in[0], in[3]), times(in[1], in[3]), times(in[2], in[3]));
        }
        break;
    case ROW_RGBA:
        for (uint32_t x = 0; x < width; x++, in += 4) {
            int32_t white = 255 - in[3];
            put_rgb(planes, x, times(in[0], in[3]) + white, times(in[1], in[3]) + white,
                    times(in[2], in[3]) + white);
        }
        break;
    }
    for (unsigned p = 0; p < PLANES_MAX; p++) {
        takers_row(t, p, planes[p]);
    }
}
