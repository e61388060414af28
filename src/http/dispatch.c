/* Takes a well-formed request from refusal to answer, in this order:
 *
 *     path ─► route (404, 405, trailing slash) ─► expectation (417) ─► cross-site (403)
 *          ─► size (413) ─► permission (401, 403) ─► handler ─► was it answered?
 *
 * Owns the struct http_request, on its worker's stack. Invariants: a handler runs only for a
 * request that passed every step before it; whatever a request borrowed is given back before the
 * connection reads the next one; log lines hold neither query nor personal data.
 */
#include "room.h"

#include "base/text.h"

static void handle(struct http_request *r);
static bool find_route(struct http_request *r);
static bool from_elsewhere(const struct http_request *r);
static void redirect_without_slash(struct http_request *r);

static const struct {
    const char *name;
    enum http_method method;
} methods[] = {
    {"GET", HTTP_GET},     {"POST", HTTP_POST},     {"PUT", HTTP_PUT},
    {"PATCH", HTTP_PATCH}, {"DELETE", HTTP_DELETE}, {"HEAD", HTTP_GET},
};

/* Eight random digits. The system is asked once for sixteen of them and thread. */
static void name_request(struct http_request *r)
{
    static _Thread_local struct {
        unsigned char bytes[64];
        size_t left;
    } random;
    if (random.left == 0) {
        env_random(r->server->env, random.bytes, sizeof random.bytes);
        random.left = sizeof random.bytes;
    }
    random.left -= 4;
    text_hex(random.bytes + random.left, 4, r->id);
}

static void request_init(struct http_request *r, struct http_server *s, struct mg_connection *c,
                         const struct head *head)
{
    /* Not the whole of it: path, match and added are written before they are read. */
    r->server = s;
    r->connection = c;
    r->head = head;
    r->method = HTTP_GET;
    r->head_only = false;
    r->arena = NULL;
    r->path.text = STR_NONE;
    r->path.count = 0;
    r->match.route = NULL;
    r->match.param_count = 0;
    r->who = (struct http_who){.person_id = 0};
    r->who_known = false;
    r->body_known = false;
    r->body_err = ERR_NONE;
    r->body = STR_NONE;
    r->body_owned = NULL;
    r->body_budget = 0;
    r->added_count = 0;
    r->answered = false;
    r->status = 0;
    name_request(r);
    log_set_request(r->id);
}

void dispatch_request(void *server, struct mg_connection *c, const struct head *head)
{
    struct http_server *s = server;
    struct http_request r;
    uint64_t start = glue_now_ns();
    request_init(&r, s, c, head);
    atomic_fetch_add_explicit(&s->requests, 1, memory_order_relaxed);
    handle(&r);
    if (!r.answered) {
        log_line(s->env->log, LOG_ERROR, "what=\"a handler did not answer\" route=\"%s\"",
                 r.match.route ? r.match.route->pattern : "");
        http_fail_code(&r, 500, "internal");
    }
    if (s->env->log && s->env->log->least == LOG_DEBUG) {
        log_line(s->env->log, LOG_DEBUG, "what=answered method=%.*s route=\"%s\" status=%d us=%llu",
                 STR_FMT(head->method), r.match.route ? r.match.route->pattern : "", r.status,
                 (unsigned long long)((glue_now_ns() - start) / 1000));
    }
    body_release(&r);
    arena_give_back(&r);
    log_set_request(NULL);
}

/* Nothing of the request can be trusted here, so the owner's hook is not asked for words. */
void dispatch_refusal(void *server, struct mg_connection *c, int status)
{
    static const struct head none = {.minor = 1};
    struct http_request r;
    request_init(&r, server, c, &none);
    const struct http_answer plain = {
        .status = status, .type = "text/plain", .body = STR("This request cannot be read.\n")};
    http_answer(&r, &plain);
    log_line(r.server->env->log, LOG_DEBUG, "what=refused status=%d", status);
    arena_give_back(&r);
    log_set_request(NULL);
}

