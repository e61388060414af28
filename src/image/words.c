/* Faults and versions in words.
 */
#include <pthread.h>
#include <stdio.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/decode.h>

#include "image/photo.h"

#define TEXT_OF(token) TEXT_OF_EXPANDED(token)
#define TEXT_OF_EXPANDED(token) #token

static const struct {
    const char *code, *message;
} faults[] = {
    [IMAGE_FAULT_NONE] = {"none", "The photo is fine."},
    [IMAGE_FAULT_EMPTY] = {"empty", "There is nothing in the file."},
    [IMAGE_FAULT_TOO_MANY_BYTES] = {"too_many_bytes", "The file is larger than photos may be."},
    [IMAGE_FAULT_TOO_MANY_PIXELS] = {"too_many_pixels",
                                     "The photo has more pixels than photos may have."},
    [IMAGE_FAULT_TOO_MANY_SCANS] = {"too_many_scans",
                                    "The JPEG is cut into more scans than a photo needs."},
    [IMAGE_FAULT_UNKNOWN_FORMAT] = {"unknown_format",
                                    "The file is not a JPEG, PNG, WebP or HEIC photo."},
    [IMAGE_FAULT_NOT_SHOWABLE] = {"not_showable",
                                  "The photo is kept, but HEIC photos cannot be shown here."},
    [IMAGE_FAULT_DAMAGED] = {"damaged", "The photo is damaged and cannot be shown."},
    [IMAGE_FAULT_UNSUPPORTED] = {"unsupported",
                                 "The photo is of a rare kind that cannot be shown here."},
    [IMAGE_FAULT_NO_MEMORY] = {"no_memory", "There is not enough memory to work on the photo."},
};

const char *image_fault_code(enum image_fault f)
{
    return faults[f].code;
}

const char *image_fault_message(enum image_fault f)
{
    return faults[f].message;
}

static char versions[128];

static void versions_write(void)
{
    unsigned webp = (unsigned)WebPGetDecoderVersion();
    snprintf(versions, sizeof versions, "libjpeg-turbo %s, libexif, libpng %s, libwebp %u.%u.%u",
             TEXT_OF(LIBJPEG_TURBO_VERSION), PNG_LIBPNG_VER_STRING, webp >> 16, webp >> 8 & 255,
             webp & 255);
}

const char *image_versions(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, versions_write);
    return versions;
}
