/* Every allocation, write, sync and read fails once, one after another, over the whole of a town's
 * life: opening, a report with a photo, a change, a search, a backup. Whatever failed: what had
 * been acknowledged is there, and the file is sound. */
/* links: store record crypto base */
#include "../unit/store_fixture.h"

#include "base/fault.h"
#include "base/mem.h"
#include "fault_vfs.h"

#ifdef TOWNDESK_FAULTS

struct life {
    struct town_file *t;
    struct report_sample report[4];
    bool told[4]; /* acknowledged */
    bool done;    /* all went well */
};

static char photo[70000];

static enum err change(struct store_tx *tx, void *context)
{
    const struct report_sample *r = context;
    struct arena a;
    struct casefile c;
    arena_init(&a, 1 << 20);
    enum err e = store_casefile_by_id(tx, r->id, &a, &c);
    if (!e) {
        c.status = CASE_CHECKING;
        c.description = STR("changed");
        struct event event = {.casefile_id = c.id,
                              .kind = EVENT_STATUS,
                              .actor_kind = ACTOR_STAFF,
                              .origin = ORIGIN_STAFF,
                              .at_ms = 9,
                              .from_value = STR("new"),
                              .to_value = STR("checking")};
        e = store_casefile_update(tx, &c);
        if (!e) e = store_event_append(tx, &event);
    }
    arena_clear(&a);
    return e;
}

static enum err look(struct store_tx *tx, void *context)
{
    struct arena *a = context;
    struct store_casefile_query q = {.limit = 10};
    struct casefile *rows;
    size_t n;
    bool more;
    char bytes[100];
    enum err e = store_casefile_list(tx, &q, a, &rows, &n, &more);
    q.words = STR("changed");
    if (!e) e = store_casefile_list(tx, &q, a, &rows, &n, &more);
    if (!e) e = store_blob_read(tx, 1, 100, bytes, sizeof bytes);
    return e;
}

static void live(struct life *l)
{
    struct town_file *t = l->t;
    const struct store_options options = {.create = true, .readers_max = 2};
    enum store_refusal refusal;
    struct store *s;
    struct arena a;
    enum err e = store_open(t->file, &options, &t->env, &s, &refusal);
    if (e) return;
    arena_init(&a, 8 << 20);
    for (int i = 0; i < 4; i++) {
        enum err one = store_write(s, sample_write, &l->report[i]);
        l->told[i] = one == ERR_NONE;
        if (one) e = one;
    }
    if (!e) e = store_write(s, change, &l->report[1]);
    enum err seen = store_read(s, look, &a);
    if (!e) e = seen;
    store_checkpoint(s);
    char dest[160];
    struct store_counts counts;
    struct store_findings findings;
    town_path(t, "copy.db", dest);
    enum err copied = store_backup(t->file, dest, &t->env, (struct store_progress){0}, &counts,
                                   &findings);
    if (!e) e = copied;
    store_close(s);
    arena_clear(&a);
    l->done = e == ERR_NONE;
}

static void clear(struct town_file *t)
{
    DIR *dir = opendir(t->directory);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[400];
        (void)snprintf(path, sizeof path, "%s/%s", t->directory, entry->d_name);
        (void)unlink(path);
    }
    assert_int_equal(closedir(dir), 0);
}

/* No half-made file lies about. */
static void nothing_is_left_over(struct town_file *t)
{
    DIR *dir = opendir(t->directory);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        assert_null(strstr(entry->d_name, ".part"));
    }
    assert_int_equal(closedir(dir), 0);
}

static bool is_told(struct town_file *t, const struct report_sample *r)
{
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM casefile WHERE ref = '%s'", r->ref);
    return raw_number(t->file, sql) == 1;
}

static struct life begin(struct town_file *t)
{
    struct life l = {.t = t};
    for (int i = 0; i < 4; i++) {
        l.report[i] = (struct report_sample){.n = i + 1,
                                             .reported_at_ms = 1000 + i,
                                             .description = "道路の穴",
                                             .has_place = i % 2 == 0,
                                             .at = {350000000, 1390000000}};
        if (i == 0) l.report[i].photo = (struct str){photo, sizeof photo};
    }
    return l;
}

