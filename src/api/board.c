/* GET /api/v1/board, the address that every open board asks again and again. Owns the board as it
 * was printed last, one per language: as long as the town has not changed, the same bytes are sent,
 * and a client that has them gets 304.
 *
 *     print ──► page {version, bytes, etag, users} ◄── cache slot of the language (1 user)
 *                                                  ◄── every answer that is sending it (1 each)
 *
 * The lock is held to take or swap a pointer, never while printing or sending; one thread prints,
 * the others that arrive meanwhile wait for it. A page is freed by whoever uses it last. The last
 * column looks 14 days back, so a page is also too old after a minute.
 */
#include "internal.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define PAGE_AGE_MS_MAX 60000

struct board_page {
    atomic_int users;
    uint64_t version; /* of the town, before it was read */
    int64_t printed_ms;
    char etag[API_ETAG_ROOM];
    struct buf body;
};

struct board_cache {
    pthread_mutex_t lock;     /* guards the slots */
    pthread_mutex_t printing; /* held by the one thread that prints */
    struct board_page *page[LOCALE_COUNT];
};

struct board_cache *board_cache_new(void)
{
    struct board_cache *c = mem_alloc(sizeof *c);
    if (!c) return NULL;
    *c = (struct board_cache){.page = {NULL}};
    pthread_mutex_init(&c->lock, NULL);
    pthread_mutex_init(&c->printing, NULL);
    return c;
}

static void page_release(struct board_page *p)
{
    if (!p || atomic_fetch_sub(&p->users, 1) > 1) return;
    buf_clear(&p->body);
    mem_free(p);
}

void board_cache_free(struct board_cache *c)
{
    if (!c) return;
    for (int i = 0; i < LOCALE_COUNT; i++) page_release(c->page[i]);
    pthread_mutex_destroy(&c->printing);
    pthread_mutex_destroy(&c->lock);
    mem_free(c);
}

/* The cached page when it is still right, with one more user; else NULL. */
static struct board_page *page_take(struct board_cache *c, struct app *app, enum locale l)
{
    uint64_t version = desk_version(app->desk);
    int64_t now_ms = env_monotonic_ms(app->env);
    pthread_mutex_lock(&c->lock);
    struct board_page *p = c->page[l];
    if (p && p->version == version && now_ms - p->printed_ms < PAGE_AGE_MS_MAX) {
        atomic_fetch_add(&p->users, 1);
    } else {
        p = NULL;
    }
    pthread_mutex_unlock(&c->lock);
    return p;
}

static void page_put(struct board_cache *c, enum locale l, struct board_page *p)
{
    atomic_fetch_add(&p->users, 1);
    pthread_mutex_lock(&c->lock);
    struct board_page *old = c->page[l];
    c->page[l] = p;
    pthread_mutex_unlock(&c->lock);
    page_release(old);
}

static void print_columns(struct buf *out, const struct view *v, const struct board *board)
{
    struct json j;
    json_init(&j, out);
    json_array(&j);
    for (int i = 0; i < CASE_STATUS_COUNT; i++) {
        const struct board_column *column = &board->column[i];
        json_object(&j);
        json_key_text(&j, "status", record_status_name(column->status));
        json_key_int(&j, "count", column->count);
        json_key(&j, "cards");
        view_cards(&j, v, column->cards, column->card_count);
        view_cursor(&j, column->next_cursor);
        json_end(&j);
    }
    json_end(&j);
}

/* The version that clients see, and the ETag, is that of the columns: somebody's sign-in is a
 * commit, too, and no reason to send the board again. */
static enum err print_board(const struct view *v, const struct board *board, struct board_page *p)
{
    struct buf columns;
    buf_init(&columns, API_ANSWER_BYTES_MAX);
    print_columns(&columns, v, board);
    enum err e = buf_err(&columns);
    if (e == ERR_NONE) {
        api_etag(buf_str(&columns), p->etag);
        buf_printf(&p->body, "{\"version\":\"%s\",\"columns\":", p->etag);
        buf_add_str(&p->body, buf_str(&columns));
        buf_add_char(&p->body, '}');
        e = buf_err(&p->body);
    }
    buf_clear(&columns);
    return e;
}

/* *out has one user: the caller. */
static enum err page_print(struct app *app, enum locale l, struct arena *a, struct board_page **out)
{
    struct board_page *p = mem_alloc(sizeof *p);
    if (!p) return ERR_NOMEM;
    struct board board;
    struct view view;
    *p = (struct board_page){.printed_ms = env_monotonic_ms(app->env)};
    atomic_init(&p->users, 1);
    buf_init(&p->body, API_ANSWER_BYTES_MAX);
    /* Asked before the board is read: a change in between makes the page old, never wrong. */
    p->version = desk_version(app->desk);
    enum err e = desk_board(app->desk, a, &board);
    if (e == ERR_NONE) e = view_open(app->desk, l, a, &view);
    if (e == ERR_NONE) e = print_board(&view, &board, p);
    if (e == ERR_NONE) {
        *out = p;
    } else {
        page_release(p);
    }
    return e;
}

static enum err page_get(struct app *app, enum locale l, struct arena *a, struct board_page **out)
{
    struct board_cache *c = app->api->boards;
    *out = page_take(c, app, l);
    if (*out) return ERR_NONE;
    pthread_mutex_lock(&c->printing);
    enum err e = ERR_NONE;
    *out = page_take(c, app, l); /* printed while we waited? */
    if (!*out) {
        e = page_print(app, l, a, out);
        if (e == ERR_NONE) page_put(c, l, *out);
    }
    pthread_mutex_unlock(&c->printing);
    return e;
}

void board_get(struct http_request *r, void *context)
{
    struct app *app = context;
    struct board_page *page = NULL;
    enum err e = page_get(app, api_locale(r), http_arena(r), &page);
    if (e != ERR_NONE) {
        http_fail(r, e);
        return;
    }
    http_add_header(r, "Vary", STR("Accept-Language, Cookie"));
    api_answer(r, 200, &page->body, str_of(page->etag), HTTP_NO_CACHE);
    page_release(page);
}
