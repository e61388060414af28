/* Owns the rows of cases, with what hangs on each: its place in the R*Tree, its words in the search
 * index, its contact. The counters are kept by the schema's triggers.
 *
 * Invariants: a place and words change in the same transaction as their case; a case is changed
 * only from the version that its changer saw. Refuses to touch reported_at, ref, locale and origin
 * again.
 */
#include <string.h>

#include "casefile_row.h"
#include "words.h"

enum {
    CASEFILE_INSERT,
    CASEFILE_BEFORE,
    CASEFILE_UPDATE,
    CASEFILE_BY_REF,
    CASEFILE_BY_ID,
    CASEFILE_COUNTS,
    CASEFILE_DONE_SINCE,
    PLACE_PUT,
    PLACE_DELETE,
    CONTACT_PUT,
    CONTACT_GET,
};

static const char *const sql[] = {
    [CASEFILE_INSERT] =
        "INSERT INTO casefile (ref, locale, origin, reported_at_ms, more_words, status, outcome, "
        "category_id, department_id, assignee_id, parent_id, title, description, address, lat_e7, "
        "lon_e7, location_source, accuracy_m, location_conflict, exif_lat_e7, exif_lon_e7, "
        "given_lat_e7, given_lon_e7, given_source, updated_at_ms, closed_at_ms, due_at_ms, "
        "photo_count, thumb_photo, alike_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [CASEFILE_BEFORE] =
        "SELECT version, ref, more_words, title IS ? AND description IS ? AND address IS ?, "
        "lat_e7 IS ? AND lon_e7 IS ? FROM casefile WHERE id = ?",
    [CASEFILE_UPDATE] =
        "UPDATE casefile SET version = version + 1, status = ?, outcome = ?, category_id = ?, "
        "department_id = ?, assignee_id = ?, parent_id = ?, title = ?, description = ?, "
        "address = ?, lat_e7 = ?, lon_e7 = ?, location_source = ?, accuracy_m = ?, "
        "location_conflict = ?, exif_lat_e7 = ?, exif_lon_e7 = ?, given_lat_e7 = ?, "
        "given_lon_e7 = ?, given_source = ?, updated_at_ms = ?, closed_at_ms = ?, due_at_ms = ?, "
        "photo_count = ?, thumb_photo = ?, alike_count = ? WHERE id = ?",
    [CASEFILE_BY_REF] = "SELECT " CASEFILE_COLUMNS " FROM casefile c WHERE c.ref = ?",
    [CASEFILE_BY_ID] = "SELECT " CASEFILE_COLUMNS " FROM casefile c WHERE c.id = ?",
    [CASEFILE_COUNTS] = "SELECT status, sum(cases) FROM casefile_count "
                        "WHERE ?1 = 0 OR department_id = ?1 GROUP BY status",
    [CASEFILE_DONE_SINCE] = "SELECT count(*) FROM casefile INDEXED BY casefile_by_close "
                            "WHERE status = 'done' AND closed_at_ms > ?",
    [PLACE_PUT] = "INSERT OR REPLACE INTO casefile_place (id, lat_min, lat_max, lon_min, lon_max) "
                  "VALUES (?1, ?2, ?2, ?3, ?3)",
    [PLACE_DELETE] = "DELETE FROM casefile_place WHERE id = ?",
    [CONTACT_PUT] = "INSERT INTO contact (casefile_id, name, email, phone) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (casefile_id) DO UPDATE SET name = excluded.name, "
                    "email = excluded.email, phone = excluded.phone",
    [CONTACT_GET] = "SELECT name, email, phone FROM contact WHERE casefile_id = ?",
};
const struct statements casefile_statements = {"casefile", sql, sizeof sql / sizeof *sql};

static void bind_changeable(struct query *q, const struct casefile *c);
static enum err one(struct query *q, struct arena *a, struct casefile *out);
static enum err place_put(struct store_tx *tx, int64_t id, const struct location *at);

