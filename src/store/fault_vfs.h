/* A file system that fails when told to, in builds with TOWNDESK_FAULTS. */
#ifndef STORE_FAULT_VFS_H
#define STORE_FAULT_VFS_H

#include <stdbool.h>

#ifdef TOWNDESK_FAULTS

/* Puts itself between SQLite and the system. The places: "store.write", "store.fsync",
 * "store.truncate", "store.read", "store.open", see base/fault.h. */
int fault_vfs_register(void);

/* How many faults it has made so far. */
int fault_vfs_count(void);

/* From now on nothing can be written, as on a full disk, until told otherwise. */
void fault_vfs_disk_full(bool full);

#endif

#endif
