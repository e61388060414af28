/* Owns the checking of a whole town file, without writing a byte beside it.
 *
 * Each check reads one snapshot and adds what it finds; a page that can't be read ends its check
 * with a finding, and the next one begins. Checks that SQLite has: its own structure (R*Tree and
 * FTS5 included) and foreign keys. Ours: every blob is what its SHA-256 says; the counters, places,
 * words and marks agree with their cases; no row of the timeline is missing; and each case equals
 * the fold of its timeline:
 *
 *     it begins as status "new", without outcome, category, department or assignee;
 *     the last event of a kind among status, category, department and assignee says what it is now,
 *     where "done/fixed" is a status and its outcome.
 */
#include <stdarg.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "crypto/crypto.h"
#include "schema/schema_embedded.h"
#include "verify.h"

#define BLOB_BYTES_MAX (64 << 20) /* as SQLITE_LIMIT_LENGTH has it */

enum {
    VERIFY_INTEGRITY,
    VERIFY_FOREIGN_KEYS,
    VERIFY_BLOBS,
    VERIFY_CASES,
    VERIFY_EVENTS,
    VERIFY_IDS,
    VERIFY_RULES,
};

struct rule {
    const char *finding, *sql;
};

/* Each counts what breaks it. */
#define RULES                                                                                      \
    RULE("the counters differ from the cases (%lld)",                                              \
         "SELECT count(*) FROM (SELECT status, ifnull(department_id, 0) d, count(*) n "            \
         "FROM casefile GROUP BY 1, 2) a FULL JOIN (SELECT * FROM casefile_count "                 \
         "WHERE cases <> 0) b ON b.status = a.status AND b.department_id = a.d "                   \
         "WHERE a.n IS NOT b.cases")                                                               \
    RULE("cases are missing (%lld)", "SELECT ifnull(max(id), 0) - count(*) FROM casefile")         \
    RULE("events are missing from timelines (%lld)",                                               \
         "SELECT max(ifnull(max(id), 0), ifnull((SELECT seq FROM sqlite_sequence "                 \
         "WHERE name = 'event'), 0)) - count(*) FROM event")                                       \
    RULE("cases without their place, or with another (%lld)",                                      \
         "SELECT count(*) FROM casefile c LEFT JOIN casefile_place p ON p.id = c.id "              \
         "WHERE p.lat_min IS NOT c.lat_e7 OR p.lat_max IS NOT c.lat_e7 "                           \
         "OR p.lon_min IS NOT c.lon_e7 OR p.lon_max IS NOT c.lon_e7")                              \
    RULE("places without a case (%lld)", "SELECT count(*) FROM casefile_place "                    \
                                         "WHERE id NOT IN (SELECT id FROM casefile)")              \
    RULE("cases without their words (%lld)",                                                       \
         "SELECT count(*) FROM casefile c WHERE NOT EXISTS "                                       \
         "(SELECT 1 FROM casefile_words_docsize d WHERE d.id = c.id)")                             \
    RULE("words without a case (%lld)", "SELECT count(*) FROM casefile_words_docsize "             \
                                        "WHERE id NOT IN (SELECT id FROM casefile)")               \
    RULE("cases with another number of photos than they say (%lld)",                               \
         "SELECT count(*) FROM casefile c WHERE photo_count <> "                                   \
         "(SELECT count(*) FROM photo p WHERE p.casefile_id = c.id)")                              \
    RULE("photos whose renditions are other than marked (%lld)",                                   \
         "SELECT count(*) FROM photo p WHERE made <> ifnull((SELECT sum(CASE kind "                \
         "WHEN 'thumb' THEN 1 ELSE 2 END) FROM rendition r WHERE r.photo_id = p.id), 0)")          \
    RULE(                                                                                          \
        "blobs that nothing names (%lld)",                                                         \
        "SELECT count(*) FROM blob b WHERE NOT EXISTS (SELECT 1 FROM photo WHERE blob_id = b.id) " \
        "AND NOT EXISTS (SELECT 1 FROM rendition WHERE blob_id = b.id)")

