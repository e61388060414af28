/* Slow, large, many, and stopping: what a server lives through. */
/* links: http base */
#include "http_support.h"

#include <pthread.h>
#include <stdatomic.h>

#define LARGE ((size_t)4 << 20)

static atomic_int inside;

static void answer_hello(struct http_request *r, void *context)
{
    (void)context;
    http_answer_html(r, 200, STR("hello"));
}

static void answer_slow(struct http_request *r, void *context)
{
    (void)context;
    atomic_fetch_add(&inside, 1);
    test_sleep_ms(600);
    http_answer_html(r, 200, STR("slow"));
    atomic_fetch_sub(&inside, 1);
}

static void answer_length(struct http_request *r, void *context)
{
    (void)context;
    struct str body = STR_NONE;
    atomic_fetch_add(&inside, 1);
    enum err e = http_body(r, &body);
    if (e) {
        http_fail(r, e);
    } else {
        char text[32];
        int n = snprintf(text, sizeof text, "%zu", body.bytes);
        http_answer_json(r, 200, (struct str){text, (size_t)n});
    }
    atomic_fetch_sub(&inside, 1);
}

/* Refuses without looking at the body. */
static void answer_unread(struct http_request *r, void *context)
{
    (void)context;
    http_fail_code(r, 409, "conflict");
}

static void answer_large(struct http_request *r, void *context)
{
    (void)context;
    char *text = arena_alloc(http_arena(r), LARGE);
    if (!text) {
        http_fail(r, ERR_NOMEM);
        return;
    }
    memset(text, 'x', LARGE);
    http_answer_json(r, 200, (struct str){text, LARGE});
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", HTTP_PUBLIC, 0, answer_hello, ""},
    {HTTP_GET, "/slow", HTTP_PUBLIC, 0, answer_slow, ""},
    {HTTP_POST, "/length", HTTP_PUBLIC, LARGE, answer_length, ""},
    {HTTP_POST, "/unread", HTTP_PUBLIC, LARGE, answer_unread, ""},
    {HTTP_GET, "/large", HTTP_PUBLIC, 0, answer_large, ""},
};

static struct http_server *start(struct http_options options)
{
    return test_start_with(options, routes, sizeof routes / sizeof *routes);
}

static int post_head(char *out, size_t room, const char *path, size_t bytes, const char *fields)
{
    return snprintf(out, room, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n%s\r\n", path,
                    bytes, fields);
}

static void post_start(int fd, const char *path, size_t bytes, const char *fields)
{
    char text[512];
    assert_true(test_send(fd, text, (size_t)post_head(text, sizeof text, path, bytes, fields)));
}

static struct response answer;

static void wait_inside(int wanted)
{
    for (int i = 0; i < 2000 && atomic_load(&inside) != wanted; i++) {
        test_sleep_ms(5);
    }
    assert_int_equal(atomic_load(&inside), wanted);
}

/* A client may have its answer a moment before the body is given back. */
static void wait_held(struct http_server *s, int64_t wanted, struct http_stats *stats)
{
    http_stats(s, stats);
    for (int i = 0; i < 1000 && stats->body_bytes_held != wanted; i++) {
        test_sleep_ms(5);
        http_stats(s, stats);
    }
    assert_int_equal(stats->body_bytes_held, wanted);
}

/* ---- bodies ---- */

static void test_body_in_pieces(void **state)
{
    (void)state;
    struct http_server *s = start((struct http_options){.workers = 4});
    int fd = test_dial(s);
    for (int turn = 0; turn < 3; turn++) { /* the connection survives */
        post_start(fd, "/length", 300000, "");
        char piece[1000] = {0};
        for (int i = 0; i < 300; i++) {
            assert_true(test_send(fd, piece, sizeof piece));
        }
        test_read(fd, &answer, false);
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer.body, "300000");
        assert_null(test_field(&answer, "Connection"));
    }
    close(fd);
    struct http_stats stats;
    wait_held(s, 0, &stats);
    assert_int_equal(stats.requests, 3);
    http_server_stop(s, 100);
}

