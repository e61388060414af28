/* Names of errors: all there, all different, and none for what is no error of ours. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"

static void names_are_distinct(void **state)
{
    (void)state;
    for (int i = ERR_NONE; i <= ERR_NOMEM; i++) {
        assert_string_not_equal(err_name((enum err)i), "unknown");
        for (int k = ERR_NONE; k < i; k++) {
            assert_string_not_equal(err_name((enum err)i), err_name((enum err)k));
        }
    }
    assert_string_equal(err_name(ERR_NOT_FOUND), "not_found");
}

static void an_unknown_one_has_a_name_too(void **state)
{
    (void)state;
    assert_string_equal(err_name((enum err)(ERR_NOMEM + 1)), "unknown");
}

static void runs_of_bytes_compare(void **state)
{
    (void)state;
    assert_true(str_equal(STR_NONE, STR("")));
    assert_true(str_equal(str_of(NULL), STR_NONE));
    assert_false(str_equal(STR("a"), STR("b")));
    assert_false(str_equal(STR("a"), STR("aa")));
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_true(str_starts(STR("abc"), STR_NONE));
    assert_false(str_starts(STR("a"), STR("ab")));
    assert_true(str_equal((struct str){"a\0b", 3}, (struct str){"a\0b", 3}));
    assert_false(str_equal((struct str){"a\0b", 3}, (struct str){"a\0c", 3}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_distinct),
        cmocka_unit_test(an_unknown_one_has_a_name_too),
        cmocka_unit_test(runs_of_bytes_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
