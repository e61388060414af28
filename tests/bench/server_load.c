/* Loads a running server over plain sockets, one thread and one kept connection per client, and makes
 * what its figures are compared with: a bare civetweb that says one constant answer, and SQLite alone.
 * Called by tests/bench/server.mjs; each way prints one line of JSON.
 *
 *     bench_server_load get PORT PATH HEADER CLIENTS SECONDS      GET in a loop
 *     bench_server_load report PORT CLIENTS SECONDS [FILE…]       reports in a loop, with a photo each or none
 *     bench_server_load floor BYTES                               serves until standard input ends
 *     bench_server_load raw DIRECTORY SECONDS [BYTES]             commits of one row, or one blob of BYTES
 */
/* links: http store record crypto base */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/must.h"
#include "civet_glue.h"
#include "testing.h"

#define CLIENTS_MAX 64
#define FILES_MAX 64
#define BOUNDARY "bench7f3a9c"

struct bytes {
    char *at;
    size_t count;
};

static struct {
    unsigned port;
    double until;
    char request[2048]; /* of get */
    struct bytes file[FILES_MAX];
    size_t file_count;
    bool reports;
    _Atomic int64_t next, done, failed, body_bytes;
} load;

static double clock_s(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int dial(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load.port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0) return fd;
    if (fd >= 0) (void)close(fd);
    return -1;
}

static bool send_all(int fd, const char *at, size_t count)
{
    while (count > 0) {
        ssize_t n = send(fd, at, count, MSG_NOSIGNAL);
        if (n <= 0) return false;
        at += n;
        count -= (size_t)n;
    }
    return true;
}

/* Reads one answer; its status, 0 when the connection is gone. *keep: it may be used again. */
static int read_answer(int fd, int64_t *body, bool *keep)
{
    static _Thread_local char in[65536];
    size_t have = 0;
    const char *end = NULL;
    while (!end) {
        if (have == sizeof in - 1) return 0;
        ssize_t n = recv(fd, in + have, sizeof in - 1 - have, 0);
        if (n <= 0) return 0;
        have += (size_t)n;
        in[have] = '\0';
        end = strstr(in, "\r\n\r\n");
    }
    const char *length = strcasestr(in, "\r\ncontent-length:");
    int64_t left = length && length < end ? strtoll(length + 17, NULL, 10) : 0;
    const char *connection = strcasestr(in, "\r\nconnection: close");
    *keep = !connection || connection > end;
    *body = left;
    left -= (int64_t)(have - (size_t)(end + 4 - in));
    while (left > 0) {
        ssize_t n = recv(fd, in, sizeof in, 0);
        if (n <= 0) return 0;
        left -= n;
    }
    return (int)strtol(strncmp(in, "HTTP/1.1 ", 9) == 0 ? in + 9 : "200", NULL, 10);
}

/* Each photo differs in what stands behind its end, so that no two are the same bytes. */
static bool send_report(int fd, int64_t n)
{
    char head[512], part[512], tail[256];
    struct bytes photo = {NULL, 0};
    if (load.file_count) photo = load.file[(size_t)n % load.file_count];
    int part_bytes = snprintf(part, sizeof part,
                              "--" BOUNDARY
                              "\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\n"
                              "\xE9\x81\x93\xE8\xB7\xAF\xE3\x81\xAE\xE7\xA9\xB4 %lld\r\n",
                              (long long)n);
    if (photo.at) {
        part_bytes += snprintf(
            part + part_bytes, sizeof part - (size_t)part_bytes,
            "--" BOUNDARY
            "\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n"
            "Content-Type: image/jpeg\r\n\r\n");
    }
    int tail_bytes = photo.at ? snprintf(tail, sizeof tail, "%020lld\r\n--" BOUNDARY "--\r\n",
                                         (long long)n)
                              : snprintf(tail, sizeof tail, "--" BOUNDARY "--\r\n");
    int head_bytes = snprintf(head, sizeof head,
                              "POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                              "Content-Type: multipart/form-data; boundary=" BOUNDARY
                              "\r\nContent-Length: %zu\r\n\r\n",
                              (size_t)part_bytes + photo.count + (size_t)tail_bytes);
    char first[1024];
    memcpy(first, head, (size_t)head_bytes);
    memcpy(first + head_bytes, part, (size_t)part_bytes);
    size_t first_bytes = (size_t)head_bytes + (size_t)part_bytes;
    if (!photo.at) {
        memcpy(first + first_bytes, tail, (size_t)tail_bytes);
        return send_all(fd, first, first_bytes + (size_t)tail_bytes);
    }
    return send_all(fd, first, first_bytes) && send_all(fd, photo.at, photo.count) &&
           send_all(fd, tail, (size_t)tail_bytes);
}

