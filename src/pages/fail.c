/* Owns the error pages. The words depend on the status alone: a page never says why something was
 * refused in more detail than the status does, so that a wrong guess teaches nothing.
 */
#include "pages/pages.h"

#include "visit.h"

static enum msg word_of(const char *prefix, int status, enum msg otherwise)
{
    char digits[12];
    (void)snprintf(digits, sizeof digits, "%d", status);
    return words_msg_of_code(prefix, str_of(digits), otherwise);
}

static bool to_sign_in(struct http_request *r, int status)
{
    struct str path = http_path(r);
    bool staff = str_equal(path, STR("/staff")) || str_starts(path, STR("/staff/"));
    if (status != 401 || !staff || http_method(r) != HTTP_GET) return false;
    struct buf b;
    buf_init(&b, 1024);
    buf_add_text(&b, "/staff/sign-in?next=");
    buf_add_url(&b, path);
    bool written = buf_err(&b) == ERR_NONE;
    http_redirect(r, 303, written ? buf_str(&b) : STR("/staff/sign-in"));
    buf_clear(&b);
    return true;
}

void pages_fail(struct http_request *r, int status, const char *code)
{
    (void)code;
    if (to_sign_in(r, status)) return;
    struct visit v;
    visit_begin_anyway(&v, r, http_context(r));
    enum msg title = word_of("error.title.", status, MSG_ERROR_TITLE_ANY);
    struct error_view view = {
        .locale = v.locale,
        .frame = visit_frame(&v, words_msg(v.locale, title)),
        .title = {title},
        .text = {word_of("error.text.", status, MSG_ERROR_TEXT_ANY)},
        .sign_in = status == 401,
    };
    view.frame.top.is_private = true;
    page_error(&v.out, &view);
    visit_answer(&v, status);
}
