/* A JSON printer on a struct buf: commas and nesting are kept by the printer, text is escaped and
 * made valid UTF-8 (bad bytes become U+FFFD). It prints; reading JSON is api's business (cJSON).
 *
 *     struct json j;
 *     json_init(&j, out);
 *     json_object(&j);
 *     json_key_text(&j, "ref", ref);
 *     json_key(&j, "photos"); json_array(&j); … json_end(&j);
 *     json_end(&j);
 *
 * Depth is at most JSON_DEPTH_MAX; more is a programmer's mistake, and so are a value in an object
 * without its key, a key outside an object and an end too many. Several values at depth 0 are
 * printed one after the other; what stands between them is the caller's.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define JSON_DEPTH_MAX 32

struct json {
    struct buf *out;
    unsigned depth;
    uint32_t has_member; /* bit d: level d + 1 already holds a member */
    uint32_t is_object;  /* bit d: level d + 1 is an object */
    bool after_key;
};

void json_init(struct json *j, struct buf *out);
void json_object(struct json *j);
void json_array(struct json *j);
void json_end(struct json *j); /* closes the innermost object or array */
void json_key(struct json *j, const char *name);

void json_str(struct json *j, struct str s);   /* NULL .at prints "" */
void json_text(struct json *j, const char *s); /* NULL prints null */
void json_int(struct json *j, int64_t n);
/* The shortest of 15 to 17 digits that reads back the same, whatever the locale; NaN, inf: null. */
void json_double(struct json *j, double d);
void json_bool(struct json *j, bool b);
void json_null(struct json *j);
/* n / 10^decimals as a decimal number, without floats: json_scaled(j, 356789012, 7) -> 35.6789012;
 * all decimals are printed. decimals is at most 18. */
void json_scaled(struct json *j, int64_t n, unsigned decimals);
/* milliseconds since 1970 as "2026-11-22T03:44:48.000Z" */
void json_time(struct json *j, int64_t at_ms);

void json_key_str(struct json *j, const char *name, struct str s);
void json_key_text(struct json *j, const char *name, const char *s);
void json_key_int(struct json *j, const char *name, int64_t n);
void json_key_bool(struct json *j, const char *name, bool b);

#endif
