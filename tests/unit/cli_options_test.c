/* links: cli */
/* How a command line is read, what is said about wrong use, and what stands in the tables. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "command.h"
#include "serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DB, FORCE, ADD, COUNT };
static const struct option options[] = {
    [DB] = {.name = "db", .value = "FILE", .kind = OPTION_TEXT, .fallback = "town.db"},
    [FORCE] = {.name = "force", .kind = OPTION_FLAG},
    [ADD] = {.name = "add", .value = "X", .kind = OPTION_TEXTS},
    [COUNT] = {.name = "count", .value = "N", .kind = OPTION_NUMBER, .min = 1, .max = 9},
};
static const struct command command = {
    .name = "try",
    .operands = "FILE…",
    .summary = "",
    .details = "",
    .operands_min = 1,
    .operands_max = 3,
    COMMAND_OPTIONS(options),
};

#define WORDS_MAX 24
static struct arguments args;
static char said[4096];

/* words: split at spaces. */
static bool parse(const char *words)
{
    static char text[512];
    static char *argv[WORDS_MAX];
    int argc = 0;
    snprintf(text, sizeof text, "%s", words);
    for (char *at = text; *at;) {
        argv[argc++] = at;
        at += strcspn(at, " ");
        if (*at) *at++ = '\0';
    }
    memset(said, 0, sizeof said);
    FILE *err = fmemopen(said, sizeof said - 1, "w");
    bool fine = arguments_parse(&command, argc, argv, err, &args);
    fclose(err);
    assert_true(fine == (said[0] == '\0')); /* silent when well, never when not */
    return fine;
}

static void test_read(void **state)
{
    (void)state;
    assert_true(parse("a"));
    assert_string_equal("town.db", args.option[DB].text);
    assert_false(args.option[DB].given);
    assert_int_equal(1, args.operand_count);

    assert_true(parse("a --db x.db b --force c"));
    assert_string_equal("x.db", args.option[DB].text);
    assert_true(args.option[FORCE].given);
    assert_int_equal(3, args.operand_count);
    assert_string_equal("a", args.operands[0]);
    assert_string_equal("c", args.operands[2]);

    assert_true(parse("--db=x=y.db --count=7 -"));
    assert_string_equal("x=y.db", args.option[DB].text);
    assert_int_equal(7, args.option[COUNT].number);
    assert_string_equal("-", args.operands[0]);

    assert_true(parse("--add 1 --add 2 --add=3 a"));
    assert_int_equal(3, args.option[ADD].count);
    assert_string_equal("3", args.option[ADD].texts[2]);

    assert_true(parse("-- --db --force"));
    assert_int_equal(2, args.operand_count);
    assert_false(args.option[FORCE].given);

    assert_true(
        parse("--db --force a")); /* what stands behind is the value, whatever it looks like */
    assert_string_equal("--force", args.option[DB].text);
}

static void test_wrong_use(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "a b c d",
        "--db a",
        "a --db",
        "a --db=",
        "a --nope",
        "a --forc",
        "a --force=yes",
        "a -f",
        "a --count x",
        "a --count 0",
        "a --count 10",
        "a --count=",
        "a --=x",
        "a --add 1 --add 2 --add 3 --add 4 --add 5 --add 6 --add 7 --add 8 --add 9",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (parse(wrong[i])) fail_msg("was taken: %s", wrong[i]);
        assert_non_null(strstr(said, "usage: towndesk try"));
        assert_non_null(strstr(said, "towndesk help try"));
    }
}

/* Whatever the tables say, the help can be printed in 80 columns and names every option. */
static void test_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        const struct command *c = commands[i];
        char *text = NULL;
        size_t bytes = 0;
        FILE *out = open_memstream(&text, &bytes);
        command_help_text(c, out);
        fclose(out);
        assert_true(c->option_count <= OPTIONS_MAX);
        for (size_t k = 0; k < c->option_count; k++) {
            char dashed[64];
            snprintf(dashed, sizeof dashed, "--%s", c->options[k].name);
            assert_non_null(strstr(text, dashed));
            assert_true(c->options[k].kind == OPTION_FLAG || c->options[k].value);
        }
        for (const char *line = text; *line;) {
            size_t length = strcspn(line, "\n");
            if (length > 100) fail_msg("help of %s: %.*s", c->name, (int)length, line);
            line += length + (line[length] == '\n');
        }
        for (size_t k = 0; k < i; k++) assert_string_not_equal(c->name, commands[k]->name);
        free(text);
    }
}

static void test_listen(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *out;
        bool loopback;
    } good[] = {
        {"127.0.0.1:8311", "127.0.0.1:8311", true},
        {"127.1.2.3:0", "127.1.2.3:0", true},
        {"localhost:80", "127.0.0.1:80", true},
        {"[::1]:8311", "[::1]:8311", true},
        {"0.0.0.0:443", "0.0.0.0:443", false},
        {"[::]:65535", "[::]:65535", false},
        {"192.0.2.1:1", "192.0.2.1:1", false},
        {"[::ffff:127.0.0.1]:1", "[::ffff:127.0.0.1]:1", true},
    };
    static const char *const bad[] = {
        "",
        ":",
        "8311",
        ":8311",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:80x",
        "example.org:80",
        "::1:80",
        "[::1:80",
        "[127.0.0.1]:80",
        "1.2.3:80",
        "[]:80",
        "127.0.0.1 :80",
        "[::1%lo]:80",
        "[0000000000000000000000000000000000000000000000000000000000000000000000000000000000::1]:"
        "80",
    };
    char out[LISTEN_ROOM];
    bool loopback;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(listen_read(good[i].typed, out, &loopback));
        assert_string_equal(good[i].out, out);
        assert_int_equal(good[i].loopback, loopback);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (listen_read(bad[i], out, &loopback)) fail_msg("was taken: %s", bad[i]);
    }
}

/* No two routes answer the same request; staff's addresses are nobody else's. */
static void test_routes(void **state)
{
    (void)state;
    struct route_list list;
    assert_int_equal(ERR_NONE, routes_all(&list));
    for (size_t i = 0; i < list.count; i++) {
        const struct http_route *r = &list.routes[i];
        assert_true(r->pattern[0] == '/' && r->handler && r->help && *r->help);
        for (size_t k = 0; k < i; k++) {
            assert_false(r->method == list.routes[k].method &&
                         strcmp(r->pattern, list.routes[k].pattern) == 0);
        }
        bool staffs = strncmp(r->pattern, "/api/v1/cases", 13) == 0 ||
                      strncmp(r->pattern, "/api/v1/board", 13) == 0;
        assert_true(!staffs || r->permission != HTTP_PUBLIC);
    }
    mem_free(list.routes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),   cmocka_unit_test(test_wrong_use),
        cmocka_unit_test(test_tables), cmocka_unit_test(test_listen),
        cmocka_unit_test(test_routes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
