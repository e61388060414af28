/* References: every single wrong character and every exchange of two is noticed; what people type is
 * read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "desk/desk.h"

static const char symbols[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

static void every_one_made_is_read_back(void **state)
{
    (void)state;
    struct env_fake fake = {.seed = 7};
    struct env env = env_fake(&fake, NULL);
    for (int i = 0; i < 2000; i++) {
        char ref[RECORD_REF_ROOM], again[RECORD_REF_ROOM];
        desk_ref_make(&env, ref);
        assert_int_equal(strlen(ref), 11);
        assert_int_equal(ref[3], '-');
        assert_int_equal(ref[7], '-');
        assert_int_equal(desk_ref_read(str_of(ref), again), ERR_NONE);
        assert_string_equal(ref, again);
    }
}

static void any_wrong_character_is_noticed(void **state)
{
    (void)state;
    struct env_fake fake = {.seed = 8};
    struct env env = env_fake(&fake, NULL);
    for (int round = 0; round < 50; round++) {
        char ref[RECORD_REF_ROOM], out[RECORD_REF_ROOM];
        desk_ref_make(&env, ref);
        for (int i = 0; i < 11; i++) {
            char right = ref[i];
            for (const char *s = symbols; right != '-' && *s; s++) {
                ref[i] = *s;
                assert_int_equal(desk_ref_read(str_of(ref), out), *s == right ? ERR_NONE : ERR_INPUT);
            }
            ref[i] = right;
        }
    }
}

static void any_two_exchanged_are_noticed(void **state)
{
    (void)state;
    struct env_fake fake = {.seed = 9};
    struct env env = env_fake(&fake, NULL);
    for (int round = 0; round < 200; round++) {
        char ref[RECORD_REF_ROOM], out[RECORD_REF_ROOM];
        desk_ref_make(&env, ref);
        for (int i = 0; i < 11; i++) {
            for (int k = i + 1; k < 11; k++) {
                if (ref[i] == '-' || ref[k] == '-' || ref[i] == ref[k]) continue;
                char wrong[RECORD_REF_ROOM];
                memcpy(wrong, ref, sizeof wrong);
                wrong[i] = ref[k];
                wrong[k] = ref[i];
                assert_int_equal(desk_ref_read(str_of(wrong), out), ERR_INPUT);
            }
        }
    }
}

static void what_people_type_is_read(void **state)
{
    (void)state;
    struct env_fake fake = {.seed = 10};
    struct env env = env_fake(&fake, NULL);
    char ref[RECORD_REF_ROOM], out[RECORD_REF_ROOM], typed[64];
    desk_ref_make(&env, ref);
    size_t n = 0;
    for (int i = 0; i < 11; i++) {
        if (ref[i] == '-') typed[n++] = ' ';
        else typed[n++] = (char)(ref[i] >= 'A' ? ref[i] - 'A' + 'a' : ref[i]);
    }
    assert_int_equal(desk_ref_read((struct str){typed, n}, out), ERR_NONE);
    assert_string_equal(out, ref);
    n = 0;
    for (int i = 0; i < 11; i++) { /* full-width, as a Japanese keyboard gives it */
        unsigned point = ref[i] == '-' ? 0xFF0D : 0xFF00u + (unsigned)(unsigned char)ref[i] - 0x20;
        typed[n++] = (char)(0xE0 | point >> 12);
        typed[n++] = (char)(0x80 | (point >> 6 & 63));
        typed[n++] = (char)(0x80 | (point & 63));
    }
    assert_int_equal(desk_ref_read((struct str){typed, n}, out), ERR_NONE);
    assert_string_equal(out, ref);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const char *const typed[] = {"", "-", "ABC", "ABC-DEF-GH", "ABC-DEF-GHJK", "000-000-000", "ABC DEF GHI",
                                        "<script>", "../../etc", "\xff\xfe", "道路"};
    char out[RECORD_REF_ROOM] = "untouched";
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        assert_int_equal(desk_ref_read(str_of(typed[i]), out), ERR_INPUT);
    assert_string_equal(out, "untouched");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_one_made_is_read_back),   cmocka_unit_test(any_wrong_character_is_noticed),
        cmocka_unit_test(any_two_exchanged_are_noticed), cmocka_unit_test(what_people_type_is_read),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
