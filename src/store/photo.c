/* Owns the rows of photos, their hashes and their renditions; the bytes themselves are blob.c's.
 *
 * Invariants: photo.made has a bit for each rendition that stands, so that the ones still to be
 * made are found through an index that is empty when there are none; a blob that nothing names any
 * more is deleted in the same transaction.
 */
#include "base/must.h"
#include "blob.h"
#include "casefile_row.h"

enum {
    PHOTO_INSERT,
    PHOTO_HASH_INSERT,
    PHOTO_BY_PUBLIC_ID,
    PHOTO_LIST,
    PHOTO_BY_BLOB,
    PHOTO_HASHES_AFTER,
    PHOTO_CASEFILE,
    PHOTO_LACKING,
    PHOTO_MADE,
    PHOTO_ORIGINAL,
    RENDITION_BLOB,
    RENDITION_PUT,
    RENDITION_INFO,
};

#define PHOTO_COLUMNS                                                                              \
    "p.id, p.public_id, p.casefile_id, p.position, b.sha256, b.bytes, p.format, p.width, "         \
    "p.height, p.orientation, p.location, p.exif_lat_e7, p.exif_lon_e7, p.taken_at, "              \
    "EXISTS (SELECT 1 FROM photo_hash h WHERE h.photo_id = p.id), p.hash_quality, p.can_show, "    \
    "p.received_at_ms"
#define PHOTO_FROM " FROM photo p JOIN blob b ON b.id = p.blob_id "

static const char *const sql[] = {
    [PHOTO_INSERT] =
        "INSERT INTO photo (public_id, casefile_id, position, blob_id, format, width, height, "
        "orientation, location, exif_lat_e7, exif_lon_e7, taken_at, hash_quality, can_show, "
        "received_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [PHOTO_HASH_INSERT] = "INSERT INTO photo_hash (photo_id, views) VALUES (?, ?)",
    [PHOTO_BY_PUBLIC_ID] = "SELECT " PHOTO_COLUMNS PHOTO_FROM "WHERE p.public_id = ?",
    [PHOTO_LIST] = "SELECT " PHOTO_COLUMNS PHOTO_FROM "WHERE p.casefile_id = ? ORDER BY p.position",
    [PHOTO_BY_BLOB] = "SELECT " PHOTO_COLUMNS PHOTO_FROM "WHERE b.sha256 = ? ORDER BY p.id LIMIT 1",
    [PHOTO_HASHES_AFTER] = "SELECT h.photo_id, p.casefile_id, h.views FROM photo_hash h "
                           "CROSS JOIN photo p ON p.id = h.photo_id WHERE h.photo_id > ? "
                           "ORDER BY h.photo_id",
    [PHOTO_CASEFILE] = "SELECT " CASEFILE_COLUMNS " FROM photo p "
                       "CROSS JOIN casefile c ON c.id = p.casefile_id WHERE p.id = ?",
    [PHOTO_LACKING] = "SELECT " PHOTO_COLUMNS " FROM photo p INDEXED BY photo_unmade "
                      "CROSS JOIN blob b ON b.id = p.blob_id "
                      "WHERE p.can_show = 1 AND p.made <> 3 AND p.made & ?1 = 0 "
                      "ORDER BY p.received_at_ms, p.id LIMIT ?2",
    [PHOTO_MADE] = "UPDATE photo SET made = made | ? WHERE id = ?",
    [PHOTO_ORIGINAL] = "SELECT b.id, b.bytes, b.sha256, 0, 0" PHOTO_FROM "WHERE p.id = ?",
    [RENDITION_BLOB] = "SELECT blob_id FROM rendition WHERE photo_id = ? AND kind = ?",
    [RENDITION_PUT] =
        "INSERT INTO rendition (photo_id, kind, width, height, blob_id) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (photo_id, kind) DO UPDATE SET width = excluded.width, "
        "height = excluded.height, blob_id = excluded.blob_id",
    [RENDITION_INFO] = ("SELECT b.id, b.bytes, b.sha256, r.width, r.height FROM rendition r "
                        "JOIN blob b ON b.id = r.blob_id WHERE r.photo_id = ? AND r.kind = ?"),
};
const struct statements photo_statements = {"photo", sql, sizeof sql / sizeof *sql};

