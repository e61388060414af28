/* Owns the town's first page and the page of explanations. */
#include "visit.h"

void pages_front_get(struct http_request *r, void *context)
{
    struct visit v;
    if (!visit_begin(&v, r, context)) return;
    struct front_view view = {
        .locale = v.locale,
        .frame = visit_frame(&v, visit_name(&v, v.town.name)),
        .emergency = visit_emergency(&v),
    };
    view.frame.top.is_front = true;
    page_front(&v.out, &view);
    visit_answer(&v, 200);
}

void pages_help_get(struct http_request *r, void *context)
{
    struct visit v;
    if (!visit_begin(&v, r, context)) return;
    struct help_view view = {
        .locale = v.locale,
        .frame = visit_frame(&v, words_msg(v.locale, MSG_HELP_TITLE)),
    };
    page_help(&v.out, &view);
    visit_answer(&v, 200);
}
