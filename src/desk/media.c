/* Photos as they are shown. The thumbnail is made when the report comes; the screen rendition in the
 * background or, when somebody asks first, here. Both are kept; either can be made again from the
 * original at any time.
 */
#include "internal.h"
#include "base/must.h"
#include "crypto/crypto.h"
#include "base/mem.h"

struct original {
    int64_t photo_id;
    struct store_blob_info info;
    char *bytes;
};

static enum err read_original(struct store_tx *tx, void *context)
{
    struct original *o = context;
    mem_free(o->bytes);
    o->bytes = NULL;
    enum err e = store_rendition_info(tx, o->photo_id, RENDITION_ORIGINAL, &o->info);
    if (e) return e;
    o->bytes = mem_alloc((size_t)o->info.bytes);
    if (!o->bytes) return ERR_NOMEM;
    return store_blob_read(tx, o->info.blob_id, 0, o->bytes, (size_t)o->info.bytes);
}

struct keeping {
    int64_t photo_id;
    enum rendition kind;
    const struct image_rendition *picture;
    uint8_t sha256[32];
};

static enum err keep_rendition(struct store_tx *tx, void *context)
{
    struct keeping *k = context;
    return store_rendition_put(tx, k->photo_id, k->kind, k->picture->width, k->picture->height, k->picture->jpeg,
                               k->sha256);
}

/* The original is read only once a workspace is held, so that no more originals are in memory than
 * there are cores. */
enum err media_make(struct desk *d, const struct photo *p, enum rendition kind)
{
    must(kind == RENDITION_THUMB || kind == RENDITION_SCREEN);
    if (!p->can_show) return ERR_NOT_FOUND;
    struct image_workspace *ws;
    enum err e = pixels_borrow(d, &ws);
    if (e) return e;
    struct original original = {.photo_id = p->id};
    struct image_result *made = mem_alloc(sizeof *made);
    e = made ? store_read(d->store, read_original, &original) : ERR_NOMEM;
    if (!e)
        e = image_process(ws, (struct str){original.bytes, (size_t)original.info.bytes},
                          kind == RENDITION_THUMB ? IMAGE_WANT_THUMB : IMAGE_WANT_SCREEN, made);
    if (!e) {
        struct keeping k = {.photo_id = p->id, .kind = kind,
                            .picture = kind == RENDITION_THUMB ? &made->thumb : &made->screen};
        if (k.picture->jpeg.bytes) {
            crypto_sha256(k.picture->jpeg.at, k.picture->jpeg.bytes, k.sha256);
            e = store_write(d->store, keep_rendition, &k);
        } else {
            e = made->facts.fault == IMAGE_FAULT_NO_MEMORY ? ERR_NOMEM : ERR_NOT_FOUND;
        }
    }
    pixels_return(d, ws);
    mem_free(original.bytes);
    mem_free(made);
    return e;
}

struct looking {
    struct str public_id;
    enum rendition kind;
    struct arena *a;
    struct photo photo;
    struct store_blob_info info;
    bool missing;
};

static enum err look_up(struct store_tx *tx, void *context)
{
    struct looking *l = context;
    l->missing = false;
    enum err e = store_photo_by_public_id(tx, l->public_id, l->a, &l->photo);
    if (e) return e;
    e = store_rendition_info(tx, l->photo.id, l->kind, &l->info);
    l->missing = e == ERR_NOT_FOUND;
    return l->missing ? ERR_NONE : e;
}

static const char *original_type(enum photo_format f)
{
    switch (f) {
    case PHOTO_JPEG: return "image/jpeg";
    case PHOTO_PNG: return "image/png";
    case PHOTO_WEBP: return "image/webp";
    case PHOTO_HEIC: return "image/heic";
    }
    return "application/octet-stream";
}

enum err desk_media(struct desk *d, struct str public_id, enum rendition kind, enum desk_audience audience,
                    struct media *out)
{
    if (kind == RENDITION_ORIGINAL && audience != DESK_STAFF) return ERR_NOT_FOUND;
    struct arena a;
    arena_init(&a, 1 << 20);
    struct looking l = {.public_id = public_id, .kind = kind, .a = &a};
    enum err e = store_read(d->store, look_up, &l);
    if (!e && l.missing) {
        e = media_make(d, &l.photo, kind);
        if (!e) e = store_read(d->store, look_up, &l);
        if (!e && l.missing) e = ERR_NOT_FOUND;
    }
    if (!e) {
        *out = (struct media){.blob_id = l.info.blob_id, .bytes = l.info.bytes};
        out->type = kind == RENDITION_ORIGINAL ? original_type(l.photo.format) : "image/jpeg";
        memcpy(out->sha256, l.info.sha256, sizeof out->sha256);
    }
    arena_clear(&a);
    return e;
}

struct piece {
    int64_t blob_id, offset;
    void *out;
    size_t count;
};

static enum err read_piece(struct store_tx *tx, void *context)
{
    struct piece *p = context;
    return store_blob_read(tx, p->blob_id, p->offset, p->out, p->count);
}

enum err desk_media_read(struct desk *d, int64_t blob_id, int64_t offset, void *out, size_t count)
{
    struct piece p = {blob_id, offset, out, count};
    return store_read(d->store, read_piece, &p);
}
