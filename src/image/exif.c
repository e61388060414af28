/* Reads place, time and orientation from EXIF through libexif.
 *
 * libexif gets one TIFF payload and a bounded amount of memory: overlapping entries in 64 KB of EXIF may
 * ask for hundreds of megabytes. Its habit of mending entries is switched off, for a mended latitude is
 * an invented one. Values are computed from the raw rationals (EXIF 2.32, tags 0x0001 to 0x0004).
 *
 * Not a position, though something is said: exactly 0/0, out of range, zero denominators in degrees or
 * minutes, rationals with all bits set, text instead of rationals, an unknown or missing reference, one
 * coordinate without the other. Seconds of 0/0 count as 0. A block whose four fields are wholly empty (a
 * phone that reserved the room) says nothing.
 */
#include <libexif/exif-data.h>
#include <string.h>

#include "base/mem.h"
#include "facts.h"

#define EXIF_MEMORY_MAX ((size_t)2 * 1024 * 1024)
#define HEADER_BYTES 6
#define PAYLOAD_BYTES_MAX 0xFFFE /* libexif looks no further */

/* libexif's allocators get no context: what is left of the thread's present block. */
static _Thread_local size_t budget;

union cell {
    size_t bytes;
    max_align_t align;
};

static void *cell_realloc(void *old, ExifLong bytes)
{
    union cell *cell = old ? (union cell *)old - 1 : NULL;
    size_t had = cell ? cell->bytes : 0;
    if (bytes > budget + had) {
        return NULL;
    }
    union cell *grown = mem_realloc(cell, sizeof *cell + bytes);
    if (!grown) {
        return NULL;
    }
    grown->bytes = bytes;
    budget = budget + had - bytes;
    return grown + 1;
}

static void *cell_alloc(ExifLong bytes)
{
    void *at = cell_realloc(NULL, bytes);
    return at ? memset(at, 0, bytes) : NULL;
}

static void cell_free(void *at)
{
    if (at) {
        union cell *cell = (union cell *)at - 1;
        budget += cell->bytes;
        mem_free(cell);
    }
}

struct coordinate {
    bool present; /* the value or its reference is there */
    bool empty;   /* nothing but zero bytes in either */
    bool usable;
    double degrees;
};

static const ExifEntry *find(ExifData *data, ExifIfd ifd, int tag)
{
    const ExifEntry *e = exif_content_get_entry(data->ifd[ifd], (ExifTag)tag);
    return e && e->data && e->size > 0 ? e : NULL;
}

static bool all_zero(const ExifEntry *e)
{
    for (unsigned i = 0; e && i < e->size; i++) {
        if (e->data[i] != 0) {
            return false;
        }
    }
    return true;
}

/* A rational that can be divided; `zero_ok`: 0/0 counts as 0. */
static bool rational(const ExifEntry *e, unsigned index, ExifByteOrder order, bool zero_ok,
                     double *out)
{
    ExifRational r = exif_get_rational(e->data + 8 * (size_t)index, order);
    if (e->format == EXIF_FORMAT_SRATIONAL && ((r.numerator | r.denominator) & 0x80000000U)) {
        return false;
    }
    if (r.numerator == 0xFFFFFFFFU && r.denominator == 0xFFFFFFFFU) {
        return false;
    }
    if (r.denominator == 0) {
        *out = 0;
        return zero_ok && r.numerator == 0;
    }
    *out = (double)r.numerator / r.denominator;
    return true;
}

static bool degrees(const ExifEntry *e, ExifByteOrder order, double *out)
{
    bool rationals = e->format == EXIF_FORMAT_RATIONAL || e->format == EXIF_FORMAT_SRATIONAL;
    unsigned count = e->size / 8;
    if (!rationals || count < 1 || e->components < 1) {
        return false;
    }
    count = e->components < count ? (unsigned)e->components : count;
    static const double unit[] = {1, 60, 3600};
    double sum = 0;
    for (unsigned i = 0; i < 3 && i < count; i++) {
        double value;
        if (!rational(e, i, order, i == 2, &value)) {
            return false;
        }
        sum += value / unit[i];
    }
    *out = sum;
    return true;
}

/* plus and minus are the references' letters, in lower case. */
static struct coordinate coordinate(ExifData *data, int tag, char plus, char minus, double max)
{
    const ExifEntry *value = find(data, EXIF_IFD_GPS, tag);
    const ExifEntry *ref = find(data, EXIF_IFD_GPS, tag - 1);
    struct coordinate c = {.present = value || ref, .empty = all_zero(value) && all_zero(ref)};
    if (!value || !ref || ref->format != EXIF_FORMAT_ASCII) {
        return c;
    }
    char letter = (char)(ref->data[0] | 0x20);
    if (letter != plus && letter != minus) {
        return c;
    }
    if (!degrees(value, exif_data_get_byte_order(data), &c.degrees) || !(c.degrees <= max)) {
        return c;
    }
    c.usable = true;
    if (letter == minus) {
        c.degrees = -c.degrees;
    }
    return c;
}

