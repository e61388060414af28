/* links: desk */
/* Changing a case: versions, timelines, races; lists and the board; people and their sessions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "internal.h"
#include "town.h"

static const char password[] = "correct horse battery";

static void report(struct town_fixture *t, const char *text, const char *category, char ref[RECORD_REF_ROOM])
{
    struct report r = {.description = str_of(text), .category_code = str_of(category), .accuracy_m = -1,
                       .origin = ORIGIN_API};
    struct intake_result out;
    struct report_problems p;
    assert_int_equal(desk_intake(t->desk, &r, NULL, NULL, &t->a, &out, &p), ERR_NONE);
    memcpy(ref, out.ref, RECORD_REF_ROOM);
}

static const struct actor clerk = {ACTOR_STAFF, 0, ORIGIN_STAFF};

static enum err change(struct town_fixture *t, const char *ref, int64_t version, struct case_change c,
                       struct case_page *page, struct report_problems *p)
{
    return desk_case_change(t->desk, str_of(ref), version, &c, &clerk, &t->a, page, p);
}

static void a_change_is_an_event_and_a_version(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    char ref[RECORD_REF_ROOM];
    report(&t, "側溝がつまっています", "drain", ref);
    struct case_page page;
    struct report_problems p;
    struct case_change done = {.has_status = true, .status = CASE_DONE};
    assert_int_equal(change(&t, ref, 1, done, &page, &p), ERR_INPUT);
    assert_string_equal(p.problem[0].field, "outcome");
    done.has_outcome = true;
    done.outcome = OUTCOME_FIXED;
    done.note = STR("清掃しました");
    assert_int_equal(change(&t, ref, 1, done, &page, &p), ERR_NONE);
    assert_int_equal(page.casefile.version, 2);
    assert_int_equal(page.casefile.status, CASE_DONE);
    assert_true(page.casefile.closed_at_ms > 0);
    const struct event *status = &page.events[page.event_count - 2];
    assert_int_equal(status->kind, EVENT_STATUS);
    assert_true(str_equal(status->from_value, STR("new")) && str_equal(status->to_value, STR("done/fixed")));
    assert_int_equal(change(&t, ref, 1, done, &page, &p), ERR_CONFLICT); /* somebody was faster */
    done.note = STR_NONE;
    assert_int_equal(change(&t, ref, 2, done, &page, &p), ERR_NONE);
    assert_int_equal(page.casefile.version, 2); /* nothing changed: no change */
    struct case_change again = {.has_status = true, .status = CASE_CHECKING};
    assert_int_equal(change(&t, ref, -1, again, &page, &p), ERR_NONE);
    assert_int_equal(page.casefile.outcome, OUTCOME_NONE);
    assert_int_equal(page.casefile.closed_at_ms, 0);
    assert_int_equal(change(&t, "AAA-AAA-AAA", -1, again, &page, &p), ERR_NOT_FOUND);
    town_close(&t);
}

static void what_is_unknown_is_refused_whole(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    char ref[RECORD_REF_ROOM];
    report(&t, "標識が傾いています", "sign", ref);
    struct case_page page;
    struct report_problems p;
    struct case_change c = {.has_status = true, .status = CASE_CHECKING, .has_assignee = true,
                            .assignee_name = STR("nobody")};
    assert_int_equal(change(&t, ref, 1, c, &page, &p), ERR_INPUT);
    assert_string_equal(p.problem[0].field, "assignee");
    assert_int_equal(desk_case_get(t.desk, str_of(ref), DESK_STAFF, &t.a, &page), ERR_NONE);
    assert_int_equal(page.casefile.status, CASE_NEW); /* not half of it either */
    assert_int_equal(page.casefile.version, 1);
    struct case_change none = {.has_department = true, .has_category = true};
    assert_int_equal(change(&t, ref, 1, none, &page, &p), ERR_NONE);
    assert_int_equal(page.casefile.department_id, 0);
    assert_int_equal(page.casefile.category_id, 0);
    town_close(&t);
}

