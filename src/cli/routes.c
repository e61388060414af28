/* `towndesk routes`, and the one list of all routes that the server runs and the command prints. */
#include "say.h"
#include "serve.h"

#include "api/api.h"
#include "base/json.h"
#include "base/mem.h"
#include "pages/pages.h"

#include <string.h>

enum { JSON };
static const struct option options[] = {
    [JSON] = {.name = "json", .kind = OPTION_FLAG, .help = "answer with one line of JSON each"},
};

enum err routes_all(struct route_list *out)
{
    const struct http_route *part[3];
    size_t count[3];
    part[0] = api_routes(&count[0]);
    part[1] = operations_routes(&count[1]);
    part[2] = pages_routes(&count[2]);
    size_t all = count[0] + count[1] + count[2];
    struct http_route *routes = mem_array(all, sizeof *routes);
    if (!routes) return ERR_NOMEM;
    size_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        memcpy(routes + at, part[i], count[i] * sizeof *routes);
        at += count[i];
    }
    *out = (struct route_list){.routes = routes, .count = all};
    return ERR_NONE;
}

static const char *method_name(enum http_method m)
{
    switch (m) {
    case HTTP_GET: return "GET";
    case HTTP_POST: return "POST";
    case HTTP_PUT: return "PUT";
    case HTTP_PATCH: return "PATCH";
    case HTTP_DELETE: return "DELETE";
    }
    return "?";
}

static const char *permission_name(enum http_permission p)
{
    switch (p) {
    case HTTP_PUBLIC: return "public";
    case HTTP_STAFF: return "staff";
    case HTTP_ADMIN: return "admin";
    }
    return "?";
}

static enum cli_exit print_json(const struct cli *cli, const struct http_route *r)
{
    struct buf b;
    buf_init(&b, 4096);
    struct json j;
    json_init(&j, &b);
    json_object(&j);
    json_key_text(&j, "method", method_name(r->method));
    json_key_text(&j, "pattern", r->pattern);
    json_key_text(&j, "permission", permission_name(r->permission));
    json_key_int(&j, "body_bytes_max", (int64_t)r->body_bytes_max);
    json_key_text(&j, "help", r->help);
    json_end(&j);
    buf_add_char(&b, '\n');
    enum cli_exit status = say_buf(cli, &b);
    buf_clear(&b);
    return status;
}

static enum cli_exit run(const struct cli *cli, const struct arguments *args)
{
    struct route_list list;
    if (routes_all(&list) != ERR_NONE) {
        return cli_fail(cli, CLI_FAILED, "there is not enough memory.");
    }
    enum cli_exit status = CLI_DONE;
    for (size_t i = 0; i < list.count && status == CLI_DONE; i++) {
        const struct http_route *r = &list.routes[i];
        if (args->option[JSON].given) {
            status = print_json(cli, r);
        } else {
            fprintf(cli->out, "%-6s  %-32s  %-6s  %s\n", method_name(r->method), r->pattern,
                    permission_name(r->permission), r->help);
        }
    }
    mem_free(list.routes);
    return status;
}

const struct command command_routes = {
    .name = "routes",
    .operands = "",
    .summary = "list the addresses that the server answers, and to whom",
    .details = "",
    COMMAND_OPTIONS(options),
    .run = run,
};
