/* Reads forms: application/x-www-form-urlencoded (WHATWG URL §5.1) and multipart/form-data
 * (RFC 7578, framing RFC 2046 §5.1). Owns nothing; fields borrow from the body, what had to be
 * decoded lies in the arena. Invariants: every value lies inside the body or the arena; a part ends
 * only at CR LF, "--", the boundary, and optional blanks, and nothing is a form before the closing
 * boundary has been seen, so that half an upload is never taken for a whole one. Refuses bare LF,
 * nested multiparts, transfer encodings other than the identity, and parts without a name.
 */
#include "http/http.h"

#include "base/text.h"
#include "wire.h"

#define BOUNDARY_BYTES_MAX 70 /* RFC 2046 §5.1.1 */
#define PART_HEAD_BYTES_MAX 4096
#define PART_LINES_MAX 16

static enum err read_urlencoded(struct str body, struct arena *a, struct http_form *out);
static enum err read_multipart(struct str boundary, struct str body, struct arena *a,
                               struct http_form *out);

/* "type/subtype" alone, without parameters. */
static struct str media_type(struct str content_type)
{
    const char *semicolon = content_type.bytes > 0
                                ? memchr(content_type.at, ';', content_type.bytes)
                                : NULL;
    size_t bytes = semicolon ? (size_t)(semicolon - content_type.at) : content_type.bytes;
    return wire_trim((struct str){content_type.at, bytes});
}

static struct str behind(struct str s, const char *at)
{
    return (struct str){at, s.bytes - (size_t)(at - s.at)};
}

/* The boundary parameter, or .at NULL. */
static struct str find_boundary(struct str content_type)
{
    struct str type = media_type(content_type);
    struct str rest = behind(content_type, type.at + type.bytes);
    struct str name = STR_NONE;
    struct str value = STR_NONE;
    struct str found = STR_NONE;
    bool quoted;
    bool malformed;
    while (wire_param_next(&rest, &name, &value, &quoted, &malformed)) {
        if (!text_equal_nocase(name, STR("boundary"))) {
            continue;
        }
        if (found.at || value.bytes == 0 || value.bytes > BOUNDARY_BYTES_MAX ||
            value.at[value.bytes - 1] == ' ') {
            return STR_NONE;
        }
        found = value;
    }
    if (malformed || !found.at) {
        return STR_NONE;
    }
    for (size_t i = 0; i < found.bytes; i++) {
        char c = found.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == 0 || !strchr("'()+_,-./:=? ", c))) {
            return STR_NONE;
        }
    }
    return found;
}

enum err http_form_parse(struct str content_type, struct str body, struct arena *a,
                         struct http_form *out)
{
    if (content_type.bytes == 0) {
        return ERR_INPUT;
    }
    struct str type = media_type(content_type);
    if (text_equal_nocase(type, STR("application/x-www-form-urlencoded"))) {
        return read_urlencoded(body, a, out);
    }
    if (!text_equal_nocase(type, STR("multipart/form-data"))) {
        return ERR_INPUT;
    }
    struct str boundary = find_boundary(content_type);
    return boundary.at ? read_multipart(boundary, body, a, out) : ERR_INPUT;
}

struct str http_form_get(const struct http_form *f, const char *name)
{
    struct str wanted = str_of(name);
    for (size_t i = 0; i < f->count; i++) {
        if (str_equal(f->field[i].name, wanted)) {
            return f->field[i].value;
        }
    }
    return STR_NONE;
}

static enum err read_urlencoded(struct str body, struct arena *a, struct http_form *out)
{
    size_t count = 0;
    struct str name = STR_NONE;
    struct str value = STR_NONE;
    while (wire_pair_next(&body, &name, &value)) {
        if (count == HTTP_FIELDS_MAX) {
            return ERR_TOO_BIG;
        }
        struct http_field field = {.type = STR("")};
        enum err e = wire_decode(name, true, a, &field.name);
        if (!e) {
            e = wire_decode(value, true, a, &field.value);
        }
        if (e) {
            return e;
        }
        if (!text_utf8_valid(field.name)) {
            return ERR_INPUT;
        }
        out->field[count++] = field;
    }
    out->count = count;
    return ERR_NONE;
}

/* Browsers write '"', CR and LF in names as %22, %0D, %0A and leave every other '%' alone (WHATWG
 * HTML §4.10.21.8); older programs put a backslash before '"' and '\'. */