static void test_body_too_slow(void **state)
{
    (void)state;
    struct http_server *s = start((struct http_options){.workers = 4, .body_deadline_ms = 700});
    int fd = test_dial(s);
    int64_t from = test_now_ms();
    post_start(fd, "/length", 100, "");
    for (int i = 0; i < 6; i++) {
        (void)test_send(fd, "x", 1);
        test_sleep_ms(200);
    }
    test_read(fd, &answer, false);
    assert_int_equal(answer.status, 422);
    assert_string_equal(test_field(&answer, "Connection"), "close");
    assert_true(test_now_ms() - from < 3000);
    close(fd);
    http_server_stop(s, 100);
}

static void test_body_cut_short(void **state)
{
    (void)state;
    struct http_server *s = start((struct http_options){.workers = 4});
    int fd = test_dial(s);
    post_start(fd, "/length", 100, "");
    assert_true(test_send(fd, "xyz", 3));
    shutdown(fd, SHUT_WR);
    test_read(fd, &answer, false);
    assert_int_equal(answer.status, 422);
    close(fd);
    http_server_stop(s, 100);
}

/* The client writes everything before it reads: the answer must not be lost to a reset. */
static void test_refusal_is_readable(void **state)
{
    (void)state;
    struct http_server *s = start((struct http_options){.workers = 4});
    static char chunk[1 << 16];
    static const struct {
        const char *path;
        size_t bytes;
        int status;
    } rows[] = {{"/length", (size_t)24 << 20, 413}, {"/unread", LARGE, 409}, {"/none", LARGE, 404}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = test_dial(s);
        post_start(fd, rows[i].path, rows[i].bytes, "");
        for (size_t sent = 0; sent < rows[i].bytes; sent += sizeof chunk) {
            assert_true(test_send(fd, chunk, sizeof chunk));
        }
        test_read(fd, &answer, false);
        assert_int_equal(answer.status, rows[i].status);
        assert_string_equal(test_field(&answer, "Connection"), "close");
        close(fd);
    }
    /* and at once for who waits */
    int fd = test_dial(s);
    int64_t from = test_now_ms();
    post_start(fd, "/length", (size_t)1 << 40, "");
    test_read(fd, &answer, false);
    assert_int_equal(answer.status, 413);
    assert_true(test_now_ms() - from < 1000);
    assert_true(test_is_closed(fd, 3000));
    close(fd);
    http_server_stop(s, 100);
}

static void test_expect(void **state)
{
    (void)state;
    struct http_server *s = start((struct http_options){.workers = 4});
    int fd = test_dial(s);
    post_start(fd, "/length", 5, "Expect: 100-continue\r\n");
    test_read(fd, &answer, true);
    assert_int_equal(answer.status, 100);
    assert_true(test_send(fd, "abcde", 5));
    test_read(fd, &answer, false);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "5");
    post_start(fd, "/length", LARGE + 1, "Expect: 100-continue\r\n");
    test_read(fd, &answer, false);
    assert_int_equal(answer.status, 413);
    close(fd);
    http_server_stop(s, 100);
}

static void test_budget(void **state)
{
    (void)state;
    struct http_server *s = start(
        (struct http_options){.workers = 8, .body_budget_bytes = 1 << 20, .body_wait_ms = 400});
    int holder = test_dial(s);
    post_start(holder, "/length", (size_t)900 << 10, "");
    wait_inside(1);
    int small = test_dial(s);
    post_start(small, "/length", (size_t)100 << 10, "");
    int late = test_dial(s);
    test_sleep_ms(100); /* small has its place */
    post_start(late, "/length", (size_t)200 << 10, "");
    test_read(late, &answer, false);
    assert_int_equal(answer.status, 503);
    assert_string_equal(answer.body, "{\"code\":\"busy\"}");
    assert_string_equal(test_field(&answer, "Retry-After"), "2");
    wait_inside(2);
    test_sleep_ms(50);
    struct http_stats stats;
    wait_held(s, 1000 << 10, &stats);
    assert_int_equal(stats.workers_busy, 2);
    assert_int_equal(stats.responses_5xx, 1);
    /* one that comes while the place becomes free gets it */
    int next = test_dial(s);
    post_start(next, "/length", (size_t)200 << 10, "");
    test_sleep_ms(100);
    static char zeros[(size_t)900 << 10];
    assert_true(test_send(holder, zeros, sizeof zeros));
    test_read(holder, &answer, false);
    assert_int_equal(answer.status, 200);
    assert_true(test_send(next, zeros, (size_t)200 << 10));
    test_read(next, &answer, false);
    assert_int_equal(answer.status, 200);
    assert_true(test_send(small, zeros, (size_t)100 << 10));
    test_read(small, &answer, false);
    assert_int_equal(answer.status, 200);
    /* larger than the whole budget: alone, but it gets in */
    int alone = test_dial(s);
    post_start(alone, "/length", LARGE, "");
    for (size_t sent = 0; sent < LARGE; sent += (size_t)512 << 10) {
        assert_true(test_send(alone, zeros, (size_t)512 << 10));
    }
    test_read(alone, &answer, false);
    assert_int_equal(answer.status, 200);
    close(holder), close(small), close(late), close(next), close(alone);
    wait_held(s, 0, &stats);
    http_server_stop(s, 100);
}

