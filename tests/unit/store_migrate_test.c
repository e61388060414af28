/* Which files are opened, which are brought up to date and which are refused untouched. */
/* links: store record crypto base */
#include "store_fixture.h"

#include <fcntl.h>

static const struct migration first[] = {
    {1, "0001_first",
     "CREATE TABLE migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
     "sha256 BLOB NOT NULL, applied_at_ms INTEGER NOT NULL) STRICT;"
     "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT) STRICT;"
     "INSERT INTO thing VALUES (1, 'kept');"},
    {2, "0002_second", "ALTER TABLE thing ADD COLUMN size INTEGER;"},
    {3, "0003_third", "CREATE INDEX thing_by_size ON thing (size);"},
};
static const struct migration altered[] = {
    {1, "0001_first", "CREATE TABLE migration (version INTEGER PRIMARY KEY);"},
    {2, "0002_second", "ALTER TABLE thing ADD COLUMN size INTEGER;"},
};
static const struct migration failing[] = {
    {1, "0001_first", NULL}, /* as above */
    {2, "0002_second", "ALTER TABLE thing ADD COLUMN size INTEGER; SELECT no_such_function();"},
};

static enum err try(struct town_file *t, const struct store_options *options,
                    const struct migration *list, size_t count, enum store_refusal *refusal)
{
    struct store *s;
    enum err e = store_open_with(t->file, options, &t->env, list, count, &s, refusal);
    if (!e) store_close(s);
    return e;
}

static int no_town(void **state)
{
    town_begin(state);
    struct town_file *t = *state;
    town_close(t);
    return unlink(t->file);
}

static const struct store_options create = {.create = true}, plain = {0},
                                  reading = {.read_only = true};

