/* A town file is copied while it lives, everything that is wrong with one is found, and a restored
 * one is the town that was backed up. */
/* links: store record crypto base */
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/wait.h>

#define BACKUP_ROOM 160

static const struct store_progress quiet = {0};

/* Three reports, one of them done, two with photos. */
static enum err three(struct store_tx *tx, void *context)
{
    static char one[40000], two[90000];
    int64_t ids[2];
    (void)context;
    memset(one, 1, sizeof one);
    memset(two, 2, sizeof two);
    enum err e = town_basics(tx, ids);
    struct report_sample r[3] = {
        {.n = 1,
         .reported_at_ms = 1000,
         .description = "道路に穴",
         .category_id = ids[0],
         .department_id = ids[1],
         .has_place = true,
         .at = {350000000, 1390000000},
         .photo = {one, sizeof one}},
        {.n = 2, .reported_at_ms = 2000, .description = "街灯が暗い", .photo = {two, sizeof two}},
        {.n = 3, .reported_at_ms = 3000, .description = "benches"},
    };
    for (int i = 0; !e && i < 3; i++) e = sample_write(tx, &r[i]);
    struct arena a;
    struct casefile c;
    arena_init(&a, 1 << 20);
    if (!e) e = store_casefile_by_id(tx, r[2].id, &a, &c);
    if (e) return e;
    c.status = CASE_DONE;
    c.outcome = OUTCOME_FIXED;
    c.closed_at_ms = c.updated_at_ms = 4000;
    struct event done = {.casefile_id = c.id,
                         .kind = EVENT_STATUS,
                         .actor_kind = ACTOR_STAFF,
                         .origin = ORIGIN_STAFF,
                         .at_ms = 4000,
                         .is_public = true,
                         .from_value = STR("new"),
                         .to_value = STR("done/fixed")};
    e = store_casefile_update(tx, &c);
    if (!e) e = store_event_append(tx, &done);
    arena_clear(&a);
    return e;
}

static int town_of_three(void **state)
{
    town_begin(state);
    struct town_file *t = *state;
    return store_write(t->store, three, NULL) != ERR_NONE;
}

static enum err verify(struct town_file *t, const char *file, struct store_findings *findings,
                       enum store_refusal *refusal)
{
    struct store_counts counts;
    return store_verify(file, &t->env, quiet, &counts, findings, refusal);
}

static void is_sound(struct town_file *t, const char *file)
{
    struct store_findings findings;
    enum store_refusal refusal;
    enum err e = verify(t, file, &findings, &refusal);
    if (findings.count) print_error("%s\n", findings.what[0]);
    assert_int_equal(e, ERR_NONE);
    assert_int_equal(findings.count, 0);
}

static void count_steps(void *context, int64_t done, int64_t total)
{
    int *n = context;
    assert_true(done >= 0 && total >= 0);
    ++*n;
}

