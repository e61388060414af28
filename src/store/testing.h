/* What tests and benches see of the store's inside, and plain SQL for them to look at a file, to
 * damage it, and to measure the library alone. No executable of ours links this.
 */
#ifndef STORE_TESTING_H
#define STORE_TESTING_H

#include "migration.h"
#include "store/store.h"

/* store_open with migrations of one's own. */
enum err store_open_with(const char *file, const struct store_options *options,
                         const struct env *env, const struct migration *list, size_t count,
                         struct store **out, enum store_refusal *refusal) ERR_CHECKED;

/* Runs SQL on a connection of its own, without any defence; 0 or SQLite's code. */
int raw_exec(const char *file, const char *sql);

/* What a statement answers with as its first column's number; ends the program when it can't. */
int64_t raw_number(const char *file, const char *sql);

/* Calls `each` for every line of EXPLAIN QUERY PLAN of every statement of the store; ends the
 * program when one does not compile. */
typedef void (*plan_each)(void *context, const char *table, unsigned which, const char *sql,
                          const char *line);
void plans(const char *file, plan_each each, void *context);

/* The library alone, for the benches: one table, one row and one commit each time, with the page
 * size and the log of the store. */
struct raw;
struct raw *raw_open(const char *file);
void raw_put(struct raw *r, const void *bytes, size_t count, bool as_blob);
void raw_close(struct raw *r);

#endif
