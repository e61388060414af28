/* Writes answers. Owns nothing but a record's worth of memory while it coalesces for TLS.
 * Invariants: it never waits longer than its deadline, nor ten seconds for a client that takes
 * nothing, so that a slow reader cannot hold a worker for ever; a socket with unread input is not
 * closed before the client had a moment to read the answer: such a close sends a reset, and the
 * reset overtakes the answer.
 */
#include "push.h"

#include "base/mem.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define LINGER_MS 3000
#define LINGER_SILENCE_MS 1000
#define WRITE_SILENCE_MS 10000
#define TLS_RECORD_BYTES ((size_t)16384)

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* The end of patience when something has just gone out. */
static uint64_t patience(uint64_t deadline_ns)
{
    uint64_t silence = now_ns() + (uint64_t)WRITE_SILENCE_MS * 1000000;
    return silence < deadline_ns ? silence : deadline_ns;
}

/* Waits until the socket is ready for what the last write wanted. */
static bool wait_for(int fd, short events, uint64_t until_ns)
{
    uint64_t now = now_ns();
    if (now >= until_ns) {
        return false;
    }
    struct pollfd p = {.fd = fd, .events = events};
    return poll(&p, 1, (int)((until_ns - now) / 1000000 + 1)) >= 0 || errno == EINTR;
}

static bool push_plain(int fd, struct str first, struct str second, uint64_t deadline_ns)
{
    if (second.bytes == 0) { /* as always with a small answer: the cheaper call */
        ssize_t n = send(fd, first.at, first.bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            first = (struct str){first.at + n, first.bytes - (size_t)n};
        }
    }
    uint64_t until = 0; /* asked for only when a write has not taken everything */
    while (first.bytes + second.bytes > 0) {
        struct iovec v[2] = {{(void *)(uintptr_t)first.at, first.bytes},
                             {(void *)(uintptr_t)second.at, second.bytes}};
        struct msghdr m = {.msg_iov = v, .msg_iovlen = 2};
        ssize_t n = sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0) {
            until = until ? until : patience(deadline_ns);
            if ((errno != EAGAIN && errno != EINTR) || !wait_for(fd, POLLOUT, until)) {
                return false;
            }
            continue;
        }
        until = 0;
        size_t of_first = (size_t)n < first.bytes ? (size_t)n : first.bytes;
        first = (struct str){first.at + of_first, first.bytes - of_first};
        if ((size_t)n > of_first) {
            second = (struct str){second.at + ((size_t)n - of_first),
                                  second.bytes - ((size_t)n - of_first)};
        }
    }
    return true;
}

static bool push_tls(int fd, SSL *ssl, struct str s, uint64_t deadline_ns)
{
    uint64_t until = 0;
    while (s.bytes > 0) {
        ERR_clear_error();
        size_t n = 0;
        if (SSL_write_ex(ssl, s.at, s.bytes, &n) == 1) {
            s = (struct str){s.at + n, s.bytes - n};
            until = 0;
            continue;
        }
        int why = SSL_get_error(ssl, 0);
        ERR_clear_error();
        until = until ? until : patience(deadline_ns);
        if ((why != SSL_ERROR_WANT_WRITE && why != SSL_ERROR_WANT_READ) ||
            !wait_for(fd, why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, until)) {
            return false;
        }
    }
    return true;
}

bool push_both(int fd, struct ssl_st *ssl, struct str first, struct str second,
               uint64_t deadline_ns)
{
    if (!ssl) {
        return push_plain(fd, first, second, deadline_ns);
    }
    /* One record for what fits into one: a browser can use it before the next arrives. */
    char *record = NULL;
    size_t together = 0;
    if (first.bytes > 0 && second.bytes > 0 && first.bytes < TLS_RECORD_BYTES) {
        together = TLS_RECORD_BYTES - first.bytes;
        together = second.bytes < together ? second.bytes : together;
        record = mem_alloc(first.bytes + together);
    }
    bool ok;
    if (record) {
        memcpy(record, first.at, first.bytes);
        memcpy(record + first.bytes, second.at, together);
        ok = push_tls(fd, ssl, (struct str){record, first.bytes + together}, deadline_ns) &&
             push_tls(fd, ssl, (struct str){second.at + together, second.bytes - together},
                      deadline_ns);
    } else {
        ok = push_tls(fd, ssl, first, deadline_ns) && push_tls(fd, ssl, second, deadline_ns);
    }
    mem_free(record);
    return ok;
}

void push_linger(int fd, struct ssl_st *ssl, const atomic_bool *stop)
{
    char junk[8192];
    if (ssl) {
        ERR_clear_error();
        SSL_shutdown(ssl);
        ERR_clear_error();
    }
    shutdown(fd, SHUT_WR);
    uint64_t end = now_ns() + (uint64_t)LINGER_MS * 1000000;
    while (now_ns() < end && !atomic_load(stop)) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, LINGER_SILENCE_MS) <= 0 || recv(fd, junk, sizeof junk, MSG_DONTWAIT) <= 0) {
            break;
        }
    }
}
