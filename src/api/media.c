/* GET /media/{id}/{rendition}: photos, streamed from the town's file piece by piece. Small pictures
 * are everybody's and never change under their address; the original may say where somebody lives,
 * is the staff's alone and is kept by no cache.
 */
#include "internal.h"

#include "base/text.h"

struct source {
    struct desk *desk;
    int64_t blob_id;
};

static enum err read_piece(void *context, int64_t offset, void *out, size_t count)
{
    const struct source *s = context;
    return desk_media_read(s->desk, s->blob_id, offset, out, count);
}

void media_get(struct http_request *r, void *context)
{
    struct app *app = context;
    enum rendition kind;
    struct media media;
    enum desk_audience audience = http_who(r)->person_id ? DESK_STAFF : DESK_RESIDENT;
    enum err e = ERR_NOT_FOUND;
    if (record_rendition_parse(http_param(r, "rendition"), &kind)) {
        e = desk_media(app->desk, http_param(r, "id"), kind, audience, &media);
    }
    if (e != ERR_NONE) {
        http_fail(r, e);
        return;
    }
    char etag[65];
    text_hex(media.sha256, sizeof media.sha256, etag);
    struct source source = {.desk = app->desk, .blob_id = media.blob_id};
    http_answer_source(r, media.type, str_of(etag), media.bytes,
                       kind == RENDITION_ORIGINAL ? HTTP_NO_STORE : HTTP_IMMUTABLE, NULL,
                       read_piece, &source);
}
