/* Owns the staff's two server-rendered pages: the sign-in and the shell that the board app fills.
 * Wrong name, wrong password and disabled account are one sentence.
 */
#include "visit.h"

#include "desk/desk.h"

/* Where to go after signing in: a page of the staff, or the board. */
static struct str next_of(struct str asked)
{
    struct url own = url_path(asked);
    bool staff = str_equal(own.made, STR("/staff")) || str_starts(own.made, STR("/staff/")) ||
                 str_starts(own.made, STR("/staff?"));
    return staff && !str_starts(own.made, STR("/staff/sign-in")) ? own.made : STR("/staff");
}

static void sign_in_answer(struct visit *v, int status, struct str name, struct str next,
                           struct str mistake)
{
    struct mistake item = {.field = "name", .text = mistake};
    struct sign_in_view view = {
        .locale = v->locale,
        .frame = visit_frame(v, words_msg(v->locale, MSG_SIGN_IN_TITLE)),
        .mistakes = {.items = &item, .items_count = mistake.bytes ? 1 : 0},
        .name = name,
        .next = next,
    };
    view.frame.top.is_private = true;
    view.frame.top.has_errors = mistake.bytes > 0;
    page_sign_in(&v->out, &view);
    visit_answer(v, status);
}

void pages_sign_in_get(struct http_request *r, void *context)
{
    struct visit v;
    struct str next = next_of(http_query(r, "next"));
    if (http_who(r)->person_id != 0) {
        http_redirect(r, 303, next);
        return;
    }
    if (!visit_begin(&v, r, context)) return;
    sign_in_answer(&v, 200, STR(""), next, STR(""));
}

void pages_sign_in_post(struct http_request *r, void *context)
{
    struct visit v;
    struct http_form form;
    if (!visit_begin(&v, r, context)) return;
    enum err e = http_form_read(r, &form);
    if (e != ERR_NONE) {
        http_fail(r, e);
        return;
    }
    char token[44];
    struct person person;
    struct str name = http_form_get(&form, "name"), next = next_of(http_form_get(&form, "next"));
    e = desk_sign_in(v.app->desk, name, http_form_get(&form, "password"), v.a, token, &person);
    if (e == ERR_NONE) {
        http_set_session(r, str_of(token), DESK_SESSION_MS / 1000);
        http_redirect(r, 303, next);
    } else if (e == ERR_DENIED || e == ERR_INPUT) {
        sign_in_answer(&v, 401, name, next, words_msg(v.locale, MSG_PROBLEM_SIGN_IN_FAILED));
    } else if (e == ERR_BUSY) {
        sign_in_answer(&v, 429, name, next, words_msg(v.locale, MSG_PROBLEM_SIGN_IN_LATER));
    } else {
        http_fail(r, e);
    }
}

void pages_board_get(struct http_request *r, void *context)
{
    struct visit v;
    if (!visit_begin(&v, r, context)) return;
    struct board_view view = {
        .locale = v.locale,
        .town = visit_name(&v, v.town.name),
        .css = url_asset(v.a, "staff/staff.css"),
        .script = url_asset(v.a, "staff/staff.js"),
        .icon = url_asset(v.a, "icon.svg"),
    };
    page_board(&v.out, &view);
    visit_answer(&v, 200);
}
