/* JPEG files inside this module: the walk over their markers, the reader of DC coefficients, and
 * libjpeg-turbo behind one function.
 */
#ifndef IMAGE_JPEG_H
#define IMAGE_JPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "image/photo.h"
#include "picture.h"

/* ITU-T T.81, table B.1 */
enum {
    MARKER_SOF0 = 0xC0, /* baseline */
    MARKER_SOF1 = 0xC1, /* extended sequential */
    MARKER_SOF2 = 0xC2, /* progressive */
    MARKER_DHT = 0xC4,
    MARKER_JPG = 0xC8,
    MARKER_DAC = 0xCC,
    MARKER_SOF15 = 0xCF,
    MARKER_RST0 = 0xD0,
    MARKER_RST7 = 0xD7,
    MARKER_SOI = 0xD8,
    MARKER_EOI = 0xD9,
    MARKER_SOS = 0xDA,
    MARKER_DQT = 0xDB,
    MARKER_DRI = 0xDD,
    MARKER_APP0 = 0xE0,
    MARKER_APP1 = 0xE1,
    MARKER_APP2 = 0xE2,
    MARKER_APP14 = 0xEE,
};

/* A marker and what its length field says belongs to it (less when the file ends before). */
struct jpeg_segment {
    uint8_t marker;
    const uint8_t *at;
    size_t bytes;
    bool cut; /* the file ends before the segment does */
};

struct jpeg_cursor {
    const uint8_t *at, *end;
};

/* The next marker that is not RSTn or a stuffed zero: skips whatever stands before it, so it also steps
 * over a scan's entropy-coded data. Afterwards the cursor is behind the segment. false: no more. */
bool jpeg_next(struct jpeg_cursor *c, struct jpeg_segment *out);

#define JPEG_COMPONENTS_MAX 4
#define JPEG_EXIFS_MAX 4

struct jpeg_component {
    uint8_t id, h, v, table;
};

/* What a walk over the file has found; strs borrow the file. */
struct jpeg_map {
    uint8_t sof; /* 0: no frame before the first scan */
    uint8_t precision;
    uint32_t width, height;
    unsigned components;
    struct jpeg_component component[JPEG_COMPONENTS_MAX];
    bool jfif, adobe;
    uint8_t adobe_transform;
    struct str exif[JPEG_EXIFS_MAX]; /* from "Exif\0\0" on */
    unsigned exifs;
    struct str xmp; /* without its name */
    struct str icc; /* a profile that fits one segment */
    unsigned scans;
    uint64_t work; /* blocks that all scans together visit */
};

/* Walks up to the first scan and, of files with several scans, over all of them. */
void jpeg_map_read(struct str file, struct jpeg_map *out);

/* Is it a frame that libjpeg-turbo decodes: Huffman coded, 8 bits, 1, 3 or 4 components? */
bool jpeg_map_supported(const struct jpeg_map *m);

/* Progressive, or with its components in scans of their own: libjpeg keeps all coefficients. */
bool jpeg_map_buffered(const struct jpeg_map *m);

/* Reads the DC coefficients alone and hands them to the takers as a picture of 1/8 size (chroma in its
 * stored resolution): the luma is what libjpeg-turbo's scale 1/8 gives, to the bit. false, with
 * nothing handed over: something is unusual (or out of memory), let libjpeg-turbo do it. */
bool jpeg_dc_read(struct str file, const struct jpeg_map *m, struct takers *t);

/* Decodes at 1/divisor (1, 2, 4 or 8) with libjpeg-turbo. memory_max bounds what libjpeg keeps of a
 * buffered file; IMAGE_FAULT_TOO_MANY_PIXELS: it would have to keep more. */
enum image_fault jpeg_turbo_read(struct str file, unsigned divisor, size_t memory_max,
                                 struct takers *t);

#endif
