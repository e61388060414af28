/* The words of cases, on their way into the search index. */
#ifndef STORE_WORDS_H
#define STORE_WORDS_H

#include "store_private.h"

/* Keeps the words of a case until words_flush: its ref, title, description, address and more_words.
 * `update`: the case has words already. */
enum err words_put(struct store_tx *tx, int64_t id, struct str ref, const struct casefile *c,
                   struct str more_words, bool update) ERR_CHECKED;

/* Writes what was kept; the last thing before COMMIT. */
enum err words_flush(struct store_tx *tx) ERR_CHECKED;

/* Forgets what was kept since the mark. */
struct words_mark words_mark(const struct store_tx *tx);
void words_undo(struct store_tx *tx, struct words_mark mark);

#endif
