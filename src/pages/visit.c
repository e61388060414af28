/* Owns what all pages have in common: the choice of the language, the frame around a page, and the
 * buffer that it is rendered into. The language is chosen before the town is read, so that even an
 * error page speaks the visitor's.
 */
#include "visit.h"

#include "base/text.h"

#define PAGE_BYTES_MAX ((size_t)1 << 20)
#define LANGUAGE_COOKIE_S (400LL * 24 * 3600) /* the longest that browsers keep one */

static enum locale choose_locale(struct http_request *r, enum locale fallback)
{
    enum locale l;
    struct str asked = http_query(r, "lang");
    if (asked.bytes && locale_parse(asked, &l)) {
        http_set_cookie(r, "lang", str_of(locale_tag(l)), LANGUAGE_COOKIE_S);
        return l;
    }
    struct str kept = http_cookie(r, "lang");
    if (kept.bytes && locale_parse(kept, &l)) return l;
    return locale_accept(http_header(r, "Accept-Language"), fallback);
}

static enum err begin(struct visit *v, struct http_request *r, void *context)
{
    *v = (struct visit){.r = r, .app = context, .a = http_arena(r)};
    buf_init(&v->out, PAGE_BYTES_MAX);
    enum err e = desk_town(v->app->desk, v->a, &v->town);
    enum locale own = LOCALE_JA;
    if (e == ERR_NONE) (void)locale_parse(v->town.locale, &own);
    v->locale = choose_locale(r, own);
    return e;
}

bool visit_begin(struct visit *v, struct http_request *r, void *context)
{
    enum err e = begin(v, r, context);
    if (e != ERR_NONE) http_fail(r, e);
    return e == ERR_NONE;
}

void visit_begin_anyway(struct visit *v, struct http_request *r, void *context)
{
    if (begin(v, r, context) != ERR_NONE) v->town = (struct town){0};
}

void visit_answer(struct visit *v, int status)
{
    enum err e = buf_err(&v->out);
    if (e == ERR_NONE) {
        http_answer_html(v->r, status, buf_str(&v->out));
    } else {
        http_answer_html(v->r, 503, words_msg(v->locale, MSG_PROBLEM_BUSY));
    }
    buf_clear(&v->out);
}

struct str visit_name(const struct visit *v, struct names n)
{
    return v->locale == LOCALE_EN && n.en.bytes ? n.en : n.ja;
}

struct frame visit_frame(const struct visit *v, struct str title)
{
    enum locale other = v->locale == LOCALE_JA ? LOCALE_EN : LOCALE_JA;
    struct frame f = {
        .top = {.title = title,
                .town = visit_name(v, v->town.name),
                .css = url_asset(v->a, "resident.css"),
                .icon = url_asset(v->a, "icon.svg"),
                .other_tag = locale_tag(other),
                .other_name = locale_name(other)},
        .bottom = {.phone = v->town.phone, .phone_url = url_phone(v->a, v->town.phone)},
    };
    return f;
}

struct emergency_part visit_emergency(const struct visit *v)
{
    return (struct emergency_part){.number = v->town.emergency,
                                   .call = url_phone(v->a, v->town.emergency)};
}

struct str visit_say(const struct visit *v, enum msg m, const struct msg_arg *args, size_t count)
{
    struct buf b;
    buf_init(&b, 4096);
    words_msg_plain(&b, v->locale, m, args, count);
    struct str s = buf_err(&b) == ERR_NONE ? arena_str(v->a, buf_str(&b)) : STR("");
    buf_clear(&b);
    return s.at ? s : STR("");
}
