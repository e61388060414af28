/* Decodes WebP through libwebp, at once, already reduced by libwebp's own scaler (an area average) to
 * what the takers need: of a lossy photo only that is in memory. Refuses animations. A lossless one is
 * held whole inside libwebp, 4 bytes a pixel, which photo.c has bounded before.
 */
#include <webp/decode.h>

#include "photo_decode.h"
#include "rows.h"

static enum image_fault fault_of(VP8StatusCode code)
{
    if (code == VP8_STATUS_OUT_OF_MEMORY) {
        return IMAGE_FAULT_NO_MEMORY;
    }
    if (code == VP8_STATUS_UNSUPPORTED_FEATURE) {
        return IMAGE_FAULT_UNSUPPORTED;
    }
    return code == VP8_STATUS_OK ? IMAGE_FAULT_NONE : IMAGE_FAULT_DAMAGED;
}

static bool hand_over(const WebPRGBABuffer *pixels, struct size s, struct takers *t)
{
    struct grid grid = {s.width, s.height, s.width, s.height};
    struct grid grids[PLANES_MAX] = {grid, grid, grid};
    uint8_t *rows[PLANES_MAX];
    for (unsigned p = 0; p < PLANES_MAX; p++) {
        rows[p] = arena_alloc(t->memory, s.width);
        if (!rows[p]) {
            return false;
        }
    }
    if (!takers_begin(t, grids, PLANES_MAX, false)) {
        return false;
    }
    for (uint32_t y = 0; y < s.height; y++) {
        const uint8_t *row = pixels->rgba + (size_t)y * (size_t)pixels->stride;
        takers_pixels(t, ROW_RGBA, row, s.width, rows);
    }
    takers_end(t);
    return true;
}

enum image_fault webp_read(struct str file, const struct parts *parts, uint32_t divisor,
                           struct takers *t)
{
    WebPDecoderConfig config;
    const uint8_t *bytes = (const uint8_t *)file.at;
    if (!WebPInitDecoderConfig(&config)) {
        return IMAGE_FAULT_UNSUPPORTED;
    }
    VP8StatusCode code = WebPGetFeatures(bytes, file.bytes, &config.input);
    if (code != VP8_STATUS_OK) {
        return fault_of(code);
    }
    if (config.input.has_animation) {
        return IMAGE_FAULT_UNSUPPORTED;
    }
    if (config.input.width != (int)parts->width || config.input.height != (int)parts->height) {
        return IMAGE_FAULT_DAMAGED;
    }
    struct size s = {(parts->width + divisor - 1) / divisor,
                     (parts->height + divisor - 1) / divisor};
    config.options.use_scaling = divisor > 1;
    config.options.scaled_width = (int)s.width;
    config.options.scaled_height = (int)s.height;
    config.output.colorspace = MODE_RGBA;
    enum image_fault fault = fault_of(WebPDecode(bytes, file.bytes, &config));
    if (fault == IMAGE_FAULT_NONE && !hand_over(&config.output.u.RGBA, s, t)) {
        fault = IMAGE_FAULT_NO_MEMORY;
    }
    WebPFreeDecBuffer(&config.output);
    return fault;
}
