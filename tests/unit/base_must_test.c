/* A programmer's mistake ends the process; what is right costs nothing and does nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/must.h"

#include "base_death.h"

static int evaluated;

static void wrong(void)
{
    must(1 + 1 == 3);
}

static void dies_of_what_is_wrong(void **state)
{
    (void)state;
    assert_true(aborts(wrong));
}

static void lives_with_what_is_right(void **state)
{
    (void)state;
    must(++evaluated == 1);
    assert_int_equal(evaluated, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dies_of_what_is_wrong),
        cmocka_unit_test(lives_with_what_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
