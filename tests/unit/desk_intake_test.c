/* links: desk fixtures */
/* A report becomes a case or nothing at all: photos drawn and photographed, places, the key, likeness. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/mem.h"
#include "crypto/crypto.h"
#include "exif.h"
#include "internal.h"
#include "scenes.h"
#include "town.h"

static struct str draw(struct town_fixture *t, uint64_t seed, unsigned look, const struct position *at)
{
    struct canvas c;
    assert_true(canvas_init(&c, 640, 480, seed));
    scene_draw(&c, SCENE_ROAD, look);
    struct buf plain, photo;
    buf_init(&plain, 4 << 20);
    buf_init(&photo, 4 << 20);
    assert_int_equal(canvas_encode(&c, look ? 0.02f : 0, look ? 60 : 85, &plain), ERR_NONE);
    exif_add(buf_str(&plain), t->fake.now_ms - 60000, at, &photo);
    struct str kept = arena_str(&t->a, buf_str(&photo));
    assert_non_null(kept.at);
    buf_clear(&plain);
    buf_clear(&photo);
    canvas_clear(&c);
    return kept;
}

static struct report words(const char *description)
{
    return (struct report){.description = str_of(description), .accuracy_m = -1, .origin = ORIGIN_API};
}

static enum err send(struct town_fixture *t, const struct report *r, struct intake_result *out, struct report_problems *p)
{
    return desk_intake(t->desk, r, NULL, NULL, &t->a, out, p);
}

static enum err count_new(struct store_tx *tx, void *context)
{
    int64_t counts[CASE_STATUS_COUNT];
    enum err e = store_casefile_counts(tx, 0, counts);
    *(int64_t *)context = counts[CASE_NEW];
    return e;
}

static int64_t cases(struct town_fixture *t)
{
    int64_t count = -1;
    assert_int_equal(store_read(t->store, count_new, &count), ERR_NONE);
    return count;
}

static void words_alone_make_a_case(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    struct report r = words("  道路に大きな穴があります。\r\n自転車で転びました。 ");
    r.category_code = STR("road");
    r.contact.email = STR("hanako@example.jp");
    struct intake_result out;
    struct report_problems p;
    assert_int_equal(send(&t, &r, &out, &p), ERR_NONE);
    struct case_page page;
    assert_int_equal(desk_case_get(t.desk, str_of(out.ref), DESK_STAFF, &t.a, &page), ERR_NONE);
    assert_true(str_equal(page.casefile.description, STR("道路に大きな穴があります。\n自転車で転びました。")));
    assert_true(str_equal(page.casefile.title, STR("道路に大きな穴があります。")));
    assert_int_equal(page.casefile.status, CASE_NEW);
    assert_int_equal(page.casefile.version, 1);
    assert_true(page.casefile.department_id != 0); /* the category's */
    assert_true(page.has_contact && str_equal(page.contact.email, STR("hanako@example.jp")));
    assert_int_equal(page.event_count, 3);
    assert_int_equal(desk_case_get(t.desk, str_of(out.ref), DESK_RESIDENT, &t.a, &page), ERR_NONE);
    assert_false(page.has_contact);
    assert_int_equal(page.event_count, 1); /* what is internal stays so */
    town_close(&t);
}

static void a_bad_report_stores_nothing_and_says_all_that_is_wrong(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    struct report r = words("穴");
    r.category_code = STR("no-such");
    r.photo[0].bytes = STR("GIF89a not a photo");
    r.photo[1].bytes = STR("");
    r.photo_count = 2;
    r.has_position = true;
    r.lat = 91;
    struct intake_result out;
    struct report_problems p;
    assert_int_equal(send(&t, &r, &out, &p), ERR_INPUT);
    assert_int_equal(p.count, 3); /* lat, photo 0, photo 1; the category is not asked any more */
    assert_string_equal(p.problem[0].field, "lat");
    assert_string_equal(p.problem[1].code, "unknown_format");
    assert_int_equal(p.problem[2].index, 1);
    r = words("穴");
    r.category_code = STR("no-such");
    assert_int_equal(send(&t, &r, &out, &p), ERR_INPUT);
    assert_string_equal(p.problem[0].field, "category");
    r = words("");
    assert_int_equal(send(&t, &r, &out, &p), ERR_INPUT);
    assert_string_equal(p.problem[0].code, "missing");
    r = words("\xff");
    assert_int_equal(send(&t, &r, &out, &p), ERR_INPUT);
    assert_int_equal(cases(&t), 0);
    town_close(&t);
}

