/* Owns the server: route table, TLS, civetweb, hub, the budget of bodies and the pool of arenas;
 * the order in which they start and the reverse in which they end. Invariant: civetweb's threads
 * are joined before anything that they use is freed. Refuses half a start: either every address is
 * listened on or none.
 *
 * What a server costs (x86-64, bench_http_floor): a worker takes 93 KB resident when new and 125 KB
 * when it has answered, with musl and mimalloc (60 KB of it are mimalloc's segment, 12 to 40 KB the
 * stack, 2 KB the slot), 43 and 67 KB with glibc. So 128 workers are 16 MB; that few are enough
 * because kept connections give their workers back when these become scarce. Bodies:
 * body_budget_bytes over all workers. Arenas: arena_keep x 64 KB at rest, workers x
 * request_arena_bytes at the very worst.
 */
#include "room.h"

#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define WORKERS_DEFAULT 128
#define BODY_BUDGET_DEFAULT ((size_t)64 << 20)
#define ARENA_BYTES_DEFAULT ((size_t)16 << 20)
#define BODY_DEADLINE_MS_DEFAULT 120000
#define BODY_WAIT_MS_DEFAULT 10000
#define CERTIFICATE_LOOK_MS 1000
#define DRAIN_STEP_MS 5

static bool print_listen(const struct http_options *o, char *out, size_t room, char why[256]);
static void read_urls(struct http_server *s);
static void on_complaint(void *context, const char *text);
static void look_at_certificate(void *context);
static void server_free(struct http_server *s);

static size_t cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}

static struct http_options with_defaults(const struct http_options *o)
{
    struct http_options d = *o;
    d.workers = d.workers ? d.workers : WORKERS_DEFAULT;
    d.body_budget_bytes = d.body_budget_bytes ? d.body_budget_bytes : BODY_BUDGET_DEFAULT;
    d.request_arena_bytes = d.request_arena_bytes ? d.request_arena_bytes : ARENA_BYTES_DEFAULT;
    d.body_wait_ms = d.body_wait_ms > 0 ? d.body_wait_ms : BODY_WAIT_MS_DEFAULT;
    d.body_deadline_ms = d.body_deadline_ms > 0 ? d.body_deadline_ms : BODY_DEADLINE_MS_DEFAULT;
    return d;
}

static enum err start_parts(struct http_server *s, const struct http_route *routes,
                            size_t route_count, const char *listen, char why[256])
{
    enum err e = route_table_new(routes, route_count, &s->routes);
    if (!e && s->options.tls_cert) {
        e = certs_new(s->options.tls_cert, s->options.tls_key, &s->certs, why);
    }
    if (e) {
        return e;
    }
    const struct hub_options hub = {
        .tick_ms = CERTIFICATE_LOOK_MS,
        .tick = s->certs ? look_at_certificate : NULL,
        .context = s,
    };
    const struct glue_options glue = {
        .listen = listen,
        .workers = s->options.workers,
        .tls = s->certs ? certs_context(s->certs) : NULL,
    };
    const struct glue_hooks hooks = {
        .context = s,
        .request = dispatch_request,
        .refused = dispatch_refusal,
        .complaint = on_complaint,
    };
    e = hub_new(&hub, &s->hub);
    if (e) {
        return e;
    }
    s->complaint = why; /* no other thread yet */
    struct glue *started = NULL;
    e = glue_start(&glue, &hooks, &started);
    pthread_mutex_lock(&s->complaint_lock);
    s->complaint = NULL;
    pthread_mutex_unlock(&s->complaint_lock);
    /* The hub's tick looks at s->glue. */
    __atomic_store_n(&s->glue, started, __ATOMIC_RELEASE);
    return e;
}

enum err http_server_start(const struct http_options *options, const struct http_route *routes,
                           size_t route_count, const struct http_hooks *hooks,
                           const struct env *env, struct http_server **out, char why[256])
{
    must(options->listen_count <= HTTP_LISTEN_MAX);
    must(!options->tls_cert == !options->tls_key);
    (void)snprintf(why, 256, "the server cannot be started");
    struct http_server *s = mem_array(1, sizeof *s);
    if (!s) {
        return ERR_NOMEM;
    }
    s->options = with_defaults(options);
    s->hooks = *hooks;
    s->env = env;
    s->arena_keep = 4 * cores() < ARENAS_MAX ? 4 * cores() : ARENAS_MAX;
    pthread_mutex_init(&s->arena_lock, NULL);
    pthread_mutex_init(&s->complaint_lock, NULL);
    budget_init(&s->bodies, s->options.body_budget_bytes);
    char listen[HTTP_LISTEN_MAX * 80];
    enum err e = print_listen(&s->options, listen, sizeof listen, why)
                     ? start_parts(s, routes, route_count, listen, why)
                     : ERR_INPUT;
    if (e) {
        log_line(env->log, LOG_ERROR, "what=\"server not started\" why=\"%s\"", why);
        server_free(s);
        return e;
    }
    read_urls(s);
    why[0] = '\0';
    *out = s;
    return ERR_NONE;
}

