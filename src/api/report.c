/* POST /api/v1/reports: a form becomes a typed report, desk makes a case of it or says why not. The
 * answer is printed inside desk's transaction and kept with the caller's key, so that sending again
 * gives the same bytes. What counts as "the same body" is what the form said, field by field: a
 * client that repeats makes a new multipart boundary.
 */
#include "internal.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define KEY_BYTES_MAX 255
#define NUMBER_BYTES_MAX 40
#define ACCURACY_M_MAX 20015087.0 /* half way around */

struct rendering {
    enum locale locale;
};

static struct str field(const struct http_form *f, const char *name)
{
    struct str s = text_trim(http_form_get(f, name));
    return s.at ? s : STR("");
}

static void read_photos(const struct http_form *f, struct report *out,
                        struct report_problems *problems)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct http_field *part = &f->field[i];
        bool is_photo = str_equal(part->name, STR("photo")) ||
                        str_equal(part->name, STR("photo[]"));
        /* A browser whose file field is empty sends a part without name and bytes. */
        bool is_empty = part->value.bytes == 0 && part->filename.bytes == 0;
        if (!is_photo || is_empty) continue;
        if (out->photo_count == RECORD_PHOTOS_MAX) {
            problem_add(problems, "photo", RECORD_PHOTOS_MAX, "too_many");
            return;
        }
        out->photo[out->photo_count++] = (struct report_photo){.bytes = part->value,
                                                               .filename = part->filename};
    }
}

/* false: absent, or a problem that has been noted. */
static bool read_number(const struct http_form *f, const char *name, double min, double max,
                        struct report_problems *problems, double *out)
{
    struct str s = field(f, name);
    if (s.bytes == 0) return false;
    double n;
    if (s.bytes > NUMBER_BYTES_MAX || !text_parse_double(s, -1e300, 1e300, &n)) {
        problem_add(problems, name, 0, "not_a_number");
        return false;
    }
    if (n < min || n > max) {
        problem_add(problems, name, 0, "out_of_range");
        return false;
    }
    *out = n;
    return true;
}

static void read_place(const struct http_form *f, struct report *out,
                       struct report_problems *problems)
{
    size_t before = problems->count;
    bool has_lat = read_number(f, "lat", -90, 90, problems, &out->lat);
    bool has_lon = read_number(f, "lon", -180, 180, problems, &out->lon);
    if (problems->count == before && has_lat != has_lon) {
        problem_add(problems, has_lat ? "lon" : "lat", 0, "missing");
    }
    out->has_position = has_lat && has_lon;
    out->accuracy_m = -1;
    (void)read_number(f, "accuracy_m", 0, ACCURACY_M_MAX, problems, &out->accuracy_m);
    struct str source = field(f, "location_source");
    enum location_source said = LOCATION_PIN; /* a position that nobody explains was chosen */
    if (source.bytes > 0) {
        bool known = record_location_source_parse(source, &said);
        if (!known ||
            (said != LOCATION_DEVICE && said != LOCATION_PIN && said != LOCATION_ADDRESS)) {
            problem_add(problems, "location_source", 0, "unknown_value");
        }
    }
    if (out->has_position) out->location_source = said;
}

static void read_report(struct http_request *r, const struct http_form *f, enum locale l,
                        struct report *out, struct report_problems *problems)
{
    *out = (struct report){.origin = ORIGIN_API, .location_source = LOCATION_NONE};
    read_photos(f, out, problems);
    read_place(f, out, problems);
    out->description = field(f, "description");
    out->category_code = field(f, "category");
    out->address = field(f, "address");
    out->contact = (struct contact){.name = field(f, "contact_name"),
                                    .email = field(f, "contact_email"),
                                    .phone = field(f, "contact_phone")};
    out->locale = str_of(locale_tag(l));
    struct str key = http_header(r, "Idempotency-Key");
    if (key.at && (key.bytes == 0 || key.bytes > KEY_BYTES_MAX)) {
        problem_add(problems, "Idempotency-Key", 0, key.bytes ? "too_long" : "empty");
    } else if (key.at) {
        out->idempotency_key = key;
    }
}

static void render_photo(struct json *j, enum locale l, const struct photo *p)
{
    char hex[65];
    text_hex(p->sha256, sizeof p->sha256, hex);
    json_object(j);
    json_key_text(j, "id", p->public_id);
    json_key_text(j, "sha256", hex);
    view_media_url(j, "thumb_url", p->public_id, RENDITION_THUMB, p->can_show);
    json_key_text(j, "location", record_photo_location_name(p->location));
    json_key(j, "notice");
    if (p->can_show) {
        json_null(j);
    } else {
        json_str(j, problem_words(l, "not_showable"));
    }
    json_end(j);
}

static void render(void *context, const struct receipt *receipt, struct buf *out)
{
    const struct rendering *rendering = context;
    const struct casefile *c = &receipt->casefile;
    char url[RECORD_REF_ROOM + 4];
    snprintf(url, sizeof url, "/r/%s", c->ref);
    struct json j;
    json_init(&j, out);
    json_object(&j);
    json_key_text(&j, "ref", c->ref);
    json_key_text(&j, "url", url);
    json_key_text(&j, "status", record_status_name(c->status));
    json_key(&j, "location");
    json_object(&j);
    view_location(&j, &c->location);
    json_end(&j);
    json_key(&j, "photos");
    json_array(&j);
    for (size_t i = 0; i < receipt->photo_count; i++) {
        render_photo(&j, rendering->locale, &receipt->photo[i]);
    }
    json_end(&j);
    json_key(&j, "duplicates");
    view_alike(&j, rendering->locale, receipt->alike, receipt->alike_count);
    json_end(&j);
}

static void answer_made(struct http_request *r, const struct intake_result *result)
{
    char *url = arena_printf(http_arena(r), "/r/%s", result->ref);
    if (url) http_add_header(r, "Location", str_of(url));
    http_answer_json(r, 201, result->answer);
}

void report_post(struct http_request *r, void *context)
{
    struct app *app = context;
    struct http_form form;
    enum err e = http_form_read(r, &form);
    if (e != ERR_NONE) {
        if (e == ERR_INPUT) {
            http_fail_code(r, 400, "malformed");
        } else {
            http_fail(r, e);
        }
        return;
    }
    enum locale l = api_locale(r);
    (void)locale_parse(field(&form, "locale"), &l);
    struct report report;
    struct report_problems problems = {.count = 0};
    read_report(r, &form, l, &report, &problems);
    struct intake_result result;
    e = problems.count ? ERR_INPUT : ERR_NONE;
    if (e == ERR_NONE) {
        struct rendering rendering = {.locale = l};
        e = desk_intake(app->desk, &report, render, &rendering, http_arena(r), &result, &problems);
    }
    if (e == ERR_NONE) {
        answer_made(r, &result);
    } else if (e == ERR_CONFLICT) {
        http_fail_code(r, 422, "idempotency_key_reused");
    } else if (e == ERR_INPUT && problems.count > 0) {
        api_fail_problems(r, l, &problems);
    } else {
        http_fail(r, e);
    }
}
