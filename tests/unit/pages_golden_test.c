/* links: pages words base */
/* The pages as residents get them, from fixed views, in both languages: byte for byte what stands in
 * tests/golden/pages. After a wanted change: TOWNDESK_BLESS=1 build/dev/tests/unit/pages_golden_test,
 * and read the difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "views.h"

#define T0 INT64_C(1795323900000) /* Sunday 22 November 2026, 14:05 in Japan */
#define DAY INT64_C(86400000)
#define HOSTILE "<script>alert(1)</script> \"&' 穴"

static struct buf out;
static enum locale in;

static struct str pick(const char *ja, const char *en)
{
    return str_of(in == LOCALE_JA ? ja : en);
}

static struct url path(const char *text)
{
    return url_path(str_of(text));
}

static struct frame frame(struct str title)
{
    enum locale other = in == LOCALE_JA ? LOCALE_EN : LOCALE_JA;
    return (struct frame){
        .top = {.title = title,
                .town = pick("みどり町", "Midori Town"),
                .css = path("/assets/resident.css"),
                .icon = path("/assets/icon.svg"),
                .other_tag = locale_tag(other),
                .other_name = locale_name(other)},
        .bottom = {.phone = STR("0120-000-000"), .phone_url = {STR("tel:0120000000")}},
    };
}

static const struct emergency_part emergency = {.number = {"119", 3}, .call = {{"tel:119", 7}}};

static void front(void)
{
    struct front_view v = {
        .locale = in, .frame = frame(pick("みどり町", "Midori Town")), .emergency = emergency};
    v.frame.top.is_front = true;
    page_front(&out, &v);
}

static struct report_view report_view(void)
{
    static struct category_choice choices[6];
    const char *const ja[6] = {"道路の穴・ひび割れ", "街灯の故障", "側溝・水路・水漏れ",
                               "公園・遊具",         "樹木・雑草", "ごみ・不法投棄"};
    const char *const en[6] = {"Pothole or broken road", "Broken street light",
                               "Drain, ditch or leak",   "Park or playground",
                               "Tree or weeds",          "Rubbish or dumping"};
    const char *const codes[6] = {"road", "light", "drain", "park", "tree", "waste"};
    for (size_t i = 0; i < 6; i++) {
        choices[i] = (struct category_choice){.code = str_of(codes[i]), .name = pick(ja[i], en[i])};
    }
    struct report_view v = {.locale = in,
                            .frame = frame(words_msg(in, MSG_REPORT_TITLE)),
                            .emergency = emergency,
                            .key = "00112233445566778899aabbccddeeff",
                            .categories = choices,
                            .categories_count = 6,
                            .category_unsure = true,
                            .metres_slot = STR("{metres}")};
    v.frame.top.script = path("/assets/report.js");
    return v;
}

static void report(void)
{
    struct report_view v = report_view();
    page_report(&out, &v);
}

static void report_wrong(void)
{
    struct report_view v = report_view();
    struct mistake items[2] = {
        {.field = "photo", .text = words_msg(in, MSG_PROBLEM_UNKNOWN_FORMAT)},
        {.field = "contact_email",
         .text = words_msg(in, MSG_REPORT_ERROR_CONTACT_EMAIL_NOT_AN_ADDRESS)},
    };
    v.frame.top.has_errors = true;
    v.mistakes = (struct mistakes_part){.items = items, .items_count = 2, .photos_again = true};
    v.error_photo = items[0].text;
    v.error_contact_email = items[1].text;
    v.description = STR(HOSTILE);
    v.address = pick("本町2丁目の郵便局の前", "in front of the post office");
    v.contact_email = STR("\"><img src=x>");
    v.contact_open = true;
    page_report(&out, &v);
}

static struct step step(enum msg name, const char *style, enum msg state, int64_t at_ms)
{
    return (struct step){.name = {name},
                         .state = style,
                         .state_word = {state},
                         .is_now = style[0] == 'c',
                         .at = {.at_ms = at_ms}};
}

static struct track_view track_view(void)
{
    struct track_view v = {
        .locale = in,
        .frame = frame(pick("報告 K7Q-3MX-9PR", "Report K7Q-3MX-9PR")),
        .ref = "K7Q-3MX-9PR",
        .parent_ref = "",
        .reported = {.at_ms = T0, .clock = true},
        .category = pick("道路の穴・ひび割れ", "Pothole or broken road"),
        .department = pick("道路課", "Roads"),
        .has_place = true,
        .steps_count = 4,
    };
    v.frame.top.is_private = true;
    return v;
}

