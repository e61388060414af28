/* TLS: answers, old versions refused, event streams, certificates renewed while running. The other
 * side is the openssl command; where there is none, nothing is tested.
 */
/* links: http base */
#include "http_support.h"

#include <sys/stat.h>
#include <sys/wait.h>

static char folder[] = "/tmp/towndesk-tls-XXXXXX";
static char cert[64];
static char key[64];
static struct http_server *server;

static void answer_hello(struct http_request *r, void *context)
{
    (void)context;
    http_set_session(r, STR("t"), 60);
    http_answer_html(r, 200, http_is_secure(r) ? STR("secure hello\n") : STR("bare hello\n"));
}

static void answer_large(struct http_request *r, void *context)
{
    (void)context;
    static char text[1 << 20];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\n';
    http_answer_json(r, 200, (struct str){text, sizeof text});
}

static void answer_length(struct http_request *r, void *context)
{
    (void)context;
    struct str body = STR_NONE;
    enum err e = http_body(r, &body);
    if (e) {
        http_fail(r, e);
        return;
    }
    char text[32];
    int n = snprintf(text, sizeof text, "length %zu\n", body.bytes);
    http_answer_json(r, 200, (struct str){text, (size_t)n});
}

static void answer_events(struct http_request *r, void *context)
{
    (void)context;
    http_answer_events(r);
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", HTTP_PUBLIC, 0, answer_hello, ""},
    {HTTP_GET, "/large", HTTP_PUBLIC, 0, answer_large, ""},
    {HTTP_POST, "/length", HTTP_PUBLIC, 1 << 20, answer_length, ""},
    {HTTP_GET, "/events", HTTP_PUBLIC, 0, answer_events, ""},
};

/* What the command printed, both streams; its exit status does not matter. */
static const char *run(const char *command)
{
    static char out[1 << 21];
    FILE *p = popen(command, "r");
    assert_non_null(p);
    size_t n = fread(out, 1, sizeof out - 1, p);
    out[n] = '\0';
    (void)pclose(p);
    return out;
}

static bool make_certificate(const char *name)
{
    char command[512];
    snprintf(command, sizeof command,
             "cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
             "-keyout new.key -out new.crt -subj /CN=%s -days 2 >log 2>&1 && mv new.key key.pem "
             "&& mv new.crt cert.pem && echo made",
             folder, name);
    return strstr(run(command), "made") != NULL;
}

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(folder) || !make_certificate("first")) {
        return 0; /* server stays NULL: the tests skip themselves */
    }
    snprintf(cert, sizeof cert, "%s/cert.pem", folder);
    snprintf(key, sizeof key, "%s/key.pem", folder);
    const struct http_options options = {.workers = 8, .tls_cert = cert, .tls_key = key};
    server = test_start_with(options, routes, sizeof routes / sizeof *routes);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    if (server) {
        http_server_stop(server, 500);
    }
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    (void)run(command);
    return 0;
}

/* Sends `text` (printf's escapes) over TLS, waits, and returns everything that came. */
static const char *ask(const char *text, const char *seconds, const char *options)
{
    if (!server) {
        skip();
    }
    char command[1024];
    snprintf(command, sizeof command,
             "(printf '%s'; sleep %s) | timeout 20 openssl s_client -connect 127.0.0.1:%u %s 2>&1",
             text, seconds, test_port(server), options);
    return run(command);
}

#define CLOSE "Host: a\\r\\nConnection: close\\r\\n\\r\\n"

static void test_answers(void **state)
{
    (void)state;
    const char *out = ask("GET / HTTP/1.1\\r\\n" CLOSE, "0.4", "-quiet");
    assert_non_null(strstr(out, "HTTP/1.1 200 OK"));
    assert_non_null(strstr(out, "secure hello"));
    assert_non_null(strstr(out, "Strict-Transport-Security: max-age=31536000"));
    assert_non_null(strstr(out, "Set-Cookie: __Host-towndesk=t; Path=/; Max-Age=60; HttpOnly; "
                                "SameSite=Lax; Secure"));
    assert_memory_equal(http_server_url(server, 0), "https://127.0.0.1:", 18);
    out = ask("GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nGET / HTTP/1.1\\r\\n" CLOSE, "0.4", "-quiet");
    const char *first = strstr(out, "secure hello");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "secure hello"));
    out = ask("GET /large HTTP/1.1\\r\\n" CLOSE, "0.4", "-quiet");
    assert_true(strlen(out) > 1 << 20);
    assert_non_null(strstr(out, "xx\n"));
}

static void test_bodies(void **state)
{
    (void)state;
    const char *out = ask("POST /length HTTP/1.1\\r\\nContent-Length: 5\\r\\n" CLOSE "abcde", "0.4",
                          "-quiet");
    assert_non_null(strstr(out, "length 5"));
    out = ask("POST /length HTTP/1.1\\r\\nContent-Length: 100000\\r\\n" CLOSE "%100000s", "0.4",
              "-quiet");
    assert_non_null(strstr(out, "length 100000"));
    out = ask("POST /length HTTP/1.1\\r\\nContent-Length: 9000000\\r\\n" CLOSE "%100000s", "0.4",
              "-quiet");
    assert_non_null(strstr(out, "413 Content Too Large"));
}

