/* Base64 without padding, in the two alphabets of RFC 4648. Not constant-time in the data: it
 * carries salts, password hashes and fresh tokens, never keys. */
#ifndef CRYPTO_ENCODE_H
#define CRYPTO_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum encode_alphabet { ENCODE_BASE64, ENCODE_BASE64URL };

/* Characters for count bytes. */
#define ENCODE_BASE64_CHARS(count) (((count)*4 + 2) / 3)

/* out holds ENCODE_BASE64_CHARS(count) + 1 and is terminated; the number of characters. */
size_t encode_base64(enum encode_alphabet alphabet, const uint8_t *bytes, size_t count, char *out);

/* ENCODE_BASE64 only, and only the canonical text of some bytes: no padding, no space, no bits left
 * over, 1 to bytes_max bytes. false otherwise; out may then hold anything. */
bool encode_base64_decode(struct str s, uint8_t *out, size_t bytes_max, size_t *count);

#endif