enum err store_casefile_insert(struct store_tx *tx, const struct casefile *c, struct str more_words,
                               int64_t *id)
{
    struct query q;
    arena_reset(&tx->db->scratch);
    query_begin(&q, tx, STATEMENTS_CASEFILE, CASEFILE_INSERT);
    query_name(&q, c->ref);
    query_str(&q, c->locale);
    query_name(&q, record_origin_name(c->origin));
    query_int(&q, c->reported_at_ms);
    query_str(&q, more_words);
    bind_changeable(&q, c);
    enum err e = query_run(&q);
    int64_t made = sqlite3_last_insert_rowid(tx->db->handle);
    if (!e && c->location.known) e = place_put(tx, made, &c->location);
    if (!e) e = words_put(tx, made, str_of(c->ref), c, more_words, false);
    if (!e) *id = made;
    return e;
}

enum err store_casefile_update(struct store_tx *tx, const struct casefile *c)
{
    struct query q;
    int64_t version = 0;
    bool same_words = true, same_place = true;
    struct str ref = STR_NONE, more_words = STR_NONE;
    const struct location *at = &c->location;
    arena_reset(&tx->db->scratch);
    query_begin(&q, tx, STATEMENTS_CASEFILE, CASEFILE_BEFORE);
    query_str(&q, c->title);
    query_str(&q, c->description);
    query_str(&q, at->address);
    query_int_or_null(&q, at->known ? at->at.lat_e7 : INT64_MIN, INT64_MIN);
    query_int_or_null(&q, at->known ? at->at.lon_e7 : INT64_MIN, INT64_MIN);
    query_int(&q, c->id);
    if (query_one(&q)) {
        version = column_int(&q, 0);
        ref = column_str(&q, 1, &tx->db->scratch);
        more_words = column_str(&q, 2, &tx->db->scratch);
        same_words = column_int(&q, 3);
        same_place = column_int(&q, 4);
    }
    enum err e = query_end(&q);
    if (!e && version != c->version) e = ERR_CONFLICT;
    if (e) return e;
    if (!same_words) e = words_put(tx, c->id, ref, c, more_words, true);
    if (!e && !same_place) e = place_put(tx, c->id, at);
    if (e) return e;
    query_begin(&q, tx, STATEMENTS_CASEFILE, CASEFILE_UPDATE);
    bind_changeable(&q, c);
    query_int(&q, c->id);
    return query_change(&q);
}

enum err store_casefile_by_ref(struct store_tx *tx, struct str ref, struct arena *a,
                               struct casefile *out)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_CASEFILE, CASEFILE_BY_REF);
    query_str(&q, ref);
    return one(&q, a, out);
}

enum err store_casefile_by_id(struct store_tx *tx, int64_t id, struct arena *a,
                              struct casefile *out)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_CASEFILE, CASEFILE_BY_ID);
    query_int(&q, id);
    return one(&q, a, out);
}

enum err store_casefile_counts(struct store_tx *tx, int64_t department_id,
                               int64_t out[CASE_STATUS_COUNT])
{
    struct query q;
    int64_t counts[CASE_STATUS_COUNT] = {0};
    query_begin(&q, tx, STATEMENTS_CASEFILE, CASEFILE_COUNTS);
    query_int(&q, department_id);
    while (query_row(&q)) {
        enum case_status status = CASE_NEW;
        COLUMN_ENUM(&q, 0, record_status_parse, &status);
        counts[status] = column_int(&q, 1);
    }
    enum err e = query_end(&q);
    if (!e) memcpy(out, counts, sizeof counts);
    return e;
}

enum err store_casefile_count_done_since(struct store_tx *tx, int64_t closed_after_ms, int64_t *out)
{
    struct query q;
    int64_t count = 0;
    query_begin(&q, tx, STATEMENTS_CASEFILE, CASEFILE_DONE_SINCE);
    query_int(&q, closed_after_ms);
    if (query_one(&q)) count = column_int(&q, 0);
    enum err e = query_end(&q);
    if (!e) *out = count;
    return e;
}

enum err store_contact_put(struct store_tx *tx, int64_t casefile_id, const struct contact *c)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_CASEFILE, CONTACT_PUT);
    query_int(&q, casefile_id);
    query_str(&q, c->name);
    query_str(&q, c->email);
    query_str(&q, c->phone);
    return query_run(&q);
}

enum err store_contact_get(struct store_tx *tx, int64_t casefile_id, struct arena *a,
                           struct contact *out)
{
    struct query q;
    struct contact c = {STR_NONE, STR_NONE, STR_NONE};
    query_begin(&q, tx, STATEMENTS_CASEFILE, CONTACT_GET);
    query_int(&q, casefile_id);
    if (query_one(&q)) {
        c.name = column_str(&q, 0, a);
        c.email = column_str(&q, 1, a);
        c.phone = column_str(&q, 2, a);
    }
    enum err e = query_end(&q);
    if (!e) *out = c;
    return e;
}

