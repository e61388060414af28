/* The parts of `towndesk serve` that have a file of their own.
 */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include <stdbool.h>
#include <stddef.h>

#include "command.h"
#include "desk/app.h"
#include "http/http.h"
#include "store/store.h"

/* ---- listen.c ---- */

#define LISTEN_ROOM 80

/* "ADDRESS:PORT", "[v6 address]:PORT" or "localhost:PORT" as http wants it, in numbers. false: it
 * is none of them. */
bool listen_read(const char *typed, char out[LISTEN_ROOM], bool *loopback);

/* ---- routes.c ---- */

struct route_list {
    struct http_route *routes; /* mem_free */
    size_t count;
};

/* All routes of the server: the API's, the pages', and those that look at the running process. */
enum err routes_all(struct route_list *out) ERR_CHECKED;

/* ---- operations.c ---- */

const struct http_route *operations_routes(size_t *count);

/* ---- demo.c ---- */

/* Fills an empty town with the demo; one that has cases is left as it is. true: it is the demo town
 * now, or it holds cases; false: it failed, which has been said. */
bool demo_fill(const struct cli *cli, struct store *store);
void demo_say_how_to_sign_in(const struct cli *cli);

/* ---- notify.c ---- */

/* Tells systemd, when it started us and wants to know, sd_notify(3)'s `state`: "READY=1". */
void notify_systemd(const char *state);

#endif
