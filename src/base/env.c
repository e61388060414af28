/* The two environments there are: the system's clocks and random bytes, and a seeded one for tests.
 * Owns nothing; the fake's state is the caller's. Invariants: fill() fills every byte or the
 * process ends; the fake gives the same bytes for the same seed and calls on every machine. Refuses
 * to go on without random bytes: a guessable token is worse than no service.
 */
#include "base/env.h"

#include "base/must.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int64_t system_now_ms(void *context);
static int64_t system_monotonic_ms(void *context);
static void system_fill(void *context, void *bytes, size_t count);
static int64_t fake_now_ms(void *context);
static void fake_fill(void *context, void *bytes, size_t count);

struct env env_system(struct log *log)
{
    return (struct env){
        .clock = {.now_ms = system_now_ms, .monotonic_ms = system_monotonic_ms, .context = NULL},
        .rng = {.fill = system_fill, .context = NULL},
        .log = log,
    };
}

struct env env_fake(struct env_fake *fake, struct log *log)
{
    return (struct env){
        .clock = {.now_ms = fake_now_ms, .monotonic_ms = fake_now_ms, .context = fake},
        .rng = {.fill = fake_fill, .context = fake},
        .log = log,
    };
}

void env_fake_advance(struct env_fake *fake, int64_t by_ms)
{
    __atomic_fetch_add(&fake->now_ms, by_ms, __ATOMIC_RELAXED);
}

static int64_t read_ms(clockid_t clock)
{
    struct timespec now;
    must(clock_gettime(clock, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + (int64_t)now.tv_nsec / 1000000;
}

static int64_t system_now_ms(void *context)
{
    (void)context;
    return read_ms(CLOCK_REALTIME);
}

static int64_t system_monotonic_ms(void *context)
{
    (void)context;
    return read_ms(CLOCK_MONOTONIC);
}

static void system_fill(void *context, void *bytes, size_t count)
{
    (void)context;
    unsigned char *at = bytes;
    while (count > 0) {
        ssize_t n = getrandom(at, count, 0);
        if (n < 0) {
            must(errno == EINTR);
            continue;
        }
        at += n;
        count -= (size_t)n;
    }
}

static int64_t fake_now_ms(void *context)
{
    struct env_fake *fake = context;
    return __atomic_load_n(&fake->now_ms, __ATOMIC_RELAXED);
}

/* splitmix64 is a counter and a mixer, so one atomic addition makes it fit for any thread. */
static uint64_t fake_next(struct env_fake *fake)
{
    const uint64_t gamma = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = __atomic_fetch_add(&fake->seed, gamma, __ATOMIC_RELAXED) + gamma;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static void fake_fill(void *context, void *bytes, size_t count)
{
    unsigned char *at = bytes;
    while (count > 0) {
        uint64_t word = fake_next(context);
        for (size_t i = 0; i < 8 && count > 0; i++, count--) {
            *at++ = (unsigned char)(word >> (8 * i));
        }
    }
}
