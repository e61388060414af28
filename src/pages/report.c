/* Owns the residents' form: what a browser without a script sends becomes a struct report, and what
 * desk finds wrong comes back beside the field with the answers kept. Photos cannot be kept by HTML;
 * the page says so.
 *
 * The form carries a random key, so that a second click sends the same report, not a second one. Whoever
 * goes back and corrects something sends another report under the same key instead of being refused.
 */
#include "visit.h"

#include <math.h>

#include "base/text.h"
#include "record/record.h"

#define KEY_BYTES 16
#define KEY_ROOM (2 * KEY_BYTES + 1)
#define KEY_BYTES_MAX 64 /* of what a form says is its key */

struct sent {
    struct visit v;
    struct http_form form;
    struct report report;
    struct report_problems problems;
};

static struct str get(const struct sent *s, const char *name)
{
    struct str value = http_form_get(&s->form, name);
    return value.at ? value : STR("");
}

/* ---- reading ---- */

/* Found here, before desk looks. Such a form must not become a case, but desk is asked all the same,
 * so that every mistake is said at once: with a position that cannot be, it refuses. */
static void wrong(struct sent *s, const char *field, const char *code)
{
    struct report_problems *p = &s->problems;
    s->report.has_position = true;
    s->report.lat = (double)NAN;
    if (p->count == REPORT_PROBLEMS_MAX) return;
    p->problem[p->count++] = (struct report_problem){.field = field, .code = code};
}

/* What desk found, behind what was found here; of a position that was spoilt here it can't judge. */
static void add_problems(struct sent *s, const struct report_problems *found)
{
    bool spoilt = s->problems.count > 0;
    for (size_t i = 0; i < found->count && s->problems.count < REPORT_PROBLEMS_MAX; i++) {
        if (spoilt && str_equal(str_of(found->problem[i].field), STR("lat"))) continue;
        s->problems.problem[s->problems.count++] = found->problem[i];
    }
}

static void read_photos(struct sent *s)
{
    for (size_t i = 0; i < s->form.count; i++) {
        const struct http_field *f = &s->form.field[i];
        bool chosen = f->filename.at &&
                      f->value.bytes > 0; /* an empty control sends an empty part */
        if (!chosen || !str_equal(f->name, STR("photo"))) continue;
        if (s->report.photo_count == RECORD_PHOTOS_MAX) {
            wrong(s, "photo", "too_many");
            return;
        }
        s->report.photo[s->report.photo_count++] = (struct report_photo){.bytes = f->value,
                                                                         .filename = f->filename};
    }
}

/* Digits as people type them, full-width ones too. */
static bool read_number(struct visit *v, struct str typed, double low, double high, double *out)
{
    struct str folded;
    if (text_fold(text_trim(typed), v->a, &folded) != ERR_NONE) return false;
    return text_parse_double(folded, low, high, out);
}

static void read_position(struct sent *s)
{
    struct report *r = &s->report;
    struct str lat = text_trim(get(s, "lat")), lon = text_trim(get(s, "lon"));
    r->accuracy_m = -1;
    if (lat.bytes == 0 && lon.bytes == 0) return;
    if (lat.bytes == 0 || lon.bytes == 0) {
        wrong(s, "lat", "both");
        return;
    }
    double lat_read = 0, lon_read = 0;
    bool lat_fine = read_number(&s->v, lat, -1000, 1000, &lat_read);
    bool lon_fine = read_number(&s->v, lon, -1000, 1000, &lon_read);
    r->has_position = true;
    r->lat = lat_read;
    r->lon = lon_read;
    if (!lat_fine) wrong(s, "lat", "not_a_number");
    if (!lon_fine) wrong(s, "lon", "not_a_number");
    enum location_source source;
    bool known = record_location_source_parse(get(s, "location_source"), &source);
    r->location_source = known && source == LOCATION_DEVICE ? LOCATION_DEVICE : LOCATION_PIN;
    if (r->location_source == LOCATION_DEVICE) {
        (void)read_number(&s->v, get(s, "accuracy"), 0, 1e6, &r->accuracy_m);
    }
}

static void read_report(struct sent *s)
{
    struct report *r = &s->report;
    read_position(s);
    read_photos(s);
    r->description = get(s, "description");
    r->category_code = get(s, "category");
    r->address = get(s, "address");
    r->contact = (struct contact){.name = get(s, "contact_name"),
                                  .email = get(s, "contact_email"),
                                  .phone = get(s, "contact_phone")};
    r->locale = str_of(locale_tag(s->v.locale));
    r->origin = ORIGIN_PAGE;
    r->corrected_is_new = true;
    struct str key = get(s, "key");
    if (key.bytes <= KEY_BYTES_MAX) r->idempotency_key = key;
}

/* ---- showing ---- */

