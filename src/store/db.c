/* Owns one connection to the town's file: how SQLite is configured for the process, how a
 * connection is opened and defended, and how a result code becomes an enum err.
 *
 * Invariants: a struct db is used by one thread at a time (SQLite is compiled THREADSAFE=2); every
 * connection is DEFENSIVE, trusts no schema, can attach nothing, and after db_seal can't change the
 * schema. Values never reach the log: only SQLite's own sentence, which names columns, and the
 * place.
 */
#include <malloc.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "fault_vfs.h"
#include "store_private.h"

#define WORDS_BYTES_MAX (64u << 20)
#define QUERY_BYTES_MAX (1u << 16)
#define SCRATCH_BYTES_MAX (8u << 20)
#define CACHE_READER_KB 2048
#define CACHE_WRITER_KB 4096

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static int library_rc;

static void library_init(void);
static enum err configure(struct db *db, enum db_kind kind);
static int on_commit(void *context, sqlite3 *handle, const char *name, int pages);
static char *frozen_uri(const char *file);

enum err db_library(void)
{
    pthread_once(&library_once, library_init);
    return library_rc == SQLITE_OK ? ERR_NONE : ERR_NOMEM;
}

enum err db_open(const char *file, enum db_kind kind, const struct env *env, struct db **out)
{
    struct db *db = mem_array(1, sizeof *db);
    if (!db) return ERR_NOMEM;
    db->env = env;
    arena_init(&db->scratch, SCRATCH_BYTES_MAX);
    buf_init(&db->words.text, WORDS_BYTES_MAX);
    buf_init(&db->query_words, QUERY_BYTES_MAX);
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    flags |= kind == DB_WRITER ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    enum err e = ERR_NONE;
    char *uri = NULL;
    if (kind == DB_FROZEN) {
        flags |= SQLITE_OPEN_URI;
        uri = frozen_uri(file);
        if (!uri) e = ERR_NOMEM;
    }
    if (!e) e = db_fail(db, sqlite3_open_v2(uri ? uri : file, &db->handle, flags, NULL), "open");
    mem_free(uri);
    if (!e) e = configure(db, kind);
    if (e) {
        db_close(db);
        return e;
    }
    *out = db;
    return ERR_NONE;
}

void db_close(struct db *db)
{
    if (!db) return;
    if (db->open_blob) (void)sqlite3_blob_close(db->open_blob);
    for (size_t t = 0; t < STATEMENTS_TABLES; t++) {
        for (size_t i = 0; i < STATEMENTS_MAX; i++) (void)sqlite3_finalize(db->prepared[t][i]);
    }
    int rc = sqlite3_close(db->handle);
    must(rc == SQLITE_OK); /* a statement or blob was left open */
    arena_clear(&db->scratch);
    buf_clear(&db->words.text);
    mem_free(db->words.entry);
    buf_clear(&db->query_words);
    mem_free(db);
}

/* What may be asked for once the schema stands: reading and writing rows, FTS5's and R*Tree's own
 * statements on their tables included. */
static int authorize(void *context, int action, const char *first, const char *second,
                     const char *schema, const char *trigger)
{
    (void)context;
    (void)second;
    (void)schema;
    (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT: return SQLITE_OK;
    case SQLITE_PRAGMA: {
        static const char *const fine[] = {"data_version", "integrity_check", "foreign_key_check",
                                           "page_count", "page_size"};
        for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
            if (first && sqlite3_stricmp(first, fine[i]) == 0) return SQLITE_OK;
        }
        return SQLITE_DENY;
    }
    default: return SQLITE_DENY;
    }
}

enum err db_seal(struct db *db)
{
    return db_fail(db, sqlite3_set_authorizer(db->handle, authorize, NULL), "authorizer");
}

static enum err constraint(int rc, bool *expected)
{
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: *expected = true; return ERR_CONFLICT;
    case SQLITE_CONSTRAINT_TRIGGER: return ERR_DENIED; /* the timeline is append-only */
    default: return ERR_INPUT;                         /* a CHECK, NOT NULL or foreign key */
    }
}

enum err db_fail(struct db *db, int rc, const char *where)
{
    enum err e;
    bool expected = false;
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return ERR_NONE;
    case SQLITE_NOMEM: e = ERR_NOMEM; break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT: e = ERR_BUSY; break;
    case SQLITE_CORRUPT: e = ERR_CORRUPT; break;
    case SQLITE_NOTADB: e = ERR_INPUT; break; /* somebody else's file, not a broken one of ours */
    case SQLITE_TOOBIG: e = ERR_TOO_BIG; break;
    case SQLITE_CONSTRAINT: e = constraint(rc, &expected); break;
    case SQLITE_IOERR: e = rc == SQLITE_IOERR_NOMEM ? ERR_NOMEM : ERR_IO; break;
    default: e = ERR_IO; break;
    }
    if (!expected) {
        log_line(db->env->log, LOG_ERROR, "what=\"store: %s\" at=%s sqlite=%d error=%s",
                 db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc), where, rc,
                 err_name(e));
    }
    return e;
}

