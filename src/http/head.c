/* Reads a request's head. Owns nothing; all results borrow from the text. Invariants: every byte of
 * the text has been looked at and belongs to exactly one of method, target, version, a field or the
 * prescribed separators; a field's value holds no control character. Refuses what two programs in a
 * row could read differently (RFC 9112 §2.2, §5, §6, §11.2), also where the RFC lets a server be
 * lenient: empty lines before a request have not been sent by any browser for twenty years.
 */
#include "head.h"

#include "base/text.h"

#define CONTENT_LENGTH_DIGITS_MAX 15

struct cursor {
    const char *at;
    const char *end;
};

static int request_line(struct cursor *c, struct head *h);
static int field_line(struct cursor *c, struct head *h);
static int know_field(struct head *h, struct head_field f, size_t index);
static int check_framing(struct head *h);
static void read_connection(struct head *h, struct str value);
static bool host_valid(struct str host);
static bool line_end(struct cursor *c);

static const struct known {
    struct str name;
    bool single; /* twice is refused */
} known_fields[HEAD_KNOWN_COUNT] = {
    [HEAD_ACCEPT_ENCODING] = {{"accept-encoding", 15}, false},
    [HEAD_AUTHORIZATION] = {{"authorization", 13}, true},
    [HEAD_CONNECTION] = {{"connection", 10}, false},
    [HEAD_CONTENT_LENGTH] = {{"content-length", 14}, true},
    [HEAD_CONTENT_TYPE] = {{"content-type", 12}, true},
    [HEAD_COOKIE] = {{"cookie", 6}, false},
    [HEAD_EXPECT] = {{"expect", 6}, true},
    [HEAD_HOST] = {{"host", 4}, true},
    [HEAD_IF_NONE_MATCH] = {{"if-none-match", 13}, false},
    [HEAD_IF_RANGE] = {{"if-range", 8}, true},
    [HEAD_ORIGIN] = {{"origin", 6}, true},
    [HEAD_RANGE] = {{"range", 5}, true},
    [HEAD_SEC_FETCH_SITE] = {{"sec-fetch-site", 14}, true},
    [HEAD_TRANSFER_ENCODING] = {{"transfer-encoding", 17}, true},
    [HEAD_X_FORWARDED_FOR] = {{"x-forwarded-for", 15}, false},
    [HEAD_X_FORWARDED_PROTO] = {{"x-forwarded-proto", 17}, false},
};

int head_parse(struct str text, struct head *out)
{
    /* Without the fields: two kilobytes that count says nothing about. */
    out->count = 0;
    out->content_length = 0;
    out->says_close = out->says_keep_alive = false;
    memset(out->known, 0, sizeof out->known);
    struct cursor c = {text.at, text.at + text.bytes};
    int status = request_line(&c, out);
    while (status == 0) {
        if (c.end - c.at < 2) {
            return 400;
        }
        if (c.at[0] == '\r') {
            break;
        }
        status = field_line(&c, out);
    }
    if (status != 0) {
        return status;
    }
    if (!line_end(&c) || c.at != c.end) {
        return 400;
    }
    return check_framing(out);
}

struct str head_get(const struct head *h, enum head_known which)
{
    return h->known[which] ? h->field[h->known[which] - 1].value : STR_NONE;
}

struct str head_find(const struct head *h, struct str name)
{
    for (size_t i = 0; i < h->count; i++) {
        if (h->field[i].name.bytes == name.bytes && text_equal_nocase(h->field[i].name, name)) {
            return h->field[i].value;
        }
    }
    return STR_NONE;
}

/* RFC 9110 §5.6.2 */
static bool is_token(unsigned char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-') {
        return true;
    }
    return c != 0 && strchr("!#$%&'*+.^_`|~", c) != NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct str take_token(struct cursor *c)
{
    const char *from = c->at;
    while (c->at < c->end && is_token((unsigned char)*c->at)) {
        c->at++;
    }
    return (struct str){from, (size_t)(c->at - from)};
}

static bool take_char(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted) {
        return false;
    }
    c->at++;
    return true;
}

static bool line_end(struct cursor *c)
{
    return take_char(c, '\r') && take_char(c, '\n');
}

