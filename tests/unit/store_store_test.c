/* The store's verbs: what is written is read back, what must not change does not, and every failure
 * leaves things as they were. */
/* links: store record crypto base */
#include "store_fixture.h"

static enum err town_is_kept(struct store_tx *tx, void *context)
{
    struct arena *a = context;
    struct str value;
    struct department *departments;
    struct category *categories;
    struct zone *zones;
    size_t n;
    assert_int_equal(store_setting_get(tx, STR("town.name.ja"), a, &value), ERR_NONE);
    assert_true(str_equal(value, STR("海山町")));
    assert_int_equal(store_setting_get(tx, STR("none"), a, &value), ERR_NOT_FOUND);
    assert_true(str_equal(value, STR("海山町")));
    assert_int_equal(store_department_list(tx, a, &departments, &n), ERR_NONE);
    assert_int_equal(n, 1);
    assert_true(str_equal(departments[0].name.ja, STR("道路課")));
    assert_int_equal(store_category_list(tx, a, &categories, &n), ERR_NONE);
    assert_int_equal(n, 1);
    assert_int_equal(categories[0].department_id, departments[0].id);
    assert_int_equal(store_zone_list(tx, a, &zones, &n), ERR_NONE);
    assert_int_equal(n, 1);
    struct str geojson, attribution;
    assert_int_equal(store_map_layer_get(tx, STR("base"), a, &geojson, &attribution), ERR_NONE);
    assert_true(str_equal(attribution, STR("GSI")));
    return ERR_NONE;
}

static enum err write_town(struct store_tx *tx, void *context)
{
    int64_t ids[2], again[2], zone;
    (void)context;
    assert_int_equal(town_basics(tx, ids), ERR_NONE);
    assert_int_equal(town_basics(tx, again), ERR_NONE); /* put changes the one with that code */
    assert_int_equal(ids[0], again[0]);
    assert_int_equal(ids[1], again[1]);
    assert_int_equal(store_setting_set(tx, STR("town.name.ja"), STR("x")), ERR_NONE);
    assert_int_equal(store_setting_set(tx, STR("town.name.ja"), STR("海山町")), ERR_NONE);
    const struct zone z = {.code = STR("port"),
                           .name = {STR("港"), STR("Port")},
                           .geojson = STR("{\"type\":\"Polygon\",\"coordinates\":[]}")};
    assert_int_equal(store_zone_put(tx, &z, &zone), ERR_NONE);
    return store_map_layer_put(tx, STR("base"), STR("{}"), STR("GSI"));
}

static void the_town_is_read_back(void **state)
{
    struct town_file *t = *state;
    assert_int_equal(store_write(t->store, write_town, NULL), ERR_NONE);
    assert_int_equal(store_read(t->store, town_is_kept, &t->arena), ERR_NONE);
    town_close(t);
    town_reopen(t);
    assert_int_equal(store_read(t->store, town_is_kept, &t->arena), ERR_NONE);
}

static enum err bad_zone(struct store_tx *tx, void *context)
{
    int64_t *id = context;
    const struct zone z = {.code = STR("bad"), .name = {STR("x"), STR("x")}, .geojson = STR("{")};
    assert_int_equal(store_setting_set(tx, STR("half"), STR("done")), ERR_NONE);
    return store_zone_put(tx, &z, id);
}

static enum err half_is_not_there(struct store_tx *tx, void *context)
{
    struct str value;
    return store_setting_get(tx, STR("half"), context, &value);
}

static void a_failed_job_leaves_nothing(void **state)
{
    struct town_file *t = *state;
    int64_t id = -5;
    assert_int_equal(store_write(t->store, bad_zone, &id), ERR_INPUT);
    assert_int_equal(id, -5);
    assert_int_equal(store_read(t->store, half_is_not_there, &t->arena), ERR_NOT_FOUND);
}

