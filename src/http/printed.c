/* Prints a response's head: status line, Date, the security fields, caching, what the handler
 * added, Connection. Owns nothing. Invariants: every answer of the server passes here, so that none
 * lacks the security fields; nothing of a request is printed that has not been checked for control
 * characters; the decision whether the connection is kept is made here once and printed as made.
 * There is no Server field: it helps only attackers.
 */
#include "room.h"

#include "base/text.h"
#include "base/time.h"

#define CSP                                                                                        \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "        \
    "connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; "                \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "                                \
    "require-trusted-types-for 'script'; trusted-types 'none'"

/* In one piece, as almost every answer has them. */
static const char fixed_fields[] = "X-Content-Type-Options: nosniff\r\n"
                                   "X-Frame-Options: DENY\r\n"
                                   "Permissions-Policy: geolocation=(self), camera=(self), "
                                   "microphone=(), payment=(), usb=()\r\n"
                                   "Cross-Origin-Opener-Policy: same-origin\r\n";

#define CSP_FIELD "Content-Security-Policy: " CSP "\r\n"
#define REFERRER_FIELD "Referrer-Policy: same-origin\r\n"
#define RESOURCE_FIELD "Cross-Origin-Resource-Policy: same-origin\r\n"

/* What a handler may replace by adding its own: a map's policy, a secret page's referrer. */
static const struct {
    const char *name;
    const char *field;
} replaceable[] = {
    {"Content-Security-Policy", CSP_FIELD},
    {"Referrer-Policy", REFERRER_FIELD},
    {"Cross-Origin-Resource-Policy", RESOURCE_FIELD},
};

void print_str(struct printed *p, struct str s)
{
    if (p->over || s.bytes > sizeof p->at - p->bytes) {
        p->over = true;
        return;
    }
    if (s.bytes > 0) {
        memcpy(p->at + p->bytes, s.at, s.bytes);
        p->bytes += s.bytes;
    }
}

void print_text(struct printed *p, const char *text)
{
    print_str(p, str_of(text));
}

void print_int(struct printed *p, int64_t n)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = (uint64_t)n; /* never negative here */
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    print_str(p, (struct str){digits + at, sizeof digits - at});
}

void print_etag(struct printed *p, struct str etag)
{
    if (etag.bytes > 0) {
        print_str(p, STR("ETag: \""));
        print_str(p, etag);
        print_str(p, STR("\"\r\n"));
    }
}

static const char *reason(int status)
{
    static const struct {
        int status;
        const char *words;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
        {507, "Insufficient Storage"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].status == status) {
            return reasons[i].words;
        }
    }
    return "Status";
}

/* "Date: Sun, 22 Nov 2026 03:44:48 GMT" (RFC 9110 §5.6.7); printed anew once a second and
 * thread. */
static struct str date_field(const struct env *env)
{
    static _Thread_local struct {
        int64_t second;
        int bytes;
        char at[48];
    } last = {.second = -1};
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t now_ms = env_now_ms(env);
    if (now_ms / 1000 != last.second) {
        last.second = now_ms / 1000;
        struct civil t = time_civil(now_ms, 0);
        last.bytes = snprintf(last.at, sizeof last.at,
                              "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n",
                              days + 3 * t.weekday, t.day, months + 3 * (t.month - 1), t.year,
                              t.hour, t.minute, t.second);
    }
    return (struct str){last.at, (size_t)last.bytes};
}

static bool has_added(const struct http_request *r, const char *name)
{
    for (size_t i = 0; i < r->added_count; i++) {
        if (text_equal_nocase(str_of(r->added[i].name), str_of(name))) {
            return true;
        }
    }
    return false;
}

static void print_security(struct printed *p, const struct http_request *r)
{
    print_str(p, (struct str){fixed_fields, sizeof fixed_fields - 1});
    if (r->added_count == 0) {
        print_str(p, STR(CSP_FIELD REFERRER_FIELD RESOURCE_FIELD));
        return;
    }
    for (size_t i = 0; i < sizeof replaceable / sizeof *replaceable; i++) {
        if (!has_added(r, replaceable[i].name)) {
            print_text(p, replaceable[i].field);
        }
    }
}

static void print_caching(struct printed *p, const struct http_request *r,
                          enum http_caching caching)
{
    switch (caching) {
    case HTTP_NO_STORE: print_str(p, STR("Cache-Control: no-store\r\n")); return;
    case HTTP_NO_CACHE: print_str(p, STR("Cache-Control: private, no-cache\r\n")); return;
    case HTTP_IMMUTABLE:
        /* What only staff may see must not lie in a proxy, hashed name or not. */
        print_text(p, r->match.route && r->match.route->permission != HTTP_PUBLIC
                          ? "Cache-Control: private, max-age=31536000, immutable\r\n"
                          : "Cache-Control: public, max-age=31536000, immutable\r\n");
        return;
    }
}

void print_head(struct printed *p, struct http_request *r, int status, enum http_caching caching)
{
    p->bytes = 0;
    p->over = false;
    print_str(p, STR("HTTP/1.1 "));
    print_int(p, status);
    print_str(p, STR(" "));
    print_text(p, reason(status));
    print_str(p, STR("\r\n"));
    print_str(p, date_field(r->server->env));
    print_str(p, STR("X-Request-Id: "));
    print_text(p, r->id);
    print_str(p, STR("\r\n"));
    print_security(p, r);
    if (http_is_secure(r)) {
        print_str(p, STR("Strict-Transport-Security: max-age=31536000\r\n"));
    }
    print_caching(p, r, caching);
    for (size_t i = 0; i < r->added_count; i++) {
        print_text(p, r->added[i].name);
        print_str(p, STR(": "));
        print_str(p, r->added[i].value);
        print_str(p, STR("\r\n"));
    }
    if (glue_unread(r->connection)) {
        glue_close(r->connection);
    }
    if (!glue_may_keep(r->connection)) {
        print_str(p, STR("Connection: close\r\n"));
    } else if (r->head->minor == 0) {
        print_str(p, STR("Connection: keep-alive\r\n"));
    }
}
