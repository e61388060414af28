/* Owns the one thread that writes. Jobs wait in a queue; all that wait when the thread comes round
 * share one transaction and one sync of the disk.
 *
 * Invariants: jobs run in the order in which they came; one that fails leaves nothing behind; when
 * the shared transaction can't be committed each job is run again alone, so that one that the disk
 * has no room for does not take the others with it. Nobody is told ERR_NONE before COMMIT returned.
 *
 * Checkpoints hardly stand in a request's way: they run when the queue has been empty for a moment;
 * when the log grows past its limit all the same, copier.c copies it beside this thread. A log that a long reader keeps from
 * being used again is tried again later, less and less often.
 */
#include "base/must.h"
#include "store_private.h"

#define QUEUE_MAX 1024
#define GROUP_MAX 256
#define IDLE_MS 50
#define IDLE_MS_MAX 2000
#define WAL_PAGES_MAX (64 * 1024 * 1024 / STORE_PAGE_BYTES)
#define WAL_PAGES_FULL (4 * WAL_PAGES_MAX) /* all wait until it is copied */
#define WAL_PAGES_REST (WAL_PAGES_MAX / 8) /* little enough to copy between two groups */

struct log_state {
    bool dirty;       /* the log holds pages that the database lacks */
    int64_t idle_ms;  /* how long to wait before the next attempt */
    int try_at_pages; /* when busy: not before it holds so many */
    bool copier_asked;
};

static void *writer_main(void *context);
static void group_run(struct store *s, struct job *first);
static bool group_together(struct store *s, struct job *first);
static void job_alone(struct store *s, struct job *job);
static void checkpoint(struct store *s, struct log_state *log);
static void keep_log_short(struct store *s, struct log_state *log);