static const struct rule rules[] = {
#define RULE(finding, sql) {finding, sql},
    RULES
#undef RULE
};
#define RULE_COUNT (sizeof rules / sizeof *rules)

static const char *const sql[] = {
    [VERIFY_INTEGRITY] = "PRAGMA integrity_check (100)",
    [VERIFY_FOREIGN_KEYS] = "PRAGMA foreign_key_check",
    [VERIFY_BLOBS] = "SELECT id, sha256, bytes FROM blob ORDER BY id",
    [VERIFY_CASES] = "SELECT c.id, c.ref, c.status, c.outcome, ifnull(k.code, ''), "
                     "ifnull(d.code, ''), ifnull(p.name, '') FROM casefile c "
                     "LEFT JOIN category k ON k.id = c.category_id "
                     "LEFT JOIN department d ON d.id = c.department_id "
                     "LEFT JOIN person p ON p.id = c.assignee_id ORDER BY c.id",
    [VERIFY_EVENTS] = "SELECT casefile_id, seq, kind, to_value FROM event "
                      "ORDER BY casefile_id, seq",
    [VERIFY_IDS] = "SELECT id, ref FROM casefile ORDER BY id",
#define RULE(finding, sql) sql,
    RULES
#undef RULE
};
const struct statements verify_statements = {"verify", sql, sizeof sql / sizeof *sql};

typedef enum err (*verify_check)(struct verify *v);

static enum err check_integrity(struct verify *v);
static enum err check_foreign_keys(struct verify *v);
static enum err check_blobs(struct verify *v);
static enum err check_rules(struct verify *v);
static enum err check_fold(struct verify *v);
static enum err check_rows(struct verify *v);
static enum err count_all(struct verify *v);

enum err store_verify(const char *file, const struct env *env, struct store_progress progress,
                      struct store_counts *counts, struct store_findings *findings,
                      enum store_refusal *refusal)
{
    struct verify v = {.progress = progress};
    *findings = (struct store_findings){0};
    v.findings = findings;
    enum err e = verify_open(file, env, &v.tx.db, refusal);
    if (!e) e = tx_begin(&v.tx);
    if (!e) {
        static const verify_check checks[] = {count_all,   check_integrity, check_foreign_keys,
                                              check_rules, check_rows,      check_fold,
                                              check_blobs};
        static const char *const names[] = {"numbers", "structure", "references", "rules",
                                            "cases",   "timelines", "photos"};
        for (size_t i = 0; !e && i < sizeof checks / sizeof *checks; i++) {
            e = checks[i](&v);
            if (e == ERR_CORRUPT) {
                finding(findings, "the %s could not be read to the end", names[i]);
                e = ERR_NONE;
            }
        }
        tx_rollback(&v.tx);
    }
    db_close(v.tx.db);
    mem_free(v.room);
    if (!e && findings->count) {
        *refusal = STORE_DAMAGED;
        e = ERR_CORRUPT;
    }
    if (!e) *counts = v.counts;
    return e;
}

enum err verify_open(const char *file, const struct env *env, struct db **out,
                     enum store_refusal *refusal)
{
    *refusal = STORE_FINE;
    struct db *db = NULL;
    enum err e = verify_open_any(file, env, &db);
    struct migration list[SCHEMA_MIGRATION_COUNT];
    for (size_t i = 0; i < SCHEMA_MIGRATION_COUNT; i++) {
        const struct schema_migration *m = &schema_migrations[i];
        list[i] = (struct migration){m->version, m->name, m->sql};
    }
    if (!e) e = migrate(db, file, list, SCHEMA_MIGRATION_COUNT, false, refusal);
    if (!e) e = db_seal(db);
    if (e) {
        *refusal = refusal_of(e, *refusal);
        db_close(db);
        return e;
    }
    *out = db;
    return ERR_NONE;
}

