/* Owns the addresses that look at the running process and its file rather than at the town's work:
 * is it alive, how busy is it. Nothing of any case or person.
 */
#include "serve.h"

#include "desk/desk.h"
#include "towndesk_version.h"

#include <stdio.h>
#include <unistd.h>

#define METRICS_BYTES_MAX 65536
#define METRICS_TYPE "text/plain; version=0.0.4"

static enum err read_counts(struct store_tx *tx, void *context)
{
    int64_t *cases = context;
    return store_casefile_counts(tx, 0, cases);
}

/* Alive means that the file answers, not only that a thread is left to say so. */
static void get_health(struct http_request *r, void *context)
{
    struct app *app = context;
    int64_t cases[CASE_STATUS_COUNT];
    enum err e = store_read(desk_store(app->desk), read_counts, cases);
    if (e != ERR_NONE) {
        http_fail_code(r, 503, "busy");
        return;
    }
    http_answer_json(r, 200, STR("{\"status\":\"ok\"}"));
}

/* The memory that is ours alone and in use; 0 where nobody says. Source: proc(5), statm. */
static int64_t resident_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f) return 0;
    long long whole = 0, resident = 0;
    int read = fscanf(f, "%lld %lld", &whole, &resident);
    fclose(f);
    return read == 2 ? (int64_t)resident * sysconf(_SC_PAGESIZE) : 0;
}

static void metric(struct buf *out, const char *name, const char *type, const char *help, int64_t n)
{
    buf_printf(out, "# HELP towndesk_%s %s\n# TYPE towndesk_%s %s\ntowndesk_%s %lld\n", name, help,
               name, type, name, (long long)n);
}

static void print_metrics(struct buf *out, struct app *app, const int64_t cases[CASE_STATUS_COUNT])
{
    struct http_stats web = {.requests = 0};
    struct http_server *server = app->server;
    if (server) http_stats(server, &web);
    struct store_stats file;
    store_stats(desk_store(app->desk), &file);
    metric(out, "requests_total", "counter", "Requests answered.", web.requests);
    metric(out, "responses_5xx_total", "counter", "Answers that say the fault is ours.",
           web.responses_5xx);
    metric(out, "workers_busy", "gauge", "Connections being served.", web.workers_busy);
    metric(out, "listeners", "gauge", "Open event streams.", web.listeners);
    metric(out, "body_bytes_held", "gauge", "Request bodies in memory.", web.body_bytes_held);
    metric(out, "commits_total", "counter", "Transactions on disk.", file.commits);
    metric(out, "write_jobs_total", "counter", "Changes asked of the writer.", file.jobs);
    metric(out, "write_jobs_waiting", "gauge", "Changes waiting for the writer.",
           file.jobs_waiting);
    metric(out, "readers_busy", "gauge", "Read connections in use.", file.readers_busy);
    metric(out, "file_bytes", "gauge", "Size of the town's file.", file.file_bytes);
    metric(out, "wal_bytes", "gauge", "Size of its write-ahead log.", file.wal_bytes);
    metric(out, "resident_bytes", "gauge", "Memory in use.", resident_bytes());
    metric(out, "uptime_seconds", "gauge", "Since the server began.",
           (env_monotonic_ms(app->env) - app->started_ms) / 1000);
    buf_add_text(out, "# HELP towndesk_cases Cases by status.\n# TYPE towndesk_cases gauge\n");
    for (int i = 0; i < CASE_STATUS_COUNT; i++) {
        buf_printf(out, "towndesk_cases{status=\"%s\"} %lld\n",
                   record_status_name((enum case_status)i), (long long)cases[i]);
    }
    buf_printf(out,
               "# HELP towndesk_build_info What this is.\n# TYPE towndesk_build_info gauge\n"
               "towndesk_build_info{version=\"%s\"} 1\n",
               TOWNDESK_VERSION);
}

static void get_metrics(struct http_request *r, void *context)
{
    struct app *app = context;
    int64_t cases[CASE_STATUS_COUNT] = {0};
    enum err e = store_read(desk_store(app->desk), read_counts, cases);
    if (e != ERR_NONE) {
        http_fail(r, e);
        return;
    }
    struct buf out;
    buf_init(&out, METRICS_BYTES_MAX);
    print_metrics(&out, app, cases);
    e = buf_err(&out);
    if (e == ERR_NONE) {
        struct http_answer answer = {
            .status = 200, .type = METRICS_TYPE, .body = buf_str(&out), .caching = HTTP_NO_STORE};
        http_answer(r, &answer);
    } else {
        http_fail(r, e);
    }
    buf_clear(&out);
}

const struct http_route *operations_routes(size_t *count)
{
    static const struct http_route routes[] = {
        {HTTP_GET, "/healthz", HTTP_PUBLIC, 0, get_health,
         "Whether the server and its file answer"},
        {HTTP_GET, "/metrics", HTTP_PUBLIC, 0, get_metrics, "Figures for Prometheus"},
    };
    *count = sizeof routes / sizeof *routes;
    return routes;
}
