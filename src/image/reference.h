/* libjpeg-turbo used plainly, for tests and benches to compare with and to make files from. Nothing in the
 * product calls this, so the linker leaves it out; it stands here because only this room may see libjpeg.
 */
#ifndef IMAGE_REFERENCE_H
#define IMAGE_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum reference_space {
    REFERENCE_YCC,
    REFERENCE_GREY,
    REFERENCE_RGB,
    REFERENCE_CMYK,
    REFERENCE_YCCK
};

struct reference_options {
    enum reference_space space; /* as stored; CMYK is made from RGB without black */
    unsigned h, v;              /* sampling factors of the first component; 0: 1 */
    int quality;
    bool progressive;
    unsigned restart_rows;
    const void *icc; /* or NULL */
    unsigned icc_bytes;
    const void *app1; /* or NULL; what follows the marker's length */
    unsigned app1_bytes;
};

/* Appends a JPEG of width x height RGB pixels. */
enum err reference_encode(const uint8_t *rgb, uint32_t width, uint32_t height,
                          const struct reference_options *o, struct buf *out) ERR_CHECKED;

/* Appends the same coefficients as a progressive file, without its markers. */
enum err reference_progressive(struct str jpeg, struct buf *out) ERR_CHECKED;

struct reference_picture {
    uint8_t *rgb; /* mem_free() it */
    uint32_t width, height;
};

/* Decodes at 1/divisor to RGB; with out NULL every row is thrown away, which is what is timed. */
enum err reference_decode(struct str jpeg, unsigned divisor,
                          struct reference_picture *out) ERR_CHECKED;

#endif
