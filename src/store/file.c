/* Owns what is done to files beside the database: making, syncing, renaming, and copying a live
 * database. Refuses to leave a rename unsynced.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"
#include "store_private.h"

#define COPY_PAGES 512 /* 8 MB between two words about progress */

static enum err sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    int failed = fault_hit("store.sync") ? -1 : fsync(fd);
    (void)close(fd);
    return failed ? ERR_IO : ERR_NONE;
}

enum err file_sync(const char *path)
{
    return sync_path(path, O_RDONLY);
}

/* The directory that the path lies in, to be given to mem_free; NULL: no memory. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = file_name(slash ? path : ".", "");
    if (name && slash) name[slash == path ? 1 : slash - path] = '\0';
    return name;
}

enum err file_sync_directory(const char *path_in_it)
{
    char *directory = directory_of(path_in_it);
    enum err e = directory ? sync_path(directory, O_RDONLY | O_DIRECTORY) : ERR_NOMEM;
    mem_free(directory);
    return e;
}

bool file_directory_writable(const char *path_in_it)
{
    char *directory = directory_of(path_in_it);
    bool can = directory && access(directory, W_OK) == 0;
    mem_free(directory);
    return can;
}

bool file_same(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

enum err file_rename(const char *from, const char *to)
{
    if (fault_hit("store.rename") || rename(from, to)) return ERR_IO;
    return file_sync_directory(to);
}

int64_t file_bytes(const char *path)
{
    struct stat st;
    return stat(path, &st) ? 0 : (int64_t)st.st_size;
}

bool file_is_there(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

void file_remove(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char *name = file_name(path, suffixes[i]);
        if (name) (void)unlink(name);
        mem_free(name);
    }
}

enum err file_make(const char *path, bool *made)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST) return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    *made = fd >= 0;
    if (fd >= 0) (void)close(fd);
    return ERR_NONE;
}

char *file_name(const char *path, const char *suffix)
{
    size_t n = strlen(path), more = strlen(suffix);
    char *at = mem_alloc(n + more + 1);
    if (!at) return NULL;
    memcpy(at, path, n);
    memcpy(at + n, suffix, more + 1);
    return at;
}

/* In a read transaction of its own the source can't change under the copy, so that steps of any
 * size never begin again, however much is written meanwhile. */
enum err copy_database(struct db *from, const char *to, struct store_progress progress,
                       int64_t total)
{
    bool made;
    enum err e = file_make(to, &made);
    if (e) return e;
    if (!made) return ERR_CONFLICT;
    struct db *copy = NULL;
    sqlite3_backup *backup = NULL;
    int64_t kept = 0;
    struct store_tx tx = {from, false};
    e = db_open(to, DB_WRITER, from->env, &copy);
    if (!e) e = db_exec(copy, "PRAGMA synchronous = OFF"); /* one sync, at the end */
    if (!e) e = tx_begin(&tx);
    if (!e) e = db_number(from, "SELECT count(*) FROM sqlite_schema", &kept);
    if (!e) {
        backup = sqlite3_backup_init(copy->handle, "main", from->handle, "main");
        if (!backup) e = db_fail(copy, sqlite3_extended_errcode(copy->handle), "copy");
    }
    for (int rc = SQLITE_OK; !e && rc != SQLITE_DONE;) {
        rc = sqlite3_backup_step(backup, COPY_PAGES);
        e = db_fail(copy, rc, "copy");
        int64_t left = sqlite3_backup_remaining(backup), all = sqlite3_backup_pagecount(backup);
        if (!e && progress.step) {
            progress.step(progress.context, (all - left) * STORE_PAGE_BYTES, total);
        }
    }
    if (backup) (void)sqlite3_backup_finish(backup);
    tx_rollback(&tx);
    if (!e) e = db_exec(copy, "PRAGMA journal_mode = DELETE");
    db_close(copy);
    if (!e) e = file_sync(to);
    if (e) file_remove(to);
    return e;
}
