/* civetweb, and what its interface does not offer. It is one translation unit, so including it
 * gives access without changing a line of it. What we do instead of it, and why:
 *   - the head is read by head.c: civetweb's parser accepts two lengths, bare LF and more;
 *   - a body is read before a deadline;
 *   - answers are written, and connections closed, by push.c;
 *   - a socket can be taken away from its worker (event streams);
 *   - stopping lets running requests end: civetweb's own stop fails every write from then on.
 * Invariants: slot i belongs to worker i's thread, except fd (under lock) and the atomics; fd is
 * -1 unless the socket is open, so that nobody else ever shuts down a reused descriptor.
 */

/* parse_http_request(conn->buf, …) in get_request() becomes glue_read_head(conn, conn->buf, …); its
 * definition, whose first token is a type, keeps what it was under another name. If a new civetweb
 * calls it otherwise, this does not compile. */
#define parse_http_request(first, ...) glue_parse_##first, __VA_ARGS__)
#define glue_parse_conn glue_read_head(conn, conn
#define glue_parse_char civet_parse_http_request(char
struct mg_connection;
struct mg_request_info;
static int glue_read_head(struct mg_connection *c, char *text, int room,
                          struct mg_request_info *ri);

#include "civetweb.c"

#undef snprintf /* civetweb's warning to itself */

#include "base/mem.h"
#include "civet_glue.h"
#include "push.h"

#include <stdatomic.h>
#include <sys/eventfd.h>

#define LISTENERS_MAX 8 /* HTTP_LISTEN_MAX */

/* Of a connection. A request begins by taking it from IDLE to BUSY, whoever wants to end a
 * connection without a request takes it from IDLE to ENDED: one of the two is too late, and knows.
 */
enum state { IDLE, BUSY, ENDED };

struct slot {
    struct head head;
    int refusal; /* what head_parse said; 0: it was civetweb that refused */
    bool linger;
    int fd; /* under lock */
    atomic_int state;
    atomic_uint_fast64_t idle_since_ns; /* since it came or was last answered; 0: a request runs */
};

struct glue {
    struct mg_context *civet;
    struct glue_hooks hooks;
    struct slot *slots;
    unsigned workers;
    struct ssl_ctx_st *tls;
    pthread_mutex_t lock;
    atomic_uint open; /* connections that have a worker */
    atomic_bool stopping;
    int dead; /* an eventfd that took the place of the listening sockets; -1: not yet */
    int old[LISTENERS_MAX]; /* those sockets, shut down; -1 */
    struct str floor_answer;
};

static struct glue *glue_of(const struct mg_connection *c)
{
    return c->phys_ctx->user_data;
}

static struct slot *slot_of(const struct mg_connection *c)
{
    return &glue_of(c)->slots[c - c->phys_ctx->worker_connections];
}

uint64_t glue_now_ns(void)
{
    return mg_get_current_time_ns();
}

/* ---- the head ---- */

static int glue_read_head(struct mg_connection *c, char *text, int room, struct mg_request_info *ri)
{
    struct glue *g = glue_of(c);
    if (g->floor_answer.at) {
        return civet_parse_http_request(text, room, ri);
    }
    struct slot *slot = slot_of(c);
    struct head *h = &slot->head;
    slot->refusal = head_parse((struct str){text, (size_t)c->request_len}, h);
    if (slot->refusal) {
        return -1;
    }
    /* civetweb wants terminated strings; each separator has been read and can go. */
    text[h->method.bytes] = '\0';
    text[h->target.at - text + h->target.bytes] = '\0';
    ri->request_method = text;
    ri->request_uri = h->target.at;
    ri->http_version = h->minor == 1 ? "1.1" : "1.0";
    /* Of the fields it sees only what it acts upon, as we have read it. */
    ri->http_headers[0].name = "Connection";
    ri->http_headers[0].value = h->keep_alive ? "keep-alive" : "close";
    ri->num_headers = 1;
    if (h->known[HEAD_CONTENT_LENGTH]) {
        struct str length = head_get(h, HEAD_CONTENT_LENGTH);
        text[length.at - text + length.bytes] = '\0';
        ri->http_headers[1].name = "Content-Length";
        ri->http_headers[1].value = length.at;
        ri->num_headers = 2;
    }
    return c->request_len;
}

/* ---- civetweb's callbacks ---- */

static int on_request(struct mg_connection *c)
{
    struct glue *g = glue_of(c);
    struct slot *slot = slot_of(c);
    atomic_store(&slot->idle_since_ns, 0);
    if (atomic_exchange(&slot->state, BUSY) == ENDED) {
        c->must_close = 1;
        if (glue_unread(c)) {
            atomic_store(&slot->state, ENDED);
            return 200; /* the rest can no longer be read: to the client it never arrived */
        }
    }
    g->hooks.request(g->hooks.context, c, &slot->head);
    atomic_store(&slot->state, IDLE);
    atomic_store(&slot->idle_since_ns, glue_now_ns());
    return 200;
}