static enum err write_people(struct store_tx *tx, void *context)
{
    struct arena *a = context;
    struct person p = {.name = STR("hanako"),
                       .role = ROLE_ADMIN,
                       .password_hash = STR("$argon2id$"),
                       .created_at_ms = 5};
    struct person got, *all;
    struct staff_session s = {.created_at_ms = 10, .seen_at_ms = 10, .ends_at_ms = 100}, seen;
    int64_t id, other = -1;
    size_t n;
    assert_int_equal(store_person_insert(tx, &p, &id), ERR_NONE);
    assert_int_equal(store_person_insert(tx, &p, &other), ERR_CONFLICT);
    assert_int_equal(other, -1);
    assert_int_equal(store_person_by_name(tx, STR("hanako"), a, &got), ERR_NONE);
    assert_int_equal(got.role, ROLE_ADMIN);
    assert_int_equal(store_person_by_name(tx, STR("taro"), a, &got), ERR_NOT_FOUND);
    s.person_id = id;
    memset(s.token_sha256, 7, sizeof s.token_sha256);
    assert_int_equal(store_session_insert(tx, &s), ERR_NONE);
    assert_int_equal(store_session_seen(tx, s.token_sha256, 50), ERR_NONE);
    assert_int_equal(store_session_get(tx, s.token_sha256, a, &seen, &got), ERR_NONE);
    assert_int_equal(seen.seen_at_ms, 50);
    assert_int_equal(got.id, id);
    assert_int_equal(store_session_purge(tx, 100), ERR_NONE);
    assert_int_equal(store_session_get(tx, s.token_sha256, a, &seen, &got), ERR_NONE);
    assert_int_equal(store_person_set_password(tx, id, STR("new")), ERR_NONE);
    assert_int_equal(store_session_get(tx, s.token_sha256, a, &seen, &got), ERR_NOT_FOUND);
    assert_int_equal(store_session_insert(tx, &s), ERR_NONE);
    assert_int_equal(store_person_disable(tx, id, 77), ERR_NONE);
    assert_int_equal(store_session_get(tx, s.token_sha256, a, &seen, &got), ERR_NOT_FOUND);
    assert_int_equal(store_person_signed_in(tx, id, 88), ERR_NONE);
    assert_int_equal(store_person_signed_in(tx, 999, 88), ERR_NOT_FOUND);
    assert_int_equal(store_person_by_id(tx, id, a, &got), ERR_NONE);
    assert_int_equal(got.disabled_at_ms, 77);
    assert_int_equal(got.signed_in_at_ms, 88);
    assert_int_equal(store_person_list(tx, a, &all, &n), ERR_NONE);
    assert_int_equal(n, 1);
    return ERR_NONE;
}

static void people_and_sessions(void **state)
{
    struct town_file *t = *state;
    assert_int_equal(store_write(t->store, write_people, &t->arena), ERR_NONE);
}

static enum err case_goes_its_way(struct store_tx *tx, void *context)
{
    struct town_file *t = context;
    struct arena *a = &t->arena;
    int64_t ids[2], counts[CASE_STATUS_COUNT];
    struct report_sample r = {.n = 1,
                              .description = "道路に穴があります",
                              .more_words = "pothole",
                              .reported_at_ms = 1000,
                              .has_place = true,
                              .at = {350000000, 1390000000}};
    struct casefile c;
    struct event *events;
    size_t n;
    assert_int_equal(town_basics(tx, ids), ERR_NONE);
    r.category_id = ids[0];
    r.department_id = ids[1];
    assert_int_equal(sample_write(tx, &r), ERR_NONE);
    assert_int_equal(store_casefile_by_ref(tx, str_of(r.ref), a, &c), ERR_NONE);
    assert_int_equal(c.id, r.id);
    assert_int_equal(c.version, 1);
    assert_true(str_equal(c.description, str_of(r.description)));
    assert_true(c.location.known);
    assert_int_equal(c.location.at.lon_e7, 1390000000);
    assert_int_equal(c.location.accuracy_m, -1);
    assert_false(c.location.exif_known);
    assert_int_equal(store_casefile_counts(tx, 0, counts), ERR_NONE);
    assert_int_equal(counts[CASE_NEW], 1);

    struct report_sample twice = r;
    twice.id = -1;
    assert_int_equal(store_casefile_insert(tx, &c, STR(""), &twice.id), ERR_CONFLICT);
    assert_int_equal(twice.id, -1);

