/* Lists of cases and the board. Pages follow each other by the last row's (time, id), written into an
 * opaque cursor, so that a page costs the same at the millionth case as at the first.
 */
#include "internal.h"
#include "base/must.h"
#include "base/text.h"

#define LIST_DEFAULT 50
#define LIST_MAX 200
#define DAY_MS (24 * 3600 * 1000LL)

struct listing {
    const struct case_list_query *query;
    struct store_casefile_query q;
    struct arena *a;
    struct case_list list;
};

/* "time.id", both decimal. */
static struct str cursor_write(struct arena *a, int64_t at_ms, int64_t id)
{
    return str_of(arena_printf(a, "%lld.%lld", (long long)at_ms, (long long)id));
}

static bool cursor_read(struct str s, int64_t *at_ms, int64_t *id)
{
    const char *dot = s.bytes ? memchr(s.at, '.', s.bytes) : NULL;
    if (!dot) return false;
    size_t head = (size_t)(dot - s.at);
    return text_parse_int((struct str){s.at, head}, 0, INT64_MAX, at_ms) &&
           text_parse_int((struct str){dot + 1, s.bytes - head - 1}, 0, INT64_MAX, id);
}

static enum err department_id(struct store_tx *tx, struct arena *a, struct str code, int64_t *out)
{
    struct town town = {0};
    if (code.bytes == 0) return ERR_NONE;
    enum err e = store_department_list(tx, a, &town.departments, &town.department_count);
    if (e) return e;
    const struct department *department = town_department_by_code(&town, code);
    if (!department) return ERR_INPUT;
    *out = department->id;
    return ERR_NONE;
}

static enum err page_of(struct store_tx *tx, const struct store_casefile_query *q, struct arena *a,
                        struct casefile **rows, size_t *count, struct str *next_cursor)
{
    bool more;
    enum err e = store_casefile_list(tx, q, a, rows, count, &more);
    *next_cursor = STR("");
    if (e || !more) return e;
    must(*count > 0);
    const struct casefile *last = &(*rows)[*count - 1];
    *next_cursor = cursor_write(a, q->order == STORE_OLDEST_UPDATE ? last->updated_at_ms : last->reported_at_ms, last->id);
    return next_cursor->at ? ERR_NONE : ERR_NOMEM;
}

static enum err read_list(struct store_tx *tx, void *context)
{
    struct listing *l = context;
    struct case_list list = {0};
    enum err e = department_id(tx, l->a, l->query->department_code, &l->q.department_id);
    if (!e) e = page_of(tx, &l->q, l->a, &list.cases, &list.count, &list.next_cursor);
    if (!e) l->list = list;
    return e;
}

enum err desk_case_list(struct desk *d, const struct case_list_query *query, struct arena *a, struct case_list *out)
{
    struct listing l = {.query = query, .a = a};
    l.q = (struct store_casefile_query){
        .statuses = query->statuses,
        .words = query->words,
        .has_box = query->has_box,
        .box = {query->low, query->high},
        .updated_after_ms = query->updated_after_ms,
        .order = query->updated_after_ms ? STORE_OLDEST_UPDATE : STORE_NEWEST_REPORT,
        .limit = query->limit ? (size_t)query->limit : LIST_DEFAULT,
    };
    if (query->limit < 0 || query->limit > LIST_MAX) return ERR_INPUT;
    if (query->cursor.bytes) {
        if (!cursor_read(query->cursor, &l.q.cursor_ms, &l.q.cursor_id)) return ERR_INPUT;
        l.q.has_cursor = true;
    }
    enum err e = store_read(d->store, read_list, &l);
    if (!e) *out = l.list;
    return e;
}

struct boarding {
    struct desk *d;
    struct arena *a;
    struct board board;
};

static enum err read_board(struct store_tx *tx, void *context)
{
    struct boarding *b = context;
    struct board board = {0};
    int64_t counts[CASE_STATUS_COUNT];
    int64_t done_since_ms = env_now_ms(b->d->env) - DESK_BOARD_DONE_DAYS * DAY_MS;
    enum err e = store_casefile_counts(tx, 0, counts);
    if (!e) e = store_casefile_count_done_since(tx, done_since_ms, &counts[CASE_DONE]);
    for (int i = 0; !e && i < CASE_STATUS_COUNT; i++) {
        struct board_column *column = &board.column[i];
        struct store_casefile_query q = {
            .statuses = 1u << i,
            .order = STORE_NEWEST_REPORT,
            .closed_after_ms = i == CASE_DONE ? done_since_ms : 0,
            .limit = DESK_BOARD_CARDS,
        };
        column->status = (enum case_status)i;
        column->count = counts[i];
        e = page_of(tx, &q, b->a, &column->cards, &column->card_count, &column->next_cursor);
    }
    if (!e) b->board = board;
    return e;
}

enum err desk_board(struct desk *d, struct arena *a, struct board *out)
{
    struct boarding b = {.d = d, .a = a};
    uint64_t version = store_version(d->store); /* before the snapshot: never newer than what is shown */
    enum err e = store_read(d->store, read_board, &b);
    if (e) return e;
    *out = b.board;
    out->version = version;
    return ERR_NONE;
}
