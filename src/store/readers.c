/* Owns the pool of read connections, and waiting with a limit.
 *
 * Invariants: at most `max` connections are open; one that was in trouble is closed rather than put
 * back. They are opened when first needed, outside the lock.
 */
#include <errno.h>
#include <time.h>

#include "base/must.h"
#include "store_private.h"

#define READ_WAIT_MS 5000

static enum err borrow(struct store *s, struct db **out);
static void give_back(struct store *s, struct db *db, bool sound);

enum err store_read(struct store *s, store_work work, void *context)
{
    struct db *db;
    enum err e = borrow(s, &db);
    if (e) return e;
    atomic_fetch_add_explicit(&s->readers_busy, 1, memory_order_relaxed);
    struct store_tx tx = {db, false};
    e = tx_begin(&tx);
    if (!e) e = work(&tx, context);
    tx_rollback(&tx); /* nothing was written, and unlike COMMIT it can't fail */
    atomic_fetch_sub_explicit(&s->readers_busy, 1, memory_order_relaxed);
    give_back(s, db, sqlite3_get_autocommit(db->handle) && e != ERR_CORRUPT && e != ERR_IO);
    return e;
}

void readers_init(struct readers *r, unsigned max)
{
    pthread_mutex_init(&r->lock, NULL);
    wait_cond_init(&r->returned);
    r->max = max < READERS_MAX ? max : READERS_MAX;
}

void readers_clear(struct readers *r)
{
    must(r->idle_count == r->open_count); /* nobody may still be reading */
    while (r->idle_count) db_close(r->idle[--r->idle_count]);
    pthread_cond_destroy(&r->returned);
    pthread_mutex_destroy(&r->lock);
}

static enum err borrow(struct store *s, struct db **out)
{
    struct readers *r = &s->readers;
    int64_t until = env_monotonic_ms(s->env) + READ_WAIT_MS;
    struct db *db = NULL;
    bool open = false, late = false;
    pthread_mutex_lock(&r->lock);
    while (!db && !open && !late) {
        if (r->idle_count) {
            db = r->idle[--r->idle_count];
        } else if (r->open_count < r->max) {
            r->open_count++;
            open = true;
        } else {
            int64_t left = until - env_monotonic_ms(s->env);
            late = left <= 0 || !wait_ms(&r->returned, &r->lock, left);
            if (r->idle_count || r->open_count < r->max) late = false;
        }
    }
    pthread_mutex_unlock(&r->lock);
    if (late) {
        log_line(s->env->log, LOG_WARN, "what=\"store: no reader came free in time\"");
        return ERR_BUSY;
    }
    if (open) {
        enum err e = db_open(s->file, DB_READER, s->env, &db);
        if (!e) e = db_seal(db);
        if (e) {
            give_back(s, db, false);
            return e;
        }
    }
    *out = db;
    return ERR_NONE;
}

static void give_back(struct store *s, struct db *db, bool sound)
{
    struct readers *r = &s->readers;
    if (!sound) db_close(db);
    pthread_mutex_lock(&r->lock);
    if (sound)
        r->idle[r->idle_count++] = db;
    else
        r->open_count--;
    pthread_cond_signal(&r->returned);
    pthread_mutex_unlock(&r->lock);
}

void wait_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

/* The system's clock and not env's: what is waited for is other threads, not a time of the town's,
 * and in a test whose time stands still the wait must end as well. */
bool wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    return pthread_cond_timedwait(cond, lock, &until) != ETIMEDOUT;
}