    c.status = CASE_DONE;
    c.outcome = OUTCOME_FIXED;
    c.closed_at_ms = 2000;
    c.updated_at_ms = 2000;
    c.department_id = 0;
    assert_int_equal(store_casefile_update(tx, &c), ERR_NONE);
    assert_int_equal(store_casefile_update(tx, &c), ERR_CONFLICT); /* the version has moved on */
    assert_int_equal(store_casefile_by_id(tx, c.id, a, &c), ERR_NONE);
    assert_int_equal(c.version, 2);
    assert_int_equal(c.status, CASE_DONE);
    assert_int_equal(store_casefile_counts(tx, 0, counts), ERR_NONE);
    assert_int_equal(counts[CASE_NEW], 0);
    assert_int_equal(counts[CASE_DONE], 1);
    assert_int_equal(store_casefile_counts(tx, ids[1], counts), ERR_NONE);
    assert_int_equal(counts[CASE_DONE], 0);
    int64_t done;
    assert_int_equal(store_casefile_count_done_since(tx, 1999, &done), ERR_NONE);
    assert_int_equal(done, 1);
    assert_int_equal(store_casefile_count_done_since(tx, 2000, &done), ERR_NONE);
    assert_int_equal(done, 0);

    struct event note = {.casefile_id = c.id,
                         .kind = EVENT_NOTE,
                         .actor_kind = ACTOR_STAFF,
                         .origin = ORIGIN_STAFF,
                         .at_ms = 3000,
                         .text = STR("internal")};
    assert_int_equal(store_event_append(tx, &note), ERR_NONE);
    assert_int_equal(note.seq, 4);
    assert_int_equal(store_event_list(tx, c.id, false, a, &events, &n), ERR_NONE);
    assert_int_equal(n, 4);
    assert_int_equal(events[3].id, note.id);
    assert_int_equal(store_event_list(tx, c.id, true, a, &events, &n), ERR_NONE);
    assert_int_equal(n, 3);
    assert_int_equal(events[0].kind, EVENT_REPORTED);

    struct contact contact;
    assert_int_equal(store_contact_get(tx, c.id, a, &contact), ERR_NONE);
    assert_true(str_equal(contact.name, STR("山田")));
    assert_int_equal(store_contact_get(tx, c.id + 1, a, &contact), ERR_NOT_FOUND);

    uint8_t key[32], body[32];
    struct str answer;
    int64_t kept;
    crypto_sha256(&r.n, sizeof r.n, key);
    assert_int_equal(store_idempotency_get(tx, key, a, body, &kept, &answer), ERR_NONE);
    assert_int_equal(kept, c.id);
    assert_true(str_equal(answer, STR("{}")));
    assert_int_equal(store_idempotency_purge(tx, 1000), ERR_NONE);
    assert_int_equal(store_idempotency_get(tx, key, a, body, &kept, &answer), ERR_NONE);
    assert_int_equal(store_idempotency_purge(tx, 1001), ERR_NONE);
    assert_int_equal(store_idempotency_get(tx, key, a, body, &kept, &answer), ERR_NOT_FOUND);
    return ERR_NONE;
}

static void a_case_goes_its_way(void **state)
{
    struct town_file *t = *state;
    assert_int_equal(store_write(t->store, case_goes_its_way, t), ERR_NONE);
}

