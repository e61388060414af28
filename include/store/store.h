/* The town's one file. The only room that sees SQLite; no rules of the desk live here.
 *
 *     any thread ──► store_write(work) ──► queue ──► writer thread: BEGIN IMMEDIATE
 *                                                      savepoint, work 1, release
 *                                                      savepoint, work 2, release …
 *                                                    COMMIT (synchronous=FULL) ──► all wake
 *     any thread ──► store_read(work) ──► one of the pooled read-only connections, one snapshot
 *
 * A transaction is a callback that may be run again (when a group's commit fails it is retried
 * alone), so it must have no effect outside the transaction and must set its results afresh each
 * time. store_write returns ERR_NONE only when the change is on disk.
 *
 * The interface keeps to what PostgreSQL can do as well: all SQL behind verbs, rows and blobs
 * apart, text search and "within this box" as two narrow functions, times as UTC integers.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/env.h"
#include "base/err.h"
#include "base/str.h"
#include "record/record.h"

struct store;
struct store_tx; /* one running transaction, on one thread; read-only inside store_read */

struct store_options {
    unsigned readers_max; /* read connections in the pool; 0: 2 x cores */
    bool create;          /* make the file when it is missing; otherwise ERR_NOT_FOUND */
    bool read_only;       /* no writer thread; store_write is a programmer's mistake */
};

/* Why a file could not be opened, for the sentence that a person reads. */
enum store_refusal {
    STORE_FINE,
    STORE_MISSING,
    STORE_FOREIGN,      /* not a database, or not towndesk's (application_id) */
    STORE_NEWER,        /* made by a newer towndesk */
    STORE_CHANGED,      /* a recorded migration's checksum differs from ours */
    STORE_LOCKED,       /* another process holds it exclusively */
    STORE_NOT_WRITABLE, /* permissions, read-only or full disk */
    STORE_OLDER,        /* made by an older towndesk, and not to be migrated here (read-only) */
    STORE_DAMAGED,      /* ours, but it does not hold together */
};

/* Opens, creates or migrates `file`. An older file is first copied to "<file>.v<old>.bak" (synced)
 * and then migrated, each migration in one transaction. `env` must outlive the store.
 * On failure *out is untouched and *refusal (never NULL) says why: ERR_NOT_FOUND missing, ERR_INPUT
 * foreign, newer, older or changed, ERR_CORRUPT damaged, ERR_BUSY locked, ERR_IO not writable. */
enum err store_open(const char *file, const struct store_options *options, const struct env *env,
                    struct store **out, enum store_refusal *refusal) ERR_CHECKED;

/* Waits for queued writes, checkpoints, closes. NULL is fine. */
void store_close(struct store *s);

typedef enum err (*store_work)(struct store_tx *tx, void *context);

/* Runs `work` in a write transaction, on the writer's thread, together with others that wait. An
 * error from work rolls its part back and is returned. Blocks until committed and synced.
 * ERR_BUSY: the queue (1,024) is full or the store is closing; ERR_IO: not committed. */
enum err store_write(struct store *s, store_work work, void *context) ERR_CHECKED;

/* Runs `work` on one snapshot. Blocks while all readers are busy, at most 5 s, then ERR_BUSY. */
enum err store_read(struct store *s, store_work work, void *context) ERR_CHECKED;

/* Changes whenever anything was committed: by this process before store_write returns, by another
 * within 2 ms of env's monotonic clock (PRAGMA data_version). For caches: equal values mean an
 * unchanged town. Cheap; any thread. */
uint64_t store_version(struct store *s);

/* Asks the writer to checkpoint when nothing waits; it does so by itself as well, after 50 ms without
 * a job and when the log is over 64 MB. Returns at once. */
void store_checkpoint(struct store *s);

const char *store_sqlite_version(void);

/* Bytes that SQLite holds, the WAL's size, commits and jobs so far: for /metrics. */
struct store_stats {
    int64_t commits, jobs, jobs_waiting, readers_busy;
    int64_t file_bytes, wal_bytes;
};
void store_stats(struct store *s, struct store_stats *out);

/* ---- settings, departments, categories, zones (store/town.c) ---- */

/* ERR_NOT_FOUND when never set. */
enum err store_setting_get(struct store_tx *tx, struct str name, struct arena *a,
                           struct str *out) ERR_CHECKED;
enum err store_setting_set(struct store_tx *tx, struct str name, struct str value) ERR_CHECKED;

/* Insert, or change the one with the same code; *id is filled. */
enum err store_department_put(struct store_tx *tx, const struct department *d,
                              int64_t *id) ERR_CHECKED;
enum err store_category_put(struct store_tx *tx, const struct category *c, int64_t *id) ERR_CHECKED;
enum err store_zone_put(struct store_tx *tx, const struct zone *z, int64_t *id) ERR_CHECKED;
enum err store_map_layer_put(struct store_tx *tx, struct str name, struct str geojson,
                             struct str attribution) ERR_CHECKED;
