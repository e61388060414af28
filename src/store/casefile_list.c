/* Owns the finding of many cases: board columns, pages of lists, words, boxes.
 *
 *     query ──► which index leads? ──► keys (time, id), at most limit + 1 of each status
 *                                  ──► merged and cut ──► rows by id
 *
 * A list over several statuses is one range of an index for each of them, merged here: so two
 * indexes serve every mixture, in any order, and a page costs the same in a town of a million
 * cases.
 *
 *     words      the search index leads, newest id first
 *     box        the R*Tree leads when few lie in it; with many, the box filters the status index
 *     closed     done cases closed since: the index of closing times leads
 *     updated    with an order by report: the index of updates leads (little changed lately)
 *     otherwise  status, or department and status
 *
 * Invariants: whatever leads, the other conditions hold as well; a page goes on strictly after its
 * cursor.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "casefile_row.h"

#define LIMIT_MAX 200
#define BOX_FEW 2048 /* places that are sorted in memory rather than met along an index */

/* The parameters have the same numbers in every statement. */
enum {
    AT_STATUS = 1,
    AT_CURSOR_MS,
    AT_CURSOR_ID,
    AT_LIMIT,
    AT_DEPARTMENT,
    AT_REPORTED_AFTER,
    AT_UPDATED_AFTER,
    AT_CLOSED_AFTER,
    AT_STATUSES,
    AT_HAS_BOX,
    AT_LAT_LOW,
    AT_LAT_HIGH,
    AT_LON_LOW,
    AT_LON_HIGH,
    AT_WORDS = AT_STATUS,
};

#define NEWEST "ORDER BY c.reported_at_ms DESC, c.id DESC LIMIT ?4"
#define OLDEST "ORDER BY c.reported_at_ms, c.id LIMIT ?4"
#define STALEST "ORDER BY c.updated_at_ms, c.id LIMIT ?4"
#define REPORT_KEYS "SELECT c.reported_at_ms, c.id FROM "
#define UPDATE_KEYS "SELECT c.updated_at_ms, c.id FROM "
#define BEFORE "(c.reported_at_ms, c.id) < (?2, ?3) "
#define BEHIND "(c.reported_at_ms, c.id) > (?2, ?3) "
#define UPDATED_BEHIND "(c.updated_at_ms, c.id) > (?2, ?3) "

/* Conditions on the row, for when another index leads. */
#define ALSO_REPORTED "AND c.reported_at_ms > ?6 "
#define ALSO                                                                                       \
    "AND (?5 = 0 OR c.department_id = ?5) AND c.updated_at_ms > ?7 "                               \
    "AND (?8 = 0 OR c.closed_at_ms IS NULL OR c.closed_at_ms > ?8) "
#define ALSO_IN_BOX                                                                                \
    "AND (?10 = 0 OR (c.lat_e7 BETWEEN ?11 AND ?12 AND c.lon_e7 BETWEEN ?13 AND ?14)) "
#define ALSO_STATUS                                                                                \
    "AND (?9 >> CASE c.status WHEN 'new' THEN 0 WHEN 'checking' THEN 1 "                           \
    "WHEN 'in_progress' THEN 2 WHEN 'waiting' THEN 3 ELSE 4 END) & 1 "

#define IN_BOX "p.lat_max >= ?11 AND p.lat_min <= ?12 AND p.lon_max >= ?13 AND p.lon_min <= ?14 "
#define BY_REPORT "casefile c INDEXED BY casefile_by_report WHERE c.status = ?1 AND "
#define BY_DEPARTMENT                                                                              \
    "casefile c INDEXED BY casefile_by_department WHERE c.department_id = ?5 AND c.status = ?1 "   \
    "AND "
#define BY_UPDATE "casefile c INDEXED BY casefile_by_update WHERE c.status = ?1 AND "
#define BY_CLOSE                                                                                   \
    "casefile c INDEXED BY casefile_by_close WHERE c.status = 'done' AND c.closed_at_ms > ?8 AND "
#define BY_WORDS "casefile_words w CROSS JOIN casefile c ON c.id = w.rowid WHERE w.words MATCH ?1 "
#define BY_PLACE "casefile_place p CROSS JOIN casefile c ON c.id = p.id WHERE " IN_BOX "AND "

enum lead {
    LEAD_STATUS,
    LEAD_DEPARTMENT,
    LEAD_STATUS_FILTERED,
    LEAD_UPDATE, /* in the order of updates, or of what was updated since */
    LEAD_CLOSE,
    LEAD_WORDS,
    LEAD_PLACE,
    LEADS,
};
#define ORDERS 3

enum { LIST_KEYS, LIST_PLACES = LIST_KEYS + LEADS * ORDERS, LIST_ROW };

