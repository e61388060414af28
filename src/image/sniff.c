/* Tells formats by their first bytes, and knows the names that people and programs call them by.
 *
 * HEIC: ISO 14496-12's ftyp box with one of the brands of ISO 23008-12 in front, or among the compatible
 * ones when the front says only "some image collection". AVIF says avif in front and is not HEIC.
 */
#include <string.h>

#include "facts.h"

static bool is_heic_brand(const char *at)
{
    static const char brands[][5] = {"heic", "heix", "hevc", "hevx",
                                     "heim", "heis", "hevm", "hevs"};
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++) {
        if (memcmp(at, brands[i], 4) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_heic(struct str file)
{
    if (file.bytes < 16 || memcmp(file.at + 4, "ftyp", 4) != 0) {
        return false;
    }
    if (is_heic_brand(file.at + 8)) {
        return true;
    }
    if (memcmp(file.at + 8, "mif1", 4) != 0 && memcmp(file.at + 8, "msf1", 4) != 0) {
        return false;
    }
    const unsigned char *size = (const unsigned char *)file.at;
    size_t box = (size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3];
    box = box < file.bytes ? box : file.bytes;
    for (size_t at = 16; at + 4 <= box; at += 4) {
        if (memcmp(file.at + at, "avif", 4) == 0 || memcmp(file.at + at, "avis", 4) == 0) {
            return false;
        }
    }
    return true;
}

enum image_format format_sniff(struct str file)
{
    if (str_starts(file, STR("\xFF\xD8\xFF"))) {
        return IMAGE_JPEG;
    }
    if (str_starts(file, STR("\x89PNG\r\n\x1A\n"))) {
        return IMAGE_PNG;
    }
    if (file.bytes >= 16 && str_starts(file, STR("RIFF")) &&
        memcmp(file.at + 8, "WEBPVP8", 7) == 0) {
        return IMAGE_WEBP;
    }
    return is_heic(file) ? IMAGE_HEIC : IMAGE_UNKNOWN;
}

const char *image_format_name(enum image_format f)
{
    static const char *const names[] = {
        [IMAGE_UNKNOWN] = "unknown", [IMAGE_JPEG] = "jpeg", [IMAGE_PNG] = "png",
        [IMAGE_WEBP] = "webp",       [IMAGE_HEIC] = "heic",
    };
    return names[f];
}

const char *image_format_mime(enum image_format f)
{
    static const char *const types[] = {
        [IMAGE_UNKNOWN] = "application/octet-stream",
        [IMAGE_JPEG] = "image/jpeg",
        [IMAGE_PNG] = "image/png",
        [IMAGE_WEBP] = "image/webp",
        [IMAGE_HEIC] = "image/heic",
    };
    return types[f];
}
