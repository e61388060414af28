/* Event streams: two hundred listeners on a server with few workers, slow ones, and the end. */
/* links: http base */
#include "http_support.h"

#include <sys/resource.h>

#include "hub.h"

#define LISTENERS 200

static void answer_events(struct http_request *r, void *context)
{
    (void)context;
    http_answer_events(r);
}

static void answer_hello(struct http_request *r, void *context)
{
    (void)context;
    http_answer_html(r, 200, STR("hello"));
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", HTTP_PUBLIC, 0, answer_hello, ""},
    {HTTP_GET, "/events", HTTP_PUBLIC, 0, answer_events, ""},
    {HTTP_GET, "/staff/events", HTTP_STAFF, 0, answer_events, ""},
};

static struct http_server *start(unsigned workers)
{
    const struct http_options options = {.workers = workers};
    return test_start_with(options, routes, sizeof routes / sizeof *routes);
}

static struct response answer;

static int listen_to(const struct http_server *s)
{
    int fd = test_dial(s);
    const char text[] = "GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n";
    assert_true(test_send(fd, text, sizeof text - 1));
    test_read(fd, &answer, true);
    assert_int_equal(answer.status, 200);
    assert_string_equal(test_field(&answer, "Content-Type"), "text/event-stream");
    assert_string_equal(test_field(&answer, "Cache-Control"), "no-store");
    assert_string_equal(test_field(&answer, "Connection"), "close");
    assert_null(test_field(&answer, "Content-Length"));
    return fd;
}

static void expect_text(int fd, const char *text)
{
    char got[512];
    size_t want = strlen(text);
    assert_true(want < sizeof got);
    ssize_t n = recv(fd, got, want, MSG_WAITALL);
    got[n > 0 ? n : 0] = '\0';
    assert_string_equal(got, text);
}

static int64_t listeners(struct http_server *s)
{
    struct http_stats stats;
    http_stats(s, &stats);
    return stats.listeners;
}

static void wait_listeners(struct http_server *s, int64_t wanted)
{
    for (int i = 0; i < 1000 && listeners(s) != wanted; i++) {
        test_sleep_ms(5);
    }
    assert_int_equal(listeners(s), wanted);
}

static void test_two_hundred(void **state)
{
    (void)state;
    struct http_server *s = start(4);
    static int fd[LISTENERS];
    for (int i = 0; i < LISTENERS; i++) {
        fd[i] = listen_to(s);
        expect_text(fd[i], "retry: 3000\n\n");
    }
    assert_int_equal(listeners(s), LISTENERS);
    assert_int_equal(test_get(s, "/", "")->status, 200); /* the workers are free */
    for (int64_t id = 1; id <= 20; id++) {
        http_broadcast(s, id, "case", STR("{\"ref\":\"K7Q\"}"));
    }
    http_broadcast(s, 21, "case", STR("two\r\nlines"));
    for (int i = 0; i < LISTENERS; i++) {
        for (int id = 1; id <= 20; id++) {
            char event[64];
            snprintf(event, sizeof event, "id: %d\nevent: case\ndata: {\"ref\":\"K7Q\"}\n\n", id);
            expect_text(fd[i], event);
        }
        expect_text(fd[i], "id: 21\nevent: case\ndata: two\ndata: lines\n\n");
    }
    /* half of them leave; what they had to say is not read as anything */
    for (int i = 0; i < LISTENERS; i += 2) {
        (void)test_send(fd[i], "GET / HTTP/1.1\r\n\r\n", 18);
        close(fd[i]);
    }
    wait_listeners(s, LISTENERS / 2);
    http_broadcast(s, 22, "x", STR(""));
    for (int i = 1; i < LISTENERS; i += 2) {
        expect_text(fd[i], "id: 22\nevent: x\ndata: \n\n");
    }
    http_server_stop(s, 100);
    for (int i = 1; i < LISTENERS; i += 2) {
        assert_true(test_is_closed(fd[i], 1000));
        close(fd[i]);
    }
}

static void test_slow_listener_is_dropped(void **state)
{
    (void)state;
    struct http_server *s = start(4);
    int slow = listen_to(s);
    int fine = listen_to(s);
    static char data[32 * 1024];
    memset(data, 'x', sizeof data);
    static char sink[1 << 16];
    int64_t last = 0;
    while (listeners(s) == 2 && last < 2000) {
        http_broadcast(s, ++last, "x", (struct str){data, sizeof data});
        for (size_t want = sizeof data; want > 0;) {
            ssize_t n = recv(fine, sink, want < sizeof sink ? want : sizeof sink, 0);
            assert_true(n > 0);
            want -= (size_t)n;
        }
    }
    assert_int_equal(listeners(s), 1);
    assert_int_equal(test_get(s, "/", "")->status, 200);
    close(slow);
    close(fine);
    wait_listeners(s, 0);
    http_server_stop(s, 100);
}

static void test_refusals(void **state)
{
    (void)state;
    struct http_server *s = start(4);
    assert_int_equal(test_get(s, "/staff/events", "")->status, 401);
    assert_int_equal(test_ask(s, "HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n")->status, 503);
    http_broadcast(s, 1, "nobody", STR("listens"));
    static char huge[100000];
    memset(huge, 'x', sizeof huge);
    http_broadcast(s, 2, "huge", (struct str){huge, sizeof huge});
    http_server_stop(s, 100);
}

static void test_hub_alone(void **state)
{
    (void)state;
    struct hub *h = NULL;
    assert_int_equal(hub_new(&(struct hub_options){.tick_ms = 1000}, &h), ERR_NONE);
    for (int i = 0; i < HUB_LISTENERS_MAX; i++) {
        assert_true(hub_reserve(h));
    }
    assert_false(hub_reserve(h));
    assert_int_equal(hub_count(h), HUB_LISTENERS_MAX);
    for (int i = 0; i < HUB_LISTENERS_MAX; i++) {
        hub_unreserve(h);
    }
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    assert_true(hub_reserve(h));
    hub_adopt(h, pair[0], NULL);
    hub_send(h, STR("first\n\n"));
    hub_close(h);
    assert_int_equal(hub_count(h), 0);
    char text[16];
    assert_int_equal(recv(pair[1], text, sizeof text, MSG_WAITALL), 7);
    close(pair[1]);
    /* too late */
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    assert_true(hub_reserve(h));
    hub_adopt(h, pair[0], NULL);
    assert_int_equal(hub_count(h), 0);
    assert_int_equal(recv(pair[1], text, sizeof text, 0), 0);
    close(pair[1]);
    hub_free(h);
}

int main(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 1024) {
        files.rlim_cur = files.rlim_max < 1024 ? files.rlim_max : 1024;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_hundred),
        cmocka_unit_test(test_slow_listener_is_dropped),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_hub_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