static void a_living_town_is_copied(void **state)
{
    struct town_file *t = *state;
    char dest[BACKUP_ROOM];
    struct store_counts counts;
    struct store_findings findings;
    int steps = 0;
    const struct store_progress progress = {count_steps, &steps};
    town_path(t, "copy.db", dest);
    for (int i = 0; i < 2; i++) { /* the second one replaces the first */
        assert_int_equal(store_backup(t->file, dest, &t->env, progress, &counts, &findings),
                         ERR_NONE);
    }
    assert_true(steps > 2);
    assert_int_equal(counts.cases, 3);
    assert_int_equal(counts.events, 6);
    assert_int_equal(counts.photos, 2);
    assert_int_equal(counts.blobs, 2);
    assert_int_equal(counts.blob_bytes, 130000);
    assert_int_equal(counts.schema_version, 1);
    is_sound(t, t->file);
    is_sound(t, dest);
    struct stat st;
    assert_int_equal(stat(dest, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(store_backup(t->file, t->file, &t->env, quiet, &counts, &findings), ERR_INPUT);
    town_path(t, "none.db", dest);
    assert_int_equal(store_backup(dest, t->file, &t->env, quiet, &counts, &findings),
                     ERR_NOT_FOUND);
    assert_int_equal(raw_number(t->file, "SELECT count(*) FROM casefile"), 3);
}

/* Every way to break a file, and a part of the sentence that tells of it. */
static const struct {
    const char *sql, *told;
} breaks[] = {
    {"UPDATE casefile SET status = 'waiting' WHERE id = 1", "status"},
    {"UPDATE casefile SET outcome = 'declined' WHERE id = 3", "status"},
    {"UPDATE casefile SET category_id = NULL WHERE id = 1", "category"},
    {"UPDATE casefile SET department_id = NULL WHERE id = 1", "department"},
    {"DROP TRIGGER event_remains; DELETE FROM event WHERE id = 2", "missing"},
    {"DROP TRIGGER event_remains; DELETE FROM event WHERE id = 6", "missing"},
    {"DROP TRIGGER event_stays; UPDATE event SET seq = 9 WHERE id = 2", "missing"},
    {"PRAGMA foreign_keys = 0; DELETE FROM casefile WHERE id = 2", "is not there"},
    {"PRAGMA foreign_keys = 0; DELETE FROM blob WHERE id = 1", "is not there"},
    {"DELETE FROM photo WHERE id = 2", "number of photos"},
    {"UPDATE casefile_count SET cases = 7 WHERE status = 'new'", "counters"},
    {"DELETE FROM casefile_place", "place"},
    {"UPDATE casefile SET lat_e7 = 5 WHERE id = 1", "place"},
    {"DELETE FROM casefile_words WHERE rowid = 2", "words"},
    {"UPDATE photo SET made = 1 WHERE id = 1", "renditions"},
    {"INSERT INTO blob (sha256, bytes, content) VALUES (zeroblob(32), 1, x'00')", "nothing names"},
    {"UPDATE blob SET content = zeroblob(40000) WHERE id = 1", "SHA-256"},
    {"UPDATE blob SET sha256 = zeroblob(32) WHERE id = 1", "SHA-256"},
    {"PRAGMA ignore_check_constraints = 1; UPDATE blob SET content = x'00' WHERE id = 1",
     "shorter"},
    {"PRAGMA ignore_check_constraints = 1; UPDATE casefile SET locale = 'x', status = 'odd' "
     "WHERE id = 1",
     "holds what no case can"},
};

static void every_break_is_found(void **state)
{
    struct town_file *t = *state;
    char dest[BACKUP_ROOM], broken[BACKUP_ROOM];
    struct store_counts counts;
    struct store_findings findings;
    enum store_refusal refusal;
    town_path(t, "copy.db", dest);
    town_path(t, "broken.db", broken);
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        assert_int_equal(store_backup(t->file, dest, &t->env, quiet, &counts, &findings), ERR_NONE);
        assert_int_equal(rename(dest, broken), 0);
        assert_int_equal(raw_exec(broken, breaks[i].sql), 0);
        assert_int_equal(verify(t, broken, &findings, &refusal), ERR_CORRUPT);
        assert_int_equal(refusal, STORE_DAMAGED);
        bool told = false;
        for (size_t k = 0; k < findings.count && k < 8; k++) {
            told = told || strstr(findings.what[k], breaks[i].told);
        }
        if (!told) print_error("%s: %s\n", breaks[i].sql, findings.what[0]);
        assert_true(told);
        /* Neither is a broken file copied over a sound one. */
        assert_int_equal(store_backup(broken, dest, &t->env, quiet, &counts, &findings),
                         ERR_CORRUPT);
        assert_true(findings.count > 0);
        assert_int_not_equal(access(dest, F_OK), 0);
    }
}

static void flip(const char *file, int64_t at)
{
    int fd = open(file, O_RDWR);
    char c;
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &c, 1, at), 1);
    c = (char)(c ^ 1);
    assert_int_equal(pwrite(fd, &c, 1, at), 1);
    assert_int_equal(close(fd), 0);
}

