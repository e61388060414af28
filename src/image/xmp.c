/* Reads a position from an XMP packet (Adobe, XMP Specification Part 2: GPSCoordinate), which stands
 * either in an attribute or in an element:
 *
 *     exif:GPSLatitude="50,5.3752490N"        <exif:GPSLatitude>50,5,22.5N</exif:GPSLatitude>
 *
 * Not an XML parser: it looks for the name as it is always written and takes nothing but digits, commas
 * and the letter from what follows. Refuses anything else.
 */
#include <string.h>

#include "facts.h"

#define VALUE_BYTES_MAX 64

/* What stands behind the property's name, "" when it is not there. */
static struct str value_of(struct str packet, struct str name)
{
    const char *end = packet.at + packet.bytes;
    const char *at = packet.at;
    while ((at = memmem(at, (size_t)(end - at), name.at, name.bytes))) {
        const char *value = at += name.bytes;
        while (value < end && (*value == ' ' || *value == '=')) {
            value++;
        }
        if (value < end && (*value == '"' || *value == '\'' || *value == '>')) {
            value++;
            size_t bytes = 0;
            while (value + bytes < end && bytes < VALUE_BYTES_MAX &&
                   !strchr("\"'<", value[bytes])) {
                bytes++;
            }
            return (struct str){value, bytes};
        }
    }
    return STR_NONE;
}

/* A decimal number in front of s, which is moved behind it. */
static bool number(struct str *s, double *out)
{
    double value = 0;
    double unit = 1;
    bool fraction = false;
    size_t digits = 0;
    for (; s->bytes > 0; s->at++, s->bytes--) {
        if (*s->at == '.' && !fraction) {
            fraction = true;
        } else if (*s->at >= '0' && *s->at <= '9') {
            unit = fraction ? unit / 10 : unit;
            value = fraction ? value + unit * (*s->at - '0') : 10 * value + (*s->at - '0');
            digits++;
        } else {
            break;
        }
    }
    *out = value;
    return digits > 0;
}

static bool coordinate(struct str s, char plus, char minus, double max, double *out)
{
    static const double unit[] = {1, 60, 3600};
    double sum = 0;
    unsigned count = 0;
    do {
        double part;
        if (count == 3 || !number(&s, &part)) {
            return false;
        }
        sum += part / unit[count++];
    } while (s.bytes > 0 && *s.at == ',' && (s.at++, s.bytes--, true));
    if (s.bytes != 1 || (*s.at != plus && *s.at != minus) || !(sum <= max)) {
        return false;
    }
    *out = *s.at == minus ? -sum : sum;
    return true;
}

void xmp_read(struct str packet, struct statement *out)
{
    if (out->location != IMAGE_LOCATION_NONE || packet.bytes == 0) {
        return;
    }
    struct str lat = value_of(packet, STR("exif:GPSLatitude"));
    struct str lon = value_of(packet, STR("exif:GPSLongitude"));
    if (lat.bytes == 0 && lon.bytes == 0) {
        return;
    }
    out->location = IMAGE_LOCATION_INVALID;
    double north, east;
    if (coordinate(lat, 'N', 'S', 90, &north) && coordinate(lon, 'E', 'W', 180, &east) &&
        (north != 0 || east != 0)) {
        out->location = IMAGE_LOCATION_EXIF;
        out->lat = north;
        out->lon = east;
    }
}
