/* UTF-8 against the table of RFC 3629, cleaning and folding against known forms and their own
 * laws. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

static size_t put(uint32_t p, char *out)
{
    if (p < 0x80) {
        out[0] = (char)p;
        return 1;
    }
    size_t n = p < 0x800 ? 2 : p < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, p >>= 6) {
        out[i] = (char)(0x80 | (p & 63));
    }
    out[0] = (char)((0xF00 >> n & 0xF0) | p);
    return n;
}

/* RFC 3629, section 4, as its ABNF stands there; 0: no. */
static size_t oracle_length(const unsigned char *b)
{
    static const unsigned char rows[][5] = {
        /* first byte from, to; second byte from, to; length */
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    if (b[0] < 0x80) {
        return 1;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (b[0] >= rows[i][0] && b[0] <= rows[i][1] && b[1] >= rows[i][2] && b[1] <= rows[i][3]) {
            bool tail = (rows[i][4] < 3 || (b[2] & 0xC0) == 0x80) &&
                        (rows[i][4] < 4 || (b[3] & 0xC0) == 0x80);
            return tail ? rows[i][4] : 0;
        }
    }
    return 0;
}

static void every_sequence_is_judged_as_the_rfc_does(void **state)
{
    (void)state;
    static const unsigned char tails[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F,
                                          0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xF4, 0xFF};
    for (unsigned first = 0; first < 256; first++) {
        for (unsigned second = 0; second < 256; second++) {
            for (size_t k = 0; k < sizeof tails * sizeof tails; k++) {
                unsigned char b[4] = {(unsigned char)first, (unsigned char)second,
                                      tails[k % sizeof tails], tails[k / sizeof tails]};
                size_t expected = oracle_length(b);
                for (size_t given = 0; given <= 4; given++) {
                    uint32_t point = 0xFFFFFFFF;
                    size_t n = text_point((struct str){(const char *)b, given}, &point);
                    assert_true(n == (expected <= given ? expected : 0));
                    assert_true(n > 0 || point == 0xFFFFFFFF);
                }
            }
        }
    }
}

static void every_code_point_decodes(void **state)
{
    (void)state;
    for (uint32_t p = 0; p <= 0x10FFFF; p++) {
        if (p >= 0xD800 && p <= 0xDFFF) {
            continue;
        }
        char bytes[4];
        uint32_t point;
        size_t n = put(p, bytes);
        assert_true(text_point((struct str){bytes, n}, &point) == n && point == p);
        assert_true(text_utf8_valid((struct str){bytes, n}) == (p != 0));
        assert_true(text_points((struct str){bytes, n}) == 1);
    }
    assert_true(text_utf8_valid(STR_NONE));
    assert_false(text_utf8_valid((struct str){"a\0b", 3}));
    assert_false(text_utf8_valid(STR("ab\xE9\x81")));
}

static void cut_and_trim(void **state)
{
    (void)state;
    assert_true(str_equal(text_cut(STR("a道é\xF0\x9F\x9A\xA7z"), 0), STR("")));
    assert_true(str_equal(text_cut(STR("a道é\xF0\x9F\x9A\xA7z"), 2), STR("a道")));
    assert_true(str_equal(text_cut(STR("a道é\xF0\x9F\x9A\xA7z"), 4), STR("a道é\xF0\x9F\x9A\xA7")));
    assert_true(str_equal(text_cut(STR("a道"), 2), STR("a道")));
    assert_true(str_equal(text_cut(STR("a道"), 99), STR("a道")));
    assert_true(str_equal(text_cut(STR_NONE, 5), STR_NONE));
    assert_true(str_equal(text_trim(STR(" \t\r\n　\xC2\xA0\xEF\xBB\xBF a 　b　\xE2\x80\xA9")),
                          STR("a 　b")));
    assert_true(str_equal(text_trim(STR(" 　 ")), STR("")));
    assert_true(str_equal(text_trim(STR_NONE), STR_NONE));
    assert_true(str_equal(text_trim(STR("道")), STR("道")));
    /* Broken text is left alone, and not read beyond. */
    assert_true(str_equal(text_trim(STR(" \x80\x80 ")), STR("\x80\x80")));
    assert_true(str_equal(text_trim(STR("\x80\x80\x80\x80\x80")), STR("\x80\x80\x80\x80\x80")));
    assert_true(str_equal(text_trim(STR("\xE3\x80")), STR("\xE3\x80")));
}

static void text_is_cleaned(void **state)
{
    (void)state;
    static const struct {
        struct str in;
        const char *out;
    } rows[] = {
        {{"", 0}, ""},
        {{NULL, 0}, ""},
        {STR_INIT("  道路に穴\r\nあり　"), "道路に穴\nあり"},
        {STR_INIT("a\rb\r\r\nc\nd\xC2\x85"
                  "e\xE2\x80\xA8"
                  "f\xE2\x80\xA9"
                  "g"),
         "a\nb\n\nc\nd\ne\nf\ng"},
        {STR_INIT("a\tb\x01\x02\x1B[31m\x7F\xC2\x9B"
                  "c"),
         "a\tb[31mc"},
        {STR_INIT("e\xCC\x81"), "é"},
        {STR_INIT("か\xE3\x82\x99"), "が"},
        {STR_INIT("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), "한"},
        {STR_INIT("\xE2\x84\xAB"), "Å"},      /* angstrom sign */
        {STR_INIT("Ａ１ ｶﾞ ①"), "Ａ１ ｶﾞ ①"}, /* NFC leaves what only NFKC changes */
        {STR_INIT("\xEF\xBB\xBF"
                  "bom"),
         "bom"},
        {STR_INIT("a\xE2\x80\xAE"
                  "gpj.exe\xE2\x80\xAC\xE2\x81\xA6x\xE2\x81\xA9"),
         "agpj.exex"},
        {STR_INIT("\x01 \x02 x \x03 \x04"), "x"},
        {STR_INIT("e\x01\xCC\x81"), "é"}, /* what is dropped does not keep a mark from its letter */
    };
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct str out = STR("untouched");
        assert_int_equal(text_clean(rows[i].in, 100, &a, &out), ERR_NONE);
        assert_string_equal(out.at, rows[i].out);
        assert_int_equal(out.bytes, strlen(rows[i].out));
    }
    arena_clear(&a);
}

static void cleaning_has_limits(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1 << 20);
    struct str out = STR("untouched");
    assert_int_equal(text_clean(STR("a\xFF"), 100, &a, &out), ERR_INPUT);
    assert_int_equal(text_clean((struct str){"a\0b", 3}, 100, &a, &out), ERR_INPUT);
    assert_int_equal(text_clean(STR("道路"), 1, &a, &out), ERR_TOO_BIG);
    assert_int_equal(text_clean(STR("x"), 0, &a, &out), ERR_TOO_BIG);
    assert_int_equal(text_clean(STR("much longer than two"), 2, &a, &out), ERR_TOO_BIG);
    assert_string_equal(out.at, "untouched");
    assert_int_equal(text_clean(STR("道路"), 2, &a, &out), ERR_NONE);
    /* The limit is on what comes out: four code points that compose to one, and blanks. */
    assert_int_equal(text_clean(STR("  \xCE\xB1\xCC\x93\xCC\x80\xCD\x85  "), 1, &a, &out),
                     ERR_NONE);
    assert_string_equal(out.at, "\xE1\xBE\x82");
    assert_int_equal(text_clean(STR("\r\n\r\nx\r\n"), 1, &a, &out), ERR_NONE);
    struct arena small;
    arena_init(&small, 100);
    out = STR("untouched");
    static char long_text[200];
    memset(long_text, 'x', sizeof long_text);
    assert_int_equal(text_clean((struct str){long_text, 200}, 200, &small, &out), ERR_NOMEM);
    assert_int_equal(text_fold((struct str){long_text, 200}, &small, &out), ERR_NOMEM);
    assert_string_equal(out.at, "untouched");
    arena_clear(&small);
    arena_clear(&a);
}

static void text_is_folded(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},
        {"Ａ１", "a1"},
        {"ｶﾞｽ漏れ", "ガス漏れ"},
        {"ﾊﾟﾝｸ", "パンク"},
        {"Straße", "strasse"},
        {"STRASSE", "strasse"},
        {"ﬁre", "fire"},
        {"①㍿㌔", "1株式会社キロ"},
        {"İ", "i̇"},
        {"ΣΑΣ", "σασ"},
        {"葛\xF3\xA0\x84\x80飾", "葛飾"}, /* ideographic variation selector */
        {"so\xC2\xAD"
         "ft",
         "soft"}, /* soft hyphen */
        {"か\xE3\x82\x99", "が"},
        {"a　b", "a b"},
        {"道路", "道路"},
    };
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct str out;
        assert_int_equal(text_fold(str_of(rows[i][0]), &a, &out), ERR_NONE);
        assert_string_equal(out.at, rows[i][1]);
    }
    struct str out = STR("untouched");
    assert_int_equal(text_fold(STR("\xC0"), &a, &out), ERR_INPUT);
    assert_string_equal(out.at, "untouched");
    arena_clear(&a);
}