enum err db_exec(struct db *db, const char *sql)
{
    return db_fail(db, sqlite3_exec(db->handle, sql, NULL, NULL, NULL), "exec");
}

enum err db_number(struct db *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
    enum err e = db_fail(db, rc, "number");
    if (!e && rc != SQLITE_ROW) e = ERR_CORRUPT;
    if (!e) *out = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    return e;
}

#ifdef TOWNDESK_FAULTS
/* The library's memory goes through the one door, so that a test can make any allocation fail. */
static void *lib_alloc(int bytes)
{
    return mem_alloc((size_t)bytes);
}

static void *lib_realloc(void *at, int bytes)
{
    return mem_realloc(at, (size_t)bytes);
}

static int lib_size(void *at)
{
    return at ? (int)malloc_usable_size(at) : 0;
}

static int lib_roundup(int bytes)
{
    return (bytes + 7) & ~7;
}

static int lib_init(void *context)
{
    (void)context;
    return SQLITE_OK;
}

static void lib_shutdown(void *context)
{
    (void)context;
}

static const sqlite3_mem_methods lib_memory = {lib_alloc,   mem_free, lib_realloc,  lib_size,
                                               lib_roundup, lib_init, lib_shutdown, NULL};
#endif

static void library_init(void)
{
    int rc = sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    if (rc == SQLITE_OK) rc = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (rc == SQLITE_OK) rc = sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 512, 128);
#ifdef TOWNDESK_FAULTS
    if (rc == SQLITE_OK) rc = sqlite3_config(SQLITE_CONFIG_MALLOC, &lib_memory);
#endif
    if (rc == SQLITE_OK) rc = sqlite3_initialize();
#ifdef TOWNDESK_FAULTS
    if (rc == SQLITE_OK) rc = fault_vfs_register();
#endif
    library_rc = rc;
}

static void limit(struct db *db)
{
    static const struct {
        int what, most;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, 64 << 20},    {SQLITE_LIMIT_SQL_LENGTH, 32 << 10},
        {SQLITE_LIMIT_COLUMN, 64},          {SQLITE_LIMIT_EXPR_DEPTH, 64},
        {SQLITE_LIMIT_COMPOUND_SELECT, 8},  {SQLITE_LIMIT_FUNCTION_ARG, 8},
        {SQLITE_LIMIT_ATTACHED, 0},         {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 64}, {SQLITE_LIMIT_TRIGGER_DEPTH, 8},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        (void)sqlite3_limit(db->handle, limits[i].what, limits[i].most);
    }
}

static enum err configure(struct db *db, enum db_kind kind)
{
    limit(db);
    int rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    }
    if (rc == SQLITE_OK) {
        rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    }
    if (rc == SQLITE_OK) rc = sqlite3_busy_timeout(db->handle, STORE_BUSY_MS);
    enum err e = db_fail(db, rc, "configure");
    if (e) return e;
    (void)sqlite3_wal_hook(db->handle, on_commit, db); /* also: no automatic checkpoint */
    char sql[200];
    (void)snprintf(sql, sizeof sql, "PRAGMA cell_size_check = 1; PRAGMA cache_size = -%d; %s",
                   kind == DB_WRITER ? CACHE_WRITER_KB : CACHE_READER_KB,
                   kind == DB_WRITER ? "PRAGMA synchronous = FULL" : "PRAGMA query_only = 1");
    return db_exec(db, sql);
}

static int on_commit(void *context, sqlite3 *handle, const char *name, int pages)
{
    (void)handle;
    (void)name;
    ((struct db *)context)->wal_pages = pages;
    return SQLITE_OK;
}

/* "file:<path, percent-encoded>?immutable=1" */
static char *frozen_uri(const char *file)
{
    struct buf b;
    buf_init(&b, 16384);
    buf_add_text(&b, "file:");
    for (const char *c = file; *c; c++) {
        if (*c == '/')
            buf_add_char(&b, '/');
        else
            buf_add_url(&b, (struct str){c, 1});
    }
    buf_add_text(&b, "?immutable=1");
    if (buf_err(&b)) {
        buf_clear(&b);
        return NULL;
    }
    return b.at; /* buf's memory is mem_alloc's */
}
