/* What the printer prints is JSON (a small reader here says so), and numbers read back as they
 * were. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/env.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "base_death.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <string.h>

/* The dumb oracle: RFC 8259's grammar, without white space, by recursive descent. NULL: no. */
static const char *read_value(const char *at);

static const char *read_string(const char *at)
{
    if (*at++ != '"') {
        return NULL;
    }
    while (*at != '"') {
        if ((unsigned char)*at < 0x20) {
            return NULL;
        }
        if (*at == '\\' && at[1] == 'u') {
            if (strspn(at + 2, "0123456789abcdefABCDEF") < 4) {
                return NULL;
            }
            at += 6;
        } else if (*at == '\\') {
            if (at[1] == '\0' || !strchr("\"\\/bfnrt", at[1])) {
                return NULL;
            }
            at += 2;
        } else {
            at++;
        }
    }
    return at + 1;
}

static const char *read_digits(const char *at)
{
    size_t n = strspn(at, "0123456789");
    return n > 0 ? at + n : NULL;
}

static const char *read_number(const char *at)
{
    at += *at == '-';
    if (*at == '0' && at[1] >= '0' && at[1] <= '9') {
        return NULL;
    }
    at = read_digits(at);
    if (at && *at == '.') {
        at = read_digits(at + 1);
    }
    if (at && (*at == 'e' || *at == 'E')) {
        at++;
        at = read_digits(at + (*at == '+' || *at == '-'));
    }
    return at;
}

static const char *read_members(const char *at, bool keys, char end)
{
    if (*at == end) {
        return at + 1;
    }
    for (;;) {
        if (keys) {
            at = read_string(at);
            if (!at || *at++ != ':') {
                return NULL;
            }
        }
        at = read_value(at);
        if (!at || *at == end) {
            return at ? at + 1 : NULL;
        }
        if (*at++ != ',') {
            return NULL;
        }
    }
}

static const char *read_value(const char *at)
{
    switch (*at) {
    case '{': return read_members(at + 1, true, '}');
    case '[': return read_members(at + 1, false, ']');
    case '"': return read_string(at);
    case 't': return strncmp(at, "true", 4) == 0 ? at + 4 : NULL;
    case 'f': return strncmp(at, "false", 5) == 0 ? at + 5 : NULL;
    case 'n': return strncmp(at, "null", 4) == 0 ? at + 4 : NULL;
    default: return read_number(at);
    }
}

static bool is_json(const char *text)
{
    const char *end = text ? read_value(text) : NULL;
    return end && *end == '\0';
}

static void the_header_example(void **state)
{
    (void)state;
    struct buf out;
    struct json j;
    buf_init(&out, 1000);
    json_init(&j, &out);
    json_object(&j);
    json_key_text(&j, "ref", "A\"1");
    json_key(&j, "photos");
    json_array(&j);
    json_int(&j, 1);
    json_object(&j);
    json_end(&j);
    json_array(&j);
    json_end(&j);
    json_null(&j);
    json_end(&j);
    json_key_int(&j, "n", INT64_MIN);
    json_key_bool(&j, "yes", true);
    json_key_bool(&j, "no", false);
    json_key_text(&j, "none", NULL);
    json_key_str(&j, "empty", STR_NONE);
    json_key(&j, "at");
    json_time(&j, INT64_C(1795319088000));
    json_end(&j);
    assert_int_equal(buf_err(&out), ERR_NONE);
    assert_string_equal(out.at,
                        "{\"ref\":\"A\\\"1\",\"photos\":[1,{},[],null],"
                        "\"n\":-9223372036854775808,\"yes\":true,\"no\":false,"
                        "\"none\":null,\"empty\":\"\",\"at\":\"2026-11-22T03:44:48.000Z\"}");
    assert_true(is_json(out.at));
    assert_int_equal(j.depth, 0);
    buf_clear(&out);
}

