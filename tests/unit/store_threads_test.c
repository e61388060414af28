/* Many threads and a second process at once: nothing is lost, every reader sees one moment, the
 * version tells, and a store that closes finishes what waits. */
/* links: store record crypto base */
#include "store_fixture.h"

#include <pthread.h>
#include <sys/wait.h>

#define WRITERS 6
#define READERS 4
#define EACH 40

struct crew {
    struct town_file *t;
    int64_t first;
    _Atomic bool *stop;
    int64_t wrote;
};

static enum err fails_after_writing(struct store_tx *tx, void *context)
{
    struct report_sample r = *(struct report_sample *)context;
    enum err e = sample_write(tx, &r);
    return e ? e : ERR_TOO_BIG;
}

static void *write_reports(void *context)
{
    struct crew *c = context;
    for (int64_t i = 0; i < EACH; i++) {
        struct report_sample r = {.n = c->first + i,
                                  .reported_at_ms = 1000 + i,
                                  .description = "道路の穴",
                                  .has_place = true,
                                  .at = {(int32_t)i, (int32_t)c->first}};
        if (i % 5 == 0) must(store_write(c->t->store, fails_after_writing, &r) == ERR_TOO_BIG);
        uint64_t before = store_version(c->t->store);
        must(store_write(c->t->store, sample_write, &r) == ERR_NONE);
        must(store_version(c->t->store) != before);
        c->wrote++;
    }
    return NULL;
}

/* A case has its first event, its contact and its counter, or is not there. */
static enum err one_moment(struct store_tx *tx, void *context)
{
    struct arena *a = context;
    int64_t counts[CASE_STATUS_COUNT], again[CASE_STATUS_COUNT];
    const struct store_casefile_query q = {.limit = 1};
    struct casefile *rows;
    struct event *events;
    struct contact contact;
    size_t n;
    bool more;
    enum err e = store_casefile_counts(tx, 0, counts);
    if (!e) e = store_casefile_list(tx, &q, a, &rows, &n, &more);
    if (!e && n) {
        e = store_event_list(tx, rows[0].id, false, a, &events, &n);
        must(e || n == 1);
        if (!e) e = store_contact_get(tx, rows[0].id, a, &contact);
    }
    if (!e) e = store_casefile_counts(tx, 0, again);
    must(e || memcmp(counts, again, sizeof counts) == 0);
    return e;
}

static void *read_on(void *context)
{
    struct crew *c = context;
    struct arena a;
    struct store_stats stats;
    arena_init(&a, 8 << 20);
    while (!*c->stop) {
        must(store_read(c->t->store, one_moment, &a) == ERR_NONE);
        arena_reset(&a);
        store_stats(c->t->store, &stats);
        (void)store_version(c->t->store);
        store_checkpoint(c->t->store);
    }
    arena_clear(&a);
    return NULL;
}

static void many_threads_and_another_process(void **state)
{
    struct town_file *t = *state;
    town_close(t);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) { /* as towndesk ingest would, beside the server */
        town_reopen(t);
        struct crew c = {.t = t, .first = 100000};
        (void)write_reports(&c);
        town_close(t);
        _exit(0);
    }
    town_reopen(t);
    _Atomic bool stop = false;
    struct crew writers[WRITERS], readers[READERS];
    pthread_t thread[WRITERS + READERS];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct crew){.t = t, .first = 1 + i * 1000};
        assert_int_equal(pthread_create(&thread[i], NULL, write_reports, &writers[i]), 0);
    }
    for (int i = 0; i < READERS; i++) {
        readers[i] = (struct crew){.t = t, .stop = &stop};
        assert_int_equal(pthread_create(&thread[WRITERS + i], NULL, read_on, &readers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) assert_int_equal(pthread_join(thread[i], NULL), 0);
    stop = true;
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(thread[WRITERS + i], NULL), 0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    struct store_counts counts;
    struct store_findings findings;
    enum store_refusal refusal;
    assert_int_equal(
        store_verify(t->file, &t->env, (struct store_progress){0}, &counts, &findings, &refusal),
        ERR_NONE);
    assert_int_equal(counts.cases, (WRITERS + 1) * EACH);
    struct store_stats stats;
    store_stats(t->store, &stats);
    assert_true(stats.commits <= stats.jobs);
}

static enum err hold(struct store_tx *tx, void *context)
{
    (void)tx;
    _Atomic int *state = context;
    *state = 1;
    while (*state == 1) (void)usleep(1000);
    return ERR_NONE;
}

static void *hold_reader(void *context)
{
    void **both = context;
    must(store_read(both[0], hold, both[1]) == ERR_NONE);
    return NULL;
}

static enum err nothing(struct store_tx *tx, void *context)
{
    (void)tx;
    (void)context;
    return ERR_NONE;
}

static void a_reader_waits_its_turn(void **state)
{
    struct town_file *t = *state;
    town_close(t);
    const struct store_options options = {.readers_max = 1};
    enum store_refusal refusal;
    assert_int_equal(store_open(t->file, &options, &t->env, &t->store, &refusal), ERR_NONE);
    _Atomic int held = 0;
    void *both[2] = {t->store, &held};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, hold_reader, both), 0);
    while (held == 0) (void)usleep(1000);
    assert_int_equal(store_read(t->store, nothing, NULL), ERR_BUSY); /* after 5 s */
    held = 2;
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(store_read(t->store, nothing, NULL), ERR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_threads_and_another_process, town_begin, town_end),
        cmocka_unit_test_setup_teardown(a_reader_waits_its_turn, town_begin, town_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
