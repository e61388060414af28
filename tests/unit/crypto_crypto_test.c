/* Published vectors (FIPS 180-4, RFC 4231, the Argon2 reference), and what the house adds to
 * them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "crypto/crypto.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void assert_hex(const uint8_t *bytes, const char *expected)
{
    char text[2 * CRYPTO_SHA256_BYTES + 1];
    text_hex(bytes, CRYPTO_SHA256_BYTES, text);
    assert_string_equal(text, expected);
}

static void sha256_vectors(void **state)
{
    (void)state;
    uint8_t out[CRYPTO_SHA256_BYTES];
    crypto_sha256(NULL, 0, out);
    assert_hex(out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    crypto_sha256("abc", 3, out);
    assert_hex(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    crypto_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, out);
    assert_hex(out, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *million = malloc(1000000);
    assert_non_null(million);
    memset(million, 'a', 1000000);
    crypto_sha256(million, 1000000, out);
    free(million);
    assert_hex(out, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void hmac_vectors(void **state)
{
    (void)state;
    static char key20[20], key131[131], data50[50], key_aa20[20], key25[25], data_cd[50];
    memset(key20, 0x0B, sizeof key20);
    memset(key_aa20, 0xAA, sizeof key_aa20);
    memset(key131, 0xAA, sizeof key131);
    memset(data50, 0xDD, sizeof data50);
    memset(data_cd, 0xCD, sizeof data_cd);
    for (int i = 0; i < 25; i++) {
        key25[i] = (char)(i + 1);
    }
    const struct {
        struct str key, message;
        const char *out;
    } rows[] = {
        {{key20, 20},
         STR_INIT("Hi There"),
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {STR_INIT("Jefe"), STR_INIT("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {{key_aa20, 20},
         {data50, 50},
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {{key25, 25},
         {data_cd, 50},
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {{key131, 131},
         STR_INIT("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {{key131, 131},
         STR_INIT("This is a test using a larger than block-size key and a larger than block-size "
                  "data. The key needs to be hashed before being used by the HMAC algorithm."),
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
        {{NULL, 0}, {NULL, 0}, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t out[CRYPTO_SHA256_BYTES];
        crypto_hmac_sha256(rows[i].key, rows[i].message, out);
        assert_hex(out, rows[i].out);
    }
}

static void *digest_much(void *failed)
{
    for (int i = 0; i < 500; i++) {
        uint8_t a[CRYPTO_SHA256_BYTES], b[CRYPTO_SHA256_BYTES];
        char text[32];
        int n = snprintf(text, sizeof text, "%d", i);
        crypto_sha256(text, (size_t)n, a);
        crypto_sha256(text, (size_t)n, b);
        *(bool *)failed |= !crypto_equal(a, b, sizeof a);
        crypto_hmac_sha256((struct str){text, (size_t)n}, STR("x"), a);
        crypto_hmac_sha256((struct str){text, (size_t)n}, STR("x"), b);
        *(bool *)failed |= !crypto_equal(a, b, sizeof a);
    }
    return NULL;
}

static void any_thread(void **state)
{
    (void)state;
    pthread_t threads[4];
    bool failed[4] = {false};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, digest_much, &failed[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_false(failed[i]);
    }
}

static void equality(void **state)
{
    (void)state;
    assert_true(crypto_equal("abc", "abc", 3));
    assert_false(crypto_equal("abc", "abd", 3));
    assert_true(crypto_equal("abc", "abd", 2));
    assert_true(crypto_equal(NULL, NULL, 0));
}

/* github.com/P-H-C/phc-winner-argon2, src/test.c. */
static void argon2id_reference_vectors(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
         "password"},
        {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
         "password"},
        {"$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
         "password"},
        {"$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg",
         "password"},
        {"$argon2id$v=19$m=65536,t=4,p=1$c29tZXNhbHQ$kCXUjmjvc5XMqQedpMTsOv+zyJEf5PhtGiUghW9jFyw",
         "password"},
        {"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94",
         "differentpassword"},
        {"$argon2id$v=19$m=65536,t=2,p=1$ZGlmZnNhbHQ$vfMrBczELrFdWP0ZsfhWsRPaHppYdP3MVEMIVlqoFBw",
         "password"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(crypto_password_check(rows[i][0], str_of(rows[i][1])), ERR_NONE);
        assert_int_equal(crypto_password_check(rows[i][0], STR("Password")), ERR_DENIED);
    }
}

