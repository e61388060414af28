/* What the files of store share: one connection with its prepared statements, the small language in
 * which they are run, and the parts that open, write, read and check are made of.
 *
 *     struct db      one connection, used by one thread at a time
 *     struct store_tx   a db inside BEGIN … COMMIT
 *     struct query   one run of one prepared statement inside a struct store_tx
 */
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "migration.h"
#include "store/backup.h"
#include "store/store.h"

#define STORE_APPLICATION_ID 0x746F776E /* "town" */
#define STORE_PAGE_BYTES 16384
#define STORE_BUSY_MS 8000

/* ---- statements: one table per file, in the order of that file's enum ---- */

enum statement_table {
    STATEMENTS_TX,
    STATEMENTS_TOWN,
    STATEMENTS_PERSON,
    STATEMENTS_CASEFILE,
    STATEMENTS_WORDS,
    STATEMENTS_LIST,
    STATEMENTS_EVENT,
    STATEMENTS_PHOTO,
    STATEMENTS_BLOB,
    STATEMENTS_ALIKE,
    STATEMENTS_VERIFY,
    STATEMENTS_TABLES,
};
#define STATEMENTS_MAX 32 /* of one table */

struct statements {
    const char *name;
    const char *const *sql;
    size_t count;
};
extern const struct statements tx_statements, town_statements, person_statements,
    casefile_statements, words_statements, list_statements, event_statements, photo_statements,
    blob_statements, alike_statements, verify_statements;

/* For whoever wants to see them all (a test does). */
const struct statements *statements_of(enum statement_table table);

/* ---- connections (db.c) ---- */

enum db_kind {
    DB_WRITER,
    DB_READER,
    DB_FROZEN, /* read without locks and without a write-ahead log: nobody writes the file */
};

/* Words of cases that wait for the end of the transaction; see words.c. */
struct words_entry {
    int64_t id;
    size_t begin, end; /* of words.text */
    bool update;
};
struct words {
    struct words_entry *entry;
    size_t count, room;
    struct buf text;
};
struct words_mark {
    size_t count, bytes;
};

struct db {
    sqlite3 *handle;
    const struct env *env;
    struct arena scratch; /* of one statement's making */
    struct words words;
    struct words_mark savepoint; /* what waited when the job began */
    struct buf query_words;      /* of a search */
    sqlite3_blob *open_blob;     /* inside a transaction: the blob read last */
    int64_t open_blob_id;
    int wal_pages; /* as of the last commit of this connection */
    sqlite3_stmt *prepared[STATEMENTS_TABLES][STATEMENTS_MAX];
};

/* The file must be there. Limits, DEFENSIVE and pragmas are set; nothing has been read yet. */
enum err db_open(const char *file, enum db_kind kind, const struct env *env,
                 struct db **out) ERR_CHECKED;
void db_close(struct db *db); /* NULL is fine */

/* From now on the schema can't be changed through this connection. */
enum err db_seal(struct db *db) ERR_CHECKED;

/* Turns a result code into an enum err and logs it, unless it is an expected one (a constraint
 * that is the caller's to handle). `where` is a word for the log. ERR_NONE for OK, ROW, DONE. */
enum err db_fail(struct db *db, int rc, const char *where) ERR_CHECKED;

/* Runs constant text: pragmas, BEGIN, migrations. */
enum err db_exec(struct db *db, const char *sql) ERR_CHECKED;

/* The one integer that a constant statement answers with. */
enum err db_number(struct db *db, const char *sql, int64_t *out) ERR_CHECKED;

/* sqlite3_initialize with our configuration, once for the process. */
enum err db_library(void) ERR_CHECKED;

/* ---- queries (query.c) ---- */

struct store_tx {
    struct db *db;
    bool writing;
};

/* The first failure sticks: later calls do nothing and query_end returns it. */
struct query {
    struct store_tx *tx;
    sqlite3_stmt *stmt;
    enum err err;
    int bound;
    const char *where;
};

/* The statement must not be running already. Every parameter is then bound, in order. Bound text
 * and bytes must stay as they are until query_end. */
void query_begin(struct query *q, struct store_tx *tx, enum statement_table table, unsigned which);
void query_int(struct query *q, int64_t value);
void query_int_or_null(struct query *q, int64_t value, int64_t null_value);
void query_str(struct query *q, struct str s);
void query_name(struct query *q, const char *terminated);
void query_blob(struct query *q, const void *bytes, size_t count);
void query_null(struct query *q);

bool query_row(struct query *q); /* a row stands; false: no more, or failed */
enum err query_end(struct query *q) ERR_CHECKED;
enum err query_run(struct query *q) ERR_CHECKED; /* to its end, rows are not looked at */
/* For UPDATE: no row changed is ERR_NOT_FOUND. */
enum err query_change(struct query *q) ERR_CHECKED;
/* Like query_row, but no row is ERR_NOT_FOUND. */
bool query_one(struct query *q);

