/* What the build's own programs share: a buffer that ends the program when memory runs out, files
 * read and written whole, mistakes reported as `file:line: error: …` the way a compiler does, flat
 * JSON catalogues, and C literals. Host programs only: plain C17 and libc, nothing of the product.
 *
 * A program collects mistakes with gen_error() and calls gen_end() before it writes anything, so
 * that one run names every mistake and a failed run leaves no output behind.
 */
#ifndef GEN_GEN_H
#define GEN_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gen_buf {
    char *at; /* NUL-terminated once anything was added */
    size_t bytes, room;
};

void gen_add(struct gen_buf *b, const void *bytes, size_t count);
void gen_add_text(struct gen_buf *b, const char *text);
void gen_printf(struct gen_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A C string literal of the bytes, quotes included; every piece of it is below C's guaranteed
 * length only if the caller keeps count under GEN_LITERAL_MAX. */
#define GEN_LITERAL_MAX 2000
void gen_add_literal(struct gen_buf *b, const char *bytes, size_t count);

/* The bytes as the inside of an array initialiser: "1,2,3,\n…". */
void gen_add_bytes(struct gen_buf *b, const void *bytes, size_t count);

/* "a.b-c" as an identifier: letters and digits kept (upper-cased when asked), the rest '_'. */
void gen_add_name(struct gen_buf *b, const char *text, bool upper);

/* The whole file; ends the program when it cannot be read. The memory is never freed. */
struct gen_buf gen_read(const char *path);
bool gen_read_if_there(const char *path, struct gen_buf *out);

/* Writes the file unless it already holds just these bytes, so that nothing is compiled again. */
void gen_write(const char *path, const struct gen_buf *b);

/* line 0: the file as a whole. */
void gen_error(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void gen_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void gen_end(void); /* ends the program with status 1 when there was a gen_error */

void *gen_alloc(size_t count, size_t bytes); /* zeroed; never NULL */
char *gen_copy(const char *bytes, size_t count);
void *gen_grow(void *list, size_t count, size_t bytes); /* room for at least count + 1 elements */

/* ---- catalogues: one flat JSON object of strings ---- */

struct gen_entry {
    char *key;
    char *text; /* UTF-8, unescaped */
    int line;
};

struct gen_catalogue {
    const char *file;
    struct gen_entry *entries; /* sorted by key */
    size_t count;
};

/* Reports syntax, bad UTF-8 and keys that are given twice. */
struct gen_catalogue gen_catalogue_read(const char *file);
const struct gen_entry *gen_catalogue_find(const struct gen_catalogue *c, const char *key);

/* The placeholders "{name}" of a text, each once, sorted; at most GEN_SLOTS_MAX. A stray brace is an
 * error at (file, line). */
#define GEN_SLOTS_MAX 8
#define GEN_SLOT_ROOM 24
struct gen_slots {
    size_t count;
    char name[GEN_SLOTS_MAX][GEN_SLOT_ROOM];
};
struct gen_slots gen_slots_of(const char *file, int line, const char *text);
bool gen_slots_has(const struct gen_slots *s, const char *name);

#endif