static void passwords(void **state)
{
    (void)state;
    struct env_fake fake = {.now_ms = 0, .seed = 1};
    struct env env = env_fake(&fake, NULL);
    static const struct str words[] = {
        STR_INIT("correct horse"), STR_INIT("合言葉"), STR_INIT(""), {"a\0b", 3}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char hash[CRYPTO_PASSWORD_ROOM], again[CRYPTO_PASSWORD_ROOM];
        assert_int_equal(crypto_password_hash(&env, words[i], hash), ERR_NONE);
        assert_int_equal(crypto_password_hash(&env, words[i], again), ERR_NONE);
        assert_memory_equal(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
        assert_int_equal(strlen(hash), 31 + 22 + 1 + 43);
        assert_string_not_equal(hash, again);
        assert_int_equal(crypto_password_check(hash, words[i]), ERR_NONE);
        assert_int_equal(crypto_password_check(again, words[i]), ERR_NONE);
        assert_int_equal(crypto_password_check(hash, STR("wrong")), ERR_DENIED);
        assert_int_equal(crypto_password_check(hash, (struct str){"a\0c", 3}), ERR_DENIED);
    }
    assert_int_equal(crypto_password_check(NULL, STR("")), ERR_DENIED);
    assert_int_equal(crypto_password_check(NULL, STR("correct horse")), ERR_DENIED);
}

static void long_passwords(void **state)
{
    (void)state;
    struct env_fake fake = {.now_ms = 0, .seed = 1};
    struct env env = env_fake(&fake, NULL);
    char hash[CRYPTO_PASSWORD_ROOM] = "untouched";
    static char text[CRYPTO_PASSWORD_BYTES_MAX + 1];
    memset(text, 'x', sizeof text);
    assert_int_equal(crypto_password_hash(&env, (struct str){text, sizeof text}, hash),
                     ERR_TOO_BIG);
    assert_string_equal(hash, "untouched");
    struct str longest = {text, CRYPTO_PASSWORD_BYTES_MAX};
    assert_int_equal(crypto_password_hash(&env, longest, hash), ERR_NONE);
    assert_int_equal(crypto_password_check(hash, longest), ERR_NONE);
    assert_int_equal(crypto_password_check(hash, (struct str){text, sizeof text}), ERR_DENIED);
}

static void what_is_no_hash_is_corrupt(void **state)
{
    (void)state;
    static const char good[] =
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    static const char *const bad[] = {
        "",
        "plain",
        "$",
        "$2b$12$abcdefghijklmnopqrstuv",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$t=2,m=256,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=0256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=262145,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=17,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=17$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=15,t=2,p=2$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=1$c2FsdA$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ=$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4=",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4$",
        "$argon2id$v=19$m=256,t=2,p=1,x=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        " $argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    };
    assert_int_equal(crypto_password_check(good, STR("password")), ERR_NONE);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(crypto_password_check(bad[i], STR("password")), ERR_CORRUPT);
    }
    /* Cut anywhere it is not a hash, or not this password's. */
    for (size_t n = 0; n < sizeof good - 1; n++) {
        char cut[sizeof good];
        memcpy(cut, good, n);
        cut[n] = '\0';
        assert_int_not_equal(crypto_password_check(cut, STR("password")), ERR_NONE);
    }
    /* Any character changed: denied or corrupt, never accepted and never a crash. */
    for (size_t n = 0; n < sizeof good - 1; n++) {
        char changed[sizeof good];
        memcpy(changed, good, sizeof good);
        changed[n] = changed[n] == 'A' ? 'B' : 'A';
        assert_int_not_equal(crypto_password_check(changed, STR("password")), ERR_NONE);
    }
}

static void tokens(void **state)
{
    (void)state;
    struct env_fake fake = {.now_ms = 0, .seed = 1};
    struct env env = env_fake(&fake, NULL);
    char a[CRYPTO_TOKEN_ROOM], b[CRYPTO_TOKEN_ROOM];
    crypto_token(&env, a);
    crypto_token(&env, b);
    assert_string_not_equal(a, b);
    assert_int_equal(strlen(a), 43);
    assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                     43);
    fake.seed = 1;
    crypto_token(&env, b);
    assert_string_equal(a, b);
}

static void the_version_is_openssls(void **state)
{
    (void)state;
    assert_memory_equal(crypto_version(), "OpenSSL 3.", 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_vectors),
        cmocka_unit_test(hmac_vectors),
        cmocka_unit_test(any_thread),
        cmocka_unit_test(equality),
        cmocka_unit_test(argon2id_reference_vectors),
        cmocka_unit_test(passwords),
        cmocka_unit_test(long_passwords),
        cmocka_unit_test(what_is_no_hash_is_corrupt),
        cmocka_unit_test(tokens),
        cmocka_unit_test(the_version_is_openssls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
