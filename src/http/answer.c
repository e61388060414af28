/* Answers a request: small bodies whole, with their head in one write. Owns nothing of the body.
 * Invariants: a request is answered exactly once; nothing with a control character gets into a
 * head; a redirect stays on this host. Refuses to hide a handler's mistake: a second answer ends
 * the process.
 */
#include "room.h"

#include "base/must.h"
#include "base/text.h"

#define WRITE_MS_LEAST 30000
#define WRITE_BYTES_PER_S 16384 /* slower clients are cut off: they hold a worker */

uint64_t write_deadline_ns(int64_t bytes)
{
    int64_t ms = WRITE_MS_LEAST + bytes / WRITE_BYTES_PER_S * 1000;
    return glue_now_ns() + (uint64_t)ms * 1000000;
}

bool send_printed(struct printed *p, struct http_request *r, int status, struct str body)
{
    must(!r->answered);
    r->answered = true;
    r->status = status;
    if (status >= 500) {
        atomic_fetch_add_explicit(&r->server->responses_5xx, 1, memory_order_relaxed);
    }
    print_str(p, STR("\r\n"));
    if (p->over) {
        log_line(r->server->env->log, LOG_ERROR, "what=\"an answer's head is too large\"");
        glue_close(r->connection);
        return false;
    }
    body = r->head_only ? STR_NONE : body;
    uint64_t deadline = write_deadline_ns((int64_t)body.bytes);
    if (body.bytes <= sizeof p->at - p->bytes) { /* copying is cheaper than a second piece */
        print_str(p, body);
        body = STR_NONE;
    }
    return glue_write(r->connection, (struct str){p->at, p->bytes}, body, deadline);
}

static bool header_safe(struct str s)
{
    for (size_t i = 0; i < s.bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c < ' ' || c == 0x7F) {
            return false;
        }
    }
    return true;
}

void http_add_header(struct http_request *r, const char *name, struct str value)
{
    must(!r->answered && name[0]);
    if (r->added_count == ADDED_HEADERS_MAX || !header_safe(value) || !header_safe(str_of(name))) {
        log_line(r->server->env->log, LOG_ERROR, "what=\"header left out\" name=\"%s\"", name);
        return;
    }
    struct str copy = arena_str(http_arena(r), value);
    if (copy.at) {
        r->added[r->added_count++] = (struct added_header){name, copy};
    }
}

bool etag_matches(const struct http_request *r, struct str etag)
{
    return etag.bytes > 0 && r->head->known[HEAD_IF_NONE_MATCH] &&
           wire_etag_listed(head_get(r->head, HEAD_IF_NONE_MATCH), etag);
}

static void print_type(struct printed *p, const char *type)
{
    print_str(p, STR("Content-Type: "));
    print_text(p, type);
    bool plain_text = str_starts(str_of(type), STR("text/")) && !strchr(type, ';');
    print_text(p, plain_text ? "; charset=utf-8\r\n" : "\r\n");
}

void http_answer(struct http_request *r, const struct http_answer *answer)
{
    struct printed p;
    int status = answer->status;
    if (status == 200 && r->method == HTTP_GET && etag_matches(r, answer->etag)) {
        status = 304;
    }
    print_head(&p, r, status, answer->caching);
    print_etag(&p, answer->etag);
    if (answer->caching != HTTP_NO_STORE) {
        print_str(&p, STR("Vary: Accept-Encoding\r\n"));
    }
    if (status == 304 || status == 204) {
        (void)send_printed(&p, r, status, STR_NONE);
        return;
    }
    if (answer->type) {
        print_type(&p, answer->type);
    }
    if (answer->encoding) {
        print_str(&p, STR("Content-Encoding: "));
        print_text(&p, answer->encoding);
        print_str(&p, STR("\r\n"));
    }
    print_str(&p, STR("Content-Length: "));
    print_int(&p, (int64_t)answer->body.bytes);
    print_str(&p, STR("\r\n"));
    (void)send_printed(&p, r, status, answer->body);
}

