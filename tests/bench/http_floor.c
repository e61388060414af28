/* links: http base */
/* What our way from socket to answer costs above civetweb's: the same bytes are answered by a bare
 * civetweb callback, by http_answer behind the route table, and by a route with a parameter, a session
 * and a query, in turn and in the same process with its clients. Then what idle workers weigh.
 *
 *     bench_http_floor [seconds per turn] [connections]
 *
 * The ratio is that of processor time, clients included, because other work on the machine disturbs it
 * less. Limit for the plain route: 0.80 of the bare callback.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "civet_glue.h"
#include "http/http.h"

#define TURNS 9
#define CONNECTIONS_MAX 256

static struct log quiet = {.fd = -1};
static struct env env;
static char page[2048];

static void answer_page(struct http_request *r, void *context)
{
    (void)context;
    http_answer_html(r, 200, (struct str){page, sizeof page});
}

static void answer_asking(struct http_request *r, void *context)
{
    (void)context;
    if (http_param(r, "ref").bytes > 0 && http_query(r, "q").bytes > 0 &&
        http_who(r)->person_id == 1) {
        http_answer_html(r, 200, (struct str){page, sizeof page});
    }
}

static void identify(void *context, struct str token, struct arena *a, struct http_who *who)
{
    (void)context;
    (void)a;
    who->person_id = token.bytes > 0;
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", HTTP_PUBLIC, 0, answer_page, ""},
    {HTTP_GET, "/api/v1/cases/{ref}", HTTP_STAFF, 0, answer_asking, ""},
    {HTTP_GET, "/api/v1/cases/{ref}/photos", HTTP_STAFF, 0, answer_page, ""},
    {HTTP_GET, "/api/v1/board", HTTP_STAFF, 0, answer_page, ""},
    {HTTP_GET, "/report/photo", HTTP_PUBLIC, 0, answer_page, ""},
};

static const char plain_request[] = "GET / HTTP/1.1\r\nHost: town.example\r\n"
                                    "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
                                    "Accept: text/html,application/xhtml+xml\r\n"
                                    "Accept-Language: ja,en;q=0.5\r\n"
                                    "Accept-Encoding: gzip, deflate, br\r\n"
                                    "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n\r\n";
static const char asking_request[] =
    "GET /api/v1/cases/K7Q-3MP?q=%E9%81%93%E8%B7%AF&page=2 HTTP/1.1\r\nHost: town.example\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: application/json\r\n"
    "Accept-Language: ja,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Cookie: lang=ja; towndesk=0123456789012345678901234567890123456789012\r\n"
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n\r\n";

static int dial(unsigned port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        perror("connect");
        exit(1);
    }
    return fd;
}

/* One request, one answer of known size; 0 finds the size out. */
static size_t turn(int fd, struct str request, size_t bytes)
{
    static _Thread_local char in[16384];
    if (send(fd, request.at, request.bytes, MSG_NOSIGNAL) != (ssize_t)request.bytes) {
        return 0;
    }
    size_t have = 0;
    do {
        ssize_t n = recv(fd, in + have, sizeof in - have, 0);
        if (n <= 0) {
            return 0;
        }
        have += (size_t)n;
        if (bytes == 0) {
            in[have] = '\0';
            const char *end = strstr(in, "\r\n\r\n");
            bytes = end ? (size_t)(end - in) + 4 + sizeof page : 0;
        }
    } while (have < bytes || bytes == 0);
    return have;
}

struct load {
    unsigned port;
    struct str request;
    size_t bytes;
    atomic_bool stop;
    atomic_long done;
};

static void *client(void *context)
{
    struct load *load = context;
    int fd = dial(load->port);
    long done = 0;
    while (!atomic_load_explicit(&load->stop, memory_order_relaxed) &&
           turn(fd, load->request, load->bytes) == load->bytes) {
        done++;
    }
    atomic_fetch_add(&load->done, done);
    close(fd);
    return NULL;
}

/* Processor time of clients and server together. */
static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct rate {
    double per_second;
    double cpu_us; /* for each */
};

