/* Owns what the host programs of the build share (see gen.h). Memory is taken and never given back:
 * each program reads a few files, writes a few files and ends. Refuses to write a file that already
 * holds the same bytes, because a new time stamp would compile half the tree again.
 */
#include "gen.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned error_count;

static void report(const char *file, int line, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void report(const char *file, int line, const char *format, va_list args)
{
    if (line > 0) {
        (void)fprintf(stderr, "%s:%d: error: ", file, line);
    } else {
        (void)fprintf(stderr, "%s: error: ", file);
    }
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
}

void gen_error(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(file, line, format, args);
    va_end(args);
    error_count++;
}

_Noreturn void gen_fail(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(file, line, format, args);
    va_end(args);
    exit(1);
}

void gen_end(void)
{
    if (error_count > 0) exit(1);
}

void *gen_alloc(size_t count, size_t bytes)
{
    void *p = calloc(count ? count : 1, bytes ? bytes : 1);
    if (!p) gen_fail("gen", 0, "out of memory");
    return p;
}

void *gen_grow(void *list, size_t count, size_t bytes)
{
    /* Powers of two: grown only when count reaches one. */
    if (list && (count == 0 || (count & (count - 1)) != 0)) return list;
    void *p = realloc(list, (count ? count * 2 : 1) * bytes);
    if (!p) gen_fail("gen", 0, "out of memory");
    return p;
}

char *gen_copy(const char *bytes, size_t count)
{
    char *p = gen_alloc(count + 1, 1);
    memcpy(p, bytes, count);
    return p;
}

void gen_add(struct gen_buf *b, const void *bytes, size_t count)
{
    if (b->bytes + count + 1 > b->room) {
        size_t room = (b->bytes + count + 1) * 2;
        char *p = realloc(b->at, room);
        if (!p) gen_fail("gen", 0, "out of memory");
        b->at = p;
        b->room = room;
    }
    if (count) memcpy(b->at + b->bytes, bytes, count);
    b->bytes += count;
    b->at[b->bytes] = 0;
}

void gen_add_text(struct gen_buf *b, const char *text)
{
    gen_add(b, text, strlen(text));
}

void gen_printf(struct gen_buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) gen_fail("gen", 0, "a format failed");
    char *text = gen_alloc((size_t)n + 1, 1);
    (void)vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    gen_add(b, text, (size_t)n);
    free(text);
}

void gen_add_literal(struct gen_buf *b, const char *bytes, size_t count)
{
    gen_add(b, "\"", 1);
    for (size_t i = 0; i < count; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '\n') {
            gen_add_text(b, "\\n");
        } else if (c == '"' || c == '\\') {
            gen_printf(b, "\\%c", c);
        } else if (c < 32 || c > 126 || c == '?') { /* '?' could begin a trigraph */
            gen_printf(b, "\\%03o", c);
        } else {
            gen_add(b, &c, 1);
        }
    }
    gen_add(b, "\"", 1);
}

void gen_add_bytes(struct gen_buf *b, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < count; i++) {
        char digits[8];
        int n = snprintf(digits, sizeof digits, "%u,", at[i]);
        gen_add(b, digits, (size_t)n);
        if (i % 32 == 31) gen_add(b, "\n", 1);
    }
}

void gen_add_name(struct gen_buf *b, const char *text, bool upper)
{
    for (; *text; text++) {
        char c = *text;
        bool lower_case = c >= 'a' && c <= 'z';
        if (lower_case && upper) c = (char)(c - 'a' + 'A');
        if (!lower_case && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) c = '_';
        gen_add(b, &c, 1);
    }
}

bool gen_read_if_there(const char *path, struct gen_buf *out)
{
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    struct gen_buf b = {0};
    char block[8192];
    size_t n;
    while ((n = fread(block, 1, sizeof block, f)) > 0) gen_add(&b, block, n);
    bool ok = !ferror(f);
    (void)fclose(f);
    if (!ok) return false;
    gen_add(&b, "", 0);
    *out = b;
    return true;
}

struct gen_buf gen_read(const char *path)
{
    struct gen_buf b;
    if (!gen_read_if_there(path, &b)) gen_fail(path, 0, "cannot be read: %s", strerror(errno));
    return b;
}

void gen_write(const char *path, const struct gen_buf *b)
{
    struct gen_buf old;
    if (gen_read_if_there(path, &old) && old.bytes == b->bytes &&
        memcmp(old.at, b->at, b->bytes) == 0) {
        return;
    }
    FILE *f = fopen(path, "wb");
    if (!f) gen_fail(path, 0, "cannot be written: %s", strerror(errno));
    bool ok = fwrite(b->at, 1, b->bytes, f) == b->bytes;
    if (fclose(f) != 0 || !ok) gen_fail(path, 0, "cannot be written: %s", strerror(errno));
}
