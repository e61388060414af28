/* All hashes of a town in memory.
 *
 *     hash[i]  the i-th distinct view, 32 bytes      photo[i]  which photo it is a view of
 *     key[p]   what the caller calls photo p
 *
 * One writer or any number of readers at a time, behind a lock of its own. A photo is either wholly in or
 * not at all: room is made before anything is written. Refuses more than 2^32 - 1 views.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "hash_scan.h"

#define HITS_ROOM 1024

struct image_hash_index {
    pthread_rwlock_t lock;
    struct image_hash *hash;
    uint32_t *photo;
    uint64_t *key;
    size_t views, views_room;
    size_t photos, photos_room;
};

struct image_hash_index *image_hash_index_new(void)
{
    struct image_hash_index *x = mem_array(1, sizeof *x);
    if (x && pthread_rwlock_init(&x->lock, NULL) != 0) {
        mem_free(x);
        return NULL;
    }
    return x;
}

void image_hash_index_free(struct image_hash_index *x)
{
    if (x) {
        pthread_rwlock_destroy(&x->lock);
        mem_free(x->hash);
        mem_free(x->photo);
        mem_free(x->key);
        mem_free(x);
    }
}

/* *array for `room` elements; on failure it is as it was. */
static bool grow(void *array, size_t room, size_t bytes)
{
    void *old, *grown;
    memcpy(&old, array, sizeof old);
    grown = mem_realloc(old, room * bytes);
    if (grown) {
        memcpy(array, &grown, sizeof grown);
    }
    return grown != NULL;
}

static bool make_room(struct image_hash_index *x)
{
    if (x->views + IMAGE_HASH_VIEWS > x->views_room) {
        size_t room = x->views_room ? x->views_room + x->views_room / 2 : 1024;
        if (!grow(&x->hash, room, sizeof *x->hash) || !grow(&x->photo, room, sizeof *x->photo)) {
            return false;
        }
        x->views_room = room;
    }
    if (x->photos == x->photos_room) {
        size_t room = x->photos_room ? x->photos_room + x->photos_room / 2 : 256;
        if (!grow(&x->key, room, sizeof *x->key)) {
            return false;
        }
        x->photos_room = room;
    }
    return true;
}

static bool seen_before(const struct image_hashes *h, unsigned view)
{
    for (unsigned v = 0; v < view; v++) {
        if (memcmp(&h->view[v], &h->view[view], sizeof h->view[v]) == 0) {
            return true;
        }
    }
    return false;
}

enum err image_hash_index_add(struct image_hash_index *x, uint64_t key,
                              const struct image_hashes *hashes)
{
    pthread_rwlock_wrlock(&x->lock);
    enum err err = ERR_NOMEM;
    if (x->views + IMAGE_HASH_VIEWS > UINT32_MAX) {
        err = ERR_TOO_BIG;
    } else if (make_room(x)) {
        for (unsigned v = 0; v < IMAGE_HASH_VIEWS; v++) {
            if (!seen_before(hashes, v)) {
                x->hash[x->views] = hashes->view[v];
                x->photo[x->views++] = (uint32_t)x->photos;
            }
        }
        x->key[x->photos++] = key;
        err = ERR_NONE;
    }
    pthread_rwlock_unlock(&x->lock);
    return err;
}

static int by_key_then_distance(const void *a, const void *b)
{
    const struct image_hash_match *x = a, *y = b;
    if (x->key != y->key) {
        return x->key < y->key ? -1 : 1;
    }
    return (x->distance > y->distance) - (x->distance < y->distance);
}

static int by_distance_then_key(const void *a, const void *b)
{
    const struct image_hash_match *x = a, *y = b;
    if (x->distance != y->distance) {
        return x->distance < y->distance ? -1 : 1;
    }
    return (x->key > y->key) - (x->key < y->key);
}

/* What a search has found so far: a growing list in which a key may stand several times. */
struct finds {
    struct image_hash_match *at;
    size_t count, room;
};

static bool finds_add(struct finds *f, uint64_t key, unsigned distance)
{
    if (f->count == f->room) {
        size_t room = f->room ? 2 * f->room : 64;
        if (!grow(&f->at, room, sizeof *f->at)) {
            return false;
        }
        f->room = room;
    }
    f->at[f->count++] = (struct image_hash_match){key, distance};
    return true;
}

static bool search(const struct image_hash_index *x, const struct image_hash *asked,
                   unsigned distance_max, struct finds *finds)
{
    uint32_t hits[HITS_ROOM];
    for (size_t from = 0; from < x->views;) {
        size_t count = hash_scan(x->hash, x->views, &from, asked, distance_max, hits, HITS_ROOM);
        for (size_t i = 0; i < count; i++) {
            unsigned distance = image_hash_distance(&x->hash[hits[i]], asked);
            if (!finds_add(finds, x->key[x->photo[hits[i]]], distance)) {
                return false;
            }
        }
    }
    return true;
}

/* Each key once, nearest first. */
static size_t settle(struct finds *f, struct image_hash_match *out, size_t room)
{
    if (f->count == 0) {
        return 0;
    }
    qsort(f->at, f->count, sizeof *f->at, by_key_then_distance);
    size_t distinct = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (distinct == 0 || f->at[i].key != f->at[distinct - 1].key) {
            f->at[distinct++] = f->at[i];
        }
    }
    qsort(f->at, distinct, sizeof *f->at, by_distance_then_key);
    size_t count = distinct < room ? distinct : room;
    if (count > 0) {
        memcpy(out, f->at, count * sizeof *out);
    }
    return count;
}

enum err image_hash_index_find(const struct image_hash_index *index,
                               const struct image_hashes *asked, unsigned distance_max,
                               struct image_hash_match *out, size_t room, size_t *out_count)
{
    must(distance_max <= 8 * IMAGE_HASH_BYTES);
    /* The lock is the one thing about an index that looking changes. */
    pthread_rwlock_t *lock = (pthread_rwlock_t *)(uintptr_t)&index->lock;
    struct finds finds = {NULL, 0, 0};
    pthread_rwlock_rdlock(lock);
    bool done = search(index, &asked->view[0], distance_max, &finds);
    if (done && memcmp(&asked->view[0], &asked->view[1], sizeof asked->view[0]) != 0) {
        done = search(index, &asked->view[1], distance_max, &finds);
    }
    pthread_rwlock_unlock(lock);
    if (done) {
        *out_count = settle(&finds, out, room);
    }
    mem_free(finds.at);
    return done ? ERR_NONE : ERR_NOMEM;
}

size_t image_hash_index_count(const struct image_hash_index *index)
{
    pthread_rwlock_t *lock = (pthread_rwlock_t *)(uintptr_t)&index->lock;
    pthread_rwlock_rdlock(lock);
    size_t count = index->photos;
    pthread_rwlock_unlock(lock);
    return count;
}
