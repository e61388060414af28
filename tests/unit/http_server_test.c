/* The server through its socket: routes, permissions, answers, caching, refusals, smuggling. */
/* links: http base */
#include "http_support.h"

#include "base/mem.h"

static struct http_server *server;

static void answer_hello(struct http_request *r, void *context)
{
    (void)context;
    http_answer_html(r, 200, STR("hello"));
}

static void answer_constant(struct http_request *r, void *context)
{
    (void)context;
    const struct http_answer a = {.status = 200,
                                  .type = "text/css",
                                  .body = STR("body{}"),
                                  .caching = HTTP_IMMUTABLE,
                                  .etag = STR("abc")};
    http_answer(r, &a);
}

/* What the request said, as one line each. */
static void answer_echo(struct http_request *r, void *context)
{
    (void)context;
    struct buf b;
    buf_init(&b, 1 << 16);
    struct str q = http_query(r, "q");
    struct str c = http_cookie(r, "c");
    struct str ref = http_param(r, "ref");
    buf_printf(&b, "path=%.*s\nref=%.*s\nq=%s%.*s\nc=%.*s\nhost=%.*s\nwho=%lld\nsecure=%d\n",
               STR_FMT(http_path(r)), STR_FMT(ref), q.at ? "" : "none", STR_FMT(q), STR_FMT(c),
               STR_FMT(http_host(r)), (long long)http_who(r)->person_id, http_is_secure(r));
    buf_printf(&b, "peer=%.*s\nbr=%d\nx=%.*s\n", STR_FMT(http_peer(r)),
               http_accepts_encoding(r, "br"), STR_FMT(http_header(r, "x-test")));
    http_answer_json(r, 200, buf_str(&b));
    buf_clear(&b);
}

static void answer_body(struct http_request *r, void *context)
{
    (void)context;
    struct str body = STR_NONE;
    enum err e = http_body(r, &body);
    if (e) {
        http_fail(r, e);
        return;
    }
    http_answer_json(r, 200, body);
}

static void answer_form(struct http_request *r, void *context)
{
    (void)context;
    struct http_form form;
    enum err e = http_form_read(r, &form);
    if (e) {
        http_fail(r, e);
        return;
    }
    http_answer_json(r, 201, http_form_get(&form, "name"));
}

static void answer_json_only(struct http_request *r, void *context)
{
    (void)context;
    if (!http_has_json(r)) {
        http_fail_code(r, 415, "media_type");
        return;
    }
    http_answer_json(r, 200, STR("{}"));
}

static void answer_err(struct http_request *r, void *context)
{
    (void)context;
    http_fail(r, (enum err)(http_param(r, "n").at[0] - '0'));
}

static void answer_injection(struct http_request *r, void *context)
{
    (void)context;
    http_add_header(r, "X-Good", STR("yes"));
    http_add_header(r, "X-Evil", STR("a\r\nSet-Cookie: b=c"));
    http_add_header(r, "Referrer-Policy", STR("no-referrer"));
    http_set_cookie(r, "evil", STR("a; Domain=x"), 1);
    http_set_cookie(r, "lang", STR("ja"), 60);
    http_set_session(r, STR("token"), 3600);
    struct str to = http_query(r, "to");
    http_redirect(r, 303, to);
}

static void answer_nothing(struct http_request *r, void *context)
{
    (void)r;
    (void)context;
}

static enum err read_pattern(void *context, int64_t offset, void *out, size_t count)
{
    const int *fails_at = context;
    if (*fails_at >= 0 && offset >= *fails_at) {
        return ERR_IO;
    }
    for (size_t i = 0; i < count; i++) {
        ((unsigned char *)out)[i] = (unsigned char)((offset + (int64_t)i) % 251);
    }
    return ERR_NONE;
}

static void answer_photo(struct http_request *r, void *context)
{
    (void)context;
    int fails_at = -1;
    struct str at = http_query(r, "fails_at");
    if (at.at) {
        fails_at = (int)strtol(at.at, NULL, 10);
    }
    struct str name = http_query(r, "name");
    http_answer_source(r, "image/jpeg", STR("photo1"), 200000, HTTP_IMMUTABLE,
                       name.at ? "a\"b\r\n\xE5.jpg" : NULL, read_pattern, &fails_at);
}

