/* What a person reads: messages of the catalogues (web/locales/ja.json, en.json), dates, distances
 * and ages in words, and which language somebody wants. Pure: no clock, no state, any thread.
 *
 * The catalogues are compiled to enum msg: the key "track.step.received" is MSG_TRACK_STEP_RECEIVED.
 * A message may hold placeholders in braces and may be a plural that its {count} chooses:
 *
 *     "case.count.one": "{count} report", "case.count.other": "{count} reports"
 *     words_msg_html(out, LOCALE_EN, MSG_CASE_COUNT, MSG_ARGS(msg_int("count", 3)));
 */
#ifndef WORDS_WORDS_H
#define WORDS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "words/messages.h"

/* ---- languages ---- */

enum locale { LOCALE_JA, LOCALE_EN };
#define LOCALE_COUNT 2

const char *locale_tag(enum locale l);  /* "ja", "en": also for lang="" */
const char *locale_name(enum locale l); /* "日本語", "English": in its own language */

/* Reads "ja", "en", and longer tags that begin with one ("en-GB", "JA_jp"). false: none of ours. */
bool locale_parse(struct str tag, enum locale *out);

/* The best of ours in an Accept-Language header (RFC 9110, 12.5.4: quality, first wins a tie, q=0
 * excludes, "*" means fallback), or the fallback. Malformed parts are passed over. */
enum locale locale_accept(struct str accept_language, enum locale fallback);

/* ---- messages ---- */

enum msg_arg_kind { MSG_ARG_STR, MSG_ARG_INT, MSG_ARG_DATE };

struct msg_arg {
    const char *name; /* without braces */
    enum msg_arg_kind kind;
    struct str str;
    int64_t number;     /* or milliseconds since 1970 */
    int offset_minutes; /* of a date */
};

static inline struct msg_arg msg_str(const char *name, struct str s)
{
    return (struct msg_arg){.name = name, .kind = MSG_ARG_STR, .str = s};
}
static inline struct msg_arg msg_text(const char *name, const char *terminated)
{
    return msg_str(name, str_of(terminated));
}
static inline struct msg_arg msg_int(const char *name, int64_t n)
{
    return (struct msg_arg){.name = name, .kind = MSG_ARG_INT, .number = n};
}
static inline struct msg_arg msg_date(const char *name, int64_t at_ms, int offset_minutes)
{
    return (struct msg_arg){
        .name = name, .kind = MSG_ARG_DATE, .number = at_ms, .offset_minutes = offset_minutes};
}

/* The two last arguments of the functions below. */
#define MSG_ARGS(...)                                                                              \
    (const struct msg_arg[]){__VA_ARGS__},                                                         \
        sizeof((const struct msg_arg[]){__VA_ARGS__}) / sizeof(struct msg_arg)
#define MSG_NO_ARGS NULL, 0

/* The text as it stands in the catalogue (the "other" form of a plural), static. */
struct str words_msg(enum locale l, enum msg m);

/* The text with its placeholders filled, as plain text or as HTML text: in HTML everything is
 * escaped (for a quoted attribute too), and a date becomes a <time> element. A placeholder without
 * an argument is left visible in its braces. The plural form is chosen by the argument "count". */
void words_msg_plain(struct buf *out, enum locale l, enum msg m, const struct msg_arg *args,
                     size_t count);
void words_msg_html(struct buf *out, enum locale l, enum msg m, const struct msg_arg *args,
                    size_t count);
/* As HTML for a quoted attribute: escaped, dates without their element. */
void words_msg_attribute(struct buf *out, enum locale l, enum msg m, const struct msg_arg *args,
                         size_t count);

const char *words_msg_key(enum msg m);              /* "track.title" */
bool words_msg_find(struct str key, enum msg *out); /* by the key without .one/.other */
/* The message "<prefix><code>", e.g. ("problem.", "too_big"); `otherwise` when there is none. For
 * the stable codes of http, desk and record. */
enum msg words_msg_of_code(const char *prefix, struct str code, enum msg otherwise);

/* ---- dates, distances, ages: appended to out as plain text ---- */

/* 2026年11月22日（日） / 22 November 2026 */
void words_date(struct buf *out, enum locale l, int64_t at_ms, int offset_minutes);
/* 2026年11月22日（日）14:05 / 22 November 2026, 14:05 */
void words_date_time(struct buf *out, enum locale l, int64_t at_ms, int offset_minutes);
/* The date in its element: <time datetime="2026-11-22">…</time>; with the clock the attribute is
 * "2026-11-22T14:05+09:00". */
void words_time_html(struct buf *out, enum locale l, int64_t at_ms, int offset_minutes, bool clock);

/* "38 m", "940 m", "1.2 km", "12 km": whole metres below 1,000, one decimal below 10 km. A negative
 * distance is taken as 0. The same in both languages. */
void words_distance(struct buf *out, int64_t metres);

/* "just now" below a minute, then minutes, hours, days (below 60), months of 30 days (below 24),
 * years of 365 days, all rounded down: "3 days ago" / "3日前". A negative age is "just now". */
void words_age(struct buf *out, enum locale l, int64_t age_ms);

/* Time until a deadline: "2 days left" / "あと2日", "3 days over" / "3日超過"; below a day in hours,
 * below an hour "under an hour". left_ms is negative when it is over. */
void words_left(struct buf *out, enum locale l, int64_t left_ms);

/* "640 B", "38 kB", "2.4 MB": powers of 1,000. */
void words_bytes(struct buf *out, int64_t bytes);

/* 1234567 -> "1,234,567" in both languages. */
void words_number(struct buf *out, int64_t n);

#endif