/* Under the lock, for a slot with an open socket. What has arrived can still be read: a request
 * without a body, or with all of it, is answered. */
static bool end_if_idle(struct slot *slot)
{
    int idle = IDLE;
    bool ended = atomic_compare_exchange_strong(&slot->state, &idle, ENDED);
    if (ended) {
        shutdown(slot->fd, SHUT_RD);
    }
    return ended;
}

/* A connection holds a worker, also one that says nothing. When few are left, no more are kept, and
 * whoever comes sends the one away that has been silent longest: a client may lose a kept connection
 * at any time, and one that has not asked yet can ask again. */
static bool workers_are_scarce(struct glue *g)
{
    return atomic_load_explicit(&g->open, memory_order_relaxed) * 8 > g->workers * 7;
}

/* Under the lock. */
static void end_idlest(struct glue *g)
{
    struct slot *idlest = NULL;
    uint64_t since = UINT64_MAX;
    for (unsigned i = 0; i < g->workers; i++) {
        uint64_t idle = atomic_load(&g->slots[i].idle_since_ns);
        if (g->slots[i].fd >= 0 && idle != 0 && idle < since) {
            idlest = &g->slots[i];
            since = idle;
        }
    }
    if (idlest && end_if_idle(idlest)) {
        atomic_store(&idlest->idle_since_ns, 0); /* the next is another's turn */
    }
}

/* Whatever happens to the socket now is no longer seen from other threads. */
static void forget_socket(struct glue *g, struct slot *slot)
{
    pthread_mutex_lock(&g->lock);
    if (slot->fd >= 0) {
        slot->fd = -1;
        atomic_fetch_sub(&g->open, 1);
    }
    pthread_mutex_unlock(&g->lock);
}

static int on_refusal(struct mg_connection *c, int status, const char *text)
{
    (void)text;
    struct glue *g = glue_of(c);
    struct slot *slot = slot_of(c);
    if (slot->refusal) {
        status = slot->refusal;
    } else if (c->data_len >= c->buf_size) {
        status = 431;
    } else if (c->request_len < 0 && get_http_header_len(c->buf, c->data_len) == 0) {
        status = 408;
    }
    slot->refusal = 0;
    glue_close(c);
    g->hooks.refused(g->hooks.context, c, status);
    return 0;
}

static void on_open(const struct mg_connection *c, void **data)
{
    (void)data;
    struct glue *g = glue_of(c);
    struct slot *slot = slot_of(c);
    slot->linger = false;
    slot->refusal = 0;
    pthread_mutex_lock(&g->lock);
    slot->fd = c->client.sock;
    atomic_store(&slot->state, IDLE);
    atomic_store(&slot->idle_since_ns, 0);
    atomic_fetch_add(&g->open, 1);
    if (workers_are_scarce(g)) {
        end_idlest(g);
    }
    atomic_store(&slot->idle_since_ns, glue_now_ns()); /* who never says anything goes like the rest */
    if (atomic_load(&g->stopping)) {
        (void)end_if_idle(slot);
    }
    pthread_mutex_unlock(&g->lock);
}

static void on_close(const struct mg_connection *c)
{
    struct glue *g = glue_of(c);
    struct slot *slot = slot_of(c);
    if (slot->linger && c->client.sock != INVALID_SOCKET) {
        push_linger(c->client.sock, c->ssl, &g->stopping);
    }
    slot->linger = false;
    forget_socket(g, slot);
}

static int on_complaint(const struct mg_connection *c, const char *text)
{
    struct glue *g = glue_of(c);
    if (g && g->hooks.complaint) {
        g->hooks.complaint(g->hooks.context, text);
    }
    return 1;
}

/* Called at the start, and once more at the end to ask whose it is: ours. */
static int on_tls(void **context, void *user)
{
    struct glue *g = user;
    if (!*context) {
        *context = g->tls;
    }
    return 1;
}

/* ---- starting and stopping ---- */

static struct glue *glue_new(unsigned workers)
{
    struct glue *g = mem_array(1, sizeof *g);
    struct slot *slots = mem_array(workers, sizeof *slots);
    if (!g || !slots || !mg_init_library(MG_FEATURES_TLS)) {
        mem_free(g);
        mem_free(slots);
        return NULL;
    }
    g->slots = slots;
    g->workers = workers;
    g->dead = -1;
    memset(g->old, -1, sizeof g->old);
    for (unsigned i = 0; i < workers; i++) {
        slots[i].fd = -1;
    }
    pthread_mutex_init(&g->lock, NULL);
    return g;
}