static struct rate measure(unsigned port, struct str request, size_t bytes, double seconds,
                           int count)
{
    struct load load = {.port = port, .request = request, .bytes = bytes};
    pthread_t thread[CONNECTIONS_MAX];
    struct timespec from;
    struct timespec to;
    double cpu = cpu_seconds();
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < count; i++) {
        pthread_create(&thread[i], NULL, client, &load);
    }
    usleep((useconds_t)(seconds * 1e6));
    atomic_store(&load.stop, true);
    for (int i = 0; i < count; i++) {
        pthread_join(thread[i], NULL);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    double took = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    double done = load.done > 0 ? (double)load.done : 1;
    return (struct rate){done / took, (cpu_seconds() - cpu) * 1e6 / done};
}

static long resident_kb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f) {
        if (fscanf(f, "%*s %ld", &pages) != 1) {
            pages = 0;
        }
        (void)fclose(f);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static struct http_server *start(unsigned workers, unsigned *port)
{
    static const struct http_hooks hooks = {.identify = identify};
    const struct http_options options = {
        .listen = {"127.0.0.1:0"}, .listen_count = 1, .workers = workers};
    struct http_server *s = NULL;
    char why[256];
    if (http_server_start(&options, routes, sizeof routes / sizeof *routes, &hooks, &env, &s,
                          why)) {
        (void)fprintf(stderr, "%s\n", why);
        exit(1);
    }
    *port = (unsigned)strtoul(strrchr(http_server_url(s, 0), ':') + 1, NULL, 10);
    return s;
}

/* Every worker has had a connection and a request, then all are idle. */
static void weigh_idle(void)
{
    const unsigned workers = 256;
    unsigned port;
    static int fd[256];
    long before = resident_kb();
    struct http_server *s = start(workers, &port);
    usleep(300000);
    long started = resident_kb();
    size_t bytes = 0;
    for (unsigned i = 0; i < workers; i++) {
        fd[i] = dial(port);
        bytes = turn(fd[i], STR(plain_request), bytes);
    }
    long used = resident_kb();
    for (unsigned i = 0; i < workers; i++) {
        close(fd[i]);
    }
    (void)printf("%u workers: %.1f KB resident each when new, %.1f KB after a request\n", workers,
                 (double)(started - before) / workers, (double)(used - before) / workers);
    http_server_stop(s, 1000);
}

static int by_cost(const void *a, const void *b)
{
    const struct rate *x = a;
    const struct rate *y = b;
    return (x->cpu_us > y->cpu_us) - (x->cpu_us < y->cpu_us);
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 0.5;
    int count = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 8;
    count = count < 1 ? 1 : count > CONNECTIONS_MAX ? CONNECTIONS_MAX : count;
    env = env_system(&quiet);
    memset(page, 'x', sizeof page);
    weigh_idle();

    unsigned port;
    struct http_server *s = start(2 * (unsigned)count + 4, &port);
    static char answer[16384];
    int fd = dial(port);
    size_t bytes = turn(fd, STR(plain_request), 0);
    (void)send(fd, plain_request, sizeof plain_request - 1, 0);
    (void)recv(fd, answer, sizeof answer, 0);
    close(fd);
    struct glue *floor = NULL;
    if (glue_floor_start((struct str){answer, bytes}, 2 * (unsigned)count + 4, &floor)) {
        return 1;
    }
    struct rate rate[3][TURNS];
    for (int i = 0; i < TURNS; i++) {
        rate[0][i] = measure(glue_port(floor, 0), STR(plain_request), bytes, seconds, count);
        rate[1][i] = measure(port, STR(plain_request), bytes, seconds, count);
        rate[2][i] = measure(port, STR(asking_request), bytes, seconds, count);
    }
    static const char *const names[] = {"bare civetweb callback", "route and http_answer",
                                        "parameter, query, session"};
    for (int k = 0; k < 3; k++) {
        qsort(rate[k], TURNS, sizeof rate[k][0], by_cost);
        const struct rate *best = &rate[k][0];
        (void)printf("%-26s %8.0f requests/s  %6.1f us of CPU each  ratio %.2f\n", names[k],
                     best->per_second, best->cpu_us, rate[0][0].cpu_us / best->cpu_us);
    }
    (void)printf("%zu bytes an answer, %d connections, cheapest of %d turns; limit 0.80\n", bytes,
                 count, TURNS);
    http_server_stop(s, 1000);
    glue_stop(floor);
    return 0;
}
