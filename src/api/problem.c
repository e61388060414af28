/* Owns problem documents (RFC 9457). `code` is stable and for programs, in it and in its list; the
 * words are for people, in the caller's language, from the catalogues. The type is a urn of the
 * code.
 *
 *     {"type":"urn:towndesk:problem:invalid","title":"…","status":422,"detail":"…","code":"invalid",
 *      "request":"…","problems":[{"field":"photo","index":1,"code":"damaged","message":"…"}]}
 */
#include "internal.h"

#include <string.h>

#define PROBLEM_BYTES_MAX 16384
#define PROBLEM_TYPE "application/problem+json"

/* Codes whose words stand in the catalogue under another name. */
static const struct {
    const char *code;
    enum msg msg;
} renamed[] = {
    {"unknown", MSG_PROBLEM_UNKNOWN_VALUE},
    {"not_an_address", MSG_PROBLEM_MALFORMED},
    {"only_when_done", MSG_PROBLEM_INVALID},
    {"sign_in_required", MSG_PROBLEM_SIGN_IN},
    {"too_many_attempts", MSG_PROBLEM_SIGN_IN_LATER},
    {"cross_site", MSG_PROBLEM_CSRF},
    {"changed", MSG_PROBLEM_VERSION},
    {"precondition_required", MSG_PROBLEM_MALFORMED},
    {"expectation_failed", MSG_PROBLEM_MALFORMED},
    {"bad_path", MSG_PROBLEM_MALFORMED},
    {"idempotency_key_reused", MSG_PROBLEM_KEY_REUSED},
    {"storage", MSG_PROBLEM_IO},
    {"memory", MSG_PROBLEM_NO_MEMORY},
};

void problem_add(struct report_problems *p, const char *field, size_t index, const char *code)
{
    if (p->count == REPORT_PROBLEMS_MAX) return;
    p->problem[p->count++] = (struct report_problem){.field = field, .index = index, .code = code};
}

struct str problem_words(enum locale l, const char *code)
{
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++) {
        if (strcmp(renamed[i].code, code) == 0) return words_msg(l, renamed[i].msg);
    }
    return words_msg(l, words_msg_of_code("problem.", str_of(code), MSG_PROBLEM_UNKNOWN));
}

void problem_print(struct buf *out, enum locale l, int status, const char *code, struct str request,
                   const struct report_problems *problems)
{
    size_t count = problems ? problems->count : 0;
    struct str title = problem_words(l, code);
    struct json j;
    json_init(&j, out);
    json_object(&j);
    json_key(&j, "type");
    struct buf type;
    buf_init(&type, 256);
    buf_printf(&type, "urn:towndesk:problem:%s", code);
    json_str(&j, buf_str(&type));
    buf_clear(&type);
    json_key_str(&j, "title", title);
    json_key_int(&j, "status", status);
    json_key_str(&j, "detail", count ? problem_words(l, problems->problem[0].code) : title);
    json_key_text(&j, "code", code);
    json_key(&j, "request");
    if (request.bytes) {
        json_str(&j, request);
    } else {
        json_null(&j);
    }
    json_key(&j, "problems");
    json_array(&j);
    for (size_t i = 0; i < count; i++) {
        const struct report_problem *p = &problems->problem[i];
        json_object(&j);
        json_key_text(&j, "field", p->field);
        json_key_int(&j, "index", (int64_t)p->index);
        json_key_text(&j, "code", p->code);
        json_key_str(&j, "message", problem_words(l, p->code));
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
}

static void answer_problem(struct http_request *r, enum locale l, int status, const char *code,
                           const struct report_problems *problems)
{
    struct buf out;
    buf_init(&out, PROBLEM_BYTES_MAX);
    problem_print(&out, l, status, code, http_id(r), problems);
    struct http_answer answer = {.status = status,
                                 .type = PROBLEM_TYPE,
                                 .body = buf_err(&out) == ERR_NONE ? buf_str(&out) : STR_NONE,
                                 .caching = HTTP_NO_STORE};
    http_add_header(r, "Content-Language", str_of(locale_tag(l)));
    http_answer(r, &answer);
    buf_clear(&out);
}

void api_fail(struct http_request *r, int status, const char *code)
{
    answer_problem(r, api_locale(r), status, code, NULL);
}

void api_fail_problems(struct http_request *r, enum locale l,
                       const struct report_problems *problems)
{
    answer_problem(r, l, 422, "invalid", problems);
}

void api_fail_err(struct http_request *r, enum err e, const struct report_problems *problems)
{
    if (e == ERR_INPUT && problems && problems->count > 0) {
        api_fail_problems(r, api_locale(r), problems);
    } else {
        http_fail(r, e);
    }
}
