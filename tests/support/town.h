/* A desk on a real file in a folder of its own, for tests. Include after cmocka.h.
 *
 *     struct town_fixture t;
 *     town_open(&t);  …  town_close(&t);
 */
#ifndef SUPPORT_TOWN_H
#define SUPPORT_TOWN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/env.h"
#include "desk/desk.h"
#include "store/store.h"

struct town_fixture {
    char folder[64], file[96];
    struct log log;
    struct env_fake fake; /* time stands still at 2026-11-22T03:00:00Z until moved */
    struct env env;
    struct store *store;
    struct desk *desk;
    struct arena a;
};

static inline void town_reopen(struct town_fixture *t)
{
    enum store_refusal refusal;
    struct store_options store_options = {.create = true};
    struct desk_options desk_options = {.pixel_workers = 2};
    assert_int_equal(store_open(t->file, &store_options, &t->env, &t->store, &refusal), ERR_NONE);
    assert_int_equal(desk_open(t->store, &desk_options, &t->env, &t->desk), ERR_NONE);
    assert_int_equal(desk_town_begin(t->desk), ERR_NONE);
}

static inline void town_open(struct town_fixture *t)
{
    *t = (struct town_fixture){.log = {.fd = 2, .least = LOG_ERROR},
                               .fake = {.now_ms = 1795316400000, .seed = 311}};
    snprintf(t->folder, sizeof t->folder, "/tmp/towndesk-test-XXXXXX");
    assert_non_null(mkdtemp(t->folder));
    snprintf(t->file, sizeof t->file, "%s/town.db", t->folder);
    t->env = env_fake(&t->fake, &t->log);
    arena_init(&t->a, 256 << 20);
    town_reopen(t);
}

static inline void town_shut(struct town_fixture *t)
{
    desk_close(t->desk);
    store_close(t->store);
}

static inline void town_close(struct town_fixture *t)
{
    town_shut(t);
    arena_clear(&t->a);
    const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", t->file, ends[i]);
        unlink(name);
    }
    rmdir(t->folder);
}

#endif