#define KEYS(lead, order) [LIST_KEYS + (lead)*ORDERS + (order)]
#define ROW_CONDITIONS ALSO ALSO_IN_BOX ALSO_REPORTED

static const char *const sql[] = {
    KEYS(LEAD_STATUS, STORE_NEWEST_REPORT) = REPORT_KEYS BY_REPORT BEFORE
    "AND c.reported_at_ms > ?6 " NEWEST,
    KEYS(LEAD_STATUS, STORE_OLDEST_REPORT) = REPORT_KEYS BY_REPORT BEHIND OLDEST,
    KEYS(LEAD_STATUS, STORE_OLDEST_UPDATE) = UPDATE_KEYS BY_UPDATE UPDATED_BEHIND STALEST,
    KEYS(LEAD_DEPARTMENT, STORE_NEWEST_REPORT) = REPORT_KEYS BY_DEPARTMENT BEFORE
    "AND c.reported_at_ms > ?6 " NEWEST,
    KEYS(LEAD_DEPARTMENT, STORE_OLDEST_REPORT) = REPORT_KEYS BY_DEPARTMENT BEHIND OLDEST,
    KEYS(LEAD_DEPARTMENT, STORE_OLDEST_UPDATE) = UPDATE_KEYS BY_UPDATE UPDATED_BEHIND
    "AND c.department_id = ?5 " STALEST,
    KEYS(LEAD_STATUS_FILTERED, STORE_NEWEST_REPORT) = REPORT_KEYS BY_REPORT BEFORE
    "AND c.reported_at_ms > ?6 " ALSO ALSO_IN_BOX NEWEST,
    KEYS(LEAD_STATUS_FILTERED,
         STORE_OLDEST_REPORT) = REPORT_KEYS BY_REPORT BEHIND ALSO ALSO_IN_BOX OLDEST,
    KEYS(LEAD_STATUS_FILTERED,
         STORE_OLDEST_UPDATE) = UPDATE_KEYS BY_UPDATE UPDATED_BEHIND ROW_CONDITIONS STALEST,
    KEYS(LEAD_UPDATE, STORE_NEWEST_REPORT) = REPORT_KEYS BY_UPDATE
    "c.updated_at_ms > ?7 AND " BEFORE ROW_CONDITIONS NEWEST,
    KEYS(LEAD_UPDATE, STORE_OLDEST_REPORT) = REPORT_KEYS BY_UPDATE
    "c.updated_at_ms > ?7 AND " BEHIND ROW_CONDITIONS OLDEST,
    KEYS(LEAD_UPDATE,
         STORE_OLDEST_UPDATE) = UPDATE_KEYS BY_UPDATE UPDATED_BEHIND ROW_CONDITIONS STALEST,
    KEYS(LEAD_CLOSE, STORE_NEWEST_REPORT) = REPORT_KEYS BY_CLOSE BEFORE ROW_CONDITIONS NEWEST,
    KEYS(LEAD_CLOSE, STORE_OLDEST_REPORT) = REPORT_KEYS BY_CLOSE BEHIND ROW_CONDITIONS OLDEST,
    KEYS(LEAD_CLOSE,
         STORE_OLDEST_UPDATE) = UPDATE_KEYS BY_CLOSE UPDATED_BEHIND ROW_CONDITIONS STALEST,
    KEYS(LEAD_WORDS, STORE_NEWEST_REPORT) = REPORT_KEYS BY_WORDS
    "AND w.rowid < ?3 " ROW_CONDITIONS ALSO_STATUS "ORDER BY w.rowid DESC LIMIT ?4",
    KEYS(LEAD_WORDS, STORE_OLDEST_REPORT) = REPORT_KEYS BY_WORDS
    "AND w.rowid > ?3 " ROW_CONDITIONS ALSO_STATUS "ORDER BY w.rowid LIMIT ?4",
    KEYS(LEAD_WORDS, STORE_OLDEST_UPDATE) = UPDATE_KEYS BY_WORDS
    "AND " UPDATED_BEHIND ROW_CONDITIONS ALSO_STATUS STALEST,
    KEYS(LEAD_PLACE,
         STORE_NEWEST_REPORT) = REPORT_KEYS BY_PLACE BEFORE ALSO_REPORTED ALSO ALSO_STATUS NEWEST,
    KEYS(LEAD_PLACE,
         STORE_OLDEST_REPORT) = REPORT_KEYS BY_PLACE BEHIND ALSO_REPORTED ALSO ALSO_STATUS OLDEST,
    KEYS(LEAD_PLACE, STORE_OLDEST_UPDATE) =
        UPDATE_KEYS BY_PLACE UPDATED_BEHIND ALSO_REPORTED ALSO ALSO_STATUS STALEST,
    [LIST_PLACES] = "SELECT count(*) FROM (SELECT 1 FROM casefile_place p WHERE " IN_BOX
                    "LIMIT ?4)",
    [LIST_ROW] = "SELECT " CASEFILE_COLUMNS " FROM casefile c WHERE c.id = ?1",
};
const struct statements list_statements = {"list", sql, sizeof sql / sizeof *sql};

