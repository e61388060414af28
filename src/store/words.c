/* Owns the way of a case's words into the search index.
 *
 * FTS5 writes what it holds in memory as a segment of its own whenever a savepoint or a statement
 * journal opens. Were words written where their case is, a group of eight reports would leave eight
 * small segments to be merged later, and a third of the writer's time. So the words of a
 * transaction wait here, and are written together when nothing but COMMIT follows: one segment for
 * each commit.
 *
 * Invariants: what waits belongs to the transaction that runs; a job that is undone takes its words
 * along. A search inside a writing transaction does not see that transaction's own words.
 */
#include "words.h"

#include "base/mem.h"
#include "base/text.h"

#define KEPT_BYTES_MAX (1u << 20) /* memory that stays for the next transaction */

enum { WORDS_INSERT, WORDS_UPDATE };

static const char *const sql[] = {
    [WORDS_INSERT] = "INSERT INTO casefile_words (words, rowid) VALUES (?, ?)",
    [WORDS_UPDATE] = "UPDATE casefile_words SET words = ? WHERE rowid = ?",
};
const struct statements words_statements = {"words", sql, sizeof sql / sizeof *sql};

/* The ref stands in the index twice, as it is written and in one piece, so that a beginning of it
 * is found with dashes and without. */
enum err words_put(struct store_tx *tx, int64_t id, struct str ref, const struct casefile *c,
                   struct str more_words, bool update)
{
    struct words *w = &tx->db->words;
    char plain[RECORD_REF_ROOM];
    size_t n = 0;
    for (size_t i = 0; i < ref.bytes && n < sizeof plain; i++) {
        if (ref.at[i] != '-') plain[n++] = ref.at[i];
    }
    const struct str texts[] = {
        ref, {plain, n}, c->title, c->description, c->location.address, more_words};
    if (w->count == w->room) {
        size_t room = w->room ? 2 * w->room : 64;
        struct words_entry *at = mem_realloc(w->entry, room * sizeof *at);
        if (!at) return ERR_NOMEM;
        w->entry = at;
        w->room = room;
    }
    struct words_entry *entry = &w->entry[w->count];
    *entry = (struct words_entry){.id = id, .update = update, .begin = w->text.bytes};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        enum err e = text_index_words(texts[i], &tx->db->scratch, &w->text);
        if (e) {
            words_undo(tx, (struct words_mark){w->count, entry->begin});
            return e;
        }
    }
    entry->end = w->text.bytes;
    w->count++;
    return ERR_NONE;
}

enum err words_flush(struct store_tx *tx)
{
    struct words *w = &tx->db->words;
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < w->count; i++) {
        const struct words_entry *entry = &w->entry[i];
        struct query q;
        query_begin(&q, tx, STATEMENTS_WORDS, entry->update ? WORDS_UPDATE : WORDS_INSERT);
        query_str(&q, (struct str){w->text.at + entry->begin, entry->end - entry->begin});
        query_int(&q, entry->id);
        e = query_run(&q);
    }
    words_undo(tx, (struct words_mark){0, 0});
    if (w->text.room > KEPT_BYTES_MAX) buf_clear(&w->text);
    return e;
}

struct words_mark words_mark(const struct store_tx *tx)
{
    return (struct words_mark){tx->db->words.count, tx->db->words.text.bytes};
}

void words_undo(struct store_tx *tx, struct words_mark mark)
{
    struct words *w = &tx->db->words;
    w->count = mark.count;
    w->text.err = ERR_NONE;
    w->text.bytes = mark.bytes;
    if (w->text.at) w->text.at[mark.bytes] = '\0';
}
