/* links: api */
/* What a JSON body may be, and how its members are asked for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "internal.h"

#include <stdio.h>
#include <string.h>

static struct arena arena;
static struct input in;

static int setup(void **state)
{
    (void)state;
    input_use_our_memory();
    arena_init(&arena, (size_t)1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static enum err read(const char *text)
{
    return input_read(str_of(text), &arena, &in);
}

static void test_members(void **state)
{
    (void)state;
    assert_int_equal(ERR_NONE,
                     read(" {\"a\": \"x\\u00e9\\n\", \"b\": -12.5e1, \"c\": true, \"d\": null, "
                          "\"e\": [1, {\"f\": 2}], \"\": \"empty name\"} \n"));
    assert_int_equal(6, in.count);
    assert_true(str_equal(input_get(&in, "a")->text, STR("x\xc3\xa9\n")));
    assert_int_equal(-125, (int)input_get(&in, "b")->number);
    assert_int_equal(INPUT_BOOL, input_get(&in, "c")->kind);
    assert_int_equal(INPUT_NULL, input_get(&in, "d")->kind);
    assert_int_equal(INPUT_NESTED, input_get(&in, "e")->kind);
    assert_null(input_get(&in, "f"));
    assert_null(input_get(&in, "A")); /* names have a case */
    assert_int_equal(ERR_NONE, read("{}"));
    assert_int_equal(0, in.count);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "null",
        "[]",
        "\"a\"",
        "1",
        "{",
        "}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1} x",
        "{\"a\":1}{}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":\"\\u0000\"}",
        "{\"\\u0000\":1}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\xc0\x80\"}",
        "{\"a\":\"\xed\xa0\x80\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":nul}",
        "{\"a\":1e999}",
        "{\"a\":\"unfinished}",
        "{\"a\":\"\\\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        in.count = 77;
        if (read(bad[i]) != ERR_INPUT) fail_msg("was not refused: %s", bad[i]);
        assert_int_equal(77, in.count); /* untouched */
    }
    assert_int_equal(ERR_INPUT, input_read((struct str){"{}\0", 3}, &arena, &in));
    /* A backslash before the escape's backslash makes it plain text. */
    assert_int_equal(ERR_NONE, read("{\"a\":\"\\\\u0000\"}"));
    assert_true(str_equal(input_get(&in, "a")->text, STR("\\u0000")));
    /* Brackets in strings nest nothing. */
    assert_int_equal(ERR_NONE, read("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[{{{{{{\"}"));
}

static void test_limits(void **state)
{
    (void)state;
    char text[4096] = "{\"a\":";
    size_t at = strlen(text);
    memset(text + at, '[', INPUT_DEPTH_MAX - 1);
    memset(text + at + INPUT_DEPTH_MAX - 1, ']', INPUT_DEPTH_MAX - 1);
    memcpy(text + at + 2 * (INPUT_DEPTH_MAX - 1), "}", 2);
    assert_int_equal(ERR_NONE, read(text));
    memset(text + at, '[', INPUT_DEPTH_MAX);
    assert_int_equal(ERR_TOO_BIG, read(text));

    at = 0;
    for (int i = 0; i <= INPUT_MEMBERS_MAX; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%c\"m%d\":1", i ? ',' : '{', i);
        memcpy(text + at, "}", 2);
        assert_int_equal(i < INPUT_MEMBERS_MAX ? ERR_NONE : ERR_TOO_BIG, read(text));
    }
}

static void test_said(void **state)
{
    (void)state;
    struct report_problems problems = {.count = 0};
    struct str text = STR("before");
    double number = 5;
    assert_int_equal(ERR_NONE, read("{\"t\":\"x\",\"n\":2,\"z\":null}"));
    assert_int_equal(INPUT_ABSENT, input_text(&in, "absent", &problems, &text));
    assert_int_equal(INPUT_CLEARED, input_text(&in, "z", &problems, &text));
    assert_int_equal(INPUT_CLEARED, input_number(&in, "z", &problems, &number));
    assert_int_equal(0, problems.count);
    assert_int_equal(INPUT_ABSENT, input_text(&in, "n", &problems, &text));
    assert_int_equal(INPUT_ABSENT, input_number(&in, "t", &problems, &number));
    assert_int_equal(2, problems.count);
    assert_string_equal("n", problems.problem[0].field);
    assert_string_equal("not_text", problems.problem[0].code);
    assert_string_equal("not_a_number", problems.problem[1].code);
    assert_true(str_equal(text, STR("before")));
    assert_int_equal(5, (int)number);
    assert_int_equal(INPUT_SAID, input_text(&in, "t", &problems, &text));
    assert_int_equal(INPUT_SAID, input_number(&in, "n", &problems, &number));
    assert_int_equal(2, (int)number);
}

/* The Nth allocation fails, for every N until none is left: nothing leaks (asan), nothing is half
 * read. */
static void test_no_memory(void **state)
{
    (void)state;
    int64_t n = 0;
    for (;; n++) {
        struct arena a;
        arena_init(&a, (size_t)1 << 20);
        in.count = 77;
        mem_fail_after(n);
        enum err e = input_read(STR("{\"a\":\"x\",\"b\":[1,2,{\"c\":3}]}"), &a, &in);
        bool happened = mem_fail_happened();
        mem_fail_after(-1);
        arena_clear(&a);
        if (!happened) break;
        assert_true(e == ERR_NOMEM || e == ERR_INPUT); /* cJSON does not tell the two apart */
        assert_int_equal(77, in.count);
    }
    assert_true(n > 3);
    assert_int_equal(2, in.count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limits),    cmocka_unit_test(test_said),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