static void a_flipped_byte_of_a_photo_is_found(void **state)
{
    struct town_file *t = *state;
    struct store_findings findings;
    enum store_refusal refusal;
    town_close(t);
    struct stat st;
    assert_int_equal(stat(t->file, &st), 0);
    char *all = malloc((size_t)st.st_size);
    int fd = open(t->file, O_RDONLY);
    assert_true(all && fd >= 0);
    assert_int_equal(read(fd, all, (size_t)st.st_size), st.st_size);
    assert_int_equal(close(fd), 0);
    char run[2000];
    memset(run, 2, sizeof run);
    char *inside = memmem(all, (size_t)st.st_size, run, sizeof run);
    assert_non_null(inside);
    flip(t->file, inside - all + 1000);
    free(all);
    assert_int_equal(verify(t, t->file, &findings, &refusal), ERR_CORRUPT);
    assert_int_equal(findings.count, 1);
    assert_non_null(strstr(findings.what[0], "SHA-256"));
}

static void a_cut_file_is_found(void **state)
{
    struct town_file *t = *state;
    struct store_findings findings;
    enum store_refusal refusal;
    town_close(t);
    struct stat st;
    assert_int_equal(stat(t->file, &st), 0);
    for (int64_t bytes = st.st_size - 16384; bytes >= 0; bytes -= 16384 * 7) {
        assert_int_equal(truncate(t->file, bytes), 0);
        enum err e = verify(t, t->file, &findings, &refusal);
        assert_true(e == ERR_CORRUPT || (bytes < 16384 && e == ERR_INPUT));
    }
}

static void a_file_that_is_not_ours(void **state)
{
    struct town_file *t = *state;
    char file[BACKUP_ROOM];
    struct store_findings findings;
    enum store_refusal refusal;
    town_path(t, "other.db", file);
    assert_int_equal(verify(t, file, &findings, &refusal), ERR_NOT_FOUND);
    assert_int_equal(refusal, STORE_MISSING);
    int fd = open(file, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd,
                           "not a database at all, but long enough to look at: "
                           "not a database at all, but long enough to look at.",
                           101),
                     101);
    assert_int_equal(close(fd), 0);
    assert_true(verify(t, file, &findings, &refusal) != ERR_NONE);
    assert_int_equal(refusal, STORE_FOREIGN);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(raw_exec(file, "CREATE TABLE x (y)"), 0);
    assert_int_equal(verify(t, file, &findings, &refusal), ERR_INPUT);
    assert_int_equal(refusal, STORE_FOREIGN);
}

static int in_child(enum err (*work)(struct town_file *t, const char *file), struct town_file *t,
                    const char *file)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) _exit((int)work(t, file));
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static enum err verify_as_nobody(struct town_file *t, const char *file)
{
    struct store_findings findings;
    enum store_refusal refusal;
    if (geteuid() == 0 && (setgid(65534) || setuid(65534))) return ERR_IO;
    return verify(t, file, &findings, &refusal);
}

static void a_file_is_checked_where_nothing_can_be_written(void **state)
{
    struct town_file *t = *state;
    char dest[BACKUP_ROOM];
    struct store_counts counts;
    struct store_findings findings;
    town_path(t, "copy.db", dest);
    assert_int_equal(store_backup(t->file, dest, &t->env, quiet, &counts, &findings), ERR_NONE);
    assert_int_equal(chmod(dest, 0444), 0);
    assert_int_equal(chmod(t->directory, 0555), 0);
    assert_int_equal(in_child(verify_as_nobody, t, dest), ERR_NONE);
    /* The town's own file, closed: it keeps its write-ahead mode but has no log. */
    assert_int_equal(chmod(t->directory, 0755), 0);
    town_close(t);
    assert_int_equal(chmod(t->file, 0444), 0);
    assert_int_equal(chmod(t->directory, 0555), 0);
    assert_int_equal(in_child(verify_as_nobody, t, t->file), ERR_NONE);
    assert_int_equal(chmod(t->directory, 0755), 0);
    DIR *dir = opendir(t->directory);
    int files = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) files += entry->d_name[0] != '.';
    assert_int_equal(closedir(dir), 0);
    assert_int_equal(files, 2); /* nothing was left beside them */
}

static enum err restore_over(struct town_file *t, const char *backup)
{
    struct store_counts counts;
    struct store_findings findings;
    enum store_refusal refusal;
    return store_restore(backup, t->file, true, &t->env, quiet, &counts, &findings, &refusal);
}