static void track_fresh(void)
{
    struct track_view v = track_view();
    v.is_fresh = true;
    v.now = (struct word){MSG_TRACK_STEP_NOW_RECEIVED};
    v.tone = "open";
    v.step[0] = step(MSG_TRACK_STEP_RECEIVED, "current", MSG_TRACK_STEP_NOW, T0);
    v.step[1] = step(MSG_TRACK_STEP_CHECKED, "later", MSG_TRACK_STEP_LATER, 0);
    v.step[2] = step(MSG_TRACK_STEP_WORK, "later", MSG_TRACK_STEP_LATER, 0);
    v.step[3] = step(MSG_TRACK_STEP_DONE, "later", MSG_TRACK_STEP_LATER, 0);
    v.steps = v.step;
    v.address = STR(HOSTILE);
    page_track(&out, &v);
}

static void track_work(void)
{
    struct track_photo photos[3] = {
        {.number = 1,
         .can_show = true,
         .thumb = path("/media/a1/thumb"),
         .screen = path("/media/a1/screen")},
        {.number = 2,
         .can_show = true,
         .thumb = path("/media/b2/thumb"),
         .screen = path("/media/b2/screen")},
        {.number = 3},
    };
    struct track_note notes[1] = {
        {.at = {.at_ms = T0 + 3 * DAY, .clock = true},
         .text = pick(
             "現地を確かめました。\n11月中に仮のふさぎ、年内に舗装をします。",
             "We went to look.\nThe hole will be filled this month and paved by year's end.")},
    };
    struct track_alike alike[2] = {
        {.ref = "B4T-8WN-2CD",
         .reasons = pick("38 m離れた場所、同じ種類、写真が似ている",
                         "38 m away, same category, photos alike")},
        {.ref = "M2H-6YE-5FA", .reasons = pick("64 m離れた場所", "64 m away")},
    };
    struct track_view v = track_view();
    v.now = (struct word){MSG_TRACK_STEP_NOW_WORK};
    v.tone = "open";
    v.step[0] = step(MSG_TRACK_STEP_RECEIVED, "passed", MSG_TRACK_STEP_PASSED, T0);
    v.step[1] = step(MSG_TRACK_STEP_CHECKED, "passed", MSG_TRACK_STEP_PASSED, T0 + DAY);
    v.step[2] = step(MSG_TRACK_STEP_WORK, "current", MSG_TRACK_STEP_NOW, T0 + 3 * DAY);
    v.step[3] = step(MSG_TRACK_STEP_DONE, "later", MSG_TRACK_STEP_LATER, 0);
    v.steps = v.step;
    v.due = (struct moment){.at_ms = T0 + 14 * DAY};
    v.address = pick("本町2丁目の郵便局の前", "in front of the post office");
    v.has_position = true;
    v.lat = STR("35.68123");
    v.lon = STR("139.76712");
    v.source = words_msg(in, MSG_SOURCE_EXIF);
    v.accuracy_m = 8;
    v.conflict_distance = STR("1.2 km");
    v.description = pick("直径50センチほどの穴があいています。\n自転車で通ると危ないです。",
                         "A hole about 50 cm wide.\nDangerous by bicycle.");
    v.photos = photos;
    v.photos_count = 3;
    v.notes = notes;
    v.notes_count = 1;
    v.alike = alike;
    v.alike_count = 2;
    page_track(&out, &v);
}

static void track_done(void)
{
    struct track_view v = track_view();
    v.now = (struct word){MSG_TRACK_OUTCOME_DUPLICATE};
    v.tone = "calm";
    v.step[0] = step(MSG_TRACK_STEP_RECEIVED, "passed", MSG_TRACK_STEP_PASSED, T0);
    v.step[1] = step(MSG_TRACK_STEP_CHECKED, "passed", MSG_TRACK_STEP_PASSED, 0);
    v.step[2] = step(MSG_TRACK_STEP_WORK, "left-out", MSG_TRACK_STEP_LEFT_OUT, 0);
    v.step[3] = step(MSG_TRACK_STEP_DONE, "passed", MSG_TRACK_STEP_PASSED, T0 + DAY);
    v.steps = v.step;
    v.parent_ref = "B4T-8WN-2CD";
    v.has_place = false;
    v.department = STR("");
    page_track(&out, &v);
}

static void lookup_unknown(void)
{
    struct lookup_view v = {.locale = in,
                            .frame = frame(words_msg(in, MSG_LOOKUP_TITLE)),
                            .lookup = {.typed = STR("\" onfocus=\"x"), .unknown = true}};
    v.frame.top.has_errors = true;
    page_lookup(&out, &v);
}

