/* Named places where a test can make the executable fail or die, in builds with -DTOWNDESK_FAULTS;
 * elsewhere a constant false that costs nothing.
 *
 *     if (fault_hit("store.commit")) { return ERR_IO; }
 *
 *     TOWNDESK_FAULT=store.commit:3         the third pass through that place answers true, once
 *     TOWNDESK_FAULT=store.commit:3:kill    the third pass is the process's last (SIGKILL)
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

#ifdef TOWNDESK_FAULTS

/* Is this pass the one that is to fail? Counts the passes of all threads. */
bool fault_hit(const char *name);

/* Replaces what the environment said, counting anew; NULL: no fault. For unit tests, while no other
 * thread runs. false when spec is not "name:N" or "name:N:kill" with N >= 1 (no fault then). */
bool fault_arm(const char *spec);

#else

static inline bool fault_hit(const char *name)
{
    (void)name;
    return false;
}

#endif

#endif
