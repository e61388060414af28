/* The way of a photo through the module: sniff, find its parts, check the limits, read what it says,
 * choose a scale, decode, make renditions and hashes. Every limit is checked before anything of its kind
 * is allocated.
 *
 * A rendition comes from a decode that is at least as large as itself. The thumbnail of a photo of 3200
 * pixels or more comes from its DC coefficients alone; the screen rendition always has a decode of its
 * own. The hash is made from the thumbnail's decode, so it is the same whatever else is wanted.
 */
#include <string.h>

#include "base/must.h"
#include "colour.h"
#include "facts.h"
#include "hash_make.h"
#include "jpeg.h"
#include "photo_decode.h"
#include "workspace.h"

/* A PNG has no reduced form to decode: 64 MP take about a second. */
#define PNG_PIXELS_MAX ((uint64_t)64 * 1000 * 1000)
#define SIDE_MAX 65535 /* a JPEG's, and nobody needs more of the others */
#define THUMB_MAX 400
#define SCREEN_MAX 1600
#define THUMB_QUALITY 82
#define SCREEN_QUALITY 80

/* What one progressive photo may cost: blocks visited by its scans. 24 MP in 4:2:0 with 10 scans are
 * 3.4 million. */
#define JPEG_WORK_MAX ((uint64_t)40 * 1000 * 1000)

struct job {
    struct image_workspace *ws;
    struct str file;
    struct parts parts;   /* of PNG, WebP, HEIC */
    struct jpeg_map jpeg; /* of JPEG */
    struct str icc;
    struct image_facts *facts;
};

static enum image_fault size_fault(const struct job *job)
{
    const struct image_facts *f = job->facts;
    uint64_t pixels = (uint64_t)f->width * f->height;
    if (pixels == 0) {
        return IMAGE_FAULT_DAMAGED;
    }
    if (pixels > job->ws->limits.pixels_max || f->width > SIDE_MAX || f->height > SIDE_MAX) {
        return IMAGE_FAULT_TOO_MANY_PIXELS;
    }
    if (f->format == IMAGE_PNG && pixels > PNG_PIXELS_MAX) {
        return IMAGE_FAULT_TOO_MANY_PIXELS;
    }
    bool whole = (f->format == IMAGE_WEBP && job->parts.lossless) ||
                 (f->format == IMAGE_PNG && job->parts.interlaced);
    return whole && pixels > WHOLE_PIXELS_MAX ? IMAGE_FAULT_TOO_MANY_PIXELS : IMAGE_FAULT_NONE;
}

static void jpeg_facts(struct job *job, struct statement *said)
{
    struct image_facts *f = job->facts;
    jpeg_map_read(job->file, &job->jpeg);
    for (unsigned i = 0; i < job->jpeg.exifs; i++) {
        exif_read(job->jpeg.exif[i], said);
    }
    xmp_read(job->jpeg.xmp, said);
    f->width = job->jpeg.width;
    f->height = job->jpeg.height;
    job->icc = job->jpeg.icc;
    f->fault = size_fault(job);
    if (f->fault == IMAGE_FAULT_NONE && job->jpeg.scans > job->ws->limits.scans_max) {
        f->fault = IMAGE_FAULT_TOO_MANY_SCANS;
    } else if (f->fault == IMAGE_FAULT_NONE && !jpeg_map_supported(&job->jpeg)) {
        f->fault = IMAGE_FAULT_UNSUPPORTED;
    } else if (f->fault == IMAGE_FAULT_NONE && job->jpeg.scans == 0) {
        f->fault = IMAGE_FAULT_DAMAGED;
    }
}

