/* What compiled templates are written in: how a value of each C type is printed in text, in an
 * attribute, as an address and behind the beginning of one. A type that is not listed does not
 * compile there, and that is the point:
 *
 *                     text    attribute   address   part of an address
 *     text, numbers   escaped escaped     -         percent-encoded
 *     struct word     escaped escaped     -         -
 *     struct url      -       escaped     escaped   -
 *     struct moment   <time>  -           -         -
 *     struct html     as is   -           -         -
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "words/words.h"

/* Markup that is printed as it is. Only the function that renders it inside pages fills one. */
struct html {
    struct str made;
};

/* An address that may stand in href or src. Made by the url_… functions alone (url.c). */
struct url {
    struct str made;
};

/* A time, printed as <time> in the page's language. at_ms 0: prints nothing, is false. */
struct moment {
    int64_t at_ms;
    bool clock; /* with hours and minutes */
};

/* A message that was chosen at run time, printed in the page's language. */
struct word {
    enum msg msg;
};

/* Every time on a page is that of the town. Japan keeps one offset all year. */
#define PAGE_OFFSET_MINUTES 540

/* ---- addresses (url.c) ---- */

/* A path of ours: begins with one '/', holds no control character; anything else becomes "". */
struct url url_path(struct str path);
/* The same, printf-like; the caller percent-encodes nothing, so only numbers, refs and ids go in. */
struct url url_format(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "tel:" and the digits of a telephone number; "" when it has none. */
struct url url_phone(struct arena *a, struct str number);
/* The asset of that plain name, by its hashed address. */
struct url url_asset(struct arena *a, const char *name);

/* ---- printing (page.c) ---- */

void page_text_str(struct buf *out, enum locale l, struct str s);
void page_text_chars(struct buf *out, enum locale l, const char *s);
void page_text_int(struct buf *out, enum locale l, int n);
void page_text_long(struct buf *out, enum locale l, int64_t n);
void page_text_size(struct buf *out, enum locale l, size_t n);
void page_text_word(struct buf *out, enum locale l, struct word w);
void page_text_html(struct buf *out, enum locale l, struct html h);
void page_text_moment(struct buf *out, enum locale l, struct moment m);
void page_url(struct buf *out, enum locale l, struct url u);
void page_part_str(struct buf *out, enum locale l, struct str s);
void page_part_chars(struct buf *out, enum locale l, const char *s);

#define PAGE_TEXT(out, l, x)                                                                       \
    _Generic((x),                                                                                  \
        struct str: page_text_str,                                                                 \
        char *: page_text_chars,                                                                   \
        const char *: page_text_chars,                                                             \
        int: page_text_int,                                                                        \
        int64_t: page_text_long,                                                                   \
        size_t: page_text_size,                                                                    \
        struct word: page_text_word,                                                               \
        struct html: page_text_html,                                                               \
        struct moment: page_text_moment)((out), (l), (x))

#define PAGE_ATTRIBUTE(out, l, x)                                                                  \
    _Generic((x),                                                                                  \
        struct str: page_text_str,                                                                 \
        char *: page_text_chars,                                                                   \
        const char *: page_text_chars,                                                             \
        int: page_text_int,                                                                        \
        int64_t: page_text_long,                                                                   \
        size_t: page_text_size,                                                                    \
        struct word: page_text_word,                                                               \
        struct url: page_url)((out), (l), (x))

#define PAGE_URL(out, l, x) page_url((out), (l), (x))

#define PAGE_URL_PART(out, l, x)                                                                   \
    _Generic((x),                                                                                  \
        struct str: page_part_str,                                                                 \
        char *: page_part_chars,                                                                   \
        const char *: page_part_chars,                                                             \
        int: page_text_int,                                                                        \
        int64_t: page_text_long,                                                                   \
        size_t: page_text_size)((out), (l), (x))

/* {{#if}}: true, not zero, not empty. */
static inline bool page_is_bool(bool x)
{
    return x;
}
static inline bool page_is_str(struct str s)
{
    return s.bytes > 0;
}
static inline bool page_is_chars(const char *s)
{
    return s && *s;
}
static inline bool page_is_int(int n)
{
    return n != 0;
}
static inline bool page_is_long(int64_t n)
{
    return n != 0;
}
static inline bool page_is_size(size_t n)
{
    return n != 0;
}
static inline bool page_is_html(struct html h)
{
    return h.made.bytes > 0;
}
static inline bool page_is_url(struct url u)
{
    return u.made.bytes > 0;
}
static inline bool page_is_moment(struct moment m)
{
    return m.at_ms != 0;
}

#define PAGE_IS(x)                                                                                 \
    _Generic((x),                                                                                  \
        bool: page_is_bool,                                                                        \
        struct str: page_is_str,                                                                   \
        char *: page_is_chars,                                                                     \
        const char *: page_is_chars,                                                               \
        int: page_is_int,                                                                          \
        int64_t: page_is_long,                                                                     \
        size_t: page_is_size,                                                                      \
        struct html: page_is_html,                                                                 \
        struct url: page_is_url,                                                                   \
        struct moment: page_is_moment)(x)

/* {{t.key name=path}} */
static inline struct msg_arg page_arg_int(const char *name, int n)
{
    return msg_int(name, n);
}
static inline struct msg_arg page_arg_size(const char *name, size_t n)
{
    return msg_int(name, (int64_t)n);
}
static inline struct msg_arg page_arg_moment(const char *name, struct moment m)
{
    return msg_date(name, m.at_ms, PAGE_OFFSET_MINUTES);
}

#define PAGE_ARG(name, x)                                                                          \
    _Generic((x),                                                                                  \
        struct str: msg_str,                                                                       \
        char *: msg_text,                                                                          \
        const char *: msg_text,                                                                    \
        int: page_arg_int,                                                                         \
        int64_t: msg_int,                                                                          \
        size_t: page_arg_size,                                                                     \
        struct moment: page_arg_moment)((name), (x))

#endif
