/* What checking is made of. */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "store_private.h"

struct verify {
    struct store_tx tx;
    struct store_progress progress;
    struct store_counts counts;
    struct store_findings *findings;
    int64_t done_bytes;
    uint8_t *room; /* for one blob */
    size_t room_bytes;
};

/* A town file of today's version for reading, wherever it lies. */
enum err verify_open(const char *file, const struct env *env, struct db **out,
                     enum store_refusal *refusal) ERR_CHECKED;

/* Any SQLite file for reading, wherever it lies. */
enum err verify_open_any(const char *file, const struct env *env, struct db **out) ERR_CHECKED;

void finding(struct store_findings *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The state of a case as its timeline has it. Values longer than the room are cut; so are the
 * row's when compared. */
#define FOLD_ROOM 128

enum { FOLD_STATUS, FOLD_CATEGORY, FOLD_DEPARTMENT, FOLD_ASSIGNEE, FOLD_KINDS };

struct fold {
    int64_t seq;   /* of the last event */
    bool gap;      /* an event was missing before it */
    bool reported; /* the first one was the report */
    char value[FOLD_KINDS][FOLD_ROOM];
};

void fold_begin(struct fold *f);
void fold_event(struct fold *f, int64_t seq, struct str kind, struct str to_value);

/* `row`: id, ref, status, outcome, category code, department code, assignee. NULL: they agree;
 * otherwise a sentence. */
const char *fold_compare(const struct fold *f, struct query *row);

#endif