static void container_facts(struct job *job, struct statement *said)
{
    struct image_facts *f = job->facts;
    if (f->format == IMAGE_PNG) {
        png_parts_read(job->file, &job->parts);
    } else if (f->format == IMAGE_WEBP) {
        webp_parts_read(job->file, &job->parts);
        job->icc = job->parts.icc;
    } else {
        heic_parts_read(job->file, &job->parts);
    }
    exif_read(job->parts.exif, said);
    xmp_read(job->parts.xmp, said);
    if (said->orientation == 0) {
        said->orientation = job->parts.orientation;
    }
    f->width = job->parts.width;
    f->height = job->parts.height;
    f->fault = f->format == IMAGE_HEIC ? IMAGE_FAULT_NOT_SHOWABLE : size_fault(job);
}

static void read_facts(struct job *job)
{
    struct image_facts *f = job->facts;
    *f = (struct image_facts){.orientation = 1};
    if (job->file.bytes == 0) {
        f->fault = IMAGE_FAULT_EMPTY;
        return;
    }
    f->format = format_sniff(job->file);
    if (job->file.bytes > job->ws->limits.bytes_max) {
        f->fault = IMAGE_FAULT_TOO_MANY_BYTES;
        return;
    }
    struct statement said = {.location = IMAGE_LOCATION_NONE};
    switch (f->format) {
    case IMAGE_JPEG: jpeg_facts(job, &said); break;
    case IMAGE_PNG:
    case IMAGE_WEBP:
    case IMAGE_HEIC: container_facts(job, &said); break;
    case IMAGE_UNKNOWN: f->fault = IMAGE_FAULT_UNKNOWN_FORMAT; return;
    }
    f->orientation = said.orientation ? said.orientation : 1;
    f->location = said.location;
    f->lat = said.lat;
    f->lon = said.lon;
    memcpy(f->taken_at, said.taken_at, sizeof f->taken_at);
}

enum err image_inspect(struct image_workspace *ws, struct str photo, struct image_facts *out)
{
    must(ws && out);
    struct job job = {.ws = ws, .file = photo, .facts = out};
    read_facts(&job);
    return ERR_NONE;
}

/* The largest of 1, 2, 4 … most that leaves side_min samples on the longer side. */
static unsigned divisor_for(const struct image_facts *f, uint32_t side_min, unsigned most)
{
    uint32_t longer = f->width > f->height ? f->width : f->height;
    unsigned divisor = 1;
    while (divisor * 2 <= most && longer / (divisor * 2) >= side_min) {
        divisor *= 2;
    }
    return divisor;
}

static enum image_fault jpeg_pixels(struct job *job, struct takers *t, uint32_t side_min)
{
    unsigned divisor = divisor_for(job->facts, side_min, 8);
    if (divisor == 8 && jpeg_dc_read(job->file, &job->jpeg, t)) {
        return IMAGE_FAULT_NONE;
    }
    enum image_fault fault = IMAGE_FAULT_TOO_MANY_SCANS;
    if (job->jpeg.work <= JPEG_WORK_MAX) {
        fault = jpeg_turbo_read(job->file, divisor, JPEG_BUFFERED_BYTES_MAX, t);
    }
    /* More than libjpeg may do or keep: a coarse picture is better than none. */
    bool refused = fault == IMAGE_FAULT_TOO_MANY_SCANS || fault == IMAGE_FAULT_TOO_MANY_PIXELS;
    if (refused && divisor < 8 && jpeg_dc_read(job->file, &job->jpeg, t)) {
        return IMAGE_FAULT_NONE;
    }
    return fault;
}

/* Powers of two, so that the hash's squares are made of whole ones; half as large again as needed is
 * left for the filter. */
static enum image_fault container_pixels(struct job *job, struct takers *t)
{
    uint32_t side = t->screen ? SCREEN_MAX : THUMB_MAX;
    unsigned divisor = divisor_for(job->facts, 2 * side, 1U << 16);
    if (job->facts->format == IMAGE_PNG) {
        return png_read(job->file, &job->parts, divisor, t, &job->icc);
    }
    return webp_read(job->file, &job->parts, divisor, t);
}

