/* Owns the last step of most handlers: a printed buffer becomes an answer, or the failure to print
 * it. */
#include "internal.h"

#include "base/text.h"
#include "crypto/crypto.h"

void api_answer(struct http_request *r, int status, const struct buf *body, struct str etag,
                enum http_caching caching)
{
    enum err e = buf_err(body);
    if (e != ERR_NONE) {
        http_fail(r, e == ERR_TOO_BIG ? ERR_NOMEM : e);
        return;
    }
    struct http_answer answer = {.status = status,
                                 .type = "application/json",
                                 .body = buf_str(body),
                                 .caching = caching,
                                 .etag = etag};
    http_answer(r, &answer);
}

void api_etag(struct str content, char out[API_ETAG_ROOM])
{
    uint8_t digest[32];
    crypto_sha256(content.at, content.bytes, digest);
    text_hex(digest, (API_ETAG_ROOM - 1) / 2, out);
}
