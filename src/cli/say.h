/* What several commands say: why a town's file was refused, how far long work has come, what a file
 * holds. And the few things about files that they share.
 */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include "command.h"

#include "base/buf.h"
#include "store/backup.h"
#include "store/store.h"

/* Says why `file` could not be opened, in a sentence and with what to do about it; CLI_FAILED. */
enum cli_exit say_refusal(const struct cli *cli, const char *file, enum store_refusal why,
                          enum err e);

/* Opens an existing town (read and write); NULL: it has been said why not. */
struct store *open_town(const struct cli *cli, const char *file);

/* ---- a bar on a terminal; nothing anywhere else ---- */

struct progress {
    FILE *out;        /* NULL: nobody watches */
    const char *what; /* "copying" */
    const struct env *env;
    int64_t drawn_ms;
    int columns; /* that the last drawing took */
};

void progress_begin(struct progress *p, const struct cli *cli, const char *what);
void progress_step(struct progress *p, int64_t done, int64_t total); /* total 0: unknown */
void progress_end(struct progress *p);                               /* takes the bar away */

/* The same for store's long work. */
struct store_progress progress_of_store(struct progress *p);

/* ---- what backup, verify and restore answer ---- */

/* Puts what was printed on cli->out; a buffer that failed is said on cli->err instead. */
enum cli_exit say_buf(const struct cli *cli, const struct buf *b);

/* One line of JSON with --json, sentences without; on cli->out. */
enum cli_exit say_counts(const struct cli *cli, bool as_json, const char *file,
                         const char *sentence, const struct store_counts *counts);
/* What was found wrong; to cli->out as JSON, to cli->err as sentences. */
void say_findings(const struct cli *cli, bool as_json, const char *file,
                  const struct store_findings *findings);

#endif