struct key {
    int64_t ms, id;
};

/* What is bound: by number, whether the statement uses it or not. */
struct conditions {
    int64_t number[AT_LON_HIGH + 1];
    struct str words;
};

static struct conditions conditions_of(const struct store_casefile_query *q);
static enum err words_of(struct store_tx *tx, struct str typed, struct conditions *c);
static enum err few_in_box(struct store_tx *tx, const struct conditions *c, bool *few);
static enum err keys_by_status(struct store_tx *tx, const struct store_casefile_query *q,
                               const struct conditions *c, struct key *keys, size_t *count);
static enum err keys_of(struct store_tx *tx, enum lead lead, const struct store_casefile_query *by,
                        const struct conditions *c, const char *status, struct key *keys,
                        size_t *count);
static enum err rows_by_keys(struct store_tx *tx, const struct key *keys, size_t count,
                             struct arena *a, struct casefile **out);
static int newest_first(const void *a, const void *b);
static int oldest_first(const void *a, const void *b);

enum err store_casefile_list(struct store_tx *tx, const struct store_casefile_query *query,
                             struct arena *a, struct casefile **out, size_t *count, bool *more)
{
    must(query->limit >= 1 && query->limit <= LIMIT_MAX);
    struct key keys[(LIMIT_MAX + 1) * CASE_STATUS_COUNT];
    size_t found = 0;
    struct conditions c = conditions_of(query);
    bool few = false;
    enum err e = ERR_NONE;
    if (query->words.bytes) {
        e = words_of(tx, query->words, &c);
        if (!e && c.words.bytes) e = keys_of(tx, LEAD_WORDS, query, &c, NULL, keys, &found);
    } else {
        if (query->has_box) e = few_in_box(tx, &c, &few);
        if (!e && few) e = keys_of(tx, LEAD_PLACE, query, &c, NULL, keys, &found);
        if (!e && !few) e = keys_by_status(tx, query, &c, keys, &found);
    }
    size_t page = found < query->limit ? found : query->limit;
    struct casefile *rows = NULL;
    if (!e) e = rows_by_keys(tx, keys, page, a, &rows);
    if (e) return e;
    *out = rows;
    *count = page;
    *more = found > page;
    return ERR_NONE;
}

enum err store_casefile_near(struct store_tx *tx, struct store_box box, int64_t reported_after_ms,
                             size_t limit, struct arena *a, struct casefile **out, size_t *count)
{
    must(limit >= 1 && limit <= LIMIT_MAX);
    struct key keys[LIMIT_MAX + 1];
    size_t found = 0;
    const struct store_casefile_query q = {
        .has_box = true, .box = box, .reported_after_ms = reported_after_ms, .limit = limit};
    struct conditions c = conditions_of(&q);
    c.number[AT_LIMIT] = (int64_t)limit;
    enum err e = keys_of(tx, LEAD_PLACE, &q, &c, NULL, keys, &found);
    struct casefile *rows = NULL;
    if (!e) e = rows_by_keys(tx, keys, found, a, &rows);
    if (e) return e;
    *out = rows;
    *count = found;
    return ERR_NONE;
}

static struct conditions conditions_of(const struct store_casefile_query *q)
{
    bool down = q->order == STORE_NEWEST_REPORT;
    struct conditions c = {.words = STR("")};
    int64_t *n = c.number;
    n[AT_CURSOR_MS] = q->has_cursor ? q->cursor_ms : down ? INT64_MAX : INT64_MIN;
    n[AT_CURSOR_ID] = q->has_cursor ? q->cursor_id : down ? INT64_MAX : INT64_MIN;
    n[AT_LIMIT] = (int64_t)q->limit + 1;
    n[AT_DEPARTMENT] = q->department_id;
    n[AT_REPORTED_AFTER] = q->reported_after_ms ? q->reported_after_ms : INT64_MIN;
    n[AT_UPDATED_AFTER] = q->updated_after_ms ? q->updated_after_ms : INT64_MIN;
    n[AT_CLOSED_AFTER] = q->closed_after_ms;
    n[AT_STATUSES] = q->statuses ? (int64_t)q->statuses : (1 << CASE_STATUS_COUNT) - 1;
    n[AT_HAS_BOX] = q->has_box;
    n[AT_LAT_LOW] = q->box.low.lat_e7;
    n[AT_LAT_HIGH] = q->box.high.lat_e7;
    n[AT_LON_LOW] = q->box.low.lon_e7;
    n[AT_LON_HIGH] = q->box.high.lon_e7;
    /* "After" a time is a cursor behind its last id; only the first page needs it said. */
    int64_t after = q->order == STORE_OLDEST_REPORT   ? n[AT_REPORTED_AFTER]
                    : q->order == STORE_OLDEST_UPDATE ? n[AT_UPDATED_AFTER]
                                                      : INT64_MIN;
    if (after > n[AT_CURSOR_MS] && !q->words.bytes) {
        n[AT_CURSOR_MS] = after;
        n[AT_CURSOR_ID] = INT64_MAX;
    }
    return c;
}

