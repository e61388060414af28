/* Requests in, responses out. The only room that sees civetweb and TLS; knows nothing of a town.
 *
 *     socket ─► civetweb worker ─► begin_request: refuse what is malformed ─► route table
 *            ─► who asks (hook) ─► permission ─► body, typed ─► handler
 *            ─► one write of head and body
 *
 * A handler reads typed input, calls one function of desk, renders. It runs on a worker thread with
 * a borrowed arena that is reset afterwards. It must answer exactly once.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/err.h"
#include "base/str.h"

struct http_server;
struct http_request;

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE };
/* HEAD is answered as GET without the body, OPTIONS and others with 405 and Allow. A path with a
 * '/' too many at its end is redirected for GET, else 404. */

/* Who may; decided before the handler is called. */
enum http_permission {
    HTTP_PUBLIC, /* anybody */
    HTTP_STAFF,  /* signed in */
    HTTP_ADMIN,  /* signed in as admin */
};

typedef void (*http_handler)(struct http_request *r, void *context);

/* One row says everything about a route: `towndesk routes` prints it, tests walk it. */
struct http_route {
    enum http_method method;
    const char *pattern; /* "/api/v1/cases/{ref}"; a segment in braces matches one segment */
    enum http_permission permission;
    size_t body_bytes_max; /* 0: a body is refused */
    http_handler handler;
    const char *help; /* one English line */
};

/* Who is asking, as the hook found from the session cookie; kept in the request. */
struct http_who {
    int64_t person_id; /* 0: nobody */
    bool is_admin;
    struct str name;
};

/* The hooks of the server's owner. */
struct http_hooks {
    void *context; /* passed to handlers as well */
    /* token: the session cookie's or bearer's value, never empty. Fills who (strings in the
     * request's arena) or leaves it alone. */
    void (*identify)(void *context, struct str token, struct arena *a, struct http_who *who);
    /* Renders an error in the form that suits the path (problem document or page): the single table
     * from enum err to a status is http's, the words are the owner's. See http_fail. */
    void (*fail)(void *context, struct http_request *r, int status, const char *code);
};

#define HTTP_LISTEN_MAX 8

struct http_options {
    const char *listen[HTTP_LISTEN_MAX]; /* "127.0.0.1:8311", "[::]:443"; port 0: any free one */
    size_t listen_count;
    const char *tls_cert, *tls_key; /* both or none; PEM; TLS 1.2 and 1.3 on every address */
    unsigned workers;               /* connections served at once; 0: 128 */
    size_t body_budget_bytes;       /* of all request bodies in memory together; past it: wait, then
                                     * 503; 0: 64 MB. A larger body gets in alone. */
    int64_t body_wait_ms;           /* for a place in that budget; 0: 10,000 */
    size_t request_arena_bytes;     /* the most that one request may allocate; 0: 16 MB */
    int64_t body_deadline_ms;       /* from the head to the last byte of a body; 0: 120,000; a
                                     * body that stands still for 20 s is cut off besides */
};

/* `routes`, the strings in options and env must outlive the server; hooks are copied. ERR_IO with
 * why in words when an address cannot be had or a certificate cannot be read, ERR_INPUT when what
 * stands in listen is not an address. Malformed or repeated patterns end the process. The files of
 * the certificate are looked at every second: replace them (rename) and new connections use
 * them. */
enum err http_server_start(const struct http_options *options, const struct http_route *routes,
                           size_t route_count, const struct http_hooks *hooks,
                           const struct env *env, struct http_server **out,
                           char why[256]) ERR_CHECKED;

/* Stops listening, ends idle connections at once, lets running requests end for at most drain_ms,
 * then closes their sockets. Returns when all handlers have; frees the server. */
void http_server_stop(struct http_server *s, int64_t drain_ms);

/* The addresses really listened on, "http://127.0.0.1:8311", index < listen_count; NULL behind. */
const char *http_server_url(const struct http_server *s, size_t index);

/* ---- reading a request ---- */

struct arena *http_arena(struct http_request *r);
void *http_context(struct http_request *r);
enum http_method http_method(const struct http_request *r);

/* Decoded, valid UTF-8, no control characters, no "." or ".." segments, at most 2,048 bytes. Before
 * any route is known, too: http_fail's hook may ask. In a 400 or 414 it may be the raw path:
 * visible ASCII. */
struct str http_path(const struct http_request *r);

/* 8 hex digits, also in X-Request-Id and in the log. */
struct str http_id(const struct http_request *r);

/* The session token that came with the request, the cookie's or the bearer's; "" or .at NULL: none. */
struct str http_session_token(const struct http_request *r);
const struct http_route *http_route(const struct http_request *r); /* NULL: none matched */

/* The client's address as text; from a proxy on this machine what it forwards (X-Forwarded-For). */
struct str http_peer(const struct http_request *r);

const struct http_who *http_who(struct http_request *r); /* asks the hook at its first call */
/* Came over TLS, or a proxy on this machine says so (X-Forwarded-Proto: https). */
bool http_is_secure(const struct http_request *r);
struct str http_host(const struct http_request *r); /* letters, digits and .-_:[] only, never "" */

/* The text that matched {name} in the pattern, percent-decoded, valid UTF-8. */
struct str http_param(const struct http_request *r, const char *name);

/* First value of a query parameter, decoded, valid UTF-8; .at NULL when absent or not decodable. */
struct str http_query(struct http_request *r, const char *name);