static struct str words_of(const struct sent *s, const struct report_problem *p)
{
    char prefix[64];
    (void)snprintf(prefix, sizeof prefix, "report.error.%s.", p->field);
    struct str code = str_of(p->code);
    enum msg general = words_msg_of_code("problem.", code, MSG_PROBLEM_INVALID);
    struct str text = words_msg(s->v.locale, words_msg_of_code(prefix, code, general));
    bool of_one = str_equal(str_of(p->field), STR("photo")) && s->report.photo_count > 1 &&
                  !str_equal(code, STR("too_many"));
    if (!of_one) return text;
    return visit_say(&s->v, MSG_REPORT_ERROR_PHOTO_NUMBERED,
                     MSG_ARGS(msg_int("number", (int64_t)p->index + 1), msg_str("text", text)));
}

static void show_mistakes(const struct sent *s, struct report_view *view, struct mistake *items)
{
    const struct {
        const char *field, *control;
        struct str *error;
    } places[] = {
        {"photo", "photo", &view->error_photo},
        {"address", "address", &view->error_address},
        {"lat", "lat", &view->error_lat},
        {"lon", "lon", &view->error_lat},
        {"category", "category", &view->error_category},
        {"description", "description", &view->error_description},
        {"contact_name", "contact_name", &view->error_contact_name},
        {"contact_email", "contact_email", &view->error_contact_email},
        {"contact_phone", "contact_phone", &view->error_contact_phone},
    };
    for (size_t i = 0; i < s->problems.count; i++) {
        const struct report_problem *p = &s->problems.problem[i];
        items[i] = (struct mistake){.field = "main", .text = words_of(s, p)};
        for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
            if (!str_equal(str_of(places[k].field), str_of(p->field))) continue;
            items[i].field = places[k].control;
            if (places[k].error->bytes == 0) *places[k].error = items[i].text;
        }
    }
    view->mistakes = (struct mistakes_part){.items = items,
                                            .items_count = s->problems.count,
                                            .photos_again = s->report.photo_count > 0};
    view->frame.top.has_errors = s->problems.count > 0;
    view->coordinates_open = view->lat.bytes || view->lon.bytes || view->error_lat.bytes;
    view->contact_open = view->contact_name.bytes || view->contact_email.bytes ||
                         view->contact_phone.bytes || view->error_contact_email.bytes;
}

static void show_categories(const struct sent *s, struct report_view *view)
{
    const struct town *town = &s->v.town;
    struct category_choice *choices = arena_array(s->v.a, town->category_count, sizeof *choices);
    struct str chosen = get(s, "category");
    view->category_unsure = true;
    for (size_t i = 0; choices && i < town->category_count; i++) {
        const struct category *c = &town->categories[i];
        choices[i] = (struct category_choice){.code = c->code,
                                              .name = visit_name(&s->v, c->name),
                                              .chosen = str_equal(c->code, chosen)};
        if (choices[i].chosen) view->category_unsure = false;
        view->categories_count = i + 1;
    }
    view->categories = choices;
}

static void show(struct sent *s, int status)
{
    uint8_t random[KEY_BYTES];
    char key[KEY_ROOM];
    struct mistake items[REPORT_PROBLEMS_MAX];
    env_random(s->v.app->env, random, sizeof random);
    text_hex(random, sizeof random, key);
    struct report_view view = {
        .locale = s->v.locale,
        .frame = visit_frame(&s->v, words_msg(s->v.locale, MSG_REPORT_TITLE)),
        .emergency = visit_emergency(&s->v),
        .key = key,
        .address = get(s, "address"),
        .lat = get(s, "lat"),
        .lon = get(s, "lon"),
        .accuracy = get(s, "accuracy"),
        .source = get(s, "location_source"),
        .description = get(s, "description"),
        .contact_name = get(s, "contact_name"),
        .contact_email = get(s, "contact_email"),
        .contact_phone = get(s, "contact_phone"),
        .metres_slot = STR("{metres}"),
    };
    view.frame.top.script = url_asset(s->v.a, "report.js");
    show_categories(s, &view);
    show_mistakes(s, &view, items);
    page_report(&s->v.out, &view);
    visit_answer(&s->v, status);
}

/* ---- handlers ---- */

static struct sent *begin(struct http_request *r, void *context)
{
    struct sent *s = arena_alloc(http_arena(r), sizeof *s);
    if (!s) {
        http_fail(r, ERR_NOMEM);
        return NULL;
    }
    return visit_begin(&s->v, r, context) ? s : NULL;
}

void pages_report_get(struct http_request *r, void *context)
{
    struct sent *s = begin(r, context);
    if (s) show(s, 200);
}

void pages_report_post(struct http_request *r, void *context)
{
    struct sent *s = begin(r, context);
    if (!s) return;
    struct intake_result result;
    struct report_problems found = {.count = 0};
    enum err e = http_form_read(r, &s->form);
    if (e == ERR_NONE) read_report(s);
    if (e == ERR_NONE) {
        e = desk_intake(s->v.app->desk, &s->report, NULL, NULL, s->v.a, &result, &found);
        add_problems(s, &found);
    }
    if (e == ERR_NONE) {
        char to[sizeof "/r/" + RECORD_REF_ROOM];
        (void)snprintf(to, sizeof to, "/r/%s", result.ref);
        http_redirect(r, 303, str_of(to));
    } else if ((e == ERR_INPUT || e == ERR_TOO_BIG) && s->problems.count) {
        show(s, 422);
    } else {
        http_fail(r, e);
    }
}