static enum err photos(struct store_tx *tx, void *context)
{
    struct town_file *t = context;
    struct arena *a = &t->arena;
    static char bytes[100000];
    memset(bytes, 'x', sizeof bytes);
    struct report_sample one = {.n = 1, .photo = {bytes, sizeof bytes}, .reported_at_ms = 1};
    struct report_sample two = {.n = 2, .photo = {bytes, sizeof bytes}, .reported_at_ms = 2};
    assert_int_equal(sample_write(tx, &one), ERR_NONE);
    assert_int_equal(sample_write(tx, &two), ERR_NONE);
    struct photo *list, p;
    struct casefile c;
    struct store_blob_info info, thumb;
    size_t n;
    assert_int_equal(store_photo_list(tx, two.id, a, &list, &n), ERR_NONE);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].bytes, sizeof bytes);
    assert_true(list[0].has_hash);
    assert_int_equal(store_photo_find_sha256(tx, list[0].sha256, a, &p, &c), ERR_NONE);
    assert_int_equal(c.id, one.id); /* the oldest */
    assert_int_equal(store_photo_casefile(tx, list[0].id, a, &c), ERR_NONE);
    assert_int_equal(c.id, two.id);
    assert_int_equal(store_rendition_info(tx, p.id, RENDITION_ORIGINAL, &info), ERR_NONE);
    assert_int_equal(info.bytes, sizeof bytes);
    char piece[10] = "";
    assert_int_equal(store_blob_read(tx, info.blob_id, 99995, piece, 5), ERR_NONE);
    assert_string_equal(piece, "xxxxx");
    assert_int_equal(store_blob_read(tx, info.blob_id, 99996, piece, 5), ERR_INPUT);
    assert_int_equal(store_blob_read(tx, info.blob_id + 99, 0, piece, 5), ERR_NOT_FOUND);
    assert_int_equal(store_blob_read(tx, info.blob_id, 0, piece, 5), ERR_NONE);

    assert_int_equal(store_rendition_info(tx, p.id, RENDITION_THUMB, &thumb), ERR_NOT_FOUND);
    assert_int_equal(store_photo_lacking(tx, RENDITION_THUMB, 10, a, &list, &n), ERR_NONE);
    assert_int_equal(n, 2);
    assert_int_equal(list[0].id, p.id);
    uint8_t sha256[32];
    for (int i = 0; i < 2; i++) { /* a second one takes the place of the first */
        struct str jpeg = i ? STR("second") : STR("first");
        crypto_sha256(jpeg.at, jpeg.bytes, sha256);
        assert_int_equal(store_rendition_put(tx, p.id, RENDITION_THUMB, 40, 30, jpeg, sha256),
                         ERR_NONE);
    }
    assert_int_equal(store_rendition_info(tx, p.id, RENDITION_THUMB, &thumb), ERR_NONE);
    assert_int_equal(thumb.width, 40);
    assert_int_equal(thumb.bytes, 6);
    assert_memory_equal(thumb.sha256, sha256, 32);
    assert_int_equal(store_photo_lacking(tx, RENDITION_THUMB, 10, a, &list, &n), ERR_NONE);
    assert_int_equal(n, 1);
    assert_int_equal(store_photo_lacking(tx, RENDITION_SCREEN, 10, a, &list, &n), ERR_NONE);
    assert_int_equal(n, 2);
    return ERR_NONE;
}

static enum err count_hash(void *context, int64_t photo_id, int64_t casefile_id, struct str views)
{
    int64_t *n = context;
    assert_true(photo_id > 0 && casefile_id > 0);
    assert_int_equal(views.bytes, 32);
    ++*n;
    return ERR_NONE;
}

static enum err stop_at_once(void *context, int64_t photo_id, int64_t casefile_id, struct str views)
{
    (void)context;
    (void)photo_id;
    (void)casefile_id;
    (void)views;
    return ERR_TOO_BIG;
}

static enum err hashes(struct store_tx *tx, void *context)
{
    int64_t n = 0;
    (void)context;
    assert_int_equal(store_photo_hashes_after(tx, 0, count_hash, &n), ERR_NONE);
    assert_int_equal(n, 2);
    assert_int_equal(store_photo_hashes_after(tx, 1, count_hash, &n), ERR_NONE);
    assert_int_equal(n, 3);
    return store_photo_hashes_after(tx, 0, stop_at_once, NULL);
}

static void photos_are_kept_once(void **state)
{
    struct town_file *t = *state;
    assert_int_equal(store_write(t->store, photos, t), ERR_NONE);
    assert_int_equal(store_read(t->store, hashes, NULL), ERR_TOO_BIG);
    assert_int_equal(raw_number(t->file, "SELECT count(*) FROM blob"), 2);
}

