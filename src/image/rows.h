/* Rows of interleaved samples, as decoders deliver them, into the takers' planes: Y, Cb, Cr after
 * JFIF 1.02 (full range BT.601).
 */
#ifndef IMAGE_ROWS_H
#define IMAGE_ROWS_H

#include "picture.h"

enum row_kind { ROW_GREY, ROW_YCC, ROW_RGB, ROW_CMYK_INVERTED, ROW_RGBA };

/* One row of `width` pixels of `kind`; planes[0..2] are room for a row each. ROW_GREY goes through
 * untouched. RGBA is laid on white. CMYK is Adobe's, 255 for no ink. */
void takers_pixels(struct takers *t, enum row_kind kind, const uint8_t *row, uint32_t width,
                   uint8_t *const planes[PLANES_MAX]);

#endif
