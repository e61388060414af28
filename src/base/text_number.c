/* Numbers, hexadecimal digits and ASCII comparison: the part of text.h that needs no Unicode. Owns
 * nothing and allocates nothing. Invariants: the grammar is checked here before any of the C
 * library's converters sees a byte; a refused input leaves the result untouched. Refuses
 * surrounding space, '+', hexadecimal floats, infinities and everything that depends on a locale.
 */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

#define DOUBLE_BYTES_MAX 100

static bool is_digit(char c);
static char lower(char c);
static int hex_value(char c);
static bool double_grammar(struct str s, size_t *point);

bool text_parse_int(struct str s, int64_t min, int64_t max, int64_t *out)
{
    bool negative = s.bytes > 0 && s.at[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == s.bytes) {
        return false;
    }
    int64_t value = 0;
    for (; i < s.bytes; i++) {
        if (!is_digit(s.at[i])) {
            return false;
        }
        int digit = s.at[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value)) {
            return false;
        }
    }
    if (value < min || value > max) {
        return false;
    }
    *out = value;
    return true;
}

bool text_parse_double(struct str s, double min, double max, double *out)
{
    size_t point = s.bytes;
    if (s.bytes > DOUBLE_BYTES_MAX || !double_grammar(s, &point)) {
        return false;
    }
    /* strtod wants the locale's point, in one byte or more; printf shows it between two digits. */
    char sample[16];
    int count = snprintf(sample, sizeof sample, "%.1f", 0.5);
    if (count < 3 || count >= (int)sizeof sample) {
        return false;
    }
    size_t point_bytes = (size_t)count - 2;
    char text[DOUBLE_BYTES_MAX + sizeof sample + 1];
    size_t bytes = point;
    memcpy(text, s.at, point);
    if (point < s.bytes) {
        memcpy(text + bytes, sample + 1, point_bytes);
        bytes += point_bytes;
        memcpy(text + bytes, s.at + point + 1, s.bytes - point - 1);
        bytes += s.bytes - point - 1;
    }
    text[bytes] = '\0';
    double value = strtod(text, NULL);
    /* An infinity from overflow is outside even of infinite limits. */
    if (!(value >= min && value <= max) || value - value != 0) {
        return false;
    }
    *out = value;
    return true;
}

void text_hex(const void *bytes, size_t count, char *out)
{
    static const char hex[] = "0123456789abcdef";
    const unsigned char *at = bytes;
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = hex[at[i] >> 4];
        out[2 * i + 1] = hex[at[i] & 15];
    }
    out[2 * count] = '\0';
}

bool text_unhex(struct str s, void *bytes, size_t count)
{
    if (s.bytes % 2 != 0 || s.bytes / 2 != count) {
        return false;
    }
    for (size_t i = 0; i < s.bytes; i++) {
        if (hex_value(s.at[i]) < 0) {
            return false;
        }
    }
    unsigned char *at = bytes;
    for (size_t i = 0; i < count; i++) {
        at[i] = (unsigned char)(hex_value(s.at[2 * i]) * 16 + hex_value(s.at[2 * i + 1]));
    }
    return true;
}

bool text_equal_nocase(struct str a, struct str b)
{
    if (a.bytes != b.bytes) {
        return false;
    }
    for (size_t i = 0; i < a.bytes; i++) {
        if (lower(a.at[i]) != lower(b.at[i])) {
            return false;
        }
    }
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int hex_value(char c)
{
    c = lower(c);
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool skip_digits(struct str s, size_t *i)
{
    size_t from = *i;
    while (*i < s.bytes && is_digit(s.at[*i])) {
        ++*i;
    }
    return *i > from;
}

/* -?digits(.digits)?([eE][+-]?digits)? ; *point is where the '.' stands, if it does. */
static bool double_grammar(struct str s, size_t *point)
{
    size_t i = s.bytes > 0 && s.at[0] == '-' ? 1 : 0;
    if (!skip_digits(s, &i)) {
        return false;
    }
    if (i < s.bytes && s.at[i] == '.') {
        *point = i++;
        if (!skip_digits(s, &i)) {
            return false;
        }
    }
    if (i < s.bytes && lower(s.at[i]) == 'e') {
        i++;
        if (i < s.bytes && (s.at[i] == '+' || s.at[i] == '-')) {
            i++;
        }
        if (!skip_digits(s, &i)) {
            return false;
        }
    }
    return i == s.bytes;
}
