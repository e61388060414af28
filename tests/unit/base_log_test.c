/* One line is one write, no value can forge another line, and no thread sees another's request. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

/* What was written to a pipe since the last call, terminated. */
static size_t drain(int fd, char *out, size_t room)
{
    ssize_t n = read(fd, out, room - 1);
    assert_true(n >= 0);
    out[n] = '\0';
    return (size_t)n;
}

static void a_line_has_its_parts(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct log log = {.fd = ends[1], .least = LOG_INFO};
    char line[2000];
    errno = 77;
    log_line(&log, LOG_WARN, "what=\"%s\" count=%d", "slow", 3);
    assert_int_equal(errno, 77);
    drain(ends[0], line, sizeof line);
    assert_memory_equal(line, "level=warn at=2", 15);
    assert_string_equal(line + 14 + 24, " what=\"slow\" count=3\n");

    log_set_request("0123456789012345678901234567890123456789 x");
    log_line(&log, LOG_ERROR, "what=x");
    drain(ends[0], line, sizeof line);
    assert_non_null(strstr(line, "Z request=0123456789012345678901234567890 what=x\n"));
    log_set_request("a b\nc");
    log_line(&log, LOG_ERROR, "what=x");
    drain(ends[0], line, sizeof line);
    assert_non_null(strstr(line, " request=a?b?c what=x\n"));
    log_set_request(NULL);
    log_line(&log, LOG_INFO, "what=x");
    drain(ends[0], line, sizeof line);
    assert_null(strstr(line, "request"));
    assert_memory_equal(line, "level=info ", 11);
    close(ends[0]);
    close(ends[1]);
}

static void quiet_ones_are_dropped(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct log log = {.fd = ends[1], .least = LOG_WARN};
    struct log nowhere = {.fd = -1, .least = LOG_DEBUG};
    struct log broken = {.fd = 9999, .least = LOG_DEBUG};
    log_line(&log, LOG_INFO, "what=quiet");
    log_line(NULL, LOG_ERROR, "what=quiet");
    log_line(&nowhere, LOG_ERROR, "what=quiet");
    errno = 5;
    log_line(&broken, LOG_ERROR, "what=lost");
    assert_int_equal(errno, 5);
    close(ends[1]);
    char line[10];
    assert_int_equal(drain(ends[0], line, sizeof line), 0);
    close(ends[0]);
}

static void no_value_forges_a_line(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct log log = {.fd = ends[1], .least = LOG_DEBUG};
    char line[2000];
    log_line(&log, LOG_DEBUG, "a=%s", "x\nlevel=error\r\t\x1b[2J\x7f\xc2\x9b道\xc2\xa0");
    size_t n = drain(ends[0], line, sizeof line);
    assert_non_null(strstr(line, "a=x?level=error???[2J???道\xc2\xa0\n"));
    assert_ptr_equal(strchr(line, '\n'), line + n - 1);
    close(ends[0]);
    close(ends[1]);
}

static void long_lines_are_cut_between_characters(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct log log = {.fd = ends[1], .least = LOG_DEBUG};
    char text[2000];
    for (size_t shift = 0; shift < 8; shift++) {
        for (size_t length = 900; length < 1100; length += 3) {
            memset(text, 'a', shift);
            for (size_t i = shift; i < shift + length; i += 3) {
                memcpy(text + i, "道", 3);
            }
            text[shift + length] = '\0';
            log_line(&log, LOG_DEBUG, "%s", text);
            char line[2000];
            size_t n = drain(ends[0], line, sizeof line);
            size_t whole = 40 + 1 + shift + length; /* level, at, space; newline */
            assert_true(n <= 1000);
            assert_true(whole <= 1000 ? n == whole : n > 996);
            assert_int_equal(line[n - 1], '\n');
            assert_memory_equal(line + n - 4, "道", 3);
        }
    }
    close(ends[0]);
    close(ends[1]);
}

static struct log shared;

static void *write_lines(void *id)
{
    log_set_request(id);
    for (int i = 0; i < 200; i++) {
        log_line(&shared, LOG_INFO, "mine=%s number=%03d", (const char *)id, i);
    }
    return NULL;
}

static void threads_do_not_mix(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    shared = (struct log){.fd = fileno(file), .least = LOG_DEBUG};
    char ids[4][24];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        snprintf(ids[i], sizeof ids[i], "thread%d", i);
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, ids[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    rewind(file);
    char line[200];
    int lines = 0;
    for (; fgets(line, sizeof line, file); lines++) {
        char *mine = strstr(line, "mine=");
        assert_non_null(mine);
        assert_memory_equal(strstr(line, "request=") + 8, mine + 5, 7);
        assert_int_equal(strlen(mine), strlen("mine=thread0 number=000\n"));
    }
    assert_int_equal(lines, 800);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_its_parts),
        cmocka_unit_test(quiet_ones_are_dropped),
        cmocka_unit_test(no_value_forges_a_line),
        cmocka_unit_test(long_lines_are_cut_between_characters),
        cmocka_unit_test(threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
