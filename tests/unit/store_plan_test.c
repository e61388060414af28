/* Every statement compiles against the schema, and none reads a whole table but those that are
 * meant to. */
/* links: store record crypto base */
#include "store_fixture.h"

/* Small tables, or the whole of a file on purpose. */
static const struct {
    const char *table;
    const char *line; /* part of the plan's line */
} meant[] = {
    {"town", "SCAN department"}, /* a town has a dozen */
    {"town", "SCAN category"},
    {"town", "SCAN zone"},
    {"person", "SCAN p USING INDEX"}, /* the list of the staff */
    {"casefile", "SCAN casefile_count"},
    /* The check of those who refer to a new row, behind OP_FkIfZero: run only while a reference is
     * open, which ours never are. */
    {"town", "SCAN casefile"},
    {"casefile", "SCAN idempotency"},
    {"casefile", "SCAN alike"},
    {"alike", "SCAN idempotency"}, /* from the front, stopped at the first young one */
    {"photo", "SCAN p USING INDEX photo_unmade"}, /* holds only what waits */
    {"verify", "SCAN"},                           /* looks at everything */
};

static bool is_meant(const char *table, const char *line)
{
    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++) {
        if (strcmp(meant[i].table, table) == 0 && strstr(line, meant[i].line)) return true;
    }
    return false;
}

static void look(void *context, const char *table, unsigned which, const char *sql,
                 const char *line)
{
    int *bad = context;
    if (getenv("STORE_PLANS")) (void)fprintf(stderr, "%s %u: %s\n", table, which, line);
    /* A virtual table is "scanned" by its own index, which a number and a string name. Without the
     * string it is read whole; but 1 is the R*Tree's look-up by id. */
    bool scan = strstr(line, "SCAN") && !strstr(line, "CONSTANT ROW") &&
                !strstr(line, "VIRTUAL TABLE INDEX") && !strstr(line, "SCAN (subquery") &&
                !strstr(line, "SCAN (join");
    const char *index = strstr(line, "VIRTUAL TABLE INDEX ");
    bool full_virtual = index && (strcmp(index + 20, "0:") == 0 || strcmp(index + 20, "2:") == 0);
    if ((scan || full_virtual) && !is_meant(table, line)) {
        (void)fprintf(stderr, "%s %u: %s\n    %s\n", table, which, line, sql);
        ++*bad;
    }
}

static void no_statement_reads_it_all(void **state)
{
    struct town_file *t = *state;
    int bad = 0;
    plans(t->file, look, &bad);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_statement_reads_it_all, town_begin, town_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
