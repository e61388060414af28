/* What a durable report costs: whole reports (case, place, words, timeline, contact, idempotency)
 * through the writer with 1 and 8 clients, against one row and one commit of SQLite alone; and
 * photos of 3.4 MB against the same blob alone. Ratios are within one round; rounds alternate,
 * because the disk's mood changes.
 *
 *     bench_store_commit [DIRECTORY [SECONDS [reports|photos]]]
 */
/* links: store record crypto base */
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/must.h"
#include "crypto/crypto.h"
#include "store/store.h"
#include "testing.h"

#define ROUNDS 3
#define PHOTO_BYTES 3400000

static struct env env;
static double seconds = 1.0;
static _Atomic int64_t next_number;
static char *photo_bytes;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of all threads: what remains when the machine is shared. */
static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct rate {
    double per_s, cpu_us;
};

struct client {
    struct store *store;
    bool photo;
    double until;
    int64_t done, n;
    pthread_t thread;
};

static void ref_of(int64_t n, char out[RECORD_REF_ROOM])
{
    static const char letters[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    uint8_t h[32];
    crypto_sha256(&n, sizeof n, h);
    for (int i = 0; i < 11; i++) out[i] = i == 3 || i == 7 ? '-' : letters[h[i] % 31];
    out[11] = '\0';
}

static enum err report(struct store_tx *tx, void *context)
{
    struct client *client = context;
    int64_t n = client->n, id, photo_id, at = 1700000000000 + n;
    struct casefile c = {
        .title = STR("道路の穴（港町三丁目）"),
        .description = STR(
            "港町三丁目の交差点の近くで、車道に直径30センチほどの穴があいています。"
            "夜は見えにくく、自転車が落ちそうになりました。早めの対応をお願いします。"),
        .location = {.known = true,
                     .source = LOCATION_PIN,
                     .accuracy_m = 12,
                     .at = {(int32_t)(350000000 + n * 7919 % 1000000),
                            (int32_t)(1390000000 + n * 104729 % 1000000)},
                     .address = STR("港町三丁目")},
        .locale = STR("ja"),
        .origin = ORIGIN_PAGE,
        .reported_at_ms = at,
        .updated_at_ms = at,
        .photo_count = client->photo,
        .thumb_photo = STR("")};
    const struct contact contact = {STR("山田花子"), STR("hanako@example.org"), STR("")};
    uint8_t key[32], body[32];
    ref_of(n, c.ref);
    crypto_sha256(&n, sizeof n, key);
    crypto_sha256(key, sizeof key, body);
    struct event event = {.kind = EVENT_REPORTED,
                          .actor_kind = ACTOR_RESIDENT,
                          .origin = ORIGIN_PAGE,
                          .at_ms = at,
                          .is_public = true,
                          .text = c.description};
    enum err e = store_casefile_insert(tx, &c, STR("道路 pothole 道路課"), &id);
    event.casefile_id = id;
    if (!e) e = store_event_append(tx, &event);
    if (!e) e = store_contact_put(tx, id, &contact);
    if (!e && client->photo) {
        struct photo p = {.casefile_id = id,
                          .position = 1,
                          .format = PHOTO_JPEG,
                          .width = 4032,
                          .height = 3024,
                          .orientation = 1,
                          .taken_at = STR(""),
                          .can_show = true,
                          .received_at_ms = at};
        (void)snprintf(p.public_id, sizeof p.public_id, "%022lld", (long long)n);
        memcpy(p.sha256, key, 32); /* hashing is not the store's work */
        e = store_photo_insert(tx, &p, (struct str){photo_bytes, PHOTO_BYTES},
                               (struct str){(const char *)key, 32}, &photo_id);
    }
    if (!e) e = store_idempotency_put(tx, key, body, id, STR("{\"ref\":\"ABC-DEF-GHJ\"}"), at);
    return e;
}

static void *client_main(void *context)
{
    struct client *c = context;
    while (now() < c->until) {
        c->n = ++next_number;
        must(store_write(c->store, report, c) == ERR_NONE);
        c->done++;
    }
    return NULL;
}

static struct rate reports_rate(struct store *s, unsigned threads, bool photo)
{
    struct client clients[64] = {0};
    double begun = now(), cpu = cpu_s();
    int64_t done = 0;
    must(threads <= 64);
    for (unsigned i = 0; i < threads; i++) {
        clients[i] = (struct client){.store = s, .photo = photo, .until = begun + seconds};
        must(pthread_create(&clients[i].thread, NULL, client_main, &clients[i]) == 0);
    }
    for (unsigned i = 0; i < threads; i++) {
        must(pthread_join(clients[i].thread, NULL) == 0);
        done += clients[i].done;
    }
    return (struct rate){(double)done / (now() - begun), (cpu_s() - cpu) * 1e6 / (double)done};
}

static struct rate raw_rate(struct raw *r, const void *bytes, size_t count, bool blob)
{
    double begun = now(), cpu = cpu_s();
    int64_t done = 0;
    for (; now() < begun + seconds; done++) raw_put(r, bytes, count, blob);
    return (struct rate){(double)done / (now() - begun), (cpu_s() - cpu) * 1e6 / (double)done};
}

static void round_of(struct store *s, struct raw *raw, bool photo)
{
    char row[300];
    memset(row, 'r', sizeof row);
    for (int i = 0; i < ROUNDS; i++) {
        struct rate limit = photo ? raw_rate(raw, photo_bytes, PHOTO_BYTES, true)
                                  : raw_rate(raw, row, sizeof row, false);
        struct rate one = reports_rate(s, 1, photo), eight = reports_rate(s, 8, photo);
        (void)printf("%s alone %7.1f/s %6.0f us CPU   1 client %7.1f/s (%.2f) %6.0f us   "
                     "8 clients %7.1f/s (%.2f) %6.0f us\n",
                     photo ? "blob" : "row ", limit.per_s, limit.cpu_us, one.per_s,
                     one.per_s / limit.per_s, one.cpu_us, eight.per_s, eight.per_s / limit.per_s,
                     eight.cpu_us);
    }
}

int main(int argc, char **argv)
{
    const char *directory = argc > 1 ? argv[1] : "/tmp";
    if (argc > 2) seconds = strtod(argv[2], NULL);
    char path[300], file[400], raw_file[400];
    (void)snprintf(path, sizeof path, "%s/towndesk-bench-XXXXXX", directory);
    must(mkdtemp(path));
    (void)snprintf(file, sizeof file, "%s/town.db", path);
    (void)snprintf(raw_file, sizeof raw_file, "%s/raw.db", path);
    struct log log = {.fd = 2, .least = LOG_WARN};
    env = env_system(&log);
    photo_bytes = malloc(PHOTO_BYTES);
    must(photo_bytes);
    env_random(&env, photo_bytes, PHOTO_BYTES);
    struct store *s;
    enum store_refusal refusal;
    const struct store_options options = {.create = true};
    must(store_open(file, &options, &env, &s, &refusal) == ERR_NONE);
    struct raw *raw = raw_open(raw_file);
    (void)printf("SQLite %s, rounds of %.1f s\n", store_sqlite_version(), seconds);
    if (argc < 4 || strcmp(argv[3], "reports") == 0) round_of(s, raw, false);
    if (argc < 4 || strcmp(argv[3], "photos") == 0) round_of(s, raw, true);
    struct store_stats stats;
    store_stats(s, &stats);
    (void)printf("%lld jobs in %lld commits; log %lld MB, file %lld MB\n", (long long)stats.jobs,
                 (long long)stats.commits, (long long)stats.wal_bytes >> 20,
                 (long long)stats.file_bytes >> 20);
    raw_close(raw);
    store_close(s);
    free(photo_bytes);
    const char *const names[] = {file, raw_file};
    for (size_t i = 0; i < 2; i++) {
        static const char *const suffixes[] = {"", "-wal", "-shm"};
        for (size_t k = 0; k < 3; k++) {
            char name[420];
            (void)snprintf(name, sizeof name, "%s%s", names[i], suffixes[k]);
            (void)unlink(name);
        }
    }
    (void)rmdir(path);
    return 0;
}