enum err store_map_layer_get(struct store_tx *tx, struct str name, struct arena *a,
                             struct str *geojson, struct str *attribution) ERR_CHECKED;

/* All of them, in order of position and code; arrays owned by the arena. */
enum err store_department_list(struct store_tx *tx, struct arena *a, struct department **out,
                               size_t *count) ERR_CHECKED;
enum err store_category_list(struct store_tx *tx, struct arena *a, struct category **out,
                             size_t *count) ERR_CHECKED;
enum err store_zone_list(struct store_tx *tx, struct arena *a, struct zone **out,
                         size_t *count) ERR_CHECKED;

/* ---- people and their sessions (store/person.c) ---- */

enum err store_person_insert(struct store_tx *tx, const struct person *p,
                             int64_t *id) ERR_CHECKED; /* ERR_CONFLICT: name taken */
enum err store_person_by_name(struct store_tx *tx, struct str name, struct arena *a,
                              struct person *out) ERR_CHECKED;
enum err store_person_by_id(struct store_tx *tx, int64_t id, struct arena *a,
                            struct person *out) ERR_CHECKED;
enum err store_person_list(struct store_tx *tx, struct arena *a, struct person **out,
                           size_t *count) ERR_CHECKED;
enum err store_person_set_password(struct store_tx *tx, int64_t id,
                                   struct str hash) ERR_CHECKED; /* ends sessions */
enum err store_person_disable(struct store_tx *tx, int64_t id,
                              int64_t at_ms) ERR_CHECKED; /* ends sessions */
enum err store_person_signed_in(struct store_tx *tx, int64_t id, int64_t at_ms) ERR_CHECKED;

enum err store_session_insert(struct store_tx *tx, const struct staff_session *s) ERR_CHECKED;
/* The session and its person; ERR_NOT_FOUND when unknown. Whether it has ended is desk's rule. */
enum err store_session_get(struct store_tx *tx, const uint8_t token_sha256[32], struct arena *a,
                           struct staff_session *out, struct person *person) ERR_CHECKED;
enum err store_session_seen(struct store_tx *tx, const uint8_t token_sha256[32],
                            int64_t at_ms) ERR_CHECKED;
enum err store_session_delete(struct store_tx *tx, const uint8_t token_sha256[32]) ERR_CHECKED;
enum err store_session_purge(struct store_tx *tx, int64_t ended_before_ms) ERR_CHECKED;

/* ---- cases (store/casefile.c, casefile_list.c) ---- */

/* Inserts the row with its place and words (ref, title, description, address and `more_words`, which
 * are kept with the case, go into the search index). id and version of `c` are ignored. A search sees
 * the words once the transaction is committed. ERR_CONFLICT: the ref exists. */
enum err store_casefile_insert(struct store_tx *tx, const struct casefile *c, struct str more_words,
                               int64_t *id) ERR_CHECKED;

/* Writes all changeable columns (not ref, locale, origin and reported_at_ms), place and words,
 * provided that the row still has c->version, and raises it by one. ERR_CONFLICT: it has another
 * version; ERR_NOT_FOUND: no such id. */
enum err store_casefile_update(struct store_tx *tx, const struct casefile *c) ERR_CHECKED;

enum err store_casefile_by_ref(struct store_tx *tx, struct str ref, struct arena *a,
                               struct casefile *out) ERR_CHECKED;
enum err store_casefile_by_id(struct store_tx *tx, int64_t id, struct arena *a,
                              struct casefile *out) ERR_CHECKED;

struct store_box {
    struct position low, high; /* south-west, north-east */
};

/* With words the first two go by id, the order of coming, and the cursor by id alone: then a page
 * costs the same however many cases have the words. */
enum store_order { STORE_NEWEST_REPORT, STORE_OLDEST_REPORT, STORE_OLDEST_UPDATE };

/* Which cases, and which page of them. Zero values mean "any". */
struct store_casefile_query {
    unsigned statuses; /* bit set of 1 << enum case_status; 0: any */
    int64_t department_id;
    struct str words; /* full-text query as the person typed it */
    bool has_box;
    struct store_box box;
    int64_t updated_after_ms;  /* strictly after; 0: any */
    int64_t reported_after_ms; /* 0: any */
    int64_t closed_after_ms;   /* done cases closed before it are left out; 0: none are */
    enum store_order order;    /* keyset on (time, id) */
    bool has_cursor;
    int64_t cursor_ms, cursor_id; /* the last row of the page before */
    size_t limit;                 /* 1..200 */
};

/* Rows in order; *more: there are rows after them. */
enum err store_casefile_list(struct store_tx *tx, const struct store_casefile_query *q,
                             struct arena *a, struct casefile **out, size_t *count,
                             bool *more) ERR_CHECKED;

/* Cases per status, from counters; department_id 0: all. */
enum err store_casefile_counts(struct store_tx *tx, int64_t department_id,
                               int64_t out[CASE_STATUS_COUNT]) ERR_CHECKED;