static void test_versions(void **state)
{
    (void)state;
    assert_non_null(
        strstr(ask("GET / HTTP/1.1\\r\\n" CLOSE, "0.4", "-tls1_2 -quiet"), "secure hello"));
    assert_non_null(
        strstr(ask("GET / HTTP/1.1\\r\\n" CLOSE, "0.4", "-tls1_3 -quiet"), "secure hello"));
    assert_null(
        strstr(ask("GET / HTTP/1.1\\r\\n" CLOSE, "0.4", "-tls1_1 -cipher ALL:@SECLEVEL=0 -quiet"),
               "hello"));
    assert_null(strstr(
        ask("GET / HTTP/1.1\\r\\n" CLOSE, "0.4", "-tls1_2 -cipher AES128-SHA -quiet"), "hello"));
    assert_non_null(strstr(ask("GET / HTTP/1.1\\r\\n" CLOSE, "0.4", "-ign_eof -alpn h2,http/1.1"),
                           "ALPN protocol: http/1.1"));
}

static void test_plain_on_tls(void **state)
{
    (void)state;
    if (!server) {
        skip();
    }
    assert_int_equal(test_get(server, "/", "")->status, 0);
}

static void test_silence_does_not_stop_others(void **state)
{
    (void)state;
    if (!server) {
        skip();
    }
    int fd[4];
    for (int i = 0; i < 4; i++) {
        fd[i] = test_dial(server);
    }
    assert_non_null(strstr(ask("GET / HTTP/1.1\\r\\n" CLOSE, "0.4", "-quiet"), "secure hello"));
    for (int i = 0; i < 4; i++) {
        close(fd[i]);
    }
}

static void test_events(void **state)
{
    (void)state;
    if (!server) {
        skip();
    }
    char command[512];
    snprintf(command, sizeof command,
             "(printf 'GET /events HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'; sleep 2) | "
             "timeout 3 openssl s_client -connect 127.0.0.1:%u -quiet 2>&1",
             test_port(server));
    FILE *p = popen(command, "r");
    assert_non_null(p);
    struct http_stats stats = {0};
    for (int i = 0; i < 1000 && stats.listeners == 0; i++) {
        test_sleep_ms(5);
        http_stats(server, &stats);
    }
    assert_int_equal(stats.listeners, 1);
    for (int i = 1; i <= 3; i++) {
        http_broadcast(server, i, "case", STR("data"));
        test_sleep_ms(20);
    }
    char out[8192];
    size_t n = fread(out, 1, sizeof out - 1, p);
    out[n] = '\0';
    (void)pclose(p);
    assert_non_null(strstr(out, "text/event-stream"));
    assert_non_null(strstr(out, "retry: 3000\n\nid: 1\nevent: case\ndata: data\n\n"
                                "id: 2\nevent: case\ndata: data\n\n"
                                "id: 3\nevent: case\ndata: data\n\n"));
    for (int i = 0; i < 1000 && stats.listeners > 0; i++) {
        test_sleep_ms(5);
        http_stats(server, &stats);
    }
    assert_int_equal(stats.listeners, 0);
}

static bool served_by(const char *name, int tries)
{
    char subject[64];
    snprintf(subject, sizeof subject, "CN=%s", name);
    char spaced[64];
    snprintf(spaced, sizeof spaced, "CN = %s", name);
    for (int i = 0; i < tries; i++) {
        const char *out = ask("GET / HTTP/1.1\\r\\n" CLOSE, "0.3", "-ign_eof");
        if ((strstr(out, subject) || strstr(out, spaced)) && strstr(out, "secure hello")) {
            return true;
        }
    }
    return false;
}

static void test_renewal(void **state)
{
    (void)state;
    assert_true(served_by("first", 1));
    assert_true(make_certificate("second"));
    assert_true(served_by("second", 8));
    /* a key that does not fit changes nothing */
    char command[256];
    snprintf(command, sizeof command,
             "cd %s && cp key.pem good.pem && openssl ecparam -genkey "
             "-name prime256v1 -out other.pem 2>log && mv other.pem key.pem",
             folder);
    (void)run(command);
    test_sleep_ms(1500);
    assert_true(served_by("second", 1));
    assert_true(make_certificate("third"));
    assert_true(served_by("third", 8));
}

static void test_bad_files(void **state)
{
    (void)state;
    if (!server) {
        skip();
    }
    static const struct http_hooks hooks = {NULL, NULL, NULL};
    struct http_server *s = NULL;
    char why[256];
    struct http_options o = {.listen = {"127.0.0.1:0"},
                             .listen_count = 1,
                             .tls_cert = "/nonexistent/cert",
                             .tls_key = key};
    assert_int_equal(http_server_start(&o, routes, 1, &hooks, &test_env, &s, why), ERR_IO);
    assert_non_null(strstr(why, "/nonexistent/cert"));
    o.tls_cert = cert;
    o.tls_key = cert;
    assert_int_equal(http_server_start(&o, routes, 1, &hooks, &test_env, &s, why), ERR_IO);
    assert_non_null(strstr(why, "key"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_plain_on_tls),
        cmocka_unit_test(test_silence_does_not_stop_others),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_renewal),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
