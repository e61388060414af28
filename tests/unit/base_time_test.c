/* Civil time against a dumb calendar that counts days one by one, and RFC 3339 against its
 * edges. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/env.h"
#include "base/time.h"
#include "base_death.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

static bool leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static void eight_hundred_years_day_by_day(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 1600, month = 1, day = 1, weekday = 6; /* 1600-01-01 was a Saturday */
    for (int64_t days = -135140; year < 2400; days++) {
        struct civil c = time_civil(days * DAY_MS, 0);
        assert_true(c.year == year && c.month == month && c.day == day && c.weekday == weekday);
        assert_true(time_civil_valid(&c));
        assert_true(time_from_civil(&c, 0) == days * DAY_MS);
        c = time_civil(days * DAY_MS + DAY_MS - 1, 0);
        assert_true(c.day == day && c.hour == 23 && c.minute == 59 && c.second == 59);
        weekday = (weekday + 1) % 7;
        if (++day > lengths[month - 1] + (month == 2 && leap(year))) {
            struct civil no_such = {.year = year, .month = month, .day = day};
            assert_false(time_civil_valid(&no_such));
            day = 1;
            if (++month > 12) {
                month = 1;
                year++;
            }
        }
    }
}

static void random_times_come_back(void **state)
{
    (void)state;
    struct env_fake fake = {.now_ms = 0, .seed = 20261122};
    struct env env = env_fake(&fake, NULL);
    for (int i = 0; i < 200000; i++) {
        int64_t at;
        int16_t offset;
        env_random(&env, &at, sizeof at);
        env_random(&env, &offset, sizeof offset);
        at >>= 9 + i % 20; /* within half a million years */
        struct civil c = time_civil(at, offset);
        assert_true(c.weekday >= 0 && c.weekday <= 6);
        assert_true(time_from_civil(&c, offset) == at);
        c = time_civil(at >> 16, 0);
        char text[TIME_ISO_ROOM];
        int64_t back = 0;
        time_iso(at >> 16, text);
        if (time_civil_valid(&c)) {
            assert_true(time_parse_iso(str_of(text), &back));
            assert_true(back == at >> 16);
        } else {
            assert_false(time_parse_iso(str_of(text), &back));
        }
    }
}

static void offsets_move_the_day(void **state)
{
    (void)state;
    struct civil c = time_civil(INT64_C(1795319088000), 540);
    assert_true(c.year == 2026 && c.month == 11 && c.day == 22 && c.hour == 12 && c.minute == 44);
    assert_true(c.second == 48 && c.millisecond == 0 && c.weekday == 0);
    c = time_civil(INT64_C(1795319088000), -300);
    assert_true(c.day == 21 && c.hour == 22 && c.weekday == 6);
    c = time_civil(-1, 0);
    assert_true(c.year == 1969 && c.month == 12 && c.day == 31 && c.millisecond == 999);
    assert_int_equal(c.weekday, 3);
}

