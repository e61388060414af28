/* A number of bytes that many threads share: who wants more than is left waits in a queue. */
#ifndef HTTP_BUDGET_H
#define HTTP_BUDGET_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct budget_waiter;

struct budget {
    pthread_mutex_t lock;
    size_t max;
    size_t held;
    struct budget_waiter *first, **end; /* the queue, oldest first */
    bool closed;
};

void budget_init(struct budget *b, size_t max);
void budget_clear(struct budget *b); /* nobody may hold or wait any more */

/* First come, first served; more than max is given to one that is alone. False: not within wait_ms,
 * or the budget was closed. */
bool budget_take(struct budget *b, size_t bytes, int64_t wait_ms);
void budget_give(struct budget *b, size_t bytes);

/* Everybody who waits is sent away, and everybody who comes. */
void budget_close(struct budget *b);

size_t budget_held(struct budget *b);

#endif