/* Done cases closed after closed_after_ms, for the board's last column. */
enum err store_casefile_count_done_since(struct store_tx *tx, int64_t closed_after_ms,
                                         int64_t *out) ERR_CHECKED;

/* Cases whose place lies in the box, reported after reported_after_ms; newest first, at most
 * limit. */
enum err store_casefile_near(struct store_tx *tx, struct store_box box, int64_t reported_after_ms,
                             size_t limit, struct arena *a, struct casefile **out,
                             size_t *count) ERR_CHECKED;

enum err store_contact_put(struct store_tx *tx, int64_t casefile_id,
                           const struct contact *c) ERR_CHECKED;
enum err store_contact_get(struct store_tx *tx, int64_t casefile_id, struct arena *a,
                           struct contact *out) ERR_CHECKED;

/* ---- the timeline (store/event.c) ---- */

/* id and seq are set here (seq: the case's next). */
enum err store_event_append(struct store_tx *tx, struct event *e) ERR_CHECKED;
/* In order of seq; only public ones when public_only. */
enum err store_event_list(struct store_tx *tx, int64_t casefile_id, bool public_only,
                          struct arena *a, struct event **out, size_t *count) ERR_CHECKED;

/* ---- photos and blobs (store/photo.c, blob.c) ---- */

/* Inserts the photo and, unless these bytes are there already, the blob. `views` are the hash views
 * back to back (count * 32 bytes; empty: no usable hash). `bytes` is read during the call alone.
 * That casefile.photo_count is the number of its photos is desk's to keep (verify looks). */
enum err store_photo_insert(struct store_tx *tx, const struct photo *p, struct str bytes,
                            struct str views, int64_t *id) ERR_CHECKED;
enum err store_rendition_put(struct store_tx *tx, int64_t photo_id, enum rendition kind,
                             uint32_t width, uint32_t height, struct str jpeg,
                             const uint8_t sha256[32]) ERR_CHECKED;
enum err store_photo_by_public_id(struct store_tx *tx, struct str public_id, struct arena *a,
                                  struct photo *out) ERR_CHECKED;
enum err store_photo_list(struct store_tx *tx, int64_t casefile_id, struct arena *a,
                          struct photo **out, size_t *count) ERR_CHECKED;

/* The oldest case that has a photo of these bytes; ERR_NOT_FOUND: none. */
enum err store_photo_find_sha256(struct store_tx *tx, const uint8_t sha256[32], struct arena *a,
                                 struct photo *photo, struct casefile *casefile) ERR_CHECKED;

struct store_blob_info {
    int64_t blob_id;
    int64_t bytes;
    uint8_t sha256[32];
    uint32_t width, height; /* of a rendition; 0 for an original */
};

/* ERR_NOT_FOUND: no such rendition (yet). */
enum err store_rendition_info(struct store_tx *tx, int64_t photo_id, enum rendition kind,
                              struct store_blob_info *out) ERR_CHECKED;

/* Reads count bytes from `offset` of a blob into `out` (incremental; never the whole into
 * memory). */
enum err store_blob_read(struct store_tx *tx, int64_t blob_id, int64_t offset, void *out,
                         size_t count) ERR_CHECKED;

/* Calls `each` for every photo with a hash and id > after_id, in order of id, joined with its
 * case. */
typedef enum err (*store_hash_each)(void *context, int64_t photo_id, int64_t casefile_id,
                                    struct str views);
enum err store_photo_hashes_after(struct store_tx *tx, int64_t after_id, store_hash_each each,
                                  void *context) ERR_CHECKED;

/* The case that a photo belongs to. */
enum err store_photo_casefile(struct store_tx *tx, int64_t photo_id, struct arena *a,
                              struct casefile *out) ERR_CHECKED;

/* Photos that can be shown but lack this rendition, oldest first, at most limit; for the
 * background. */
enum err store_photo_lacking(struct store_tx *tx, enum rendition kind, size_t limit,
                             struct arena *a, struct photo **out, size_t *count) ERR_CHECKED;

/* ---- candidates and repeated sending (store/alike.c) ---- */

enum err store_alike_insert(struct store_tx *tx, const struct alike *x) ERR_CHECKED;
enum err store_alike_list(struct store_tx *tx, int64_t casefile_id, struct arena *a,
                          struct alike **out, size_t *count) ERR_CHECKED;

/* The answer given to this key. ERR_NOT_FOUND: key is new. */
enum err store_idempotency_get(struct store_tx *tx, const uint8_t key_sha256[32], struct arena *a,
                               uint8_t body_sha256[32], int64_t *casefile_id,
                               struct str *answer) ERR_CHECKED;
enum err store_idempotency_put(struct store_tx *tx, const uint8_t key_sha256[32],
                               const uint8_t body_sha256[32], int64_t casefile_id,
                               struct str answer, int64_t at_ms) ERR_CHECKED;
enum err store_idempotency_purge(struct store_tx *tx, int64_t before_ms) ERR_CHECKED;

#endif
