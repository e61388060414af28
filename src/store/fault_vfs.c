/* Owns the shim between SQLite and the system's files through which a test makes the Nth write,
 * sync or read fail, or the disk full. Everything else goes through untouched. Refuses to exist in
 * builds without TOWNDESK_FAULTS.
 */
#include "fault_vfs.h"

#ifdef TOWNDESK_FAULTS

#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>

#include "base/fault.h"

struct fault_file {
    sqlite3_file base;
    sqlite3_file *real; /* lies behind this struct */
};

static _Atomic int made;
static _Atomic bool disk_full;

static sqlite3_file *real(sqlite3_file *f)
{
    return ((struct fault_file *)f)->real;
}

static bool hit(const char *name)
{
    if (!fault_hit(name)) return false;
    atomic_fetch_add(&made, 1);
    return true;
}

static int x_close(sqlite3_file *f)
{
    return real(f)->pMethods->xClose(real(f));
}

static int x_read(sqlite3_file *f, void *out, int count, sqlite3_int64 at)
{
    return hit("store.read") ? SQLITE_IOERR_READ
                             : real(f)->pMethods->xRead(real(f), out, count, at);
}

static int x_write(sqlite3_file *f, const void *bytes, int count, sqlite3_int64 at)
{
    if (atomic_load(&disk_full)) return SQLITE_FULL;
    if (hit("store.full")) return SQLITE_FULL;
    if (hit("store.write")) {
        /* Half of it arrived: the worst that a disk does short of lying. */
        if (count > 1) (void)real(f)->pMethods->xWrite(real(f), bytes, count / 2, at);
        return SQLITE_IOERR_WRITE;
    }
    return real(f)->pMethods->xWrite(real(f), bytes, count, at);
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 bytes)
{
    return hit("store.truncate") ? SQLITE_IOERR_TRUNCATE
                                 : real(f)->pMethods->xTruncate(real(f), bytes);
}

static int x_sync(sqlite3_file *f, int flags)
{
    return hit("store.fsync") ? SQLITE_IOERR_FSYNC : real(f)->pMethods->xSync(real(f), flags);
}

static int x_file_size(sqlite3_file *f, sqlite3_int64 *bytes)
{
    return real(f)->pMethods->xFileSize(real(f), bytes);
}

static int x_lock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xLock(real(f), level);
}

static int x_unlock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xUnlock(real(f), level);
}

static int x_check_reserved(sqlite3_file *f, int *out)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int x_file_control(sqlite3_file *f, int op, void *arg)
{
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int x_sector_size(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}

static int x_characteristics(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int x_shm_map(sqlite3_file *f, int region, int bytes, int extend, void volatile **out)
{
    return real(f)->pMethods->xShmMap(real(f), region, bytes, extend, out);
}

static int x_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void x_shm_barrier(sqlite3_file *f)
{
    real(f)->pMethods->xShmBarrier(real(f));
}

static int x_shm_unmap(sqlite3_file *f, int delete_too)
{
    return real(f)->pMethods->xShmUnmap(real(f), delete_too);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* without memory mapping */
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_file_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_check_reserved,
    .xFileControl = x_file_control,
    .xSectorSize = x_sector_size,
    .xDeviceCharacteristics = x_characteristics,
    .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock,
    .xShmBarrier = x_shm_barrier,
    .xShmUnmap = x_shm_unmap,
};

static int x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    sqlite3_vfs *system = vfs->pAppData;
    struct fault_file *file = (struct fault_file *)f;
    file->base.pMethods = NULL;
    file->real = (sqlite3_file *)&file[1];
    file->real->pMethods = NULL;
    if (hit("store.open")) return SQLITE_CANTOPEN;
    int rc = system->xOpen(system, name, file->real, flags, out_flags);
    if (file->real->pMethods) file->base.pMethods = &methods;
    return rc;
}

int fault_vfs_register(void)
{
    static sqlite3_vfs shim;
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    if (!system) return SQLITE_ERROR;
    shim = *system; /* all but opening is the system's own */
    shim.pNext = NULL;
    shim.zName = "towndesk-faults";
    shim.pAppData = system;
    shim.szOsFile = (int)sizeof(struct fault_file) + system->szOsFile;
    shim.xOpen = x_open;
    return sqlite3_vfs_register(&shim, 1);
}

int fault_vfs_count(void)
{
    return atomic_load(&made);
}

void fault_vfs_disk_full(bool full)
{
    atomic_store(&disk_full, full);
}

#endif
