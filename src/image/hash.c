/* Hashes as values: distance, hexadecimal, bytes. Bytes and digits come most significant first: byte 0
 * holds bits 255 to 248, as PDQ prints them.
 */
#include "image/hash.h"

unsigned image_hash_distance(const struct image_hash *a, const struct image_hash *b)
{
    unsigned distance = 0;
    for (unsigned i = 0; i < 4; i++) {
        distance += (unsigned)__builtin_popcountll(a->word[i] ^ b->word[i]);
    }
    return distance;
}

void image_hash_to_bytes(const struct image_hash *h, uint8_t out[IMAGE_HASH_BYTES])
{
    for (unsigned i = 0; i < IMAGE_HASH_BYTES; i++) {
        unsigned bit = 8 * (IMAGE_HASH_BYTES - 1 - i);
        out[i] = (uint8_t)(h->word[bit / 64] >> bit % 64);
    }
}

struct image_hash image_hash_from_bytes(const uint8_t bytes[IMAGE_HASH_BYTES])
{
    struct image_hash h = {{0}};
    for (unsigned i = 0; i < IMAGE_HASH_BYTES; i++) {
        unsigned bit = 8 * (IMAGE_HASH_BYTES - 1 - i);
        h.word[bit / 64] |= (uint64_t)bytes[i] << bit % 64;
    }
    return h;
}

void image_hash_hex(const struct image_hash *h, char out[2 * IMAGE_HASH_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[IMAGE_HASH_BYTES];
    image_hash_to_bytes(h, bytes);
    for (unsigned i = 0; i < IMAGE_HASH_BYTES; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * IMAGE_HASH_BYTES] = '\0';
}
