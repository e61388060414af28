/* links: pages words base */
/* Whatever a visitor or a report says, the markup of a page stays the same: rendered with random
 * bytes in every text, a page has as many <, > and quotes as with plain ones, and every & begins one
 * of our five entities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "views.h"

#define ROUNDS 3000
#define TEXT_MAX 40

static struct buf out;
static uint64_t seed;
static bool plain;
static char pool[64][TEXT_MAX];
static size_t pooled;

/* xorshift64*. Source: S. Vigna, "An experimental exploration of Marsaglia's xorshift generators". */
static uint64_t next(void)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * UINT64_C(2685821657736338717);
}

static struct str text(void)
{
    static const char nasty[] = "<>\"'&/=;:{}-! \n\r\t\\%script";
    char *at = pool[pooled++ % 64];
    size_t n = plain ? 1 : 1 + next() % (TEXT_MAX - 1);
    for (size_t i = 0; i < n; i++) {
        uint64_t r = next();
        at[i] = plain ? 'x' : r % 4 ? nasty[r / 4 % (sizeof nasty - 1)] : (char)(r >> 40);
    }
    return (struct str){at, n};
}

static const char *chars(void)
{
    struct str s = text();
    char *at = pool[(pooled - 1) % 64];
    at[s.bytes < TEXT_MAX ? s.bytes : TEXT_MAX - 1] = 0;
    for (size_t i = 0; i < s.bytes; i++) {
        if (!at[i]) at[i] = '<';
    }
    return at;
}

static struct frame frame(void)
{
    return (struct frame){.top = {.title = text(),
                                  .town = text(),
                                  .css = url_path(STR("/c")),
                                  .icon = url_path(STR("/i")),
                                  .other_tag = "en",
                                  .other_name = chars()},
                          .bottom = {.phone = text()}};
}

static void report(void)
{
    struct category_choice choice = {.code = text(), .name = text()};
    struct mistake mistake = {.field = chars(), .text = text()};
    struct report_view v = {
        .locale = LOCALE_EN,
        .frame = frame(),
        .emergency = {.number = text(), .call = {STR("tel:1")}},
        .mistakes = {.items = &mistake, .items_count = 1},
        .key = chars(),
        .address = text(),
        .lat = text(),
        .lon = text(),
        .accuracy = text(),
        .source = text(),
        .description = text(),
        .contact_name = text(),
        .contact_email = text(),
        .contact_phone = text(),
        .categories = &choice,
        .categories_count = 1,
        .error_photo = text(),
        .error_lat = text(),
        .metres_slot = text(),
    };
    page_report(&out, &v);
}

static void track(void)
{
    struct track_note note = {.at = {.at_ms = 1}, .text = text()};
    struct track_alike alike = {.ref = chars(), .reasons = text()};
    struct track_view v = {
        .locale = LOCALE_JA,
        .frame = frame(),
        .ref = chars(),
        .now = {MSG_TRACK_STEP_NOW_WORK},
        .tone = "open",
        .parent_ref = chars(),
        .category = text(),
        .department = text(),
        .description = text(),
        .has_place = true,
        .has_position = true,
        .address = text(),
        .lat = text(),
        .lon = text(),
        .source = text(),
        .conflict_distance = text(),
        .notes = &note,
        .notes_count = 1,
        .alike = &alike,
        .alike_count = 1,
    };
    page_track(&out, &v);
}

static void lookup(void)
{
    struct lookup_view v = {
        .locale = LOCALE_EN, .frame = frame(), .lookup = {.typed = text(), .unknown = true}};
    page_lookup(&out, &v);
}

static void sign_in(void)
{
    struct sign_in_view v = {.locale = LOCALE_EN, .frame = frame(), .name = text(), .next = text()};
    page_sign_in(&out, &v);
}

struct tally {
    size_t less, more, quote, apostrophe;
};

static struct tally count(void)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    struct tally t = {0};
    assert_int_equal(buf_err(&out), ERR_NONE);
    for (size_t i = 0; i < out.bytes; i++) {
        t.less += out.at[i] == '<';
        t.more += out.at[i] == '>';
        t.quote += out.at[i] == '"';
        t.apostrophe += out.at[i] == '\'';
        if (out.at[i] != '&') continue;
        bool known = false;
        for (size_t k = 0; k < 5; k++) {
            known = known || strncmp(out.at + i, entities[k], strlen(entities[k])) == 0;
        }
        assert_true(known);
    }
    return t;
}

static void no_text_changes_the_markup(void **state)
{
    (void)state;
    void (*const pages[])(void) = {report, track, lookup, sign_in};
    for (size_t p = 0; p < sizeof pages / sizeof *pages; p++) {
        plain = true;
        buf_reset(&out);
        pages[p]();
        struct tally expected = count();
        plain = false;
        for (unsigned i = 0; i < ROUNDS; i++) {
            seed = UINT64_C(0x9E3779B97F4A7C15) * (i + 1);
            buf_reset(&out);
            pages[p]();
            struct tally found = count();
            if (memcmp(&found, &expected, sizeof found) != 0) fail_msg("page %zu, round %u", p, i);
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    buf_init(&out, 1 << 20);
    seed = 1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_clear(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_text_changes_the_markup)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
