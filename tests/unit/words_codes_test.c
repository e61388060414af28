/* links: words record image base */
/* Every stable code that a person may meet has words in the catalogues. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/photo.h"
#include "record/record.h"
#include "words/words.h"

static void has_words(const char *prefix, const char *code)
{
    char key[64];
    enum msg m;
    (void)snprintf(key, sizeof key, "%s%s", prefix, code);
    if (!words_msg_find(str_of(key), &m)) fail_msg("no message \"%s\"", key);
}

static void kept_enums_have_words(void **state)
{
    (void)state;
    for (int i = 0; i < CASE_STATUS_COUNT; i++) {
        has_words("status.", record_status_name((enum case_status)i));
    }
    for (int i = 0; i < CASE_OUTCOME_COUNT; i++) {
        has_words("outcome.", record_outcome_name((enum case_outcome)i));
    }
    for (int i = 0; i < LOCATION_SOURCE_COUNT; i++) {
        has_words("source.", record_location_source_name((enum location_source)i));
    }
    for (int i = 0; i < EVENT_KIND_COUNT; i++) {
        has_words("event.", record_event_kind_name((enum event_kind)i));
    }
    for (int i = 0; i < ACTOR_KIND_COUNT; i++) {
        has_words("actor.", record_actor_kind_name((enum actor_kind)i));
    }
}

static void photo_faults_have_words(void **state)
{
    (void)state;
    for (int i = IMAGE_FAULT_NONE + 1; i <= IMAGE_FAULT_NO_MEMORY; i++) {
        has_words("problem.", image_fault_code((enum image_fault)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_enums_have_words),
        cmocka_unit_test(photo_faults_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
