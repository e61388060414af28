/* Making a JPEG out of drawn pixels: for the demo town and for tests. Photos go through photo.h.
 */
#ifndef IMAGE_ENCODE_H
#define IMAGE_ENCODE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends to `out` a baseline 4:2:0 JPEG of width x height sRGB pixels (3 bytes each, row after row,
 * nothing between), without metadata. quality: 1..100 as libjpeg has it. */
enum err image_encode_rgb(const uint8_t *rgb, uint32_t width, uint32_t height, int quality,
                          struct buf *out) ERR_CHECKED;

#endif
