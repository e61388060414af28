/* Base64 without padding: RFC 4648's vectors, every short input, and only canonical texts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/env.h"
#include "encode.h"

#include <string.h>

static void the_rfc_vectors(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[20];
        size_t bytes = strlen(rows[i][0]);
        size_t n = encode_base64(ENCODE_BASE64, (const uint8_t *)rows[i][0], bytes, text);
        assert_string_equal(text, rows[i][1]);
        assert_int_equal(n, strlen(text));
        assert_int_equal(n, ENCODE_BASE64_CHARS(bytes));
    }
    char text[5];
    encode_base64(ENCODE_BASE64, (const uint8_t *)"\xFB\xFF\xFE", 3, text);
    assert_string_equal(text, "+//+");
    encode_base64(ENCODE_BASE64URL, (const uint8_t *)"\xFB\xFF\xFE", 3, text);
    assert_string_equal(text, "-__-");
}

static void everything_comes_back(void **state)
{
    (void)state;
    struct env_fake fake = {.now_ms = 0, .seed = 3};
    struct env env = env_fake(&fake, NULL);
    for (size_t count = 1; count <= 64; count++) {
        for (int round = 0; round < 50; round++) {
            uint8_t bytes[64], back[64];
            char text[ENCODE_BASE64_CHARS(64) + 1];
            size_t got = 0;
            env_random(&env, bytes, count);
            size_t n = encode_base64(ENCODE_BASE64, bytes, count, text);
            assert_true(encode_base64_decode((struct str){text, n}, back, count, &got));
            assert_int_equal(got, count);
            assert_memory_equal(back, bytes, count);
            assert_false(encode_base64_decode((struct str){text, n}, back, count - 1, &got));
        }
    }
}

/* Of all texts of two and three characters exactly those are taken that encoding gives. */
static void only_canonical_texts(void **state)
{
    (void)state;
    unsigned taken = 0;
    for (unsigned i = 0; i < 1U << 16; i++) {
        char text[2] = {(char)(i & 255), (char)(i >> 8)}, again[5];
        uint8_t bytes[3];
        size_t count;
        if (encode_base64_decode((struct str){text, 2}, bytes, 3, &count)) {
            taken++;
            assert_int_equal(count, 1);
            encode_base64(ENCODE_BASE64, bytes, 1, again);
            assert_memory_equal(again, text, 2);
        }
    }
    assert_int_equal(taken, 256);
    static const char *const bad[] = {"",      "Z",    "Zg==",   "Zh",  "Zm9",
                                      "Zm9vY", "Zm 9", "Zm9v\n", "-__-"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t bytes[8];
        size_t count;
        assert_false(encode_base64_decode(str_of(bad[i]), bytes, sizeof bytes, &count));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rfc_vectors),
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(only_canonical_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