static void a_missing_file(void **state)
{
    struct town_file *t = *state;
    enum store_refusal refusal;
    assert_int_equal(try(t, &plain, first, 1, &refusal), ERR_NOT_FOUND);
    assert_int_equal(refusal, STORE_MISSING);
    assert_int_not_equal(access(t->file, F_OK), 0);
    assert_int_equal(try(t, &create, first, 1, &refusal), ERR_NONE);
    struct stat st;
    assert_int_equal(stat(t->file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void an_older_file_is_copied_and_migrated(void **state)
{
    struct town_file *t = *state;
    enum store_refusal refusal;
    char copy[160];
    assert_int_equal(try(t, &create, first, 1, &refusal), ERR_NONE);
    assert_int_equal(try(t, &reading, first, 3, &refusal), ERR_INPUT);
    assert_int_equal(refusal, STORE_OLDER);
    assert_int_equal(try(t, &plain, first, 3, &refusal), ERR_NONE);
    assert_int_equal(raw_number(t->file, "PRAGMA user_version"), 3);
    assert_int_equal(raw_number(t->file, "SELECT count(*) FROM migration"), 3);
    assert_int_equal(raw_number(t->file, "SELECT count(*) FROM thing WHERE size IS NULL"), 1);
    town_path(t, "town.db.v2.bak", copy);
    assert_int_not_equal(access(copy, F_OK), 0); /* one copy, of what was found */
    town_path(t, "town.db.v1.bak", copy);
    assert_int_equal(raw_number(copy, "PRAGMA user_version"), 1);
    assert_int_equal(raw_number(copy, "SELECT count(*) FROM thing"), 1);
    assert_int_equal(try(t, &plain, first, 3, &refusal), ERR_NONE);
}

static void a_newer_file_is_refused(void **state)
{
    struct town_file *t = *state;
    enum store_refusal refusal;
    assert_int_equal(try(t, &create, first, 2, &refusal), ERR_NONE);
    assert_int_equal(try(t, &create, first, 1, &refusal), ERR_INPUT);
    assert_int_equal(refusal, STORE_NEWER);
    assert_int_equal(raw_number(t->file, "PRAGMA user_version"), 2);
}

static void a_changed_migration_is_refused(void **state)
{
    struct town_file *t = *state;
    enum store_refusal refusal;
    assert_int_equal(try(t, &create, first, 1, &refusal), ERR_NONE);
    assert_int_equal(try(t, &plain, altered, 2, &refusal), ERR_INPUT);
    assert_int_equal(refusal, STORE_CHANGED);
    assert_int_equal(raw_number(t->file, "PRAGMA user_version"), 1);
    assert_int_equal(raw_exec(t->file, "DELETE FROM migration"), 0);
    assert_int_equal(try(t, &plain, first, 1, &refusal), ERR_INPUT);
    assert_int_equal(refusal, STORE_CHANGED);
}

static void a_failing_migration_changes_nothing(void **state)
{
    struct town_file *t = *state;
    enum store_refusal refusal;
    struct migration list[2] = {first[0], failing[1]};
    assert_int_equal(try(t, &create, first, 1, &refusal), ERR_NONE);
    assert_int_not_equal(try(t, &plain, list, 2, &refusal), ERR_NONE);
    assert_int_equal(raw_number(t->file, "PRAGMA user_version"), 1);
    assert_int_equal(raw_number(t->file, "SELECT count(*) FROM pragma_table_info('thing')"), 2);
    assert_int_equal(try(t, &plain, first, 2, &refusal), ERR_NONE);
}

static void a_foreign_file_is_refused(void **state)
{
    struct town_file *t = *state;
    enum store_refusal refusal;
    assert_int_equal(raw_exec(t->file, "CREATE TABLE theirs (x)"), 0);
    assert_int_equal(try(t, &create, first, 1, &refusal), ERR_INPUT);
    assert_int_equal(refusal, STORE_FOREIGN);
    assert_int_equal(raw_number(t->file, "SELECT count(*) FROM sqlite_schema"), 1);
    assert_int_equal(raw_number(t->file, "PRAGMA page_size"), 4096);
    assert_int_equal(unlink(t->file), 0);
    int fd = open(t->file, O_WRONLY | O_CREAT, 0600);
    assert_true(write(fd,
                      "PK: not a database, whatever it is, and longer than the hundred bytes "
                      "of a database's header would be",
                      100) == 100);
    assert_int_equal(close(fd), 0);
    assert_int_equal(try(t, &create, first, 1, &refusal), ERR_INPUT);
    assert_int_equal(refusal, STORE_FOREIGN);
}

static void an_empty_file_becomes_a_town(void **state)
{
    struct town_file *t = *state;
    enum store_refusal refusal;
    int fd = open(t->file, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(close(fd), 0);
    assert_int_equal(try(t, &create, first, 1, &refusal), ERR_NONE);
    assert_int_equal(raw_number(t->file, "PRAGMA page_size"), 16384);
}

static void a_place_where_no_file_can_be(void **state)
{
    struct town_file *t = *state;
    enum store_refusal refusal;
    char file[96];
    memcpy(file, t->file, sizeof file);
    (void)snprintf(t->file, sizeof t->file, "%s/none/town.db", t->directory);
    assert_int_not_equal(try(t, &create, first, 1, &refusal), ERR_NONE);
    assert_int_equal(refusal, STORE_NOT_WRITABLE);
    memcpy(t->file, file, sizeof file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_missing_file, no_town, town_end),
        cmocka_unit_test_setup_teardown(an_older_file_is_copied_and_migrated, no_town, town_end),
        cmocka_unit_test_setup_teardown(a_newer_file_is_refused, no_town, town_end),
        cmocka_unit_test_setup_teardown(a_changed_migration_is_refused, no_town, town_end),
        cmocka_unit_test_setup_teardown(a_failing_migration_changes_nothing, no_town, town_end),
        cmocka_unit_test_setup_teardown(a_foreign_file_is_refused, no_town, town_end),
        cmocka_unit_test_setup_teardown(an_empty_file_becomes_a_town, no_town, town_end),
        cmocka_unit_test_setup_teardown(a_place_where_no_file_can_be, no_town, town_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
