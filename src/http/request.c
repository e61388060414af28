/* Reads a request for its handler: method, path, parameters, query, fields, cookies, who asks. Owns
 * the arena that the request borrows. Invariants: everything handed out lives until the handler
 * returns; text that was decoded is valid UTF-8 without NUL; the hook that finds out who asks is
 * called at most once per request and only when somebody wants to know.
 */
#include "room.h"

#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"

struct arena *http_arena(struct http_request *r)
{
    if (r->arena) {
        return r->arena;
    }
    struct http_server *s = r->server;
    pthread_mutex_lock(&s->arena_lock);
    if (s->arena_count > 0) {
        r->arena = s->arena[--s->arena_count];
    }
    pthread_mutex_unlock(&s->arena_lock);
    if (!r->arena) {
        r->arena = mem_alloc(sizeof *r->arena);
        static struct arena nothing; /* refuses everything: its maximum is 0 */
        if (!r->arena) {
            return &nothing;
        }
        arena_init(r->arena, s->options.request_arena_bytes);
    }
    return r->arena;
}

void arena_give_back(struct http_request *r)
{
    if (!r->arena) {
        return;
    }
    struct http_server *s = r->server;
    arena_reset(r->arena);
    pthread_mutex_lock(&s->arena_lock);
    bool kept = s->arena_count < s->arena_keep;
    if (kept) {
        s->arena[s->arena_count++] = r->arena;
    }
    pthread_mutex_unlock(&s->arena_lock);
    if (!kept) {
        arena_clear(r->arena);
        mem_free(r->arena);
    }
    r->arena = NULL;
}

void *http_context(struct http_request *r)
{
    return r->server->hooks.context;
}

enum http_method http_method(const struct http_request *r)
{
    return r->method;
}

struct str http_path(const struct http_request *r)
{
    return r->path.text;
}

struct str http_id(const struct http_request *r)
{
    return str_of(r->id);
}

const struct http_route *http_route(const struct http_request *r)
{
    return r->match.route;
}

struct str http_host(const struct http_request *r)
{
    return head_get(r->head, HEAD_HOST);
}

struct str http_peer(const struct http_request *r)
{
    struct str peer = glue_peer(r->connection);
    if (!glue_peer_is_loopback(r->connection)) {
        return peer;
    }
    /* A proxy on this machine: the last element is the one that it has added itself. */
    struct str list = head_get(r->head, HEAD_X_FORWARDED_FOR);
    const char *comma = list.bytes > 0 ? memrchr(list.at, ',', list.bytes) : NULL;
    if (comma) {
        list = (struct str){comma + 1, list.bytes - (size_t)(comma + 1 - list.at)};
    }
    list = wire_trim(list);
    if (list.bytes == 0 || list.bytes > 45) {
        return peer;
    }
    for (size_t i = 0; i < list.bytes; i++) {
        if (!strchr("0123456789abcdefABCDEF.:", list.at[i])) {
            return peer;
        }
    }
    return list;
}

bool http_is_secure(const struct http_request *r)
{
    return glue_is_tls(r->connection) ||
           (glue_peer_is_loopback(r->connection) &&
            text_equal_nocase(head_get(r->head, HEAD_X_FORWARDED_PROTO), STR("https")));
}

struct str http_param(const struct http_request *r, const char *name)
{
    return route_param(&r->match, str_of(name));
}

struct str http_query(struct http_request *r, const char *name)
{
    struct str raw = wire_query_find(r->head->query, str_of(name));
    struct str decoded = STR_NONE;
    if (!raw.at || wire_decode(raw, true, http_arena(r), &decoded) || !text_utf8_valid(decoded)) {
        return STR_NONE;
    }
    return decoded;
}

struct str http_header(const struct http_request *r, const char *name)
{
    return head_find(r->head, str_of(name));
}

struct str http_cookie(const struct http_request *r, const char *name)
{
    /* One field by RFC 6265, but a proxy that came from HTTP/2 may leave several. */
    struct str wanted = str_of(name);
    size_t from = r->head->known[HEAD_COOKIE];
    for (size_t i = from > 0 ? from - 1 : r->head->count; i < r->head->count; i++) {
        const struct head_field *f = &r->head->field[i];
        if (!text_equal_nocase(f->name, STR("cookie"))) {
            continue;
        }
        struct str value = wire_cookie_find(f->value, wanted);
        if (value.at) {
            return value;
        }
    }
    return STR_NONE;
}

bool http_accepts_encoding(const struct http_request *r, const char *name)
{
    return wire_accepts_encoding(head_get(r->head, HEAD_ACCEPT_ENCODING), str_of(name));
}

const char *session_cookie_name(const struct http_request *r)
{
    /* The prefix makes browsers refuse it from a neighbouring host and over plain HTTP. */
    return http_is_secure(r) ? "__Host-towndesk" : "towndesk";
}

struct str http_session_token(const struct http_request *r)
{
    struct str authorization = head_get(r->head, HEAD_AUTHORIZATION);
    const struct str bearer = STR("Bearer ");
    if (authorization.bytes > bearer.bytes &&
        text_equal_nocase((struct str){authorization.at, bearer.bytes}, bearer)) {
        return wire_trim(
            (struct str){authorization.at + bearer.bytes, authorization.bytes - bearer.bytes});
    }
    return http_cookie(r, session_cookie_name(r));
}

const struct http_who *http_who(struct http_request *r)
{
    if (!r->who_known) {
        r->who_known = true;
        struct str token = http_session_token(r);
        const struct http_hooks *hooks = &r->server->hooks;
        if (token.bytes > 0 && hooks->identify) {
            hooks->identify(hooks->context, token, http_arena(r), &r->who);
        }
    }
    return &r->who;
}