static void what_is_said_is_public_or_not(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    char ref[RECORD_REF_ROOM];
    report(&t, "倒木", "tree", ref);
    struct event event;
    struct report_problems p;
    assert_int_equal(desk_case_say(t.desk, str_of(ref), false, STR("内部のメモ"), &clerk, &t.a, &event, &p), ERR_NONE);
    assert_int_equal(event.kind, EVENT_NOTE);
    assert_int_equal(desk_case_say(t.desk, str_of(ref), true, STR("明日、撤去します"), &clerk, &t.a, &event, &p), ERR_NONE);
    assert_int_equal(desk_case_say(t.desk, str_of(ref), true, STR("  "), &clerk, &t.a, &event, &p), ERR_INPUT);
    struct case_page page;
    assert_int_equal(desk_case_get(t.desk, str_of(ref), DESK_RESIDENT, &t.a, &page), ERR_NONE);
    assert_int_equal(page.event_count, 2);
    assert_true(str_equal(page.events[1].text, STR("明日、撤去します")));
    assert_int_equal(page.casefile.version, 3);
    town_close(&t);
}

static void pages_follow_each_other_without_gap(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    char ref[RECORD_REF_ROOM];
    for (int i = 0; i < 57; i++) {
        char text[32];
        snprintf(text, sizeof text, "穴 %d", i);
        report(&t, text, i % 2 ? "road" : "park", ref);
        if (i % 5 == 0) t.fake.now_ms += 1000; /* several in the same millisecond */
    }
    struct case_list_query q = {.limit = 10};
    struct case_list list;
    int64_t seen = 0, last_ms = INT64_MAX, last_id = INT64_MAX;
    do {
        assert_int_equal(desk_case_list(t.desk, &q, &t.a, &list), ERR_NONE);
        for (size_t i = 0; i < list.count; i++) {
            const struct casefile *c = &list.cases[i];
            assert_true(c->reported_at_ms < last_ms || (c->reported_at_ms == last_ms && c->id < last_id));
            last_ms = c->reported_at_ms;
            last_id = c->id;
            seen++;
        }
        report(&t, "割り込み", "road", ref); /* newer ones do not shift the pages */
        q.cursor = list.next_cursor;
    } while (q.cursor.bytes);
    assert_int_equal(seen, 57);
    q = (struct case_list_query){.department_code = STR("parks"), .limit = 200};
    assert_int_equal(desk_case_list(t.desk, &q, &t.a, &list), ERR_NONE);
    assert_int_equal(list.count, 29);
    q = (struct case_list_query){.department_code = STR("no-such")};
    assert_int_equal(desk_case_list(t.desk, &q, &t.a, &list), ERR_INPUT);
    q = (struct case_list_query){.cursor = STR("junk")};
    assert_int_equal(desk_case_list(t.desk, &q, &t.a, &list), ERR_INPUT);
    struct board board;
    assert_int_equal(desk_board(t.desk, &t.a, &board), ERR_NONE);
    assert_int_equal(board.column[CASE_NEW].count, 57 + 6);
    assert_int_equal(board.column[CASE_NEW].card_count, DESK_BOARD_CARDS);
    assert_true(board.column[CASE_NEW].next_cursor.bytes > 0);
    town_close(&t);
}

static void words_are_found_in_both_languages(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    char road[RECORD_REF_ROOM], light[RECORD_REF_ROOM];
    report(&t, "市道路面の陥没。ﾏﾝﾎｰﾙの横", "road", road);
    report(&t, "The street light near ＡＢＣ store is out", "light", light);
    char plain[10];
    size_t n = 0;
    for (int i = 0; i < 11; i++)
        if (road[i] != '-') plain[n++] = road[i];
    plain[n] = 0;
    const struct {
        const char *words, *ref;
    } rows[] = {{"道路", road}, {"陥没", road}, {"マンホール", road}, {"没", road}, {"street", light},
                {"LIGHT", light}, {"abc", light}, {"街灯", light}, {road, road}, {plain, road}, {"道路 陥没", road}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct case_list list;
        struct case_list_query q = {.words = str_of(rows[i].words)};
        assert_int_equal(desk_case_list(t.desk, &q, &t.a, &list), ERR_NONE);
        if (list.count != 1) fail_msg("\"%s\" found %zu cases", rows[i].words, list.count);
        assert_string_equal(list.cases[0].ref, rows[i].ref);
    }
    struct case_list none;
    struct case_list_query q = {.words = STR("\" OR * NEAR(")};
    enum err e = desk_case_list(t.desk, &q, &t.a, &none);
    assert_true(e == ERR_NONE && none.count == 0);
    town_close(&t);
}