/* Folding and cleaning what is folded or clean changes nothing, for every code point there is,
 * alone and between letters. */
static void both_are_done_after_one_time(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1 << 20);
    for (uint32_t p = 1; p <= 0x10FFFF; p++) {
        if ((p >= 0xD800 && p <= 0xDFFF) || (p > 0x323AF && p < 0xE0000)) {
            continue;
        }
        char bytes[6] = {'e'};
        size_t n = 1 + put(p, bytes + 1);
        bytes[n++] = 'A';
        struct str once, twice;
        assert_int_equal(text_fold((struct str){bytes, n}, &a, &once), ERR_NONE);
        assert_int_equal(text_fold(once, &a, &twice), ERR_NONE);
        assert_true(str_equal(once, twice));
        assert_int_equal(text_clean((struct str){bytes, n}, 9, &a, &once), ERR_NONE);
        assert_int_equal(text_clean(once, 9, &a, &twice), ERR_NONE);
        assert_true(str_equal(once, twice));
        assert_true(text_utf8_valid(once));
        arena_reset(&a);
    }
    arena_clear(&a);
}

/* A megabyte of marks in the worst order is quadratic in a naive normaliser: half an hour. */
static void marks_without_end_are_cut(void **state)
{
    (void)state;
    enum { MARKS = 250000 };
    static char text[1 + 4 * MARKS];
    text[0] = 'a';
    for (size_t i = 0; i < MARKS; i++) {
        memcpy(text + 1 + 4 * i, "\xCC\x81\xCC\xA3", 4); /* above, below, above, below … */
    }
    struct arena a;
    arena_init(&a, 1 << 20);
    struct str out;
    assert_int_equal(text_clean((struct str){text, sizeof text}, 31, &a, &out), ERR_NONE);
    assert_int_equal(text_points(out), 30); /* 31, of which two have become one */
    assert_int_equal(text_fold((struct str){text, sizeof text}, &a, &out), ERR_NONE);
    assert_int_equal(text_points(out), 30);
    arena_clear(&a);
}

