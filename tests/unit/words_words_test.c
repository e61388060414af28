/* links: words base */
/* The words: which language a header asks for, how placeholders are filled and escaped, and how
 * dates, distances and ages read in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "words/words.h"

#define DAY INT64_C(86400000)

static const int64_t sunday_ms = INT64_C(1795305600000) - 9 * 3600000 + 14 * 3600000 + 5 * 60000;

static struct buf out;

static const char *text(void)
{
    assert_int_equal(buf_err(&out), ERR_NONE);
    return out.at ? out.at : "";
}

#define READS(call, expected)                                                                      \
    do {                                                                                           \
        buf_reset(&out);                                                                           \
        call;                                                                                      \
        assert_string_equal(text(), expected);                                                     \
    } while (0)

static void a_header_chooses_by_quality(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        enum locale fallback, expected;
    } cases[] = {
        {"", LOCALE_JA, LOCALE_JA},
        {"en", LOCALE_JA, LOCALE_EN},
        {"en-GB,en;q=0.9", LOCALE_JA, LOCALE_EN},
        {"ja,en-US;q=0.9,en;q=0.8", LOCALE_EN, LOCALE_JA},
        {"en;q=0.8 , JA;q=0.9", LOCALE_EN, LOCALE_JA},
        {"fr, de;q=0.5", LOCALE_JA, LOCALE_JA},
        {"fr, en;q=0.1", LOCALE_JA, LOCALE_EN},
        {"en;q=0, *", LOCALE_JA, LOCALE_JA},
        {"en;q=0", LOCALE_JA, LOCALE_JA},
        {"ja;q=0.5,en;q=0.5", LOCALE_EN, LOCALE_JA},
        {"en;q=nonsense,ja;q=0.001", LOCALE_EN, LOCALE_JA},
        {"en;q=1.5,ja;q=0.1", LOCALE_EN, LOCALE_JA},
        {",,,;;;=,", LOCALE_JA, LOCALE_JA},
        {"english", LOCALE_JA, LOCALE_JA},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(locale_accept(str_of(cases[i].header), cases[i].fallback),
                         cases[i].expected);
    }
}

static void tags_are_read_without_their_region(void **state)
{
    (void)state;
    enum locale l = LOCALE_JA;
    assert_true(locale_parse(STR("en-GB"), &l));
    assert_int_equal(l, LOCALE_EN);
    assert_true(locale_parse(STR("JA_jp"), &l));
    assert_int_equal(l, LOCALE_JA);
    assert_false(locale_parse(STR("fr"), &l));
    assert_false(locale_parse(STR_NONE, &l));
}

static void plurals_are_chosen_by_count(void **state)
{
    (void)state;
    READS(words_msg_plain(&out, LOCALE_EN, MSG_AGE_DAYS, MSG_ARGS(msg_int("count", 1))),
          "1 day ago");
    READS(words_msg_plain(&out, LOCALE_EN, MSG_AGE_DAYS, MSG_ARGS(msg_int("count", 2))),
          "2 days ago");
    READS(words_msg_plain(&out, LOCALE_JA, MSG_AGE_DAYS, MSG_ARGS(msg_int("count", 1))), "1日前");
    READS(words_msg_plain(&out, LOCALE_EN, MSG_AGE_DAYS, MSG_NO_ARGS), "{count} days ago");
}

static void values_are_escaped_in_html_alone(void **state)
{
    (void)state;
    struct str nasty = STR("<b>\"x\" & 'y'");
    READS(
        words_msg_plain(&out, LOCALE_EN, MSG_REASON_DISTANCE, MSG_ARGS(msg_str("distance", nasty))),
        "<b>\"x\" & 'y' away");
    READS(
        words_msg_html(&out, LOCALE_EN, MSG_REASON_DISTANCE, MSG_ARGS(msg_str("distance", nasty))),
        "&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39; away");
}

static void a_date_is_an_element_in_html_alone(void **state)
{
    (void)state;
    struct msg_arg date = msg_date("distance", sunday_ms, 540);
    READS(words_msg_html(&out, LOCALE_EN, MSG_REASON_DISTANCE, &date, 1),
          "<time datetime=\"2026-11-22\">22 November 2026</time> away");
    READS(words_msg_attribute(&out, LOCALE_EN, MSG_REASON_DISTANCE, &date, 1),
          "22 November 2026 away");
}

static void dates_read_like_dates(void **state)
{
    (void)state;
    READS(words_date(&out, LOCALE_JA, sunday_ms, 540), "2026年11月22日（日）");
    READS(words_date(&out, LOCALE_EN, sunday_ms, 540), "22 November 2026");
    READS(words_date_time(&out, LOCALE_JA, sunday_ms, 540), "2026年11月22日（日）14:05");
    READS(words_date_time(&out, LOCALE_EN, sunday_ms, 540), "22 November 2026, 14:05");
    READS(words_time_html(&out, LOCALE_EN, sunday_ms, 540, true),
          "<time datetime=\"2026-11-22T14:05+09:00\">22 November 2026, 14:05</time>");
    READS(words_time_html(&out, LOCALE_JA, sunday_ms, -150, true),
          "<time datetime=\"2026-11-22T02:35-02:30\">2026年11月22日（日）2:35</time>");
}

static void distances_are_rounded_down(void **state)
{
    (void)state;
    READS(words_distance(&out, -5), "0 m");
    READS(words_distance(&out, 38), "38 m");
    READS(words_distance(&out, 999), "999 m");
    READS(words_distance(&out, 1299), "1.2 km");
    READS(words_distance(&out, 9999), "9.9 km");
    READS(words_distance(&out, 12345), "12 km");
    READS(words_distance(&out, 12345678), "12,345 km");
}

static void ages_take_the_largest_unit(void **state)
{
    (void)state;
    READS(words_age(&out, LOCALE_EN, -1), "just now");
    READS(words_age(&out, LOCALE_EN, 59999), "just now");
    READS(words_age(&out, LOCALE_EN, 60000), "1 minute ago");
    READS(words_age(&out, LOCALE_EN, 3 * DAY), "3 days ago");
    READS(words_age(&out, LOCALE_JA, 3 * DAY), "3日前");
    READS(words_age(&out, LOCALE_EN, 61 * DAY), "2 months ago");
    READS(words_age(&out, LOCALE_EN, 719 * DAY), "23 months ago");
    READS(words_age(&out, LOCALE_EN, 731 * DAY), "2 years ago");
    READS(words_age(&out, LOCALE_JA, 5 * 365 * DAY), "5年前");
}

static void deadlines_say_left_or_over(void **state)
{
    (void)state;
    READS(words_left(&out, LOCALE_EN, 2 * DAY), "2 days left");
    READS(words_left(&out, LOCALE_JA, 2 * DAY + 1), "あと2日");
    READS(words_left(&out, LOCALE_EN, -3 * DAY), "3 days over");
    READS(words_left(&out, LOCALE_JA, -3 * DAY), "3日超過");
    READS(words_left(&out, LOCALE_EN, 1), "under an hour left");
    READS(words_left(&out, LOCALE_EN, INT64_MIN), "106,751,991,167 days over");
}

static void sizes_and_numbers(void **state)
{
    (void)state;
    READS(words_bytes(&out, 640), "640 B");
    READS(words_bytes(&out, 38999), "38 kB");
    READS(words_bytes(&out, 2450000), "2.4 MB");
    READS(words_number(&out, 0), "0");
    READS(words_number(&out, -1234567), "-1,234,567");
    READS(words_number(&out, 1000), "1,000");
    READS(words_number(&out, INT64_MIN), "-9,223,372,036,854,775,808");
}

static void every_key_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < MSG_COUNT; i++) {
        enum msg m = (enum msg)(MSG_COUNT - 1 - i);
        assert_true(words_msg_find(str_of(words_msg_key((enum msg)i)), &m));
        assert_int_equal(m, i);
        for (size_t l = 0; l < LOCALE_COUNT; l++) {
            assert_true(words_msg((enum locale)l, (enum msg)i).bytes > 0);
        }
    }
    enum msg m;
    assert_false(words_msg_find(STR(""), &m));
    assert_false(words_msg_find(STR("status"), &m));
    assert_false(words_msg_find(STR("status.newer"), &m));
    assert_int_equal(words_msg_of_code("problem.", STR("damaged"), MSG_PROBLEM_UNKNOWN),
                     MSG_PROBLEM_DAMAGED);
    assert_int_equal(words_msg_of_code("problem.", STR("no\0such"), MSG_PROBLEM_UNKNOWN),
                     MSG_PROBLEM_UNKNOWN);
}

static int set_up(void **state)
{
    (void)state;
    buf_init(&out, 10000);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_clear(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_chooses_by_quality),
        cmocka_unit_test(tags_are_read_without_their_region),
        cmocka_unit_test(plurals_are_chosen_by_count),
        cmocka_unit_test(values_are_escaped_in_html_alone),
        cmocka_unit_test(a_date_is_an_element_in_html_alone),
        cmocka_unit_test(dates_read_like_dates),
        cmocka_unit_test(distances_are_rounded_down),
        cmocka_unit_test(ages_take_the_largest_unit),
        cmocka_unit_test(deadlines_say_left_or_over),
        cmocka_unit_test(sizes_and_numbers),
        cmocka_unit_test(every_key_is_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
