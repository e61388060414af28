/* The small grammars inside a request: percent-encoding, paths, query strings, cookies, lists of
 * encodings and entity tags, byte ranges. Pure: bytes in, borrowed or arena-owned bytes out.
 */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* ---- percent-encoding (RFC 3986 §2.1; form_plus: also '+' for a space, as forms do) ---- */

/* Borrows when there is nothing to decode. ERR_INPUT: '%' without two hex digits; ERR_NOMEM. */
enum err wire_decode(struct str s, bool form_plus, struct arena *a, struct str *out) ERR_CHECKED;

/* Does s, decoded, equal name? Malformed: no. Allocates nothing. */
bool wire_decodes_to(struct str s, bool form_plus, struct str name);

/* ---- the path ---- */

#define WIRE_PATH_BYTES_MAX 2048
#define WIRE_SEGMENTS_MAX 16

struct wire_path {
    struct str text; /* decoded */
    struct str segment[WIRE_SEGMENTS_MAX];
    size_t count;        /* "/" has none */
    bool trailing_slash; /* and it is not "/" */
};

/* raw begins with '/'. 0, or the status to refuse with: 400 for malformed escapes, control
 * characters, '/' and '\' in escaped form, "." and ".." segments, invalid UTF-8; 404 for an empty
 * segment or more segments than any route has; 414; 503 without memory. */
int wire_path_split(struct str raw, struct arena *a, struct wire_path *out);

/* ---- query ---- */

/* The raw value of the first pair whose decoded name is `name`; .at NULL: none. */
struct str wire_query_find(struct str query, struct str name);

/* Walks name=value pairs between '&': the next pair into name and value (raw); false at the end.
 * Empty pairs are skipped. A pair without '=' has the value "". */
bool wire_pair_next(struct str *rest, struct str *name, struct str *value);

/* ---- cookies (RFC 6265 §4.2.1, as sent by user agents) ---- */

/* The value of the first cookie of that name, quotes around it removed; .at NULL: none. Names are
 * compared exactly. Malformed pairs are skipped. */
struct str wire_cookie_find(struct str field, struct str name);

/* ---- negotiation ---- */

/* Accept-Encoding: is that coding acceptable (RFC 9110 §12.5.3)? An absent field: no. */
bool wire_accepts_encoding(struct str field, struct str coding);

/* If-None-Match: does the list hold the tag (without quotes; weak comparison) or '*'? */
bool wire_etag_listed(struct str field, struct str etag);

struct wire_range {
    int64_t first, last; /* inclusive */
};

enum wire_range_kind {
    WIRE_RANGE_NONE, /* no range, several, or not understood: answer the whole */
    WIRE_RANGE_ONE,
    WIRE_RANGE_UNSATISFIABLE, /* 416 */
};

/* Range (RFC 9110 §14.1.2) against a representation of that many bytes. */
enum wire_range_kind wire_range(struct str field, int64_t bytes, struct wire_range *out);

/* A parameter of a structured value (`form-data; name="x"`, `multipart/form-data; boundary=x`).
 * Walks behind the first ';': the next parameter into name and value; `quoted`: value lay in quotes
 * and still holds its backslashes. false at the end; *malformed says that the end came too
 * early. */
bool wire_param_next(struct str *rest, struct str *name, struct str *value, bool *quoted,
                     bool *malformed);

/* Without spaces and tabs at both ends. */
struct str wire_trim(struct str s);

#endif
