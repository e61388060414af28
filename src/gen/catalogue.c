/* Owns the reading of message catalogues: one JSON object whose members are all strings. Less than
 * JSON on purpose: no nesting, no numbers. Every mistake carries its line; a key that stands twice
 * is a mistake, because the reader of the file would believe the wrong one.
 */
#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const char *file;
    const char *at, *end;
    int line;
};

static void space(struct reader *r)
{
    while (r->at < r->end && memchr(" \t\r\n", *r->at, 4)) {
        if (*r->at == '\n') r->line++;
        r->at++;
    }
}

static void expect(struct reader *r, char c)
{
    space(r);
    if (r->at == r->end || *r->at != c) gen_fail(r->file, r->line, "'%c' expected here", c);
    r->at++;
}

static unsigned hex4(struct reader *r)
{
    unsigned v = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        const char *digits = "0123456789abcdef";
        const char *d = r->at < r->end && *r->at ? strchr(digits, *r->at | 0x20) : NULL;
        if (!d) gen_fail(r->file, r->line, "\\u needs four hexadecimal digits");
        v = v * 16 + (unsigned)(d - digits);
    }
    return v;
}

static void add_point(struct gen_buf *b, unsigned p)
{
    unsigned char u[4];
    size_t n;
    if (p < 0x80) {
        u[0] = (unsigned char)p;
        n = 1;
    } else if (p < 0x800) {
        u[0] = (unsigned char)(0xC0 | p >> 6);
        u[1] = (unsigned char)(0x80 | (p & 63));
        n = 2;
    } else if (p < 0x10000) {
        u[0] = (unsigned char)(0xE0 | p >> 12);
        u[1] = (unsigned char)(0x80 | (p >> 6 & 63));
        u[2] = (unsigned char)(0x80 | (p & 63));
        n = 3;
    } else {
        u[0] = (unsigned char)(0xF0 | p >> 18);
        u[1] = (unsigned char)(0x80 | (p >> 12 & 63));
        u[2] = (unsigned char)(0x80 | (p >> 6 & 63));
        u[3] = (unsigned char)(0x80 | (p & 63));
        n = 4;
    }
    gen_add(b, u, n);
}

static void escape(struct reader *r, struct gen_buf *b)
{
    char c = r->at < r->end ? *r->at++ : 0;
    switch (c) {
    case '"':
    case '\\':
    case '/': gen_add(b, &c, 1); return;
    case 'n': gen_add(b, "\n", 1); return;
    case 't': gen_add(b, "\t", 1); return;
    case 'u': break;
    default: gen_fail(r->file, r->line, "unknown escape in a string");
    }
    unsigned p = hex4(r);
    if (p >= 0xD800 && p < 0xDC00) {
        if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u') {
            gen_fail(r->file, r->line, "half of a surrogate pair");
        }
        r->at += 2;
        unsigned low = hex4(r);
        if (low < 0xDC00 || low > 0xDFFF) gen_fail(r->file, r->line, "half of a surrogate pair");
        p = 0x10000 + ((p - 0xD800) << 10) + (low - 0xDC00);
    } else if (p >= 0xDC00 && p < 0xE000) {
        gen_fail(r->file, r->line, "half of a surrogate pair");
    }
    if (p == 0) gen_fail(r->file, r->line, "NUL in a string");
    add_point(b, p);
}

static char *string(struct reader *r)
{
    struct gen_buf b = {0};
    expect(r, '"');
    gen_add(&b, "", 0);
    for (;;) {
        if (r->at == r->end || *r->at == '\n') gen_fail(r->file, r->line, "a string has no end");
        unsigned char c = (unsigned char)*r->at++;
        if (c == '"') return b.at;
        if (c < 32) gen_fail(r->file, r->line, "a control character in a string");
        if (c == '\\') {
            escape(r, &b);
        } else {
            gen_add(&b, &c, 1);
        }
    }
}

static bool utf8_valid(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    while (*s) {
        unsigned n = *s < 0x80                 ? 0
                     : *s >= 0xC2 && *s < 0xE0 ? 1
                     : *s >= 0xE0 && *s < 0xF0 ? 2
                     : *s >= 0xF0 && *s < 0xF5 ? 3
                                               : 9;
        if (n == 9 || (*s == 0xE0 && s[1] < 0xA0) || (*s == 0xF0 && s[1] < 0x90)) return false;
        if ((*s == 0xED && s[1] >= 0xA0) || (*s == 0xF4 && s[1] >= 0x90)) return false;
        for (unsigned i = 1; i <= n; i++) {
            if ((s[i] & 0xC0) != 0x80) return false;
        }
        s += n + 1;
    }
    return true;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct gen_entry *)a)->key, ((const struct gen_entry *)b)->key);
}

static void check_twice(const struct gen_catalogue *c)
{
    for (size_t i = 1; i < c->count; i++) {
        const struct gen_entry *a = &c->entries[i - 1], *b = &c->entries[i];
        if (strcmp(a->key, b->key) == 0) {
            int late = a->line > b->line ? a->line : b->line;
            gen_error(c->file, late, "key \"%s\" stands twice", a->key);
        }
    }
}

struct gen_catalogue gen_catalogue_read(const char *file)
{
    struct gen_buf text = gen_read(file);
    struct gen_catalogue c = {.file = file};
    struct reader r = {file, text.at, text.at + text.bytes, 1};
    if (!utf8_valid(text.at) || strlen(text.at) != text.bytes) gen_fail(file, 0, "is not UTF-8");
    expect(&r, '{');
    space(&r);
    while (r.at < r.end && *r.at != '}') {
        c.entries = gen_grow(c.entries, c.count, sizeof *c.entries);
        struct gen_entry *e = &c.entries[c.count++];
        space(&r);
        e->line = r.line;
        e->key = string(&r);
        expect(&r, ':');
        e->text = string(&r);
        space(&r);
        if (r.at < r.end && *r.at == '}') break;
        expect(&r, ',');
    }
    expect(&r, '}');
    space(&r);
    if (r.at != r.end) gen_fail(file, r.line, "text behind the object's end");
    if (c.count) qsort(c.entries, c.count, sizeof *c.entries, by_key);
    check_twice(&c);
    return c;
}

const struct gen_entry *gen_catalogue_find(const struct gen_catalogue *c, const char *key)
{
    struct gen_entry wanted = {.key = gen_copy(key, strlen(key))};
    return c->count ? bsearch(&wanted, c->entries, c->count, sizeof wanted, by_key) : NULL;
}

bool gen_slots_has(const struct gen_slots *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->name[i], name) == 0) return true;
    }
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

struct gen_slots gen_slots_of(const char *file, int line, const char *text)
{
    struct gen_slots s = {0};
    for (const char *p = text; *p; p++) {
        if (*p == '}') gen_fail(file, line, "'}' without '{'");
        if (*p != '{') continue;
        size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
        if (n == 0 || n >= GEN_SLOT_ROOM || p[1 + n] != '}') {
            gen_fail(file, line, "a placeholder reads {name}, lower case");
        }
        char name[GEN_SLOT_ROOM] = {0};
        memcpy(name, p + 1, n);
        p += n + 1;
        if (gen_slots_has(&s, name)) continue;
        if (s.count == GEN_SLOTS_MAX) gen_fail(file, line, "too many placeholders");
        memcpy(s.name[s.count++], name, sizeof name);
    }
    if (s.count) qsort(s.name, s.count, sizeof s.name[0], by_name);
    return s;
}
