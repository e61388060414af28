/* Places: distances, boxes, and which of several positions of one report counts.
 */
#include <math.h>

#include "internal.h"

#define EARTH_M 6371008.8 /* mean radius, IUGG */
#define PI 3.14159265358979323846

static double radians(int32_t e7)
{
    return (double)e7 * 1e-7 * PI / 180.0;
}

/* Haversine formula. Source: R. W. Sinnott, "Virtues of the Haversine", Sky & Telescope 68, 1984. */
double desk_distance_m(struct position a, struct position b)
{
    double lat_a = radians(a.lat_e7), lat_b = radians(b.lat_e7);
    double half_lat = sin((lat_b - lat_a) / 2.0);
    double half_lon = sin((radians(b.lon_e7) - radians(a.lon_e7)) / 2.0);
    double h = half_lat * half_lat + cos(lat_a) * cos(lat_b) * half_lon * half_lon;
    return 2.0 * EARTH_M * asin(sqrt(h < 1.0 ? h : 1.0));
}

struct position place_e7(double lat, double lon)
{
    return (struct position){(int32_t)lround(lat * 1e7), (int32_t)lround(lon * 1e7)};
}

static int32_t clip(double e7, double limit)
{
    return (int32_t)(e7 < -limit ? -limit : e7 > limit ? limit : e7);
}

struct store_box place_box(struct position at, double radius_m)
{
    double lat_e7 = radius_m / EARTH_M * 180.0 / PI * 1e7;
    double shrink = cos(radians(at.lat_e7));
    double lon_e7 = shrink > 1e-3 ? lat_e7 / shrink : 3.6e9;
    return (struct store_box){
        .low = {clip(at.lat_e7 - lat_e7, 9e8), clip(at.lon_e7 - lon_e7, 1.8e9)},
        .high = {clip(at.lat_e7 + lat_e7, 9e8), clip(at.lon_e7 + lon_e7, 1.8e9)},
    };
}

/* A pin or an address set by the person counts before EXIF, EXIF before the device's position: people
 * report from home what they photographed on the way. All that was said is kept. */
void place_choose(const struct report *r, const struct position *exif, struct location *out)
{
    *out = (struct location){.accuracy_m = -1};
    if (exif) {
        out->exif_known = true;
        out->exif = *exif;
    }
    if (r->has_position) {
        out->given_known = true;
        out->given = place_e7(r->lat, r->lon);
        out->given_source = r->location_source == LOCATION_NONE ? LOCATION_DEVICE : r->location_source;
    }
    bool person_said = out->given_known && out->given_source != LOCATION_DEVICE;
    if (out->given_known && (person_said || !out->exif_known)) {
        out->known = true;
        out->at = out->given;
        out->source = out->given_source;
        if (r->accuracy_m >= 0) out->accuracy_m = (int64_t)lround(fmin(r->accuracy_m, 1e7));
    } else if (out->exif_known) {
        out->known = true;
        out->at = out->exif;
        out->source = LOCATION_EXIF;
    }
    out->conflict = out->exif_known && out->given_known && desk_distance_m(out->exif, out->given) > DESK_CONFLICT_M;
}