static void photo_row(struct query *q, struct arena *a, struct photo *out);
static enum err photo_one(struct query *q, struct arena *a, struct photo *out);
static enum err photo_many(struct query *q, struct arena *a, struct photo **out, size_t *count);

/* As photo.made has it. */
static int64_t bit_of(enum rendition kind)
{
    must(kind == RENDITION_THUMB || kind == RENDITION_SCREEN);
    return kind == RENDITION_THUMB ? 1 : 2;
}

enum err store_photo_insert(struct store_tx *tx, const struct photo *p, struct str bytes,
                            struct str views, int64_t *id)
{
    struct query q;
    int64_t blob_id;
    enum err e = blob_keep(tx, p->sha256, bytes, &blob_id);
    if (e) return e;
    bool exif = p->location == PHOTO_LOCATION_EXIF;
    query_begin(&q, tx, STATEMENTS_PHOTO, PHOTO_INSERT);
    query_name(&q, p->public_id);
    query_int(&q, p->casefile_id);
    query_int(&q, p->position);
    query_int(&q, blob_id);
    query_name(&q, record_photo_format_name(p->format));
    query_int(&q, p->width);
    query_int(&q, p->height);
    query_int(&q, p->orientation);
    query_name(&q, record_photo_location_name(p->location));
    query_int_or_null(&q, exif ? p->exif.lat_e7 : INT64_MIN, INT64_MIN);
    query_int_or_null(&q, exif ? p->exif.lon_e7 : INT64_MIN, INT64_MIN);
    query_str(&q, p->taken_at);
    query_int(&q, p->hash_quality);
    query_int(&q, p->can_show);
    query_int(&q, p->received_at_ms);
    e = query_run(&q);
    int64_t made = sqlite3_last_insert_rowid(tx->db->handle);
    if (!e && views.bytes) {
        query_begin(&q, tx, STATEMENTS_PHOTO, PHOTO_HASH_INSERT);
        query_int(&q, made);
        query_blob(&q, views.at, views.bytes);
        e = query_run(&q);
    }
    if (!e) *id = made;
    return e;
}

enum err store_rendition_put(struct store_tx *tx, int64_t photo_id, enum rendition kind,
                             uint32_t width, uint32_t height, struct str jpeg,
                             const uint8_t sha256[32])
{
    struct query q;
    int64_t bit = bit_of(kind), before = 0, blob_id;
    query_begin(&q, tx, STATEMENTS_PHOTO, RENDITION_BLOB);
    query_int(&q, photo_id);
    query_name(&q, record_rendition_name(kind));
    if (query_row(&q)) before = column_int(&q, 0);
    enum err e = query_end(&q);
    if (!e) e = blob_keep(tx, sha256, jpeg, &blob_id);
    if (e) return e;
    query_begin(&q, tx, STATEMENTS_PHOTO, RENDITION_PUT);
    query_int(&q, photo_id);
    query_name(&q, record_rendition_name(kind));
    query_int(&q, width);
    query_int(&q, height);
    query_int(&q, blob_id);
    e = query_run(&q);
    if (!e && before && before != blob_id) e = blob_drop(tx, before);
    if (e) return e;
    query_begin(&q, tx, STATEMENTS_PHOTO, PHOTO_MADE);
    query_int(&q, bit);
    query_int(&q, photo_id);
    return query_change(&q);
}

enum err store_photo_by_public_id(struct store_tx *tx, struct str public_id, struct arena *a,
                                  struct photo *out)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PHOTO, PHOTO_BY_PUBLIC_ID);
    query_str(&q, public_id);
    return photo_one(&q, a, out);
}

enum err store_photo_list(struct store_tx *tx, int64_t casefile_id, struct arena *a,
                          struct photo **out, size_t *count)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PHOTO, PHOTO_LIST);
    query_int(&q, casefile_id);
    return photo_many(&q, a, out, count);
}

