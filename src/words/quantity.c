/* Owns dates, distances, ages and sizes as words. Rounding is always down, so that nothing sounds
 * later, farther or larger than it is; the words around the numbers stand in the catalogues.
 */
#include "words/words.h"

#include "base/must.h"
#include "base/time.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

static const char *const months[12] = {"January",   "February", "March",    "April",
                                       "May",       "June",     "July",     "August",
                                       "September", "October",  "November", "December"};
static const char *const weekdays_ja[7] = {"日", "月", "火", "水", "木", "金", "土"};

static void date(struct buf *out, enum locale l, const struct civil *c)
{
    must(c->month >= 1 && c->month <= 12 && c->weekday >= 0 && c->weekday < 7);
    switch (l) {
    case LOCALE_JA:
        buf_printf(out, "%d年%d月%d日（%s）", c->year, c->month, c->day, weekdays_ja[c->weekday]);
        return;
    case LOCALE_EN: buf_printf(out, "%d %s %d", c->day, months[c->month - 1], c->year); return;
    }
}

static void date_time(struct buf *out, enum locale l, const struct civil *c)
{
    date(out, l, c);
    if (l == LOCALE_EN) buf_add_text(out, ", ");
    buf_printf(out, "%d:%02d", c->hour, c->minute);
}

void words_date(struct buf *out, enum locale l, int64_t at_ms, int offset_minutes)
{
    struct civil c = time_civil(at_ms, offset_minutes);
    date(out, l, &c);
}

void words_date_time(struct buf *out, enum locale l, int64_t at_ms, int offset_minutes)
{
    struct civil c = time_civil(at_ms, offset_minutes);
    date_time(out, l, &c);
}

void words_time_html(struct buf *out, enum locale l, int64_t at_ms, int offset_minutes, bool clock)
{
    struct civil c = time_civil(at_ms, offset_minutes);
    buf_printf(out, "<time datetime=\"%04d-%02d-%02d", c.year, c.month, c.day);
    if (clock) {
        int away = offset_minutes < 0 ? -offset_minutes : offset_minutes;
        buf_printf(out, "T%02d:%02d%c%02d:%02d", c.hour, c.minute, offset_minutes < 0 ? '-' : '+',
                   away / 60, away % 60);
    }
    buf_add_text(out, "\">");
    if (clock) {
        date_time(out, l, &c);
    } else {
        date(out, l, &c);
    }
    buf_add_text(out, "</time>");
}

/* n in units of ten: 12 -> "1.2" */
static void tenths(struct buf *out, int64_t n)
{
    buf_add_int(out, n / 10);
    buf_add_char(out, '.');
    buf_add_int(out, n % 10);
}

void words_distance(struct buf *out, int64_t metres)
{
    if (metres < 1000) {
        buf_add_int(out, metres < 0 ? 0 : metres);
        buf_add_text(out, " m");
        return;
    }
    if (metres < 10000) {
        tenths(out, metres / 100);
    } else {
        words_number(out, metres / 1000);
    }
    buf_add_text(out, " km");
}

static void counted(struct buf *out, enum locale l, enum msg m, int64_t n)
{
    words_msg_plain(out, l, m, MSG_ARGS(msg_int("count", n)));
}

void words_age(struct buf *out, enum locale l, int64_t age_ms)
{
    if (age_ms < MINUTE_MS) {
        buf_add_str(out, words_msg(l, MSG_AGE_NOW));
    } else if (age_ms < HOUR_MS) {
        counted(out, l, MSG_AGE_MINUTES, age_ms / MINUTE_MS);
    } else if (age_ms < DAY_MS) {
        counted(out, l, MSG_AGE_HOURS, age_ms / HOUR_MS);
    } else if (age_ms < 60 * DAY_MS) {
        counted(out, l, MSG_AGE_DAYS, age_ms / DAY_MS);
    } else if (age_ms < 24 * 30 * DAY_MS) {
        counted(out, l, MSG_AGE_MONTHS, age_ms / (30 * DAY_MS));
    } else {
        int64_t years = age_ms / (365 * DAY_MS);
        counted(out, l, MSG_AGE_YEARS, years);
    }
}

void words_left(struct buf *out, enum locale l, int64_t left_ms)
{
    bool over = left_ms < 0;
    int64_t apart = !over ? left_ms : left_ms == INT64_MIN ? INT64_MAX : -left_ms;
    if (apart < HOUR_MS) {
        buf_add_str(out, words_msg(l, over ? MSG_LEFT_OVER_SOON : MSG_LEFT_SOON));
    } else if (apart < DAY_MS) {
        counted(out, l, over ? MSG_LEFT_OVER_HOURS : MSG_LEFT_HOURS, apart / HOUR_MS);
    } else {
        counted(out, l, over ? MSG_LEFT_OVER_DAYS : MSG_LEFT_DAYS, apart / DAY_MS);
    }
}

void words_bytes(struct buf *out, int64_t bytes)
{
    if (bytes < 1000) {
        buf_add_int(out, bytes < 0 ? 0 : bytes);
        buf_add_text(out, " B");
    } else if (bytes < 1000000) {
        buf_add_int(out, bytes / 1000);
        buf_add_text(out, " kB");
    } else {
        tenths(out, bytes / 100000);
        buf_add_text(out, " MB");
    }
}

void words_number(struct buf *out, int64_t n)
{
    if (n < 0) buf_add_char(out, '-');
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    uint64_t group[7]; /* 2^63 has seven groups of three */
    size_t count = 0;
    do {
        group[count++] = rest % 1000;
        rest /= 1000;
    } while (rest);
    buf_add_int(out, (int64_t)group[--count]);
    while (count) buf_printf(out, ",%03d", (int)group[--count]);
}