/* Without faults again: opens, is sound, and has what was told. */
static void is_sound(const struct life *l)
{
    struct town_file *t = l->t;
    struct store_counts counts;
    struct store_findings findings;
    enum store_refusal refusal;
    char dest[160];
    nothing_is_left_over(t);
    town_path(t, "copy.db", dest);
    if (access(dest, F_OK) ==
        0) { /* a backup that failed left none, or (its last sync) a whole one */
        assert_int_equal(
            store_verify(dest, &t->env, (struct store_progress){0}, &counts, &findings, &refusal),
            ERR_NONE);
    }
    if (access(t->file, F_OK) != 0) {
        for (int i = 0; i < 4; i++) assert_false(l->told[i]);
        return;
    }
    town_reopen(t);
    enum err e = store_verify(t->file, &t->env, (struct store_progress){0}, &counts, &findings,
                              &refusal);
    if (e) print_error("%s\n", findings.count ? findings.what[0] : err_name(e));
    assert_int_equal(e, ERR_NONE);
    for (int i = 0; i < 4; i++) assert_true(!l->told[i] || is_told(t, &l->report[i]));
    town_close(t);
}

static void each_write_sync_and_read_fails(void **state)
{
    struct town_file *t = *state;
    static const char *const places[] = {"store.write", "store.full",   "store.fsync",
                                         "store.read",  "store.open",   "store.truncate",
                                         "store.sync",  "store.rename", "store.commit"};
    town_close(t);
    memset(photo, 'p', sizeof photo);
    for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
        bool more = true;
        int n = 1, failures = 0;
        for (; more && n < 3000; n += 1 + n / 40) {
            char spec[64];
            clear(t);
            (void)snprintf(spec, sizeof spec, "%s:%d", places[p], n);
            struct life l = begin(t);
            assert_true(fault_arm(spec));
            live(&l);
            (void)fault_arm(NULL);
            is_sound(&l);
            failures += !l.done;
            /* Past the last pass nothing fails any more; a failed read of the schema's first page
             * and the like may be survived, so ask some more before believing it. */
            more = !l.done || n < 40;
        }
        print_message("%s: %d failures in up to %d passes\n", places[p], failures, n);
        assert_false(more);
        assert_true(failures > 0 || p > 4);
    }
}

static void each_allocation_fails(void **state)
{
    struct town_file *t = *state;
    town_close(t);
    memset(photo, 'p', sizeof photo);
    int64_t n = 0;
    for (bool more = true; more; n += 1 + n / 60) {
        clear(t);
        struct life l = begin(t);
        mem_fail_after(n);
        live(&l);
        more = mem_fail_happened();
        mem_fail_after(-1);
        is_sound(&l);
        assert_true(l.done || more);
    }
    print_message("up to %lld allocations\n", (long long)n);
}

static void a_full_disk(void **state)
{
    struct town_file *t = *state;
    struct life l = begin(t);
    assert_int_equal(store_write(t->store, sample_write, &l.report[1]), ERR_NONE);
    fault_vfs_disk_full(true);
    assert_int_equal(store_write(t->store, sample_write, &l.report[2]), ERR_IO);
    assert_int_equal(store_write(t->store, sample_write, &l.report[2]), ERR_IO);
    /* Reading goes on. */
    assert_int_equal(store_read(t->store, look, &t->arena), ERR_NOT_FOUND); /* it has no blob */
    assert_int_equal(raw_number(t->file, "SELECT count(*) FROM casefile"), 1);
    fault_vfs_disk_full(false);
    assert_int_equal(store_write(t->store, sample_write, &l.report[2]), ERR_NONE);
    l.told[1] = l.told[2] = true;
    town_close(t);
    is_sound(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_disk, town_begin, town_end),
        cmocka_unit_test_setup_teardown(each_write_sync_and_read_fails, town_begin, town_end),
        cmocka_unit_test_setup_teardown(each_allocation_fails, town_begin, town_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0; /* this build can't fail on purpose */
}

#endif
