/* links: http base */
/* Heads and paths. The input goes through head_parse; if it is a head its path, otherwise the input
 * itself behind a '/', goes through the splitter and the route tree, whose answer is compared with
 * that of trying every pattern in turn.
 */
#include <stdint.h>

#include "base/must.h"
#include "base/text.h"
#include "head.h"
#include "route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void nothing(struct http_request *r, void *context)
{
    (void)r;
    (void)context;
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", HTTP_PUBLIC, 0, nothing, ""},
    {HTTP_GET, "/a", HTTP_PUBLIC, 0, nothing, ""},
    {HTTP_GET, "/{x}", HTTP_PUBLIC, 0, nothing, ""},
    {HTTP_POST, "/a/b", HTTP_PUBLIC, 0, nothing, ""},
    {HTTP_GET, "/a/{y}", HTTP_PUBLIC, 0, nothing, ""},
    {HTTP_GET, "/{x}/b/c", HTTP_PUBLIC, 0, nothing, ""},
    {HTTP_GET, "/a/{x}/d", HTTP_PUBLIC, 0, nothing, ""},
    {HTTP_GET, "/{x}/{y}/{z}/{w}", HTTP_PUBLIC, 0, nothing, ""},
};

static bool fits(const struct http_route *route, const struct wire_path *path)
{
    const char *p = route->pattern;
    size_t i = 0;
    while (*p == '/' && p[1]) {
        p++;
        size_t n = strcspn(p, "/");
        if (i == path->count || (*p != '{' && !str_equal((struct str){p, n}, path->segment[i]))) {
            return false;
        }
        i++;
        p += n;
    }
    return i == path->count;
}

static void check_head(const struct head *h, struct str input)
{
    must(h->count >= 1 && h->count <= HEAD_FIELDS_MAX);
    must(h->path.bytes > 0 && h->path.at[0] == '/');
    must(h->content_length >= 0);
    must(!h->known[HEAD_TRANSFER_ENCODING] && h->known[HEAD_HOST]);
    /* one line end per line, and no control character anywhere else */
    size_t lines = 0;
    for (size_t i = 0; i < input.bytes; i++) {
        lines += input.at[i] == '\n';
        must(input.at[i] != '\r' || (i + 1 < input.bytes && input.at[i + 1] == '\n'));
        must(input.at[i] != '\n' || (i > 0 && input.at[i - 1] == '\r'));
        must((unsigned char)input.at[i] >= ' ' || strchr("\r\n\t", input.at[i]));
    }
    must(lines == h->count + 2);
    for (size_t i = 0; i < h->count; i++) {
        must(head_find(h, h->field[i].name).at != NULL);
    }
}

static void check_path(struct str raw)
{
    static struct route_table *table;
    if (!table) {
        must(route_table_new(routes, sizeof routes / sizeof *routes, &table) == ERR_NONE);
    }
    struct arena a;
    arena_init(&a, (size_t)1 << 20);
    struct wire_path path;
    if (wire_path_split(raw, &a, &path) == 0) {
        must(text_utf8_valid(path.text) && path.count <= WIRE_SEGMENTS_MAX);
        for (size_t i = 0; i < path.count; i++) {
            must(path.segment[i].bytes > 0 &&
                 !memchr(path.segment[i].at, '/', path.segment[i].bytes));
        }
        struct route_match m;
        route_find(table, &path, HTTP_GET, &m);
        bool any = false;
        for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
            any |= routes[i].method == HTTP_GET && fits(&routes[i], &path);
        }
        must(any == (m.route != NULL));
        must(!m.route || fits(m.route, &path));
        if (m.route && strstr(m.route->pattern, "{x}")) {
            must(route_param(&m, STR("x")).bytes > 0);
        }
    }
    arena_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct head h;
    struct str input = {bytes > 0 ? (const char *)data : "", bytes};
    if (head_parse(input, &h) == 0) {
        check_head(&h, input);
        check_path(h.path);
        return 0;
    }
    char raw[4096] = "/";
    size_t n = bytes < sizeof raw - 1 ? bytes : sizeof raw - 1;
    memcpy(raw + 1, input.at, n);
    check_path((struct str){raw, n + 1});
    return 0;
}
