/* The head of a request, read by one strict parser: nobody behind it reads the bytes again, so that
 * there are no two opinions about where a request ends. Pure: no socket, no allocation.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define HEAD_FIELDS_MAX 64
#define HEAD_TARGET_BYTES_MAX 8192
#define HEAD_HOST_BYTES_MAX 255

/* The fields that this room itself asks for; found while parsing. */
enum head_known {
    HEAD_ACCEPT_ENCODING,
    HEAD_AUTHORIZATION,
    HEAD_CONNECTION,
    HEAD_CONTENT_LENGTH,
    HEAD_CONTENT_TYPE,
    HEAD_COOKIE,
    HEAD_EXPECT,
    HEAD_HOST,
    HEAD_IF_NONE_MATCH,
    HEAD_IF_RANGE,
    HEAD_ORIGIN,
    HEAD_RANGE,
    HEAD_SEC_FETCH_SITE,
    HEAD_TRANSFER_ENCODING,
    HEAD_X_FORWARDED_FOR,
    HEAD_X_FORWARDED_PROTO,
    HEAD_KNOWN_COUNT,
};

struct head_field {
    struct str name;
    struct str value; /* without white space at both ends */
};

struct head {
    struct str method;
    struct str target;      /* as sent: '/' and visible ASCII without '#' */
    struct str path;        /* of target, before '?' */
    struct str query;       /* behind '?'; .at NULL: there is none */
    int minor;              /* HTTP/1.<minor>: 0 or 1 */
    int64_t content_length; /* 0 when there is no such field */
    bool keep_alive;        /* what version and Connection ask for */
    bool says_close, says_keep_alive;
    size_t count;
    uint8_t known[HEAD_KNOWN_COUNT]; /* index + 1 of the first such field, 0: none */
    struct head_field field[HEAD_FIELDS_MAX];
};

/* text: from the first byte of the request line to the empty line, both CR LF included; borrowed by
 * out. 0, or the status to refuse with (out is then unspecified):
 *   400  anything that RFC 9112 does not allow, and what it allows but smugglers love: bare LF,
 *        obs-fold, white space before ':', no or two Host fields, two fields of one kind that must
 *        be single, a Content-Length that is not digits, Content-Length beside Transfer-Encoding,
 *        a target that is not a path
 *   413  a Content-Length of more than 15 digits
 *   411  Transfer-Encoding: a body must say its length beforehand
 *   414  target too long       431  too many fields       505  not HTTP/1.0 or 1.1
 */
int head_parse(struct str text, struct head *out);

/* .at NULL when absent. */
struct str head_get(const struct head *h, enum head_known which);
struct str head_find(const struct head *h, struct str name); /* the first, without case */

#endif