static void answer_empty_source(struct http_request *r, void *context)
{
    (void)context;
    int fails_at = -1;
    http_answer_source(r, "text/csv", STR(""), 0, HTTP_NO_STORE, NULL, read_pattern, &fails_at);
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", HTTP_PUBLIC, 0, answer_hello, "home"},
    {HTTP_GET, "/assets/{name}", HTTP_PUBLIC, 0, answer_constant, ""},
    {HTTP_GET, "/echo/{ref}", HTTP_PUBLIC, 0, answer_echo, ""},
    {HTTP_POST, "/echo/{ref}", HTTP_PUBLIC, 0, answer_echo, ""},
    {HTTP_POST, "/body", HTTP_PUBLIC, 1000, answer_body, ""},
    {HTTP_POST, "/form", HTTP_PUBLIC, 100000, answer_form, ""},
    {HTTP_POST, "/json", HTTP_PUBLIC, 1000, answer_json_only, ""},
    {HTTP_GET, "/staff", HTTP_STAFF, 0, answer_constant, ""},
    {HTTP_GET, "/admin", HTTP_ADMIN, 0, answer_echo, ""},
    {HTTP_GET, "/err/{n}", HTTP_PUBLIC, 0, answer_err, ""},
    {HTTP_GET, "/injection", HTTP_PUBLIC, 0, answer_injection, ""},
    {HTTP_GET, "/nothing", HTTP_PUBLIC, 0, answer_nothing, ""},
    {HTTP_GET, "/photo", HTTP_PUBLIC, 0, answer_photo, ""},
    {HTTP_GET, "/empty", HTTP_PUBLIC, 0, answer_empty_source, ""},
};

static int setup(void **state)
{
    (void)state;
    const struct http_options options = {.workers = 16};
    server = test_start_with(options, routes, sizeof routes / sizeof *routes);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    http_server_stop(server, 1000);
    return 0;
}

#define GET(path, fields) test_get(server, path, fields)
#define POST_HEAD "Host: town.example\r\nContent-Length: "

static void test_answer(void **state)
{
    (void)state;
    const struct response *r = GET("/", "");
    assert_int_equal(r->status, 200);
    assert_string_equal(r->body, "hello");
    assert_string_equal(test_field(r, "Content-Type"), "text/html; charset=utf-8");
    assert_string_equal(test_field(r, "Cache-Control"), "no-store");
    assert_string_equal(test_field(r, "X-Content-Type-Options"), "nosniff");
    assert_string_equal(test_field(r, "Referrer-Policy"), "same-origin");
    assert_string_equal(test_field(r, "Content-Security-Policy"),
                        "default-src 'none'; script-src 'self'; style-src 'self'; "
                        "img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; "
                        "worker-src 'self'; manifest-src 'self'; form-action 'self'; "
                        "base-uri 'none'; frame-ancestors 'none'; "
                        "require-trusted-types-for 'script'; trusted-types 'none'");
    assert_int_equal(strlen(test_field(r, "X-Request-Id")), 8);
    const char *date = test_field(r, "Date");
    assert_int_equal(strlen(date), 29);
    assert_string_equal(date + 25, " GMT");
    assert_null(test_field(r, "Server"));
    assert_null(test_field(r, "Connection"));
    assert_null(test_field(r, "Strict-Transport-Security"));
}

