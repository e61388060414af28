/* `towndesk serve`: opens the town's file, starts the server, waits for SIGTERM or SIGINT, lets
 * running requests end, closes. What is taken last is given back first; after the signal all of it
 * takes less than five seconds, and a second signal ends the process at once (the file survives
 * that).
 */
#include "say.h"
#include "serve.h"

#include "api/api.h"
#include "base/mem.h"
#include "desk/desk.h"
#include "pages/pages.h"
#include "towndesk_version.h"

#include <signal.h>
#include <string.h>

#define DRAIN_MS 3500
#define BODY_BUDGET_BYTES ((size_t)512 << 20) /* five full reports of five photos at once */

enum { DB, LISTEN, TLS_CERT, TLS_KEY, WORKERS, DEMO };
static const struct option options[] = {
    [DB] = {.name = "db",
            .value = "FILE",
            .kind = OPTION_TEXT,
            .help = "the town's file, made when it is missing",
            .fallback = "town.db"},
    [LISTEN] = {.name = "listen",
                .value = "ADDR:PORT",
                .kind = OPTION_TEXTS,
                .help = "where to listen; may be given several times (default: 127.0.0.1:8311)"},
    [TLS_CERT] = {.name = "tls-cert",
                  .value = "FILE",
                  .kind = OPTION_TEXT,
                  .help = "certificate and its chain (PEM), for HTTPS"},
    [TLS_KEY] = {.name = "tls-key",
                 .value = "FILE",
                 .kind = OPTION_TEXT,
                 .help = "its private key (PEM)"},
    [WORKERS] = {.name = "workers",
                 .value = "N",
                 .kind = OPTION_NUMBER,
                 .help = "connections served at once (default: 128)",
                 .min = 4,
                 .max = 4096},
    [DEMO] = {.name = "demo", .kind = OPTION_FLAG, .help = "fill an empty file with a demo town"},
};

struct serving {
    const struct cli *cli;
    const struct arguments *args;
    const char *file;
    char listen[HTTP_LISTEN_MAX][LISTEN_ROOM];
    size_t listen_count;
    bool all_loopback;
    struct store *store;
    struct route_list routes;
    struct app app;
    sigset_t signals; /* blocked in every thread, waited for in this one */
};

static bool read_addresses(struct serving *s)
{
    const struct option_value *v = &s->args->option[LISTEN];
    const char *fallback = "127.0.0.1:8311";
    s->listen_count = v->count ? v->count : 1;
    s->all_loopback = true;
    for (size_t i = 0; i < s->listen_count; i++) {
        const char *typed = v->count ? v->texts[i] : fallback;
        bool loopback = false;
        if (!listen_read(typed, s->listen[i], &loopback)) {
            (void)cli_fail(s->cli, CLI_WRONG_USE,
                           "--listen wants an address in numbers and a port, like 127.0.0.1:8311, "
                           "0.0.0.0:443 or [::1]:8311, not '%s'.",
                           typed);
            return false;
        }
        s->all_loopback = s->all_loopback && loopback;
    }
    return true;
}

/* What can be said before anything is opened. */
static enum cli_exit check_use(struct serving *s)
{
    const struct option_value *given = s->args->option;
    if (!read_addresses(s)) return CLI_WRONG_USE;
    if (given[TLS_CERT].given != given[TLS_KEY].given) {
        return cli_fail(s->cli, CLI_WRONG_USE, "--tls-cert and --tls-key go together.");
    }
    if (given[DEMO].given && !s->all_loopback) {
        return cli_fail(s->cli, CLI_WRONG_USE,
                        "--demo listens on this machine only (127.0.0.1 or [::1]): everybody can "
                        "know the demo town's passwords.");
    }
    if (!given[TLS_CERT].given && !s->all_loopback) {
        fprintf(
            s->cli->err,
            "towndesk: this is plain HTTP on an address that others reach: what people send can "
            "be read on the way, and phones give a page their position over HTTPS only. Use "
            "--tls-cert and --tls-key, or a proxy that speaks HTTPS in front.\n");
    }
    return CLI_DONE;
}

static bool open_file(struct serving *s)
{
    enum store_refusal why = STORE_FINE;
    struct store_options create = {.create = true};
    enum err e = store_open(s->file, &create, s->cli->env, &s->store, &why);
    if (e == ERR_NONE && s->args->option[DEMO].given && !demo_fill(s->cli, s->store)) return false;
    if (e == ERR_NONE) {
        struct desk_options background = {.background = true};
        e = desk_open(s->store, &background, s->cli->env, &s->app.desk);
    }
    if (e == ERR_NONE) e = desk_town_begin(s->app.desk);
    if (e == ERR_NONE) e = api_open(&s->app.api);
    if (e == ERR_NONE) e = routes_all(&s->routes);
    if (e == ERR_NONE) return true;
    (void)say_refusal(s->cli, s->file, why, e);
    return false;
}

