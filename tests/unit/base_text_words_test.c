/* Index words and queries: known pairs, and the law that whatever stands in a text is found in it.
 * A small matcher here stands in for FTS5: words, phrases, prefixes, AND. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/env.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

static struct arena arena;

static const char *index_of(const char *text)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(text_index_words(str_of(text), &arena, &out), ERR_NONE);
    char *copy = arena_text(&arena, buf_str(&out));
    assert_non_null(copy);
    buf_clear(&out);
    return copy;
}

static const char *query_of(struct str text)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(text_index_query(text, &arena, &out), ERR_NONE);
    char *copy = arena_text(&arena, buf_str(&out));
    assert_non_null(copy);
    buf_clear(&out);
    return copy;
}

static void known_words(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"", "", ""},
        {" 　。!?- \"*' ", "", ""},
        {"道路陥没", "道路 路陥 陥没 没", "\"道路 路陥 陥没\""},
        {"道", "道", "\"道\"*"},
        {"道路", "道路 路", "\"道路\""},
        {"ABC道路", "abc 道路 路", "\"abc\" AND \"道路\""},
        {"道路ABC", "道路 路 abc", "\"道路\" AND \"abc\"*"},
        {"陥没 ABC道", "陥没 没 abc 道", "\"陥没\" AND \"abc\" AND \"道\"*"},
        {"道 abc 穴 x", "道 abc 穴 x", "\"道\"* AND \"abc\" AND \"穴\"* AND \"x\"*"},
        {"落ち葉、ゴミ", "落ち ち葉 葉 ゴミ ミ", "\"落ち ち葉\" AND \"ゴミ\""},
        {"ｶﾞｽ", "ガス ス", "\"ガス\""},
        {"人々", "人々 々", "\"人々\""},
        {"〇〇", "〇〇 〇", "\"〇〇\""},
        {"らーめん", "らー ーめ めん ん", "\"らー ーめ めん\""},
        {"カード・リーダー", "カー ード ドリ リー ーダ ダー ー",
         "\"カー ード ドリ リー ーダ ダー\""},
        {"ｶ･ｷ", "カキ キ", "\"カキ\""},
        {"道・路", "道 路", "\"道\"* AND \"路\"*"},
        {"カ・道", "カ 道", "\"カ\"* AND \"道\"*"},
        {"カ・", "カ", "\"カ\"*"},
        {"・カ", "カ", "\"カ\"*"},
        {"カ・・カ", "カ カ", "\"カ\"* AND \"カ\"*"},
        {"도로 파손", "도로 로 파손 손", "\"도로\" AND \"파손\""},
        {"don't x_y", "don t x y", "\"don\" AND \"t\" AND \"x\" AND \"y\"*"},
        {"OR NOT NEAR(a b)", "or not near a b",
         "\"or\" AND \"not\" AND \"near\" AND \"a\" AND \"b\"*"},
        {"a\"b* ^c:d", "a b c d", "\"a\" AND \"b\" AND \"c\" AND \"d\"*"},
        {"१२ हिन्दी", "१२ हिन्दी", "\"१२\" AND \"हिन्दी\"*"},
        {"naïve ÉTÉ", "naïve été", "\"naïve\" AND \"été\"*"},
        {"1丁目2番", "1 丁目 目 2 番", "\"1\" AND \"丁目\" AND \"2\" AND \"番\"*"},
        {"か\xE3\x82\x9A道", "か\xE3\x82\x9A道 道", "\"か\xE3\x82\x9A道\""},
        {"\xF0\xA0\xAE\xB7野家", "\xF0\xA0\xAE\xB7野 野家 家", "\"\xF0\xA0\xAE\xB7野 野家\""},
        {"\xF0\x9F\x9A\xA7", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(index_of(rows[i][0]), rows[i][1]);
        assert_string_equal(query_of(str_of(rows[i][0])), rows[i][2]);
        arena_reset(&arena);
    }
}

static void appending_parts_with_one_space(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    assert_int_equal(text_index_words(STR("道路"), &arena, &out), ERR_NONE);
    assert_int_equal(text_index_words(STR("..."), &arena, &out), ERR_NONE);
    assert_int_equal(text_index_words(STR("穴 A"), &arena, &out), ERR_NONE);
    assert_string_equal(out.at, "道路 路 穴 a");
    buf_add_char(&out, ' ');
    assert_int_equal(text_index_words(STR("b"), &arena, &out), ERR_NONE);
    assert_string_equal(out.at, "道路 路 穴 a b");
    buf_clear(&out);
    arena_reset(&arena);
}

/* Does the word at `at`, ended by a space or the end, equal (or begin with) the wanted one? */
static bool word_is(const char *at, const char *wanted, size_t n, bool prefix)
{
    return strncmp(at, wanted, n) == 0 && (prefix || at[n] == ' ' || at[n] == '\0');
}

