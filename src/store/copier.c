/* Owns the thread that copies the write-ahead log into the database while the writer goes on.
 *
 * Under a stream of photos the log reaches its limit several times a second; copying 64 MB between two
 * groups made every sender wait for the disk to write everything a second time. SQLite lets one
 * connection copy (PASSIVE) while another appends, so here is one. When little is left the writer
 * copies the rest itself, which is what lets the log begin anew.
 *
 * Invariants: one pass at a time; it never waits for the writer; a failed pass is logged and is as if
 * it had copied nothing.
 */
#include "base/must.h"
#include "store_private.h"

static void pass(struct store *s)
{
    struct copier *c = &s->copier;
    int in_log = 0, done = 0;
    enum err e = ERR_NONE;
    if (!c->db) {
        e = db_open(s->file, DB_WRITER, s->env, &c->db);
        if (!e) e = db_seal(c->db);
    }
    if (!e) {
        int rc = sqlite3_wal_checkpoint_v2(c->db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &in_log,
                                           &done);
        e = (rc & 0xff) == SQLITE_BUSY ? ERR_BUSY : db_fail(c->db, rc, "copier");
    }
    pthread_mutex_lock(&c->lock);
    c->copied = e || done < 0 ? 0 : done;
    pthread_mutex_unlock(&c->lock);
}

static void *copier_main(void *context)
{
    struct store *s = context;
    struct copier *c = &s->copier;
    pthread_mutex_lock(&c->lock);
    while (!c->closing) {
        if (!c->wanted) {
            pthread_cond_wait(&c->changed, &c->lock);
            continue;
        }
        pthread_mutex_unlock(&c->lock);
        pass(s);
        pthread_mutex_lock(&c->lock);
        c->wanted = false;
        pthread_cond_broadcast(&c->changed);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

enum err copier_start(struct store *s)
{
    struct copier *c = &s->copier;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    if (pthread_create(&c->thread, NULL, copier_main, s)) {
        pthread_cond_destroy(&c->changed);
        pthread_mutex_destroy(&c->lock);
        return ERR_NOMEM;
    }
    c->started = true;
    return ERR_NONE;
}

void copier_stop(struct store *s)
{
    struct copier *c = &s->copier;
    if (!c->started) return;
    pthread_mutex_lock(&c->lock);
    c->closing = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    c->started = false;
    db_close(c->db);
    c->db = NULL;
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
}

void copier_ask(struct store *s)
{
    struct copier *c = &s->copier;
    pthread_mutex_lock(&c->lock);
    c->wanted = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

bool copier_busy(struct store *s, bool wait, int *copied)
{
    struct copier *c = &s->copier;
    pthread_mutex_lock(&c->lock);
    while (wait && c->wanted && !c->closing) pthread_cond_wait(&c->changed, &c->lock);
    bool busy = c->wanted;
    *copied = c->copied;
    pthread_mutex_unlock(&c->lock);
    return busy;
}

void copier_forget(struct store *s)
{
    pthread_mutex_lock(&s->copier.lock);
    s->copier.copied = 0;
    pthread_mutex_unlock(&s->copier.lock);
}
