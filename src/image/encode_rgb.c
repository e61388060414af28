/* Drawn pixels into the planes that the encoder takes: JFIF's YCbCr, chroma averaged over 2 x 2.
 */
#include "image/encode.h"

#include "base/must.h"
#include "picture.h"

static uint8_t sample(double v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5);
}

/* ITU-T T.871 (JFIF), section 7. */
static void convert(const uint8_t *rgb, uint32_t width, uint32_t height, struct picture *p)
{
    for (size_t i = 0; i < (size_t)width * height; i++)
        p->plane[0].at[i] = sample(0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] +
                                   0.114 * rgb[3 * i + 2]);
    for (uint32_t y = 0; y < p->plane[1].height; y++) {
        for (uint32_t x = 0; x < p->plane[1].width; x++) {
            double sum[3] = {0}, count = 0;
            for (uint32_t k = 0; k < 4; k++) {
                uint32_t sx = 2 * x + (k & 1), sy = 2 * y + (k >> 1);
                if (sx >= width || sy >= height) continue;
                for (int c = 0; c < 3; c++)
                    sum[c] += rgb[3 * ((size_t)sy * width + sx) + (size_t)c];
                count++;
            }
            double r = sum[0] / count, g = sum[1] / count, b = sum[2] / count;
            size_t at = (size_t)y * p->plane[1].width + x;
            p->plane[1].at[at] = sample(128 - 0.168735892 * r - 0.331264108 * g + 0.5 * b);
            p->plane[2].at[at] = sample(128 + 0.5 * r - 0.418687589 * g - 0.081312411 * b);
        }
    }
}

enum err image_encode_rgb(const uint8_t *rgb, uint32_t width, uint32_t height, int quality,
                          struct buf *out)
{
    must(width > 0 && height > 0 && width < 65536 && height < 65536);
    struct arena memory;
    arena_init(&memory, (size_t)width * height * 4 + (1 << 20));
    struct picture p = {.planes = 3};
    enum err e = ERR_NONE;
    for (unsigned i = 0; i < 3; i++) {
        struct plane *plane = &p.plane[i];
        plane->width = i ? (width + 1) / 2 : width;
        plane->height = i ? (height + 1) / 2 : height;
        plane->at = arena_array(&memory, plane->width, plane->height);
        if (!plane->at) e = ERR_NOMEM;
    }
    if (!e) {
        convert(rgb, width, height, &p);
        e = picture_encode(&p, 1, quality, &memory, out);
    }
    arena_clear(&memory);
    return e;
}
