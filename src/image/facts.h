/* What a photo says about itself without a pixel being decoded.
 */
#ifndef IMAGE_FACTS_H
#define IMAGE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "image/photo.h"

/* What one EXIF block or XMP packet says. */
struct statement {
    enum image_location location;
    double lat, lon;
    uint8_t orientation; /* 0: nothing said */
    char taken_at[sizeof((struct image_facts *)0)->taken_at];
};

/* Reads EXIF: a TIFF structure, with or without "Exif\0\0" before it. Leaves alone in *out what it says
 * nothing about, and whatever *out holds already, so that several blocks may be read in turn. */
void exif_read(struct str payload, struct statement *out);

/* Reads a position from an XMP packet, by the same rules. */
void xmp_read(struct str packet, struct statement *out);

/* "2018:08:18 16:38:10" and an offset ("+09:00", or empty) as ISO 8601; false, with out untouched: not
 * a date. */
bool taken_at_format(struct str date, struct str offset, char *out, size_t room);

/* Where in a file its parts lie; strs borrow the file. */
struct parts {
    uint32_t width, height;
    struct str exif, xmp;
    struct str icc;      /* WebP: the profile; PNG keeps it deflated, libpng reads it */
    uint8_t orientation; /* that the container itself states (HEIC), 0: none */
    bool lossless;       /* WebP */
    bool interlaced;     /* PNG */
    bool damaged;        /* no size found */
};

void png_parts_read(struct str file, struct parts *out);
void webp_parts_read(struct str file, struct parts *out);
void heic_parts_read(struct str file, struct parts *out);

enum image_format format_sniff(struct str file);

#endif