int64_t column_int(struct query *q, int column); /* NULL is 0 */
bool column_is_null(struct query *q, int column);
struct str column_str(struct query *q, int column, struct arena *a); /* copied */
struct str column_borrow(struct query *q, int column);               /* until the next step */
/* Exactly count bytes, otherwise the file is corrupt. */
void column_bytes(struct query *q, int column, void *out, size_t count);
/* Text of fewer than room bytes, terminated. */
void column_text(struct query *q, int column, char *out, size_t room);
void query_corrupt(struct query *q, const char *what);

/* An enum's word of a column, with the record_…_parse of that enum. */
#define COLUMN_ENUM(q, column, parse, out)                                                         \
    do {                                                                                           \
        if (!parse(column_borrow((q), (column)), (out))) query_corrupt((q), #parse);               \
    } while (0)

/* A list that grows in an arena. */
struct rows {
    struct arena *a;
    void *at;
    size_t count, room, bytes; /* bytes: of one element */
};
struct rows rows_of(struct arena *a, size_t bytes);
/* Steps to the next row and makes a zeroed element for it; NULL: no more, or failed. */
void *rows_next(struct rows *r, struct query *q);
void *rows_add(struct rows *r); /* the element alone; NULL: no memory */

/* ---- transactions (tx.c) ---- */

enum err tx_begin(struct store_tx *tx) ERR_CHECKED; /* IMMEDIATE when writing */
enum err tx_commit(struct store_tx *tx) ERR_CHECKED;
void tx_rollback(struct store_tx *tx);
enum err tx_savepoint(struct store_tx *tx) ERR_CHECKED;
enum err tx_release(struct store_tx *tx) ERR_CHECKED;
/* Undoes what was done since the savepoint. ERR_IO: the whole transaction is gone. */
enum err tx_undo(struct store_tx *tx) ERR_CHECKED;

/* ---- the store's parts ---- */

struct job {
    store_work work;
    void *context;
    enum err err;
    bool done;
    pthread_cond_t finished;
    struct job *next;
};

struct writer {
    struct db *db;
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t arrived;
    struct job *first, *last;
    unsigned waiting;
    bool closing, checkpoint_wanted;
};

/* Copies the log beside the writer; see copier.c. */
struct copier {
    struct db *db; /* the thread's own; opened when first needed */
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    bool wanted, closing;
    int copied; /* pages of the present log that the last pass left in the database */
};

enum err copier_start(struct store *s) ERR_CHECKED;
void copier_stop(struct store *s); /* waits for a running pass */
void copier_ask(struct store *s);  /* a pass, soon */
/* Is a pass wanted or running? With `wait`, not before it has ended. */
bool copier_busy(struct store *s, bool wait, int *copied);
void copier_forget(struct store *s); /* the log begins anew */

#define READERS_MAX 64

struct readers {
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t returned;
    struct db *idle[READERS_MAX]; /* the one used last on top: its cache is warm */
    unsigned idle_count, open_count, max;
};

struct store {
    char *file;
    const struct env *env;
    bool read_only;
    struct writer writer;
    struct copier copier;
    struct readers readers;

    pthread_mutex_t version_lock; /* of version_db and data_version */
    struct db *version_db;
    int64_t data_version;
    _Atomic uint64_t version;
    _Atomic int64_t version_checked_ms;

    _Atomic int64_t commits, jobs, readers_busy;
};

enum err writer_start(struct store *s) ERR_CHECKED;
void writer_stop(struct store *s); /* after all queued jobs */

void readers_init(struct readers *r, unsigned max);
void readers_clear(struct readers *r);

/* Looks whether anything was committed since, at once. */
void version_refresh(struct store *s);

/* Waits at most ms for the condition; the lock is held. false: time is over. The condition must be
 * made with wait_cond_init. */
bool wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms);
void wait_cond_init(pthread_cond_t *cond);

/* ---- opening ---- */

/* Brings the file to the newest version of the list, or (not may_write) only checks that it is. */
enum err migrate(struct db *db, const char *file, const struct migration *list, size_t count,
                 bool may_write, enum store_refusal *refusal) ERR_CHECKED;

/* What to tell of a file that could not be opened, unless it is known already. */
enum store_refusal refusal_of(enum err e, enum store_refusal known);

/* ---- files (file.c) ---- */

enum err file_sync(const char *path) ERR_CHECKED;
enum err file_sync_directory(const char *path_in_it) ERR_CHECKED;
/* Renames, then syncs the directory. */
enum err file_rename(const char *from, const char *to) ERR_CHECKED;
int64_t file_bytes(const char *path); /* 0 when there is none */
bool file_is_there(const char *path);
bool file_same(const char *a, const char *b);
bool file_directory_writable(const char *path_in_it);
void file_remove(const char *path); /* a database, with the files beside it; there or not */
/* Makes an empty file for the owner alone. *made is false when it was there. */
enum err file_make(const char *path, bool *made) ERR_CHECKED;
/* path + suffix, to be given to mem_free; NULL: no memory. */
char *file_name(const char *path, const char *suffix);

/* Copies the live database of `from` into a new file, page by page of one snapshot, and syncs it.
 * The copy keeps no write-ahead log. */
enum err copy_database(struct db *from, const char *to, struct store_progress progress,
                       int64_t total) ERR_CHECKED;

#endif
