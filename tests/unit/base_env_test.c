/* The fake is reproducible to the byte, the system is not; both fill every byte. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/env.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static void the_fake_is_splitmix64(void **state)
{
    (void)state;
    static const uint64_t expected[] = {UINT64_C(0xE220A8397B1DCDAF), UINT64_C(0x6E789E6AA1B965F4),
                                        UINT64_C(0x06C45D188009454F)};
    struct env_fake fake = {.now_ms = 5, .seed = 0};
    struct env env = env_fake(&fake, NULL);
    unsigned char bytes[24];
    env_random(&env, bytes, sizeof bytes);
    for (int i = 0; i < 24; i++) {
        assert_int_equal(bytes[i], (expected[i / 8] >> (8 * (i % 8))) & 255);
    }
}

static void the_fake_fills_any_count(void **state)
{
    (void)state;
    struct env_fake fake = {.now_ms = 0, .seed = 42};
    struct env env = env_fake(&fake, NULL);
    for (size_t count = 0; count < 40; count++) {
        unsigned char bytes[41];
        bool changed[41] = {false};
        for (int round = 0; round < 8; round++) {
            memset(bytes, 0xA5, sizeof bytes);
            env_random(&env, bytes, count);
            for (size_t i = 0; i < sizeof bytes; i++) {
                changed[i] = changed[i] || bytes[i] != 0xA5;
            }
        }
        for (size_t i = 0; i < sizeof bytes; i++) {
            assert_int_equal(changed[i], i < count);
        }
    }
}

static void the_fake_stands_still(void **state)
{
    (void)state;
    struct env_fake fake = {.now_ms = 1000, .seed = 1};
    struct env env = env_fake(&fake, NULL);
    assert_int_equal(env_now_ms(&env), 1000);
    assert_int_equal(env_monotonic_ms(&env), 1000);
    env_fake_advance(&fake, 250);
    assert_int_equal(env_now_ms(&env), 1250);
    fake.now_ms = 7;
    assert_int_equal(env_now_ms(&env), 7);
}

static void *draw(void *env)
{
    unsigned char bytes[8];
    for (int i = 0; i < 1000; i++) {
        env_random(env, bytes, sizeof bytes);
    }
    return NULL;
}

static void threads_share_the_fake(void **state)
{
    (void)state;
    struct env_fake fake = {.now_ms = 0, .seed = 0};
    struct env env = env_fake(&fake, NULL);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, draw, &env), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal(fake.seed, 4000 * UINT64_C(0x9E3779B97F4A7C15));
}

static void the_system_differs(void **state)
{
    (void)state;
    struct env env = env_system(NULL);
    static unsigned char a[100000], b[100000];
    env_random(&env, a, sizeof a);
    env_random(&env, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a + sizeof a - 16, b + sizeof b - 16, 16);
    env_random(&env, a, 0);
    assert_true(env_now_ms(&env) > INT64_C(1700000000000));
    int64_t before = env_monotonic_ms(&env);
    assert_true(env_monotonic_ms(&env) >= before);
    assert_null(env.log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fake_is_splitmix64), cmocka_unit_test(the_fake_fills_any_count),
        cmocka_unit_test(the_fake_stands_still),  cmocka_unit_test(threads_share_the_fake),
        cmocka_unit_test(the_system_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
