/* What the handlers of api and pages get as their context: the running town. Made by `towndesk
 * serve` before the first request, taken apart after the last; constant in between, but for
 * `server`.
 */
#ifndef DESK_APP_H
#define DESK_APP_H

#include <stddef.h>
#include <stdint.h>

struct api;
struct desk;
struct env;
struct http_server;

struct app {
    struct desk *desk;
    const struct env *env;
    struct api *api;                      /* api's own state: api_open() */
    _Atomic(struct http_server *) server; /* NULL until it listens */
    int64_t started_ms;                   /* monotonic */
};

#endif
