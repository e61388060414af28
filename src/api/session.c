/* Signing in and out. The token goes into the browser's cookie and, for programs without cookies,
 * into the answer; a wrong name and a wrong password look alike.
 */
#include "internal.h"

#include "base/text.h"

static void answer_person(struct http_request *r, int status, struct str name, enum role role,
                          const char *token)
{
    struct buf out;
    struct json j;
    buf_init(&out, 4096);
    json_init(&j, &out);
    json_object(&j);
    json_key_str(&j, "name", name);
    json_key_text(&j, "role", record_role_name(role));
    if (token) json_key_text(&j, "token", token);
    json_end(&j);
    api_answer(r, status, &out, STR_NONE, HTTP_NO_STORE);
    buf_clear(&out);
}

void session_post(struct http_request *r, void *context)
{
    struct app *app = context;
    struct input in;
    if (!api_read_json(r, &in)) return;
    struct report_problems problems = {.count = 0};
    struct str name = STR_NONE, password = STR_NONE;
    if (input_text(&in, "name", &problems, &name) != INPUT_SAID && problems.count == 0) {
        problem_add(&problems, "name", 0, "missing");
    }
    if (input_text(&in, "password", &problems, &password) != INPUT_SAID && problems.count == 0) {
        problem_add(&problems, "password", 0, "missing");
    }
    if (problems.count > 0) {
        api_fail_problems(r, api_locale(r), &problems);
        return;
    }
    char token[44];
    struct person person;
    enum err e = desk_sign_in(app->desk, name, password, http_arena(r), token, &person);
    if (e == ERR_NONE) {
        http_set_session(r, str_of(token), DESK_SESSION_MS / 1000);
        answer_person(r, 200, person.name, person.role, token);
    } else if (e == ERR_DENIED) {
        http_fail_code(r, 401, "sign_in_failed");
    } else if (e == ERR_BUSY) {
        http_add_header(r, "Retry-After", STR("60"));
        http_fail_code(r, 429, "too_many_attempts");
    } else {
        http_fail(r, e);
    }
}

void session_get(struct http_request *r, void *context)
{
    (void)context;
    const struct http_who *who = http_who(r);
    answer_person(r, 200, who->name, who->is_admin ? ROLE_ADMIN : ROLE_CLERK, NULL);
}

void session_delete(struct http_request *r, void *context)
{
    struct app *app = context;
    enum err e = desk_sign_out(app->desk, http_session_token(r));
    if (e != ERR_NONE && e != ERR_NOT_FOUND) {
        http_fail(r, e);
        return;
    }
    http_set_session(r, STR(""), 0);
    http_answer(r, &(struct http_answer){.status = 204, .caching = HTTP_NO_STORE});
}