static enum err unescape(struct str s, struct arena *a, struct str *out)
{
    if (!memchr(s.at, '%', s.bytes) && !memchr(s.at, '\\', s.bytes)) {
        *out = s;
        return ERR_NONE;
    }
    char *to = arena_alloc(a, s.bytes + 1);
    if (!to) {
        return ERR_NOMEM;
    }
    size_t count = 0;
    for (size_t i = 0; i < s.bytes; i++) {
        struct str rest = {s.at + i, s.bytes - i};
        if (rest.bytes >= 2 && rest.at[0] == '\\' && (rest.at[1] == '"' || rest.at[1] == '\\')) {
            to[count++] = rest.at[1];
            i++;
        } else if (str_starts(rest, STR("%22"))) {
            to[count++] = '"';
            i += 2;
        } else if (rest.bytes >= 3 && text_equal_nocase((struct str){rest.at, 3}, STR("%0D"))) {
            to[count++] = '\r';
            i += 2;
        } else if (rest.bytes >= 3 && text_equal_nocase((struct str){rest.at, 3}, STR("%0A"))) {
            to[count++] = '\n';
            i += 2;
        } else {
            to[count++] = s.at[i];
        }
    }
    *out = (struct str){to, count};
    return ERR_NONE;
}

/* RFC 8187: charset'language'percent-encoded. RFC 7578 forbids it here, some programs send it. Only
 * UTF-8 is read; anything else is a file without a name. */
static enum err extended_name(struct str value, struct arena *a, struct str *out)
{
    *out = STR("");
    const char *first = value.bytes > 0 ? memchr(value.at, '\'', value.bytes) : NULL;
    struct str rest = first ? behind(value, first + 1) : STR("");
    const char *second = rest.bytes > 0 ? memchr(rest.at, '\'', rest.bytes) : NULL;
    if (!second ||
        !text_equal_nocase((struct str){value.at, (size_t)(first - value.at)}, STR("utf-8"))) {
        return ERR_NONE;
    }
    rest = behind(rest, second + 1);
    enum err e = wire_decode(rest, false, a, out);
    return e == ERR_INPUT ? ERR_NONE : e;
}

static enum err read_disposition(struct str value, struct arena *a, struct http_field *field)
{
    if (field->name.at) {
        return ERR_INPUT; /* two of them */
    }
    struct str type = media_type(value);
    if (!text_equal_nocase(type, STR("form-data"))) {
        return ERR_INPUT;
    }
    struct str rest = behind(value, type.at + type.bytes);
    struct str name = STR_NONE;
    struct str raw = STR_NONE;
    struct str extended = STR_NONE;
    bool quoted;
    bool malformed;
    while (wire_param_next(&rest, &name, &raw, &quoted, &malformed)) {
        struct str *target = text_equal_nocase(name, STR("name"))        ? &field->name
                             : text_equal_nocase(name, STR("filename"))  ? &field->filename
                             : text_equal_nocase(name, STR("filename*")) ? &extended
                                                                         : NULL;
        if (!target) {
            continue;
        }
        if (target->at) {
            return ERR_INPUT;
        }
        enum err e = ERR_NONE;
        if (target == &extended) {
            e = extended_name(raw, a, target);
        } else if (quoted) {
            e = unescape(raw, a, target);
        } else {
            *target = raw;
        }
        if (e) {
            return e;
        }
    }
    if (malformed || !field->name.at || !text_utf8_valid(field->name)) {
        return ERR_INPUT;
    }
    if (!field->filename.at) {
        field->filename = extended;
    }
    if (field->filename.at && !text_utf8_valid(field->filename)) {
        field->filename = STR("");
    }
    return ERR_NONE;
}

static enum err read_part_line(struct str line, struct arena *a, struct http_field *field)
{
    const char *colon = memchr(line.at, ':', line.bytes);
    if (!colon || colon == line.at || line.at[0] == ' ' || line.at[0] == '\t') {
        return ERR_INPUT;
    }
    struct str name = {line.at, (size_t)(colon - line.at)};
    struct str value = wire_trim(behind(line, colon + 1));
    for (size_t i = 0; i < line.bytes; i++) {
        unsigned char c = (unsigned char)line.at[i];
        if ((c < ' ' && c != '\t') || c == 0x7F) {
            return ERR_INPUT; /* bare CR and LF among them */
        }
    }
    if (text_equal_nocase(name, STR("content-disposition"))) {
        return read_disposition(value, a, field);
    }
    if (text_equal_nocase(name, STR("content-type"))) {
        if (field->type.at) {
            return ERR_INPUT;
        }
        field->type = value;
    }
    if (text_equal_nocase(name, STR("content-transfer-encoding"))) {
        bool identity = text_equal_nocase(value, STR("binary")) ||
                        text_equal_nocase(value, STR("8bit")) ||
                        text_equal_nocase(value, STR("7bit"));
        return identity ? ERR_NONE : ERR_INPUT;
    }
    return ERR_NONE;
}

