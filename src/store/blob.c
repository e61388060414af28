/* Owns the bytes of photos and renditions: each once, whoever names it, known by its SHA-256. Reads
 * go through SQLite's incremental blobs: a piece at a time, never the whole into memory.
 *
 * Invariants: a blob's bytes never change; the handle that reads them is kept open inside one
 * transaction and turned to the next blob, because opening costs ten times as much.
 */
#include "blob.h"

enum { BLOB_FIND, BLOB_INSERT, BLOB_DROP };

static const char *const sql[] = {
    [BLOB_FIND] = "SELECT id FROM blob WHERE sha256 = ?",
    [BLOB_INSERT] = "INSERT INTO blob (sha256, bytes, content) VALUES (?, ?, ?)",
    [BLOB_DROP] = "DELETE FROM blob WHERE id = ?1 "
                  "AND NOT EXISTS (SELECT 1 FROM photo WHERE blob_id = ?1) "
                  "AND NOT EXISTS (SELECT 1 FROM rendition WHERE blob_id = ?1)",
};
const struct statements blob_statements = {"blob", sql, sizeof sql / sizeof *sql};

enum err store_blob_read(struct store_tx *tx, int64_t blob_id, int64_t offset, void *out,
                         size_t count)
{
    struct db *db = tx->db;
    int rc = SQLITE_OK;
    if (!db->open_blob) {
        rc = sqlite3_blob_open(db->handle, "main", "blob", "content", blob_id, 0, &db->open_blob);
    } else if (db->open_blob_id != blob_id) {
        rc = sqlite3_blob_reopen(db->open_blob, blob_id);
    }
    if (rc == SQLITE_OK) {
        db->open_blob_id = blob_id;
        int64_t bytes = sqlite3_blob_bytes(db->open_blob);
        if (offset < 0 || offset > bytes || count > (uint64_t)(bytes - offset)) return ERR_INPUT;
        rc = sqlite3_blob_read(db->open_blob, out, (int)count, (int)offset);
        if (rc == SQLITE_OK) return ERR_NONE;
    }
    /* A handle that failed is of no more use; closing it says the same again. */
    bool missing = rc == SQLITE_ERROR;
    enum err e = missing ? ERR_NOT_FOUND : db_fail(db, rc, "blob");
    (void)sqlite3_blob_close(db->open_blob);
    db->open_blob = NULL;
    return e;
}

enum err blob_keep(struct store_tx *tx, const uint8_t sha256[32], struct str bytes, int64_t *id)
{
    struct query q;
    int64_t found = 0;
    query_begin(&q, tx, STATEMENTS_BLOB, BLOB_FIND);
    query_blob(&q, sha256, 32);
    if (query_row(&q)) found = column_int(&q, 0);
    enum err e = query_end(&q);
    if (e) return e;
    if (found == 0) {
        query_begin(&q, tx, STATEMENTS_BLOB, BLOB_INSERT);
        query_blob(&q, sha256, 32);
        query_int(&q, (int64_t)bytes.bytes);
        query_blob(&q, bytes.at, bytes.bytes);
        e = query_run(&q);
        found = sqlite3_last_insert_rowid(tx->db->handle);
    }
    if (!e) *id = found;
    return e;
}

enum err blob_drop(struct store_tx *tx, int64_t id)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_BLOB, BLOB_DROP);
    query_int(&q, id);
    return query_run(&q);
}
