/* The thread that keeps every event stream: one socket each, no worker. */
#ifndef HTTP_HUB_H
#define HTTP_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct ssl_st;
struct hub;

#define HUB_LISTENERS_MAX 10000

/* tick is called from the hub's thread at least every tick_ms. */
struct hub_options {
    int64_t tick_ms;
    void (*tick)(void *context); /* may be NULL */
    void *context;
};

enum err hub_new(const struct hub_options *options, struct hub **out) ERR_CHECKED;

/* Ends the thread and closes all streams; what comes afterwards is closed at once. */
void hub_close(struct hub *h);
/* After hub_close, when nobody can call anything any more. */
void hub_free(struct hub *h);

/* May one more listener come? Takes a place if so; the place is kept by hub_adopt, or given
 * back. */
bool hub_reserve(struct hub *h);
void hub_unreserve(struct hub *h);

/* fd (non-blocking, with its head already sent) and ssl (or NULL) are the hub's from now on. */
void hub_adopt(struct hub *h, int fd, struct ssl_st *ssl);

/* These bytes, a whole event, to everybody adopted before. Does not wait. Who cannot take them at
 * once is dropped: it connects again and asks for what it missed. Any thread. */
void hub_send(struct hub *h, struct str event);

size_t hub_count(struct hub *h);

#endif
