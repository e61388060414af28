/* Owns what testing.h says: the library without the store around it. Ends the program on
 * failure. */
#include "testing.h"

#include "base/mem.h"
#include "base/must.h"
#include "store_private.h"

struct raw {
    sqlite3 *handle;
    sqlite3_stmt *put;
};

static sqlite3 *bare(const char *file)
{
    sqlite3 *handle = NULL;
    must(db_library() == ERR_NONE);
    must(sqlite3_open_v2(file, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) ==
         SQLITE_OK);
    (void)sqlite3_busy_timeout(handle, STORE_BUSY_MS);
    return handle;
}

int raw_exec(const char *file, const char *sql)
{
    sqlite3 *handle = bare(file);
    int rc = sqlite3_exec(handle, sql, NULL, NULL, NULL);
    must(sqlite3_close(handle) == SQLITE_OK);
    return rc;
}

int64_t raw_number(const char *file, const char *sql)
{
    sqlite3 *handle = bare(file);
    sqlite3_stmt *stmt = NULL;
    must(sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL) == SQLITE_OK);
    must(sqlite3_step(stmt) == SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    must(sqlite3_finalize(stmt) == SQLITE_OK);
    must(sqlite3_close(handle) == SQLITE_OK);
    return n;
}

static void plan_of(sqlite3 *handle, const char *table, unsigned which, const char *sql,
                    plan_each each, void *context)
{
    char text[4096];
    sqlite3_stmt *stmt = NULL;
    int n = snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", sql);
    must(n > 0 && (size_t)n < sizeof text);
    must(sqlite3_prepare_v2(handle, text, -1, &stmt, NULL) == SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        each(context, table, which, sql, (const char *)sqlite3_column_text(stmt, 3));
    }
    must(sqlite3_finalize(stmt) == SQLITE_OK);
}

void plans(const char *file, plan_each each, void *context)
{
    sqlite3 *handle = bare(file);
    for (unsigned t = STATEMENTS_TX + 1; t < STATEMENTS_TABLES; t++) {
        const struct statements *s = statements_of((enum statement_table)t);
        for (unsigned i = 0; i < s->count; i++) {
            must(s->sql[i]);
            plan_of(handle, s->name, i, s->sql[i], each, context);
        }
    }
    must(sqlite3_close(handle) == SQLITE_OK);
}

struct raw *raw_open(const char *file)
{
    struct raw *r = mem_array(1, sizeof *r);
    must(r);
    r->handle = bare(file);
    char sql[300];
    (void)snprintf(sql, sizeof sql,
                   "PRAGMA page_size = %d; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                   "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192; "
                   "CREATE TABLE IF NOT EXISTS one (id INTEGER PRIMARY KEY, content)",
                   STORE_PAGE_BYTES);
    must(sqlite3_exec(r->handle, sql, NULL, NULL, NULL) == SQLITE_OK);
    must(sqlite3_prepare_v2(r->handle, "INSERT INTO one (content) VALUES (?)", -1, &r->put, NULL) ==
         SQLITE_OK);
    return r;
}

void raw_put(struct raw *r, const void *bytes, size_t count, bool as_blob)
{
    if (as_blob)
        must(sqlite3_bind_blob64(r->put, 1, bytes, count, SQLITE_STATIC) == SQLITE_OK);
    else
        must(sqlite3_bind_text(r->put, 1, bytes, (int)count, SQLITE_STATIC) == SQLITE_OK);
    must(sqlite3_step(r->put) == SQLITE_DONE);
    must(sqlite3_reset(r->put) == SQLITE_OK);
}

void raw_close(struct raw *r)
{
    must(sqlite3_finalize(r->put) == SQLITE_OK);
    must(sqlite3_close(r->handle) == SQLITE_OK);
    mem_free(r);
}
