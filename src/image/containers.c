/* Finds size, EXIF, XMP and profile in PNG chunks and RIFF chunks, by their lengths, decoding nothing.
 * No length is believed past the file's end. Sources: PNG 3rd edition, section 5; WebP container
 * specification.
 */
#include <string.h>

#include "facts.h"

static uint32_t big(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint32_t little(const char *at, unsigned bytes)
{
    uint32_t n = 0;
    for (unsigned i = 0; i < bytes; i++) {
        n |= (uint32_t)(unsigned char)at[i] << (8 * i);
    }
    return n;
}

/* An iTXt chunk with XMP in it, not deflated: keyword, two zero flags, empty language and keyword. */
static struct str itxt_xmp(struct str chunk)
{
    static const char head[] = "XML:com.adobe.xmp\0\0\0\0"; /* the fifth NUL is the literal's own */
    if (!str_starts(chunk, (struct str){head, sizeof head})) {
        return STR_NONE;
    }
    return (struct str){chunk.at + sizeof head, chunk.bytes - sizeof head};
}

void png_parts_read(struct str file, struct parts *out)
{
    *out = (struct parts){.damaged = true};
    size_t at = 8;
    while (at + 12 <= file.bytes) {
        size_t bytes = big(file.at + at);
        if (bytes > file.bytes - at - 12) {
            return;
        }
        const char *type = file.at + at + 4;
        struct str chunk = {file.at + at + 8, bytes};
        if (memcmp(type, "IHDR", 4) == 0 && bytes >= 13) {
            out->width = big(chunk.at);
            out->height = big(chunk.at + 4);
            out->interlaced = chunk.at[12] != 0;
            out->damaged = false;
        } else if (memcmp(type, "eXIf", 4) == 0) {
            out->exif = chunk;
        } else if (memcmp(type, "iTXt", 4) == 0 && out->xmp.bytes == 0) {
            out->xmp = itxt_xmp(chunk);
        }
        at += 12 + bytes;
    }
}

void webp_parts_read(struct str file, struct parts *out)
{
    *out = (struct parts){.damaged = true};
    size_t at = 12;
    while (at + 8 <= file.bytes) {
        const char *type = file.at + at;
        size_t bytes = little(file.at + at + 4, 4);
        size_t left = file.bytes - at - 8;
        bytes = bytes < left ? bytes : left;
        struct str chunk = {file.at + at + 8, bytes};
        if (memcmp(type, "VP8 ", 4) == 0 && bytes >= 10 && out->damaged) {
            out->width = little(chunk.at + 6, 2) & 0x3FFF;
            out->height = little(chunk.at + 8, 2) & 0x3FFF;
            out->damaged = false;
        } else if (memcmp(type, "VP8L", 4) == 0 && bytes >= 5) {
            uint32_t bits = little(chunk.at + 1, 4);
            out->lossless = true;
            if (out->damaged) {
                out->width = (bits & 0x3FFF) + 1;
                out->height = (bits >> 14 & 0x3FFF) + 1;
                out->damaged = false;
            }
        } else if (memcmp(type, "VP8X", 4) == 0 && bytes >= 10) {
            out->width = little(chunk.at + 4, 3) + 1;
            out->height = little(chunk.at + 7, 3) + 1;
            out->damaged = false;
        } else if (memcmp(type, "EXIF", 4) == 0) {
            out->exif = chunk;
        } else if (memcmp(type, "XMP ", 4) == 0) {
            out->xmp = chunk;
        } else if (memcmp(type, "ICCP", 4) == 0) {
            out->icc = chunk;
        }
        at += 8 + bytes + (bytes & 1);
    }
}