/* ---- answers ---- */

static void test_large_answer(void **state)
{
    (void)state;
    struct http_server *s = start((struct http_options){.workers = 2});
    int fd = test_dial(s);
    const char text[] = "GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert_true(test_send(fd, text, sizeof text - 1));
    test_sleep_ms(200); /* everything that the kernel takes is full now */
    size_t total = 0;
    static char chunk[8192];
    for (ssize_t n; (n = recv(fd, chunk, sizeof chunk, 0)) > 0;) {
        total += (size_t)n;
        if (total < 100000) {
            test_sleep_ms(1);
        }
    }
    assert_true(total > LARGE && total < LARGE + 4096);
    close(fd);
    /* a client that leaves in the middle does no harm */
    fd = test_dial(s);
    assert_true(test_send(fd, text, sizeof text - 1));
    assert_true(recv(fd, chunk, 1000, 0) > 0);
    close(fd);
    assert_int_equal(test_get(s, "/", "")->status, 200);
    http_server_stop(s, 100);
}

/* ---- many ---- */

struct crowd {
    struct http_server *server;
    int requests;
    atomic_int good;
};

static void *crowd_member(void *context)
{
    struct crowd *crowd = context;
    struct response *r = malloc(sizeof *r);
    int fd = test_dial_port(test_port(crowd->server));
    const char get[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char post[] = "POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n";
    static const char zeros[40000];
    int tries = 0;
    for (int i = 0; r && fd >= 0 && i < crowd->requests && tries < 10 * crowd->requests; tries++) {
        bool ok = i % 4 == 3 ? test_send(fd, post, sizeof post - 1) && test_send(fd, zeros, 40000)
                             : test_send(fd, get, sizeof get - 1);
        test_read(fd, r, false);
        if (r->status != 0) {
            crowd->good += ok && r->status == 200;
            i++;
        }
        /* a kept connection may be taken back at any time */
        if (r->status == 0 || test_field(r, "Connection")) {
            close(fd);
            fd = test_dial_port(test_port(crowd->server));
        }
    }
    close(fd);
    free(r);
    return NULL;
}

static void run_crowd(unsigned workers, int members, int requests)
{
    struct crowd crowd = {.requests = requests};
    crowd.server = start((struct http_options){.workers = workers});
    pthread_t thread[100];
    assert_true(members <= 100);
    for (int i = 0; i < members; i++) {
        assert_int_equal(pthread_create(&thread[i], NULL, crowd_member, &crowd), 0);
    }
    for (int i = 0; i < members; i++) {
        pthread_join(thread[i], NULL);
    }
    assert_int_equal(crowd.good, members * requests);
    http_server_stop(crowd.server, 1000);
}

static void test_hundred(void **state)
{
    (void)state;
    run_crowd(128, 100, 20);
}

/* More connections than workers: they wait in the backlog, nobody is lost. */
static void test_more_than_workers(void **state)
{
    (void)state;
    run_crowd(4, 40, 8);
}

/* As many kept connections as workers: newcomers are served at once, not when one times out. */
static void test_kept_connections_make_room(void **state)
{
    (void)state;
    struct http_server *s = start((struct http_options){.workers = 8});
    const char get[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    int fd[24];
    int64_t from = test_now_ms();
    for (int i = 0; i < 24; i++) {
        fd[i] = test_dial(s);
        assert_true(test_send(fd[i], get, sizeof get - 1));
        test_read(fd[i], &answer, false);
        assert_int_equal(answer.status, 200);
    }
    assert_true(test_now_ms() - from < 2000);
    for (int i = 0; i < 24; i++) {
        close(fd[i]);
    }
    http_server_stop(s, 100);
}

static void test_silent_clients(void **state)
{
    (void)state;
    struct http_server *s = start((struct http_options){.workers = 8});
    int idle[6];
    for (int i = 0; i < 6; i++) {
        idle[i] = test_dial(s);
        (void)test_send(idle[i], "GET / HT", (size_t)i);
    }
    assert_int_equal(test_get(s, "/", "")->status, 200);
    /* a kept connection is given up after three seconds, without a word */
    int kept = test_dial(s);
    const char get[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_true(test_send(kept, get, sizeof get - 1));
    test_read(kept, &answer, false);
    int64_t from = test_now_ms();
    assert_true(test_is_closed(kept, 6000));
    assert_true(test_now_ms() - from > 2000);
    assert_int_equal(recv(kept, answer.body, 100, 0), 0);
    for (int i = 0; i < 6; i++) {
        close(idle[i]);
    }
    close(kept);
    http_server_stop(s, 100);
}

/* ---- stopping ---- */

static void *stop_soon(void *context)
{
    test_sleep_ms(150);
    http_server_stop(context, 3000);
    return NULL;
}

static void test_stop_lets_requests_end(void **state)
{
    (void)state;
    struct http_server *s = start((struct http_options){.workers = 8});
    uint16_t port = test_port(s);
    int idle = test_dial(s);
    int half = test_dial(s);
    int kept = test_dial(s);
    int busy = test_dial(s);
    const char get[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const char slow[] = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_true(test_send(half, get, 10));
    assert_true(test_send(kept, get, sizeof get - 1));
    test_read(kept, &answer, false);
    assert_true(test_send(busy, slow, sizeof slow - 1));
    wait_inside(1);
    int64_t from = test_now_ms();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, s), 0);
    assert_true(test_is_closed(idle, 1000));
    test_read(half, &answer, false); /* half a head is told so, at once */
    assert_int_equal(answer.status, 408);
    assert_true(test_now_ms() - from < 1000);
    assert_true(test_is_closed(kept, 1000));
    int late = test_dial_port(port);
    assert_true(late < 0);
    assert_int_equal(atomic_load(&inside), 1);
    test_read(busy, &answer, false);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "slow");
    assert_string_equal(test_field(&answer, "Connection"), "close");
    pthread_join(thread, NULL);
    assert_true(test_now_ms() - from < 2500);
    close(idle), close(half), close(kept), close(busy);
}

static void test_stop_does_not_wait_for_ever(void **state)
{
    (void)state;
    struct http_server *s = start((struct http_options){.workers = 8, .body_budget_bytes = 1000});
    int upload = test_dial(s);
    int waiting = test_dial(s);
    post_start(upload, "/length", 5000, "");
    wait_inside(1);
    post_start(waiting, "/length", 5000, ""); /* for a place in the budget */
    wait_inside(2);
    int64_t from = test_now_ms();
    http_server_stop(s, 200);
    assert_true(test_now_ms() - from < 2500);
    assert_int_equal(atomic_load(&inside), 0);
    close(upload), close(waiting);
}

static void test_stop_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        int64_t from = test_now_ms();
        struct http_server *s = start((struct http_options){.workers = 32});
        if (i % 2) {
            assert_int_equal(test_get(s, "/", "")->status, 200);
        }
        http_server_stop(s, 0);
        if (test_now_ms() - from >= 1000) {
            fail_msg("turn %d: %lld ms", i, (long long)(test_now_ms() - from));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_body_in_pieces),
        cmocka_unit_test(test_body_too_slow),
        cmocka_unit_test(test_body_cut_short),
        cmocka_unit_test(test_refusal_is_readable),
        cmocka_unit_test(test_expect),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_large_answer),
        cmocka_unit_test(test_hundred),
        cmocka_unit_test(test_more_than_workers),
        cmocka_unit_test(test_kept_connections_make_room),
        cmocka_unit_test(test_silent_clients),
        cmocka_unit_test(test_stop_lets_requests_end),
        cmocka_unit_test(test_stop_does_not_wait_for_ever),
        cmocka_unit_test(test_stop_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
