/* Owns the serving of the files inside the executable. A hashed name may be kept by a browser for
 * ever; the plain one is asked for again each time and answered with 304 while it is the same.
 */
#include "asset.h"

#include "visit.h"

const struct asset *asset_find(struct str name, bool *hashed)
{
    for (size_t i = 0; i < asset_count; i++) { /* a few dozen */
        bool by_hash = str_equal(name, str_of(asset_table[i].hashed));
        if (!by_hash && !str_equal(name, str_of(asset_table[i].plain))) continue;
        *hashed = by_hash;
        return &asset_table[i];
    }
    return NULL;
}

static void answer(struct http_request *r, struct str name)
{
    bool hashed;
    const struct asset *asset = asset_find(name, &hashed);
    if (!asset) {
        http_fail(r, ERR_NOT_FOUND);
        return;
    }
    bool br = asset->br.bytes && http_accepts_encoding(r, "br");
    bool gz = !br && asset->gz.bytes && http_accepts_encoding(r, "gzip");
    /* Each encoding is a representation of its own and has its own tag (RFC 9110, 8.8.3). */
    const char *tag = arena_printf(http_arena(r), "%s%s", asset->etag,
                                   br   ? "-br"
                                   : gz ? "-gz"
                                        : "");
    http_answer(r, &(struct http_answer){
                       .status = 200,
                       .type = asset->type,
                       .body = br   ? asset->br
                               : gz ? asset->gz
                                    : asset->raw,
                       .caching = hashed ? HTTP_IMMUTABLE : HTTP_NO_CACHE,
                       .etag = str_of(tag),
                       .encoding = br   ? "br"
                                   : gz ? "gzip"
                                        : NULL,
                   });
}

void pages_asset_get(struct http_request *r, void *context)
{
    (void)context;
    answer(r, http_param(r, "name"));
}

void pages_asset_staff_get(struct http_request *r, void *context)
{
    (void)context;
    struct str name = http_param(r, "name");
    const char *full = arena_printf(http_arena(r), "staff/%.*s", STR_FMT(name));
    if (full) {
        answer(r, str_of(full));
    } else {
        http_fail(r, ERR_NOMEM);
    }
}
