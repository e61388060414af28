/* Percent-encoding, paths, query strings, cookies. Owns nothing; what had to be decoded lies in the
 * caller's arena, everything else borrows from the input. Invariants: a decoded path is valid UTF-8
 * without control characters and has as many segments as the raw one, so that no escape can climb
 * out of its segment. Refuses half an escape instead of guessing.
 */
#include "wire.h"

#include "base/text.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that s begins with, decoded; taken: how many it is written with. -1: malformed. */
static int decode_one(struct str s, bool form_plus, size_t *taken)
{
    *taken = 1;
    if (s.at[0] == '+' && form_plus) {
        return ' ';
    }
    if (s.at[0] != '%') {
        return (unsigned char)s.at[0];
    }
    *taken = 3;
    int high = s.bytes >= 3 ? hex_digit(s.at[1]) : -1;
    int low = s.bytes >= 3 ? hex_digit(s.at[2]) : -1;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static struct str skip(struct str s, size_t bytes)
{
    return (struct str){s.at + bytes, s.bytes - bytes};
}

static const char *find(struct str s, char c)
{
    return s.bytes > 0 ? memchr(s.at, c, s.bytes) : NULL;
}

enum err wire_decode(struct str s, bool form_plus, struct arena *a, struct str *out)
{
    if (!find(s, '%') && !(form_plus && find(s, '+'))) {
        *out = s.at ? s : STR("");
        return ERR_NONE;
    }
    char *to = arena_alloc(a, s.bytes + 1);
    if (!to) {
        return ERR_NOMEM;
    }
    size_t count = 0;
    while (s.bytes > 0) {
        size_t taken;
        int b = decode_one(s, form_plus, &taken);
        if (b < 0) {
            return ERR_INPUT;
        }
        to[count++] = (char)b;
        s = skip(s, taken);
    }
    *out = (struct str){to, count};
    return ERR_NONE;
}

bool wire_decodes_to(struct str s, bool form_plus, struct str name)
{
    size_t at = 0;
    while (s.bytes > 0) {
        size_t taken;
        int b = decode_one(s, form_plus, &taken);
        if (b < 0 || at == name.bytes || (unsigned char)name.at[at++] != b) {
            return false;
        }
        s = skip(s, taken);
    }
    return at == name.bytes;
}

static int segment_check(struct str decoded)
{
    if (decoded.bytes == 0) {
        return 404;
    }
    if (str_equal(decoded, STR(".")) || str_equal(decoded, STR(".."))) {
        return 400;
    }
    for (size_t i = 0; i < decoded.bytes; i++) {
        unsigned char b = (unsigned char)decoded.at[i];
        if (b < ' ' || b == 0x7F || b == '\\' || b == '/') {
            return 400;
        }
    }
    return text_utf8_valid(decoded) ? 0 : 400;
}

int wire_path_split(struct str raw, struct arena *a, struct wire_path *out)
{
    *out = (struct wire_path){.text = raw};
    if (raw.bytes > WIRE_PATH_BYTES_MAX) {
        return 414;
    }
    struct str rest = skip(raw, 1);
    bool decoded_any = false;
    while (rest.bytes > 0) {
        const char *slash = find(rest, '/');
        struct str piece = {rest.at, slash ? (size_t)(slash - rest.at) : rest.bytes};
        struct str segment = STR_NONE;
        enum err e = wire_decode(piece, false, a, &segment);
        int status = e == ERR_INPUT ? 400 : e ? 503 : segment_check(segment);
        if (status == 0 && out->count == WIRE_SEGMENTS_MAX) {
            status = 404;
        }
        if (status) {
            return status;
        }
        out->segment[out->count++] = segment;
        decoded_any |= segment.at != piece.at;
        rest = skip(rest, piece.bytes + (slash != NULL));
        out->trailing_slash = slash && rest.bytes == 0;
    }
    return decoded_any && wire_decode(raw, false, a, &out->text) ? 503 : 0;
}

bool wire_pair_next(struct str *rest, struct str *name, struct str *value)
{
    while (rest->bytes > 0) {
        const char *end = find(*rest, '&');
        struct str pair = {rest->at, end ? (size_t)(end - rest->at) : rest->bytes};
        *rest = skip(*rest, pair.bytes + (end != NULL));
        if (pair.bytes == 0) {
            continue;
        }
        const char *equals = find(pair, '=');
        *name = (struct str){pair.at, equals ? (size_t)(equals - pair.at) : pair.bytes};
        *value = equals ? skip(pair, name->bytes + 1) : STR("");
        return true;
    }
    return false;
}

struct str wire_query_find(struct str query, struct str name)
{
    struct str at = STR_NONE;
    struct str value = STR_NONE;
    while (wire_pair_next(&query, &at, &value)) {
        if (wire_decodes_to(at, true, name)) {
            return value;
        }
    }
    return STR_NONE;
}

struct str wire_trim(struct str s)
{
    while (s.bytes > 0 && (s.at[0] == ' ' || s.at[0] == '\t')) {
        s = skip(s, 1);
    }
    while (s.bytes > 0 && (s.at[s.bytes - 1] == ' ' || s.at[s.bytes - 1] == '\t')) {
        s.bytes--;
    }
    return s;
}

struct str wire_cookie_find(struct str field, struct str name)
{
    while (field.bytes > 0) {
        const char *end = find(field, ';');
        struct str pair = {field.at, end ? (size_t)(end - field.at) : field.bytes};
        field = skip(field, pair.bytes + (end != NULL));
        const char *equals = find(pair, '=');
        if (!equals) {
            continue;
        }
        struct str key = wire_trim((struct str){pair.at, (size_t)(equals - pair.at)});
        if (!str_equal(key, name)) {
            continue;
        }
        struct str value = wire_trim(skip(pair, (size_t)(equals - pair.at) + 1));
        if (value.bytes >= 2 && value.at[0] == '"' && value.at[value.bytes - 1] == '"') {
            value = (struct str){value.at + 1, value.bytes - 2};
        }
        return value;
    }
    return STR_NONE;
}