/* In a directory that can't be written SQLite could not make its shared memory; without a log
 * nobody writes the file either, and it is read as it lies there. */
enum err verify_open_any(const char *file, const struct env *env, struct db **out)
{
    enum err e = db_library();
    if (e) return e;
    if (!file_is_there(file)) return ERR_NOT_FOUND;
    char *wal = file_name(file, "-wal");
    if (!wal) return ERR_NOMEM;
    bool frozen = file_bytes(wal) == 0 && !file_directory_writable(file);
    mem_free(wal);
    return db_open(file, frozen ? DB_FROZEN : DB_READER, env, out);
}

void finding(struct store_findings *f, const char *format, ...)
{
    size_t room = sizeof f->what / sizeof *f->what;
    if (f->count < room) {
        va_list args;
        va_start(args, format);
        (void)vsnprintf(f->what[f->count], sizeof f->what[0], format, args);
        va_end(args);
    }
    f->count++;
}

static enum err number(struct verify *v, const char *text, int64_t *out)
{
    return db_number(v->tx.db, text, out);
}

static enum err count_all(struct verify *v)
{
    struct store_counts *c = &v->counts;
    int64_t version = 0;
    enum err e = number(v, "SELECT count(*) FROM casefile", &c->cases);
    if (!e) e = number(v, "SELECT count(*) FROM event", &c->events);
    if (!e) e = number(v, "SELECT count(*) FROM photo", &c->photos);
    if (!e) e = number(v, "SELECT count(*) FROM rendition", &c->renditions);
    if (!e) e = number(v, "SELECT count(*) FROM blob", &c->blobs);
    if (!e) e = number(v, "SELECT ifnull(sum(bytes), 0) FROM blob", &c->blob_bytes);
    if (!e) e = number(v, "SELECT count(*) FROM person", &c->people);
    if (!e) e = number(v, "SELECT max(version) FROM migration", &version);
    c->schema_version = (int)version;
    return e;
}

static enum err check_integrity(struct verify *v)
{
    struct query q;
    query_begin(&q, &v->tx, STATEMENTS_VERIFY, VERIFY_INTEGRITY);
    while (query_row(&q)) {
        struct str said = column_borrow(&q, 0);
        if (!str_equal(said, STR("ok"))) {
            finding(v->findings, "SQLite: %.*s", said.bytes < 140 ? (int)said.bytes : 140, said.at);
        }
    }
    return query_end(&q);
}

static enum err check_foreign_keys(struct verify *v)
{
    struct query q;
    query_begin(&q, &v->tx, STATEMENTS_VERIFY, VERIFY_FOREIGN_KEYS);
    while (query_row(&q)) {
        struct str child = column_borrow(&q, 0), parent = column_borrow(&q, 2);
        finding(v->findings, "row %lld of %.*s names a row of %.*s that is not there",
                (long long)column_int(&q, 1), STR_FMT(child), STR_FMT(parent));
    }
    return query_end(&q);
}

static enum err check_rules(struct verify *v)
{
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        struct query q;
        query_begin(&q, &v->tx, STATEMENTS_VERIFY, VERIFY_RULES + i);
        long long n = 0;
        if (query_one(&q)) n = column_int(&q, 0);
        enum err e = query_end(&q);
        if (e) return e;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* RULES holds them all, each with one %lld */
        if (n) finding(v->findings, rules[i].finding, n);
#pragma GCC diagnostic pop
    }
    return ERR_NONE;
}