static enum err words_of(struct store_tx *tx, struct str typed, struct conditions *c)
{
    struct buf *words = &tx->db->query_words;
    arena_reset(&tx->db->scratch);
    buf_reset(words);
    enum err e = text_index_query(typed, &tx->db->scratch, words);
    if (!e) c->words = buf_str(words); /* "": nothing in it to look for */
    return e;
}

static enum err few_in_box(struct store_tx *tx, const struct conditions *c, bool *few)
{
    struct query q;
    int64_t n = 0;
    query_begin(&q, tx, STATEMENTS_LIST, LIST_PLACES);
    for (int i = 1; i <= AT_LON_HIGH; i++) {
        query_int(&q, i == AT_LIMIT ? BOX_FEW + 1 : c->number[i]);
    }
    if (query_one(&q)) n = column_int(&q, 0);
    enum err e = query_end(&q);
    if (!e) *few = n <= BOX_FEW;
    return e;
}

/* Which index leads to the cases of one status. */
static enum lead lead_of(const struct store_casefile_query *q, enum case_status status)
{
    bool by_update = q->order == STORE_OLDEST_UPDATE;
    if (status == CASE_DONE && q->closed_after_ms) return LEAD_CLOSE;
    if (q->updated_after_ms && !by_update) return LEAD_UPDATE;
    if (q->has_box || (by_update && q->reported_after_ms)) return LEAD_STATUS_FILTERED;
    return q->department_id ? LEAD_DEPARTMENT : LEAD_STATUS;
}

static enum err keys_by_status(struct store_tx *tx, const struct store_casefile_query *q,
                               const struct conditions *c, struct key *keys, size_t *count)
{
    size_t found = 0;
    for (unsigned i = 0; i < CASE_STATUS_COUNT; i++) {
        enum case_status status = (enum case_status)i;
        size_t n = 0;
        if (!(c->number[AT_STATUSES] >> i & 1)) continue;
        enum err e = keys_of(tx, lead_of(q, status), q, c, record_status_name(status), keys + found,
                             &n);
        if (e) return e;
        found += n;
    }
    qsort(keys, found, sizeof *keys, q->order == STORE_NEWEST_REPORT ? newest_first : oldest_first);
    *count = found;
    return ERR_NONE;
}

/* At most limit + 1. `status` NULL: the first parameter is the words. */
static enum err keys_of(struct store_tx *tx, enum lead lead, const struct store_casefile_query *by,
                        const struct conditions *c, const char *status, struct key *keys,
                        size_t *count)
{
    struct query q;
    size_t n = 0;
    query_begin(&q, tx, STATEMENTS_LIST, LIST_KEYS + (unsigned)lead * ORDERS + by->order);
    int used = q.err ? 0 : sqlite3_bind_parameter_count(q.stmt);
    for (int i = 1; i <= used; i++) {
        if (i > 1)
            query_int(&q, c->number[i]);
        else if (status)
            query_name(&q, status);
        else
            query_str(&q, c->words);
    }
    while (query_row(&q)) {
        must(n <= by->limit);
        keys[n++] = (struct key){column_int(&q, 0), column_int(&q, 1)};
    }
    enum err e = query_end(&q);
    if (!e) *count = n;
    return e;
}

static enum err rows_by_keys(struct store_tx *tx, const struct key *keys, size_t count,
                             struct arena *a, struct casefile **out)
{
    struct casefile *rows = arena_array(a, count ? count : 1, sizeof *rows);
    if (!rows) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct query q;
        query_begin(&q, tx, STATEMENTS_LIST, LIST_ROW);
        query_int(&q, keys[i].id);
        if (query_one(&q)) casefile_row(&q, a, &rows[i]);
        enum err e = query_end(&q);
        if (e) return e;
    }
    *out = rows;
    return ERR_NONE;
}

static int oldest_first(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    if (x->ms != y->ms) return x->ms < y->ms ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static int newest_first(const void *a, const void *b)
{
    return oldest_first(b, a);
}