static void glue_free(struct glue *g)
{
    pthread_mutex_destroy(&g->lock);
    for (int i = 0; i < LISTENERS_MAX; i++) {
        if (g->old[i] >= 0) {
            close(g->old[i]);
        }
    }
    if (g->dead >= 0) {
        close(g->dead);
    }
    mg_exit_library();
    mem_free(g->slots);
    mem_free(g);
}

static bool start_civet(struct glue *g, const struct mg_callbacks *callbacks, const char *listen)
{
    char workers[16];
    char request[16];
    snprintf(workers, sizeof workers, "%u", g->workers);
    snprintf(request, sizeof request, "%d", GLUE_REQUEST_BYTES_MAX);
    const char *options[] = {
        "listening_ports",
        listen,
        "num_threads",
        workers,
        "max_request_size",
        request,
        "listen_backlog",
        "1024",
        "tcp_nodelay",
        "1",
        "enable_keep_alive",
        "yes",
        "keep_alive_timeout_ms",
        "3000",
        "request_timeout_ms",
        "10000",
        "enable_auth_domain_check",
        "no",
        "decode_url",
        "no", /* wire_path_split does, with the segments kept apart */
        NULL,
    };
    struct mg_init_data init = {
        .callbacks = callbacks, .user_data = g, .configuration_options = options};
    g->civet = mg_start2(&init, NULL);
    return g->civet != NULL;
}

enum err glue_start(const struct glue_options *options, const struct glue_hooks *hooks,
                    struct glue **out)
{
    struct glue *g = glue_new(options->workers);
    if (!g) {
        return ERR_NOMEM;
    }
    g->hooks = *hooks;
    g->tls = options->tls;
    const struct mg_callbacks callbacks = {
        .begin_request = on_request,
        .http_error = on_refusal,
        .init_connection = on_open,
        .connection_close = on_close,
        .log_message = on_complaint,
        .external_ssl_ctx = on_tls,
    };
    if (!start_civet(g, &callbacks, options->listen)) {
        glue_free(g);
        return ERR_IO;
    }
    *out = g;
    return ERR_NONE;
}

unsigned glue_port(const struct glue *g, size_t index)
{
    return index < g->civet->num_listening_sockets
               ? ntohs(USA_IN_PORT_UNSAFE(&g->civet->listening_sockets[index].lsa))
               : 0;
}

void glue_set_tls(struct glue *g, struct ssl_ctx_st *tls)
{
    mg_lock_context(g->civet); /* as sslize() does around SSL_new() */
    g->civet->dd.ssl_ctx = tls;
    g->tls = tls;
    mg_unlock_context(g->civet);
}

void glue_stop_listening(struct glue *g)
{
    pthread_mutex_lock(&g->lock);
    atomic_store(&g->stopping, true);
    pthread_mutex_unlock(&g->lock);
    g->dead = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    /* The accepting thread polls these numbers. shutdown() refuses newcomers and wakes it; the
     * eventfd in their place keeps it asleep until glue_stop, instead of spinning on a dead
     * socket. */
    for (unsigned i = 0; i < g->civet->num_listening_sockets && i < LISTENERS_MAX; i++) {
        int fd = g->civet->listening_sockets[i].sock;
        g->old[i] = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        shutdown(fd, SHUT_RDWR);
        if (g->dead >= 0) {
            dup3(g->dead, fd, O_CLOEXEC);
        }
    }
}

/* Whichever of the two the accepting thread's poll() is queued at: a poll that began before the
 * exchange stays queued at the old socket, but looks at the new one when it wakes. */
static void wake_accepting_thread(struct glue *g)
{
    if (g->dead >= 0) {
        eventfd_write(g->dead, 1);
    }
    for (int i = 0; i < LISTENERS_MAX; i++) {
        if (g->old[i] >= 0) {
            shutdown(g->old[i], SHUT_RDWR);
        }
    }
}

/* How many have a running request. */
static unsigned shut_down_all(struct glue *g, bool busy_too)
{
    unsigned busy = 0;
    pthread_mutex_lock(&g->lock);
    for (unsigned i = 0; i < g->workers; i++) {
        struct slot *slot = &g->slots[i];
        if (slot->fd >= 0 && busy_too) {
            shutdown(slot->fd, SHUT_RDWR);
        } else if (slot->fd >= 0) {
            (void)end_if_idle(slot);
        }
        busy += atomic_load(&slot->state) == BUSY;
    }
    pthread_mutex_unlock(&g->lock);
    return busy;
}

unsigned glue_close_idle(struct glue *g)
{
    return shut_down_all(g, false);
}

unsigned glue_busy(struct glue *g)
{
    unsigned busy = 0;
    for (unsigned i = 0; i < g->workers; i++) {
        busy += atomic_load(&g->slots[i].state) == BUSY;
    }
    return busy;
}

