/* Owns the threads and the ring of waiting lines. Invariants, under the lock: printed <= taken <=
 * count, taken - printed <= POOL_RING, and ring[i % POOL_RING].ready belongs to a piece i with
 * printed <= i < taken. Lines are written under the lock by whoever finds the next one ready.
 */
#include "pool.h"

#include "base/must.h"

#include <pthread.h>
#include <sched.h>

#define THREADS_MAX 64
#define NO_MEMORY_LINE                                                                             \
    "{\"file\":null,\"error\":{\"code\":\"no_memory\",\"message\":\"Out of memory.\"}}"

struct slot {
    struct buf line;
    bool ready;
};

struct pool {
    const struct pool_job *job;
    FILE *out;
    struct progress *progress;
    pthread_mutex_t lock;
    pthread_cond_t room; /* a piece may be taken */
    size_t taken, printed, failed, begun;
    bool out_failed;
    struct slot ring[POOL_RING];
};

static void *thread_main(void *argument);

static unsigned cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int n = CPU_COUNT(&set);
    return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

enum err pool_run(const struct pool_job *job, FILE *out, struct progress *progress, size_t *failed)
{
    struct pool pool = {.job = job, .out = out, .progress = progress};
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.room, NULL);
    for (size_t i = 0; i < POOL_RING; i++) buf_init(&pool.ring[i].line, POOL_LINE_BYTES_MAX);

    pthread_attr_t attributes; /* the default of musl, 128 KB, is little for decoding a photo */
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, (size_t)1 << 20);
    pthread_t thread[THREADS_MAX];
    size_t threads = cores() < job->count ? cores() : job->count;
    size_t started = 1;
    while (started < threads &&
           pthread_create(&thread[started], &attributes, thread_main, &pool) == 0) {
        started++;
    }
    pthread_attr_destroy(&attributes);
    if (job->count > 0) (void)thread_main(&pool);
    for (size_t i = 1; i < started; i++) pthread_join(thread[i], NULL);

    enum err e = pool.out_failed ? ERR_IO : ERR_NONE;
    if (e == ERR_NONE && pool.printed < job->count) {
        must(pool.begun == 0);
        e = ERR_NOMEM;
    }
    *failed = pool.failed;
    for (size_t i = 0; i < POOL_RING; i++) buf_clear(&pool.ring[i].line);
    pthread_cond_destroy(&pool.room);
    pthread_mutex_destroy(&pool.lock);
    return e;
}

static void print_ready(struct pool *p)
{
    struct slot *slot = &p->ring[p->printed % POOL_RING];
    while (p->printed < p->taken && slot->ready) {
        struct str line = buf_str(&slot->line);
        if (buf_err(&slot->line) != ERR_NONE) line = STR(NO_MEMORY_LINE);
        if (p->progress->out) progress_end(p->progress);
        bool written = line.bytes == 0 || fwrite(line.at, 1, line.bytes, p->out) == line.bytes;
        if (!written || fputc('\n', p->out) == EOF) p->out_failed = true;
        slot->ready = false;
        buf_reset(&slot->line);
        slot = &p->ring[++p->printed % POOL_RING];
    }
    /* Who reads along wants each line when it is there, and a closed pipe must be noticed. */
    if (fflush(p->out) != 0) p->out_failed = true;
    progress_step(p->progress, (int64_t)p->printed, (int64_t)p->job->count);
}

static void *thread_main(void *argument)
{
    struct pool *p = argument;
    void *worker = p->job->begin(p->job->context);
    if (!worker) return NULL;
    struct buf line;
    buf_init(&line, POOL_LINE_BYTES_MAX);
    pthread_mutex_lock(&p->lock);
    p->begun++;
    for (;;) {
        while (p->taken < p->job->count && p->taken - p->printed == POOL_RING && !p->out_failed) {
            pthread_cond_wait(&p->room, &p->lock);
        }
        if (p->taken == p->job->count || p->out_failed) break;
        size_t index = p->taken++;
        pthread_mutex_unlock(&p->lock);
        buf_reset(&line);
        bool fine = p->job->work(p->job->context, worker, index, &line);
        pthread_mutex_lock(&p->lock);
        p->failed += !fine || buf_err(&line) != ERR_NONE;
        struct slot *slot = &p->ring[index % POOL_RING];
        struct buf empty = slot->line;
        slot->line = line;
        line = empty;
        slot->ready = true;
        print_ready(p);
        pthread_cond_broadcast(&p->room);
    }
    pthread_cond_broadcast(&p->room);
    pthread_mutex_unlock(&p->lock);
    buf_clear(&line);
    p->job->end(p->job->context, worker);
    return NULL;
}