enum err store_photo_find_sha256(struct store_tx *tx, const uint8_t sha256[32], struct arena *a,
                                 struct photo *photo, struct casefile *casefile)
{
    struct query q;
    struct photo p;
    query_begin(&q, tx, STATEMENTS_PHOTO, PHOTO_BY_BLOB);
    query_blob(&q, sha256, 32);
    enum err e = photo_one(&q, a, &p);
    if (!e) e = store_casefile_by_id(tx, p.casefile_id, a, casefile);
    if (!e) *photo = p;
    return e;
}

enum err store_rendition_info(struct store_tx *tx, int64_t photo_id, enum rendition kind,
                              struct store_blob_info *out)
{
    struct query q;
    struct store_blob_info info = {0};
    bool original = kind == RENDITION_ORIGINAL;
    query_begin(&q, tx, STATEMENTS_PHOTO, original ? PHOTO_ORIGINAL : RENDITION_INFO);
    query_int(&q, photo_id);
    if (!original) query_name(&q, record_rendition_name(kind));
    if (query_one(&q)) {
        info.blob_id = column_int(&q, 0);
        info.bytes = column_int(&q, 1);
        column_bytes(&q, 2, info.sha256, sizeof info.sha256);
        info.width = (uint32_t)column_int(&q, 3);
        info.height = (uint32_t)column_int(&q, 4);
    }
    enum err e = query_end(&q);
    if (!e) *out = info;
    return e;
}

enum err store_photo_hashes_after(struct store_tx *tx, int64_t after_id, store_hash_each each,
                                  void *context)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PHOTO, PHOTO_HASHES_AFTER);
    query_int(&q, after_id);
    enum err stopped = ERR_NONE;
    while (!stopped && query_row(&q)) {
        struct str views = column_borrow(&q, 2);
        if (!q.err) stopped = each(context, column_int(&q, 0), column_int(&q, 1), views);
    }
    enum err e = query_end(&q);
    return stopped ? stopped : e;
}

enum err store_photo_casefile(struct store_tx *tx, int64_t photo_id, struct arena *a,
                              struct casefile *out)
{
    struct query q;
    struct casefile c = {0};
    query_begin(&q, tx, STATEMENTS_PHOTO, PHOTO_CASEFILE);
    query_int(&q, photo_id);
    if (query_one(&q)) casefile_row(&q, a, &c);
    enum err e = query_end(&q);
    if (!e) *out = c;
    return e;
}

enum err store_photo_lacking(struct store_tx *tx, enum rendition kind, size_t limit,
                             struct arena *a, struct photo **out, size_t *count)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_PHOTO, PHOTO_LACKING);
    query_int(&q, bit_of(kind));
    query_int(&q, (int64_t)limit);
    return photo_many(&q, a, out, count);
}

static void photo_row(struct query *q, struct arena *a, struct photo *out)
{
    out->id = column_int(q, 0);
    column_text(q, 1, out->public_id, sizeof out->public_id);
    out->casefile_id = column_int(q, 2);
    out->position = column_int(q, 3);
    column_bytes(q, 4, out->sha256, sizeof out->sha256);
    out->bytes = column_int(q, 5);
    COLUMN_ENUM(q, 6, record_photo_format_parse, &out->format);
    out->width = column_int(q, 7);
    out->height = column_int(q, 8);
    out->orientation = column_int(q, 9);
    COLUMN_ENUM(q, 10, record_photo_location_parse, &out->location);
    out->exif = (struct position){(int32_t)column_int(q, 11), (int32_t)column_int(q, 12)};
    out->taken_at = column_str(q, 13, a);
    out->has_hash = column_int(q, 14);
    out->hash_quality = column_int(q, 15);
    out->can_show = column_int(q, 16);
    out->received_at_ms = column_int(q, 17);
}

static enum err photo_one(struct query *q, struct arena *a, struct photo *out)
{
    struct photo p = {0};
    if (query_one(q)) photo_row(q, a, &p);
    enum err e = query_end(q);
    if (!e) *out = p;
    return e;
}

static enum err photo_many(struct query *q, struct arena *a, struct photo **out, size_t *count)
{
    struct rows rows = rows_of(a, sizeof(struct photo));
    for (struct photo *p; (p = rows_next(&rows, q)) != NULL;) photo_row(q, a, p);
    enum err e = query_end(q);
    if (!e) {
        *out = rows.at;
        *count = rows.count;
    }
    return e;
}
