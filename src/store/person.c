/* Owns the rows of the staff and of their sessions. A person is never deleted: the timeline names
 * them. Whoever gets a new password or is disabled loses all sessions in the same transaction.
 */
#include "store_private.h"

#define PERSON_COLUMNS                                                                             \
    "p.id, p.name, p.role, p.password_hash, p.created_at_ms, p.disabled_at_ms, p.signed_in_at_ms"

enum {
    PERSON_INSERT,
    PERSON_BY_NAME,
    PERSON_BY_ID,
    PERSON_LIST,
    PERSON_PASSWORD,
    PERSON_DISABLE,
    PERSON_SIGNED_IN,
    SESSION_INSERT,
    SESSION_GET,
    SESSION_SEEN,
    SESSION_DELETE,
    SESSION_DELETE_OF,
    SESSION_PURGE,
};

static const char *const sql[] = {
    [PERSON_INSERT] = "INSERT INTO person (name, role, password_hash, created_at_ms, "
                      "disabled_at_ms, signed_in_at_ms) VALUES (?, ?, ?, ?, ?, ?)",
    [PERSON_BY_NAME] = "SELECT " PERSON_COLUMNS " FROM person p WHERE p.name = ?",
    [PERSON_BY_ID] = "SELECT " PERSON_COLUMNS " FROM person p WHERE p.id = ?",
    [PERSON_LIST] = "SELECT " PERSON_COLUMNS " FROM person p ORDER BY p.name",
    [PERSON_PASSWORD] = "UPDATE person SET password_hash = ? WHERE id = ?",
    [PERSON_DISABLE] = "UPDATE person SET disabled_at_ms = ? WHERE id = ?",
    [PERSON_SIGNED_IN] = "UPDATE person SET signed_in_at_ms = ? WHERE id = ?",
    [SESSION_INSERT] = "INSERT INTO session (token_sha256, person_id, created_at_ms, seen_at_ms, "
                       "ends_at_ms) VALUES (?, ?, ?, ?, ?)",
    [SESSION_GET] = "SELECT " PERSON_COLUMNS ", s.token_sha256, s.created_at_ms, s.seen_at_ms, "
                    "s.ends_at_ms FROM session s JOIN person p ON p.id = s.person_id "
                    "WHERE s.token_sha256 = ?",
    [SESSION_SEEN] = "UPDATE session SET seen_at_ms = ? WHERE token_sha256 = ?",
    [SESSION_DELETE] = "DELETE FROM session WHERE token_sha256 = ?",
    [SESSION_DELETE_OF] = "DELETE FROM session WHERE person_id = ?",
    [SESSION_PURGE] = "DELETE FROM session WHERE ends_at_ms < ?",
};
const struct statements person_statements = {"person", sql, sizeof sql / sizeof *sql};

static void person_row(struct query *q, struct arena *a, struct person *out);
static enum err person_one(struct query *q, struct arena *a, struct person *out);
static enum err end_sessions(struct store_tx *tx, int64_t person_id);

enum err store_person_insert(struct store_tx *tx, const struct person *p, int64_t *id)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PERSON, PERSON_INSERT);
    query_str(&q, p->name);
    query_name(&q, record_role_name(p->role));
    query_str(&q, p->password_hash);
    query_int(&q, p->created_at_ms);
    query_int_or_null(&q, p->disabled_at_ms, 0);
    query_int_or_null(&q, p->signed_in_at_ms, 0);
    enum err e = query_run(&q);
    if (!e) *id = sqlite3_last_insert_rowid(tx->db->handle);
    return e;
}

enum err store_person_by_name(struct store_tx *tx, struct str name, struct arena *a,
                              struct person *out)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PERSON, PERSON_BY_NAME);
    query_str(&q, name);
    return person_one(&q, a, out);
}

enum err store_person_by_id(struct store_tx *tx, int64_t id, struct arena *a, struct person *out)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PERSON, PERSON_BY_ID);
    query_int(&q, id);
    return person_one(&q, a, out);
}

