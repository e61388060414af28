/* Server-rendered pages: what residents see, the staff's sign-in and the shell of the board, and the
 * files that the executable carries for them (styles, scripts, icons). A page needs no script.
 *
 *     GET  /                   the town's first page: report, look up
 *     GET  /report             the form; POST /report ends in 303 to /r/{ref}
 *     GET  /r/{ref}            one report for whoever knows its reference; /r?ref=… finds it
 *     GET  /help               how it works and what is kept
 *     GET  /staff, /staff/cases/{ref}   the board app's shell; POST /staff/sign-in
 *     GET  /assets/{name}      by plain name (revalidated) or hashed name (for ever)
 *
 * Language: ?lang= (kept in the cookie "lang"), then that cookie, then Accept-Language, then the
 * town's own.
 */
#ifndef PAGES_PAGES_H
#define PAGES_PAGES_H

#include <stddef.h>

#include "desk/app.h"
#include "http/http.h"

/* Rows of the route table; *count is set. Static. Handlers get a struct app as their context. */
const struct http_route *pages_routes(size_t *count);

/* Answers with an error page in the caller's language; a handler of http_hooks.fail for everything
 * outside /api/. A GET of a staff page by somebody who is not signed in goes to the sign-in. */
void pages_fail(struct http_request *r, int status, const char *code);

#endif
