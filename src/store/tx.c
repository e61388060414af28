/* Owns how a transaction begins and ends: with it end the blob that was read in it and the words
 * that wait in it.
 */
#include "base/fault.h"
#include "words.h"

enum { TX_BEGIN_READ, TX_BEGIN_WRITE, TX_COMMIT, TX_ROLLBACK, TX_SAVEPOINT, TX_RELEASE, TX_UNDO };

static const char *const sql[] = {
    [TX_BEGIN_READ] = "BEGIN",        [TX_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [TX_COMMIT] = "COMMIT",           [TX_ROLLBACK] = "ROLLBACK",
    [TX_SAVEPOINT] = "SAVEPOINT job", [TX_RELEASE] = "RELEASE job",
    [TX_UNDO] = "ROLLBACK TO job",
};
const struct statements tx_statements = {"tx", sql, sizeof sql / sizeof *sql};

static void blob_done(struct store_tx *tx)
{
    if (tx->db->open_blob) (void)sqlite3_blob_close(tx->db->open_blob);
    tx->db->open_blob = NULL;
}

static enum err run(struct store_tx *tx, unsigned which)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_TX, which);
    return query_run(&q);
}

enum err tx_begin(struct store_tx *tx)
{
    return run(tx, tx->writing ? TX_BEGIN_WRITE : TX_BEGIN_READ);
}

enum err tx_commit(struct store_tx *tx)
{
    blob_done(tx);
    enum err e = tx->writing ? words_flush(tx) : ERR_NONE;
    if (!e && tx->writing && fault_hit("store.commit")) e = ERR_IO;
    if (!e) e = run(tx, TX_COMMIT);
    if (tx->writing) (void)fault_hit("store.committed"); /* to die here: on disk, nobody told */
    return e;
}

void tx_rollback(struct store_tx *tx)
{
    blob_done(tx);
    words_undo(tx, (struct words_mark){0, 0});
    if (!sqlite3_get_autocommit(tx->db->handle)) {
        enum err e = run(tx, TX_ROLLBACK);
        (void)e; /* logged; the next BEGIN will say whether it matters */
    }
}

enum err tx_savepoint(struct store_tx *tx)
{
    tx->db->savepoint = words_mark(tx);
    return run(tx, TX_SAVEPOINT);
}

enum err tx_release(struct store_tx *tx)
{
    return run(tx, TX_RELEASE);
}

enum err tx_undo(struct store_tx *tx)
{
    blob_done(tx);
    words_undo(tx, tx->db->savepoint);
    if (sqlite3_get_autocommit(tx->db->handle)) return ERR_IO;
    enum err e = run(tx, TX_UNDO);
    return e ? e : tx_release(tx);
}
