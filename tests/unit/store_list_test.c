/* Lists against a plain oracle: the same cases filtered and sorted in memory. Words, refs, boxes
 * and pages. */
/* links: store record crypto base */
#include "store_fixture.h"

#define CASES_MAX 5000

static int64_t cases; /* of them */
static size_t page;
static bool large_boxes; /* over more places than are sorted in memory */

struct known {
    struct casefile c;
};

static struct known known[CASES_MAX];
static int64_t category_and_department[2], other_department;

static uint64_t dice_state = 42;
static int64_t dice(int64_t sides)
{
    dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((dice_state >> 33) % (uint64_t)sides);
}

static enum err fill(struct store_tx *tx, void *context)
{
    struct arena *a = context;
    static const char *const says[] = {"道路に穴があります", "街灯が暗い",
                                       "Broken bench in the park", "ゴミが散らかっています",
                                       "道路の白線"};
    const struct department other = {.code = STR("parks"), .name = {STR("公園課"), STR("Parks")}};
    enum err e = town_basics(tx, category_and_department);
    if (!e) e = store_department_put(tx, &other, &other_department);
    dice_state = 42;
    for (int64_t i = 0; !e && i < cases; i++) {
        struct report_sample r = {.n = i + 1,
                                  .description = says[dice(5)],
                                  .reported_at_ms = 100000 + i * 10 - dice(3) * 10,
                                  .has_place = dice(20) != 0,
                                  .at = {(int32_t)(350000000 + dice(1000) * 1000),
                                         (int32_t)(1390000000 + dice(1000) * 1000)},
                                  .department_id = dice(2) ? category_and_department[1] : 0};
        e = sample_write(tx, &r);
        if (!e) e = store_casefile_by_id(tx, r.id, a, &known[i].c);
        if (e) break;
        struct casefile *c = &known[i].c;
        c->status = (enum case_status)dice(CASE_STATUS_COUNT);
        c->updated_at_ms += dice(5000);
        if (c->status == CASE_DONE) {
            c->outcome = OUTCOME_FIXED;
            c->closed_at_ms = c->updated_at_ms;
        }
        if (dice(5) == 0) c->department_id = other_department;
        e = store_casefile_update(tx, c);
        c->version++;
    }
    return e;
}

static bool fits(const struct casefile *c, const struct store_casefile_query *q)
{
    const struct position *p = &c->location.at;
    if (q->statuses && !(q->statuses >> c->status & 1)) return false;
    if (q->department_id && q->department_id != c->department_id) return false;
    if (q->words.bytes &&
        !memmem(c->description.at, c->description.bytes, q->words.at, q->words.bytes))
        return false;
    if (q->has_box &&
        (!c->location.known || p->lat_e7 < q->box.low.lat_e7 || p->lat_e7 > q->box.high.lat_e7 ||
         p->lon_e7 < q->box.low.lon_e7 || p->lon_e7 > q->box.high.lon_e7))
        return false;
    if (q->updated_after_ms && c->updated_at_ms <= q->updated_after_ms) return false;
    if (q->reported_after_ms && c->reported_at_ms <= q->reported_after_ms) return false;
    if (q->closed_after_ms && c->status == CASE_DONE && c->closed_at_ms <= q->closed_after_ms) {
        return false;
    }
    return true;
}

static enum store_order sort_order;
static bool sort_by_id;

static int by_order(const void *a, const void *b)
{
    const struct casefile *x = *(const struct casefile *const *)a;
    const struct casefile *y = *(const struct casefile *const *)b;
    int64_t s = x->reported_at_ms, t = y->reported_at_ms;
    if (sort_order == STORE_OLDEST_UPDATE) {
        s = x->updated_at_ms;
        t = y->updated_at_ms;
    }
    if (sort_by_id && sort_order != STORE_OLDEST_UPDATE) s = t = 0;
    int sign = sort_order == STORE_NEWEST_REPORT ? -1 : 1;
    if (s != t) return s < t ? -sign : sign;
    return x->id < y->id ? -sign : sign;
}

