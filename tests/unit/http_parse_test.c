/* The pure parsers of the http room: heads, paths, queries, cookies, lists, ranges, routes. */
/* links: http base */
#include "http_support.h"

#include "head.h"
#include "route.h"
#include "wire.h"

static struct head h;

static int parse(const char *text)
{
    return head_parse(str_of(text), &h);
}

#define LINE "GET / HTTP/1.1\r\n"
#define HOST "Host: a\r\n"
#define POST "POST / HTTP/1.1\r\n" HOST

static void test_head_reads(void **state)
{
    (void)state;
    assert_int_equal(parse("POST /a/b?c=d?e HTTP/1.1\r\nHost: town.example:80\r\nX-Y:  z \t\r\n"
                           "content-LENGTH: 0017\r\n\r\n"),
                     0);
    assert_true(str_equal(h.method, STR("POST")));
    assert_true(str_equal(h.path, STR("/a/b")));
    assert_true(str_equal(h.query, STR("c=d?e")));
    assert_int_equal(h.minor, 1);
    assert_int_equal(h.content_length, 17);
    assert_true(h.keep_alive);
    assert_true(str_equal(head_find(&h, STR("x-y")), STR("z")));
    assert_null(head_find(&h, STR("x")).at);
    assert_true(str_equal(head_get(&h, HEAD_HOST), STR("town.example:80")));
    assert_null(head_get(&h, HEAD_COOKIE).at);
    assert_int_equal(parse(LINE HOST "\r\n"), 0);
    assert_null(h.query.at);
    assert_int_equal(h.content_length, 0);
}

static void test_head_connection(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool keep;
    } rows[] = {
        {LINE HOST "\r\n", true},
        {LINE HOST "Connection: close\r\n\r\n", false},
        {LINE HOST "Connection: Keep-Alive, CLOSE\r\n\r\n", false},
        {LINE HOST "Connection: keep-alive\r\nConnection: close\r\n\r\n", false},
        {LINE HOST "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n", true},
        {"GET / HTTP/1.0\r\n" HOST "\r\n", false},
        {"GET / HTTP/1.0\r\n" HOST "Connection: keep-alive\r\n\r\n", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(parse(rows[i].text), 0);
        assert_int_equal(h.keep_alive, rows[i].keep);
    }
}

