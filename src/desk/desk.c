/* Owns a desk's life, and the pool of pixel workspaces.
 *
 * Memory: the pool's workspaces are made at the start, one for each core, and nobody makes another;
 * a request that needs one waits its turn, and past PIXEL_QUEUE_MAX waiting ones it is told to come
 * again. The hashes of all photos lie in `looks`: about 200 bytes for each photo.
 */
#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "internal.h"
#include "base/must.h"
#include "base/text.h"

static enum err pool_open(struct pixel_pool *pool, unsigned count, const struct image_limits *limits);
static void pool_close(struct pixel_pool *pool);

static enum err first_catch_up(struct store_tx *tx, void *context)
{
    return alike_catch_up(context, tx);
}

enum err desk_open(struct store *store, const struct desk_options *options, const struct env *env,
                   struct desk **out)
{
    must(store && options && env);
    struct desk *d = mem_array(1, sizeof *d);
    if (!d) return ERR_NOMEM;
    d->store = store;
    d->env = env;
    d->limits = image_limits_default();
    pthread_mutex_init(&d->looks_lock, NULL);
    pthread_mutex_init(&d->people_lock, NULL);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned workers = options->pixel_workers ? options->pixel_workers : (unsigned)(cores > 0 ? cores : 1);
    enum err e = pool_open(&d->pixels, workers < PIXEL_WORKERS_MAX ? workers : PIXEL_WORKERS_MAX, &d->limits);
    if (!e) {
        d->looks = image_hash_index_new();
        if (!d->looks) e = ERR_NOMEM;
    }
    if (!e) e = store_read(store, first_catch_up, d);
    if (!e && options->background) e = background_start(d);
    if (e) {
        desk_close(d);
        return e;
    }
    *out = d;
    return ERR_NONE;
}

void desk_close(struct desk *d)
{
    if (!d) return;
    background_stop(d);
    pool_close(&d->pixels);
    image_hash_index_free(d->looks);
    pthread_mutex_destroy(&d->looks_lock);
    pthread_mutex_destroy(&d->people_lock);
    mem_free(d);
}

struct store *desk_store(struct desk *d)
{
    return d->store;
}

const struct env *desk_env(const struct desk *d)
{
    return d->env;
}

uint64_t desk_version(struct desk *d)
{
    return store_version(d->store);
}

static void at_latest(struct timespec *t, int64_t wait_ms)
{
    clock_gettime(CLOCK_MONOTONIC, t);
    t->tv_sec += (time_t)(wait_ms / 1000);
    t->tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (t->tv_nsec >= 1000000000) {
        t->tv_sec++;
        t->tv_nsec -= 1000000000;
    }
}

enum err pixels_borrow(struct desk *d, struct image_workspace **out)
{
    struct pixel_pool *pool = &d->pixels;
    struct timespec until;
    at_latest(&until, PIXEL_WAIT_MS);
    enum err e = ERR_NONE;
    pthread_mutex_lock(&pool->lock);
    if (pool->idle_count == 0 && pool->waiting >= PIXEL_QUEUE_MAX) e = ERR_BUSY;
    pool->waiting++;
    while (!e && pool->idle_count == 0) {
        if (pthread_cond_timedwait(&pool->returned, &pool->lock, &until) == ETIMEDOUT && pool->idle_count == 0)
            e = ERR_BUSY;
    }
    pool->waiting--;
    if (!e) *out = pool->idle[--pool->idle_count];
    pthread_mutex_unlock(&pool->lock);
    if (e) log_line(d->env->log, LOG_WARN, "what=\"no pixel workspace free in time\"");
    return e;
}

void pixels_return(struct desk *d, struct image_workspace *ws)
{
    struct pixel_pool *pool = &d->pixels;
    pthread_mutex_lock(&pool->lock);
    must(pool->idle_count < pool->total);
    pool->idle[pool->idle_count++] = ws;
    pool->used_at_ms = env_monotonic_ms(d->env);
    pthread_cond_signal(&pool->returned);
    pthread_mutex_unlock(&pool->lock);
}

bool pixels_quiet(struct desk *d, int64_t quiet_ms)
{
    struct pixel_pool *pool = &d->pixels;
    pthread_mutex_lock(&pool->lock);
    bool quiet = pool->waiting == 0 && pool->idle_count == pool->total &&
                 env_monotonic_ms(d->env) - pool->used_at_ms >= quiet_ms;
    pthread_mutex_unlock(&pool->lock);
    return quiet;
}

static enum err pool_open(struct pixel_pool *pool, unsigned count, const struct image_limits *limits)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->returned, &attributes);
    pthread_condattr_destroy(&attributes);
    for (unsigned i = 0; i < count; i++) {
        struct image_workspace *ws = image_workspace_new(limits);
        if (!ws) return ERR_NOMEM;
        pool->idle[pool->idle_count++] = ws;
        pool->total++;
    }
    return ERR_NONE;
}

static void pool_close(struct pixel_pool *pool)
{
    must(pool->idle_count == pool->total); /* nobody may still be working */
    for (unsigned i = 0; i < pool->total; i++) image_workspace_free(pool->idle[i]);
    if (pool->total) {
        pthread_cond_destroy(&pool->returned);
        pthread_mutex_destroy(&pool->lock);
    }
}

void problems_add(struct report_problems *p, const char *field, size_t index, const char *code)
{
    if (p->count < REPORT_PROBLEMS_MAX) p->problem[p->count++] = (struct report_problem){field, index, code};
}

enum err clean_field(struct str typed, size_t points_max, const char *field, struct arena *a, struct str *out,
                     struct report_problems *problems)
{
    enum err e = text_clean(typed, points_max, a, out);
    if (e == ERR_INPUT) problems_add(problems, field, 0, "not_text");
    if (e == ERR_TOO_BIG) problems_add(problems, field, 0, "too_long");
    return e == ERR_TOO_BIG ? ERR_INPUT : e;
}