/* *rest stands behind the boundary's line and is moved behind the empty line. */
static enum err read_part_head(struct str *rest, struct arena *a, struct http_field *field)
{
    *field = (struct http_field){.name = STR_NONE};
    size_t bytes_left = PART_HEAD_BYTES_MAX;
    for (size_t lines = 0;; lines++) {
        size_t window = rest->bytes < bytes_left ? rest->bytes : bytes_left;
        const char *end = window > 0 ? memmem(rest->at, window, "\r\n", 2) : NULL;
        if (!end || lines > PART_LINES_MAX) {
            return ERR_INPUT;
        }
        struct str line = {rest->at, (size_t)(end - rest->at)};
        *rest = behind(*rest, end + 2);
        if (line.bytes == 0) {
            break;
        }
        bytes_left -= line.bytes + 2;
        enum err e = read_part_line(line, a, field);
        if (e) {
            return e;
        }
    }
    if (!field->type.at) {
        field->type = STR("");
    }
    return field->name.at ? ERR_NONE : ERR_INPUT;
}

enum line { LINE_OTHER, LINE_PART, LINE_LAST };

/* What follows "--boundary": blanks and CR LF, or "--". *rest moves behind it. */
static enum line delimiter_tail(struct str *rest)
{
    struct str s = *rest;
    bool last = str_starts(s, STR("--"));
    if (last) {
        s = behind(s, s.at + 2);
    }
    while (s.bytes > 0 && (s.at[0] == ' ' || s.at[0] == '\t')) {
        s = behind(s, s.at + 1);
    }
    if (last && s.bytes == 0) {
        *rest = s;
        return LINE_LAST;
    }
    if (!str_starts(s, STR("\r\n"))) {
        return LINE_OTHER;
    }
    *rest = behind(s, s.at + 2);
    return last ? LINE_LAST : LINE_PART;
}

/* Finds the next delimiter line. delimiter: CR LF "--" boundary. *before: the bytes in front of it;
 * *rest moves behind it. LINE_OTHER: there is none. */
static enum line next_delimiter(struct str delimiter, struct str *rest, struct str *before)
{
    struct str s = *rest;
    while (s.bytes > 0) {
        const char *found = memmem(s.at, s.bytes, delimiter.at, delimiter.bytes);
        if (!found) {
            break;
        }
        s = behind(s, found + delimiter.bytes);
        enum line kind = delimiter_tail(&s);
        if (kind != LINE_OTHER) {
            *before = (struct str){rest->at, (size_t)(found - rest->at)};
            *rest = s;
            return kind;
        }
        /* The CR LF that ends this line may begin the next delimiter; nothing earlier can. */
    }
    return LINE_OTHER;
}

static enum err read_multipart(struct str boundary, struct str body, struct arena *a,
                               struct http_form *out)
{
    char text[4 + BOUNDARY_BYTES_MAX] = "\r\n--";
    memcpy(text + 4, boundary.at, boundary.bytes);
    struct str delimiter = {text, 4 + boundary.bytes};
    struct str dash_boundary = {text + 2, 2 + boundary.bytes};

    struct str rest = body;
    struct str before = STR_NONE;
    enum line kind = LINE_OTHER;
    if (str_starts(rest, dash_boundary)) {
        rest = behind(rest, rest.at + dash_boundary.bytes);
        kind = delimiter_tail(&rest);
    }
    if (kind == LINE_OTHER) { /* a preamble, to be ignored */
        rest = body;
        kind = next_delimiter(delimiter, &rest, &before);
    }
    size_t count = 0;
    while (kind == LINE_PART) {
        if (count == HTTP_FIELDS_MAX) {
            return ERR_TOO_BIG;
        }
        struct http_field *field = &out->field[count];
        enum err e = read_part_head(&rest, a, field);
        if (e) {
            return e;
        }
        /* An empty part's delimiter begins with the CR LF that ended its head. */
        rest = (struct str){rest.at - 2, rest.bytes + 2};
        kind = next_delimiter(delimiter, &rest, &before);
        field->value = before.bytes >= 2 ? behind(before, before.at + 2) : STR("");
        count++;
    }
    if (kind != LINE_LAST) {
        return ERR_INPUT;
    }
    out->count = count;
    return ERR_NONE;
}