static void the_photo_says_where(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    struct position at = {339501234, 1375005678};
    struct report r = words("");
    r.photo[0].bytes = draw(&t, 5, 0, &at);
    r.photo_count = 1;
    struct intake_result out;
    struct report_problems p;
    assert_int_equal(send(&t, &r, &out, &p), ERR_NONE);
    const struct location *l = &out.receipt.casefile.location;
    assert_int_equal(l->source, LOCATION_EXIF);
    assert_true(desk_distance_m(l->at, at) < 0.02);
    assert_int_equal(out.receipt.photo_count, 1);
    assert_true(out.receipt.photo[0].has_hash && out.receipt.photo[0].can_show);
    struct media media;
    struct str id = str_of(out.receipt.photo[0].public_id);
    assert_int_equal(desk_media(t.desk, id, RENDITION_ORIGINAL, DESK_RESIDENT, &media), ERR_NOT_FOUND);
    assert_int_equal(desk_media(t.desk, id, RENDITION_ORIGINAL, DESK_STAFF, &media), ERR_NONE);
    assert_int_equal(media.bytes, r.photo[0].bytes.bytes);
    char *kept = mem_alloc((size_t)media.bytes);
    assert_int_equal(desk_media_read(t.desk, media.blob_id, 0, kept, (size_t)media.bytes), ERR_NONE);
    assert_memory_equal(kept, r.photo[0].bytes.at, (size_t)media.bytes);
    mem_free(kept);
    assert_int_equal(desk_media(t.desk, id, RENDITION_SCREEN, DESK_RESIDENT, &media), ERR_NONE); /* made on demand */
    assert_string_equal(media.type, "image/jpeg");
    town_close(&t);
}

static void answer(void *context, const struct receipt *r, struct buf *out)
{
    buf_printf(out, "%s %s", (const char *)context, r->casefile.ref);
}

static void the_same_key_gets_the_same_answer(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    struct report r = words("街灯が消えています");
    r.idempotency_key = STR("a-key");
    char first_words[] = "first", second_words[] = "second";
    struct intake_result first, second;
    struct report_problems p;
    assert_int_equal(desk_intake(t.desk, &r, answer, first_words, &t.a, &first, &p), ERR_NONE);
    assert_false(first.repeated);
    town_shut(&t);
    town_reopen(&t); /* also after a restart */
    assert_int_equal(desk_intake(t.desk, &r, answer, second_words, &t.a, &second, &p), ERR_NONE);
    assert_true(second.repeated);
    assert_true(str_equal(first.answer, second.answer));
    assert_string_equal(first.ref, second.ref);
    r.description = STR("街灯が二本消えています");
    assert_int_equal(desk_intake(t.desk, &r, answer, second_words, &t.a, &second, &p), ERR_CONFLICT);
    assert_int_equal(cases(&t), 1);
    r.corrected_is_new = true; /* a form that was corrected and sent again */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(desk_intake(t.desk, &r, answer, second_words, &t.a, &second, &p), ERR_NONE);
        assert_int_equal(second.repeated, i == 1);
        assert_int_equal(cases(&t), 2);
    }
    town_close(&t);
}

struct racer {
    struct town_fixture *t;
    struct intake_result out;
    enum err e;
};

static void *race(void *context)
{
    struct racer *racer = context;
    struct arena a;
    arena_init(&a, 16 << 20);
    struct report r = words("同時に送る");
    r.idempotency_key = STR("one-key");
    struct report_problems p;
    racer->e = desk_intake(racer->t->desk, &r, NULL, NULL, &a, &racer->out, &p);
    arena_clear(&a);
    return NULL;
}

static void the_same_key_at_the_same_time_is_one_case(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    struct racer racers[8];
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        racers[i] = (struct racer){.t = &t};
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(racers[i].e, ERR_NONE);
        assert_string_equal(racers[i].out.ref, racers[0].out.ref);
    }
    assert_int_equal(cases(&t), 1);
    town_close(&t);
}

