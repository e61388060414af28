/* Civil time as pure arithmetic on int64_t; owns nothing, knows no time zone and no leap second.
 * Invariants: time_from_civil(time_civil(t, o), o) == t for every t within a million years; every
 * division floors, so that times before 1970 need no case of their own. Refuses text that is not
 * exactly a form of RFC 3339.
 * Day arithmetic: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil,
 * civil_from_days); an era is 400 years = 146,097 days, a year begins on 1 March.
 */
#include "base/time.h"

#include "base/must.h"

#include <stddef.h>

#define MS_PER_DAY INT64_C(86400000)
#define DAYS_PER_ERA INT64_C(146097)

static int64_t floor_div(int64_t a, int64_t b);
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day);
static int month_days(int year, int month);
static bool parse_digits(struct str *rest, unsigned count, int *out);
static bool parse_char(struct str *rest, char c);
static bool parse_clock(struct str *rest, struct civil *c, int *offset_minutes);

struct civil time_civil(int64_t at_ms, int offset_minutes)
{
    int64_t days = floor_div(at_ms, MS_PER_DAY);
    /* Not at_ms - days * MS_PER_DAY: the first day's beginning lies before INT64_MIN. */
    int64_t ms = (at_ms % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY + (int64_t)offset_minutes * 60000;
    int64_t carried = floor_div(ms, MS_PER_DAY);
    days += carried;
    ms -= carried * MS_PER_DAY;

    int64_t shifted = days + 719468; /* from 0000-03-01 */
    int64_t era = floor_div(shifted, DAYS_PER_ERA);
    int64_t doe = shifted - era * DAYS_PER_ERA;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;

    return (struct civil){
        .year = (int)(yoe + era * 400 + (month <= 2)),
        .month = (int)month,
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .hour = (int)(ms / 3600000),
        .minute = (int)(ms / 60000 % 60),
        .second = (int)(ms / 1000 % 60),
        .millisecond = (int)(ms % 1000),
        .weekday = (int)(days + 4 - floor_div(days + 4, 7) * 7),
    };
}

int64_t time_from_civil(const struct civil *c, int offset_minutes)
{
    int64_t month0 = (int64_t)c->month - 1;
    int64_t year = c->year + floor_div(month0, 12);
    must(year >= -1000000 && year <= 1000000);
    int64_t month = month0 - floor_div(month0, 12) * 12 + 1;
    int64_t minutes = (int64_t)c->hour * 60 + c->minute - offset_minutes;
    return days_from_civil(year, month, c->day) * MS_PER_DAY + minutes * 60000 +
           (int64_t)c->second * 1000 + c->millisecond;
}

bool time_civil_valid(const struct civil *c)
{
    return c->year >= 0 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= month_days(c->year, c->month) && c->hour >= 0 && c->hour <= 23 &&
           c->minute >= 0 && c->minute <= 59 && c->second >= 0 && c->second <= 59 &&
           c->millisecond >= 0 && c->millisecond <= 999;
}

static char *put_digits(char *at, int value, unsigned count)
{
    for (unsigned i = count; i > 0; i--) {
        at[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + count;
}

void time_iso(int64_t at_ms, char out[TIME_ISO_ROOM])
{
    struct civil c = time_civil(at_ms, 0);
    char *at = out;
    if (c.year >= 0 && c.year <= 9999) {
        at = put_digits(at, c.year, 4);
    } else {
        int year = c.year < 0 ? -c.year : c.year;
        *at++ = c.year < 0 ? '-' : '+';
        at = put_digits(at, year, year > 999999 ? 9 : 6);
    }
    *at++ = '-';
    at = put_digits(at, c.month, 2);
    *at++ = '-';
    at = put_digits(at, c.day, 2);
    *at++ = 'T';
    at = put_digits(at, c.hour, 2);
    *at++ = ':';
    at = put_digits(at, c.minute, 2);
    *at++ = ':';
    at = put_digits(at, c.second, 2);
    *at++ = '.';
    at = put_digits(at, c.millisecond, 3);
    *at++ = 'Z';
    *at = '\0';
}

bool time_parse_iso(struct str s, int64_t *out_ms)
{
    struct civil c = {0};
    int offset_minutes = 0;
    if (!parse_digits(&s, 4, &c.year) || !parse_char(&s, '-') || !parse_digits(&s, 2, &c.month) ||
        !parse_char(&s, '-') || !parse_digits(&s, 2, &c.day)) {
        return false;
    }
    if (s.bytes > 0 && !parse_clock(&s, &c, &offset_minutes)) {
        return false;
    }
    if (s.bytes > 0 || !time_civil_valid(&c)) {
        return false;
    }
    *out_ms = time_from_civil(&c, offset_minutes);
    return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = floor_div(year, 400);
    int64_t yoe = year - era * 400;
    int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * DAYS_PER_ERA + doe - 719468;
}

static int month_days(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static bool parse_digits(struct str *rest, unsigned count, int *out)
{
    if (rest->bytes < count) {
        return false;
    }
    int value = 0;
    for (unsigned i = 0; i < count; i++) {
        char c = rest->at[i];
        if (c < '0' || c > '9') {
            return false;
        }
        value = value * 10 + (c - '0');
    }
    *out = value;
    rest->at += count;
    rest->bytes -= count;
    return true;
}

static bool parse_char(struct str *rest, char c)
{
    if (rest->bytes == 0 || rest->at[0] != c) {
        return false;
    }
    rest->at++;
    rest->bytes--;
    return true;
}

static bool parse_fraction(struct str *rest, int *ms)
{
    int unit = 100, value = 0, digit = 0;
    if (!parse_digits(rest, 1, &digit)) {
        return false;
    }
    do {
        value += digit * unit;
        unit /= 10;
    } while (parse_digits(rest, 1, &digit));
    *ms = value;
    return true;
}

/* "T03:44:48.5+09:00": RFC 3339's partial-time and time-offset; its letters have no case. */
static bool parse_clock(struct str *rest, struct civil *c, int *offset_minutes)
{
    if ((!parse_char(rest, 'T') && !parse_char(rest, 't')) || !parse_digits(rest, 2, &c->hour) ||
        !parse_char(rest, ':') || !parse_digits(rest, 2, &c->minute) || !parse_char(rest, ':') ||
        !parse_digits(rest, 2, &c->second)) {
        return false;
    }
    if (parse_char(rest, '.') && !parse_fraction(rest, &c->millisecond)) {
        return false;
    }
    if (parse_char(rest, 'Z') || parse_char(rest, 'z')) {
        return true;
    }
    bool west = parse_char(rest, '-');
    int hours = 0, minutes = 0;
    if ((!west && !parse_char(rest, '+')) || !parse_digits(rest, 2, &hours) ||
        !parse_char(rest, ':') || !parse_digits(rest, 2, &minutes) || hours > 23 || minutes > 59) {
        return false;
    }
    *offset_minutes = (west ? -1 : 1) * (hours * 60 + minutes);
    return true;
}
