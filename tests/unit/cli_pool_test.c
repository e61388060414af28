/* links: cli */
/* Many pieces on many threads come out in order; files are found, read within limits, written
 * whole. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "crypto/crypto.h"
#include "files.h"
#include "pool.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct counting {
    atomic_int begun, ended, worked;
    bool fail_begin;
};

static void *begin(void *context)
{
    struct counting *c = context;
    if (c->fail_begin) return NULL;
    atomic_fetch_add(&c->begun, 1);
    return c;
}

static void end(void *context, void *worker)
{
    (void)worker;
    struct counting *c = context;
    atomic_fetch_add(&c->ended, 1);
}

/* Every 7th piece is slow, every 10th fails. */
static bool work(void *context, void *worker, size_t index, struct buf *line)
{
    (void)worker;
    struct counting *c = context;
    atomic_fetch_add(&c->worked, 1);
    if (index % 7 == 0) nanosleep(&(struct timespec){.tv_nsec = 300000}, NULL);
    buf_printf(line, "%zu", index);
    return index % 10 != 0;
}

static struct env_fake fake;

static enum err run(struct counting *c, size_t count, FILE *out, size_t *failed)
{
    struct env env = env_fake(&fake, NULL);
    struct progress quiet = {.out = NULL, .env = &env};
    struct pool_job job = {.count = count, .context = c, .begin = begin, .end = end, .work = work};
    return pool_run(&job, out, &quiet, failed);
}

static void test_order(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 2, POOL_RING - 1, POOL_RING, POOL_RING + 1, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct counting c = {.fail_begin = false};
        char *text = NULL;
        size_t bytes = 0, failed = 99;
        FILE *out = open_memstream(&text, &bytes);
        assert_int_equal(ERR_NONE, run(&c, counts[i], out, &failed));
        fclose(out);
        const char *at = text;
        for (size_t n = 0; n < counts[i]; n++) {
            char *behind;
            assert_int_equal(n, strtoul(at, &behind, 10));
            assert_true(*behind == '\n');
            at = behind + 1;
        }
        assert_true(*at == '\0');
        assert_int_equal((counts[i] + 9) / 10, failed);
        assert_int_equal(c.begun, c.ended);
        free(text);
    }
}

static void test_failures(void **state)
{
    (void)state;
    size_t failed = 0;
    struct counting no_memory = {.fail_begin = true};
    FILE *out = tmpfile();
    assert_non_null(out);
    assert_int_equal(ERR_NOMEM, run(&no_memory, 5, out, &failed));
    fclose(out);

    struct counting c = {.fail_begin = false};
    out = fopen("/dev/full", "we");
    assert_non_null(out);
    assert_int_equal(ERR_IO, run(&c, 100000, out, &failed));
    assert_true(c.worked < 1000); /* it does not go on for nobody */
    assert_int_equal(c.begun, c.ended);
    fclose(out);
}

static char dir[] = "/tmp/towndesk_cli_XXXXXX";

static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void test_list(void **state)
{
    (void)state;
    char path[256];
    static const char *const folders[] = {"b", "b/c", ".hidden"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, folders[i]);
        assert_int_equal(0, mkdir(path, 0700));
    }
    put("z.jpg", "z");
    put("a.jpg", "a");
    put("b/2.jpg", "2");
    put("b/c/1.jpg", "1");
    put(".hidden/no.jpg", "no");
    put(".no.jpg", "no");
    snprintf(path, sizeof path, "%s/b/c/loop", dir);
    assert_int_equal(0, symlink(dir, path));

    struct arena a;
    arena_init(&a, (size_t)1 << 20);
    struct file_list list = {.arena = &a};
    assert_int_equal(ERR_NONE, file_list_add(&list, dir));
    assert_int_equal(ERR_NONE, file_list_add(&list, "/no such file"));
    static const char *const expected[] = {"a.jpg", "b/2.jpg", "b/c/1.jpg", "z.jpg"};
    assert_int_equal(5, list.count);
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, expected[i]);
        assert_string_equal(path, list.names[i]);
    }
    assert_string_equal("/no such file", list.names[4]);

    struct file_list little = {.arena = &a};
    arena_clear(&a);
    arena_init(&a, 16);
    assert_int_equal(ERR_NOMEM, file_list_add(&little, dir));
    arena_clear(&a);
}

static void test_read_and_write(void **state)
{
    (void)state;
    char path[256];
    struct file_read f = {.at = NULL};
    assert_int_equal(ERR_NONE, file_write(dir, "w.txt", STR("0123456789")));
    assert_int_equal(ERR_NONE, file_write(dir, "w.txt", STR("0123456789"))); /* over it */
    snprintf(path, sizeof path, "%s/w.txt", dir);
    assert_int_equal(ERR_NONE, file_read(&f, path, -1, 10));
    assert_int_equal(10, f.bytes);
    assert_int_equal(10, f.size);
    assert_memory_equal("0123456789", f.at, 10);
    assert_int_equal(ERR_TOO_BIG, file_read(&f, path, -1, 9));
    assert_int_equal(10, f.size);
    assert_int_equal(ERR_IO, file_read(&f, dir, -1, 9));
    assert_int_equal(EISDIR, f.error);
    assert_int_equal(ERR_IO, file_read(&f, "/no such file", -1, 9));
    assert_int_equal(ENOENT, f.error);

    int ends[2];
    assert_int_equal(0, pipe(ends));
    assert_int_equal(5, write(ends[1], "abcde", 5));
    assert_int_equal(ERR_TOO_BIG,
                     file_read(&f, "-", ends[0], 4)); /* size of a pipe: nobody knows */
    assert_int_equal(-1, f.size);
    assert_int_equal(3, write(ends[1], "xyz", 3));
    close(ends[1]);
    assert_int_equal(ERR_NONE, file_read(&f, "-", ends[0], 4));
    assert_int_equal(3, f.size);
    close(ends[0]);

    uint8_t streamed[32], whole[32];
    crypto_sha256("0123456789", 10, whole);
    assert_int_equal(ERR_NONE, file_sha256(path, streamed));
    assert_memory_equal(whole, streamed, 32);
    assert_int_equal(ERR_IO, file_sha256(dir, streamed));
    assert_int_equal(ERR_IO, file_write("/no such folder", "x", STR("x")));
    file_read_clear(&f);
}

static int setup(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_read_and_write),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
