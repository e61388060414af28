/* All that this room sees of civetweb. A struct mg_connection is one connection with the request
 * that it carries now; it belongs to its worker's thread, which is the only one that may call the
 * glue_* functions that take one.
 */
#ifndef HTTP_CIVET_GLUE_H
#define HTTP_CIVET_GLUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "head.h"

struct mg_connection;
struct ssl_st;     /* SSL */
struct ssl_ctx_st; /* SSL_CTX */

struct glue; /* one running civetweb */

#define GLUE_REQUEST_BYTES_MAX 16384 /* of a request's head */

struct glue_hooks {
    void *context;
    /* A well-formed request: must be answered. */
    void (*request)(void *context, struct mg_connection *c, const struct head *head);
    /* One that is not, or never came whole: `status` is all there is to say. Closed afterwards. */
    void (*refused)(void *context, struct mg_connection *c, int status);
    /* What civetweb would print. Any thread; also during glue_start. */
    void (*complaint)(void *context, const char *text);
};

struct glue_options {
    const char *listen; /* civetweb's syntax: "127.0.0.1:80,[::]:443s" */
    unsigned workers;
    struct ssl_ctx_st *tls; /* for the addresses that end in 's'; borrowed until glue_set_tls */
};

/* hooks are copied. ERR_IO: complaint has said why. */
enum err glue_start(const struct glue_options *options, const struct glue_hooks *hooks,
                    struct glue **out) ERR_CHECKED;

unsigned glue_port(const struct glue *g, size_t index);

/* From now on new handshakes use tls. The old one is the caller's again. Any thread. */
void glue_set_tls(struct glue *g, struct ssl_ctx_st *tls);

/* The four steps of stopping, all from one thread: no new connections; then, again and again, ends
 * connections without a running request and returns how many have one; at last ends everything. */
void glue_stop_listening(struct glue *g);
unsigned glue_close_idle(struct glue *g);
void glue_stop(struct glue *g);

unsigned glue_busy(struct glue *g);

/* ---- one connection ---- */

uint64_t glue_now_ns(void); /* monotonic */

bool glue_is_tls(const struct mg_connection *c);
bool glue_peer_is_loopback(const struct mg_connection *c);
struct str glue_peer(const struct mg_connection *c); /* the address as text */

/* The whole body if it came along with the head: borrowed until the request ends; .at NULL: there
 * is more to read. Takes it: glue_unread is false afterwards. */
struct str glue_body_at_hand(struct mg_connection *c);

/* Reads what is there, at least one byte. > 0: so many; 0: the body is at its end; -1: the deadline
 * has passed; -2: the connection is gone or the server stops. After -1 and -2: glue_close. */
int64_t glue_read(struct mg_connection *c, void *to, size_t count, uint64_t deadline_ns);

/* Is there a body, or a part of one, that the next request on this connection would begin
 * behind? */
bool glue_unread(const struct mg_connection *c);

/* Would the connection survive this request? False when it should not by what the client asked, by
 * what is unread, because few workers are left, or because the server stops. */
bool glue_may_keep(const struct mg_connection *c);

/* The connection ends after this request. What the client still sends is read and thrown away for a
 * moment, so that the answer is not lost to a reset. */
void glue_close(struct mg_connection *c);

/* Writes both, as one packet where that is possible. False: not before the deadline, or the client
 * is gone; the connection is then closed after this request. */
bool glue_write(struct mg_connection *c, struct str first, struct str second, uint64_t deadline_ns);

/* The socket is the caller's from now on (non-blocking), with its TLS state or NULL. */
void glue_take(struct mg_connection *c, int *fd, struct ssl_st **ssl);

/* For measuring only: a civetweb that answers every request with these bytes and nothing of
 * ours. */
enum err glue_floor_start(struct str answer, unsigned workers, struct glue **out) ERR_CHECKED;

#endif