static void *client(void *context)
{
    (void)context;
    int fd = -1;
    while (clock_s(CLOCK_MONOTONIC) < load.until) {
        if (fd < 0) fd = dial();
        int64_t n = atomic_fetch_add(&load.next, 1), body = 0;
        bool keep = false;
        bool sent = fd >= 0 && (load.reports ? send_report(fd, n)
                                             : send_all(fd, load.request, strlen(load.request)));
        int status = sent ? read_answer(fd, &body, &keep) : 0;
        if (status == 200 || status == 201) {
            atomic_fetch_add(&load.done, 1);
            atomic_store(&load.body_bytes, body);
        } else {
            atomic_fetch_add(&load.failed, 1);
        }
        if (!keep && fd >= 0) {
            (void)close(fd);
            fd = -1;
        }
    }
    if (fd >= 0) (void)close(fd);
    return NULL;
}

static int run(int clients, double seconds)
{
    pthread_t thread[CLIENTS_MAX];
    must(clients >= 1 && clients <= CLIENTS_MAX);
    double from = clock_s(CLOCK_MONOTONIC);
    load.until = from + seconds;
    atomic_store(&load.next, (int64_t)(clock_s(CLOCK_REALTIME) * 1e6));
    for (int i = 0; i < clients; i++) must(pthread_create(&thread[i], NULL, client, NULL) == 0);
    for (int i = 0; i < clients; i++) must(pthread_join(thread[i], NULL) == 0);
    double took = clock_s(CLOCK_MONOTONIC) - from;
    (void)printf(
        "{\"per_s\":%.2f,\"done\":%lld,\"failed\":%lld,\"body_bytes\":%lld,\"own_cpu_s\":%.3f}\n",
        (double)load.done / took, (long long)load.done, (long long)load.failed,
        (long long)load.body_bytes, clock_s(CLOCK_PROCESS_CPUTIME_ID));
    return load.done > 0 ? 0 : 1;
}

static struct bytes read_file(const char *name)
{
    FILE *f = fopen(name, "rb");
    must(f);
    must(fseek(f, 0, SEEK_END) == 0);
    long size = ftell(f);
    must(size > 0);
    rewind(f);
    struct bytes b = {malloc((size_t)size), (size_t)size};
    must(b.at && fread(b.at, 1, b.count, f) == b.count);
    (void)fclose(f);
    return b;
}

static int floor_serve(size_t bytes)
{
    char head[256];
    int head_bytes = snprintf(head, sizeof head,
                              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                              "Connection: keep-alive\r\nContent-Length: %zu\r\n\r\n",
                              bytes);
    char *answer = malloc((size_t)head_bytes + bytes);
    must(answer);
    memcpy(answer, head, (size_t)head_bytes);
    memset(answer + head_bytes, 'x', bytes);
    struct glue *floor = NULL;
    if (glue_floor_start((struct str){answer, (size_t)head_bytes + bytes}, 20, &floor)) return 1;
    (void)printf("{\"port\":%u}\n", glue_port(floor, 0));
    (void)fflush(stdout);
    while (getchar() != EOF) {}
    glue_stop(floor);
    free(answer);
    return 0;
}

static int raw_commits(const char *directory, double seconds, size_t bytes)
{
    char file[4096];
    (void)snprintf(file, sizeof file, "%s/raw.db", directory);
    struct raw *raw = raw_open(file);
    char *content = malloc(bytes ? bytes : 64);
    must(content);
    memset(content, 'x', bytes ? bytes : 64);
    double from = clock_s(CLOCK_MONOTONIC), cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID), now = from;
    int64_t n = 0;
    for (; now < from + seconds; now = clock_s(CLOCK_MONOTONIC), n++) {
        raw_put(raw, content, bytes ? bytes : 64, bytes > 0);
    }
    (void)printf("{\"per_s\":%.2f,\"cpu_s_each\":%.6f}\n", (double)n / (now - from),
                 (clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (double)n);
    raw_close(raw);
    free(content);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "get") == 0) {
        load.port = (unsigned)strtoul(argv[2], NULL, 10);
        (void)snprintf(load.request, sizeof load.request,
                       "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s\r\n", argv[3], argv[4],
                       *argv[4] ? "\r\n" : "");
        return run((int)strtol(argv[5], NULL, 10), strtod(argv[6], NULL));
    }
    if (argc >= 5 && strcmp(argv[1], "report") == 0) {
        load.port = (unsigned)strtoul(argv[2], NULL, 10);
        load.reports = true;
        for (int i = 5; i < argc && load.file_count < FILES_MAX; i++)
            load.file[load.file_count++] = read_file(argv[i]);
        return run((int)strtol(argv[3], NULL, 10), strtod(argv[4], NULL));
    }
    if (argc == 3 && strcmp(argv[1], "floor") == 0) return floor_serve(strtoul(argv[2], NULL, 10));
    if (argc >= 4 && strcmp(argv[1], "raw") == 0) {
        return raw_commits(argv[2], strtod(argv[3], NULL),
                           argc > 4 ? strtoul(argv[4], NULL, 10) : 0);
    }
    (void)fprintf(stderr, "usage: see the first lines of tests/bench/server_load.c\n");
    return 2;
}
