/* Owns the one fault that TOWNDESK_FAULT armed: a name, a countdown and whether to die of it. The
 * name is written only while a single thread runs (before main, or by a unit test), the countdown
 * by any. Refuses to exist outside builds with TOWNDESK_FAULTS: no shipped executable listens to
 * the variable.
 */
#include "base/fault.h"

#ifdef TOWNDESK_FAULTS

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char armed_name[64];
static _Atomic long passes_left;
static bool armed_kill;

bool fault_hit(const char *name)
{
    if (armed_name[0] == '\0' || strcmp(name, armed_name) != 0) {
        return false;
    }
    /* Only the pass that takes it from 1 to 0 is the one; a long counts down for ever after. */
    if (atomic_fetch_sub(&passes_left, 1) != 1) {
        return false;
    }
    if (armed_kill) {
        kill(getpid(), SIGKILL);
    }
    return true;
}

bool fault_arm(const char *spec)
{
    armed_name[0] = '\0';
    if (!spec) {
        return true;
    }
    const char *colon = strchr(spec, ':');
    if (!colon || colon == spec || (size_t)(colon - spec) >= sizeof armed_name) {
        return false;
    }
    char *end = NULL;
    long n = strtol(colon + 1, &end, 10);
    bool dies = strcmp(end, ":kill") == 0;
    if (n < 1 || (*end != '\0' && !dies)) {
        return false;
    }
    atomic_store(&passes_left, n);
    armed_kill = dies;
    memcpy(armed_name, spec, (size_t)(colon - spec));
    armed_name[colon - spec] = '\0';
    return true;
}

/* A misspelt variable must not pass for a run without the fault. */
__attribute__((constructor)) static void arm_from_environment(void)
{
    if (!fault_arm(getenv("TOWNDESK_FAULT"))) {
        abort();
    }
}

#endif
