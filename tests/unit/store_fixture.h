/* A town file in a directory of its own, and whole reports to put into it. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/must.h"
#include "crypto/crypto.h"
#include "store/backup.h"
#include "store/store.h"
#include "testing.h"

struct town_file {
    char directory[64];
    char file[96];
    struct log log;
    struct env_fake fake;
    struct env env;
    struct store *store;
    struct arena arena;
};

static inline void town_reopen(struct town_file *t)
{
    const struct store_options options = {.create = true};
    enum store_refusal refusal;
    assert_int_equal(store_open(t->file, &options, &t->env, &t->store, &refusal), ERR_NONE);
    assert_int_equal(refusal, STORE_FINE);
}

static inline void town_close(struct town_file *t)
{
    store_close(t->store);
    t->store = NULL;
}

static inline int town_begin(void **state)
{
    struct town_file *t = calloc(1, sizeof *t);
    must(t);
    (void)snprintf(t->directory, sizeof t->directory, "/tmp/towndesk-store-XXXXXX");
    must(mkdtemp(t->directory));
    (void)snprintf(t->file, sizeof t->file, "%s/town.db", t->directory);
    t->log = (struct log){.fd = getenv("STORE_LOG") ? 2 : -1, .least = LOG_DEBUG};
    t->fake = (struct env_fake){.now_ms = 1700000000000, .seed = 7};
    t->env = env_fake(&t->fake, &t->log);
    arena_init(&t->arena, 64u << 20);
    town_reopen(t);
    *state = t;
    return 0;
}

static inline int town_end(void **state)
{
    struct town_file *t = *state;
    town_close(t);
    arena_clear(&t->arena);
    DIR *dir = opendir(t->directory);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        char path[400];
        (void)snprintf(path, sizeof path, "%s/%s", t->directory, entry->d_name);
        (void)unlink(path);
    }
    if (dir) (void)closedir(dir);
    (void)rmdir(t->directory);
    free(t);
    return 0;
}

static inline void town_path(const struct town_file *t, const char *name, char out[160])
{
    (void)snprintf(out, 160, "%s/%s", t->directory, name);
}

/* A report as desk writes it; n makes it one of its kind. */
struct report_sample {
    int64_t n;
    int64_t category_id, department_id;
    const char *description, *more_words;
    int64_t reported_at_ms;
    bool has_place;
    struct position at;
    struct str photo; /* bytes; "" none */
    int64_t id;       /* out */
    char ref[RECORD_REF_ROOM];
};

static inline void sample_ref(int64_t n, char out[RECORD_REF_ROOM])
{
    static const char letters[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    uint64_t x = (uint64_t)n * 0x9E3779B97F4A7C15u ^ 0x1234567;
    for (int i = 0; i < 11; i++) {
        out[i] = i == 3 || i == 7 ? '-' : letters[x % 31];
        if (i != 3 && i != 7) x = x / 31 + (x << 7);
    }
    out[11] = '\0';
}

static inline struct casefile sample_casefile(const struct report_sample *r)
{
    struct casefile c = {
        .status = CASE_NEW,
        .category_id = r->category_id,
        .department_id = r->department_id,
        .title = str_of("t"),
        .description = str_of(r->description ? r->description : ""),
        .location = {.known = r->has_place,
                     .at = r->at,
                     .accuracy_m = -1,
                     .source = r->has_place ? LOCATION_PIN : LOCATION_NONE,
                     .address = STR("")},
        .locale = STR("ja"),
        .origin = ORIGIN_PAGE,
        .reported_at_ms = r->reported_at_ms,
        .updated_at_ms = r->reported_at_ms,
        .photo_count = r->photo.bytes ? 1 : 0,
        .thumb_photo = STR(""),
    };
    sample_ref(r->n, c.ref);
    return c;
}

static inline enum err sample_write(struct store_tx *tx, void *context)
{
    struct report_sample *r = context;
    struct casefile c = sample_casefile(r);
    struct event reported = {.kind = EVENT_REPORTED,
                             .actor_kind = ACTOR_RESIDENT,
                             .origin = ORIGIN_PAGE,
                             .at_ms = r->reported_at_ms,
                             .is_public = true,
                             .text = c.description};
    struct contact contact = {STR("山田"), STR("yamada@example.org"), STR("")};
    uint8_t key[32], body[32];
    crypto_sha256(&r->n, sizeof r->n, key);
    crypto_sha256(key, sizeof key, body);
    enum err e = store_casefile_insert(tx, &c, str_of(r->more_words ? r->more_words : ""), &r->id);
    reported.casefile_id = r->id;
    if (!e) e = store_event_append(tx, &reported);
    if (!e && r->category_id) {
        struct event by = reported;
        by.kind = EVENT_CATEGORY;
        by.to_value = STR("pothole");
        by.text = STR("");
        e = store_event_append(tx, &by);
    }
    if (!e && r->department_id) {
        struct event by = reported;
        by.kind = EVENT_DEPARTMENT;
        by.to_value = STR("roads");
        by.text = STR("");
        e = store_event_append(tx, &by);
    }
    if (!e) e = store_contact_put(tx, r->id, &contact);
    if (!e && r->photo.bytes) {
        struct photo p = {.casefile_id = r->id,
                          .position = 1,
                          .format = PHOTO_JPEG,
                          .width = 4000,
                          .height = 3000,
                          .orientation = 1,
                          .location = PHOTO_LOCATION_NONE,
                          .taken_at = STR(""),
                          .can_show = true,
                          .received_at_ms = r->reported_at_ms};
        int64_t photo_id;
        (void)snprintf(p.public_id, sizeof p.public_id, "photo%017lld", (long long)r->n);
        crypto_sha256(r->photo.at, r->photo.bytes, p.sha256);
        e = store_photo_insert(tx, &p, r->photo, (struct str){(const char *)key, 32}, &photo_id);
    }
    if (!e) e = store_idempotency_put(tx, key, body, r->id, STR("{}"), r->reported_at_ms);
    if (!e) memcpy(r->ref, c.ref, sizeof r->ref);
    return e;
}

static inline enum err town_basics(struct store_tx *tx, void *context)
{
    int64_t *ids = context; /* category, department */
    const struct department d = {.code = STR("roads"), .name = {STR("道路課"), STR("Roads")}};
    struct category c = {.code = STR("pothole"), .name = {STR("穴"), STR("Pothole")}};
    enum err e = store_department_put(tx, &d, &ids[1]);
    c.department_id = ids[1];
    return e ? e : store_category_put(tx, &c, &ids[0]);
}

#endif
