/* Owns the schema's version: which file is ours, how old it is, and how it becomes today's.
 *
 *     application_id  0 and empty            a new file: all migrations
 *                     ours, version < ours   copied to <file>.v<old>.bak, then the missing ones
 *                     ours, version = ours   the recorded checksums are compared
 *                     anything else          refused, untouched
 *
 * Invariants: a migration is one BEGIN IMMEDIATE with its row in `migration`, its checksum and
 * user_version; the copy is made under the first one's lock, so that it holds what the migration
 * found. Two processes may do this at once: the second sees the version of the first.
 */
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "crypto/crypto.h"
#include "store_private.h"

struct facts {
    int64_t application_id, version, objects;
};

static enum err look(struct db *db, struct facts *out);
static enum err judge(struct db *db, const struct facts *f, const struct migration *list,
                      size_t count, enum store_refusal *refusal);
static enum err compare(struct db *db, int64_t version, const struct migration *list,
                        enum store_refusal *refusal);
static enum err step(struct db *db, const char *file, const struct migration *list, size_t count,
                     bool keep, enum store_refusal *refusal);
static enum err apply(struct db *db, const struct migration *m);
static enum err keep_old(struct db *db, const char *file, int64_t version);

enum err migrate(struct db *db, const char *file, const struct migration *list, size_t count,
                 bool may_write, enum store_refusal *refusal)
{
    struct facts f;
    enum err e = look(db, &f);
    if (!e) e = judge(db, &f, list, count, refusal);
    if (!e && f.version < list[count - 1].version && !may_write) {
        *refusal = f.objects ? STORE_OLDER : STORE_FOREIGN;
        return ERR_INPUT;
    }
    if (!e && f.objects == 0) {
        char sql[64];
        (void)snprintf(sql, sizeof sql, "PRAGMA page_size = %d", STORE_PAGE_BYTES);
        e = db_exec(db, sql);
    }
    if (!e && may_write) e = db_exec(db, "PRAGMA journal_mode = WAL");
    for (bool first = true; !e && f.version < list[count - 1].version; first = false) {
        int64_t before = f.version;
        e = step(db, file, list, count, first, refusal);
        if (!e) e = look(db, &f);
        if (!e) must(f.version > before);
    }
    return e;
}

enum store_refusal refusal_of(enum err e, enum store_refusal known)
{
    if (known != STORE_FINE) return known;
    switch (e) {
    case ERR_BUSY: return STORE_LOCKED;
    case ERR_CORRUPT: return STORE_DAMAGED;
    case ERR_NOT_FOUND: return STORE_MISSING;
    case ERR_INPUT: return STORE_FOREIGN;
    case ERR_NONE:
    case ERR_NOMEM: return STORE_FINE;
    case ERR_DENIED:
    case ERR_CONFLICT:
    case ERR_TOO_BIG:
    case ERR_IO: return STORE_NOT_WRITABLE;
    }
    return STORE_FINE;
}

static enum err look(struct db *db, struct facts *out)
{
    struct facts f;
    enum err e = db_number(db, "SELECT count(*) FROM sqlite_schema", &f.objects);
    if (!e) e = db_number(db, "PRAGMA application_id", &f.application_id);
    if (!e) e = db_number(db, "PRAGMA user_version", &f.version);
    if (!e) *out = f;
    return e;
}

static enum err judge(struct db *db, const struct facts *f, const struct migration *list,
                      size_t count, enum store_refusal *refusal)
{
    if (f->application_id == 0 && f->version == 0 && f->objects == 0) return ERR_NONE;
    if (f->application_id != STORE_APPLICATION_ID || f->version < 1) {
        *refusal = STORE_FOREIGN;
        return ERR_INPUT;
    }
    if (f->version > list[count - 1].version) {
        *refusal = STORE_NEWER;
        return ERR_INPUT;
    }
    return compare(db, f->version, list, refusal);
}