enum err store_write(struct store *s, store_work work, void *context)
{
    must(!s->read_only);
    struct writer *w = &s->writer;
    must(!pthread_equal(pthread_self(), w->thread)); /* a job can't wait for another */
    struct job job = {.work = work, .context = context};
    pthread_cond_init(&job.finished, NULL);
    pthread_mutex_lock(&w->lock);
    bool refused = w->closing || w->waiting >= QUEUE_MAX;
    if (!refused) {
        if (w->last)
            w->last->next = &job;
        else
            w->first = &job;
        w->last = &job;
        w->waiting++;
        if (w->waiting == 1) pthread_cond_signal(&w->arrived);
        while (!job.done) pthread_cond_wait(&job.finished, &w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    pthread_cond_destroy(&job.finished);
    return refused ? ERR_BUSY : job.err;
}

void store_checkpoint(struct store *s)
{
    if (s->read_only) return;
    pthread_mutex_lock(&s->writer.lock);
    s->writer.checkpoint_wanted = true;
    pthread_cond_signal(&s->writer.arrived);
    pthread_mutex_unlock(&s->writer.lock);
}

enum err writer_start(struct store *s)
{
    struct writer *w = &s->writer;
    pthread_mutex_init(&w->lock, NULL);
    wait_cond_init(&w->arrived);
    if (pthread_create(&w->thread, NULL, writer_main, s)) {
        pthread_cond_destroy(&w->arrived);
        pthread_mutex_destroy(&w->lock);
        return ERR_NOMEM;
    }
    w->started = true;
    return ERR_NONE;
}

void writer_stop(struct store *s)
{
    struct writer *w = &s->writer;
    if (!w->started) return;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_signal(&w->arrived);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    w->started = false;
    pthread_cond_destroy(&w->arrived);
    pthread_mutex_destroy(&w->lock);
}

/* Takes what waits, at most GROUP_MAX jobs; NULL: the store is closing and nothing waits. */
static struct job *group_take(struct store *s, struct log_state *log)
{
    struct writer *w = &s->writer;
    pthread_mutex_lock(&w->lock);
    while (!w->first && !w->closing) {
        bool now = w->checkpoint_wanted;
        if (!now && log->dirty)
            now = !wait_ms(&w->arrived, &w->lock, log->idle_ms);
        else if (!now)
            pthread_cond_wait(&w->arrived, &w->lock);
        if (now && !w->first) {
            w->checkpoint_wanted = false;
            pthread_mutex_unlock(&w->lock);
            checkpoint(s, log);
            pthread_mutex_lock(&w->lock);
        }
    }
    struct job *first = w->first, *last = first;
    if (first) {
        unsigned n = 1;
        for (; last->next && n < GROUP_MAX; n++) last = last->next;
        w->first = last->next;
        if (!w->first) w->last = NULL;
        last->next = NULL;
        w->waiting -= n;
    }
    pthread_mutex_unlock(&w->lock);
    return first;
}

static void *writer_main(void *context)
{
    struct store *s = context;
    struct writer *w = &s->writer;
    struct log_state log = {.dirty = true, .idle_ms = IDLE_MS, .try_at_pages = WAL_PAGES_MAX};
    for (struct job *first; (first = group_take(s, &log)) != NULL;) {
        group_run(s, first);
        log.dirty = true;
        log.idle_ms = IDLE_MS;
        version_refresh(s);
        pthread_mutex_lock(&w->lock);
        for (struct job *job = first, *next; job; job = next) {
            next = job->next; /* the job is its owner's again once the lock is free */
            job->done = true;
            pthread_cond_signal(&job->finished);
        }
        pthread_mutex_unlock(&w->lock);
        keep_log_short(s, &log);
    }
    return NULL;
}

/* Between two groups. The copier does the bulk beside us; what is left over, or too much in spite of
 * it, is copied here. */
static void keep_log_short(struct store *s, struct log_state *log)
{
    int pages = s->writer.db->wal_pages, copied;
    if (pages < WAL_PAGES_MAX) {
        log->try_at_pages = WAL_PAGES_MAX;
        if (log->copier_asked) copier_forget(s);
        log->copier_asked = false;
    } else if (pages >= log->try_at_pages) {
        bool full = pages >= WAL_PAGES_FULL;
        bool busy = copier_busy(s, full, &copied);
        bool rest = !busy && copied <= pages && pages - copied <= WAL_PAGES_REST;
        if (full || rest) {
            checkpoint(s, log);
            copier_forget(s);
        } else if (!busy) {
            copier_ask(s);
            log->copier_asked = true;
        }
    }
}

static void group_run(struct store *s, struct job *first)
{
    if (first->next && group_together(s, first)) return;
    for (struct job *job = first; job; job = job->next) job_alone(s, job);
}

/* false: nothing of it was committed, and each is to be run alone. */
static bool group_together(struct store *s, struct job *first)
{
    struct store_tx tx = {s->writer.db, true};
    int64_t count = 0;
    enum err e = tx_begin(&tx);
    if (e == ERR_BUSY) { /* another process writes for seconds: none waits for it twice */
        for (struct job *job = first; job; job = job->next) job->err = e;
        return true;
    }
    for (struct job *job = first; job && !e; job = job->next, count++) {
        e = tx_savepoint(&tx);
        if (e) break;
        job->err = job->work(&tx, job->context);
        e = job->err ? tx_undo(&tx) : tx_release(&tx);
    }
    if (!e) e = tx_commit(&tx);
    if (e) {
        tx_rollback(&tx);
        return false;
    }
    atomic_fetch_add(&s->commits, 1);
    atomic_fetch_add(&s->jobs, count);
    return true;
}

static void job_alone(struct store *s, struct job *job)
{
    struct store_tx tx = {s->writer.db, true};
    job->err = tx_begin(&tx);
    if (!job->err) job->err = job->work(&tx, job->context);
    /* Work that went on after SQLite had rolled all back must not pass for done. */
    if (!job->err && sqlite3_get_autocommit(tx.db->handle)) job->err = ERR_IO;
    if (!job->err) job->err = tx_commit(&tx);
    if (job->err) tx_rollback(&tx);
    atomic_fetch_add(&s->jobs, 1);
    if (!job->err) atomic_fetch_add(&s->commits, 1);
}

static void checkpoint(struct store *s, struct log_state *log)
{
    struct db *db = s->writer.db;
    int in_log = 0, done = 0;
    int rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &in_log, &done);
    enum err e = (rc & 0xff) == SQLITE_BUSY ? ERR_BUSY : db_fail(db, rc, "checkpoint");
    log->dirty = e || done < in_log;
    if (!log->dirty) (void)sqlite3_db_release_memory(db->handle);
    if (log->dirty) {
        log->idle_ms = log->idle_ms * 2 < IDLE_MS_MAX ? log->idle_ms * 2 : IDLE_MS_MAX;
    }
    /* All is copied but somebody still reads the log, or not all could be: a quarter more of it. */
    log->try_at_pages = (in_log > 0 ? in_log : 0) + WAL_PAGES_MAX / 4;
    if (log->try_at_pages < WAL_PAGES_MAX) log->try_at_pages = WAL_PAGES_MAX;
}