static enum image_fault finish(struct job *job, struct canvas *canvas, int quality, struct buf *out,
                               struct image_rendition *rendition)
{
    struct picture *p = &canvas->picture;
    const struct colour *colour = p->planes == 3 ? colour_read(job->icc, &job->ws->arena) : NULL;
    if (colour) {
        colour_convert(colour, p);
    }
    unsigned orientation = job->facts->orientation;
    if (picture_encode(p, orientation, quality, &job->ws->arena, out) != ERR_NONE) {
        return IMAGE_FAULT_NO_MEMORY;
    }
    bool swaps = orientation_swaps(orientation);
    rendition->jpeg = buf_str(out);
    rendition->width = swaps ? p->plane[0].height : p->plane[0].width;
    rendition->height = swaps ? p->plane[0].width : p->plane[0].height;
    return IMAGE_FAULT_NONE;
}

static enum image_fault make_hash(struct job *job, const struct luma *luma,
                                  struct image_result *out)
{
    if (!hashes_make(luma, job->facts->orientation, &job->ws->arena, &out->hashes,
                     &out->hash_quality)) {
        return IMAGE_FAULT_NO_MEMORY;
    }
    out->has_hash = out->hash_quality >= IMAGE_HASH_QUALITY_MIN;
    return IMAGE_FAULT_NONE;
}

/* One decode for some of the wanted. */
static enum image_fault make(struct job *job, unsigned wanted, struct image_result *out)
{
    struct canvas thumb, screen;
    struct luma luma;
    struct takers t = {
        .memory = &job->ws->arena,
        .thumb = wanted & IMAGE_WANT_THUMB ? &thumb : NULL,
        .screen = wanted & IMAGE_WANT_SCREEN ? &screen : NULL,
        .luma = wanted & IMAGE_WANT_HASH ? &luma : NULL,
        .photo = {job->facts->width, job->facts->height},
        .orientation = job->facts->orientation,
        .thumb_max = THUMB_MAX,
        .screen_max = SCREEN_MAX,
    };
    enum image_fault fault = job->facts->format == IMAGE_JPEG
                                 ? jpeg_pixels(job, &t, t.screen ? SCREEN_MAX : THUMB_MAX)
                                 : container_pixels(job, &t);
    if (fault == IMAGE_FAULT_NONE && t.luma) {
        fault = make_hash(job, &luma, out);
    }
    if (fault == IMAGE_FAULT_NONE && t.thumb) {
        fault = finish(job, &thumb, THUMB_QUALITY, &job->ws->thumb, &out->thumb);
    }
    if (fault == IMAGE_FAULT_NONE && t.screen) {
        fault = finish(job, &screen, SCREEN_QUALITY, &job->ws->screen, &out->screen);
    }
    return fault;
}

enum err image_process(struct image_workspace *ws, struct str photo, unsigned wanted,
                       struct image_result *out)
{
    must(ws && out);
    *out = (struct image_result){.has_hash = false};
    arena_reset(&ws->arena);
    buf_reset(&ws->thumb);
    buf_reset(&ws->screen);
    struct job job = {.ws = ws, .file = photo, .facts = &out->facts};
    read_facts(&job);
    enum image_fault fault = out->facts.fault;
    unsigned small = wanted & (IMAGE_WANT_THUMB | IMAGE_WANT_HASH);
    unsigned large = wanted & IMAGE_WANT_SCREEN;
    if (out->facts.format != IMAGE_JPEG) {
        /* These libraries decode all pixels anyway: once is enough. */
        small |= large;
        large = 0;
    }
    if (fault == IMAGE_FAULT_NONE && small) {
        fault = make(&job, small, out);
    }
    arena_reset(&ws->arena);
    if (fault == IMAGE_FAULT_NONE && large) {
        fault = make(&job, large, out);
    }
    arena_reset(&ws->arena);
    if (fault != IMAGE_FAULT_NONE) {
        struct image_facts facts = out->facts;
        facts.fault = fault;
        *out = (struct image_result){.facts = facts};
    }
    return ERR_NONE;
}