static const char *next_word(const char *at)
{
    at += strcspn(at, " ");
    return at + strspn(at, " ");
}

static bool phrase_matches(const char *index, const char *phrase, size_t bytes, bool prefix)
{
    for (const char *from = index; *from; from = next_word(from)) {
        const char *at = from, *wanted = phrase, *end = phrase + bytes;
        bool all = true;
        while (all && wanted < end) {
            size_t n = strcspn(wanted, " \"");
            bool last = wanted + n == end;
            all = *at && word_is(at, wanted, n, prefix && last);
            at = next_word(at);
            wanted += last ? n : n + 1;
        }
        if (all) {
            return true;
        }
    }
    return false;
}

/* Also checks that the query has FTS5's form and no other. */
static bool query_matches(const char *index, const char *query)
{
    bool all = true;
    while (*query) {
        assert_int_equal(*query, '"');
        const char *end = strchr(query + 1, '"');
        assert_non_null(end);
        assert_true(end > query + 1);
        bool prefix = end[1] == '*';
        all = phrase_matches(index, query + 1, (size_t)(end - query - 1), prefix) && all;
        query = end + 1 + prefix;
        if (*query) {
            assert_memory_equal(query, " AND ", 5);
            query += 5;
        }
    }
    return all;
}

static size_t random_text(const struct env *env, const char *const *letters, size_t count,
                          const char **out)
{
    uint8_t dice[24];
    env_random(env, dice, sizeof dice);
    size_t n = 1 + dice[0] % 20;
    for (size_t i = 0; i < n; i++) {
        out[i] = letters[dice[i + 1] % count];
    }
    return n;
}

static struct str join(const char **letters, size_t from, size_t to, char *room)
{
    size_t bytes = 0;
    for (size_t i = from; i < to; i++) {
        size_t n = strlen(letters[i]);
        memcpy(room + bytes, letters[i], n);
        bytes += n;
    }
    room[bytes] = '\0';
    return (struct str){room, bytes};
}

static bool is_latin(const char *letter)
{
    return (letter[0] >= 'a' && letter[0] <= 'z') || letter[0] == '1';
}

static void what_stands_in_a_text_is_found(void **state)
{
    (void)state;
    static const char *const letters[] = {"道",
                                          "路",
                                          "カ",
                                          "ー",
                                          "・",
                                          "a",
                                          "b",
                                          "1",
                                          " ",
                                          "、",
                                          "が",
                                          "々",
                                          "한",
                                          "ｶﾞ",
                                          "\"",
                                          "Ａ",
                                          "カ",
                                          "道",
                                          "か\xE3\x82\x99"};
    struct env_fake fake = {.now_ms = 0, .seed = 5};
    struct env env = env_fake(&fake, NULL);
    for (int i = 0; i < 60000; i++) {
        const char *text[24];
        char whole[300], part[300];
        size_t n = random_text(&env, letters, sizeof letters / sizeof letters[0], text);
        uint8_t dice[2];
        env_random(&env, dice, sizeof dice);
        size_t from = dice[0] % n;
        size_t to = from + 1 + dice[1] % (n - from);
        bool cuts_word = from > 0 && (is_latin(text[from]) || text[from][0] == '\xEF') &&
                         (is_latin(text[from - 1]) || strcmp(text[from - 1], "Ａ") == 0);
        if (cuts_word) {
            continue; /* a word's middle is not promised to be found */
        }
        join(text, 0, n, whole);
        const char *index = index_of(whole);
        const char *query = query_of(join(text, from, to, part));
        if (!query_matches(index, query)) {
            fail_msg("%s is not found in %s: %s in %s", part, whole, query, index);
        }
        arena_reset(&arena);
    }
}

