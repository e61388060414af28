/* Reads what a client says it accepts, has, or wants a piece of: Accept-Encoding, If-None-Match,
 * Range, and the parameters behind a structured value. Owns nothing. Invariant: whatever is not
 * understood is read as if it were not there, which RFC 9110 allows for every one of these, except
 * that wire_param_next says so: a form's framing depends on it.
 */
#include "wire.h"

#include "base/text.h"

/* The next element of a comma-separated list without quoted strings; false at the end. */
static bool list_next(struct str *rest, struct str *element)
{
    if (rest->bytes == 0) {
        return false;
    }
    const char *comma = memchr(rest->at, ',', rest->bytes);
    size_t bytes = comma ? (size_t)(comma - rest->at) : rest->bytes;
    *element = wire_trim((struct str){rest->at, bytes});
    bytes += comma != NULL;
    *rest = (struct str){rest->at + bytes, rest->bytes - bytes};
    return true;
}

/* ";q=0", ";q=0.0" …: refused. Everything else counts as wanted. */
static bool weight_is_zero(struct str element)
{
    const char *semicolon = memchr(element.at, ';', element.bytes);
    if (!semicolon) {
        return false;
    }
    size_t behind = (size_t)(semicolon - element.at) + 1;
    struct str weight = wire_trim((struct str){element.at + behind, element.bytes - behind});
    if (weight.bytes < 3 || (weight.at[0] | 0x20) != 'q' || weight.at[1] != '=') {
        return false;
    }
    for (size_t i = 2; i < weight.bytes; i++) {
        if (weight.at[i] != '0' && weight.at[i] != '.') {
            return false;
        }
    }
    return true;
}

bool wire_accepts_encoding(struct str field, struct str coding)
{
    bool any = false;
    struct str element = STR_NONE;
    while (list_next(&field, &element)) {
        if (element.bytes == 0) {
            continue;
        }
        const char *semicolon = memchr(element.at, ';', element.bytes);
        size_t bytes = semicolon ? (size_t)(semicolon - element.at) : element.bytes;
        struct str name = wire_trim((struct str){element.at, bytes});
        if (text_equal_nocase(name, coding)) {
            return !weight_is_zero(element);
        }
        any |= str_equal(name, STR("*")) && !weight_is_zero(element);
    }
    return any;
}

bool wire_etag_listed(struct str field, struct str etag)
{
    if (str_equal(wire_trim(field), STR("*"))) {
        return true;
    }
    while (field.bytes > 0) {
        const char *open = memchr(field.at, '"', field.bytes);
        if (!open) {
            return false;
        }
        size_t from = (size_t)(open - field.at) + 1;
        field = (struct str){field.at + from, field.bytes - from};
        const char *close = field.bytes > 0 ? memchr(field.at, '"', field.bytes) : NULL;
        if (!close) {
            return false;
        }
        struct str tag = {field.at, (size_t)(close - field.at)};
        if (str_equal(tag, etag)) {
            return true;
        }
        field = (struct str){field.at + tag.bytes + 1, field.bytes - tag.bytes - 1};
    }
    return false;
}

enum wire_range_kind wire_range(struct str field, int64_t bytes, struct wire_range *out)
{
    const struct str unit = STR("bytes=");
    if (field.bytes <= unit.bytes || bytes < 0 ||
        !text_equal_nocase((struct str){field.at, unit.bytes}, unit)) {
        return WIRE_RANGE_NONE;
    }
    struct str spec = {field.at + unit.bytes, field.bytes - unit.bytes};
    spec = wire_trim(spec);
    const char *dash = spec.bytes > 0 ? memchr(spec.at, '-', spec.bytes) : NULL;
    if (!dash || memchr(spec.at, ',', spec.bytes)) {
        return WIRE_RANGE_NONE;
    }
    struct str first = {spec.at, (size_t)(dash - spec.at)};
    struct str last = {dash + 1, spec.bytes - first.bytes - 1};
    int64_t from = 0;
    int64_t to = bytes - 1;
    bool has_first = first.bytes > 0;
    bool has_last = last.bytes > 0;
    if ((has_first && (first.at[0] == '-' || !text_parse_int(first, 0, INT64_MAX, &from))) ||
        (has_last && (last.at[0] == '-' || !text_parse_int(last, 0, INT64_MAX, &to))) ||
        (!has_first && !has_last) || (has_first && has_last && to < from)) {
        return WIRE_RANGE_NONE;
    }
    if (!has_first) { /* the last `to` bytes */
        if (to == 0) {
            return WIRE_RANGE_UNSATISFIABLE;
        }
        from = to < bytes ? bytes - to : 0;
        to = bytes - 1;
    }
    if (from >= bytes) {
        return WIRE_RANGE_UNSATISFIABLE;
    }
    *out = (struct wire_range){from, to < bytes ? to : bytes - 1};
    return WIRE_RANGE_ONE;
}

static bool is_param_char(char c)
{
    unsigned char b = (unsigned char)c;
    return b > ' ' && b != 0x7F && b != ';' && b != '"' && b != '=' && b != ',';
}

static void skip_space(struct str *s)
{
    while (s->bytes > 0 && (s->at[0] == ' ' || s->at[0] == '\t')) {
        s->at++;
        s->bytes--;
    }
}

static struct str take_while_param(struct str *s)
{
    struct str taken = {s->at, 0};
    while (s->bytes > 0 && is_param_char(s->at[0])) {
        taken.bytes++;
        s->at++;
        s->bytes--;
    }
    return taken;
}

/* s stands behind the opening quote. */
static bool take_quoted(struct str *s, struct str *out)
{
    size_t i = 0;
    while (i < s->bytes && s->at[i] != '"') {
        i += s->at[i] == '\\' && i + 1 < s->bytes ? 2 : 1;
    }
    if (i >= s->bytes) {
        return false;
    }
    *out = (struct str){s->at, i};
    *s = (struct str){s->at + i + 1, s->bytes - i - 1};
    return true;
}

bool wire_param_next(struct str *rest, struct str *name, struct str *value, bool *quoted,
                     bool *malformed)
{
    *malformed = false;
    for (;;) {
        skip_space(rest);
        if (rest->bytes == 0) {
            return false;
        }
        *malformed = true;
        if (rest->at[0] != ';') {
            return false;
        }
        rest->at++;
        rest->bytes--;
        skip_space(rest);
        *malformed = false;
        if (rest->bytes > 0 && rest->at[0] != ';') {
            break; /* an empty parameter is allowed and means nothing */
        }
    }
    *malformed = true;
    *name = take_while_param(rest);
    if (name->bytes == 0 || rest->bytes == 0 || rest->at[0] != '=') {
        return false;
    }
    rest->at++;
    rest->bytes--;
    *quoted = rest->bytes > 0 && rest->at[0] == '"';
    if (*quoted) {
        rest->at++;
        rest->bytes--;
        if (!take_quoted(rest, value)) {
            return false;
        }
    } else {
        *value = take_while_param(rest);
    }
    *malformed = false;
    return true;
}
