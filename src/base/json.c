/* Prints JSON (RFC 8259) into a struct buf; owns no memory. Invariants: at depth d > 0, bit d - 1
 * of is_object and has_member describe the innermost open container; after_key is set only between
 * a key and its value. Refuses, as programmers' mistakes, whatever would print something that is
 * not JSON; a failed buffer is no mistake and is ignored until the writer asks.
 */
#include "base/json.h"

#include "base/must.h"
#include "base/text.h"
#include "base/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void before_value(struct json *j);
static void open_container(struct json *j, char bracket, bool is_object);
static void print_string(struct buf *out, struct str s);

void json_init(struct json *j, struct buf *out)
{
    *j = (struct json){.out = out};
}

void json_object(struct json *j)
{
    open_container(j, '{', true);
}

void json_array(struct json *j)
{
    open_container(j, '[', false);
}

void json_end(struct json *j)
{
    must(j->depth > 0);
    must(!j->after_key);
    j->depth--;
    buf_add_char(j->out, (j->is_object >> j->depth & 1) ? '}' : ']');
}

void json_key(struct json *j, const char *name)
{
    must(j->depth > 0);
    uint32_t bit = UINT32_C(1) << (j->depth - 1);
    must(j->is_object & bit);
    must(!j->after_key);
    if (j->has_member & bit) {
        buf_add_char(j->out, ',');
    }
    j->has_member |= bit;
    print_string(j->out, str_of(name));
    buf_add_char(j->out, ':');
    j->after_key = true;
}

void json_str(struct json *j, struct str s)
{
    before_value(j);
    print_string(j->out, s);
}

void json_text(struct json *j, const char *s)
{
    if (s) {
        json_str(j, str_of(s));
    } else {
        json_null(j);
    }
}

void json_int(struct json *j, int64_t n)
{
    before_value(j);
    buf_add_int(j->out, n);
}

void json_double(struct json *j, double d)
{
    if (!isfinite(d)) {
        json_null(j);
        return;
    }
    before_value(j);
    char text[40];
    int count = 0;
    for (int digits = 15; digits <= 17; digits++) {
        count = snprintf(text, sizeof text, "%.*g", digits, d);
        must(count > 0 && (size_t)count < sizeof text);
        double back = strtod(text, NULL);
        if (!(back < d || back > d)) {
            break;
        }
    }
    /* Whatever the locale writes as its point, in one byte or more, is neither digit, sign nor
     * e. */
    bool in_point = false;
    for (int i = 0; i < count; i++) {
        char c = text[i];
        bool other = !((c >= '0' && c <= '9') || c == '-' || c == '+' || c == 'e');
        if (!other) {
            buf_add_char(j->out, c);
        } else if (!in_point) {
            buf_add_char(j->out, '.');
        }
        in_point = other;
    }
}

void json_bool(struct json *j, bool b)
{
    before_value(j);
    buf_add_text(j->out, b ? "true" : "false");
}

void json_null(struct json *j)
{
    before_value(j);
    buf_add_text(j->out, "null");
}

void json_scaled(struct json *j, int64_t n, unsigned decimals)
{
    must(decimals <= 18);
    before_value(j);
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    char text[24];
    size_t at = sizeof text;
    for (unsigned i = 0; i < decimals; i++) {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (decimals > 0) {
        text[--at] = '.';
    }
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (n < 0) {
        text[--at] = '-';
    }
    buf_add(j->out, text + at, sizeof text - at);
}

void json_time(struct json *j, int64_t at_ms)
{
    char text[TIME_ISO_ROOM];
    time_iso(at_ms, text);
    json_text(j, text);
}

void json_key_str(struct json *j, const char *name, struct str s)
{
    json_key(j, name);
    json_str(j, s);
}

void json_key_text(struct json *j, const char *name, const char *s)
{
    json_key(j, name);
    json_text(j, s);
}

void json_key_int(struct json *j, const char *name, int64_t n)
{
    json_key(j, name);
    json_int(j, n);
}

void json_key_bool(struct json *j, const char *name, bool b)
{
    json_key(j, name);
    json_bool(j, b);
}

static void before_value(struct json *j)
{
    if (j->depth == 0) {
        return;
    }
    uint32_t bit = UINT32_C(1) << (j->depth - 1);
    if (j->is_object & bit) {
        must(j->after_key);
        j->after_key = false;
        return;
    }
    if (j->has_member & bit) {
        buf_add_char(j->out, ',');
    }
    j->has_member |= bit;
}

static void open_container(struct json *j, char bracket, bool is_object)
{
    must(j->depth < JSON_DEPTH_MAX);
    before_value(j);
    uint32_t bit = UINT32_C(1) << j->depth;
    j->has_member &= ~bit;
    j->is_object = is_object ? j->is_object | bit : j->is_object & ~bit;
    j->depth++;
    buf_add_char(j->out, bracket);
}

static void print_escape(struct buf *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    switch (c) {
    case '"': buf_add_text(out, "\\\""); return;
    case '\\': buf_add_text(out, "\\\\"); return;
    case '\n': buf_add_text(out, "\\n"); return;
    case '\r': buf_add_text(out, "\\r"); return;
    case '\t': buf_add_text(out, "\\t"); return;
    default: break;
    }
    buf_add_text(out, "\\u00");
    buf_add_char(out, hex[c >> 4]);
    buf_add_char(out, hex[c & 15]);
}

static void print_string(struct buf *out, struct str s)
{
    buf_add_char(out, '"');
    size_t from = 0, i = 0;
    while (i < s.bytes) {
        unsigned char c = (unsigned char)s.at[i];
        uint32_t point;
        size_t bytes = c < 0x80 ? 1 : text_point((struct str){s.at + i, s.bytes - i}, &point);
        bool plain = bytes > 0 && c >= 0x20 && c != '"' && c != '\\';
        if (!plain) {
            buf_add(out, s.at + from, i - from);
            if (bytes == 0) {
                bytes = 1;
                buf_add_text(out, "\xEF\xBF\xBD");
            } else {
                print_escape(out, c);
            }
            from = i + bytes;
        }
        i += bytes;
    }
    if (from < s.bytes) {
        buf_add(out, s.at + from, s.bytes - from);
    }
    buf_add_char(out, '"');
}
