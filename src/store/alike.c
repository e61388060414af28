/* Owns the rows of candidates for "already reported", and of reports that are sent again. */
#include "store_private.h"

enum {
    ALIKE_INSERT,
    ALIKE_LIST,
    IDEMPOTENCY_GET,
    IDEMPOTENCY_PUT,
    IDEMPOTENCY_OLD,
    IDEMPOTENCY_DELETE,
};

static const char *const sql[] = {
    [ALIKE_INSERT] = "INSERT INTO alike (casefile_id, other_id, rank, distance_m, photo_distance, "
                     "apart_ms, same_category) VALUES (?, ?, ?, ?, ?, ?, ?)",
    [ALIKE_LIST] = "SELECT a.other_id, c.ref, a.rank, a.distance_m, a.photo_distance, a.apart_ms, "
                   "a.same_category FROM alike a JOIN casefile c ON c.id = a.other_id "
                   "WHERE a.casefile_id = ? ORDER BY a.rank, a.other_id",
    [IDEMPOTENCY_GET] =
        "SELECT body_sha256, casefile_id, answer FROM idempotency WHERE key_sha256 = ?",
    [IDEMPOTENCY_PUT] = "INSERT INTO idempotency (key_sha256, body_sha256, casefile_id, answer, "
                        "created_at_ms) VALUES (?, ?, ?, ?, ?)",
    [IDEMPOTENCY_OLD] = "SELECT id, created_at_ms FROM idempotency ORDER BY id",
    [IDEMPOTENCY_DELETE] = "DELETE FROM idempotency WHERE id <= ?",
};
const struct statements alike_statements = {"alike", sql, sizeof sql / sizeof *sql};

enum err store_alike_insert(struct store_tx *tx, const struct alike *x)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_ALIKE, ALIKE_INSERT);
    query_int(&q, x->casefile_id);
    query_int(&q, x->other_id);
    query_int(&q, x->rank);
    query_int_or_null(&q, x->distance_m, -1);
    query_int_or_null(&q, x->photo_distance, -1);
    query_int(&q, x->apart_ms);
    query_int(&q, x->same_category);
    return query_run(&q);
}

enum err store_alike_list(struct store_tx *tx, int64_t casefile_id, struct arena *a,
                          struct alike **out, size_t *count)
{
    struct query q;
    struct rows rows = rows_of(a, sizeof(struct alike));
    query_begin(&q, tx, STATEMENTS_ALIKE, ALIKE_LIST);
    query_int(&q, casefile_id);
    for (struct alike *x; (x = rows_next(&rows, &q)) != NULL;) {
        x->casefile_id = casefile_id;
        x->other_id = column_int(&q, 0);
        column_text(&q, 1, x->other_ref, sizeof x->other_ref);
        x->rank = column_int(&q, 2);
        x->distance_m = column_is_null(&q, 3) ? -1 : column_int(&q, 3);
        x->photo_distance = column_is_null(&q, 4) ? -1 : column_int(&q, 4);
        x->apart_ms = column_int(&q, 5);
        x->same_category = column_int(&q, 6);
    }
    enum err e = query_end(&q);
    if (!e) {
        *out = rows.at;
        *count = rows.count;
    }
    return e;
}

enum err store_idempotency_get(struct store_tx *tx, const uint8_t key_sha256[32], struct arena *a,
                               uint8_t body_sha256[32], int64_t *casefile_id, struct str *answer)
{
    struct query q;
    uint8_t body[32] = {0};
    int64_t id = 0;
    struct str kept = STR_NONE;
    query_begin(&q, tx, STATEMENTS_ALIKE, IDEMPOTENCY_GET);
    query_blob(&q, key_sha256, 32);
    if (query_one(&q)) {
        column_bytes(&q, 0, body, sizeof body);
        id = column_int(&q, 1);
        kept = column_str(&q, 2, a);
    }
    enum err e = query_end(&q);
    if (!e) {
        memcpy(body_sha256, body, sizeof body);
        *casefile_id = id;
        *answer = kept;
    }
    return e;
}

enum err store_idempotency_put(struct store_tx *tx, const uint8_t key_sha256[32],
                               const uint8_t body_sha256[32], int64_t casefile_id,
                               struct str answer, int64_t at_ms)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_ALIKE, IDEMPOTENCY_PUT);
    query_blob(&q, key_sha256, 32);
    query_blob(&q, body_sha256, 32);
    query_int(&q, casefile_id);
    query_blob(&q, answer.at, answer.bytes);
    query_int(&q, at_ms);
    return query_run(&q);
}

/* Old ones stand at the front; the first young one ends the walk. */
enum err store_idempotency_purge(struct store_tx *tx, int64_t before_ms)
{
    struct query q;
    int64_t last = 0;
    query_begin(&q, tx, STATEMENTS_ALIKE, IDEMPOTENCY_OLD);
    while (query_row(&q) && column_int(&q, 1) < before_ms) last = column_int(&q, 0);
    enum err e = query_end(&q);
    if (e || last == 0) return e;
    query_begin(&q, tx, STATEMENTS_ALIKE, IDEMPOTENCY_DELETE);
    query_int(&q, last);
    return query_run(&q);
}