static void compare(struct store_tx *tx, struct arena *a, struct store_casefile_query q)
{
    const struct casefile *expected[CASES_MAX];
    size_t n = 0, seen = 0;
    for (size_t i = 0; i < (size_t)cases; i++) {
        if (fits(&known[i].c, &q)) expected[n++] = &known[i].c;
    }
    sort_order = q.order;
    sort_by_id = q.words.bytes > 0;
    qsort(expected, n, sizeof *expected, by_order);
    q.limit = page;
    for (bool more = true; more;) {
        struct casefile *rows;
        size_t count;
        arena_reset(a);
        assert_int_equal(store_casefile_list(tx, &q, a, &rows, &count, &more), ERR_NONE);
        assert_true(count <= page);
        for (size_t i = 0; i < count; i++, seen++) {
            assert_true(seen < n);
            assert_int_equal(rows[i].id, expected[seen]->id);
            assert_int_equal(rows[i].version, expected[seen]->version);
            assert_string_equal(rows[i].ref, expected[seen]->ref);
        }
        assert_int_equal(more, seen < n);
        if (more) {
            const struct casefile *last = &rows[count - 1];
            q.has_cursor = true;
            q.cursor_id = last->id;
            q.cursor_ms = q.order == STORE_OLDEST_UPDATE ? last->updated_at_ms
                                                         : last->reported_at_ms;
        }
    }
    assert_int_equal(seen, n);
}

static enum err every_mixture(struct store_tx *tx, void *context)
{
    struct arena *a = context;
    for (int i = 0; i < (large_boxes ? 60 : 700); i++) {
        struct store_casefile_query q = {.order = (enum store_order)dice(3)};
        if (dice(2)) q.statuses = (unsigned)dice(1 << CASE_STATUS_COUNT);
        if (dice(3) == 0) q.department_id = dice(2) ? category_and_department[1] : other_department;
        if (dice(4) == 0) q.words = dice(2) ? STR("道路") : STR("bench");
        if (dice(3) == 0) {
            q.has_box = true;
            q.box.low = (struct position){(int32_t)(350000000 + dice(1000) * 1000),
                                          (int32_t)(1390000000 + dice(1000) * 1000)};
            q.box.high = (struct position){(int32_t)(q.box.low.lat_e7 + dice(1000) * 1000),
                                           (int32_t)(q.box.low.lon_e7 + dice(1000) * 1000)};
        }
        if (large_boxes) {
            q.has_box = true;
            q.box.low = (struct position){350000000, 1390000000 + (int32_t)dice(5) * 1000};
            q.box.high = (struct position){360000000, 1400000000};
        }
        if (dice(4) == 0) q.updated_after_ms = 100000 + dice(8000);
        if (dice(4) == 0) q.reported_after_ms = 100000 + dice(4000);
        if (dice(4) == 0) q.closed_after_ms = 100000 + dice(8000);
        compare(tx, a, q);
    }
    return ERR_NONE;
}

static void every_mixture_is_what_the_oracle_says(void **state)
{
    struct town_file *t = *state;
    struct arena a;
    arena_init(&a, 16u << 20);
    cases = large_boxes ? CASES_MAX : 400;
    page = large_boxes ? 200 : 7;
    assert_int_equal(store_write(t->store, fill, &t->arena), ERR_NONE);
    assert_int_equal(store_read(t->store, every_mixture, &a), ERR_NONE);
    arena_clear(&a);
}

static void large_boxes_too(void **state)
{
    large_boxes = true;
    every_mixture_is_what_the_oracle_says(state);
    large_boxes = false;
}

struct search {
    struct str words;
    struct arena *a;
    size_t count;
    int64_t first_id;
};

static enum err search(struct store_tx *tx, void *context)
{
    struct search *s = context;
    const struct store_casefile_query q = {.words = s->words, .limit = 50};
    struct casefile *rows;
    bool more;
    enum err e = store_casefile_list(tx, &q, s->a, &rows, &s->count, &more);
    if (!e && s->count) s->first_id = rows[0].id;
    return e;
}

static size_t found(struct town_file *t, struct str words, int64_t *id)
{
    struct search s = {.words = words, .a = &t->arena};
    assert_int_equal(store_read(t->store, search, &s), ERR_NONE);
    if (id) *id = s.first_id;
    return s.count;
}

static enum err rewrite(struct store_tx *tx, void *context)
{
    struct report_sample *r = context;
    struct arena a;
    struct casefile c;
    arena_init(&a, 1 << 20);
    enum err e = store_casefile_by_id(tx, r->id, &a, &c);
    c.description = STR("水道管から水が漏れている");
    if (!e) e = store_casefile_update(tx, &c);
    arena_clear(&a);
    return e;
}