void http_server_stop(struct http_server *s, int64_t drain_ms)
{
    uint64_t end = glue_now_ns() + (uint64_t)(drain_ms > 0 ? drain_ms : 0) * 1000000;
    glue_stop_listening(s->glue);
    while (glue_close_idle(s->glue) > 0 && glue_now_ns() < end) {
        (void)nanosleep(&(struct timespec){.tv_nsec = DRAIN_STEP_MS * 1000000L}, NULL);
    }
    budget_close(&s->bodies);
    hub_close(s->hub);
    glue_stop(s->glue);
    s->glue = NULL;
    server_free(s);
}

static void server_free(struct http_server *s)
{
    if (s->hub) {
        if (!s->url[0][0]) {
            hub_close(s->hub); /* never started: http_server_stop has not done it */
        }
        hub_free(s->hub);
    }
    for (size_t i = 0; i < s->arena_count; i++) {
        arena_clear(s->arena[i]);
        mem_free(s->arena[i]);
    }
    certs_free(s->certs);
    route_table_free(s->routes);
    budget_clear(&s->bodies);
    pthread_mutex_destroy(&s->arena_lock);
    pthread_mutex_destroy(&s->complaint_lock);
    mem_free(s);
}

const char *http_server_url(const struct http_server *s, size_t index)
{
    return index < s->options.listen_count ? s->url[index] : NULL;
}

void http_stats(struct http_server *s, struct http_stats *out)
{
    *out = (struct http_stats){
        .requests = atomic_load(&s->requests),
        .responses_5xx = atomic_load(&s->responses_5xx),
        .listeners = (int64_t)hub_count(s->hub),
        .workers_busy = glue_busy(s->glue),
        .body_bytes_held = (int64_t)budget_held(&s->bodies),
    };
}

/* "host:port" with nothing that civetweb's list would read as more: commas, and the letters behind
 * a port that switch TLS on. The host's bytes, or 0. */
static size_t address_host_bytes(const char *address)
{
    const char *colon = strrchr(address, ':');
    int64_t port;
    if (!colon || colon == address || strlen(address) > 70 ||
        strspn(address, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:[]") !=
            strlen(address) ||
        !text_parse_int(str_of(colon + 1), 0, 65535, &port)) {
        return 0;
    }
    return (size_t)(colon - address);
}

static bool print_listen(const struct http_options *o, char *out, size_t room, char why[256])
{
    size_t at = 0;
    for (size_t i = 0; i < o->listen_count; i++) {
        if (address_host_bytes(o->listen[i]) == 0) {
            (void)snprintf(why, 256, "\"%.70s\" is not an address and a port", o->listen[i]);
            return false;
        }
        int n = snprintf(out + at, room - at, "%s%s%s", i > 0 ? "," : "", o->listen[i],
                         o->tls_cert ? "s" : "");
        at += n > 0 ? (size_t)n : 0;
    }
    (void)snprintf(why, 256, "no address to listen on");
    return o->listen_count > 0;
}

static void read_urls(struct http_server *s)
{
    for (size_t i = 0; i < s->options.listen_count; i++) {
        const char *address = s->options.listen[i];
        (void)snprintf(s->url[i], sizeof s->url[i], "http%s://%.*s:%u", s->certs ? "s" : "",
                       (int)address_host_bytes(address), address, glue_port(s->glue, i));
    }
}

static void on_complaint(void *context, const char *text)
{
    struct http_server *s = context;
    pthread_mutex_lock(&s->complaint_lock);
    if (s->complaint) { /* the first is the cause */
        (void)snprintf(s->complaint, 256, "%s", text);
        s->complaint = NULL;
    }
    pthread_mutex_unlock(&s->complaint_lock);
    /* Mostly clients that break off a handshake. */
    log_line(s->env->log, LOG_DEBUG, "what=\"civetweb\" text=\"%s\"", text);
}

static void look_at_certificate(void *context)
{
    struct http_server *s = context;
    struct glue *glue = __atomic_load_n(&s->glue, __ATOMIC_ACQUIRE);
    struct ssl_ctx_st *old = glue ? certs_renew(s->certs, s->env->log) : NULL;
    if (old) {
        glue_set_tls(glue, certs_context(s->certs));
        certs_forget(old);
    }
}
