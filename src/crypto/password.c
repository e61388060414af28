/* Password hashes: Argon2id (RFC 9106) through EVP_KDF, in the PHC string format
 * ("$argon2id$v=19$m=19456,t=2,p=1$salt$hash", base64 without padding). New hashes get OWASP's
 * parameters and a salt of 16 random bytes; old ones are checked with the parameters they carry, so
 * that stronger ones can come later without asking anybody for a new password. Invariant: the time
 * of a check depends on the parameters and the password's length, not on whether the hash exists or
 * where it differs. Refuses hashes whose parameters would let a damaged database row eat the
 * machine.
 */
#include "crypto/crypto.h"

#include "base/must.h"
#include "base/text.h"
#include "encode.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdio.h>

#define SALT_BYTES 16
#define HASH_BYTES 32
#define SALT_BYTES_MAX 48
#define HASH_BYTES_MAX 64
#define VERSION 19

struct argon2 {
    uint32_t memory_kib;
    uint32_t passes;
    uint32_t lanes;
    size_t salt_bytes;
    size_t hash_bytes;
    uint8_t salt[SALT_BYTES_MAX];
    uint8_t hash[HASH_BYTES_MAX];
};

static const struct argon2 ours = {.memory_kib = 19456,
                                   .passes = 2,
                                   .lanes = 1,
                                   .salt_bytes = SALT_BYTES,
                                   .hash_bytes = HASH_BYTES};

static CRYPTO_ONCE fetched = CRYPTO_ONCE_STATIC_INIT;
static EVP_KDF *argon2id;

static void fetch(void);
static enum err derive(const struct argon2 *from, struct str password, uint8_t *out) ERR_CHECKED;
static bool phc_parse(struct str s, struct argon2 *out);

enum err crypto_password_hash(const struct env *env, struct str password,
                              char out[CRYPTO_PASSWORD_ROOM])
{
    if (password.bytes > CRYPTO_PASSWORD_BYTES_MAX) {
        return ERR_TOO_BIG;
    }
    struct argon2 made = ours;
    env_random(env, made.salt, made.salt_bytes);
    enum err err = derive(&made, password, made.hash);
    if (!err) {
        char salt[ENCODE_BASE64_CHARS(SALT_BYTES) + 1];
        char hash[ENCODE_BASE64_CHARS(HASH_BYTES) + 1];
        encode_base64(ENCODE_BASE64, made.salt, made.salt_bytes, salt);
        encode_base64(ENCODE_BASE64, made.hash, made.hash_bytes, hash);
        int n = snprintf(out, CRYPTO_PASSWORD_ROOM, "$argon2id$v=%d$m=%u,t=%u,p=%u$%s$%s", VERSION,
                         (unsigned)made.memory_kib, (unsigned)made.passes, (unsigned)made.lanes,
                         salt, hash);
        must(n > 0 && n < CRYPTO_PASSWORD_ROOM);
    }
    OPENSSL_cleanse(&made, sizeof made);
    return err;
}

enum err crypto_password_check(const char *hash, struct str password)
{
    /* Nobody has a password that could not have been set. */
    bool possible = password.bytes <= CRYPTO_PASSWORD_BYTES_MAX;
    if (!possible) {
        password.bytes = CRYPTO_PASSWORD_BYTES_MAX;
    }
    struct argon2 stored = ours;
    if (hash && !phc_parse(str_of(hash), &stored)) {
        return ERR_CORRUPT;
    }
    uint8_t derived[HASH_BYTES_MAX];
    enum err err = derive(&stored, password, derived);
    if (!err) {
        bool same = crypto_equal(derived, stored.hash, stored.hash_bytes);
        err = hash && possible && same ? ERR_NONE : ERR_DENIED;
    }
    OPENSSL_cleanse(derived, sizeof derived);
    return err;
}

static void fetch(void)
{
    argon2id = EVP_KDF_fetch(NULL, "ARGON2ID", NULL);
    must(argon2id);
}

/* hash_bytes of key from the password and from's salt and costs. */
static enum err derive(const struct argon2 *from, struct str password, uint8_t *out)
{
    must(CRYPTO_THREAD_run_once(&fetched, fetch));
    struct argon2 in = *from;
    /* OpenSSL's parameters are not const, but an octet string is only read. */
    char secret[CRYPTO_PASSWORD_BYTES_MAX];
    must(password.bytes <= sizeof secret);
    if (password.bytes > 0) {
        memcpy(secret, password.at, password.bytes);
    }
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, secret, password.bytes),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, in.salt, in.salt_bytes),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ITER, &in.passes),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ARGON2_LANES, &in.lanes),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ARGON2_MEMCOST, &in.memory_kib),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(argon2id);
    /* The parameters are known to be good: what is left to fail is memory. */
    bool done = ctx && EVP_KDF_derive(ctx, out, in.hash_bytes, params) == 1;
    EVP_KDF_CTX_free(ctx);
    OPENSSL_cleanse(secret, sizeof secret);
    if (!done) {
        ERR_clear_error();
    }
    return done ? ERR_NONE : ERR_NOMEM;
}

static bool take(struct str *rest, struct str head)
{
    if (!str_starts(*rest, head)) {
        return false;
    }
    rest->at += head.bytes;
    rest->bytes -= head.bytes;
    return true;
}

/* Everything before the next end, or before the end of the text. */
static struct str take_until(struct str *rest, char end)
{
    const char *at = rest->bytes > 0 ? memchr(rest->at, end, rest->bytes) : NULL;
    struct str head = {rest->at, at ? (size_t)(at - rest->at) : rest->bytes};
    rest->at += head.bytes;
    rest->bytes -= head.bytes;
    return head;
}

static bool take_number(struct str *rest, struct str name, char end, int64_t max, uint32_t *out)
{
    int64_t n;
    if (!take(rest, name)) {
        return false;
    }
    struct str digits = take_until(rest, end);
    /* PHC: the minimal decimal form. */
    if ((digits.bytes > 1 && digits.at[0] == '0') || !text_parse_int(digits, 1, max, &n)) {
        return false;
    }
    *out = (uint32_t)n;
    return true;
}

static bool phc_parse(struct str s, struct argon2 *out)
{
    uint32_t version;
    struct argon2 p = {0};
    if (!take(&s, STR("$argon2id")) || !take_number(&s, STR("$v="), '$', VERSION, &version) ||
        !take_number(&s, STR("$m="), ',', 256 * 1024, &p.memory_kib) ||
        !take_number(&s, STR(",t="), ',', 16, &p.passes) ||
        !take_number(&s, STR(",p="), '$', 16, &p.lanes) || !take(&s, STR("$"))) {
        return false;
    }
    struct str salt = take_until(&s, '$');
    if (version != VERSION || p.memory_kib < 8 * p.lanes || !take(&s, STR("$")) ||
        !encode_base64_decode(salt, p.salt, sizeof p.salt, &p.salt_bytes) || p.salt_bytes < 8 ||
        !encode_base64_decode(s, p.hash, sizeof p.hash, &p.hash_bytes) || p.hash_bytes < 16) {
        return false;
    }
    *out = p;
    return true;
}
