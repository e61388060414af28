/* Event streams (WHATWG HTML §9.2): writes the head, then hands the socket to the hub. Owns
 * nothing. Invariant: an event is written as whole lines, so that data with line ends cannot forge
 * a field.
 */
#include "room.h"

#include "base/must.h"

#define EVENT_BYTES_MAX ((size_t)64 * 1024)

void http_answer_events(struct http_request *r)
{
    struct http_server *s = r->server;
    if (r->head_only || !hub_reserve(s->hub)) {
        http_fail(r, ERR_BUSY);
        return;
    }
    glue_close(r->connection); /* never another request on it, and the head says so */
    struct printed p;
    print_head(&p, r, 200, HTTP_NO_STORE);
    print_text(&p, "Content-Type: text/event-stream\r\n"
                   "X-Accel-Buffering: no\r\n"); /* nginx would wait for more */
    if (!send_printed(&p, r, 200, STR("retry: 3000\n\n"))) {
        hub_unreserve(s->hub);
        return;
    }
    int fd;
    struct ssl_st *ssl;
    glue_take(r->connection, &fd, &ssl);
    hub_adopt(s->hub, fd, ssl);
}

void http_broadcast(struct http_server *s, int64_t id, const char *name, struct str data)
{
    must(strcspn(name, "\r\n") == strlen(name));
    struct buf event;
    buf_init(&event, EVENT_BYTES_MAX);
    buf_add_text(&event, "id: ");
    buf_add_int(&event, id);
    buf_add_text(&event, "\nevent: ");
    buf_add_text(&event, name);
    buf_add_text(&event, "\ndata: ");
    for (size_t i = 0; i < data.bytes; i++) {
        if (data.at[i] == '\n') {
            buf_add_text(&event, "\ndata: ");
        } else if (data.at[i] != '\r') {
            buf_add_char(&event, data.at[i]);
        }
    }
    buf_add_text(&event, "\n\n");
    if (buf_err(&event)) {
        log_line(s->env->log, LOG_ERROR, "what=\"event left out\" name=%s", name);
    } else {
        hub_send(s->hub, buf_str(&event));
    }
    buf_clear(&event);
}