void http_answer_json(struct http_request *r, int status, struct str body)
{
    const struct http_answer a = {.status = status, .type = "application/json", .body = body};
    http_answer(r, &a);
}

void http_answer_html(struct http_request *r, int status, struct str body)
{
    const struct http_answer a = {.status = status, .type = "text/html", .body = body};
    http_answer(r, &a);
}

/* '/', but neither "//host" nor "/\host", which browsers read as another host. */
static bool stays_here(struct str location)
{
    return location.bytes > 0 && location.at[0] == '/' &&
           (location.bytes == 1 || (location.at[1] != '/' && location.at[1] != '\\'));
}

void http_redirect(struct http_request *r, int status, struct str location)
{
    static const char hex[] = "0123456789ABCDEF";
    must(status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
    if (!stays_here(location) || location.bytes > WIRE_PATH_BYTES_MAX) {
        log_line(r->server->env->log, LOG_ERROR, "what=\"redirect to another host left out\"");
        location = STR("/");
    }
    struct printed p;
    print_head(&p, r, status, HTTP_NO_STORE);
    print_str(&p, STR("Location: "));
    for (size_t i = 0; i < location.bytes; i++) {
        unsigned char c = (unsigned char)location.at[i];
        if (c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\') {
            print_str(&p, (struct str){location.at + i, 1});
        } else {
            const char escape[3] = {'%', hex[c >> 4], hex[c & 15]};
            print_str(&p, (struct str){escape, sizeof escape});
        }
    }
    print_str(&p, STR("\r\nContent-Length: 0\r\n"));
    (void)send_printed(&p, r, status, STR_NONE);
}

/* RFC 6265 §4.1.1 */
static bool cookie_safe(struct str s)
{
    for (size_t i = 0; i < s.bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c <= ' ' || c >= 0x7F || c == '"' || c == ',' || c == ';' || c == '\\') {
            return false;
        }
    }
    return true;
}

void http_set_cookie(struct http_request *r, const char *name, struct str value, int64_t max_age_s)
{
    const char *secure = http_is_secure(r) ? "; Secure" : "";
    const char *text = cookie_safe(value)
                           ? arena_printf(http_arena(r),
                                          "%s=%.*s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
                                          name, STR_FMT(value),
                                          (long long)(max_age_s > 0 ? max_age_s : 0), secure)
                           : NULL;
    if (!text) {
        log_line(r->server->env->log, LOG_ERROR, "what=\"cookie left out\" name=\"%s\"", name);
        return;
    }
    http_add_header(r, "Set-Cookie", str_of(text));
}

void http_set_session(struct http_request *r, struct str token, int64_t max_age_s)
{
    http_set_cookie(r, session_cookie_name(r), max_age_s > 0 ? token : STR(""), max_age_s);
}

void http_fail_code(struct http_request *r, int status, const char *code)
{
    const struct http_hooks *hooks = &r->server->hooks;
    if (status == 503) {
        http_add_header(r, "Retry-After", STR("2"));
    }
    if (hooks->fail) {
        hooks->fail(hooks->context, r, status, code);
    }
    if (!r->answered) {
        const struct http_answer plain = {
            .status = status, .type = "text/plain", .body = str_of(code)};
        http_answer(r, &plain);
    }
}

void http_fail(struct http_request *r, enum err e)
{
    switch (e) {
    case ERR_INPUT: http_fail_code(r, 422, "invalid"); return;
    case ERR_NOT_FOUND: http_fail_code(r, 404, "not_found"); return;
    case ERR_DENIED: http_fail_code(r, 403, "denied"); return;
    case ERR_CONFLICT: http_fail_code(r, 409, "conflict"); return;
    case ERR_TOO_BIG: http_fail_code(r, 413, "too_big"); return;
    case ERR_BUSY: http_fail_code(r, 503, "busy"); return;
    case ERR_IO: http_fail_code(r, 503, "storage"); return;
    case ERR_NOMEM: http_fail_code(r, 503, "memory"); return;
    case ERR_CORRUPT: http_fail_code(r, 500, "corrupt"); return;
    case ERR_NONE: break;
    }
    must(e != ERR_NONE);
}
