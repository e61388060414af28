/* Owns the countdown to the one allocation that a test wants to fail.
 *
 *     countdown  < 0 : nothing armed (the normal state)
 *               >= 0 : so many more allocations succeed, then one fails
 *
 * Exactly one allocation fails per arming, also when threads race for it. Refuses zero-sized
 * blocks: they are given one byte, so that NULL always means failure.
 */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>

static _Atomic int64_t countdown = -1;
static _Atomic bool happened;

static bool fails_now(void)
{
    if (atomic_load_explicit(&countdown, memory_order_relaxed) < 0) {
        return false;
    }
    /* Threads that come later take it below zero, which is the disarmed state. */
    if (atomic_fetch_sub(&countdown, 1) != 0) {
        return false;
    }
    atomic_store(&happened, true);
    return true;
}

void *mem_alloc(size_t bytes)
{
    return fails_now() ? NULL : malloc(bytes > 0 ? bytes : 1);
}

void *mem_array(size_t count, size_t bytes)
{
    /* calloc checks too, but the sanitizers' one takes the overflow for a bug of ours. */
    if (fails_now() || (bytes > 0 && count > SIZE_MAX / bytes)) {
        return NULL;
    }
    return calloc(count * bytes > 0 ? count * bytes : 1, 1);
}

void *mem_realloc(void *old, size_t bytes)
{
    return fails_now() ? NULL : realloc(old, bytes > 0 ? bytes : 1);
}

void mem_free(void *at)
{
    free(at);
}

void mem_fail_after(int64_t n)
{
    atomic_store(&happened, false);
    atomic_store(&countdown, n < 0 ? -1 : n);
}

bool mem_fail_happened(void)
{
    return atomic_load(&happened);
}

#ifdef TOWNDESK_FAULTS

/* Before main, so that the count begins with the process's first allocation. */
__attribute__((constructor)) static void arm_from_environment(void)
{
    const char *n = getenv("TOWNDESK_FAULT_ALLOC");
    long long value = n ? strtoll(n, NULL, 10) : 0;
    if (value > 0) {
        mem_fail_after(value - 1);
    }
}

#endif