enum err store_person_list(struct store_tx *tx, struct arena *a, struct person **out, size_t *count)
{
    struct query q;
    struct rows rows = rows_of(a, sizeof(struct person));
    query_begin(&q, tx, STATEMENTS_PERSON, PERSON_LIST);
    for (struct person *p; (p = rows_next(&rows, &q)) != NULL;) {
        person_row(&q, a, p);
    }
    enum err e = query_end(&q);
    if (!e) {
        *out = rows.at;
        *count = rows.count;
    }
    return e;
}

enum err store_person_set_password(struct store_tx *tx, int64_t id, struct str hash)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PERSON, PERSON_PASSWORD);
    query_str(&q, hash);
    query_int(&q, id);
    enum err e = query_change(&q);
    return e ? e : end_sessions(tx, id);
}

enum err store_person_disable(struct store_tx *tx, int64_t id, int64_t at_ms)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PERSON, PERSON_DISABLE);
    query_int_or_null(&q, at_ms, 0);
    query_int(&q, id);
    enum err e = query_change(&q);
    return e ? e : end_sessions(tx, id);
}

enum err store_person_signed_in(struct store_tx *tx, int64_t id, int64_t at_ms)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PERSON, PERSON_SIGNED_IN);
    query_int(&q, at_ms);
    query_int(&q, id);
    return query_change(&q);
}

enum err store_session_insert(struct store_tx *tx, const struct staff_session *s)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PERSON, SESSION_INSERT);
    query_blob(&q, s->token_sha256, sizeof s->token_sha256);
    query_int(&q, s->person_id);
    query_int(&q, s->created_at_ms);
    query_int(&q, s->seen_at_ms);
    query_int(&q, s->ends_at_ms);
    return query_run(&q);
}

enum err store_session_get(struct store_tx *tx, const uint8_t token_sha256[32], struct arena *a,
                           struct staff_session *out, struct person *person)
{
    struct query q;
    struct person p = {0};
    struct staff_session s = {0};
    query_begin(&q, tx, STATEMENTS_PERSON, SESSION_GET);
    query_blob(&q, token_sha256, 32);
    if (query_one(&q)) {
        person_row(&q, a, &p);
        column_bytes(&q, 7, s.token_sha256, sizeof s.token_sha256);
        s.person_id = p.id;
        s.created_at_ms = column_int(&q, 8);
        s.seen_at_ms = column_int(&q, 9);
        s.ends_at_ms = column_int(&q, 10);
    }
    enum err e = query_end(&q);
    if (!e) {
        *out = s;
        *person = p;
    }
    return e;
}

enum err store_session_seen(struct store_tx *tx, const uint8_t token_sha256[32], int64_t at_ms)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PERSON, SESSION_SEEN);
    query_int(&q, at_ms);
    query_blob(&q, token_sha256, 32);
    return query_change(&q);
}

enum err store_session_delete(struct store_tx *tx, const uint8_t token_sha256[32])
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PERSON, SESSION_DELETE);
    query_blob(&q, token_sha256, 32);
    return query_run(&q);
}

enum err store_session_purge(struct store_tx *tx, int64_t ended_before_ms)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PERSON, SESSION_PURGE);
    query_int(&q, ended_before_ms);
    return query_run(&q);
}

static void person_row(struct query *q, struct arena *a, struct person *out)
{
    out->id = column_int(q, 0);
    out->name = column_str(q, 1, a);
    COLUMN_ENUM(q, 2, record_role_parse, &out->role);
    out->password_hash = column_str(q, 3, a);
    out->created_at_ms = column_int(q, 4);
    out->disabled_at_ms = column_int(q, 5);
    out->signed_in_at_ms = column_int(q, 6);
}

static enum err person_one(struct query *q, struct arena *a, struct person *out)
{
    struct person p = {0};
    if (query_one(q)) person_row(q, a, &p);
    enum err e = query_end(q);
    if (!e) *out = p;
    return e;
}

static enum err end_sessions(struct store_tx *tx, int64_t person_id)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PERSON, SESSION_DELETE_OF);
    query_int(&q, person_id);
    return query_run(&q);
}
