/* One thread for what nobody waits for: screen renditions of photos that came, old idempotency keys
 * and ended sessions. It works only while no person's work has run for QUIET_MS, one photo at a time.
 */
#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "internal.h"

#define TICK_MS 500
#define QUIET_MS 2000
#define CLEAN_EVERY_MS (3600 * 1000LL)
#define KEY_LIFE_MS (7 * 24 * 3600 * 1000LL)
#define LACKING_ROWS 8

struct background {
    struct desk *d;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
    uint64_t done_version; /* of the town when nothing was left to make */
    int64_t cleaned_at_ms; /* monotonic; 0: never */
    int64_t given_up_id;   /* photos up to this id that cannot be made are not tried again */
};

struct lacking {
    struct arena *a;
    struct photo *photos;
    size_t count;
};

static enum err read_lacking(struct store_tx *tx, void *context)
{
    struct lacking *l = context;
    return store_photo_lacking(tx, RENDITION_SCREEN, LACKING_ROWS, l->a, &l->photos, &l->count);
}

static bool stopping(struct background *b)
{
    pthread_mutex_lock(&b->lock);
    bool stop = b->stop;
    pthread_mutex_unlock(&b->lock);
    return stop;
}

static void make_renditions(struct background *b)
{
    uint64_t version = store_version(b->d->store);
    if (version == b->done_version) return;
    struct arena a;
    arena_init(&a, 1 << 20);
    struct lacking l = {.a = &a};
    enum err e = store_read(b->d->store, read_lacking, &l);
    bool made = false;
    for (size_t i = 0; !e && i < l.count && !stopping(b) && pixels_quiet(b->d, 0); i++) {
        if (l.photos[i].id <= b->given_up_id) continue;
        enum err failed = media_make(b->d, &l.photos[i], RENDITION_SCREEN);
        if (failed == ERR_NOT_FOUND || failed == ERR_CORRUPT) b->given_up_id = l.photos[i].id;
        made = made || !failed;
    }
    if (!e && !made && l.count < LACKING_ROWS) b->done_version = version;
    arena_clear(&a);
}

static enum err clean(struct store_tx *tx, void *context)
{
    struct desk *d = context;
    int64_t now_ms = env_now_ms(d->env);
    enum err e = store_idempotency_purge(tx, now_ms - KEY_LIFE_MS);
    return e ? e : store_session_purge(tx, now_ms);
}

static void clean_up(struct background *b)
{
    int64_t now_ms = env_monotonic_ms(b->d->env);
    if (b->cleaned_at_ms && now_ms - b->cleaned_at_ms < CLEAN_EVERY_MS) return;
    b->cleaned_at_ms = now_ms;
    if (store_write(b->d->store, clean, b->d)) log_line(b->d->env->log, LOG_WARN, "what=\"clean-up failed, tried again later\"");
}

static void *run(void *context)
{
    struct background *b = context;
    log_set_request("background");
    /* Linux gives each thread its own niceness; residents' requests come first. */
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 10);
    while (!stopping(b)) {
        if (pixels_quiet(b->d, QUIET_MS)) {
            clean_up(b);
            make_renditions(b);
        }
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += TICK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_mutex_lock(&b->lock);
        if (!b->stop) pthread_cond_timedwait(&b->wake, &b->lock, &until);
        pthread_mutex_unlock(&b->lock);
    }
    return NULL;
}

enum err background_start(struct desk *d)
{
    struct background *b = mem_array(1, sizeof *b);
    if (!b) return ERR_NOMEM;
    b->d = d;
    pthread_condattr_t attributes;
    pthread_mutex_init(&b->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&b->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_attr_t stack;
    pthread_attr_init(&stack);
    pthread_attr_setstacksize(&stack, 512 * 1024); /* musl's own default is 128 KB */
    int failed = pthread_create(&b->thread, &stack, run, b);
    pthread_attr_destroy(&stack);
    if (failed) {
        mem_free(b);
        return ERR_NOMEM;
    }
    d->background = b;
    return ERR_NONE;
}

void background_stop(struct desk *d)
{
    struct background *b = d->background;
    if (!b) return;
    pthread_mutex_lock(&b->lock);
    b->stop = true;
    pthread_cond_signal(&b->wake);
    pthread_mutex_unlock(&b->lock);
    pthread_join(b->thread, NULL);
    pthread_cond_destroy(&b->wake);
    pthread_mutex_destroy(&b->lock);
    mem_free(b);
    d->background = NULL;
}
