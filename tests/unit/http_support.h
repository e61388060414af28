/* What the tests of the http room share: a server with a few routes, and a client that writes bytes
 * exactly as told and reads one response at a time. Header-only: every test is one program.
 */
#ifndef HTTP_SUPPORT_H
#define HTTP_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/env.h"
#include "http/http.h"

#define HELPER __attribute__((unused)) static

static struct log test_log = {.fd = -1, .least = LOG_DEBUG};
static struct env test_env;

/* ---- the server ---- */

/* "staff" and "admin" are good tokens. */
HELPER void test_identify(void *context, struct str token, struct arena *a, struct http_who *who)
{
    (void)context;
    (void)a;
    if (str_equal(token, STR("staff")) || str_equal(token, STR("admin"))) {
        *who = (struct http_who){7, str_equal(token, STR("admin")), STR("Sato")};
    }
}

HELPER void test_fail(void *context, struct http_request *r, int status, const char *code)
{
    (void)context;
    char text[128];
    int n = snprintf(text, sizeof text, "{\"code\":\"%s\"}", code);
    http_answer_json(r, status, (struct str){text, (size_t)n});
}

HELPER struct http_server *test_start_with(struct http_options options,
                                           const struct http_route *routes, size_t count)
{
    static const struct http_hooks hooks = {NULL, test_identify, test_fail};
    test_env = env_system(&test_log);
    if (options.listen_count == 0) {
        options.listen[0] = "127.0.0.1:0";
        options.listen_count = 1;
    }
    struct http_server *s = NULL;
    char why[256];
    enum err e = http_server_start(&options, routes, count, &hooks, &test_env, &s, why);
    if (e) {
        fail_msg("not started: %s", why);
    }
    return s;
}

HELPER uint16_t test_port(const struct http_server *s)
{
    const char *colon = strrchr(http_server_url(s, 0), ':');
    return (uint16_t)strtoul(colon + 1, NULL, 10);
}

HELPER int64_t test_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

HELPER void test_sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* ---- the client ---- */

HELPER int test_dial_port(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        close(fd);
        return -1;
    }
    struct timeval patience = {.tv_sec = 20};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

HELPER int test_dial(const struct http_server *s)
{
    int fd = test_dial_port(test_port(s));
    assert_true(fd >= 0);
    return fd;
}

HELPER bool test_send(int fd, const void *bytes, size_t count)
{
    const char *at = bytes;
    while (count > 0) {
        ssize_t n = send(fd, at, count, MSG_NOSIGNAL);
        if (n <= 0) {
            return false;
        }
        at += n;
        count -= (size_t)n;
    }
    return true;
}

struct response {
    int status; /* 0: the connection ended instead */
    char head[8192];
    char body[1 << 20];
    size_t bytes;
    bool closed; /* the server closed after it */
};

/* The value of a field, or NULL; from the thread's buffer. */
HELPER const char *test_field(const struct response *r, const char *name)
{
    static _Thread_local char value[2048];
    size_t n = strlen(name);
    for (const char *line = strstr(r->head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, n) == 0 && strncmp(line + n, ": ", 2) == 0) {
            size_t bytes = strcspn(line + n + 2, "\r");
            memcpy(value, line + n + 2, bytes < sizeof value ? bytes : sizeof value - 1);
            value[bytes] = '\0';
            return value;
        }
    }
    return NULL;
}

/* Reads one response; not a byte more. no_body: it answers HEAD. */
HELPER void test_read(int fd, struct response *r, bool no_body)
{
    memset(r, 0, offsetof(struct response, body));
    r->bytes = 0;
    size_t n = 0;
    while (n < sizeof r->head - 1) {
        if (recv(fd, r->head + n, 1, 0) != 1) {
            r->closed = true;
            return;
        }
        n++;
        if (n >= 4 && memcmp(r->head + n - 4, "\r\n\r\n", 4) == 0) {
            break;
        }
    }
    r->status = (int)strtol(r->head + sizeof "HTTP/1.1 " - 1, NULL, 10);
    const char *length = test_field(r, "Content-Length");
    size_t want = length && !no_body ? strtoul(length, NULL, 10) : 0;
    assert_true(want < sizeof r->body);
    while (r->bytes < want) {
        ssize_t got = recv(fd, r->body + r->bytes, want - r->bytes, 0);
        if (got <= 0) {
            r->closed = true;
            break;
        }
        r->bytes += (size_t)got;
    }
    r->body[r->bytes] = '\0';
}

/* Did the server end the connection? Waits for at most ms. */
HELPER bool test_is_closed(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char c;
    return poll(&p, 1, ms) == 1 && recv(fd, &c, 1, MSG_PEEK) <= 0;
}

/* One request on a connection of its own. */
HELPER struct response *test_ask_bytes(const struct http_server *s, const void *bytes, size_t count)
{
    static struct response r;
    int fd = test_dial(s);
    (void)test_send(fd, bytes, count);
    test_read(fd, &r, count > 4 && memcmp(bytes, "HEAD", 4) == 0);
    close(fd);
    return &r;
}

HELPER struct response *test_ask(const struct http_server *s, const char *text)
{
    return test_ask_bytes(s, text, strlen(text));
}

/* "GET /path" with further fields, each ended by CR LF. */
HELPER struct response *test_get(const struct http_server *s, const char *path, const char *fields)
{
    char text[16384];
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: town.example\r\n%s\r\n", path, fields);
    return test_ask(s, text);
}

#endif