static void test_head_method(void **state)
{
    (void)state;
    const struct response *r = test_ask(server, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(r->status, 200);
    assert_string_equal(test_field(r, "Content-Length"), "5");
    /* and nothing follows: the next answer on the connection begins with its own head */
    int fd = test_dial(server);
    const char two[] = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_true(test_send(fd, two, sizeof two - 1));
    static struct response again;
    test_read(fd, &again, true);
    assert_int_equal(again.status, 200);
    test_read(fd, &again, false);
    assert_int_equal(again.status, 200);
    assert_string_equal(again.body, "hello");
    close(fd);
}

static void test_routing(void **state)
{
    (void)state;
    assert_int_equal(GET("/none", "")->status, 404);
    assert_string_equal(GET("/none", "")->body, "{\"code\":\"not_found\"}");
    assert_int_equal(GET("//", "")->status, 404);
    assert_int_equal(GET("/echo/../staff", "")->status, 400);
    assert_int_equal(GET("/echo/%2e%2e", "")->status, 400);
    assert_int_equal(GET("/echo/a%00b", "")->status, 400);
    assert_int_equal(GET("/echo/%FF", "")->status, 400);
    const struct response *r = test_ask(server,
                                        "DELETE /echo/a HTTP/1.1\r\nHost: town.example\r\n\r\n");
    assert_int_equal(r->status, 405);
    assert_string_equal(test_field(r, "Allow"), "GET, POST, HEAD");
    r = test_ask(server, "OPTIONS / HTTP/1.1\r\nHost: town.example\r\n\r\n");
    assert_int_equal(r->status, 405);
    assert_string_equal(test_field(r, "Allow"), "GET, HEAD");
    r = test_ask(server, "BREW / HTTP/1.1\r\nHost: town.example\r\n\r\n");
    assert_int_equal(r->status, 405);
    r = test_ask(server, "TRACE /none HTTP/1.1\r\nHost: town.example\r\n\r\n");
    assert_int_equal(r->status, 404);
    r = GET("/echo/%E9%81%93/?q=%2F", "");
    assert_int_equal(r->status, 308);
    assert_string_equal(test_field(r, "Location"), "/echo/%E9%81%93?q=%2F");
    r = test_ask(server, "POST /body/ HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(r->status, 404);
    assert_int_equal(GET("/none/", "")->status, 404);
}

static void test_reading(void **state)
{
    (void)state;
    const struct response *r = GET("/echo/%E9%81%93%20x?q=a%20b+c&q=d",
                                   "Cookie: b=1; c=\"2\"\r\n"
                                   "x-TEST: 7\r\nAccept-Encoding: gzip, br\r\n");
    assert_string_equal(r->body, "path=/echo/\xE9\x81\x93 x\nref=\xE9\x81\x93 x\nq=a b c\nc=2\n"
                                 "host=town.example\nwho=0\nsecure=0\npeer=127.0.0.1\nbr=1\nx=7\n");
    r = GET("/echo/a?q=%FF", "X-Forwarded-Proto: https\r\nX-Forwarded-For: 1.2.3.4, 2001:db8::1\r\n"
                             "Cookie: x=y\r\nCookie: c=3\r\n");
    assert_string_equal(r->body, "path=/echo/a\nref=a\nq=none\nc=3\nhost=town.example\nwho=0\n"
                                 "secure=1\npeer=2001:db8::1\nbr=0\nx=\n");
    assert_string_equal(test_field(r, "Strict-Transport-Security"), "max-age=31536000");
}

static void test_permissions(void **state)
{
    (void)state;
    assert_int_equal(GET("/staff", "")->status, 401);
    assert_string_equal(GET("/staff", "Cookie: towndesk=wrong\r\n")->body,
                        "{\"code\":\"sign_in_required\"}");
    assert_int_equal(GET("/staff", "Cookie: towndesk=staff\r\n")->status, 200);
    assert_string_equal(
        test_field(GET("/staff", "Authorization: bearer staff\r\n"), "Cache-Control"),
        "private, max-age=31536000, immutable");
    assert_int_equal(GET("/admin", "Cookie: towndesk=staff\r\n")->status, 403);
    assert_int_equal(GET("/admin", "Authorization: Bearer admin\r\n")->status, 200);
    assert_int_equal(GET("/admin", "Authorization: Basic admin\r\n")->status, 401);
    /* behind TLS only the prefixed cookie counts */
    assert_int_equal(
        GET("/staff", "X-Forwarded-Proto: https\r\nCookie: towndesk=staff\r\n")->status, 401);
    assert_int_equal(GET("/staff", "X-Forwarded-Proto: https\r\n"
                                   "Cookie: __Host-towndesk=staff\r\n")
                         ->status,
                     200);
    assert_non_null(strstr(GET("/echo/a", "Cookie: towndesk=admin\r\n")->body, "who=7\n"));
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        enum err e;
        int status;
        const char *code;
    } rows[] = {
        {ERR_INPUT, 422, "invalid"},   {ERR_NOT_FOUND, 404, "not_found"},
        {ERR_DENIED, 403, "denied"},   {ERR_CONFLICT, 409, "conflict"},
        {ERR_TOO_BIG, 413, "too_big"}, {ERR_BUSY, 503, "busy"},
        {ERR_IO, 503, "storage"},      {ERR_CORRUPT, 500, "corrupt"},
        {ERR_NOMEM, 503, "memory"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[32];
        char body[64];
        snprintf(path, sizeof path, "/err/%d", (int)rows[i].e);
        snprintf(body, sizeof body, "{\"code\":\"%s\"}", rows[i].code);
        const struct response *r = GET(path, "");
        assert_int_equal(r->status, rows[i].status);
        assert_string_equal(r->body, body);
        assert_int_equal(test_field(r, "Retry-After") != NULL, rows[i].status == 503);
    }
    assert_int_equal(GET("/nothing", "")->status, 500);
    assert_string_equal(GET("/nothing", "")->body, "{\"code\":\"internal\"}");
}

static void test_headers_and_redirects(void **state)
{
    (void)state;
    const struct response *r = GET("/injection?to=/a%20b/%E3%81%82%0D%0AX-Evil:1", "");
    assert_int_equal(r->status, 303);
    assert_string_equal(test_field(r, "Location"), "/a%20b/%E3%81%82%0D%0AX-Evil:1");
    assert_string_equal(test_field(r, "X-Good"), "yes");
    assert_null(test_field(r, "X-Evil"));
    assert_string_equal(test_field(r, "Referrer-Policy"), "no-referrer");
    assert_null(strstr(r->head, "same-origin\r\nReferrer"));
    assert_null(strstr(r->head, "Domain"));
    assert_non_null(strstr(r->head, "Set-Cookie: lang=ja; Path=/; Max-Age=60; HttpOnly; "
                                    "SameSite=Lax\r\n"));
    assert_non_null(strstr(r->head, "Set-Cookie: towndesk=token; Path=/; Max-Age=3600; HttpOnly; "
                                    "SameSite=Lax\r\n"));
    r = GET("/injection?to=/x", "X-Forwarded-Proto: https\r\n");
    assert_non_null(strstr(r->head, "Set-Cookie: __Host-towndesk=token; Path=/; Max-Age=3600; "
                                    "HttpOnly; SameSite=Lax; Secure\r\n"));
    assert_string_equal(test_field(GET("/injection?to=//evil", ""), "Location"), "/");
    assert_string_equal(test_field(GET("/injection?to=/%5Cevil", ""), "Location"), "/");
    assert_string_equal(test_field(GET("/injection?to=https://evil", ""), "Location"), "/");
    assert_string_equal(test_field(GET("/injection", ""), "Location"), "/");
}

static void test_caching(void **state)
{
    (void)state;
    const struct response *r = GET("/assets/a.css", "");
    assert_int_equal(r->status, 200);
    assert_string_equal(test_field(r, "ETag"), "\"abc\"");
    assert_string_equal(test_field(r, "Cache-Control"), "public, max-age=31536000, immutable");
    assert_string_equal(test_field(r, "Vary"), "Accept-Encoding");
    r = GET("/assets/a.css", "If-None-Match: \"x\", W/\"abc\"\r\n");
    assert_int_equal(r->status, 304);
    assert_int_equal(r->bytes, 0);
    assert_null(test_field(r, "Content-Length"));
    assert_string_equal(test_field(r, "ETag"), "\"abc\"");
    assert_int_equal(GET("/assets/a.css", "If-None-Match: \"x\"\r\n")->status, 200);
}

static void check_photo(const char *fields, int status, size_t first, size_t bytes)
{
    const struct response *r = GET("/photo", fields);
    assert_int_equal(r->status, status);
    assert_int_equal(r->bytes, bytes);
    for (size_t i = 0; i < bytes; i++) {
        assert_int_equal((unsigned char)r->body[i], (first + i) % 251);
    }
    if (status == 206) {
        char range[64];
        snprintf(range, sizeof range, "bytes %zu-%zu/200000", first, first + bytes - 1);
        assert_string_equal(test_field(r, "Content-Range"), range);
    }
}

static void test_source(void **state)
{
    (void)state;
    check_photo("", 200, 0, 200000);
    check_photo("Range: bytes=0-0\r\n", 206, 0, 1);
    check_photo("Range: bytes=65530-131080\r\n", 206, 65530, 65551);
    check_photo("Range: bytes=-100\r\n", 206, 199900, 100);
    check_photo("Range: bytes=100-\r\nIf-Range: \"photo1\"\r\n", 206, 100, 199900);
    check_photo("Range: bytes=100-\r\nIf-Range: \"photo2\"\r\n", 200, 0, 200000);
    check_photo("Range: bytes=100-\r\nIf-Range: W/\"photo1\"\r\n", 200, 0, 200000);
    check_photo("Range: bytes=1-2,4-5\r\n", 200, 0, 200000);
    const struct response *r = GET("/photo", "Range: bytes=200000-\r\n");
    assert_int_equal(r->status, 416);
    assert_string_equal(test_field(r, "Content-Range"), "bytes */200000");
    r = GET("/photo", "If-None-Match: \"photo1\"\r\nRange: bytes=0-1\r\n");
    assert_int_equal(r->status, 304);
    r = test_ask(server, "HEAD /photo HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_string_equal(test_field(r, "Content-Length"), "200000");
    assert_string_equal(test_field(r, "Accept-Ranges"), "bytes");
    r = GET("/photo?name=1", "");
    assert_string_equal(test_field(r, "Content-Disposition"),
                        "attachment; filename=\"a_b___.jpg\"");
    r = GET("/photo?fails_at=0", "");
    assert_int_equal(r->status, 503);
    r = GET("/photo?fails_at=100000", "");
    assert_int_equal(r->status, 200);
    assert_true(r->closed);
    assert_int_equal(r->bytes, 131072);
    r = GET("/empty", "");
    assert_int_equal(r->status, 200);
    assert_string_equal(test_field(r, "Content-Length"), "0");
}

static void test_bodies(void **state)
{
    (void)state;
    const struct response *r = test_ask(server,
                                        "POST /body HTTP/1.1\r\n" POST_HEAD "5\r\n\r\nabcde");
    assert_int_equal(r->status, 200);
    assert_string_equal(r->body, "abcde");
    r = test_ask(server, "POST /body HTTP/1.1\r\n" POST_HEAD "0\r\n\r\n");
    assert_int_equal(r->status, 200);
    assert_int_equal(r->bytes, 0);
    r = test_ask(server, "GET / HTTP/1.1\r\n" POST_HEAD "1\r\n\r\nx");
    assert_int_equal(r->status, 413);
    r = test_ask(server, "POST /body HTTP/1.1\r\n" POST_HEAD "5\r\nExpect: nonsense\r\n\r\n");
    assert_int_equal(r->status, 417);
    r = test_ask(server, "POST /form HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded"
                         "\r\n" POST_HEAD "10\r\n\r\nname=a%20b");
    assert_int_equal(r->status, 201);
    assert_string_equal(r->body, "a b");
    r = test_ask(server, "POST /form HTTP/1.1\r\nContent-Type: text/plain\r\n" POST_HEAD
                         "10\r\n\r\nname=a%20b");
    assert_int_equal(r->status, 422);
    r = test_ask(server,
                 "POST /json HTTP/1.1\r\nContent-Type: Application/JSON;charset=utf-8\r\n" POST_HEAD
                 "2\r\n\r\n{}");
    assert_int_equal(r->status, 200);
    r = test_ask(server,
                 "POST /json HTTP/1.1\r\nContent-Type: text/plain\r\n" POST_HEAD "2\r\n\r\n{}");
    assert_int_equal(r->status, 415);
}

static int cross(const char *fields)
{
    char text[1024];
    snprintf(text, sizeof text, "POST /body HTTP/1.1\r\n%s" POST_HEAD "1\r\n\r\nx", fields);
    return test_ask(server, text)->status;
}

static void test_cross_site(void **state)
{
    (void)state;
    assert_int_equal(cross(""), 200);
    assert_int_equal(cross("Sec-Fetch-Site: same-origin\r\n"), 200);
    assert_int_equal(cross("Sec-Fetch-Site: none\r\n"), 200);
    assert_int_equal(cross("Sec-Fetch-Site: same-site\r\n"), 403);
    assert_int_equal(cross("Sec-Fetch-Site: cross-site\r\n"), 403);
    assert_int_equal(cross("Sec-Fetch-Site: \r\n"), 403);
    assert_int_equal(cross("Origin: http://town.example\r\n"), 200);
    assert_int_equal(cross("Origin: http://TOWN.example\r\n"), 200);
    assert_int_equal(cross("Origin: https://town.example\r\n"), 200); /* loopback: a proxy's */
    assert_int_equal(cross("Origin: http://town.example:81\r\n"), 403);
    assert_int_equal(cross("Origin: http://evil.example\r\n"), 403);
    assert_int_equal(cross("Origin: http://town.example.evil\r\n"), 403);
    assert_int_equal(cross("Origin: null\r\n"), 403);
    assert_int_equal(cross("Origin: \r\n"), 403);
    assert_int_equal(cross("X-Forwarded-Proto: https\r\nOrigin: https://town.example\r\n"), 200);
    assert_int_equal(cross("X-Forwarded-Proto: https\r\nOrigin: http://town.example\r\n"), 403);
    /* reading is not refused */
    assert_int_equal(GET("/", "Sec-Fetch-Site: cross-site\r\n")->status, 200);
}

/* Every one is refused, the connection is closed, and what followed is not taken for a request. */
static void test_smuggling(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int status;
    } rows[] = {
        {"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\n", 400},
        {"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5abc\r\n\r\n", 400},
        {"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: "
         "chunked\r\n\r\n",
         400},
        {"POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
        {"POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 411},
        {"GET / HTTP/1.1\nHost: a\n\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: y\n\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET http://town.example/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", 400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = test_dial(server);
        char text[1024];
        int n = snprintf(text, sizeof text, "%sGET / HTTP/1.1\r\nHost: a\r\n\r\n", rows[i].text);
        assert_true(test_send(fd, text, (size_t)n));
        static struct response r;
        test_read(fd, &r, false);
        if (r.status != rows[i].status) {
            fail_msg("row %zu: %d", i, r.status);
        }
        assert_string_equal(test_field(&r, "Connection"), "close");
        assert_non_null(test_field(&r, "Content-Security-Policy"));
        test_read(fd, &r, false);
        assert_int_equal(r.status, 0);
        close(fd);
    }
}

static void test_head_too_large(void **state)
{
    (void)state;
    static char text[40000];
    memset(text, 'a', sizeof text);
    memcpy(text, "GET / HTTP/1.1\r\nHost: a\r\nX: ", 28);
    const struct response *r = test_ask_bytes(server, text, sizeof text);
    assert_int_equal(r->status, 431);
    memset(text, 'a', sizeof text);
    memcpy(text, "GET /", 5);
    memcpy(text + 9000, " HTTP/1.1\r\nHost: a\r\n\r\n", 22);
    assert_int_equal(test_ask_bytes(server, text, 9022)->status, 414);
    memcpy(text + 3000, " HTTP/1.1\r\nHost: a\r\n\r\n", 22);
    assert_int_equal(test_ask_bytes(server, text, 3022)->status, 414);
}

static void test_pipelining(void **state)
{
    (void)state;
    int fd = test_dial(server);
    const char text[] = "GET /assets/x HTTP/1.1\r\nHost: a\r\n\r\n"
                        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                        "GET /none HTTP/1.1\r\nHost: a\r\n\r\n"
                        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nde"
                        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert_true(test_send(fd, text, sizeof text - 1));
    static struct response r;
    test_read(fd, &r, false);
    assert_string_equal(r.body, "body{}");
    test_read(fd, &r, false);
    assert_string_equal(r.body, "abc");
    test_read(fd, &r, false);
    assert_int_equal(r.status, 404);
    test_read(fd, &r, false);
    assert_string_equal(r.body, "de");
    test_read(fd, &r, false);
    assert_string_equal(r.body, "hello");
    assert_string_equal(test_field(&r, "Connection"), "close");
    assert_true(test_is_closed(fd, 2000));
    close(fd);
}

static void test_http10(void **state)
{
    (void)state;
    const struct response *r = test_ask(server, "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    assert_int_equal(r->status, 200);
    assert_string_equal(test_field(r, "Connection"), "close");
    r = test_ask(server, "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    assert_string_equal(test_field(r, "Connection"), "keep-alive");
}

static void test_bad_starts(void **state)
{
    (void)state;
    static const struct http_hooks hooks = {NULL, NULL, NULL};
    char why[256];
    struct http_server *s = NULL;
    static const char *const addresses[] = {"127.0.0.1",    "127.0.0.1:99999",       ":80",
                                            "127.0.0.1:0s", "127.0.0.1:0,0.0.0.0:0", "+80",
                                            "a b:80"};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        const struct http_options o = {.listen = {addresses[i]}, .listen_count = 1};
        assert_int_equal(http_server_start(&o, routes, 1, &hooks, &test_env, &s, why), ERR_INPUT);
        assert_non_null(strstr(why, addresses[i]));
    }
    char taken[64];
    snprintf(taken, sizeof taken, "127.0.0.1:%u", test_port(server));
    const struct http_options o = {.listen = {taken}, .listen_count = 1};
    assert_int_equal(http_server_start(&o, routes, 1, &hooks, &test_env, &s, why), ERR_IO);
    assert_non_null(strstr(why, taken));
    assert_null(s);
}

static void test_two_addresses(void **state)
{
    (void)state;
    const struct http_options o = {
        .listen = {"127.0.0.1:0", "localhost:0"}, .listen_count = 2, .workers = 2};
    struct http_server *s = test_start_with(o, routes, sizeof routes / sizeof *routes);
    assert_memory_equal(http_server_url(s, 0), "http://127.0.0.1:", 17);
    assert_memory_equal(http_server_url(s, 1), "http://localhost:", 17);
    assert_null(http_server_url(s, 2));
    assert_int_equal(test_get(s, "/", "")->status, 200);
    http_server_stop(s, 100);
}

/* Whichever allocation fails: an answer or a closed connection, and the next request is served. */
static void test_allocation_failures(void **state)
{
    (void)state;
    for (int64_t n = 0; n < 200; n++) {
        mem_fail_after(n);
        int got = GET("/echo/%E9%81%93%20x?q=a%20b+c", "Cookie: towndesk=staff\r\n")->status;
        bool happened = mem_fail_happened();
        mem_fail_after(-1);
        assert_true(got == 200 || got == 503);
        const struct response *r = test_ask(
            server, "POST /form HTTP/1.1\r\n" POST_HEAD
                    "10\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
                    "name=a%20b");
        assert_int_equal(r->status, 201);
        if (!happened) {
            assert_true(n >= 1);
            return;
        }
    }
    fail();
}

static void test_start_without_memory(void **state)
{
    (void)state;
    static const struct http_hooks hooks = {NULL, NULL, NULL};
    const struct http_options o = {.listen = {"127.0.0.1:0"}, .listen_count = 1, .workers = 2};
    for (int64_t n = 0; n < 200; n++) {
        struct http_server *s = NULL;
        char why[256];
        mem_fail_after(n);
        enum err e = http_server_start(&o, routes, sizeof routes / sizeof *routes, &hooks,
                                       &test_env, &s, why);
        bool happened = mem_fail_happened();
        mem_fail_after(-1);
        if (!happened) {
            assert_int_equal(e, ERR_NONE);
            http_server_stop(s, 0);
            return;
        }
        assert_int_equal(e, ERR_NOMEM);
        assert_null(s);
        assert_true(why[0] != '\0');
    }
    fail();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_head_method),
        cmocka_unit_test(test_routing),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_permissions),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_headers_and_redirects),
        cmocka_unit_test(test_caching),
        cmocka_unit_test(test_source),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_cross_site),
        cmocka_unit_test(test_smuggling),
        cmocka_unit_test(test_head_too_large),
        cmocka_unit_test(test_pipelining),
        cmocka_unit_test(test_http10),
        cmocka_unit_test(test_bad_starts),
        cmocka_unit_test(test_two_addresses),
        cmocka_unit_test(test_allocation_failures),
        cmocka_unit_test(test_start_without_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
