/* What finding costs in a large town: pages of 50 of a town of N cases, each against the limit that
 * one look-up of a case by its ref sets in the same run.
 *
 *     bench_store_list [CASES [DIRECTORY]]
 */
/* links: store record crypto base */
#include <sys/stat.h>
#include <unistd.h>

#include "base/must.h"
#include "crypto/crypto.h"
#include "store/store.h"
#include "testing.h"

#define PART 2000 /* cases in one commit */

static int64_t cases = 100000;
static char some_ref[RECORD_REF_ROOM];

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void ref_of(int64_t n, char out[RECORD_REF_ROOM])
{
    static const char letters[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    uint8_t h[32];
    crypto_sha256(&n, sizeof n, h);
    for (int i = 0; i < 11; i++) out[i] = i == 3 || i == 7 ? '-' : letters[h[i] % 31];
    out[11] = '\0';
}

/* Nearly all are done, as in a town after some years. */
static enum err fill(struct store_tx *tx, void *context)
{
    static const char *const says[] = {"道路に穴があります", "街灯が暗い",
                                       "公園のベンチが壊れている", "ゴミが散らかっています"};
    int64_t begin = *(int64_t *)context;
    enum err e = ERR_NONE;
    for (int64_t n = begin; !e && n < begin + PART; n++) {
        bool done = n % 200 != 0;
        struct casefile c = {.status = done ? CASE_DONE : (enum case_status)(n / 200 % 4),
                             .outcome = done ? OUTCOME_FIXED : OUTCOME_NONE,
                             .department_id = 1 + n % 8,
                             .title = STR("道路"),
                             .description = str_of(says[n % 4]),
                             .location = {.known = true,
                                          .source = LOCATION_PIN,
                                          .at = {(int32_t)(350000000 + n * 7919 % 1000003),
                                                 (int32_t)(1390000000 + n * 104729 % 1000003)},
                                          .address = STR("港町")},
                             .locale = STR("ja"),
                             .origin = ORIGIN_DEMO,
                             .reported_at_ms = 1000000 + n * 1000,
                             .updated_at_ms = 1000000 + n * 1000 + 500,
                             .closed_at_ms = done ? 1000000 + n * 1000 + 500 : 0,
                             .thumb_photo = STR("")};
        int64_t id;
        ref_of(n, c.ref);
        e = store_casefile_insert(tx, &c, n % 1000 ? STR("") : STR("seldom"), &id);
    }
    return e;
}

static enum err departments(struct store_tx *tx, void *context)
{
    enum err e = ERR_NONE;
    (void)context;
    for (int i = 0; !e && i < 8; i++) {
        char code[] = {'d', (char)('0' + i), '\0'};
        const struct department d = {.code = str_of(code), .name = {str_of(code), str_of(code)}};
        int64_t id;
        e = store_department_put(tx, &d, &id);
    }
    return e;
}

struct asked {
    struct store_casefile_query q;
    struct arena *a;
    bool by_ref, counts;
};

static enum err ask(struct store_tx *tx, void *context)
{
    struct asked *x = context;
    struct casefile *rows, one;
    size_t n;
    bool more;
    int64_t counts[CASE_STATUS_COUNT];
    if (x->by_ref) return store_casefile_by_ref(tx, str_of(some_ref), x->a, &one);
    if (x->counts) return store_casefile_counts(tx, 0, counts);
    return store_casefile_list(tx, &x->q, x->a, &rows, &n, &more);
}

static double cost_us(struct store *s, struct asked x)
{
    struct arena a;
    double least = 1e12;
    arena_init(&a, 8 << 20);
    x.a = &a;
    x.q.limit = 50;
    for (int round = 0; round < 5; round++) {
        int times = 0;
        double begun = now_us(), spent = 0;
        for (; times < 3 || (spent < 20000 && times < 1000); times++) {
            must(store_read(s, ask, &x) == ERR_NONE);
            arena_reset(&a);
            spent = now_us() - begun;
        }
        if (spent / times < least) least = spent / times;
    }
    arena_clear(&a);
    return least;
}

int main(int argc, char **argv)
{
    char path[300], file[340];
    if (argc > 1) cases = strtoll(argv[1], NULL, 10);
    (void)snprintf(path, sizeof path, "%s/towndesk-bench-XXXXXX", argc > 2 ? argv[2] : "/tmp");
    must(mkdtemp(path));
    (void)snprintf(file, sizeof file, "%s/town.db", path);
    struct log log = {.fd = 2, .least = LOG_WARN};
    struct env env = env_system(&log);
    struct store *s;
    enum store_refusal refusal;
    const struct store_options options = {.create = true};
    must(store_open(file, &options, &env, &s, &refusal) == ERR_NONE);
    must(store_write(s, departments, NULL) == ERR_NONE);
    for (int64_t n = 0; n < cases; n += PART) must(store_write(s, fill, &n) == ERR_NONE);
    ref_of(cases / 2, some_ref);
    const unsigned open_ones = (1u << CASE_DONE) - 1;
    int64_t late = 1000000 + cases * 1000;
    const struct {
        const char *what;
        struct asked x;
    } all[] = {
        {"a case by its ref (the limit)", {.by_ref = true}},
        {"counts by status", {.counts = true}},
        {"newest, any status", {.q = {.statuses = 0}}},
        {"board column", {.q = {.statuses = 1u << CASE_NEW}}},
        {"open ones, from the middle",
         {.q = {.statuses = open_ones,
                .has_cursor = true,
                .cursor_ms = late / 2,
                .cursor_id = cases / 2}}},
        {"done lately", {.q = {.statuses = 1u << CASE_DONE, .closed_after_ms = late - 1000000}}},
        {"one department", {.q = {.department_id = 3}}},
        {"changed lately, oldest change first",
         {.q = {.order = STORE_OLDEST_UPDATE, .updated_after_ms = late - 100000}}},
        {"a word that a quarter has", {.q = {.words = STR("街灯")}}},
        {"the same, open ones alone", {.q = {.words = STR("街灯"), .statuses = open_ones}}},
        {"two words", {.q = {.words = STR("道路 港町")}}},
        {"a seldom word", {.q = {.words = STR("seldom")}}},
        {"a word's beginning", {.q = {.words = STR("seld")}}},
        {"one character", {.q = {.words = STR("道")}}},
        {"a whole ref", {.q = {.words = str_of(some_ref)}}},
        {"a ref's first six, dashed", {.q = {.words = {some_ref, 6}}}},
        {"a small box",
         {.q = {.has_box = true, .box = {{350100000, 1390100000}, {350110000, 1390110000}}}}},
        {"a box of a hundredth",
         {.q = {.has_box = true, .box = {{350100000, 1390100000}, {350200000, 1390200000}}}}},
        {"a box of everything",
         {.q = {.has_box = true, .box = {{340000000, 1380000000}, {360000000, 1400000000}}}}},
    };
    (void)printf("%lld cases, pages of 50, CPU of the asking thread\n", (long long)cases);
    double limit = 1;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        double us = cost_us(s, all[i].x);
        if (i == 0) limit = us;
        (void)printf("%-40s %9.1f us  %7.1f x\n", all[i].what, us, us / limit);
    }
    store_close(s);
    (void)unlink(file);
    (void)rmdir(path);
    return 0;
}