static void strings_are_escaped_and_valid(void **state)
{
    (void)state;
    static const struct {
        struct str in;
        const char *out;
    } rows[] = {
        {{"a\0b", 3}, "\"a\\u0000b\""},
        {{"\b\f\n\r\t\x1f\x7f", 7}, "\"\\u0008\\u000c\\n\\r\\t\\u001f\x7f\""},
        {{"\\/\"'<", 5}, "\"\\\\/\\\"'<\""},
        {{"道\xF0\x9F\x9A\xA7", 7}, "\"道\xF0\x9F\x9A\xA7\""},
        {{"\xFF", 1}, "\"\xEF\xBF\xBD\""},
        {{"a\xC0\x80z", 4}, "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\""},
        {{"\xED\xA0\x80", 3}, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {{"\xE9\x81", 2}, "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out;
        struct json j;
        buf_init(&out, 1000);
        json_init(&j, &out);
        json_str(&j, rows[i].in);
        assert_string_equal(out.at, rows[i].out);
        assert_true(is_json(out.at));
        buf_clear(&out);
    }
}

static const char *print_double(struct buf *out, double d)
{
    struct json j;
    buf_reset(out);
    json_init(&j, out);
    json_double(&j, d);
    return out->at;
}

static void doubles_read_back(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    assert_string_equal(print_double(&out, 0.1), "0.1");
    assert_string_equal(print_double(&out, 35.6895014), "35.6895014");
    assert_string_equal(print_double(&out, 0.1 + 0.2), "0.30000000000000004");
    assert_string_equal(print_double(&out, 100), "100");
    assert_string_equal(print_double(&out, 1e22), "1e+22");
    assert_string_equal(print_double(&out, -0.0), "-0");
    assert_string_equal(print_double(&out, DBL_MAX), "1.7976931348623157e+308");
    assert_string_equal(print_double(&out, (double)INFINITY), "null");
    assert_string_equal(print_double(&out, -(double)INFINITY), "null");
    assert_string_equal(print_double(&out, (double)NAN), "null");
    struct env_fake fake = {.now_ms = 0, .seed = 7};
    struct env env = env_fake(&fake, NULL);
    for (int i = 0; i < 200000; i++) {
        double d, back = 0;
        env_random(&env, &d, sizeof d);
        if (!isfinite(d)) {
            continue;
        }
        const char *text = print_double(&out, d);
        assert_true(is_json(text));
        assert_true(text_parse_double(buf_str(&out), -DBL_MAX, DBL_MAX, &back));
        assert_memory_equal(&back, &d, sizeof d);
    }
    buf_clear(&out);
}

static void no_locale_changes_a_number(void **state)
{
    (void)state;
    static const char *const commas[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8"};
    bool tried = false;
    struct buf out;
    buf_init(&out, 100);
    for (size_t i = 0; i < sizeof commas / sizeof commas[0]; i++) {
        if (!setlocale(LC_ALL, commas[i])) {
            continue;
        }
        tried = true;
        double back = 0;
        assert_string_equal(print_double(&out, -1.5e-7), "-1.5e-07");
        assert_string_equal(print_double(&out, 0.30000000000000004), "0.30000000000000004");
        assert_true(text_parse_double(STR("-1.25"), -2, 2, &back));
        assert_true(back < -1.2 && back > -1.3);
        assert_false(text_parse_double(STR("1,5"), -2, 2, &back));
    }
    setlocale(LC_ALL, "C");
    buf_clear(&out);
    if (!tried) {
        skip();
    }
}

static void scaled_numbers(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        unsigned decimals;
        const char *out;
    } rows[] = {
        {356789012, 7, "35.6789012"},
        {-356789012, 7, "-35.6789012"},
        {5, 7, "0.0000005"},
        {-5, 1, "-0.5"},
        {0, 0, "0"},
        {0, 3, "0.000"},
        {42, 0, "42"},
        {INT64_MIN, 18, "-9.223372036854775808"},
        {INT64_MAX, 0, "9223372036854775807"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out;
        struct json j;
        buf_init(&out, 100);
        json_init(&j, &out);
        json_scaled(&j, rows[i].n, rows[i].decimals);
        assert_string_equal(out.at, rows[i].out);
        assert_true(is_json(out.at));
        buf_clear(&out);
    }
}

/* Everything that one random number after the other allows. */
static void print_anything(struct json *j, const struct env *env, int values)
{
    while (values-- > 0 || j->depth > 0) {
        uint8_t dice[2];
        env_random(env, dice, sizeof dice);
        bool in_object = j->depth > 0 && (j->is_object >> (j->depth - 1) & 1);
        if (j->depth > 0 && (values < 0 || dice[0] % 4 == 0)) {
            json_end(j);
            if (j->depth == 0) {
                return;
            }
            continue;
        }
        if (in_object) {
            json_key(j, "k\n");
        }
        switch (dice[1] % (j->depth < JSON_DEPTH_MAX ? 8 : 6)) {
        case 0: json_int(j, -dice[0]); break;
        case 1: json_str(j, (struct str){(const char *)dice, 2}); break;
        case 2: json_double(j, dice[0] / 7.0); break;
        case 3: json_bool(j, dice[0] & 1); break;
        case 4: json_null(j); break;
        case 5: json_scaled(j, dice[0], dice[0] % 10); break;
        case 6: json_object(j); break;
        default: json_array(j); break;
        }
        if (j->depth == 0) {
            return;
        }
    }
}

static void anything_is_json(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1 << 20);
    struct env_fake fake = {.now_ms = 0, .seed = 99};
    struct env env = env_fake(&fake, NULL);
    for (int i = 0; i < 5000; i++) {
        struct json j;
        buf_reset(&out);
        json_init(&j, &out);
        print_anything(&j, &env, i % 200 + 1);
        assert_int_equal(buf_err(&out), ERR_NONE);
        assert_true(is_json(out.at));
        assert_true(text_utf8_valid(buf_str(&out)));
    }
    buf_clear(&out);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    struct buf out;
    struct json j;
    buf_init(&out, 1000);
    json_init(&j, &out);
    for (int i = 0; i < JSON_DEPTH_MAX; i++) {
        json_array(&j);
    }
    json_int(&j, 1);
    json_int(&j, 2);
    for (int i = 0; i < JSON_DEPTH_MAX; i++) {
        json_end(&j);
    }
    assert_true(is_json(out.at));
    buf_clear(&out);
}

/* Sixteen bytes are room enough: a failed buffer excuses nothing. */
static struct json fresh(struct buf *out)
{
    struct json j;
    buf_init(out, 16);
    json_init(&j, out);
    return j;
}

static void too_deep(void)
{
    struct buf out;
    struct json j = fresh(&out);
    for (int i = 0; i <= JSON_DEPTH_MAX; i++) {
        json_array(&j);
    }
}

static void value_without_key(void)
{
    struct buf out;
    struct json j = fresh(&out);
    json_object(&j);
    json_int(&j, 1);
}

static void key_in_array(void)
{
    struct buf out;
    struct json j = fresh(&out);
    json_array(&j);
    json_key(&j, "a");
}

static void key_at_the_root(void)
{
    struct buf out;
    struct json j = fresh(&out);
    json_key(&j, "a");
}

static void key_after_key(void)
{
    struct buf out;
    struct json j = fresh(&out);
    json_object(&j);
    json_key(&j, "a");
    json_key(&j, "b");
}

static void end_after_key(void)
{
    struct buf out;
    struct json j = fresh(&out);
    json_object(&j);
    json_key(&j, "a");
    json_end(&j);
}

static void end_of_nothing(void)
{
    struct buf out;
    struct json j = fresh(&out);
    json_end(&j);
}

static void too_many_decimals(void)
{
    struct buf out;
    struct json j = fresh(&out);
    json_scaled(&j, 1, 19);
}

static void mistakes_end_the_process(void **state)
{
    (void)state;
    assert_true(aborts(too_deep));
    assert_true(aborts(value_without_key));
    assert_true(aborts(key_in_array));
    assert_true(aborts(key_at_the_root));
    assert_true(aborts(key_after_key));
    assert_true(aborts(end_after_key));
    assert_true(aborts(end_of_nothing));
    assert_true(aborts(too_many_decimals));
}

static void a_full_buffer_is_no_mistake(void **state)
{
    (void)state;
    for (size_t max = 0; max < 40; max++) {
        struct buf out;
        struct json j;
        buf_init(&out, max);
        json_init(&j, &out);
        json_object(&j);
        json_key_text(&j, "key", "a\nvalue");
        json_key(&j, "d");
        json_double(&j, 1.5);
        json_end(&j);
        assert_int_equal(j.depth, 0);
        assert_int_equal(buf_err(&out), max < 26 ? ERR_TOO_BIG : ERR_NONE);
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_example),
        cmocka_unit_test(strings_are_escaped_and_valid),
        cmocka_unit_test(doubles_read_back),
        cmocka_unit_test(no_locale_changes_a_number),
        cmocka_unit_test(scaled_numbers),
        cmocka_unit_test(anything_is_json),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(mistakes_end_the_process),
        cmocka_unit_test(a_full_buffer_is_no_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
