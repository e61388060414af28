/* What the files of this room share: the server, the request, and the steps between them. */
#ifndef HTTP_ROOM_H
#define HTTP_ROOM_H

#include <pthread.h>
#include <stdatomic.h>

#include "budget.h"
#include "civet_glue.h"
#include "head.h"
#include "http/http.h"
#include "hub.h"
#include "route.h"
#include "certs.h"

#define ARENAS_MAX 64 /* kept for reuse; more are made and given back */
#define ADDED_HEADERS_MAX 16

struct http_server {
    struct http_options options; /* with the defaults filled in */
    struct http_hooks hooks;
    const struct env *env;
    struct route_table *routes;
    struct certs *certs; /* NULL: plain */
    struct glue *glue;
    struct hub *hub;
    struct budget bodies;
    char url[HTTP_LISTEN_MAX][128];
    pthread_mutex_t complaint_lock;
    char *complaint; /* 256 bytes while starting, then NULL */

    pthread_mutex_t arena_lock;
    struct arena *arena[ARENAS_MAX];
    size_t arena_count;
    size_t arena_keep; /* about the number of cores: see server.c */

    atomic_int_fast64_t requests;
    atomic_int_fast64_t responses_5xx;
};

struct added_header {
    const char *name;
    struct str value;
};

struct http_request {
    struct http_server *server;
    struct mg_connection *connection;
    const struct head *head;
    enum http_method method;
    bool head_only; /* HEAD: method is HTTP_GET */
    char id[9];
    struct arena *arena; /* borrowed at first use */
    struct wire_path path;
    struct route_match match;

    struct http_who who;
    bool who_known;

    bool body_known;
    enum err body_err;
    struct str body;
    void *body_owned;   /* NULL: the body lies in the connection's buffer */
    size_t body_budget; /* bytes to give back */

    struct added_header added[ADDED_HEADERS_MAX];
    size_t added_count;
    bool answered;
    int status;
};

/* ---- dispatch.c ---- */

void dispatch_request(void *server, struct mg_connection *c, const struct head *head);
void dispatch_refusal(void *server, struct mg_connection *c, int status);

/* ---- request.c ---- */

void arena_give_back(struct http_request *r);
const char *session_cookie_name(const struct http_request *r);

/* ---- body.c ---- */

void body_release(struct http_request *r);

/* ---- answer.c ---- */

/* A response's head, printed by hand into the caller's stack: civetweb's header interface halves
 * the throughput. Full: `over`, and nothing is sent. */
#define HEAD_PRINTED_BYTES_MAX 6144

struct printed {
    size_t bytes;
    bool over;
    char at[HEAD_PRINTED_BYTES_MAX];
};

void print_text(struct printed *p, const char *text);
void print_str(struct printed *p, struct str s);
void print_int(struct printed *p, int64_t n);

/* Status line and every field that an answer has anyway, those of http_add_header included; decides
 * whether the connection is kept. No Content-Length, no empty line. */
void print_head(struct printed *p, struct http_request *r, int status, enum http_caching caching);

/* Ends the head and sends it with the body (left out for HEAD). Once per request. False: the client
 * is gone. */
bool send_printed(struct printed *p, struct http_request *r, int status, struct str body);

void print_etag(struct printed *p, struct str etag);
bool etag_matches(const struct http_request *r, struct str etag);

/* How long an answer of so many bytes may take a slow client. */
uint64_t write_deadline_ns(int64_t bytes);

#endif
