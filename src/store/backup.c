/* Owns the town's file as a whole: the copy of a living one, and putting one back.
 *
 * Invariants: what is being made lies beside its destination under a name that nobody else uses and
 * is renamed only when it was verified and synced; on failure it is removed and the destination is
 * what it was. Nobody ever finds a new database beside an old one's write-ahead log.
 *
 * A backup is exact, sessions included. Restoring ends all sessions: who signed out since the
 * backup was made must not be signed in again.
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "schema/schema_embedded.h"
#include "verify.h"

/* SQLite's own lock bytes (sqlite3.c, PENDING_BYTE and SHARED_FIRST): whoever uses the file holds
 * one of them. */
#define LOCK_FIRST 0x40000000
#define LOCK_COUNT 512

static enum err copy_beside(const char *from, const char *to, const struct env *env,
                            struct store_progress progress, struct store_findings *findings,
                            enum store_refusal *refusal, char **part);
static enum err end_sessions(const char *file, const struct env *env);
static enum err modernize(const char *file, const struct env *env, enum store_refusal *refusal);
static enum err retire(const char *file, const struct env *env, int *lock);

enum err store_backup(const char *file, const char *dest, const struct env *env,
                      struct store_progress progress, struct store_counts *counts,
                      struct store_findings *findings)
{
    must(file && dest && env && counts && findings);
    *findings = (struct store_findings){0};
    if (file_same(file, dest)) return ERR_INPUT;
    char *part = NULL;
    struct store_counts copied = {0};
    enum store_refusal refusal = STORE_FINE;
    enum err e = copy_beside(file, dest, env, progress, findings, &refusal, &part);
    if (!e) e = store_verify(part, env, progress, &copied, findings, &refusal);
    if (!e) e = file_rename(part, dest);
    if (e && part) file_remove(part);
    mem_free(part);
    if (!e) *counts = copied;
    return e;
}

enum err store_restore(const char *backup, const char *file, bool force, const struct env *env,
                       struct store_progress progress, struct store_counts *counts,
                       struct store_findings *findings, enum store_refusal *refusal)
{
    must(backup && file && env && counts && findings && refusal);
    *findings = (struct store_findings){0};
    *refusal = STORE_FINE;
    bool there = file_is_there(file);
    if (there && !force) return ERR_CONFLICT;
    if (there && file_same(backup, file)) return ERR_INPUT;
    char *part = NULL;
    int lock = -1;
    struct store_counts copied = {0};
    enum err e = copy_beside(backup, file, env, progress, findings, refusal, &part);
    if (!e) e = store_verify(part, env, progress, &copied, findings, refusal);
    if (!e) e = end_sessions(part, env);
    if (!e && there) e = retire(file, env, &lock);
    if (!e) e = file_rename(part, file);
    if (lock >= 0) (void)close(lock);
    if (e && part) file_remove(part);
    mem_free(part);
    if (!e) *counts = copied;
    return e;
}

/* "<to>.<8 random digits>.part", of today's version even if `from` is older. */
static enum err copy_beside(const char *from, const char *to, const struct env *env,
                            struct store_progress progress, struct store_findings *findings,
                            enum store_refusal *refusal, char **part)
{
    uint32_t number;
    char suffix[24];
    env_random(env, &number, sizeof number);
    (void)snprintf(suffix, sizeof suffix, ".%08x.part", (unsigned)number);
    char *name = file_name(to, suffix);
    if (!name) return ERR_NOMEM;
    struct db *db = NULL;
    enum err e = verify_open(from, env, &db, refusal);
    bool older = e && *refusal == STORE_OLDER;
    if (older) e = verify_open_any(from, env, &db);
    if (!e) e = copy_database(db, name, progress, file_bytes(from));
    db_close(db);
    if (!e && older) e = modernize(name, env, refusal);
    if (e == ERR_CORRUPT) {
        finding(findings, "the file could not be read to the end");
        if (*refusal == STORE_FINE) *refusal = STORE_DAMAGED;
    }
    if (e) {
        mem_free(name);
        return e;
    }
    *part = name;
    return ERR_NONE;
}

/* Migrates the copy. */
static enum err modernize(const char *file, const struct env *env, enum store_refusal *refusal)
{
    struct store *s;
    const struct store_options options = {.readers_max = 1};
    enum err e = store_open(file, &options, env, &s, refusal);
    if (e)
        file_remove(file);
    else
        store_close(s);
    for (int v = 1; v < SCHEMA_MIGRATION_COUNT; v++) { /* the migration's own copies */
        char suffix[24];
        (void)snprintf(suffix, sizeof suffix, ".v%d.bak", v);
        char *name = file_name(file, suffix);
        if (name) (void)unlink(name);
        mem_free(name);
    }
    return e;
}

static enum err end_sessions(const char *file, const struct env *env)
{
    struct db *db = NULL;
    enum err e = db_open(file, DB_WRITER, env, &db);
    if (!e) e = db_exec(db, "DELETE FROM session");
    if (!e) e = db_exec(db, "PRAGMA journal_mode = DELETE");
    db_close(db);
    return e ? e : file_sync(file);
}

/* Makes sure that nobody has the file open and that it has no log, and keeps others out until *lock
 * is closed. A sound file's log goes into the file, so that up to the rename the old town is whole;
 * a damaged one's is removed. */
static enum err retire(const char *file, const struct env *env, int *lock)
{
    struct db *db = NULL;
    int64_t objects;
    enum err e = db_open(file, DB_WRITER, env, &db);
    if (!e) (void)sqlite3_busy_timeout(db->handle, 500);
    if (!e) e = db_number(db, "SELECT count(*) FROM sqlite_schema", &objects);
    if (!e) e = db_exec(db, "PRAGMA journal_mode = DELETE");
    db_close(db);
    if (e && e != ERR_CORRUPT && e != ERR_INPUT) return e; /* a file that SQLite can read */
    int fd = open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0) return ERR_IO;
    struct flock whole = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_FIRST, .l_len = LOCK_COUNT};
    if (fcntl(fd, F_OFD_SETLK, &whole)) {
        (void)close(fd);
        return ERR_BUSY;
    }
    static const char *const beside[] = {"-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        char *name = file_name(file, beside[i]);
        if (!name) {
            (void)close(fd);
            return ERR_NOMEM;
        }
        (void)unlink(name);
        mem_free(name);
    }
    *lock = fd;
    return ERR_NONE;
}
