/* Owns the sockets of all event streams and the one thread that touches them.
 *
 *     any thread ── items in order ─► inbox ── eventfd ─► the hub's thread ─► every peer
 *                   (adopt, send)                         epoll: hang-ups and the eventfd
 *
 * Invariants: after hub_adopt only the hub's thread touches a socket or its SSL object; an event
 * goes out whole or the peer is dropped, so that a stream never holds half an event; the inbox is
 * bounded, and past its bound every listener is dropped instead of an event left out silently. A
 * comment line every 15 s keeps middle boxes from closing what looks idle.
 */
#include "hub.h"

#include "base/mem.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PING_MS 15000
#define INBOX_BYTES_MAX ((size_t)4 << 20)
#define THREAD_STACK_BYTES ((size_t)256 * 1024) /* musl's own 128 KB are tight for TLS */
#define SEND_BUFFER_BYTES (64 * 1024) /* of events that a stalled listener may be behind */

struct peer {
    struct peer *next, *previous;
    int fd;
    SSL *ssl;
};

struct item {
    struct item *next;
    struct peer *peer; /* to adopt; NULL: to send */
    size_t bytes;
    char event[];
};

struct hub {
    struct hub_options options;
    pthread_t thread;
    int epoll;
    int wake;           /* eventfd */
    struct peer *peers; /* the thread's alone */
    pthread_mutex_t lock;
    struct item *first, **end; /* under lock, as are the next three */
    size_t inbox_bytes;
    bool overrun;
    bool stop;
    atomic_size_t count;
};

static void *run(void *context);
static void peer_close(struct hub *h, struct peer *p);

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool start_thread(struct hub *h)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are main's business */
    int rc = pthread_create(&h->thread, &attributes, run, h);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return rc == 0;
}

enum err hub_new(const struct hub_options *options, struct hub **out)
{
    struct hub *h = mem_array(1, sizeof *h);
    if (!h) {
        return ERR_NOMEM;
    }
    h->options = *options;
    h->end = &h->first;
    h->epoll = epoll_create1(EPOLL_CLOEXEC);
    h->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&h->lock, NULL);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (h->epoll < 0 || h->wake < 0 || epoll_ctl(h->epoll, EPOLL_CTL_ADD, h->wake, &event) != 0 ||
        !start_thread(h)) {
        close(h->epoll);
        close(h->wake);
        pthread_mutex_destroy(&h->lock);
        mem_free(h);
        return ERR_IO;
    }
    *out = h;
    return ERR_NONE;
}

void hub_close(struct hub *h)
{
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_mutex_unlock(&h->lock);
    eventfd_write(h->wake, 1);
    pthread_join(h->thread, NULL);
}

void hub_free(struct hub *h)
{
    close(h->epoll);
    close(h->wake);
    pthread_mutex_destroy(&h->lock);
    mem_free(h);
}

bool hub_reserve(struct hub *h)
{
    if (atomic_fetch_add(&h->count, 1) < HUB_LISTENERS_MAX) {
        return true;
    }
    atomic_fetch_sub(&h->count, 1);
    return false;
}

void hub_unreserve(struct hub *h)
{
    atomic_fetch_sub(&h->count, 1);
}

size_t hub_count(struct hub *h)
{
    return atomic_load(&h->count);
}

static void peer_free(struct peer *p)
{
    SSL_free(p->ssl);
    close(p->fd);
    mem_free(p);
}

/* Without memory for it, or too far behind: everybody starts anew. */
static bool put(struct hub *h, struct item *item)
{
    pthread_mutex_lock(&h->lock);
    bool taken = item && !h->stop && h->inbox_bytes + item->bytes <= INBOX_BYTES_MAX;
    if (taken) {
        item->next = NULL;
        *h->end = item;
        h->end = &item->next;
        h->inbox_bytes += item->bytes;
    } else {
        h->overrun = true;
    }
    pthread_mutex_unlock(&h->lock);
    eventfd_write(h->wake, 1);
    return taken;
}

void hub_adopt(struct hub *h, int fd, struct ssl_st *ssl)
{
    struct peer *p = mem_alloc(sizeof *p);
    struct item *item = mem_alloc(sizeof *item);
    if (!p || !item) {
        mem_free(p);
        mem_free(item);
        SSL_free(ssl);
        close(fd);
        hub_unreserve(h);
        return;
    }
    int room = SEND_BUFFER_BYTES;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    *p = (struct peer){.fd = fd, .ssl = ssl};
    *item = (struct item){.peer = p};
    if (!put(h, item)) {
        peer_free(p);
        mem_free(item);
        hub_unreserve(h);
    }
}

