/* Exactly the allocation that was asked for fails, once, whatever kind it is and from any
 * thread. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>

static void nothing_armed(void **state)
{
    (void)state;
    mem_fail_after(-1);
    for (int i = 0; i < 100; i++) {
        void *at = mem_alloc(0);
        assert_non_null(at);
        mem_free(at);
    }
    assert_false(mem_fail_happened());
    mem_free(NULL);
}

static void the_nth_fails_once(void **state)
{
    (void)state;
    for (int n = 0; n < 6; n++) {
        mem_fail_after(n);
        for (int i = 0; i < 12; i++) {
            void *at = i % 2 ? mem_array(3, 5) : mem_alloc(15);
            assert_int_equal(at == NULL, i == n);
            assert_int_equal(mem_fail_happened(), i >= n);
            mem_free(at);
        }
    }
    mem_fail_after(-1);
    assert_false(mem_fail_happened());
}

static void realloc_keeps_the_old(void **state)
{
    (void)state;
    char *at = mem_alloc(4);
    assert_non_null(at);
    memcpy(at, "old", 4);
    mem_fail_after(0);
    assert_null(mem_realloc(at, 1000));
    assert_string_equal(at, "old");
    char *more = mem_realloc(at, 1000);
    assert_non_null(more);
    assert_string_equal(more, "old");
    mem_free(more);
}

static void arrays_are_zeroed_and_do_not_overflow(void **state)
{
    (void)state;
    unsigned char *at = mem_array(7, 9);
    assert_non_null(at);
    for (int i = 0; i < 63; i++) {
        assert_int_equal(at[i], 0);
    }
    mem_free(at);
    volatile size_t huge = SIZE_MAX / 2;
    assert_null(mem_array(huge, 3));
    at = mem_array(0, 9);
    assert_non_null(at);
    mem_free(at);
}

static atomic_int failures;

static void *allocate_much(void *argument)
{
    (void)argument;
    for (int i = 0; i < 1000; i++) {
        void *at = mem_alloc(8);
        if (!at) {
            atomic_fetch_add(&failures, 1);
        }
        mem_free(at);
    }
    return NULL;
}

static void one_of_many_threads_meets_it(void **state)
{
    (void)state;
    mem_fail_after(1500);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, allocate_much, NULL), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal(atomic_load(&failures), 1);
    assert_true(mem_fail_happened());
    mem_fail_after(-1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_armed),
        cmocka_unit_test(the_nth_fails_once),
        cmocka_unit_test(realloc_keeps_the_old),
        cmocka_unit_test(arrays_are_zeroed_and_do_not_overflow),
        cmocka_unit_test(one_of_many_threads_meets_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
