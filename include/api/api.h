/* JSON for the staff app and for integrators. The only room that reads JSON (cJSON). What it
 * answers is described by web/openapi.json, which it serves at /api/v1/openapi.json.
 */
#ifndef API_API_H
#define API_API_H

#include <stddef.h>

#include "base/err.h"
#include "desk/app.h"
#include "http/http.h"

struct api; /* the API's own state: the board as it was printed last */

enum err api_open(struct api **out) ERR_CHECKED;
void api_close(struct api *api); /* after the server has stopped; NULL is fine */

/* Rows of the route table; *count is set. Static. Handlers get a struct app, with .api open. */
const struct http_route *api_routes(size_t *count);

/* Answers with a problem document (RFC 9457) in the caller's language; a handler of http_hooks.fail
 * for everything below /api/. */
void api_fail(struct http_request *r, int status, const char *code);

#endif