static void what_is_too_long_to_fold_is_refused(void **state)
{
    (void)state;
    static char text[((size_t)1 << 20) + 1];
    memset(text, 'x', sizeof text);
    struct arena a;
    arena_init(&a, 4 << 20);
    struct str out;
    assert_int_equal(text_fold((struct str){text, TEXT_FOLD_BYTES_MAX}, &a, &out), ERR_NONE);
    assert_int_equal(out.bytes, TEXT_FOLD_BYTES_MAX);
    assert_int_equal(text_fold((struct str){text, sizeof text}, &a, &out), ERR_TOO_BIG);
    arena_clear(&a);
}

static void every_allocation_can_fail(void **state)
{
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        int n = 0;
        for (bool clean = false; !clean; n++) {
            struct arena a;
            arena_init(&a, 1 << 20);
            struct str out = STR("untouched");
            mem_fail_after(n);
            enum err err = kind == 0 ? text_clean(STR("道路 e\xCC\x81"), 10, &a, &out)
                                     : text_fold(STR("道路 e\xCC\x81"), &a, &out);
            clean = !mem_fail_happened();
            mem_fail_after(-1);
            assert_int_equal(err, clean ? ERR_NONE : ERR_NOMEM);
            assert_string_equal(out.at, clean ? "道路 é" : "untouched");
            arena_clear(&a);
        }
        assert_int_equal(n, 4);
    }
}