void glue_stop(struct glue *g)
{
    if (g->slots && !g->floor_answer.at) {
        shut_down_all(g, true);
    }
    wake_accepting_thread(g);
    mg_stop(g->civet);
    glue_free(g);
}

/* ---- one connection ---- */

bool glue_is_tls(const struct mg_connection *c)
{
    return c->ssl != NULL;
}

bool glue_peer_is_loopback(const struct mg_connection *c)
{
    const union usa *a = &c->client.rsa;
    if (a->sa.sa_family == AF_INET) {
        return (ntohl(a->sin.sin_addr.s_addr) >> 24) == 127;
    }
    return a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&a->sin6.sin6_addr);
}

struct str glue_peer(const struct mg_connection *c)
{
    return str_of(c->request_info.remote_addr);
}

/* Bytes of the body that came with the head and are not consumed yet. */
static int64_t at_hand(const struct mg_connection *c)
{
    int64_t have = (int64_t)c->data_len - c->request_len - c->consumed_content;
    int64_t left = c->content_len - c->consumed_content;
    return have < left ? have : left;
}

struct str glue_body_at_hand(struct mg_connection *c)
{
    if (c->consumed_content != 0 || at_hand(c) < c->content_len) {
        return STR_NONE;
    }
    c->consumed_content = c->content_len;
    return (struct str){c->buf + c->request_len, (size_t)c->content_len};
}

int64_t glue_read(struct mg_connection *c, void *to, size_t count, uint64_t deadline_ns)
{
    int64_t left = c->content_len - c->consumed_content;
    if (left <= 0) {
        return 0;
    }
    count = count > INT_MAX ? INT_MAX : count;
    int len = left < (int64_t)count ? (int)left : (int)count;
    int64_t have = at_hand(c);
    int n = have < len ? (int)have : len;
    if (have > 0) {
        memcpy(to, c->buf + c->request_len + c->consumed_content, (size_t)n);
        c->consumed_content += n;
        return n;
    }
    for (;;) {
        uint64_t now = glue_now_ns();
        if (now >= deadline_ns) {
            return -1;
        }
        double wait_s = (double)(deadline_ns - now) / 1e9;
        n = pull_inner(NULL, c, to, len, wait_s < 1.0 ? wait_s : 1.0);
        if (n == -2) {
            return -2;
        }
        if (n > 0) {
            c->consumed_content += n;
            return n;
        }
    }
}

bool glue_unread(const struct mg_connection *c)
{
    return c->consumed_content < c->content_len &&
           (int64_t)c->request_len + c->content_len > c->data_len;
}

bool glue_may_keep(const struct mg_connection *c)
{
    return !c->must_close && slot_of(c)->head.keep_alive && !glue_unread(c) &&
           !workers_are_scarce(glue_of(c)) &&
           !atomic_load_explicit(&glue_of(c)->stopping, memory_order_relaxed);
}

void glue_close(struct mg_connection *c)
{
    c->must_close = 1;
    slot_of(c)->linger = true;
}

bool glue_write(struct mg_connection *c, struct str first, struct str second, uint64_t deadline_ns)
{
    bool ok = push_both(c->client.sock, c->ssl, first, second, deadline_ns);
    if (!ok) {
        c->must_close = 1; /* without lingering: there is no answer left to protect */
        slot_of(c)->linger = false;
    }
    return ok;
}

void glue_take(struct mg_connection *c, int *fd, struct ssl_st **ssl)
{
    struct glue *g = glue_of(c);
    forget_socket(g, slot_of(c));
    *fd = c->client.sock;
    *ssl = c->ssl;
    c->client.sock = INVALID_SOCKET;
    c->ssl = NULL;
    c->must_close = 1;
}

/* ---- the floor ---- */

static int on_floor_request(struct mg_connection *c)
{
    struct str answer = glue_of(c)->floor_answer;
    mg_write(c, answer.at, answer.bytes);
    return 200;
}

enum err glue_floor_start(struct str answer, unsigned workers, struct glue **out)
{
    struct glue *g = glue_new(workers);
    if (!g) {
        return ERR_NOMEM;
    }
    g->floor_answer = answer;
    const struct mg_callbacks callbacks = {.begin_request = on_floor_request};
    if (!start_civet(g, &callbacks, "127.0.0.1:0")) {
        glue_free(g);
        return ERR_IO;
    }
    *out = g;
    return ERR_NONE;
}

/* civetweb's stop flag is a volatile int that is set once and polled. OpenSSL is not instrumented:
 * the reference count that makes its last free safe is invisible. */
#if defined(__SANITIZE_THREAD__)
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:mg_stop\nrace:master_thread_run\nrace:SSL_CTX_free\n";
}
#endif
