/* The one door to malloc, so that a test can make the Nth allocation fail: in the unit tests
 * through mem_fail_after(), in the real executable through the environment:
 *
 *     TOWNDESK_FAULT_ALLOC=N    the Nth allocation of the process fails, once (N = 1, 2, 3 …)
 *
 * The variable is read only by builds with -DTOWNDESK_FAULTS (presets dev and asan). Without a
 * fault armed the cost is one relaxed atomic load. Any thread.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* bytes of memory as malloc gives it; NULL means out of memory, never "zero bytes". */
void *mem_alloc(size_t bytes) __attribute__((malloc));

/* count elements of size bytes, zeroed; NULL also when the product overflows. */
void *mem_array(size_t count, size_t bytes) __attribute__((malloc));

/* Like realloc for at least one byte: on failure NULL, and the old memory is as it was. */
void *mem_realloc(void *old, size_t bytes) __attribute__((warn_unused_result));

/* NULL is nothing to do. */
void mem_free(void *at);

/* Lets n more allocations succeed, makes the one after them fail, and disarms itself: later ones
 * succeed again. A negative n disarms. Counts the allocations of all threads. */
void mem_fail_after(int64_t n);

/* Has the armed failure happened? A loop over n is done when the work ran without it:
 *
 *     for (n = 0;; n++) { mem_fail_after(n); work(); if (!mem_fail_happened()) break; check(); }
 *     mem_fail_after(-1);
 */
bool mem_fail_happened(void);

#endif
