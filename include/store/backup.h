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
    size_t count;       /* all of them */
    char what[8][160];  /* the first eight */
};

/* A consistent copy of `file`, taken while a server may run and write: copied beside `dest`, verified,
 * synced, renamed into place, directory synced. Never leaves half a file; an existing dest is replaced
 * only by a verified one. ERR_NOT_FOUND, ERR_IO, ERR_CORRUPT (findings say). */
enum err store_backup(const char *file, const char *dest, const struct env *env, struct store_progress progress,
                      struct store_counts *counts, struct store_findings *findings) ERR_CHECKED;

/* Integrity, foreign keys, every blob's SHA-256 and length, the counters against counts, the places
 * and words against the cases, each case's state against the fold of its timeline (status, outcome,
 * category, department, assignee). Opens read-only; writes nothing. ERR_CORRUPT: findings. */
enum err store_verify(const char *file, const struct env *env, struct store_progress progress,
                      struct store_counts *counts, struct store_findings *findings,
                      enum store_refusal *refusal) ERR_CHECKED;

/* Verifies `backup`, then puts a copy of it at `file`, synced and renamed into place. ERR_CONFLICT:
 * `file` exists and not `force`; ERR_BUSY: a server has it open (even with force). */
enum err store_restore(const char *backup, const char *file, bool force, const struct env *env,
                       struct store_progress progress, struct store_counts *counts,
                       struct store_findings *findings, enum store_refusal *refusal) ERR_CHECKED;

#endif
