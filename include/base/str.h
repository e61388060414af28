/* A borrowed run of bytes: not terminated, never owned. All untrusted input travels as one. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *at; /* may be NULL when bytes is 0 */
    size_t bytes;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* The same where C wants a constant: static const struct str names[] = {STR_INIT("a"), …}; */
/* clang-format off */
#define STR_INIT(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */
#define STR_NONE ((struct str){NULL, 0})
/* For printf: "%.*s", STR_FMT(s) */
#define STR_FMT(s) (int)(s).bytes, ((s).at ? (s).at : "")

static inline struct str str_of(const char *terminated)
{
    return (struct str){terminated, terminated ? strlen(terminated) : 0};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.bytes == b.bytes && (a.bytes == 0 || memcmp(a.at, b.at, a.bytes) == 0);
}

static inline bool str_starts(struct str s, struct str head)
{
    return s.bytes >= head.bytes && (head.bytes == 0 || memcmp(s.at, head.at, head.bytes) == 0);
}

#endif
