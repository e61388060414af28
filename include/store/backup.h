/* The town's file as a whole: copied while it lives, checked, put back.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/env.h"
#include "base/err.h"
#include "store/store.h"

/* Told now and then; done and total in bytes (total may be 0: unknown). NULL: nobody asks. */
struct store_progress {
    void (*step)(void *context, int64_t done, int64_t total);
    void *context;
};

struct store_counts {
    int64_t cases, events, photos, renditions, blobs, blob_bytes, people;
    int schema_version;
};

/* One thing that verify found wrong; `what` is an English sentence. */
struct store_findings {
    size_t count;      /* all of them */
    char what[8][160]; /* the first eight */
};

/* A consistent copy of `file`, taken while a server may run and write: copied beside `dest` as
 * "<dest>.<8 hex digits>.part", verified, synced, renamed into place, directory synced. Never leaves
 * half a file at dest; an existing one is replaced only by a verified one. The copy is one file
 * without a log; it is exact, sessions included (of an older version: already migrated).
 * ERR_NOT_FOUND, ERR_IO, ERR_CORRUPT (findings say), ERR_INPUT (not ours, or dest is the file). */
enum err store_backup(const char *file, const char *dest, const struct env *env,
                      struct store_progress progress, struct store_counts *counts,
                      struct store_findings *findings) ERR_CHECKED;

/* Integrity, foreign keys, every blob's SHA-256 and length, the counters against counts, the places
 * and words against the cases, every row readable, no row of a timeline missing, photo_count, and
 * each case's state against the fold of its timeline:
 *
 *     a case begins as status "new", outcome "none", without category, department and assignee;
 *     its first event is "reported"; the last event of each kind among status ("done/fixed" is a
 *     status and its outcome), category, department and assignee says in to_value what it is now.
 *
 * Opens read-only and writes nothing, also where nothing can be written; a living file and a backup
 * alike. ERR_CORRUPT: findings; others as store_open. */
enum err store_verify(const char *file, const struct env *env, struct store_progress progress,
                      struct store_counts *counts, struct store_findings *findings,
                      enum store_refusal *refusal) ERR_CHECKED;

/* Copies `backup` beside `file`, migrates the copy if it is older, verifies it, ends all sessions in
 * it (who signed out since must not be signed in again), syncs and renames it into place. The old
 * file's log is first brought into it, so that up to the rename it is whole. ERR_CONFLICT: `file`
 * exists and not `force`; ERR_BUSY: somebody has it open (even with force). */
enum err store_restore(const char *backup, const char *file, bool force, const struct env *env,
                       struct store_progress progress, struct store_counts *counts,
                       struct store_findings *findings, enum store_refusal *refusal) ERR_CHECKED;

#endif