static void what_was_reported_already_is_named_with_reasons(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    struct position here = {339500000, 1375000000}, near = {339502000, 1375000000}, far = {339900000, 1375000000};
    struct report_problems p;
    struct intake_result first, other, again;
    struct report r = words("穴");
    r.category_code = STR("road");
    r.photo[0].bytes = draw(&t, 21, 0, &here);
    r.photo_count = 1;
    assert_int_equal(send(&t, &r, &first, &p), ERR_NONE);
    assert_int_equal(first.receipt.alike_count, 0);
    r.photo[0].bytes = draw(&t, 22, 0, &far); /* another road elsewhere */
    assert_int_equal(send(&t, &r, &other, &p), ERR_NONE);
    assert_int_equal(other.receipt.alike_count, 0);
    r.photo[0].bytes = draw(&t, 21, 1, &near); /* the first place, by another phone */
    assert_int_equal(send(&t, &r, &again, &p), ERR_NONE);
    assert_int_equal(again.receipt.alike_count, 1);
    const struct alike *x = &again.receipt.alike[0];
    assert_string_equal(x->other_ref, first.ref);
    assert_in_range(x->distance_m, 21, 23);
    assert_true(x->photo_distance >= 0 && x->photo_distance <= IMAGE_HASH_DISTANCE_MAX);
    assert_true(x->same_category);
    struct report near_words = words("ここに穴");
    near_words.category_code = STR("road");
    near_words.has_position = true;
    near_words.lat = 33.9501;
    near_words.lon = 137.5;
    near_words.location_source = LOCATION_PIN;
    assert_int_equal(send(&t, &near_words, &again, &p), ERR_NONE);
    assert_int_equal(again.receipt.alike_count, 2); /* by place alone */
    assert_int_equal(again.receipt.alike[0].photo_distance, -1);
    near_words.category_code = STR("waste");
    assert_int_equal(send(&t, &near_words, &again, &p), ERR_NONE);
    assert_int_equal(again.receipt.alike_count, 0); /* another matter at the same place */
    town_close(&t);
}

static void the_same_bytes_are_ingested_once(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    struct str photo = draw(&t, 31, 0, NULL);
    struct intake_result first, second;
    struct report_problems p;
    assert_int_equal(desk_ingest(t.desk, photo, STR("a.jpg"), 1600000000000, &t.a, &first, &p), ERR_NONE);
    assert_false(first.repeated);
    assert_int_equal(desk_ingest(t.desk, photo, STR("b.jpg"), 0, &t.a, &second, &p), ERR_NONE);
    assert_true(second.repeated);
    assert_string_equal(first.ref, second.ref);
    assert_int_equal(cases(&t), 1);
    town_close(&t);
}

/* Whatever allocation fails: an error, nothing half stored, and the next report goes through. */
static void no_failing_allocation_stores_half(void **state)
{
    (void)state;
    struct town_fixture t;
    town_open(&t);
    struct position at = {339500000, 1375000000};
    struct report r = words("割れた道路");
    r.photo[0].bytes = draw(&t, 41, 0, &at);
    r.photo_count = 1;
    t.log.fd = -1; /* it has much to complain about */
    int64_t stored = 0;
    bool happened = true;
    for (int64_t n = 0; happened && n < 2000; n++) {
        struct arena a;
        arena_init(&a, 64 << 20);
        struct intake_result out;
        struct report_problems p;
        mem_fail_after(n);
        enum err e = desk_intake(t.desk, &r, NULL, NULL, &a, &out, &p);
        happened = mem_fail_happened();
        mem_fail_after(-1);
        if (!e) stored++;
        else assert_true(e == ERR_NOMEM || e == ERR_BUSY || e == ERR_IO);
        arena_clear(&a);
        assert_int_equal(cases(&t), stored);
    }
    assert_false(happened); /* the loop reached a run without a failure */
    assert_true(stored >= 1);
    town_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_alone_make_a_case),
        cmocka_unit_test(a_bad_report_stores_nothing_and_says_all_that_is_wrong),
        cmocka_unit_test(the_photo_says_where),
        cmocka_unit_test(the_same_key_gets_the_same_answer),
        cmocka_unit_test(the_same_key_at_the_same_time_is_one_case),
        cmocka_unit_test(what_was_reported_already_is_named_with_reasons),
        cmocka_unit_test(the_same_bytes_are_ingested_once),
        cmocka_unit_test(no_failing_allocation_stores_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
