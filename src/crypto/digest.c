/* SHA-256, HMAC-SHA-256, comparison in constant time and random tokens, on OpenSSL's EVP. Owns the
 * fetched algorithms: looked up by name once per process, shared by all threads, never given back
 * (OpenSSL's own cleanup at exit takes them).
 * Invariant: these functions have no failure to report. What can fail inside OpenSSL is a missing
 * algorithm or an allocation of a few hundred bytes, and a process that goes on with a wrong digest
 * would sign and store wrong things: it ends instead.
 */
#include "crypto/crypto.h"

#include "base/must.h"
#include "encode.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

static CRYPTO_ONCE fetched = CRYPTO_ONCE_STATIC_INIT;
static EVP_MD *sha256;
static EVP_MAC *hmac;

static void fetch(void);

void crypto_sha256(const void *bytes, size_t count, uint8_t out[CRYPTO_SHA256_BYTES])
{
    must(CRYPTO_THREAD_run_once(&fetched, fetch));
    must(EVP_Digest(count > 0 ? bytes : "", count, out, NULL, sha256, NULL));
}

void crypto_hmac_sha256(struct str key, struct str message, uint8_t out[CRYPTO_SHA256_BYTES])
{
    must(CRYPTO_THREAD_run_once(&fetched, fetch));
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    /* A NULL key would mean "the one from before", so an empty key needs an address. */
    const unsigned char *key_at = (const unsigned char *)(key.bytes > 0 ? key.at : "");
    const unsigned char *message_at = (const unsigned char *)(message.bytes > 0 ? message.at : "");
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(hmac);
    size_t written = 0;
    must(ctx);
    must(EVP_MAC_init(ctx, key_at, key.bytes, params));
    must(EVP_MAC_update(ctx, message_at, message.bytes));
    must(EVP_MAC_final(ctx, out, &written, CRYPTO_SHA256_BYTES) && written == CRYPTO_SHA256_BYTES);
    EVP_MAC_CTX_free(ctx);
}

bool crypto_equal(const void *a, const void *b, size_t count)
{
    return count == 0 || CRYPTO_memcmp(a, b, count) == 0;
}

void crypto_token(const struct env *env, char out[CRYPTO_TOKEN_ROOM])
{
    uint8_t bytes[32];
    env_random(env, bytes, sizeof bytes);
    encode_base64(ENCODE_BASE64URL, bytes, sizeof bytes, out);
    OPENSSL_cleanse(bytes, sizeof bytes);
}

const char *crypto_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}

static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    must(sha256 && hmac);
}