/* Header looked up once, without case; .at NULL when absent. */
struct str http_header(const struct http_request *r, const char *name);
struct str http_cookie(const struct http_request *r, const char *name);

/* The whole body: read before the deadline into the budget; owned by the request; the same again
 * when asked again. ERR_TOO_BIG over the route's limit (refused with 413 before the handler, too),
 * ERR_BUSY when the budget stays exhausted, ERR_INPUT when cut short. Bodies without a
 * Content-Length are refused with 411. */
enum err http_body(struct http_request *r, struct str *out) ERR_CHECKED;

/* Is Content-Type application/json? Endpoints that read JSON insist on it: forms of other sites
 * cannot send it. Answer http_fail_code(r, 415, "media_type") if not. */
bool http_has_json(const struct http_request *r);

/* One part of a form (multipart/form-data or application/x-www-form-urlencoded), borrowed from the
 * body. */
struct http_field {
    struct str name;     /* valid UTF-8 */
    struct str filename; /* .at NULL: not a file. Never used as a path. */
    struct str type;     /* Content-Type of the part, "" */
    struct str value;
};

#define HTTP_FIELDS_MAX 64

struct http_form {
    struct http_field field[HTTP_FIELDS_MAX];
    size_t count;
};

/* Reads body and parses it. ERR_INPUT: not a form or malformed; ERR_TOO_BIG: too many fields. */
enum err http_form_read(struct http_request *r, struct http_form *out) ERR_CHECKED;
/* The first such; .at NULL when absent. */
struct str http_form_get(const struct http_form *f, const char *name);

/* The pure parsers, for tests and fuzzers. `content_type` is the header's value. */
enum err http_form_parse(struct str content_type, struct str body, struct arena *a,
                         struct http_form *out) ERR_CHECKED;

/* ---- answering: exactly one of these per request ---- */

/* Before the answer; name is borrowed until then, value is copied. At most 16. With a control
 * character in it, it is left out and logged. Content-Security-Policy, Referrer-Policy and
 * Cross-Origin-Resource-Policy replace the server's own. */
void http_add_header(struct http_request *r, const char *name, struct str value);

enum http_caching {
    HTTP_NO_STORE,  /* personal data, errors */
    HTTP_NO_CACHE,  /* must revalidate (with an ETag: 304 is answered here) */
    HTTP_IMMUTABLE, /* hashed names, photos; private when the route is not HTTP_PUBLIC */
};

struct http_answer {
    int status;
    const char *type; /* "application/json" gets no charset, text/… gets utf-8 */
    struct str body;
    enum http_caching caching;
    struct str etag;      /* without quotes; "": none. If-None-Match gives 304 */
    const char *encoding; /* "gzip", "br" or NULL: body is already so encoded */
};

void http_answer(struct http_request *r, const struct http_answer *answer);

/* The usual: no-store. */
void http_answer_json(struct http_request *r, int status, struct str body);
void http_answer_html(struct http_request *r, int status, struct str body);

/* A path of ours, with its query; UTF-8 and spaces are percent-encoded, '%' is left alone. What
 * does not stay on this host goes to "/" instead, and into the log. */
void http_redirect(struct http_request *r, int status, struct str location);

/* bytes of unknown place, read piecewise through `read` (exactly count bytes, at most 64 KB a
 * time); answers Range with 206 or 416 and If-None-Match with 304. `download_name` NULL: inline. If
 * the first read fails, http_fail answers; later ones cut the answer off. */
typedef enum err (*http_source)(void *context, int64_t offset, void *out, size_t count);
void http_answer_source(struct http_request *r, const char *type, struct str etag, int64_t bytes,
                        enum http_caching caching, const char *download_name, http_source read,
                        void *context);

/* e -> status and code by the one table, words by hooks.fail:
 *     INPUT 422 invalid      NOT_FOUND 404 not_found   DENIED 403 denied    CONFLICT 409 conflict
 *     TOO_BIG 413 too_big    BUSY 503 busy             IO 503 storage       NOMEM 503 memory
 *     CORRUPT 500 corrupt
 * The server itself says besides: 400 bad_path, 401 sign_in_required, 403 cross_site,
 * 405 method_not_allowed, 414 bad_path, 417 expectation_failed, 500 internal. 503 has
 * Retry-After: 2. */
void http_fail(struct http_request *r, enum err e);
void http_fail_code(struct http_request *r, int status, const char *code);

/* The session cookie: HttpOnly, SameSite=Lax, Path=/, Secure over TLS (then its name begins with
 * __Host-). max_age_s 0: delete it. Values: RFC 6265's cookie-octets; others are left out and
 * logged. */
void http_set_session(struct http_request *r, struct str token, int64_t max_age_s);
void http_set_cookie(struct http_request *r, const char *name, struct str value, int64_t max_age_s);

/* Does the caller accept "br" / "gzip"? */
bool http_accepts_encoding(const struct http_request *r, const char *name);

/* ---- server-sent events: the socket leaves its worker (http/hub.c) ---- */

/* Answers with an event stream and keeps the connection in the hub's one thread; 503 past
 * 10,000. */
void http_answer_events(struct http_request *r);
/* To every listener: `id: <id>\nevent: <name>\ndata: <data>\n\n`; at most 64 KB. Any thread, never
 * waits. A listener that cannot take it at once is dropped and connects again. */
void http_broadcast(struct http_server *s, int64_t id, const char *name, struct str data);

struct http_stats {
    int64_t requests, responses_5xx, listeners, workers_busy, body_bytes_held;
};
void http_stats(struct http_server *s, struct http_stats *out);

#endif
