/* Owns the rows of the timeline. It only grows: the schema's triggers refuse anything else. */
#include "store_private.h"

enum { EVENT_LAST_SEQ, EVENT_INSERT, EVENT_LIST, EVENT_LIST_PUBLIC };

#define LIST                                                                                       \
    "SELECT e.id, e.seq, e.kind, e.actor_kind, e.actor_id, p.name, e.origin, e.at_ms, "            \
    "e.is_public, e.from_value, e.to_value, e.body FROM event e "                                  \
    "LEFT JOIN person p ON p.id = e.actor_id WHERE e.casefile_id = ? "

static const char *const sql[] = {
    [EVENT_LAST_SEQ] = "SELECT ifnull(max(seq), 0) FROM event WHERE casefile_id = ?",
    [EVENT_INSERT] =
        "INSERT INTO event (casefile_id, seq, kind, actor_kind, actor_id, origin, at_ms, "
        "is_public, from_value, to_value, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [EVENT_LIST] = LIST "ORDER BY e.seq",
    [EVENT_LIST_PUBLIC] = LIST "AND e.is_public = 1 ORDER BY e.seq",
};
const struct statements event_statements = {"event", sql, sizeof sql / sizeof *sql};

enum err store_event_append(struct store_tx *tx, struct event *e)
{
    struct query q;
    int64_t last = 0;
    query_begin(&q, tx, STATEMENTS_EVENT, EVENT_LAST_SEQ);
    query_int(&q, e->casefile_id);
    if (query_one(&q)) last = column_int(&q, 0);
    enum err err = query_end(&q);
    if (err) return err;
    query_begin(&q, tx, STATEMENTS_EVENT, EVENT_INSERT);
    query_int(&q, e->casefile_id);
    query_int(&q, last + 1);
    query_name(&q, record_event_kind_name(e->kind));
    query_name(&q, record_actor_kind_name(e->actor_kind));
    query_int_or_null(&q, e->actor_id, 0);
    query_name(&q, record_origin_name(e->origin));
    query_int(&q, e->at_ms);
    query_int(&q, e->is_public);
    query_str(&q, e->from_value);
    query_str(&q, e->to_value);
    query_str(&q, e->text);
    err = query_run(&q);
    if (err) return err;
    e->seq = last + 1;
    e->id = sqlite3_last_insert_rowid(tx->db->handle);
    return ERR_NONE;
}

enum err store_event_list(struct store_tx *tx, int64_t casefile_id, bool public_only,
                          struct arena *a, struct event **out, size_t *count)
{
    struct query q;
    struct rows rows = rows_of(a, sizeof(struct event));
    query_begin(&q, tx, STATEMENTS_EVENT, public_only ? EVENT_LIST_PUBLIC : EVENT_LIST);
    query_int(&q, casefile_id);
    for (struct event *e; (e = rows_next(&rows, &q)) != NULL;) {
        e->casefile_id = casefile_id;
        e->id = column_int(&q, 0);
        e->seq = column_int(&q, 1);
        COLUMN_ENUM(&q, 2, record_event_kind_parse, &e->kind);
        COLUMN_ENUM(&q, 3, record_actor_kind_parse, &e->actor_kind);
        e->actor_id = column_int(&q, 4);
        e->actor_name = column_str(&q, 5, a);
        COLUMN_ENUM(&q, 6, record_origin_parse, &e->origin);
        e->at_ms = column_int(&q, 7);
        e->is_public = column_int(&q, 8);
        e->from_value = column_str(&q, 9, a);
        e->to_value = column_str(&q, 10, a);
        e->text = column_str(&q, 11, a);
    }
    enum err e = query_end(&q);
    if (!e) {
        *out = rows.at;
        *count = rows.count;
    }
    return e;
}
