/* One request for a page: who serves it, in which language, for which town. Every handler begins with
 * visit_begin() and ends with one visit_answer().
 */
#ifndef VISIT_H
#define VISIT_H

#include "desk/app.h"
#include "desk/desk.h"
#include "http/http.h"
#include "views.h"

struct visit {
    struct http_request *r;
    const struct app *app;
    struct arena *a;
    enum locale locale;
    struct town town;
    struct buf out; /* the page; visit_answer gives it back */
};

/* false: the town could not be read, and the request has been answered. */
bool visit_begin(struct visit *v, struct http_request *r, void *context);

/* The same without a town, for errors: its name is "" when it cannot be read. */
void visit_begin_anyway(struct visit *v, struct http_request *r, void *context);

/* Sends v->out, or an error when it could not be written. Never cached. */
void visit_answer(struct visit *v, int status);

struct frame visit_frame(const struct visit *v, struct str title);
struct emergency_part visit_emergency(const struct visit *v);

struct str visit_name(const struct visit *v,
                      struct names n); /* in the page's language, or in Japanese */

/* A message with its placeholders filled, in the arena; "" when memory ran out. */
struct str visit_say(const struct visit *v, enum msg m, const struct msg_arg *args, size_t count);

/* ---- handlers, one file each ---- */

void pages_front_get(struct http_request *r, void *context);
void pages_help_get(struct http_request *r, void *context);
void pages_report_get(struct http_request *r, void *context);
void pages_report_post(struct http_request *r, void *context);
void pages_lookup_get(struct http_request *r, void *context);
void pages_track_get(struct http_request *r, void *context);
void pages_board_get(struct http_request *r, void *context);
void pages_sign_in_get(struct http_request *r, void *context);
void pages_sign_in_post(struct http_request *r, void *context);
void pages_asset_get(struct http_request *r, void *context);
void pages_asset_staff_get(struct http_request *r, void *context);

/* The form for a reference, with the neutral sentence when it led nowhere. */
void lookup_answer(struct visit *v, int status, struct str typed, bool unknown);

#endif
