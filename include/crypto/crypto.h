/* Cryptography, all of it OpenSSL's: the only room that sees <openssl/evp.h> and its kin (TLS
 * itself lives in http). No own primitives.
 */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/env.h"
#include "base/err.h"
#include "base/str.h"

#define CRYPTO_SHA256_BYTES 32

/* SHA-256 (FIPS 180-4) of count bytes. Any thread. */
void crypto_sha256(const void *bytes, size_t count, uint8_t out[CRYPTO_SHA256_BYTES]);

/* HMAC-SHA-256 (RFC 2104). */
void crypto_hmac_sha256(struct str key, struct str message, uint8_t out[CRYPTO_SHA256_BYTES]);

/* Equality in time that depends on count alone. */
bool crypto_equal(const void *a, const void *b, size_t count);

/* A password hash in PHC string format, "$argon2id$v=19$m=19456,t=2,p=1$salt$hash" (RFC 9106;
 * parameters: OWASP Password Storage Cheat Sheet). out is terminated. About 50 ms and 19 MiB. */
#define CRYPTO_PASSWORD_ROOM 128
/* Longer ones are ERR_TOO_BIG when hashed and ERR_DENIED when checked. */
#define CRYPTO_PASSWORD_BYTES_MAX 1024
enum err crypto_password_hash(const struct env *env, struct str password,
                              char out[CRYPTO_PASSWORD_ROOM]) ERR_CHECKED;

/* ERR_NONE: it is the password; ERR_DENIED: it is not; ERR_CORRUPT: `hash` is not such a string, or
 * one that asks for more than 256 MiB, 16 passes or 16 lanes; ERR_NOMEM. Costs what `hash` says.
 * `hash` may be NULL: takes as long as a real check and denies (so that unknown names cost the
 * same). */
enum err crypto_password_check(const char *hash, struct str password) ERR_CHECKED;

/* A token of 32 random bytes as 43 characters of base64url, terminated. */
#define CRYPTO_TOKEN_ROOM 44
void crypto_token(const struct env *env, char out[CRYPTO_TOKEN_ROOM]);

/* "OpenSSL 3.5.7 …" */
const char *crypto_version(void);

#endif
