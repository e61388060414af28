/* A buffer never exceeds its maximum, remembers its first failure, and is always terminated. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

static void assert_holds(const struct buf *b, const char *text)
{
    assert_int_equal(buf_err(b), ERR_NONE);
    assert_int_equal(b->bytes, strlen(text));
    assert_string_equal(b->at, text);
}

static void an_unused_one_is_empty(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    assert_null(b.at);
    assert_int_equal(buf_str(&b).bytes, 0);
    buf_add(&b, NULL, 0);
    buf_add_text(&b, NULL);
    buf_add_str(&b, STR_NONE);
    buf_add_html(&b, STR_NONE);
    buf_add_url(&b, STR_NONE);
    buf_printf(&b, "%s", "");
    assert_int_equal(buf_err(&b), ERR_NONE);
    assert_int_equal(b.bytes, 0);
    buf_reset(&b);
    buf_clear(&b);
    buf_clear(&b);
}

static void the_maximum_is_exact(void **state)
{
    (void)state;
    for (size_t max = 0; max < 1100; max++) {
        struct buf b;
        buf_init(&b, max);
        for (size_t i = 0; i < max; i++) {
            buf_add_char(&b, 'x');
            assert_true(b.room <= max + 1);
        }
        assert_int_equal(buf_err(&b), ERR_NONE);
        assert_int_equal(b.bytes, max);
        buf_add_char(&b, 'y');
        assert_int_equal(buf_err(&b), ERR_TOO_BIG);
        assert_int_equal(b.bytes, max);
        assert_true(max == 0 || (b.at[max] == '\0' && b.at[max - 1] == 'x'));
        buf_clear(&b);
        assert_int_equal(b.max, max);
    }
}

static void a_failure_stays_until_reset(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    buf_add_text(&b, "abc");
    buf_add_text(&b, "def");
    assert_int_equal(buf_err(&b), ERR_TOO_BIG);
    buf_add_char(&b, 'd');
    buf_add_int(&b, 1);
    buf_printf(&b, "%d", 1);
    buf_add_html(&b, STR("&"));
    buf_add_url(&b, STR("/"));
    assert_string_equal(b.at, "abc");
    buf_reset(&b);
    assert_holds(&b, "");
    buf_add_text(&b, "fghij");
    assert_holds(&b, "fghij");
    buf_clear(&b);
}

static void absurd_sizes_are_refused(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, SIZE_MAX);
    buf_add_char(&b, 'x');
    buf_add(&b, "", SIZE_MAX);
    assert_int_equal(buf_err(&b), ERR_TOO_BIG);
    buf_reset(&b);
    buf_add(&b, "", SIZE_MAX - 1);
    assert_int_equal(buf_err(&b), ERR_TOO_BIG);
    buf_clear(&b);
}

static void printf_at_every_length(void **state)
{
    (void)state;
    for (int length = 0; length < 600; length++) {
        struct buf b;
        buf_init(&b, 550);
        buf_add_text(&b, "head ");
        buf_printf(&b, "%*s", length, "");
        if (length + 5 <= 550) {
            assert_int_equal(buf_err(&b), ERR_NONE);
            assert_int_equal(b.bytes, 5 + length);
            assert_int_equal(strlen(b.at), b.bytes);
        } else {
            assert_int_equal(buf_err(&b), ERR_TOO_BIG);
            assert_string_equal(b.at, "head ");
        }
        buf_clear(&b);
    }
}

static void numbers(void **state)
{
    (void)state;
    static const int64_t samples[] = {0,  1,   -1,    9,         10,        -10,
                                      99, 100, 12345, INT64_MAX, INT64_MIN, INT64_MIN + 1};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char expected[32];
        snprintf(expected, sizeof expected, "%lld", (long long)samples[i]);
        struct buf b;
        buf_init(&b, 20);
        buf_add_int(&b, samples[i]);
        assert_holds(&b, expected);
        buf_clear(&b);
    }
}

static void html_and_url_escape(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4000);
    buf_add_html(&b, STR("<a href=\"x?a&b\" title='é'>道路</a>"));
    assert_holds(&b, "&lt;a href=&quot;x?a&amp;b&quot; title=&#39;é&#39;&gt;道路&lt;/a&gt;");
    buf_reset(&b);
    buf_add_html(&b, STR("&"));
    buf_add_html(&b, STR("plain"));
    assert_holds(&b, "&amp;plain");
    buf_reset(&b);
    buf_add_url(&b, STR("AZaz09-._~ /?&=+%道"));
    assert_holds(&b, "AZaz09-._~%20%2F%3F%26%3D%2B%25%E9%81%93");
    for (unsigned c = 0; c < 256; c++) {
        char byte = (char)c;
        buf_reset(&b);
        buf_add_url(&b, (struct str){&byte, 1});
        char escaped[4];
        snprintf(escaped, sizeof escaped, "%%%02X", c);
        if (b.bytes == 3) {
            assert_string_equal(b.at, escaped);
        } else {
            assert_int_equal(b.at[0], byte);
        }
    }
    buf_clear(&b);
}

/* The dumb oracle: what was written up to the failure is what a buffer without one begins with. */
static void every_allocation_can_fail(void **state)
{
    (void)state;
    struct buf whole;
    buf_init(&whole, 100000);
    int n = 0;
    for (bool clean = false; !clean; n++) {
        struct buf b;
        buf_init(&b, 100000);
        mem_fail_after(n > 0 ? n - 1 : -1);
        for (int i = 0; i < 2000; i++) {
            buf_add_int(&b, i);
            buf_add_html(&b, STR(" & "));
            buf_printf(&b, "%d;", i);
        }
        bool failed = mem_fail_happened();
        mem_fail_after(-1);
        assert_int_equal(buf_err(&b), failed ? ERR_NOMEM : ERR_NONE);
        if (n == 0) {
            whole = b;
            continue;
        }
        assert_true(b.bytes <= whole.bytes);
        assert_true(b.bytes == 0 || memcmp(b.at, whole.at, b.bytes) == 0);
        assert_true(!b.at || b.at[b.bytes] == '\0');
        clean = !failed;
        assert_true(!clean || b.bytes == whole.bytes);
        buf_clear(&b);
    }
    assert_true(n > 5);
    buf_clear(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unused_one_is_empty),      cmocka_unit_test(the_maximum_is_exact),
        cmocka_unit_test(a_failure_stays_until_reset), cmocka_unit_test(absurd_sizes_are_refused),
        cmocka_unit_test(printf_at_every_length),      cmocka_unit_test(numbers),
        cmocka_unit_test(html_and_url_escape),         cmocka_unit_test(every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
