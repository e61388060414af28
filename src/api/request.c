/* Owns what handlers ask of a request beyond what http offers: its language, its JSON, its version. */
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

/* "application/json" or "application/merge-patch+json", with or without parameters. Requiring it also
 * keeps other sites' forms out: a browser sends such a type across sites only after asking us. */
static bool is_json_type(struct str type)
{
    size_t bytes = 0;
    while (bytes < type.bytes && type.at[bytes] != ';' && type.at[bytes] != ' ') bytes++;
    type.bytes = bytes;
    return text_equal_nocase(type, STR("application/json")) ||
           text_equal_nocase(type, STR("application/merge-patch+json"));
}

bool api_read_json(struct http_request *r, struct input *out)
{
    if (!is_json_type(http_header(r, "Content-Type"))) {
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
    if (e == ERR_INPUT) {
        http_fail_code(r, 400, "malformed");
    } else if (e != ERR_NONE) {
        http_fail(r, e);
    }
    return e == ERR_NONE;
}

struct actor api_actor(struct http_request *r)
{
    bool by_cookie = http_cookie(r, API_SESSION_COOKIE).at != NULL;
    return (struct actor){.kind = ACTOR_STAFF,
                          .person_id = http_who(r)->person_id,
                          .origin = by_cookie ? ORIGIN_STAFF : ORIGIN_API};
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