static void the_ends_of_time(void **state)
{
    (void)state;
    char text[TIME_ISO_ROOM];
    time_iso(INT64_MIN, text);
    assert_string_equal(text, "-292275055-05-16T16:47:04.192Z");
    time_iso(INT64_MAX, text);
    assert_string_equal(text, "+292278994-08-17T07:12:55.807Z");
    time_iso(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    time_iso(INT64_C(253402300799999), text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
    time_iso(INT64_C(253402300800000), text);
    assert_string_equal(text, "+010000-01-01T00:00:00.000Z");
    time_iso(INT64_C(-62167219200000), text);
    assert_string_equal(text, "0000-01-01T00:00:00.000Z");
    time_iso(INT64_C(-62167219200001), text);
    assert_string_equal(text, "-000001-12-31T23:59:59.999Z");
    time_civil(INT64_MIN, INT32_MIN);
    time_civil(INT64_MAX, INT32_MAX);
}

static void fields_carry_over(void **state)
{
    (void)state;
    static const struct {
        struct civil c;
        const char *iso;
    } rows[] = {
        {{.year = 2026, .month = 13, .day = 1}, "2027-01-01T00:00:00.000Z"},
        {{.year = 2026, .month = 0, .day = 1}, "2025-12-01T00:00:00.000Z"},
        {{.year = 2026, .month = -11, .day = 1}, "2025-01-01T00:00:00.000Z"},
        {{.year = 2024, .month = 3, .day = 0}, "2024-02-29T00:00:00.000Z"},
        {{.year = 2023, .month = 2, .day = 29}, "2023-03-01T00:00:00.000Z"},
        {{.year = 2026, .month = 1, .day = 366}, "2027-01-01T00:00:00.000Z"},
        {{.year = 2026, .month = 1, .day = 1, .minute = -5}, "2025-12-31T23:55:00.000Z"},
        {{.year = 2026, .month = 1, .day = 1, .hour = 48}, "2026-01-03T00:00:00.000Z"},
        {{.year = 2026, .month = 1, .day = 1, .millisecond = -1}, "2025-12-31T23:59:59.999Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[TIME_ISO_ROOM];
        time_iso(time_from_civil(&rows[i].c, 0), text);
        assert_string_equal(text, rows[i].iso);
    }
}

static void absurd_year(void)
{
    struct civil c = {.year = 1000001, .month = 1, .day = 1};
    (void)time_from_civil(&c, 0);
}

static void absurd_years_are_a_mistake(void **state)
{
    (void)state;
    assert_true(aborts(absurd_year));
    struct civil c = {.year = 1000000, .month = 12, .day = INT32_MAX, .hour = INT32_MAX};
    assert_true(time_from_civil(&c, INT32_MIN) > 0);
}

static void rfc_3339_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at_ms;
    } rows[] = {
        {"2026-11-22T03:44:48Z", INT64_C(1795319088000)},
        {"2026-11-22t03:44:48z", INT64_C(1795319088000)},
        {"2026-11-22T03:44:48.000Z", INT64_C(1795319088000)},
        {"2026-11-22T03:44:48.5Z", INT64_C(1795319088500)},
        {"2026-11-22T03:44:48.04Z", INT64_C(1795319088040)},
        {"2026-11-22T03:44:48.9999999999999Z", INT64_C(1795319088999)},
        {"2026-11-22T12:44:48+09:00", INT64_C(1795319088000)},
        {"2026-11-21T22:14:48-05:30", INT64_C(1795319088000)},
        {"2026-11-22T03:44:48-00:00", INT64_C(1795319088000)},
        {"2026-11-22", INT64_C(1795305600000)},
        {"1970-01-01", 0},
        {"2024-02-29", INT64_C(1709164800000)},
        {"0000-01-01", INT64_C(-62167219200000)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t at_ms = 1;
        assert_true(time_parse_iso(str_of(rows[i].text), &at_ms));
        assert_true(at_ms == rows[i].at_ms);
        /* No beginning of it is a time, but for the date alone. */
        for (size_t n = 0; n < strlen(rows[i].text); n++) {
            at_ms = 42;
            assert_int_equal(time_parse_iso((struct str){rows[i].text, n}, &at_ms), n == 10);
            assert_true(n == 10 || at_ms == 42);
        }
    }
}

static void everything_else_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "2026-11-22T03:44:48",
        "2026-11-22 03:44:48Z",
        "2026-11-22T03:44Z",
        "2026-11-22T03:44:60Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T03:60:00Z",
        "2026-00-22",
        "2026-13-01",
        "2026-02-29",
        "2026-04-31",
        "2026-11-00",
        "1900-02-29",
        "26-11-22",
        "2026-1-22",
        "2026/11/22",
        " 2026-11-22",
        "2026-11-22 ",
        "2026-11-22T03:44:48.Z",
        "2026-11-22T03:44:48+9:00",
        "2026-11-22T03:44:48+0900",
        "2026-11-22T03:44:48+24:00",
        "2026-11-22T03:44:48+09:60",
        "2026-11-22T03:44:48ZZ",
        "2026-11-22T03:44:48Z0",
        "-2026-11-22",
        "+2026-11-22",
        "2026-11-2x",
        "2026-11-22T03:44:48,5Z",
        "２０２６-11-22",
        "2026-11-22T-3:44:48Z",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t at_ms = 42;
        assert_false(time_parse_iso(str_of(rows[i]), &at_ms));
        assert_true(at_ms == 42);
    }
    int64_t at_ms = 42;
    assert_false(time_parse_iso(STR_NONE, &at_ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_hundred_years_day_by_day),
        cmocka_unit_test(random_times_come_back),
        cmocka_unit_test(offsets_move_the_day),
        cmocka_unit_test(the_ends_of_time),
        cmocka_unit_test(fields_carry_over),
        cmocka_unit_test(absurd_years_are_a_mistake),
        cmocka_unit_test(rfc_3339_is_read),
        cmocka_unit_test(everything_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