static void test_head_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int status;
    } rows[] = {
        {"", 400},
        {"\r\n", 400},
        {"\r\n" LINE HOST "\r\n", 400},
        {"GET / HTTP/1.1\nHost: a\n\n", 400},
        {LINE "Host: a\n\r\n", 400},
        {LINE HOST "A: b\nC: d\r\n\r\n", 400},
        {LINE HOST "A: b\rC: d\r\n\r\n", 400},
        {LINE HOST "A: b\r\n folded\r\n\r\n", 400},
        {LINE HOST "A: b\r\n\tfolded\r\n\r\n", 400},
        {LINE " Host: a\r\n\r\n", 400},
        {LINE "Host : a\r\n\r\n", 400},
        {LINE HOST ": b\r\n\r\n", 400},
        {LINE HOST "A b: c\r\n\r\n", 400},
        {LINE HOST "no colon\r\n\r\n", 400},
        {LINE HOST "A: b\x01\r\n\r\n", 400},
        {LINE HOST "A: b\x7F\r\n\r\n", 400},
        {LINE "\r\n", 400},
        {LINE HOST HOST "\r\n", 400},
        {LINE "Host: \r\n\r\n", 400},
        {LINE "Host: a/b\r\n\r\n", 400},
        {LINE "Host: a@b\r\n\r\n", 400},
        {LINE "Host: a b\r\n\r\n", 400},
        {LINE "Host: <script>\r\n\r\n", 400},
        {"GET  / HTTP/1.1\r\n" HOST "\r\n", 400},
        {"GET /  HTTP/1.1\r\n" HOST "\r\n", 400},
        {"GET\t/ HTTP/1.1\r\n" HOST "\r\n", 400},
        {"GET / HTTP/1.1 \r\n" HOST "\r\n", 400},
        {"GET /\r\n" HOST "\r\n", 400},
        {"GET / HTTP/2.0\r\n" HOST "\r\n", 505},
        {"GET / HTTP/0.9\r\n" HOST "\r\n", 505},
        {"GET / HTTP/1.10\r\n" HOST "\r\n", 400},
        {"GET / HTTP/1", 400},
        {"GET / HTTP/1.2\r\n" HOST "\r\n", 505},
        {"GET / http/1.1\r\n" HOST "\r\n", 400},
        {"G(T / HTTP/1.1\r\n" HOST "\r\n", 400},
        {" / HTTP/1.1\r\n" HOST "\r\n", 400},
        {"GET http://a/ HTTP/1.1\r\n" HOST "\r\n", 400},
        {"GET * HTTP/1.1\r\n" HOST "\r\n", 400},
        {"GET a HTTP/1.1\r\n" HOST "\r\n", 400},
        {"GET /#x HTTP/1.1\r\n" HOST "\r\n", 400},
        {"GET /\xC3\xA4 HTTP/1.1\r\n" HOST "\r\n", 400},
        {"CONNECT a:80 HTTP/1.1\r\n" HOST "\r\n", 400},
        {"ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\n" HOST "\r\n", 400},
        {POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400},
        {POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400},
        {POST "Content-Length: 5abc\r\n\r\n", 400},
        {POST "Content-Length: 5, 5\r\n\r\n", 400},
        {POST "Content-Length: +5\r\n\r\n", 400},
        {POST "Content-Length: -5\r\n\r\n", 400},
        {POST "Content-Length: 0x5\r\n\r\n", 400},
        {POST "Content-Length: 5 5\r\n\r\n", 400},
        {POST "Content-Length:\r\n\r\n", 400},
        {POST "Content-Length: 1000000000000000\r\n\r\n", 413},
        {POST "Content-Length: 99999999999999999999999\r\n\r\n", 413},
        {POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400},
        {POST "Transfer-Encoding: chunked\r\n\r\n", 411},
        {POST "Transfer-Encoding: identity\r\n\r\n", 411},
        {POST "Transfer-Encoding: xchunked\r\n\r\n", 411},
        {POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n", 400},
        {POST "Transfer-Encoding : chunked\r\n\r\n", 400},
        {"POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", 400},
        {POST "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n", 400},
        {POST "Origin: null\r\nOrigin: http://a\r\n\r\n", 400},
        {POST "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 400},
        {LINE HOST "\r\nrest", 400},
        {LINE HOST, 400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = parse(rows[i].text);
        if (status != rows[i].status) {
            fail_msg("row %zu: %d instead of %d: %s", i, status, rows[i].status, rows[i].text);
        }
    }
    const char nul[] = LINE HOST "A: b\0c\r\n\r\n";
    assert_int_equal(head_parse((struct str){nul, sizeof nul - 1}, &h), 400);
}

static void test_head_limits(void **state)
{
    (void)state;
    static char text[20000];
    size_t n = (size_t)snprintf(text, sizeof text, LINE HOST);
    for (int i = 1; i < HEAD_FIELDS_MAX; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "X-%d: y\r\n", i);
    }
    snprintf(text + n, sizeof text - n, "\r\n");
    assert_int_equal(parse(text), 0);
    assert_int_equal(h.count, HEAD_FIELDS_MAX);
    snprintf(text + n, sizeof text - n, "One: more\r\n\r\n");
    assert_int_equal(parse(text), 431);

    memset(text, 'a', sizeof text);
    memcpy(text, "GET /", 5);
    snprintf(text + 4 + HEAD_TARGET_BYTES_MAX, 100, " HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(parse(text), 0);
    memset(text, 'a', sizeof text);
    memcpy(text, "GET /", 5);
    snprintf(text + 5 + HEAD_TARGET_BYTES_MAX, 100, " HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(parse(text), 414);
}

static void test_path(void **state)
{
    (void)state;
    static const struct {
        const char *raw;
        int status;
        size_t count;
        const char *text;
    } rows[] = {
        {"/", 0, 0, "/"},
        {"/a", 0, 1, "/a"},
        {"/a/", 0, 1, "/a/"},
        {"/a/b%20c", 0, 2, "/a/b c"},
        {"/%E9%81%93%E8%B7%AF", 0, 1, "/\xE9\x81\x93\xE8\xB7\xAF"},
        {"/a+b", 0, 1, "/a+b"},
        {"/...", 0, 1, "/..."},
        {"//", 404, 0, NULL},
        {"//a", 404, 0, NULL},
        {"/a//b", 404, 0, NULL},
        {"/.", 400, 0, NULL},
        {"/..", 400, 0, NULL},
        {"/a/../b", 400, 0, NULL},
        {"/%2e%2E/x", 400, 0, NULL},
        {"/a%2Fb", 400, 0, NULL},
        {"/a%5Cb", 400, 0, NULL},
        {"/a\\b", 400, 0, NULL},
        {"/a%00b", 400, 0, NULL},
        {"/a%0Ab", 400, 0, NULL},
        {"/a%0d%0aSet-Cookie:x", 400, 0, NULL},
        {"/a%7F", 400, 0, NULL},
        {"/a%", 400, 0, NULL},
        {"/a%2", 400, 0, NULL},
        {"/a%2/b", 400, 0, NULL},
        {"/a%zz", 400, 0, NULL},
        {"/a%FF", 400, 0, NULL},
        {"/%C0%AE%C0%AE", 400, 0, NULL},
        {"/%ED%A0%80", 400, 0, NULL},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", 0, 16,
         "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", 404, 0, NULL},
    };
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wire_path p;
        int status = wire_path_split(str_of(rows[i].raw), &a, &p);
        if (status != rows[i].status) {
            fail_msg("%s: %d", rows[i].raw, status);
        }
        if (status == 0) {
            assert_int_equal(p.count, rows[i].count);
            assert_true(str_equal(p.text, str_of(rows[i].text)));
            size_t n = strlen(rows[i].raw);
            assert_int_equal(p.trailing_slash, n > 1 && rows[i].raw[n - 1] == '/');
        }
    }
    static char text[WIRE_PATH_BYTES_MAX + 1] = "/";
    struct wire_path p;
    memset(text + 1, 'a', sizeof text - 1);
    assert_int_equal(wire_path_split((struct str){text, sizeof text - 1}, &a, &p), 0);
    assert_int_equal(wire_path_split((struct str){text, sizeof text}, &a, &p), 414);
    arena_clear(&a);
    struct arena none;
    arena_init(&none, 0);
    assert_int_equal(wire_path_split(STR("/%20"), &none, &p), 503);
}

static void test_query(void **state)
{
    (void)state;
    const struct str q = STR("a=1&&b=%E3%81%82+c&a=2&%62%3d=3&e&=f&g=%zz&");
    assert_true(str_equal(wire_query_find(q, STR("a")), STR("1")));
    assert_true(str_equal(wire_query_find(q, STR("b")), STR("%E3%81%82+c")));
    assert_true(str_equal(wire_query_find(q, STR("b=")), STR("3")));
    struct str e = wire_query_find(q, STR("e"));
    assert_non_null(e.at);
    assert_int_equal(e.bytes, 0);
    assert_true(str_equal(wire_query_find(q, STR("")), STR("f")));
    assert_null(wire_query_find(q, STR("h")).at);
    assert_null(wire_query_find(STR_NONE, STR("a")).at);
    struct arena a;
    arena_init(&a, 1 << 16);
    struct str out = STR_NONE;
    assert_int_equal(wire_decode(STR("%E3%81%82+c"), true, &a, &out), ERR_NONE);
    assert_true(str_equal(out, STR("\xE3\x81\x82 c")));
    assert_int_equal(wire_decode(STR("a+c"), false, &a, &out), ERR_NONE);
    assert_true(str_equal(out, STR("a+c")));
    assert_int_equal(wire_decode(STR("%zz"), true, &a, &out), ERR_INPUT);
    assert_int_equal(wire_decode(STR("%4"), true, &a, &out), ERR_INPUT);
    arena_clear(&a);
}

static void test_cookies(void **state)
{
    (void)state;
    const struct str f = STR("a=1; b=two words ;c=\"quoted\"; d; =e; a=9; f=;g==x");
    assert_true(str_equal(wire_cookie_find(f, STR("a")), STR("1")));
    assert_true(str_equal(wire_cookie_find(f, STR("b")), STR("two words")));
    assert_true(str_equal(wire_cookie_find(f, STR("c")), STR("quoted")));
    assert_null(wire_cookie_find(f, STR("d")).at);
    assert_non_null(wire_cookie_find(f, STR("f")).at);
    assert_int_equal(wire_cookie_find(f, STR("f")).bytes, 0);
    assert_true(str_equal(wire_cookie_find(f, STR("g")), STR("=x")));
    assert_null(wire_cookie_find(f, STR("A")).at);
    assert_null(wire_cookie_find(STR_NONE, STR("a")).at);
}

static void test_encodings(void **state)
{
    (void)state;
    assert_true(wire_accepts_encoding(STR("gzip, deflate, br"), STR("br")));
    assert_true(wire_accepts_encoding(STR("GZIP;q=0.5"), STR("gzip")));
    assert_true(wire_accepts_encoding(STR("*"), STR("br")));
    assert_false(wire_accepts_encoding(STR("*;q=0"), STR("br")));
    assert_false(wire_accepts_encoding(STR("br;q=0, *"), STR("br")));
    assert_false(wire_accepts_encoding(STR("br; q=0.000"), STR("br")));
    assert_false(wire_accepts_encoding(STR("brotli"), STR("br")));
    assert_false(wire_accepts_encoding(STR(""), STR("br")));
    assert_false(wire_accepts_encoding(STR_NONE, STR("br")));
}

static void test_etags(void **state)
{
    (void)state;
    assert_true(wire_etag_listed(STR("\"a\""), STR("a")));
    assert_true(wire_etag_listed(STR("\"b\", W/\"a\""), STR("a")));
    assert_true(wire_etag_listed(STR("*"), STR("a")));
    assert_false(wire_etag_listed(STR("a"), STR("a")));
    assert_false(wire_etag_listed(STR("\"a"), STR("a")));
    assert_false(wire_etag_listed(STR("\"ab\""), STR("a")));
    assert_false(wire_etag_listed(STR(""), STR("a")));
}

static void test_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        enum wire_range_kind kind;
        int64_t first, last;
    } rows[] = {
        {"bytes=0-0", WIRE_RANGE_ONE, 0, 0},
        {"bytes=0-", WIRE_RANGE_ONE, 0, 99},
        {"Bytes=10-19", WIRE_RANGE_ONE, 10, 19},
        {"bytes=90-200", WIRE_RANGE_ONE, 90, 99},
        {"bytes=-10", WIRE_RANGE_ONE, 90, 99},
        {"bytes=-1000", WIRE_RANGE_ONE, 0, 99},
        {"bytes=-0", WIRE_RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=100-", WIRE_RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=100-200", WIRE_RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=20-10", WIRE_RANGE_NONE, 0, 0},
        {"bytes=0-1,5-6", WIRE_RANGE_NONE, 0, 0},
        {"bytes=-", WIRE_RANGE_NONE, 0, 0},
        {"bytes=--1", WIRE_RANGE_NONE, 0, 0},
        {"bytes=a-b", WIRE_RANGE_NONE, 0, 0},
        {"bytes=1", WIRE_RANGE_NONE, 0, 0},
        {"bytes=", WIRE_RANGE_NONE, 0, 0},
        {"items=0-1", WIRE_RANGE_NONE, 0, 0},
        {"bytes=0-99999999999999999999", WIRE_RANGE_NONE, 0, 0},
        {"", WIRE_RANGE_NONE, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wire_range range = {0, 0};
        assert_int_equal(wire_range(str_of(rows[i].field), 100, &range), rows[i].kind);
        assert_int_equal(range.first, rows[i].first);
        assert_int_equal(range.last, rows[i].last);
    }
    struct wire_range range;
    assert_int_equal(wire_range(STR("bytes=0-"), 0, &range), WIRE_RANGE_UNSATISFIABLE);
    assert_int_equal(wire_range(STR("bytes=-5"), 0, &range), WIRE_RANGE_UNSATISFIABLE);
}

static void nothing(struct http_request *r, void *context)
{
    (void)r;
    (void)context;
}

static void test_routes(void **state)
{
    (void)state;
    static const struct http_route routes[] = {
        {HTTP_GET, "/", HTTP_PUBLIC, 0, nothing, ""},
        {HTTP_GET, "/cases/{ref}", HTTP_PUBLIC, 0, nothing, ""},
        {HTTP_POST, "/cases/new", HTTP_PUBLIC, 0, nothing, ""},
        {HTTP_PATCH, "/cases/{other}", HTTP_PUBLIC, 0, nothing, ""},
        {HTTP_GET, "/cases/{ref}/photos/{n}", HTTP_PUBLIC, 0, nothing, ""},
        {HTTP_GET, "/cases/new/photos", HTTP_PUBLIC, 0, nothing, ""},
    };
    struct route_table *t = NULL;
    assert_int_equal(route_table_new(routes, sizeof routes / sizeof *routes, &t), ERR_NONE);
    struct arena a;
    arena_init(&a, 1 << 16);
    struct {
        const char *path;
        enum http_method method;
        int route; /* -1: none */
        unsigned allowed;
    } rows[] = {
        {"/", HTTP_GET, 0, 1U << HTTP_GET},
        {"/", HTTP_POST, -1, 1U << HTTP_GET},
        {"/cases", HTTP_GET, -1, 0},
        {"/cases/K7Q", HTTP_GET, 1, 1U << HTTP_GET | 1U << HTTP_PATCH},
        {"/cases/new", HTTP_POST, 2, 1U << HTTP_POST},
        {"/cases/new", HTTP_GET, 1, 1U << HTTP_GET | 1U << HTTP_PATCH | 1U << HTTP_POST},
        {"/cases/new", HTTP_DELETE, -1, 1U << HTTP_GET | 1U << HTTP_PATCH | 1U << HTTP_POST},
        {"/cases/x", HTTP_PATCH, 3, 1U << HTTP_GET | 1U << HTTP_PATCH},
        {"/cases/new/photos/2", HTTP_GET, 4, 1U << HTTP_GET},
        {"/cases/new/photos", HTTP_GET, 5, 1U << HTTP_GET},
        {"/cases/old/photos", HTTP_GET, -1, 0},
        {"/CASES/x", HTTP_GET, -1, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wire_path p;
        struct route_match m;
        assert_int_equal(wire_path_split(str_of(rows[i].path), &a, &p), 0);
        route_find(t, &p, rows[i].method, &m);
        if (rows[i].route < 0) {
            assert_null(m.route);
        } else {
            assert_ptr_equal(m.route, &routes[rows[i].route]);
        }
        assert_int_equal(m.allowed, rows[i].allowed);
        if (rows[i].route == 4) {
            assert_true(str_equal(route_param(&m, STR("ref")), STR("new")));
            assert_true(str_equal(route_param(&m, STR("n")), STR("2")));
            assert_null(route_param(&m, STR("x")).at);
        }
        if (rows[i].route == 3) {
            assert_true(str_equal(route_param(&m, STR("other")), STR("x")));
        }
    }
    arena_clear(&a);
    route_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head_reads),   cmocka_unit_test(test_head_connection),
        cmocka_unit_test(test_head_refuses), cmocka_unit_test(test_head_limits),
        cmocka_unit_test(test_path),         cmocka_unit_test(test_query),
        cmocka_unit_test(test_cookies),      cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_etags),        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_routes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