static void words_and_refs_are_found(void **state)
{
    struct town_file *t = *state;
    int64_t id = 0;
    struct report_sample one = {.n = 1,
                                .description = "港町の道路に大きな陥没があります",
                                .more_words = "pothole 道路課",
                                .reported_at_ms = 1};
    struct report_sample two = {
        .n = 2, .description = "Ａ棟の前の Streetlight が暗い", .reported_at_ms = 2};
    assert_int_equal(store_write(t->store, sample_write, &one), ERR_NONE);
    assert_int_equal(store_write(t->store, sample_write, &two), ERR_NONE);
    assert_int_equal(found(t, STR("陥没"), &id), 1);
    assert_int_equal(id, one.id);
    assert_int_equal(found(t, STR("道路 陥没"), NULL), 1);
    assert_int_equal(found(t, STR("路道"), NULL), 0);
    assert_int_equal(found(t, STR("没"), NULL), 1);
    assert_int_equal(found(t, STR("POTHOLE"), NULL), 1);
    assert_int_equal(found(t, STR("streetl"), &id), 1);
    assert_int_equal(id, two.id);
    assert_int_equal(found(t, STR("a棟"), NULL), 1);
    assert_int_equal(found(t, STR("\" OR NEAR( * ^ -"), NULL), 0);
    assert_int_equal(found(t, STR("?!"), NULL), 0);
    /* The ref: whole, without dashes, small, and beginnings of it. */
    char plain[RECORD_REF_ROOM], small[RECORD_REF_ROOM];
    size_t n = 0;
    for (size_t i = 0; two.ref[i]; i++) {
        small[i] = two.ref[i] >= 'A' ? (char)(two.ref[i] + 32) : two.ref[i];
        if (two.ref[i] != '-') plain[n++] = two.ref[i];
    }
    small[11] = '\0';
    plain[n] = '\0';
    const struct str typed[] = {str_of(two.ref), str_of(plain), str_of(small), {two.ref, 6},
                                {two.ref, 3},    {plain, 5},    {plain, 8}};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        assert_int_equal(found(t, typed[i], &id), 1);
        assert_int_equal(id, two.id);
    }
    /* A changed description is found by its new words alone; more_words and the ref stay. */
    assert_int_equal(store_write(t->store, rewrite, &one), ERR_NONE);
    assert_int_equal(found(t, STR("陥没"), NULL), 0);
    assert_int_equal(found(t, STR("水道管"), &id), 1);
    assert_int_equal(id, one.id);
    assert_int_equal(found(t, STR("pothole"), NULL), 1);
    assert_int_equal(found(t, str_of(one.ref), NULL), 1);
}

static enum err near_here(struct store_tx *tx, void *context)
{
    struct arena *a = context;
    const struct store_box box = {{349999000, 1389999000}, {350001000, 1390001000}};
    struct casefile *rows;
    size_t n;
    assert_int_equal(store_casefile_near(tx, box, 0, 10, a, &rows, &n), ERR_NONE);
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].reported_at_ms, 3);
    assert_int_equal(store_casefile_near(tx, box, 1, 10, a, &rows, &n), ERR_NONE);
    assert_int_equal(n, 1);
    assert_int_equal(store_casefile_near(tx, box, 0, 1, a, &rows, &n), ERR_NONE);
    assert_int_equal(n, 1);
    return ERR_NONE;
}

static void cases_near_here(void **state)
{
    struct town_file *t = *state;
    for (int64_t i = 1; i <= 4; i++) {
        struct report_sample r = {.n = i,
                                  .reported_at_ms = i,
                                  .has_place = i != 4,
                                  .at = {i == 2 ? 360000000 : 350000500, 1390000500}};
        assert_int_equal(store_write(t->store, sample_write, &r), ERR_NONE);
    }
    assert_int_equal(store_read(t->store, near_here, &t->arena), ERR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_mixture_is_what_the_oracle_says, town_begin,
                                        town_end),
        cmocka_unit_test_setup_teardown(large_boxes_too, town_begin, town_end),
        cmocka_unit_test_setup_teardown(words_and_refs_are_found, town_begin, town_end),
        cmocka_unit_test_setup_teardown(cases_near_here, town_begin, town_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
