/* The route table as a tree of path segments. Built once, then read by any thread. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/http.h"
#include "wire.h"

#define ROUTE_PARAMS_MAX 8
#define ROUTE_METHODS 5 /* enum http_method */

struct route_table;

struct route_match {
    const struct http_route *route;     /* NULL: none */
    struct str param[ROUTE_PARAMS_MAX]; /* decoded, in the pattern's order */
    size_t param_count;
    unsigned allowed; /* bit m: the path exists with method m; filled also when route is NULL */
};

/* The routes are borrowed. A malformed or repeated pattern is a programmer's mistake. */
enum err route_table_new(const struct http_route *routes, size_t count,
                         struct route_table **out) ERR_CHECKED;
void route_table_free(struct route_table *t);

/* Literal segments win over parameters, at every depth, as long as the whole path fits. */
void route_find(const struct route_table *t, const struct wire_path *path, enum http_method method,
                struct route_match *out);

/* The value of {name} in the matched route; .at NULL when the pattern has no such. */
struct str route_param(const struct route_match *m, struct str name);

#endif