static enum err alikes(struct store_tx *tx, void *context)
{
    struct town_file *t = context;
    struct report_sample one = {.n = 1, .reported_at_ms = 1}, two = {.n = 2, .reported_at_ms = 2};
    assert_int_equal(sample_write(tx, &one), ERR_NONE);
    assert_int_equal(sample_write(tx, &two), ERR_NONE);
    const struct alike x = {.casefile_id = two.id,
                            .other_id = one.id,
                            .distance_m = -1,
                            .photo_distance = 12,
                            .apart_ms = 1,
                            .same_category = true,
                            .rank = 1};
    assert_int_equal(store_alike_insert(tx, &x), ERR_NONE);
    struct alike *list;
    size_t n;
    assert_int_equal(store_alike_list(tx, two.id, &t->arena, &list, &n), ERR_NONE);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].other_ref, one.ref);
    assert_int_equal(list[0].distance_m, -1);
    assert_int_equal(list[0].photo_distance, 12);
    return ERR_NONE;
}

static void candidates_are_kept(void **state)
{
    struct town_file *t = *state;
    assert_int_equal(store_write(t->store, alikes, t), ERR_NONE);
}

static enum err set_setting(struct store_tx *tx, void *context)
{
    (void)context;
    return store_setting_set(tx, STR("a"), STR("b"));
}

static enum err nothing(struct store_tx *tx, void *context)
{
    (void)tx;
    (void)context;
    return ERR_NONE;
}

static void the_version_tells_of_changes(void **state)
{
    struct town_file *t = *state;
    uint64_t v = store_version(t->store);
    assert_int_equal(store_read(t->store, nothing, NULL), ERR_NONE);
    assert_int_equal(store_version(t->store), v);
    assert_int_equal(store_write(t->store, set_setting, NULL), ERR_NONE);
    uint64_t after = store_version(t->store);
    assert_true(after > v);
    t->fake.now_ms += 100;
    assert_int_equal(store_version(t->store), after);
    /* By another connection, as another process would. */
    assert_int_equal(raw_exec(t->file, "INSERT INTO setting VALUES ('x', 'y')"), 0);
    t->fake.now_ms += 100;
    assert_true(store_version(t->store) > after);
}

static void the_timeline_only_grows(void **state)
{
    struct town_file *t = *state;
    struct report_sample r = {.n = 1, .reported_at_ms = 1};
    assert_int_equal(store_write(t->store, sample_write, &r), ERR_NONE);
    assert_int_not_equal(raw_exec(t->file, "UPDATE event SET body = 'other'"), 0);
    assert_int_not_equal(raw_exec(t->file, "DELETE FROM event"), 0);
    assert_int_equal(raw_number(t->file, "SELECT count(*) FROM event"), 1);
}

static void figures_are_told(void **state)
{
    struct town_file *t = *state;
    struct store_stats stats;
    assert_int_equal(store_write(t->store, set_setting, NULL), ERR_NONE);
    store_stats(t->store, &stats);
    assert_int_equal(stats.commits, 1);
    assert_int_equal(stats.jobs, 1);
    assert_int_equal(stats.jobs_waiting, 0);
    assert_true(stats.wal_bytes > 0);
    assert_int_equal(raw_number(t->file, "PRAGMA page_size"), 16384);
    assert_true(store_sqlite_version()[0] == '3');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_town_is_read_back, town_begin, town_end),
        cmocka_unit_test_setup_teardown(a_failed_job_leaves_nothing, town_begin, town_end),
        cmocka_unit_test_setup_teardown(people_and_sessions, town_begin, town_end),
        cmocka_unit_test_setup_teardown(a_case_goes_its_way, town_begin, town_end),
        cmocka_unit_test_setup_teardown(photos_are_kept_once, town_begin, town_end),
        cmocka_unit_test_setup_teardown(candidates_are_kept, town_begin, town_end),
        cmocka_unit_test_setup_teardown(the_version_tells_of_changes, town_begin, town_end),
        cmocka_unit_test_setup_teardown(the_timeline_only_grows, town_begin, town_end),
        cmocka_unit_test_setup_teardown(figures_are_told, town_begin, town_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
