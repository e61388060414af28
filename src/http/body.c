/* Reads request bodies. Owns the memory of the one body of a request, taken out of the budget that
 * all requests share before the first byte is read: so many slow uploads cannot each hold a part
 * and wait for the rest. A small body that came along with its head costs nothing: it is read where
 * it lies. Invariants: what was taken is given back by body_release; a body is either whole or an
 * error.
 */
#include "room.h"

#include "base/mem.h"
#include "base/text.h"

#define SILENCE_MS 20000 /* a client that sends nothing for so long is gone */

static enum err read_whole(struct http_request *r, size_t bytes);

enum err http_body(struct http_request *r, struct str *out)
{
    if (!r->body_known) {
        r->body_known = true;
        int64_t bytes = r->head->content_length;
        if ((uint64_t)bytes > (r->match.route ? r->match.route->body_bytes_max : 0)) {
            r->body_err = ERR_TOO_BIG;
        } else if (bytes == 0) {
            r->body = STR("");
        } else {
            r->body = glue_body_at_hand(r->connection);
            r->body_err = r->body.at ? ERR_NONE : read_whole(r, (size_t)bytes);
        }
        if (glue_unread(r->connection)) {
            glue_close(r->connection);
        }
    }
    if (!r->body_err) {
        *out = r->body;
    }
    return r->body_err;
}

void body_release(struct http_request *r)
{
    mem_free(r->body_owned);
    r->body_owned = NULL;
    if (r->body_budget > 0) {
        budget_give(&r->server->bodies, r->body_budget);
        r->body_budget = 0;
    }
}

static enum err read_whole(struct http_request *r, size_t bytes)
{
    struct http_server *s = r->server;
    uint64_t deadline = glue_now_ns() + (uint64_t)s->options.body_deadline_ms * 1000000;
    if (!budget_take(&s->bodies, bytes, s->options.body_wait_ms)) {
        log_line(s->env->log, LOG_WARN, "what=\"no room for a body\" bytes=%zu", bytes);
        return ERR_BUSY;
    }
    r->body_budget = bytes;
    char *to = mem_alloc(bytes);
    r->body_owned = to;
    if (!to) {
        return ERR_NOMEM;
    }
    /* Who waits for leave to send gets it only now: what is refused before is never sent. */
    if (r->head->known[HEAD_EXPECT] &&
        !glue_write(r->connection, STR("HTTP/1.1 100 Continue\r\n\r\n"), STR_NONE, deadline)) {
        return ERR_INPUT;
    }
    for (size_t have = 0; have < bytes;) {
        uint64_t silence = glue_now_ns() + (uint64_t)SILENCE_MS * 1000000;
        int64_t n = glue_read(r->connection, to + have, bytes - have,
                              silence < deadline ? silence : deadline);
        if (n <= 0) {
            return ERR_INPUT;
        }
        have += (size_t)n;
    }
    r->body = (struct str){to, bytes};
    return ERR_NONE;
}

bool http_has_json(const struct http_request *r)
{
    struct str type = head_get(r->head, HEAD_CONTENT_TYPE);
    const char *semicolon = type.bytes > 0 ? memchr(type.at, ';', type.bytes) : NULL;
    if (semicolon) {
        type.bytes = (size_t)(semicolon - type.at);
    }
    return text_equal_nocase(wire_trim(type), STR("application/json"));
}

enum err http_form_read(struct http_request *r, struct http_form *out)
{
    struct str body = STR_NONE;
    enum err e = http_body(r, &body);
    if (e) {
        return e;
    }
    return http_form_parse(head_get(r->head, HEAD_CONTENT_TYPE), body, http_arena(r), out);
}
