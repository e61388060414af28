/* Base64 without padding (RFC 4648), as PHC strings and tokens need it; OpenSSL's encoder pads and
 * breaks lines. Owns nothing. Refuses every text that encoding would not have produced, so that one
 * hash has one spelling.
 */
#include "encode.h"

static const char alphabets[2][65] = {
    [ENCODE_BASE64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    [ENCODE_BASE64URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

size_t encode_base64(enum encode_alphabet alphabet, const uint8_t *bytes, size_t count, char *out)
{
    const char *letters = alphabets[alphabet];
    size_t written = 0;
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < count; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 6;) {
            bits -= 6;
            out[written++] = letters[held >> bits & 63];
        }
    }
    if (bits > 0) {
        out[written++] = letters[held << (6 - bits) & 63];
    }
    out[written] = '\0';
    return written;
}

bool encode_base64_decode(struct str s, uint8_t *out, size_t bytes_max, size_t *count)
{
    size_t written = 0;
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < s.bytes; i++) {
        const char *letter = s.at[i] ? strchr(alphabets[ENCODE_BASE64], s.at[i]) : NULL;
        if (!letter) {
            return false;
        }
        held = held << 6 | (uint32_t)(letter - alphabets[ENCODE_BASE64]);
        bits += 6;
        if (bits >= 8) {
            if (written == bytes_max) {
                return false;
            }
            bits -= 8;
            out[written++] = (uint8_t)(held >> bits);
        }
    }
    bool left_over = bits >= 6 || (held & ((1U << bits) - 1)) != 0;
    *count = written;
    return written > 0 && !left_over;
}
