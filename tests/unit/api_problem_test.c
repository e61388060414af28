/* links: api */
/* Problem documents: shape, languages, and words for every code that this house can say. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "internal.h"

#include <stdio.h>
#include <string.h>

static void test_document(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 8192);
    struct report_problems problems = {.count = 0};
    problem_add(&problems, "photo", 1, "damaged");
    problem_add(&problems, "lat", 0, "out_of_range");
    problem_print(&out, LOCALE_EN, 422, "invalid", STR("abc"), &problems);
    assert_string_equal(
        "{\"type\":\"urn:towndesk:problem:invalid\","
        "\"title\":\"Something in the form needs correcting.\",\"status\":422,"
        "\"detail\":\"The photo is damaged. Choose another one.\",\"code\":\"invalid\","
        "\"request\":\"abc\",\"problems\":["
        "{\"field\":\"photo\",\"index\":1,\"code\":\"damaged\","
        "\"message\":\"The photo is damaged. Choose another one.\"},"
        "{\"field\":\"lat\",\"index\":0,\"code\":\"out_of_range\","
        "\"message\":\"This is out of range.\"}]}",
        out.at);
    buf_reset(&out);
    problem_print(&out, LOCALE_JA, 404, "not_found", STR_NONE, NULL);
    assert_non_null(strstr(out.at, "\"request\":null,\"problems\":[]}"));
    assert_null(strstr(out.at, "could not be found"));
    buf_clear(&out);
}

static void test_list_is_bounded(void **state)
{
    (void)state;
    struct report_problems problems = {.count = 0};
    for (size_t i = 0; i < 2 * REPORT_PROBLEMS_MAX; i++)
        problem_add(&problems, "photo", i, "empty");
    assert_int_equal(REPORT_PROBLEMS_MAX, problems.count);
    assert_int_equal(REPORT_PROBLEMS_MAX - 1, problems.problem[REPORT_PROBLEMS_MAX - 1].index);
}

static void test_every_code_has_words(void **state)
{
    (void)state;
    static const char *const codes[] = {
        /* http */ "invalid",
        "malformed",
        "not_found",
        "denied",
        "conflict",
        "too_big",
        "busy",
        "storage",
        "memory",
        "corrupt",
        "internal",
        "bad_path",
        "method_not_allowed",
        "expectation_failed",
        "cross_site",
        "sign_in_required",
        "unsupported_type",
        /* api */ "sign_in_failed",
        "too_many_attempts",
        "changed",
        "precondition_required",
        "idempotency_key_reused",
        "not_a_number",
        "out_of_range",
        "unknown_value",
        "too_many",
        /* desk */ "missing",
        "too_long",
        "too_short",
        "not_text",
        "unknown",
        "not_an_address",
        "only_when_done",
        /* image */ "empty",
        "too_many_bytes",
        "too_many_pixels",
        "too_many_scans",
        "unknown_format",
        "not_showable",
        "damaged",
        "unsupported",
        "no_memory",
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        for (int l = 0; l < LOCALE_COUNT; l++) {
            struct str words = problem_words((enum locale)l, codes[i]);
            if (str_equal(words, words_msg((enum locale)l, MSG_PROBLEM_UNKNOWN))) {
                fail_msg("no words for %s", codes[i]);
            }
        }
    }
    assert_true(str_equal(problem_words(LOCALE_EN, "of another star"),
                          words_msg(LOCALE_EN, MSG_PROBLEM_UNKNOWN)));
}

/* What is served is what lies in the repository, also after an edit. */
static void test_openapi(void **state)
{
    (void)state;
    FILE *f = fopen(TOWNDESK_SOURCE_DIR "/web/openapi.json", "re");
    assert_non_null(f);
    struct str served = openapi_text();
    for (size_t i = 0; i < served.bytes; i++) {
        if (fgetc(f) != (unsigned char)served.at[i])
            fail_msg("differs at byte %zu: build again", i);
    }
    assert_int_equal(EOF, fgetc(f));
    fclose(f);
}

/* Every route of the API is described, under its pattern. */
static void test_routes_are_described(void **state)
{
    (void)state;
    size_t count;
    const struct http_route *routes = api_routes(&count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        char quoted[128];
        snprintf(quoted, sizeof quoted, "\"%s\": {", routes[i].pattern);
        if (!memmem(openapi_text().at, openapi_text().bytes, quoted, strlen(quoted))) {
            fail_msg("%s is not in web/openapi.json", routes[i].pattern);
        }
        assert_true(routes[i].help && *routes[i].help);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document),
        cmocka_unit_test(test_list_is_bounded),
        cmocka_unit_test(test_every_code_has_words),
        cmocka_unit_test(test_openapi),
        cmocka_unit_test(test_routes_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