static void what_does_not_stand_there_is_not(void **state)
{
    (void)state;
    static const char *const letters[] = {"道", "路", "の", "穴"};
    struct env_fake fake = {.now_ms = 0, .seed = 6};
    struct env env = env_fake(&fake, NULL);
    int found = 0;
    for (int i = 0; i < 20000; i++) {
        const char *text[24], *wanted[24];
        char whole[300], part[300];
        join(text, 0, random_text(&env, letters, 4, text), whole);
        size_t n = random_text(&env, letters, 4, wanted);
        struct str sought = join(wanted, 0, n > 4 ? 4 : n, part);
        bool there = strstr(whole, part) != NULL;
        assert_int_equal(query_matches(index_of(whole), query_of(sought)), there);
        found += there;
        arena_reset(&arena);
    }
    assert_in_range(found, 1000, 19000);
}

static size_t count_char(const char *text, char c)
{
    size_t count = 0;
    for (; *text; text++) {
        count += *text == c;
    }
    return count;
}

static void queries_are_bounded(void **state)
{
    (void)state;
    static char text[4000];
    for (size_t i = 0; i + 2 < sizeof text; i += 2) {
        memcpy(text + i, "x ", 2);
    }
    const char *query = query_of(str_of(text));
    assert_int_equal(count_char(query, '"'), 2 * TEXT_QUERY_TOKENS_MAX);
    assert_int_equal(query[strlen(query) - 1], '*');
    memset(text, 0, sizeof text);
    for (size_t i = 0; i + 3 < sizeof text; i += 3) {
        memcpy(text + i, "道", 3);
    }
    query = query_of(str_of(text));
    assert_int_equal(count_char(query, ' '), TEXT_QUERY_TOKENS_MAX - 1);
    assert_true(query_matches(index_of(text), query));
    memcpy(text, "a b c ", 6);
    query = query_of(str_of(text));
    assert_true(query_matches(index_of(text), query));
    assert_int_equal(count_char(query, 'A'), 3);
    assert_int_equal(count_char(query, ' '), TEXT_QUERY_TOKENS_MAX - 1 + 3);
    arena_reset(&arena);
}

static void failures_are_told(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 10);
    assert_int_equal(text_index_words(STR("\xFF"), &arena, &out), ERR_INPUT);
    assert_int_equal(text_index_query(STR("\xFF"), &arena, &out), ERR_INPUT);
    assert_int_equal(text_index_words(STR("道路陥没"), &arena, &out), ERR_TOO_BIG);
    buf_reset(&out);
    assert_int_equal(text_index_query(STR("道路陥没"), &arena, &out), ERR_TOO_BIG);
    buf_clear(&out);
    int n = 0;
    for (bool clean = false; !clean; n++) {
        struct arena a;
        arena_init(&a, 1 << 20);
        buf_init(&out, 1000);
        mem_fail_after(n);
        enum err err = n % 2 ? text_index_words(STR("道路 a"), &a, &out)
                             : text_index_query(STR("道路 a"), &a, &out);
        clean = !mem_fail_happened();
        mem_fail_after(-1);
        assert_int_equal(err, clean ? ERR_NONE : ERR_NOMEM);
        buf_clear(&out);
        arena_clear(&a);
    }
    assert_int_equal(n, 5);
    arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_words),
        cmocka_unit_test(appending_parts_with_one_space),
        cmocka_unit_test(what_stands_in_a_text_is_found),
        cmocka_unit_test(what_does_not_stand_there_is_not),
        cmocka_unit_test(queries_are_bounded),
        cmocka_unit_test(failures_are_told),
    };
    arena_init(&arena, 16 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_clear(&arena);
    return failed;
}
