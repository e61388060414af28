/* Owns the count of bytes that request bodies take in memory, and the queue of those who wait.
 *
 *     first ─► [waiter 8 MB] ─► [waiter 20 KB] ─► NULL      each on the stack of its thread
 *
 * Invariants: held is the sum of what was taken and not given back; held <= max, except while a
 * single larger piece holds everything; a waiter behind the first is never served before it, so
 * that small bodies cannot starve a large one. Waiting is real time, not the environment's clock:
 * it is about sockets.
 */
#include "budget.h"

#include <errno.h>
#include <time.h>

struct budget_waiter {
    struct budget_waiter *next;
    size_t bytes;
    bool served;
    pthread_cond_t wake;
};

void budget_init(struct budget *b, size_t max)
{
    *b = (struct budget){.max = max};
    b->end = &b->first;
    pthread_mutex_init(&b->lock, NULL);
}

void budget_clear(struct budget *b)
{
    pthread_mutex_destroy(&b->lock);
}

static bool fits(const struct budget *b, size_t bytes)
{
    return b->held == 0 || (b->held <= b->max && bytes <= b->max - b->held);
}

/* Under the lock: whoever is first and fits. */
static void serve(struct budget *b)
{
    while (b->first && fits(b, b->first->bytes)) {
        struct budget_waiter *w = b->first;
        b->first = w->next;
        if (!b->first) {
            b->end = &b->first;
        }
        b->held += w->bytes;
        w->served = true;
        pthread_cond_signal(&w->wake);
    }
}

static void leave_queue(struct budget *b, const struct budget_waiter *w)
{
    for (struct budget_waiter **link = &b->first; *link; link = &(*link)->next) {
        if (*link == w) {
            *link = w->next;
            if (!w->next) {
                b->end = link;
            }
            break;
        }
    }
    serve(b); /* w may have been what the others waited for */
}

static bool wait_in_queue(struct budget *b, size_t bytes, int64_t wait_ms)
{
    struct budget_waiter w = {.bytes = bytes};
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w.wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + (wait_ms % 1000) * 1000000;
    until.tv_sec += (time_t)(wait_ms / 1000 + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);

    *b->end = &w;
    b->end = &w.next;
    int rc = 0;
    while (!w.served && !b->closed && rc != ETIMEDOUT) {
        rc = pthread_cond_timedwait(&w.wake, &b->lock, &until);
    }
    if (!w.served) {
        leave_queue(b, &w);
    }
    pthread_cond_destroy(&w.wake);
    return w.served;
}

bool budget_take(struct budget *b, size_t bytes, int64_t wait_ms)
{
    pthread_mutex_lock(&b->lock);
    bool ok = !b->closed;
    if (ok && !b->first && fits(b, bytes)) {
        b->held += bytes;
    } else if (ok) {
        ok = wait_in_queue(b, bytes, wait_ms);
    }
    pthread_mutex_unlock(&b->lock);
    return ok;
}

void budget_give(struct budget *b, size_t bytes)
{
    pthread_mutex_lock(&b->lock);
    b->held -= bytes;
    serve(b);
    pthread_mutex_unlock(&b->lock);
}

void budget_close(struct budget *b)
{
    pthread_mutex_lock(&b->lock);
    b->closed = true;
    for (struct budget_waiter *w = b->first; w; w = w->next) {
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&b->lock);
}

size_t budget_held(struct budget *b)
{
    pthread_mutex_lock(&b->lock);
    size_t held = b->held;
    pthread_mutex_unlock(&b->lock);
    return held;
}
