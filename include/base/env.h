/* What the world gives: time, randomness, a place to write what happened. main builds one of these
 * and hands it down; nothing below main asks the system for them, so that tests and simulations can
 * put their own in.
 */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

struct clock {
    int64_t (*now_ms)(void *context);       /* since 1970-01-01 UTC; may jump */
    int64_t (*monotonic_ms)(void *context); /* never goes back; for waiting and measuring */
    void *context;
};

struct rng {
    /* Fills count bytes with unpredictable ones (in tests: with seeded ones). Never fails: main's
     * ends the process when the system has none. Any thread. */
    void (*fill)(void *context, void *bytes, size_t count);
    void *context;
};

struct env {
    struct clock clock;
    struct rng rng;
    struct log *log;
};

static inline int64_t env_now_ms(const struct env *e)
{
    return e->clock.now_ms(e->clock.context);
}

static inline int64_t env_monotonic_ms(const struct env *e)
{
    return e->clock.monotonic_ms(e->clock.context);
}

static inline void env_random(const struct env *e, void *bytes, size_t count)
{
    e->rng.fill(e->rng.context, bytes, count);
}

/* The system's own: CLOCK_REALTIME, CLOCK_MONOTONIC, getrandom(2). Only main and tests call it. */
struct env env_system(struct log *log);

/* A seeded environment for tests: time stands still until moved, both clocks show now_ms, and the
 * bytes are those of splitmix64 (Steele, Lea, Flood 2014), whose state is `seed`: the same seed and
 * the same calls give the same bytes on every machine. Any thread; `fake` outlives the result. */
struct env_fake {
    int64_t now_ms;
    uint64_t seed;
};
struct env env_fake(struct env_fake *fake, struct log *log);

/* Moves the fake time by so many ms; safe while other threads read it. */
void env_fake_advance(struct env_fake *fake, int64_t by_ms);

#endif