void casefile_row(struct query *q, struct arena *a, struct casefile *out)
{
    struct location *at = &out->location;
    out->id = column_int(q, 0);
    column_text(q, 1, out->ref, sizeof out->ref);
    out->version = column_int(q, 2);
    COLUMN_ENUM(q, 3, record_status_parse, &out->status);
    COLUMN_ENUM(q, 4, record_outcome_parse, &out->outcome);
    out->category_id = column_int(q, 5);
    out->department_id = column_int(q, 6);
    out->assignee_id = column_int(q, 7);
    out->parent_id = column_int(q, 8);
    out->title = column_str(q, 9, a);
    out->description = column_str(q, 10, a);
    at->address = column_str(q, 11, a);
    at->known = !column_is_null(q, 12);
    at->at = (struct position){(int32_t)column_int(q, 12), (int32_t)column_int(q, 13)};
    COLUMN_ENUM(q, 14, record_location_source_parse, &at->source);
    at->accuracy_m = column_is_null(q, 15) ? -1 : column_int(q, 15);
    at->conflict = column_int(q, 16);
    at->exif_known = !column_is_null(q, 17);
    at->exif = (struct position){(int32_t)column_int(q, 17), (int32_t)column_int(q, 18)};
    at->given_known = !column_is_null(q, 19);
    at->given = (struct position){(int32_t)column_int(q, 19), (int32_t)column_int(q, 20)};
    COLUMN_ENUM(q, 21, record_location_source_parse, &at->given_source);
    out->locale = column_str(q, 22, a);
    COLUMN_ENUM(q, 23, record_origin_parse, &out->origin);
    out->reported_at_ms = column_int(q, 24);
    out->updated_at_ms = column_int(q, 25);
    out->closed_at_ms = column_int(q, 26);
    out->due_at_ms = column_int(q, 27);
    out->photo_count = column_int(q, 28);
    out->thumb_photo = column_str(q, 29, a);
    out->alike_count = column_int(q, 30);
}

static enum err one(struct query *q, struct arena *a, struct casefile *out)
{
    struct casefile c = {0};
    if (query_one(q)) casefile_row(q, a, &c);
    enum err e = query_end(q);
    if (!e) *out = c;
    return e;
}

static void bind_position(struct query *q, bool known, struct position p)
{
    query_int_or_null(q, known ? p.lat_e7 : INT64_MIN, INT64_MIN);
    query_int_or_null(q, known ? p.lon_e7 : INT64_MIN, INT64_MIN);
}

/* In the order of CASEFILE_INSERT's tail and of CASEFILE_UPDATE. */
static void bind_changeable(struct query *q, const struct casefile *c)
{
    const struct location *at = &c->location;
    query_name(q, record_status_name(c->status));
    query_name(q, record_outcome_name(c->outcome));
    query_int_or_null(q, c->category_id, 0);
    query_int_or_null(q, c->department_id, 0);
    query_int_or_null(q, c->assignee_id, 0);
    query_int_or_null(q, c->parent_id, 0);
    query_str(q, c->title);
    query_str(q, c->description);
    query_str(q, at->address);
    bind_position(q, at->known, at->at);
    query_name(q, record_location_source_name(at->source));
    query_int_or_null(q, at->accuracy_m, -1);
    query_int(q, at->conflict);
    bind_position(q, at->exif_known, at->exif);
    bind_position(q, at->given_known, at->given);
    query_name(q, record_location_source_name(at->given_source));
    query_int(q, c->updated_at_ms);
    query_int_or_null(q, c->closed_at_ms, 0);
    query_int_or_null(q, c->due_at_ms, 0);
    query_int(q, c->photo_count);
    query_str(q, c->thumb_photo);
    query_int(q, c->alike_count);
}

static enum err place_put(struct store_tx *tx, int64_t id, const struct location *at)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_CASEFILE, at->known ? PLACE_PUT : PLACE_DELETE);
    query_int(&q, id);
    if (at->known) {
        query_int(&q, at->at.lat_e7);
        query_int(&q, at->at.lon_e7);
    }
    return query_run(&q);
}