static void integers_are_parsed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {
        {"0", 0},
        {"-0", 0},
        {"007", 7},
        {"42", 42},
        {"-42", -42},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"00000000000000000000000000000000000001", 1},
    };
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "1e3",
                                      "0x10",
                                      "--1",
                                      "1-",
                                      "１",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999999"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t value = 4711;
        assert_true(text_parse_int(str_of(good[i].text), INT64_MIN, INT64_MAX, &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t value = 4711;
        assert_false(text_parse_int(str_of(bad[i]), INT64_MIN, INT64_MAX, &value));
        assert_true(value == 4711);
    }
    int64_t value = 4711;
    assert_false(text_parse_int((struct str){"1\0", 2}, 0, 9, &value));
    assert_false(text_parse_int(STR("10"), 0, 9, &value));
    assert_false(text_parse_int(STR("-1"), 0, 9, &value));
    assert_true(value == 4711);
    assert_true(text_parse_int((struct str){"12345", 2}, 12, 12, &value) && value == 12);
}

static void doubles_are_parsed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {
        {"0", 0},        {"-0.5", -0.5}, {"35.6895014", 35.6895014},
        {"1e3", 1000},   {"1E+3", 1000}, {"25e-2", 0.25},
        {"007.50", 7.5}, {"1e-999", 0},  {"1797693134862315700000", 1797693134862315700000.0},
    };
    static const char *const bad[] = {
        "",    "-",   "+1",    ".5", "5.", "1,5", " 1",    "1 ",     "1e",    "1e+",      "1.e1",
        "inf", "nan", "0x1p3", "1f", "١",  "--1", "1e999", "-1e999", "1.2.3", "infinity", "NAN"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double value = 4711;
        assert_true(text_parse_double(str_of(good[i].text), -1e300, 1e300, &value));
        assert_memory_equal(&value, &good[i].value, sizeof value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        double value = 4711;
        assert_false(
            text_parse_double(str_of(bad[i]), -(double)INFINITY, (double)INFINITY, &value));
        assert_true(value > 4710 && value < 4712);
    }
    double value = 4711;
    assert_false(text_parse_double(STR("90.0000001"), -90, 90, &value));
    assert_true(text_parse_double(STR("90"), -90, 90, &value));
    char many[101];
    memset(many, '1', sizeof many);
    many[1] = '.';
    assert_true(text_parse_double((struct str){many, 100}, 0, 2, &value));
    assert_false(text_parse_double((struct str){many, 101}, 0, 2, &value));
}

static void hexadecimal(void **state)
{
    (void)state;
    char text[9];
    text_hex("\x00\x7F\xAB\xFF", 4, text);
    assert_string_equal(text, "007fabff");
    text_hex("", 0, text);
    assert_string_equal(text, "");
    unsigned char bytes[4] = {9, 9, 9, 9};
    assert_false(text_unhex(STR("007fabf"), bytes, 4));
    assert_false(text_unhex(STR("007fabfff0"), bytes, 4));
    assert_false(text_unhex(STR("007fabfg"), bytes, 4));
    assert_false(text_unhex(STR("007fab f"), bytes, 4));
    assert_int_equal(bytes[0], 9);
    assert_true(text_unhex(STR("007FabFf"), bytes, 4));
    assert_memory_equal(bytes, "\x00\x7F\xAB\xFF", 4);
    assert_true(text_unhex(STR_NONE, bytes, 0));
    for (unsigned c = 0; c < 256; c++) {
        char digits[2] = {'0', (char)c};
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        assert_int_equal(text_unhex((struct str){digits, 2}, bytes, 1), hex);
    }
}

static void case_is_asciis(void **state)
{
    (void)state;
    assert_true(text_equal_nocase(STR("Content-TYPE"), STR("content-type")));
    assert_true(text_equal_nocase(STR_NONE, STR("")));
    assert_false(text_equal_nocase(STR("a"), STR("ab")));
    assert_false(text_equal_nocase(STR("[@"), STR("{`")));
    assert_false(text_equal_nocase(STR("É"), STR("é")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sequence_is_judged_as_the_rfc_does),
        cmocka_unit_test(every_code_point_decodes),
        cmocka_unit_test(cut_and_trim),
        cmocka_unit_test(text_is_cleaned),
        cmocka_unit_test(cleaning_has_limits),
        cmocka_unit_test(text_is_folded),
        cmocka_unit_test(both_are_done_after_one_time),
        cmocka_unit_test(marks_without_end_are_cut),
        cmocka_unit_test(what_is_too_long_to_fold_is_refused),
        cmocka_unit_test(every_allocation_can_fail),
        cmocka_unit_test(integers_are_parsed),
        cmocka_unit_test(doubles_are_parsed),
        cmocka_unit_test(hexadecimal),
        cmocka_unit_test(case_is_asciis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