static void people_sign_in_and_out(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    struct report_problems p;
    struct person person;
    char token[44];
    assert_int_equal(desk_person_add(t.desk, STR("佐藤"), ROLE_CLERK, STR("short"), &p), ERR_INPUT);
    assert_string_equal(p.problem[0].code, "too_short");
    assert_int_equal(desk_person_add(t.desk, STR("佐藤"), ROLE_CLERK, str_of(password), &p), ERR_NONE);
    assert_int_equal(desk_person_add(t.desk, STR("佐藤"), ROLE_ADMIN, str_of(password), &p), ERR_CONFLICT);
    assert_int_equal(desk_sign_in(t.desk, STR("佐藤"), STR("wrong password"), &t.a, token, &person), ERR_DENIED);
    assert_int_equal(desk_sign_in(t.desk, STR("nobody"), str_of(password), &t.a, token, &person), ERR_DENIED);
    assert_int_equal(desk_sign_in(t.desk, STR("佐藤"), str_of(password), &t.a, token, &person), ERR_NONE);
    assert_int_equal(desk_session(t.desk, str_of(token), &t.a, &person), ERR_NONE);
    assert_int_equal(person.role, ROLE_CLERK);
    token[0] = token[0] == 'A' ? 'B' : 'A';
    assert_int_equal(desk_session(t.desk, str_of(token), &t.a, &person), ERR_NOT_FOUND);
    token[0] = 0;
    assert_int_equal(desk_session(t.desk, str_of(token), &t.a, &person), ERR_NOT_FOUND);
    assert_int_equal(desk_sign_in(t.desk, STR("佐藤"), str_of(password), &t.a, token, &person), ERR_NONE);
    assert_int_equal(desk_session(t.desk, str_of(token), &t.a, &person), ERR_NONE);
    assert_int_equal(desk_sign_out(t.desk, str_of(token)), ERR_NONE);
    assert_int_equal(desk_session(t.desk, str_of(token), &t.a, &person), ERR_NOT_FOUND);
    assert_int_equal(desk_sign_in(t.desk, STR("佐藤"), str_of(password), &t.a, token, &person), ERR_NONE);
    t.fake.now_ms += DESK_SESSION_IDLE_MS; /* nobody used it */
    assert_int_equal(desk_session(t.desk, str_of(token), &t.a, &person), ERR_NOT_FOUND);
    assert_int_equal(desk_sign_in(t.desk, STR("佐藤"), str_of(password), &t.a, token, &person), ERR_NONE);
    assert_int_equal(desk_person_disable(t.desk, STR("佐藤")), ERR_NONE);
    assert_int_equal(desk_session(t.desk, str_of(token), &t.a, &person), ERR_NOT_FOUND);
    assert_int_equal(desk_sign_in(t.desk, STR("佐藤"), str_of(password), &t.a, token, &person), ERR_DENIED);
    assert_int_equal(desk_person_disable(t.desk, STR("nobody")), ERR_NOT_FOUND);
    town_close(&t);
}

static void guessing_is_slowed(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    struct report_problems p;
    struct person person;
    char token[44];
    assert_int_equal(desk_person_add(t.desk, STR("sato"), ROLE_CLERK, str_of(password), &p), ERR_NONE);
    int tries = 0;
    while (desk_sign_in(t.desk, STR("sato"), STR("a wrong guess"), &t.a, token, &person) == ERR_DENIED && tries < 50) tries++;
    assert_in_range(tries, 5, 20);
    assert_int_equal(desk_sign_in(t.desk, STR("sato"), str_of(password), &t.a, token, &person), ERR_BUSY);
    t.fake.now_ms += 11 * 60 * 1000;
    assert_int_equal(desk_sign_in(t.desk, STR("sato"), str_of(password), &t.a, token, &person), ERR_NONE);
    town_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_an_event_and_a_version),
        cmocka_unit_test(what_is_unknown_is_refused_whole),
        cmocka_unit_test(what_is_said_is_public_or_not),
        cmocka_unit_test(pages_follow_each_other_without_gap),
        cmocka_unit_test(words_are_found_in_both_languages),
        cmocka_unit_test(people_sign_in_and_out),
        cmocka_unit_test(guessing_is_slowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
