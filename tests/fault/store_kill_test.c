/* A process that writes is killed at any moment, again and again: every report that it had told of
 * is in the file, and the file is sound. */
/* links: store record crypto base */
#include "../unit/store_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define ROUNDS 25
#define THREADS 4

struct writer_child {
    struct store *store;
    int pipe;
    int64_t first;
    struct town_file *t;
};

static void *write_for_ever(void *context)
{
    const struct writer_child *w = context;
    static char bytes[200000];
    for (int64_t n = w->first;; n += THREADS) {
        struct report_sample r = {.n = n,
                                  .reported_at_ms = n,
                                  .description = "道路の穴",
                                  .has_place = true,
                                  .at = {(int32_t)n, (int32_t)n}};
        if (n % 9 == 0) r.photo = (struct str){bytes, sizeof bytes};
        if (store_write(w->store, sample_write, &r) != ERR_NONE) _exit(3);
        if (write(w->pipe, &n, sizeof n) != (ssize_t)sizeof n) _exit(4);
    }
    return NULL;
}

static void child(struct town_file *t, int pipe, int64_t first)
{
    const struct store_options options = {.create = true};
    enum store_refusal refusal;
    struct writer_child w[THREADS];
    pthread_t thread[THREADS];
    struct store *s;
    t->fake.seed = (uint64_t)first; /* a name of its own for what it makes beside */
    if (store_open(t->file, &options, &t->env, &s, &refusal)) _exit(2);
    for (int i = 0; i < THREADS; i++) {
        w[i] = (struct writer_child){s, pipe, first + i, t};
        if (pthread_create(&thread[i], NULL, write_for_ever, &w[i])) _exit(5);
    }
    for (;;) { /* checkpoints and backups in the way as well */
        struct store_counts counts;
        struct store_findings findings;
        char dest[160];
        town_path(t, "copy.db", dest);
        store_checkpoint(s);
        if (store_backup(t->file, dest, &t->env, (struct store_progress){0}, &counts, &findings)) {
            _exit(6);
        }
    }
}

static void killed_again_and_again(void **state)
{
    struct town_file *t = *state;
    static bool told[1 << 20];
    int64_t next = 1, count = 0;
    town_close(t);
    for (int round = 0; round < ROUNDS; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            (void)close(ends[0]);
            child(t, ends[1], next);
        }
        (void)close(ends[1]);
        const struct timespec wait = {0, (10 + round * 37 % 150) * 1000000};
        (void)nanosleep(&wait, NULL);
        assert_int_equal(kill(pid, SIGKILL), 0);
        int64_t n, highest = next;
        while (read(ends[0], &n, sizeof n) == (ssize_t)sizeof n) {
            assert_true(n > 0 && n < (1 << 20));
            told[n] = true;
            count++;
            if (n > highest) highest = n;
        }
        (void)close(ends[0]);
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status)) print_error("it ended with %d\n", WEXITSTATUS(status));
        assert_true(WIFSIGNALED(status)); /* it had no trouble of its own */
        next = highest + 100;             /* past those written and not told */
    }
    town_reopen(t);
    struct store_counts counts;
    struct store_findings findings;
    enum store_refusal refusal;
    assert_int_equal(
        store_verify(t->file, &t->env, (struct store_progress){0}, &counts, &findings, &refusal),
        ERR_NONE);
    assert_true(counts.cases >= count);
    int64_t present = 0;
    struct arena a;
    arena_init(&a, 64u << 20);
    for (int64_t n = 1; n < next; n++) {
        if (!told[n]) continue;
        char ref[RECORD_REF_ROOM], sql[120];
        sample_ref(n, ref);
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM casefile WHERE ref = '%s'", ref);
        present += raw_number(t->file, sql);
    }
    arena_clear(&a);
    print_message("%lld told, %lld there, %lld in all\n", (long long)count, (long long)present,
                  (long long)counts.cases);
    assert_int_equal(present, count);
    assert_true(count > ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_again_and_again, town_begin, town_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