void hub_send(struct hub *h, struct str event)
{
    struct item *item = mem_alloc(sizeof *item + event.bytes);
    if (item) {
        *item = (struct item){.bytes = event.bytes};
        memcpy(item->event, event.at, event.bytes);
    }
    if (!put(h, item)) {
        mem_free(item);
    }
}

/* ---- the thread ---- */

static void peer_close(struct hub *h, struct peer *p)
{
    if (p->next) {
        p->next->previous = p->previous;
    }
    *(p->previous ? &p->previous->next : &h->peers) = p->next;
    peer_free(p); /* closing takes it out of epoll */
    atomic_fetch_sub(&h->count, 1);
}

static bool peer_write(struct peer *p, struct str s)
{
    if (p->ssl) {
        ERR_clear_error();
        size_t n = 0;
        return SSL_write_ex(p->ssl, s.at, s.bytes, &n) == 1 && n == s.bytes;
    }
    return send(p->fd, s.at, s.bytes, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)s.bytes;
}

/* A listener has nothing to say: what comes is thrown away, TLS's own records are handled. */
static bool peer_read(struct peer *p)
{
    char junk[1024];
    if (!p->ssl) {
        ssize_t n = recv(p->fd, junk, sizeof junk, MSG_DONTWAIT);
        return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
    }
    ERR_clear_error();
    int n = SSL_read(p->ssl, junk, sizeof junk);
    return n > 0 || SSL_get_error(p->ssl, n) == SSL_ERROR_WANT_READ;
}

static void send_to_all(struct hub *h, struct str event)
{
    for (struct peer *p = h->peers, *next; p; p = next) {
        next = p->next;
        if (!peer_write(p, event)) {
            peer_close(h, p);
        }
    }
}

static void close_all(struct hub *h)
{
    while (h->peers) {
        peer_close(h, h->peers);
    }
}

static void adopt(struct hub *h, struct peer *p)
{
    p->previous = NULL;
    p->next = h->peers;
    if (p->next) {
        p->next->previous = p;
    }
    h->peers = p;
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = p};
    if (epoll_ctl(h->epoll, EPOLL_CTL_ADD, p->fd, &event) != 0) {
        peer_close(h, p);
    }
}

/* Everything in the inbox, in order. False: the hub is to end. */
static bool empty_inbox(struct hub *h)
{
    eventfd_t ignored;
    eventfd_read(h->wake, &ignored);
    pthread_mutex_lock(&h->lock);
    struct item *item = h->first;
    bool overrun = h->overrun;
    bool stop = h->stop;
    h->first = NULL;
    h->end = &h->first;
    h->inbox_bytes = 0;
    h->overrun = false;
    pthread_mutex_unlock(&h->lock);
    while (item) {
        struct item *next = item->next;
        if (item->peer) {
            adopt(h, item->peer);
        } else {
            send_to_all(h, (struct str){item->event, item->bytes});
        }
        mem_free(item);
        item = next;
    }
    if (overrun || stop) {
        close_all(h);
    }
    return !stop;
}

static void *run(void *context)
{
    struct hub *h = context;
    struct epoll_event events[128];
    int64_t next_ping = monotonic_ms() + PING_MS;
    int64_t next_tick = monotonic_ms() + h->options.tick_ms;
    for (bool go = true; go;) {
        int64_t now = monotonic_ms();
        int64_t wait = h->options.tick && next_tick < next_ping ? next_tick - now : next_ping - now;
        int n = epoll_wait(h->epoll, events, 128, wait > 0 ? (int)wait : 0);
        bool woken = false;
        for (int i = 0; i < n; i++) {
            struct peer *p = events[i].data.ptr;
            if (!p) {
                woken = true;
            } else if ((events[i].events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) || !peer_read(p)) {
                peer_close(h, p); /* a peer is in `events` once: no dangling pointer follows */
            }
        }
        /* After the peers: an item may close any of them. */
        go = !woken || empty_inbox(h);
        now = monotonic_ms();
        if (now >= next_ping) {
            send_to_all(h, STR(":\n\n"));
            next_ping = now + PING_MS;
        }
        if (h->options.tick && now >= next_tick) {
            h->options.tick(h->options.context);
            next_tick = now + h->options.tick_ms;
        }
    }
    return NULL;
}
