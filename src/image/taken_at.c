/* EXIF's dates as ISO 8601. Believed are the years 1990 to 2099 and real days; a camera whose clock was
 * never set says 0000, 1970 or 1980.
 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "facts.h"

#define YEAR_MIN 1990
#define YEAR_MAX 2099

/* `digits` digits at `at`; -1 when one is not. */
static int number(struct str s, size_t at, size_t digits)
{
    int n = 0;
    for (size_t i = at; i < at + digits; i++) {
        if (i >= s.bytes || s.at[i] < '0' || s.at[i] > '9') {
            return -1;
        }
        n = 10 * n + (s.at[i] - '0');
    }
    return n;
}

static bool offset_valid(struct str s)
{
    if (s.bytes < 6 || (s.at[0] != '+' && s.at[0] != '-') || s.at[3] != ':') {
        return false;
    }
    int hours = number(s, 1, 2);
    int minutes = number(s, 4, 2);
    return hours >= 0 && hours <= 14 && minutes >= 0 && minutes <= 59;
}

bool taken_at_format(struct str date, struct str offset, char *out, size_t room)
{
    struct civil c = {
        .year = number(date, 0, 4),
        .month = number(date, 5, 2),
        .day = number(date, 8, 2),
        .hour = number(date, 11, 2),
        .minute = number(date, 14, 2),
        .second = number(date, 17, 2),
    };
    if (c.year < YEAR_MIN || c.year > YEAR_MAX || c.hour < 0 || c.minute < 0 || c.second < 0 ||
        !time_civil_valid(&c)) {
        return false;
    }
    bool zoned = offset_valid(offset);
    char iso[64];
    int written = snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02d%.*s", c.year, c.month,
                           c.day, c.hour, c.minute, c.second, zoned ? 6 : 0,
                           zoned ? offset.at : "");
    if (written <= 0 || (size_t)written >= room) {
        return false;
    }
    memcpy(out, iso, (size_t)written + 1);
    return true;
}