static void identify(void *context, struct str token, struct arena *a, struct http_who *who)
{
    struct app *app = context;
    struct person person;
    if (desk_session(app->desk, token, a, &person) != ERR_NONE) return;
    *who = (struct http_who){
        .person_id = person.id, .is_admin = person.role == ROLE_ADMIN, .name = person.name};
}

static void fail(void *context, struct http_request *r, int status, const char *code)
{
    (void)context;
    if (str_starts(http_path(r), STR("/api/"))) {
        api_fail(r, status, code);
    } else {
        pages_fail(r, status, code);
    }
}

static bool start(struct serving *s, const struct http_hooks *hooks)
{
    const struct option_value *given = s->args->option;
    struct http_options o = {.listen_count = s->listen_count,
                             .tls_cert = given[TLS_CERT].text,
                             .tls_key = given[TLS_KEY].text,
                             .workers = (unsigned)given[WORKERS].number,
                             .body_budget_bytes = BODY_BUDGET_BYTES};
    for (size_t i = 0; i < s->listen_count; i++) o.listen[i] = s->listen[i];
    char why[256] = "";
    struct http_server *server = NULL;
    enum err e = http_server_start(&o, s->routes.routes, s->routes.count, hooks, s->cli->env,
                                   &server, why);
    if (e != ERR_NONE) {
        (void)cli_fail(s->cli, CLI_FAILED, "the server could not start: %s",
                       *why ? why : err_name(e));
        return false;
    }
    s->app.server = server;
    return true;
}

/* The one line that a person or a script waits for. */
static void say_ready(const struct serving *s)
{
    fprintf(s->cli->out, "towndesk %s ready on", TOWNDESK_VERSION);
    const char *url;
    for (size_t i = 0; (url = http_server_url(s->app.server, i)); i++) {
        fprintf(s->cli->out, "%s %s", i ? "," : "", url);
    }
    fprintf(s->cli->out, " (%s)\n", s->file);
    if (s->args->option[DEMO].given) demo_say_how_to_sign_in(s->cli);
    fflush(s->cli->out);
    notify_systemd("READY=1");
}

static void say_who_is_missing(const struct serving *s)
{
    struct arena a;
    arena_init(&a, (size_t)1 << 20);
    struct person *people = NULL;
    size_t count = 0;
    if (desk_person_list(s->app.desk, &a, &people, &count) == ERR_NONE && count == 0) {
        fprintf(s->cli->err,
                "Nobody can sign in yet: towndesk staff add NAME --role admin --db %s\n", s->file);
    }
    arena_clear(&a);
}

static enum cli_exit serve(struct serving *s)
{
    struct http_hooks hooks = {.context = &s->app, .identify = identify, .fail = fail};
    s->app.env = s->cli->env;
    s->app.started_ms = env_monotonic_ms(s->cli->env);
    enum cli_exit status = CLI_FAILED;
    if (open_file(s) && start(s, &hooks)) {
        say_ready(s);
        say_who_is_missing(s);
        int signal_number;
        sigwait(&s->signals, &signal_number);
        pthread_sigmask(SIG_UNBLOCK, &s->signals, NULL);
        notify_systemd("STOPPING=1");
        struct http_server *server = s->app.server;
        http_server_stop(server, DRAIN_MS);
        status = CLI_DONE;
    }
    mem_free(s->routes.routes);
    api_close(s->app.api);
    if (s->app.desk) desk_close(s->app.desk);
    store_close(s->store);
    return status;
}

static enum cli_exit run(const struct cli *cli, const struct arguments *args)
{
    struct serving s = {.cli = cli, .args = args, .file = args->option[DB].text};
    enum cli_exit status = check_use(&s);
    if (status != CLI_DONE) return status;
    sigset_t before; /* threads inherit the mask: none of ours is to be ended by a signal */
    sigemptyset(&s.signals);
    sigaddset(&s.signals, SIGTERM);
    sigaddset(&s.signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &s.signals, &before);
    status = serve(&s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

const struct command command_serve = {
    .name = "serve",
    .operands = "",
    .summary = "run the town's desk: pages for residents, the board for staff",
    .details =
        "One line says when it is ready. A file of an older version is copied and then brought\n"
        "up to date; one of a newer version, or of another program, is left as it is. SIGTERM\n"
        "or Ctrl-C lets running requests end and stops within five seconds.\n"
        "\n"
        "To look around: towndesk serve --demo --db demo.db\n"
        "To begin:       towndesk staff add NAME --role admin --db town.db, once it has run\n",
    COMMAND_OPTIONS(options),
    .run = run,
};
