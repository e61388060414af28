/* Owns what handlers ask of a request beyond what http offers: its language, its JSON, its version.
 */
#include "internal.h"

#include "base/text.h"

#define LANGUAGE_COOKIE "lang"

enum locale api_locale(struct http_request *r)
{
    enum locale l;
    if (locale_parse(http_query(r, "lang"), &l)) return l;
    if (locale_parse(http_cookie(r, LANGUAGE_COOKIE), &l)) return l;
    return locale_accept(http_header(r, "Accept-Language"), LOCALE_JA);
}

bool api_read_json(struct http_request *r, struct input *out)
{
    /* Requiring the type also keeps other sites' forms out: a browser asks us before it sends it.
     */
    if (!http_has_json(r)) {
        http_fail_code(r, 415, "unsupported_type");
        return false;
    }
    struct str body;
    enum err e = http_body(r, &body);
    if (e != ERR_NONE) {
        http_fail(r, e);
        return false;
    }
    e = input_read(body, http_arena(r), out);
    if (e == ERR_INPUT || e == ERR_TOO_BIG) { /* http keeps the limit of bytes; this is its shape */
        http_fail_code(r, 400, "malformed");
    } else if (e != ERR_NONE) {
        http_fail(r, e);
    }
    return e == ERR_NONE;
}

struct actor api_actor(struct http_request *r)
{
    bool by_bearer = http_header(r, "Authorization").at != NULL;
    return (struct actor){.kind = ACTOR_STAFF,
                          .person_id = http_who(r)->person_id,
                          .origin = by_bearer ? ORIGIN_API : ORIGIN_STAFF};
}

bool api_if_match(const struct http_request *r, int64_t *version)
{
    struct str tag = http_header(r, "If-Match");
    if (!tag.at) return false;
    tag = text_trim(tag);
    *version = 0;
    if (str_equal(tag, STR("*"))) {
        *version = -1;
    } else if (tag.bytes > 2 && tag.at[0] == '"' && tag.at[tag.bytes - 1] == '"') {
        struct str digits = {tag.at + 1, tag.bytes - 2};
        int64_t n;
        if (text_parse_int(digits, 1, INT64_MAX, &n)) *version = n;
    }
    return true;
}