static enum err add_session(struct store_tx *tx, void *context)
{
    const struct person p = {.name = STR("hanako"), .role = ROLE_CLERK, .password_hash = STR("x")};
    struct staff_session s = {.ends_at_ms = 9};
    (void)context;
    enum err e = store_person_insert(tx, &p, &s.person_id);
    return e ? e : store_session_insert(tx, &s);
}

static enum err a_fourth(struct store_tx *tx, void *context)
{
    struct report_sample r = {.n = 4, .reported_at_ms = 5000};
    (void)context;
    return sample_write(tx, &r);
}

static void a_restored_town_is_the_one_backed_up(void **state)
{
    struct town_file *t = *state;
    char backup[BACKUP_ROOM];
    struct store_counts counts;
    struct store_findings findings;
    enum store_refusal refusal;
    town_path(t, "copy.db", backup);
    assert_int_equal(store_write(t->store, add_session, NULL), ERR_NONE);
    assert_int_equal(store_backup(t->file, backup, &t->env, quiet, &counts, &findings), ERR_NONE);
    assert_int_equal(store_write(t->store, a_fourth, NULL), ERR_NONE);

    assert_int_equal(
        store_restore(backup, t->file, false, &t->env, quiet, &counts, &findings, &refusal),
        ERR_CONFLICT);
    assert_int_equal(in_child(restore_over, t, backup), ERR_BUSY); /* the store is open */
    assert_int_equal(raw_number(t->file, "SELECT count(*) FROM casefile"), 4);
    town_close(t);
    assert_int_equal(in_child(restore_over, t, backup), ERR_NONE);
    assert_int_equal(raw_number(t->file, "SELECT count(*) FROM casefile"), 3);
    assert_int_equal(raw_number(t->file, "SELECT count(*) FROM session"), 0);
    assert_int_equal(raw_number(backup, "SELECT count(*) FROM session"), 1);
    is_sound(t, t->file);
    town_reopen(t);
    assert_int_equal(store_write(t->store, a_fourth, NULL), ERR_NONE);
    is_sound(t, t->file);
}

static void a_damaged_town_is_restored(void **state)
{
    struct town_file *t = *state;
    char backup[BACKUP_ROOM], wal[BACKUP_ROOM];
    struct store_counts counts;
    struct store_findings findings;
    enum store_refusal refusal;
    town_path(t, "copy.db", backup);
    town_path(t, "town.db-wal", wal);
    assert_int_equal(store_backup(t->file, backup, &t->env, quiet, &counts, &findings), ERR_NONE);
    town_close(t);
    int fd = open(t->file, O_WRONLY);
    assert_int_equal(write(fd, "gone", 4), 4);
    assert_int_equal(close(fd), 0);
    fd = open(wal, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "old", 3), 3);
    assert_int_equal(close(fd), 0);
    struct store *s;
    const struct store_options options = {0};
    assert_true(store_open(t->file, &options, &t->env, &s, &refusal) != ERR_NONE);
    assert_int_equal(refusal, STORE_FOREIGN);
    assert_int_equal(in_child(restore_over, t, backup), ERR_NONE);
    is_sound(t, t->file);
    town_reopen(t);
    /* A broken backup is not restored, and the town stays. */
    assert_int_equal(raw_exec(backup, "UPDATE casefile SET status = 'waiting' WHERE id = 1"), 0);
    town_close(t);
    assert_int_equal(in_child(restore_over, t, backup), ERR_CORRUPT);
    is_sound(t, t->file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_living_town_is_copied, town_of_three, town_end),
        cmocka_unit_test_setup_teardown(every_break_is_found, town_of_three, town_end),
        cmocka_unit_test_setup_teardown(a_flipped_byte_of_a_photo_is_found, town_of_three,
                                        town_end),
        cmocka_unit_test_setup_teardown(a_cut_file_is_found, town_of_three, town_end),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_ours, town_of_three, town_end),
        cmocka_unit_test_setup_teardown(a_file_is_checked_where_nothing_can_be_written,
                                        town_of_three, town_end),
        cmocka_unit_test_setup_teardown(a_restored_town_is_the_one_backed_up, town_of_three,
                                        town_end),
        cmocka_unit_test_setup_teardown(a_damaged_town_is_restored, town_of_three, town_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
