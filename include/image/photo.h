/* A photo: from the bytes that somebody sent to facts about it and pictures made of it.
 *
 *     bytes ──► inspect ──► facts (format, size, where, when)
 *        └────► process ──► facts + hash(es) + renditions (JPEG, sRGB, no metadata)
 *
 * PURE: no files, no clock, no log, no threads of its own. All memory comes from the workspace and
 * its stated bound; all input is hostile. One workspace serves one thread at a time.
 */
#ifndef IMAGE_PHOTO_H
#define IMAGE_PHOTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "image/hash.h"

enum image_format { IMAGE_UNKNOWN, IMAGE_JPEG, IMAGE_PNG, IMAGE_WEBP, IMAGE_HEIC };
const char *image_format_name(enum image_format f); /* "jpeg", "png", "webp", "heic", "unknown" */
const char *image_format_mime(enum image_format f); /* "image/jpeg" …, "application/octet-stream" */

/* What the photo says of where it was taken. */
enum image_location {
    IMAGE_LOCATION_NONE,    /* says nothing */
    IMAGE_LOCATION_EXIF,    /* lat, lon are set (from EXIF, or from XMP where EXIF has none) */
    IMAGE_LOCATION_INVALID, /* says something unusable: 0/0, out of range, zero denominators … */
};

/* Why a photo could not be used, or not wholly; finer than enum err and stable (it is printed). */
enum image_fault {
    IMAGE_FAULT_NONE,
    IMAGE_FAULT_EMPTY,           /* no bytes */
    IMAGE_FAULT_TOO_MANY_BYTES,  /* over limits.bytes_max */
    IMAGE_FAULT_TOO_MANY_PIXELS, /* over limits.pixels_max */
    IMAGE_FAULT_TOO_MANY_SCANS,  /* progressive file over limits.scans_max */
    IMAGE_FAULT_UNKNOWN_FORMAT,  /* not a JPEG, PNG, WebP or HEIC */
    IMAGE_FAULT_NOT_SHOWABLE,    /* HEIC: recognised and kept, can't be shown yet */
    IMAGE_FAULT_DAMAGED,         /* cannot be decoded at all */
    IMAGE_FAULT_UNSUPPORTED,     /* e.g. arithmetic coding, 12 bit, lossless JPEG */
    IMAGE_FAULT_NO_MEMORY,
};
const char *image_fault_code(enum image_fault f);    /* "damaged" … */
const char *image_fault_message(enum image_fault f); /* one English sentence */

struct image_limits {
    size_t bytes_max;    /* default 20 MB (20,000,000) */
    uint64_t pixels_max; /* default 120 MP */
    unsigned scans_max;  /* default 100 */
};
struct image_limits image_limits_default(void);

struct image_facts {
    enum image_format format;
    enum image_fault fault; /* NONE, or why the photo has no renditions */
    uint32_t width, height; /* of the stored pixels, before orientation; 0 when unknown */
    uint8_t orientation;    /* 1..8 as EXIF has it; 1 when absent or out of range */
    enum image_location location;
    double lat, lon;   /* signed decimal degrees WGS 84; only with IMAGE_LOCATION_EXIF */
    char taken_at[32]; /* "2018-08-18T16:38:10" or with "+09:00" behind; "" when absent */
};

/* One picture made of the photo. `jpeg` belongs to the workspace until its next use. */
struct image_rendition {
    struct str jpeg; /* baseline JPEG, sRGB, no metadata; .bytes 0 when there is none */
    uint32_t width, height;
};

struct image_result {
    struct image_facts facts;
    bool has_hash;                 /* false: too flat to be recognised, or no pixels */
    unsigned hash_quality;         /* 0..100 */
    struct image_hashes hashes;    /* see image/hash.h */
    struct image_rendition thumb;  /* longer side 400 px at most, never enlarged */
    struct image_rendition screen; /* longer side 1600 px at most, never enlarged */
};

enum image_wanted { IMAGE_WANT_THUMB = 1, IMAGE_WANT_SCREEN = 2, IMAGE_WANT_HASH = 4 };

struct image_workspace;

/* NULL when out of memory. The bound on its memory is stated in image/workspace.c. */
struct image_workspace *image_workspace_new(const struct image_limits *limits);
void image_workspace_free(struct image_workspace *ws);

/* Facts alone, without decoding a pixel. Returns ERR_NONE whenever `out` was filled, and that is
 * for every input: a bad one has its fault in out->fault. */
enum err image_inspect(struct image_workspace *ws, struct str photo,
                       struct image_facts *out) ERR_CHECKED;

/* Facts, and of `wanted` (a set of enum image_wanted) what can be made. The same rule: the fault is
 * in out->facts.fault; a partly damaged photo that still shows most of itself is no fault. */
enum err image_process(struct image_workspace *ws, struct str photo, unsigned wanted,
                       struct image_result *out) ERR_CHECKED;

/* "libjpeg-turbo 3.1.3, libexif 0.6.25, libpng …, libwebp …" */
const char *image_versions(void);

#endif