/* The file must record the first `version` migrations of the list, and no others. */
static enum err compare(struct db *db, int64_t version, const struct migration *list,
                        enum store_refusal *refusal)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(
        db->handle, "SELECT version, sha256 FROM migration ORDER BY version", -1, &stmt, NULL);
    int64_t seen = 0;
    bool same = true;
    while (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        rc = SQLITE_OK;
        uint8_t sha256[CRYPTO_SHA256_BYTES] = {0};
        if (seen < version) {
            crypto_sha256(list[seen].sql, strlen(list[seen].sql), sha256);
        }
        same = same && seen < version && sqlite3_column_int64(stmt, 0) == list[seen].version &&
               sqlite3_column_bytes(stmt, 1) == CRYPTO_SHA256_BYTES &&
               memcmp(sqlite3_column_blob(stmt, 1), sha256, sizeof sha256) == 0;
        seen++;
    }
    enum err e = db_fail(db, rc, "migration");
    (void)sqlite3_finalize(stmt);
    if (!e && (!same || seen != version)) {
        *refusal = STORE_CHANGED;
        e = ERR_INPUT;
    }
    return e;
}

/* One migration, unless another process was faster. */
static enum err step(struct db *db, const char *file, const struct migration *list, size_t count,
                     bool keep, enum store_refusal *refusal)
{
    struct facts f;
    enum err e = db_exec(db, "BEGIN IMMEDIATE");
    if (e) return e;
    e = look(db, &f);
    if (!e) e = judge(db, &f, list, count, refusal);
    if (!e && f.version < list[count - 1].version) {
        const struct migration *m = &list[f.version];
        must(m->version == f.version + 1);
        if (keep && f.version > 0) e = keep_old(db, file, f.version);
        if (!e) e = apply(db, m);
    }
    if (!e) e = db_exec(db, "COMMIT");
    if (e && !sqlite3_get_autocommit(db->handle)) {
        enum err undone = db_exec(db, "ROLLBACK");
        (void)undone; /* logged */
    }
    return e;
}

static enum err apply(struct db *db, const struct migration *m)
{
    uint8_t sha256[CRYPTO_SHA256_BYTES];
    crypto_sha256(m->sql, strlen(m->sql), sha256);
    enum err e = db_exec(db, m->sql);
    if (e) return e;
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db->handle,
                                "INSERT INTO migration (version, name, sha256, applied_at_ms) "
                                "VALUES (?, ?, ?, ?)",
                                -1, &stmt, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_bind_int(stmt, 1, m->version);
    if (rc == SQLITE_OK) rc = sqlite3_bind_text(stmt, 2, m->name, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK) rc = sqlite3_bind_blob(stmt, 3, sha256, sizeof sha256, SQLITE_STATIC);
    if (rc == SQLITE_OK) rc = sqlite3_bind_int64(stmt, 4, env_now_ms(db->env));
    if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
    e = db_fail(db, rc, "migration");
    (void)sqlite3_finalize(stmt);
    char sql[100];
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                   STORE_APPLICATION_ID, m->version);
    if (!e) e = db_exec(db, sql);
    log_line(db->env->log, e ? LOG_ERROR : LOG_INFO, "what=\"store: migration\" name=%s result=%s",
             m->name, err_name(e));
    return e;
}

/* <file>.v<version>.bak, whole and on disk, or not there at all. An existing one is replaced: it is
 * from an attempt that was rolled back. */
static enum err keep_old(struct db *db, const char *file, int64_t version)
{
    char suffix[40], unfinished[48];
    (void)snprintf(suffix, sizeof suffix, ".v%lld.bak", (long long)version);
    (void)snprintf(unfinished, sizeof unfinished, "%s.part", suffix);
    char *to = file_name(file, suffix), *part = file_name(file, unfinished);
    struct db *reader = NULL;
    enum err e = to && part ? ERR_NONE : ERR_NOMEM;
    if (!e) {
        file_remove(part);
        e = db_open(file, DB_READER, db->env, &reader);
    }
    if (!e) e = copy_database(reader, part, (struct store_progress){0}, 0);
    if (!e) e = file_rename(part, to);
    db_close(reader);
    mem_free(to);
    mem_free(part);
    return e;
}