static void sign_in(void)
{
    struct mistake item = {.field = "name", .text = words_msg(in, MSG_PROBLEM_SIGN_IN_FAILED)};
    struct sign_in_view v = {.locale = in,
                             .frame = frame(words_msg(in, MSG_SIGN_IN_TITLE)),
                             .mistakes = {.items = &item, .items_count = 1},
                             .name = STR("sato"),
                             .next = STR("/staff")};
    page_sign_in(&out, &v);
}

static void board(void)
{
    struct board_view v = {.locale = in,
                           .town = pick("みどり町", "Midori Town"),
                           .css = path("/assets/staff/staff.css"),
                           .script = path("/assets/staff/staff.js"),
                           .icon = path("/assets/icon.svg")};
    page_board(&out, &v);
}

static void error(void)
{
    struct error_view v = {.locale = in,
                           .frame = frame(words_msg(in, MSG_ERROR_TITLE_503)),
                           .title = {MSG_ERROR_TITLE_503},
                           .text = {MSG_ERROR_TEXT_503}};
    page_error(&out, &v);
}

static void help(void)
{
    struct help_view v = {.locale = in, .frame = frame(words_msg(in, MSG_HELP_TITLE))};
    page_help(&out, &v);
}

static void compare(const char *name)
{
    char file[512], old[65536];
    (void)snprintf(file, sizeof file, "%s/tests/golden/pages/%s.%s.html", TOWNDESK_SOURCE_DIR, name,
                   locale_tag(in));
    assert_int_equal(buf_err(&out), ERR_NONE);
    if (getenv("TOWNDESK_BLESS")) {
        FILE *f = fopen(file, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(out.at, 1, out.bytes, f), out.bytes);
        assert_int_equal(fclose(f), 0);
        return;
    }
    FILE *f = fopen(file, "rb");
    if (!f) fail_msg("%s is missing", file);
    size_t n = fread(old, 1, sizeof old - 1, f);
    (void)fclose(f);
    old[n] = 0;
    assert_string_equal(out.at, old);
}

static void each_page_is_as_it_was(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        void (*render)(void);
    } pages[] = {
        {"front", front},
        {"report", report},
        {"report_wrong", report_wrong},
        {"track_fresh", track_fresh},
        {"track_work", track_work},
        {"track_done", track_done},
        {"lookup_unknown", lookup_unknown},
        {"sign_in", sign_in},
        {"board", board},
        {"error", error},
        {"help", help},
    };
    for (size_t l = 0; l < LOCALE_COUNT; l++) {
        in = (enum locale)l;
        for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
            buf_reset(&out);
            pages[i].render();
            compare(pages[i].name);
        }
    }
}

static void nothing_hostile_survives(void **state)
{
    (void)state;
    in = LOCALE_EN;
    void (*const renders[])(void) = {report_wrong, track_fresh, lookup_unknown};
    for (size_t i = 0; i < 3; i++) {
        buf_reset(&out);
        renders[i]();
        assert_null(strstr(out.at, "<script>"));
        assert_null(strstr(out.at, "<img src=x"));
        assert_null(strstr(out.at, " onfocus=\""));
    }
}

static void addresses_lead_home_or_nowhere(void **state)
{
    (void)state;
    static const char *const refused[] = {"",
                                          "r/x",
                                          "//evil.example",
                                          "javascript:alert(1)",
                                          "/a b",
                                          "/a\r\n",
                                          "/\\evil.example",
                                          "/あ",
                                          "/a\"",
                                          "https://evil.example"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(url_path(str_of(refused[i])).made.bytes, 0);
    }
    assert_int_equal(url_path(STR("/r/ABC-DEF-GHJ?x=1#y")).made.bytes, 20);
    struct arena a;
    arena_init(&a, 10000);
    assert_true(str_equal(url_phone(&a, STR("0120-000 (0)00")).made, STR("tel:0120000000")));
    assert_int_equal(url_phone(&a, STR("119 / 110")).made.bytes, 0);
    assert_int_equal(url_phone(&a, STR("")).made.bytes, 0);
    assert_int_equal(url_asset(&a, "no.css").made.bytes, 0);
    assert_true(str_starts(url_asset(&a, "resident.css").made, STR("/assets/resident.")));
    arena_clear(&a);
}

static int set_up(void **state)
{
    (void)state;
    buf_init(&out, 1 << 20);
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
        cmocka_unit_test(each_page_is_as_it_was),
        cmocka_unit_test(nothing_hostile_survives),
        cmocka_unit_test(addresses_lead_home_or_nowhere),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