static enum err check_blob(struct verify *v, struct query *q)
{
    int64_t id = column_int(q, 0), bytes = column_int(q, 2);
    uint8_t said[CRYPTO_SHA256_BYTES], is[CRYPTO_SHA256_BYTES];
    column_bytes(q, 1, said, sizeof said);
    if (q->err) return q->err;
    if (bytes < 0 || bytes > BLOB_BYTES_MAX) {
        finding(v->findings, "blob %lld says it has %lld bytes", (long long)id, (long long)bytes);
        return ERR_NONE;
    }
    if ((size_t)bytes > v->room_bytes) {
        uint8_t *room = mem_realloc(v->room, (size_t)bytes);
        if (!room) return ERR_NOMEM;
        v->room = room;
        v->room_bytes = (size_t)bytes;
    }
    enum err e = store_blob_read(&v->tx, id, 0, v->room, (size_t)bytes);
    if (e == ERR_INPUT || e == ERR_NOT_FOUND) {
        finding(v->findings, "blob %lld is shorter than %lld bytes", (long long)id,
                (long long)bytes);
        return ERR_NONE;
    }
    if (e) return e;
    crypto_sha256(v->room, (size_t)bytes, is);
    if (memcmp(said, is, sizeof is) != 0 || sqlite3_blob_bytes(v->tx.db->open_blob) != (int)bytes) {
        finding(v->findings, "blob %lld is not what its SHA-256 says", (long long)id);
    }
    v->done_bytes += bytes;
    if (v->progress.step) {
        v->progress.step(v->progress.context, v->done_bytes, v->counts.blob_bytes);
    }
    return ERR_NONE;
}

/* A blob that can't be read is one finding, and the next one is looked at. */
static enum err check_blobs(struct verify *v)
{
    struct query q;
    query_begin(&q, &v->tx, STATEMENTS_VERIFY, VERIFY_BLOBS);
    while (query_row(&q)) {
        enum err e = check_blob(v, &q);
        if (e == ERR_CORRUPT) {
            finding(v->findings, "blob %lld can't be read", (long long)column_int(&q, 0));
        } else if (e)
            q.err = e;
    }
    return query_end(&q);
}

/* Every row as the store itself reads it. SQLite's own check leaves the CHECKs out where it opened
 * a file only for reading. */
static enum err check_rows(struct verify *v)
{
    struct query q;
    struct arena a;
    arena_init(&a, 64u << 20);
    query_begin(&q, &v->tx, STATEMENTS_VERIFY, VERIFY_IDS);
    while (query_row(&q)) {
        struct casefile c;
        struct event *events;
        struct photo *photos;
        struct alike *alikes;
        size_t n;
        int64_t id = column_int(&q, 0);
        enum err e = store_casefile_by_id(&v->tx, id, &a, &c);
        if (!e) e = store_event_list(&v->tx, id, false, &a, &events, &n);
        if (!e) e = store_photo_list(&v->tx, id, &a, &photos, &n);
        if (!e) e = store_alike_list(&v->tx, id, &a, &alikes, &n);
        if (e == ERR_CORRUPT) {
            struct str ref = column_borrow(&q, 1);
            finding(v->findings, "case %.*s: a row holds what no case can", STR_FMT(ref));
        } else if (e && !q.err) {
            q.err = e;
        }
        arena_reset(&a);
    }
    arena_clear(&a);
    return query_end(&q);
}

static enum err check_fold(struct verify *v)
{
    struct query cases, events;
    struct fold fold;
    query_begin(&cases, &v->tx, STATEMENTS_VERIFY, VERIFY_CASES);
    query_begin(&events, &v->tx, STATEMENTS_VERIFY, VERIFY_EVENTS);
    bool event = query_row(&events);
    while (query_row(&cases)) {
        int64_t id = column_int(&cases, 0);
        fold_begin(&fold);
        /* An event of no case stands before: the foreign keys have told. */
        for (; event && column_int(&events, 0) <= id; event = query_row(&events)) {
            if (column_int(&events, 0) == id) {
                fold_event(&fold, column_int(&events, 1), column_borrow(&events, 2),
                           column_borrow(&events, 3));
            }
        }
        const char *differs = fold_compare(&fold, &cases);
        if (differs) {
            struct str ref = column_borrow(&cases, 1);
            finding(v->findings, "case %.*s: %s", STR_FMT(ref), differs);
        }
        if (events.err) break;
    }
    enum err e = query_end(&cases), other = query_end(&events);
    return e ? e : other;
}
