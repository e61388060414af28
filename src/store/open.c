/* Owns the life of a struct store: one connection for the writer, some for readers, one that
 * watches for changes; and its figures.
 *
 * Memory: (readers + 1) x 2 MB and 8 MB of page cache at most, filled only by use.
 */
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "schema/schema_embedded.h"
#include "store_private.h"
#include "testing.h"

#define VERSION_EVERY_MS 2 /* how long another process's change may go unnoticed */

static enum err prepare_file(const char *file, const struct store_options *options, bool *made,
                             enum store_refusal *refusal);
static enum err open_first(struct store *s, const char *file, const struct store_options *options,
                           const struct migration *list, size_t count, enum store_refusal *refusal);

enum err store_open(const char *file, const struct store_options *options, const struct env *env,
                    struct store **out, enum store_refusal *refusal)
{
    struct migration list[SCHEMA_MIGRATION_COUNT];
    for (size_t i = 0; i < SCHEMA_MIGRATION_COUNT; i++) {
        const struct schema_migration *m = &schema_migrations[i];
        list[i] = (struct migration){m->version, m->name, m->sql};
    }
    return store_open_with(file, options, env, list, SCHEMA_MIGRATION_COUNT, out, refusal);
}

enum err store_open_with(const char *file, const struct store_options *options,
                         const struct env *env, const struct migration *list, size_t count,
                         struct store **out, enum store_refusal *refusal)
{
    must(file && options && env && out && refusal && count > 0);
    bool made = false;
    *refusal = STORE_FINE;
    enum err e = db_library();
    if (!e) e = prepare_file(file, options, &made, refusal);
    struct store *s = e ? NULL : mem_array(1, sizeof *s);
    if (!e && !s) e = ERR_NOMEM;
    if (s) {
        s->env = env;
        s->read_only = options->read_only;
        s->file = file_name(file, "");
        atomic_init(&s->version, 1);
        pthread_mutex_init(&s->version_lock, NULL);
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        readers_init(&s->readers, options->readers_max ? options->readers_max
                                                       : 2 * (unsigned)(cores > 0 ? cores : 1));
        e = s->file ? open_first(s, file, options, list, count, refusal) : ERR_NOMEM;
        if (!e) e = db_open(file, DB_READER, env, &s->version_db);
        if (!e) e = db_seal(s->version_db);
        if (!e) version_refresh(s);
        if (!e && !s->read_only) e = copier_start(s);
        if (!e && !s->read_only) e = writer_start(s);
    }
    if (!e && made) e = file_sync_directory(file);
    if (e) {
        *refusal = refusal_of(e, *refusal);
        store_close(s);
        if (made) file_remove(file);
        return e;
    }
    *out = s;
    return ERR_NONE;
}

void store_close(struct store *s)
{
    if (!s) return;
    writer_stop(s);
    copier_stop(s);
    readers_clear(&s->readers);
    db_close(s->version_db);
    struct db *db = s->writer.db;
    if (db) {
        /* Another process may still read: then the log stays, and is all there. */
        int rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                           NULL);
        if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY) {
            enum err e = db_fail(db, rc, "close");
            (void)e;
        }
    }
    db_close(db);
    pthread_mutex_destroy(&s->version_lock);
    mem_free(s->file);
    mem_free(s);
}

const char *store_sqlite_version(void)
{
    return sqlite3_libversion();
}

uint64_t store_version(struct store *s)
{
    int64_t now = env_monotonic_ms(s->env);
    int64_t since = now - atomic_load_explicit(&s->version_checked_ms, memory_order_relaxed);
    if ((since >= VERSION_EVERY_MS || since < 0) && pthread_mutex_trylock(&s->version_lock) == 0) {
        pthread_mutex_unlock(&s->version_lock);
        version_refresh(s);
    }
    return atomic_load(&s->version);
}

/* data_version counts for a connection how often others committed: ours to the same file, or
 * another process's. */
void version_refresh(struct store *s)
{
    pthread_mutex_lock(&s->version_lock);
    int64_t now = env_monotonic_ms(s->env), seen;
    if (db_number(s->version_db, "PRAGMA data_version", &seen) == ERR_NONE) {
        if (seen != s->data_version) atomic_fetch_add(&s->version, 1);
        s->data_version = seen;
        atomic_store_explicit(&s->version_checked_ms, now, memory_order_relaxed);
    } else {
        atomic_fetch_add(&s->version, 1); /* unknown counts as changed */
    }
    pthread_mutex_unlock(&s->version_lock);
}

void store_stats(struct store *s, struct store_stats *out)
{
    struct store_stats t = {
        .commits = atomic_load(&s->commits),
        .jobs = atomic_load(&s->jobs),
        .readers_busy = atomic_load(&s->readers_busy),
        .file_bytes = file_bytes(s->file),
    };
    char *wal = file_name(s->file, "-wal");
    if (wal) t.wal_bytes = file_bytes(wal);
    mem_free(wal);
    if (!s->read_only) {
        pthread_mutex_lock(&s->writer.lock);
        t.jobs_waiting = s->writer.waiting;
        pthread_mutex_unlock(&s->writer.lock);
    }
    *out = t;
}

static enum err prepare_file(const char *file, const struct store_options *options, bool *made,
                             enum store_refusal *refusal)
{
    must(!(options->create && options->read_only));
    if (file[0] == '\0' || file[0] == ':') { /* SQLite's temporary and memory databases */
        *refusal = STORE_MISSING;
        return ERR_INPUT;
    }
    if (file_is_there(file)) return ERR_NONE;
    if (!options->create) {
        *refusal = STORE_MISSING;
        return ERR_NOT_FOUND;
    }
    enum err e = file_make(file, made);
    if (e) *refusal = STORE_NOT_WRITABLE;
    return e;
}

static enum err open_first(struct store *s, const char *file, const struct store_options *options,
                           const struct migration *list, size_t count, enum store_refusal *refusal)
{
    struct db *db = NULL;
    enum err e = db_open(file, options->read_only ? DB_READER : DB_WRITER, s->env, &db);
    if (!e && !options->read_only && sqlite3_db_readonly(db->handle, "main") == 1) {
        *refusal = STORE_NOT_WRITABLE; /* SQLite fell back to reading */
        e = ERR_IO;
    }
    if (!e) e = migrate(db, file, list, count, !options->read_only, refusal);
    /* Whoever restored another file over this one while we opened it must not be written past. */
    int moved = 0;
    if (!e) {
        (void)sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
        if (moved) e = ERR_BUSY;
    }
    if (!e) e = db_exec(db, "PRAGMA journal_size_limit = 67108864");
    if (!e) e = db_seal(db);
    if (e || options->read_only)
        db_close(db);
    else
        s->writer.db = db;
    return e;
}
