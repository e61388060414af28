/* PNG and WebP through their libraries, rows into the takers. divisor, a power of two: squares of so many pixels are
 * averaged into one before anything else sees them.
 */
#ifndef IMAGE_PHOTO_DECODE_H
#define IMAGE_PHOTO_DECODE_H

#include "facts.h"
#include "picture.h"

/* A profile found while decoding is copied to *icc (memory of the takers' arena). */
enum image_fault png_read(struct str file, const struct parts *parts, uint32_t divisor,
                          struct takers *t, struct str *icc);
enum image_fault webp_read(struct str file, const struct parts *parts, uint32_t divisor,
                           struct takers *t);

#endif