static void read_position(ExifData *data, struct statement *out)
{
    struct coordinate lat = coordinate(data, 0x0002, 'n', 's', 90);
    struct coordinate lon = coordinate(data, 0x0004, 'e', 'w', 180);
    if ((!lat.present && !lon.present) || (lat.empty && lon.empty)) {
        return;
    }
    out->location = IMAGE_LOCATION_INVALID;
    if (lat.usable && lon.usable && (lat.degrees != 0 || lon.degrees != 0)) {
        out->location = IMAGE_LOCATION_EXIF;
        out->lat = lat.degrees;
        out->lon = lon.degrees;
    }
}

static struct str text(const ExifEntry *e)
{
    if (!e || e->format != EXIF_FORMAT_ASCII) {
        return STR_NONE;
    }
    const char *at = (const char *)e->data;
    return (struct str){at, strnlen(at, e->size)};
}

static void read_time(ExifData *data, struct statement *out)
{
    /* DateTimeOriginal with OffsetTimeOriginal; where there is none, DateTimeDigitized with its own.
     * DateTime is when the file was changed last, so it is no answer. */
    const ExifEntry *date = find(data, EXIF_IFD_EXIF, 0x9003);
    const ExifEntry *offset = find(data, EXIF_IFD_EXIF, 0x9011);
    if (!date) {
        date = find(data, EXIF_IFD_EXIF, 0x9004);
        offset = find(data, EXIF_IFD_EXIF, 0x9012);
    }
    taken_at_format(text(date), text(offset), out->taken_at, sizeof out->taken_at);
}

static void read_orientation(ExifData *data, struct statement *out)
{
    const ExifEntry *e = find(data, EXIF_IFD_0, 0x0112);
    ExifByteOrder order = exif_data_get_byte_order(data);
    ExifLong value = 0;
    if (e && e->format == EXIF_FORMAT_SHORT && e->size >= 2) {
        value = exif_get_short(e->data, order);
    } else if (e && e->format == EXIF_FORMAT_LONG && e->size >= 4) {
        value = exif_get_long(e->data, order);
    }
    if (value >= 1 && value <= 8) {
        out->orientation = (uint8_t)value;
    }
}

static void read_data(ExifData *data, struct statement *out)
{
    if (out->location == IMAGE_LOCATION_NONE) {
        read_position(data, out);
    }
    if (out->taken_at[0] == '\0') {
        read_time(data, out);
    }
    if (out->orientation == 0) {
        read_orientation(data, out);
    }
}

void exif_read(struct str payload, struct statement *out)
{
    static const unsigned char header[HEADER_BYTES] = {'E', 'x', 'i', 'f', 0, 0};
    bool headed = payload.bytes >= HEADER_BYTES && memcmp(payload.at, header, HEADER_BYTES) == 0;
    struct str tiff = headed ? (struct str){payload.at + HEADER_BYTES, payload.bytes - HEADER_BYTES}
                             : payload;
    if (tiff.bytes < 8) {
        return;
    }
    tiff.bytes = tiff.bytes < PAYLOAD_BYTES_MAX - HEADER_BYTES ? tiff.bytes
                                                               : PAYLOAD_BYTES_MAX - HEADER_BYTES;
    unsigned char *copy = NULL;
    const unsigned char *at = (const unsigned char *)tiff.at - HEADER_BYTES;
    if (!headed) {
        copy = mem_alloc(HEADER_BYTES + tiff.bytes);
        if (!copy) {
            return;
        }
        memcpy(copy, header, HEADER_BYTES);
        memcpy(copy + HEADER_BYTES, tiff.at, tiff.bytes);
        at = copy;
    }
    budget = EXIF_MEMORY_MAX;
    ExifMem *mem = exif_mem_new(cell_alloc, cell_realloc, cell_free);
    ExifData *data = mem ? exif_data_new_mem(mem) : NULL;
    if (data) {
        exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
        exif_data_unset_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
        exif_data_load_data(data, at, (unsigned)(HEADER_BYTES + tiff.bytes));
        read_data(data, out);
        exif_data_unref(data);
    }
    if (mem) {
        exif_mem_unref(mem);
    }
    mem_free(copy);
}
