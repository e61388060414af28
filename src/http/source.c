/* Answers with bytes that are read piece by piece: photos, exports. Owns one piece at a time, in
 * the request's arena, so that a large blob costs 64 KB. Invariants: the head is sent only after
 * the first piece could be read, so that a failing disk gives a proper error; an answer that fails
 * later is cut off before its Content-Length, which every client notices.
 */
#include "room.h"

#include "base/must.h"

#define PIECE_BYTES ((int64_t)64 * 1024)

struct piecewise {
    http_source read;
    void *context;
    int64_t at, end;
    char *piece;
};

/* The next piece; "" at the end. */
static enum err next_piece(struct piecewise *s, struct str *out)
{
    int64_t bytes = s->end - s->at < PIECE_BYTES ? s->end - s->at : PIECE_BYTES;
    enum err e = bytes > 0 ? s->read(s->context, s->at, s->piece, (size_t)bytes) : ERR_NONE;
    if (!e) {
        s->at += bytes;
        *out = (struct str){s->piece, (size_t)bytes};
    }
    return e;
}

/* If-Range holds when it names exactly this tag (RFC 9110 §13.1.5: strong comparison). A date never
 * holds: then the whole is sent, which is always right. */
static bool range_applies(const struct http_request *r, struct str etag)
{
    if (!r->head->known[HEAD_IF_RANGE]) {
        return true;
    }
    struct str field = head_get(r->head, HEAD_IF_RANGE);
    return field.bytes == etag.bytes + 2 && etag.bytes > 0 && field.at[0] == '"' &&
           memcmp(field.at + 1, etag.at, etag.bytes) == 0 && field.at[field.bytes - 1] == '"';
}

static void print_range(struct printed *p, const struct wire_range *range, int64_t bytes)
{
    print_str(p, STR("Content-Range: bytes "));
    if (range) {
        print_int(p, range->first);
        print_str(p, STR("-"));
        print_int(p, range->last);
    } else {
        print_str(p, STR("*"));
    }
    print_str(p, STR("/"));
    print_int(p, bytes);
    print_str(p, STR("\r\n"));
}

/* RFC 6266; the plain form only: control characters, quotes and non-ASCII become '_'. */
static void print_download_name(struct printed *p, const char *name)
{
    print_str(p, STR("Content-Disposition: attachment; filename=\""));
    for (const char *c = name; *c; c++) {
        bool plain = *c >= ' ' && *c < 0x7F && !strchr("\"\\/%", *c);
        print_str(p, (struct str){plain ? c : "_", 1});
    }
    print_str(p, STR("\"\r\n"));
}

static void send_pieces(struct http_request *r, struct piecewise *s)
{
    uint64_t deadline = write_deadline_ns(s->end - s->at);
    while (s->at < s->end) {
        struct str piece = STR_NONE;
        enum err e = next_piece(s, &piece);
        if (e) {
            log_line(r->server->env->log, LOG_ERROR, "what=\"answer cut off\" err=%s", err_name(e));
            glue_close(r->connection);
            return;
        }
        if (!glue_write(r->connection, piece, STR_NONE, deadline)) {
            return;
        }
    }
}

static void answer_empty(struct http_request *r, int status, struct str etag,
                         enum http_caching caching, int64_t bytes)
{
    struct printed p;
    print_head(&p, r, status, caching);
    print_etag(&p, etag);
    if (status == 416) {
        print_range(&p, NULL, bytes);
        print_str(&p, STR("Content-Length: 0\r\n"));
    }
    (void)send_printed(&p, r, status, STR_NONE);
}

void http_answer_source(struct http_request *r, const char *type, struct str etag, int64_t bytes,
                        enum http_caching caching, const char *download_name, http_source read,
                        void *context)
{
    must(bytes >= 0);
    if (r->method == HTTP_GET && etag_matches(r, etag)) {
        answer_empty(r, 304, etag, caching, bytes);
        return;
    }
    struct wire_range range = {0, bytes - 1};
    enum wire_range_kind kind = WIRE_RANGE_NONE;
    if (r->method == HTTP_GET && !r->head_only && range_applies(r, etag)) {
        kind = wire_range(head_get(r->head, HEAD_RANGE), bytes, &range);
    }
    if (kind == WIRE_RANGE_UNSATISFIABLE) {
        answer_empty(r, 416, etag, HTTP_NO_STORE, bytes);
        return;
    }
    struct piecewise s = {read, context, range.first, r->head_only ? 0 : range.last + 1, NULL};
    struct str first = STR("");
    enum err e = ERR_NONE;
    if (!r->head_only) {
        int64_t room = s.end - s.at < PIECE_BYTES ? s.end - s.at : PIECE_BYTES;
        s.piece = arena_alloc(http_arena(r), (size_t)room);
        e = s.piece ? next_piece(&s, &first) : ERR_NOMEM;
    }
    if (e) {
        http_fail(r, e);
        return;
    }
    int status = kind == WIRE_RANGE_ONE ? 206 : 200;
    struct printed p;
    print_head(&p, r, status, caching);
    print_etag(&p, etag);
    print_str(&p, STR("Accept-Ranges: bytes\r\nContent-Type: "));
    print_text(&p, type);
    print_str(&p, STR("\r\n"));
    if (download_name) {
        print_download_name(&p, download_name);
    }
    if (kind == WIRE_RANGE_ONE) {
        print_range(&p, &range, bytes);
    }
    print_str(&p, STR("Content-Length: "));
    print_int(&p, range.last - range.first + 1);
    print_str(&p, STR("\r\n"));
    if (send_printed(&p, r, status, first)) {
        send_pieces(r, &s);
    }
}
