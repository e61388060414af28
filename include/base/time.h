/* Civil time without the C library's static buffers and time-zone files. Times are milliseconds
 * since 1970-01-01T00:00:00Z (int64_t, `_ms`); calendars are proleptic Gregorian.
 * Source of the day arithmetic: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct civil {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
    int hour;  /* 0..23 */
    int minute;
    int second; /* 0..59 */
    int millisecond;
    int weekday; /* 0 Sunday … 6 */
};

/* Any int64_t; offset_minutes is local minus UTC (Japan: 540). */
struct civil time_civil(int64_t at_ms, int offset_minutes);
/* weekday is ignored. Fields out of range carry over, so that calendars can be counted with: month
 * 13 is January of the next year, day 0 the last day of the month before, minute -5 is five to. The
 * year, months carried, must lie within a million of zero. */
int64_t time_from_civil(const struct civil *c, int offset_minutes);

/* Every field in its range, the day in its month, the year 0..9999 (RFC 3339). weekday is
 * ignored. */
bool time_civil_valid(const struct civil *c);

/* "2026-11-22T03:44:48.000Z"; out must hold TIME_ISO_ROOM bytes. Years outside 0..9999 carry a sign
 * and at least six digits (ISO 8601's expanded form, ECMAScript's). */
#define TIME_ISO_ROOM 32
void time_iso(int64_t at_ms, char out[TIME_ISO_ROOM]);

/* Reads RFC 3339 ("2026-11-22T03:44:48Z", with fraction or ±hh:mm; what is finer than a millisecond
 * is cut off) and a plain date (midnight UTC). Refuses everything else, the second 60 included;
 * false leaves out_ms untouched. */
bool time_parse_iso(struct str s, int64_t *out_ms);

#endif