static void handle(struct http_request *r)
{
    if (!find_route(r)) {
        return;
    }
    const struct http_route *route = r->match.route;
    struct str expect = head_get(r->head, HEAD_EXPECT);
    if (expect.at && !text_equal_nocase(expect, STR("100-continue"))) {
        http_fail_code(r, 417, "expectation_failed");
    } else if (r->method != HTTP_GET && from_elsewhere(r)) {
        http_fail_code(r, 403, "cross_site");
    } else if ((uint64_t)r->head->content_length > route->body_bytes_max) {
        http_fail(r, ERR_TOO_BIG);
    } else if (route->permission != HTTP_PUBLIC && http_who(r)->person_id == 0) {
        http_fail_code(r, 401, "sign_in_required");
    } else if (route->permission == HTTP_ADMIN && !http_who(r)->is_admin) {
        http_fail(r, ERR_DENIED);
    } else {
        route->handler(r, r->server->hooks.context);
    }
}

static void answer_not_allowed(struct http_request *r)
{
    struct buf allow;
    buf_init(&allow, 64);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (r->match.allowed & 1U << methods[i].method) {
            buf_add_text(&allow, allow.bytes > 0 ? ", " : "");
            buf_add_text(&allow, methods[i].name);
        }
    }
    if (!buf_err(&allow)) {
        http_add_header(r, "Allow", buf_str(&allow));
    }
    buf_clear(&allow);
    http_fail_code(r, 405, "method_not_allowed");
}

/* False: answered already. */
static bool find_route(struct http_request *r)
{
    /* Without an escape nothing is decoded, and nothing borrowed for it. */
    static struct arena none;
    struct str raw = r->head->path;
    struct arena *a = memchr(raw.at, '%', raw.bytes) ? http_arena(r) : &none;
    int status = wire_path_split(raw, a, &r->path);
    if (status) {
        http_fail_code(r, status,
                       status == 404   ? "not_found"
                       : status == 503 ? "memory"
                                       : "bad_path");
        return false;
    }
    bool known = false;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (str_equal(r->head->method, str_of(methods[i].name))) {
            r->method = methods[i].method;
            r->head_only = methods[i].name[0] == 'H';
            known = true;
        }
    }
    route_find(r->server->routes, &r->path, r->method, &r->match);
    if (r->path.trailing_slash) {
        if (r->match.route && r->method == HTTP_GET && known) {
            redirect_without_slash(r);
        } else {
            http_fail(r, ERR_NOT_FOUND);
        }
        return false;
    }
    if (known && r->match.route) {
        return true;
    }
    r->match.route = NULL;
    if (r->match.allowed) {
        answer_not_allowed(r);
    } else {
        http_fail(r, ERR_NOT_FOUND);
    }
    return false;
}

/* The raw path is visible ASCII, and since it has matched it does not begin with "//". */
static void redirect_without_slash(struct http_request *r)
{
    struct str path = {r->head->path.at, r->head->path.bytes - 1};
    struct str query = r->head->query;
    const char *to = arena_printf(http_arena(r), "%.*s%s%.*s", STR_FMT(path), query.at ? "?" : "",
                                  STR_FMT(query));
    if (to) {
        http_redirect(r, 308, str_of(to));
    } else {
        http_fail(r, ERR_NOMEM);
    }
}

/* Did another site make this browser send it? Browsers since 2020 (Safari 2023) say so in
 * Sec-Fetch-Site; older ones send Origin with unsafe methods. Programs send neither and are not
 * driven by pages. Cookies are SameSite=Lax besides. */
static bool from_elsewhere(const struct http_request *r)
{
    struct str site = head_get(r->head, HEAD_SEC_FETCH_SITE);
    if (site.at) {
        return !str_equal(site, STR("same-origin")) && !str_equal(site, STR("none"));
    }
    struct str origin = head_get(r->head, HEAD_ORIGIN);
    if (!origin.at) {
        return false;
    }
    const struct str https = STR("https://");
    const struct str http = STR("http://");
    bool is_https = str_starts(origin, https);
    if (!is_https && !str_starts(origin, http)) {
        return true; /* "null" among them */
    }
    /* Behind a proxy that does not say what it speaks, either may be right. */
    if (is_https != http_is_secure(r) &&
        (http_is_secure(r) || !glue_peer_is_loopback(r->connection))) {
        return true;
    }
    size_t scheme = is_https ? https.bytes : http.bytes;
    struct str host = {origin.at + scheme, origin.bytes - scheme};
    return !text_equal_nocase(host, http_host(r));
}
