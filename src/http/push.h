/* Writing to a client's socket, and closing it so that what was written arrives. */
#ifndef HTTP_PUSH_H
#define HTTP_PUSH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct ssl_st;

/* Both, in as few packets or TLS records as they take; fd is non-blocking, ssl NULL for plain.
 * False: not before the deadline (monotonic), nothing taken for 10 s, or the client is gone. */
bool push_both(int fd, struct ssl_st *ssl, struct str first, struct str second,
               uint64_t deadline_ns);

/* After the last byte: tells the client that there will be no more and reads what it still sends,
 * for at most 3 s, until it closes, falls silent for 1 s, or *stop. The caller closes. */
void push_linger(int fd, struct ssl_st *ssl, const atomic_bool *stop);

#endif
