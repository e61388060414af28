/* An arena: zeroed, aligned and disjoint pieces, a maximum that holds, and failure that harms
 * nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/mem.h"

#include <stdbool.h>

static bool all_are(const unsigned char *at, size_t bytes, unsigned char value)
{
    for (size_t i = 0; i < bytes; i++) {
        if (at[i] != value) {
            return false;
        }
    }
    return true;
}

static void pieces_are_zeroed_aligned_and_disjoint(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 0, 7, 16, 17, 1000, 16383, 16384, 16385, 65536, 200000, 3};
    enum { COUNT = 600, KINDS = sizeof sizes / sizeof sizes[0] };
    unsigned char *pieces[COUNT];
    struct arena a;
    arena_init(&a, (size_t)64 << 20);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            size_t bytes = sizes[i % KINDS];
            pieces[i] = arena_alloc(&a, bytes);
            assert_non_null(pieces[i]);
            assert_int_equal((uintptr_t)pieces[i] % 16, 0);
            assert_true(all_are(pieces[i], bytes, 0));
            memset(pieces[i], (int)(1 + i % 255), bytes);
        }
        for (size_t i = 0; i < COUNT; i++) {
            assert_true(all_are(pieces[i], sizes[i % KINDS], (unsigned char)(1 + i % 255)));
        }
        arena_reset(&a);
        assert_int_equal(a.used_bytes, 64 * 1024);
    }
    arena_clear(&a);
    assert_int_equal(a.used_bytes, 0);
    assert_null(a.first);
    assert_non_null(arena_alloc(&a, 10));
    arena_clear(&a);
}

static void large_pieces_do_not_end_a_block(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, (size_t)1 << 20);
    char *small = arena_alloc(&a, 16);
    assert_non_null(arena_alloc(&a, 100000));
    char *next = arena_alloc(&a, 16);
    assert_ptr_equal(next, small + 16);
    arena_clear(&a);
}

static void the_maximum_holds(void **state)
{
    (void)state;
    for (size_t max = 0; max < 300000; max += 997) {
        struct arena a;
        arena_init(&a, max);
        size_t got = 0;
        while (arena_alloc(&a, 500)) {
            got += 512;
            assert_in_range(a.used_bytes, got, max);
        }
        /* All but the headers and what is too small for one more piece is usable. */
        assert_true(max < 700 || got + 600 * (1 + max / 65536) > max);
        assert_null(arena_alloc(&a, max + 1));
        arena_reset(&a);
        assert_true(a.used_bytes <= max);
        arena_clear(&a);
    }
}

static void absurd_sizes_are_refused(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, SIZE_MAX);
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_alloc(&a, SIZE_MAX - 16));
    assert_null(arena_array(&a, SIZE_MAX / 2, 3));
    assert_null(arena_array(&a, SIZE_MAX, SIZE_MAX));
    assert_null(arena_text(&a, (struct str){"", SIZE_MAX}));
    assert_int_equal(a.used_bytes, 0);
    assert_non_null(arena_array(&a, 0, SIZE_MAX));
    arena_clear(&a);
}

static void texts_are_copied(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, (size_t)1 << 20);
    assert_string_equal(arena_text(&a, STR("abc")), "abc");
    assert_string_equal(arena_text(&a, STR_NONE), "");
    struct str s = arena_str(&a, (struct str){"a\0b", 3});
    assert_int_equal(s.bytes, 3);
    assert_memory_equal(s.at, "a\0b", 4);
    s = arena_str(&a, STR_NONE);
    assert_int_equal(s.bytes, 0);
    assert_string_equal(s.at, "");
    assert_string_equal(arena_printf(&a, "%s-%05d", "x", 42), "x-00042");
    char *wide = arena_printf(&a, "%100000d", 1);
    assert_non_null(wide);
    assert_int_equal(strlen(wide), 100000);
    arena_clear(&a);
}

/* Whatever fails, what was there stays, and the same request succeeds afterwards. */
static void every_allocation_can_fail(void **state)
{
    (void)state;
    int n = 0;
    for (bool clean = false; !clean; n++) {
        struct arena a;
        arena_init(&a, (size_t)4 << 20);
        mem_fail_after(n);
        size_t pieces = 0;
        for (int i = 0; i < 40; i++) {
            size_t bytes = (size_t)i * 1500;
            char *text = arena_alloc(&a, bytes);
            if (!text) {
                assert_true(mem_fail_happened());
                text = arena_alloc(&a, bytes);
            }
            assert_non_null(text);
            memset(text, 'x', bytes);
            pieces += bytes;
        }
        assert_true(a.used_bytes >= pieces);
        clean = !mem_fail_happened();
        mem_fail_after(0);
        assert_null(arena_printf(&a, "%200000d", 1));
        mem_fail_after(0);
        static const char big[70000];
        assert_null(arena_str(&a, (struct str){big, sizeof big}).at);
        mem_fail_after(-1);
        arena_clear(&a);
    }
    assert_true(n > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_disjoint),
        cmocka_unit_test(large_pieces_do_not_end_a_block),
        cmocka_unit_test(the_maximum_holds),
        cmocka_unit_test(absurd_sizes_are_refused),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
