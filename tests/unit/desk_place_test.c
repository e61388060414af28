/* Places: distances against known ones, and which of several positions counts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "internal.h"

static void distances_are_those_of_the_sphere(void **state)
{
    (void)state;
    struct position tokyo = place_e7(35.681236, 139.767125), osaka = place_e7(34.702485, 135.495951);
    double d = desk_distance_m(tokyo, osaka); /* 403.5 km on the sphere */
    assert_true(d > 402500 && d < 404500);
    assert_true(desk_distance_m(tokyo, tokyo) == 0);
    struct position equator = place_e7(0, 0), degree = place_e7(1, 0);
    d = desk_distance_m(equator, degree); /* pi / 180 * R */
    assert_true(d > 111194.9 && d < 111195.2);
    struct position west = place_e7(0, 179.9999), east = place_e7(0, -179.9999);
    assert_true(desk_distance_m(west, east) < 23); /* across the date line */
}

static void a_box_holds_its_circle(void **state)
{
    (void)state;
    for (int lat = -89; lat <= 89; lat += 2) {
        struct position at = place_e7(lat, 139);
        struct store_box box = place_box(at, 100);
        struct position north = {box.high.lat_e7, at.lon_e7}, east = {at.lat_e7, box.high.lon_e7};
        assert_true(desk_distance_m(at, north) > 99.5);
        assert_true(desk_distance_m(at, east) > 99.5);
    }
    struct store_box pole = place_box(place_e7(90, 0), 100);
    assert_int_equal(pole.high.lat_e7, 900000000);
    assert_int_equal(pole.low.lon_e7, -1800000000);
}

static void the_order_of_sources(void **state)
{
    (void)state;
    struct position exif = place_e7(35.0, 139.0);
    static const struct {
        bool given, exif;
        enum location_source source, counts;
        double lat;
        bool conflict;
    } rows[] = {
        {false, false, LOCATION_NONE, LOCATION_NONE, 0, false},
        {false, true, LOCATION_NONE, LOCATION_EXIF, 0, false},
        {true, false, LOCATION_DEVICE, LOCATION_DEVICE, 35.0, false},
        {true, true, LOCATION_DEVICE, LOCATION_EXIF, 35.0001, false},
        {true, true, LOCATION_DEVICE, LOCATION_EXIF, 35.01, true},
        {true, true, LOCATION_PIN, LOCATION_PIN, 35.01, true},
        {true, true, LOCATION_ADDRESS, LOCATION_ADDRESS, 35.0001, false},
        {true, true, LOCATION_NONE, LOCATION_EXIF, 35.0001, false}, /* nobody said whose: the weakest */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct report r = {.has_position = rows[i].given, .lat = rows[i].lat, .lon = 139.0, .accuracy_m = 12,
                           .location_source = rows[i].source};
        struct location l;
        place_choose(&r, rows[i].exif ? &exif : NULL, &l);
        assert_int_equal(l.source, rows[i].counts);
        assert_int_equal(l.known, rows[i].counts != LOCATION_NONE);
        assert_int_equal(l.conflict, rows[i].conflict);
        assert_int_equal(l.exif_known, rows[i].exif);
        assert_int_equal(l.given_known, rows[i].given);
        bool from_given = l.known && l.source != LOCATION_EXIF;
        assert_int_equal(l.accuracy_m, from_given ? 12 : -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_those_of_the_sphere),
        cmocka_unit_test(a_box_holds_its_circle),
        cmocka_unit_test(the_order_of_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