static int request_line(struct cursor *c, struct head *h)
{
    h->method = take_token(c);
    if (h->method.bytes == 0 || h->method.bytes > 16 || !take_char(c, ' ')) {
        return 400;
    }
    const char *from = c->at;
    const char *question = NULL;
    for (; c->at<c->end && * c->at> ' ' && *c->at < 0x7F && *c->at != '#'; c->at++) {
        if (*c->at == '?' && !question) {
            question = c->at;
        }
    }
    h->target = (struct str){from, (size_t)(c->at - from)};
    if (h->target.bytes > HEAD_TARGET_BYTES_MAX) {
        return 414;
    }
    struct str version = {c->at + 1, (size_t)(c->end - c->at) - (c->at < c->end)};
    if (h->target.bytes == 0 || !take_char(c, ' ') || !str_starts(version, STR("HTTP/")) ||
        version.bytes < 8 || !is_digit(version.at[5]) || version.at[6] != '.' ||
        !is_digit(version.at[7])) {
        return 400;
    }
    if (version.at[5] != '1' || version.at[7] > '1') {
        return 505;
    }
    h->minor = version.at[7] - '0';
    if (*from != '/') {
        return 400; /* "*", an authority, or a whole URI as for a proxy */
    }
    h->path = (struct str){from, question ? (size_t)(question - from) : h->target.bytes};
    h->query = question ? (struct str){question + 1, h->target.bytes - h->path.bytes - 1}
                        : STR_NONE;
    c->at += sizeof "HTTP/1.1" - 1;
    return line_end(c) ? 0 : 400;
}

static int field_line(struct cursor *c, struct head *h)
{
    struct head_field f = {.name = take_token(c)};
    if (f.name.bytes == 0 || !take_char(c, ':')) {
        return 400; /* obs-fold and white space before the colon end here too */
    }
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t')) {
        c->at++;
    }
    const char *from = c->at;
    const char *last = from; /* behind the last byte that is not white space */
    for (; c->at < c->end; c->at++) {
        unsigned char b = (unsigned char)*c->at;
        if (b > ' ' && b != 0x7F) {
            last = c->at + 1;
        } else if (b != ' ' && b != '\t') {
            break;
        }
    }
    f.value = (struct str){from, (size_t)(last - from)};
    if (!line_end(c)) {
        return 400;
    }
    if (h->count == HEAD_FIELDS_MAX) {
        return 431;
    }
    h->field[h->count++] = f;
    return know_field(h, f, h->count);
}

static int know_field(struct head *h, struct head_field f, size_t index)
{
    for (size_t i = 0; i < HEAD_KNOWN_COUNT; i++) {
        const struct known *k = &known_fields[i];
        if (k->name.bytes != f.name.bytes || !text_equal_nocase(k->name, f.name)) {
            continue;
        }
        if (i == HEAD_CONNECTION) {
            read_connection(h, f.value);
        }
        if (h->known[i]) {
            return k->single ? 400 : 0;
        }
        h->known[i] = (uint8_t)index;
    }
    return 0;
}

/* A list of tokens; "close" wins over everything else. */
static void read_connection(struct head *h, struct str value)
{
    struct cursor c = {value.at, value.at + value.bytes};
    while (c.at < c.end) {
        struct str token = take_token(&c);
        h->says_close |= text_equal_nocase(token, STR("close"));
        h->says_keep_alive |= text_equal_nocase(token, STR("keep-alive"));
        while (c.at < c.end && !is_token((unsigned char)*c.at)) {
            c.at++;
        }
    }
}

static int check_framing(struct head *h)
{
    h->keep_alive = !h->says_close && (h->minor == 1 || h->says_keep_alive);
    if (!h->known[HEAD_HOST] || !host_valid(head_get(h, HEAD_HOST))) {
        return 400;
    }
    if (h->known[HEAD_TRANSFER_ENCODING]) {
        return h->known[HEAD_CONTENT_LENGTH] || h->minor == 0 ? 400 : 411;
    }
    if (!h->known[HEAD_CONTENT_LENGTH]) {
        return 0;
    }
    struct str length = head_get(h, HEAD_CONTENT_LENGTH);
    for (size_t i = 0; i < length.bytes; i++) {
        if (!is_digit(length.at[i])) {
            return 400;
        }
        if (i < CONTENT_LENGTH_DIGITS_MAX) {
            h->content_length = h->content_length * 10 + (length.at[i] - '0');
        }
    }
    return length.bytes == 0 ? 400 : length.bytes > CONTENT_LENGTH_DIGITS_MAX ? 413 : 0;
}

/* A registered name, an IPv4 or a bracketed IPv6 address, and a port: what can stand in a page or
 * be compared with an Origin without further thought. */
static bool host_valid(struct str host)
{
    if (host.bytes == 0 || host.bytes > HEAD_HOST_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < host.bytes; i++) {
        char b = host.at[i];
        bool letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
        if (!letter && b != '.' && b != '-' && b != '_' && b != ':' && b != '[' && b != ']') {
            return false;
        }
    }
    return true;
}
