/* Named faults: the Nth pass and no other; nothing at all where faults are not compiled in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fault.h"

#ifdef TOWNDESK_FAULTS

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void the_nth_pass_is_hit(void **state)
{
    (void)state;
    assert_true(fault_arm("store.commit:3"));
    for (int i = 1; i <= 10; i++) {
        assert_false(fault_hit("store.write"));
        assert_int_equal(fault_hit("store.commit"), i == 3);
    }
    assert_true(fault_arm(NULL));
    assert_false(fault_hit("store.commit"));
}

static void what_is_misspelt_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",    ":1",   "a",    "a:",      "a:0",        "a:-1",
                                        "a:x", "a:1x", "a:1:", "a:1:kil", "a:1:killed", "a::kill"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_true(fault_arm("a:1"));
        assert_false(fault_arm(wrong[i]));
        assert_false(fault_hit("a"));
    }
}

static void kill_is_a_kill(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        bool armed = fault_arm("disk:2:kill");
        _exit(armed && !fault_hit("disk") ? fault_hit("disk") : 7);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nth_pass_is_hit),
        cmocka_unit_test(what_is_misspelt_is_refused),
        cmocka_unit_test(kill_is_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void nothing_is_ever_hit(void **state)
{
    (void)state;
    assert_false(fault_hit("store.commit"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_ever_hit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
