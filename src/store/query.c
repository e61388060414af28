/* Owns the running of prepared statements: prepared once for each connection when first needed,
 * bound by position, reset at the end. A struct query carries the first failure along, so that its
 * user asks once, at query_end.
 *
 * Invariants: no statement is made of values; every parameter is bound anew in each run (so that no
 * pointer of an earlier run is ever read); a statement that writes runs only in a writing
 * transaction.
 */
#include <string.h>

#include "base/must.h"
#include "store_private.h"

const struct statements *statements_of(enum statement_table table)
{
    static const struct statements *const all[STATEMENTS_TABLES] = {
        [STATEMENTS_TX] = &tx_statements,         [STATEMENTS_TOWN] = &town_statements,
        [STATEMENTS_PERSON] = &person_statements, [STATEMENTS_CASEFILE] = &casefile_statements,
        [STATEMENTS_WORDS] = &words_statements,   [STATEMENTS_LIST] = &list_statements,
        [STATEMENTS_EVENT] = &event_statements,   [STATEMENTS_PHOTO] = &photo_statements,
        [STATEMENTS_BLOB] = &blob_statements,     [STATEMENTS_ALIKE] = &alike_statements,
        [STATEMENTS_VERIFY] = &verify_statements,
    };
    must((unsigned)table < STATEMENTS_TABLES);
    return all[table];
}

void query_begin(struct query *q, struct store_tx *tx, enum statement_table table, unsigned which)
{
    const struct statements *t = statements_of(table);
    must(which < t->count && t->count <= STATEMENTS_MAX);
    *q = (struct query){.tx = tx, .err = ERR_NONE, .where = t->name};
    struct db *db = tx->db;
    sqlite3_stmt **slot = &db->prepared[table][which];
    if (!*slot) {
        int rc = sqlite3_prepare_v3(db->handle, t->sql[which], -1, SQLITE_PREPARE_PERSISTENT, slot,
                                    NULL);
        if (rc != SQLITE_OK) {
            q->err = db_fail(db, rc, q->where);
            return;
        }
    }
    must(!sqlite3_stmt_busy(*slot));
    must(tx->writing || sqlite3_stmt_readonly(*slot));
    q->stmt = *slot;
}

static void bound(struct query *q, int rc)
{
    if (rc != SQLITE_OK) q->err = db_fail(q->tx->db, rc, q->where);
}

void query_int(struct query *q, int64_t value)
{
    if (!q->err) bound(q, sqlite3_bind_int64(q->stmt, ++q->bound, value));
}

void query_null(struct query *q)
{
    if (!q->err) bound(q, sqlite3_bind_null(q->stmt, ++q->bound));
}

void query_int_or_null(struct query *q, int64_t value, int64_t null_value)
{
    if (value == null_value)
        query_null(q);
    else
        query_int(q, value);
}

void query_str(struct query *q, struct str s)
{
    if (q->err) return;
    bound(q, sqlite3_bind_text64(q->stmt, ++q->bound, s.bytes ? s.at : "", s.bytes, SQLITE_STATIC,
                                 SQLITE_UTF8));
}

void query_name(struct query *q, const char *terminated)
{
    query_str(q, str_of(terminated));
}

void query_blob(struct query *q, const void *bytes, size_t count)
{
    if (q->err) return;
    bound(q, sqlite3_bind_blob64(q->stmt, ++q->bound, count ? bytes : "", count, SQLITE_STATIC));
}

bool query_row(struct query *q)
{
    if (q->err) return false;
    must(q->bound == sqlite3_bind_parameter_count(q->stmt));
    int rc = sqlite3_step(q->stmt);
    if (rc == SQLITE_ROW) return true;
    q->err = db_fail(q->tx->db, rc, q->where);
    return false;
}

bool query_one(struct query *q)
{
    if (query_row(q)) return true;
    if (!q->err) q->err = ERR_NOT_FOUND;
    return false;
}

enum err query_end(struct query *q)
{
    if (q->stmt) (void)sqlite3_reset(q->stmt); /* says again what step said */
    q->stmt = NULL;
    return q->err;
}

enum err query_run(struct query *q)
{
    while (query_row(q)) continue;
    return query_end(q);
}

enum err query_change(struct query *q)
{
    sqlite3 *handle = q->tx->db->handle;
    enum err e = query_run(q);
    return e ? e : sqlite3_changes(handle) ? ERR_NONE : ERR_NOT_FOUND;
}

int64_t column_int(struct query *q, int column)
{
    return q->err ? 0 : sqlite3_column_int64(q->stmt, column);
}

bool column_is_null(struct query *q, int column)
{
    return q->err || sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

/* As a blob: text without the copy that a terminating NUL may cost. */
struct str column_borrow(struct query *q, int column)
{
    if (q->err) return STR("");
    struct str s = {sqlite3_column_blob(q->stmt, column), 0};
    s.bytes = (size_t)sqlite3_column_bytes(q->stmt, column);
    if (!s.at) {
        if (s.bytes) q->err = ERR_NOMEM;
        return STR("");
    }
    return s;
}

struct str column_str(struct query *q, int column, struct arena *a)
{
    struct str s = column_borrow(q, column);
    if (s.bytes == 0) return STR("");
    s = arena_str(a, s);
    if (!s.at) {
        if (!q->err) q->err = ERR_NOMEM;
        return STR("");
    }
    return s;
}

void column_bytes(struct query *q, int column, void *out, size_t count)
{
    struct str s = column_borrow(q, column);
    if (q->err) return;
    if (s.bytes != count) {
        query_corrupt(q, "a column of bytes has the wrong length");
        return;
    }
    memcpy(out, s.at, count);
}

void column_text(struct query *q, int column, char *out, size_t room)
{
    struct str s = column_borrow(q, column);
    if (q->err) return;
    if (s.bytes >= room) {
        query_corrupt(q, "a column of text is too long");
        return;
    }
    memcpy(out, s.at, s.bytes);
    out[s.bytes] = '\0';
}

void query_corrupt(struct query *q, const char *what)
{
    if (q->err) return;
    q->err = ERR_CORRUPT;
    log_line(q->tx->db->env->log, LOG_ERROR, "what=\"store: not what we write: %s\" at=%s", what,
             q->where);
}

struct rows rows_of(struct arena *a, size_t bytes)
{
    return (struct rows){.a = a, .bytes = bytes};
}

void *rows_next(struct rows *r, struct query *q)
{
    if (!query_row(q)) return NULL;
    void *element = rows_add(r);
    if (!element) q->err = ERR_NOMEM;
    return element;
}

void *rows_add(struct rows *r)
{
    if (r->count == r->room) {
        size_t room = r->room ? r->room * 2 : 16;
        char *at = arena_array(r->a, room, r->bytes);
        if (!at) return NULL;
        if (r->count) memcpy(at, r->at, r->count * r->bytes);
        r->at = at;
        r->room = room;
    }
    return (char *)r->at + r->bytes * r->count++;
}
