/* One case: GET, PATCH with If-Match, and new notes and replies. A change is a flat JSON object;
 * the members that it names are changed and no others, null clears what can be empty.
 */
#include "internal.h"

#include <math.h>
#include <stdio.h>

static void answer_case(struct http_request *r, struct app *app, enum locale l,
                        const struct case_page *page)
{
    struct view view;
    enum err e = view_open(app->desk, l, http_arena(r), &view);
    if (e != ERR_NONE) {
        http_fail(r, e);
        return;
    }
    struct buf out;
    struct json j;
    buf_init(&out, API_ANSWER_BYTES_MAX);
    json_init(&j, &out);
    view_case(&j, &view, page);
    char etag[24];
    snprintf(etag, sizeof etag, "%lld", (long long)page->casefile.version);
    http_add_header(r, "Vary", STR("Accept-Language, Cookie"));
    api_answer(r, 200, &out, str_of(etag), HTTP_NO_STORE);
    buf_clear(&out);
}

void case_get(struct http_request *r, void *context)
{
    struct app *app = context;
    struct case_page page;
    enum err e = desk_case_get(app->desk, http_param(r, "ref"), DESK_STAFF, http_arena(r), &page);
    if (e == ERR_NONE) {
        answer_case(r, app, api_locale(r), &page);
    } else {
        http_fail(r, e);
    }
}

/* Text, or "" where null stands. */
static bool read_text(const struct input *in, const char *name, struct report_problems *problems,
                      struct str *out)
{
    enum input_said said = input_text(in, name, problems, out);
    if (said == INPUT_CLEARED) *out = STR("");
    return said != INPUT_ABSENT;
}

static void read_status(const struct input *in, struct case_change *c,
                        struct report_problems *problems)
{
    struct str text = STR_NONE;
    if (input_text(in, "status", problems, &text) != INPUT_ABSENT) {
        c->has_status = record_status_parse(text, &c->status);
        if (!c->has_status) problem_add(problems, "status", 0, "unknown_value");
    }
    enum input_said said = input_text(in, "outcome", problems, &text);
    c->has_outcome = said != INPUT_ABSENT;
    c->outcome = OUTCOME_NONE;
    if (said == INPUT_SAID && !record_outcome_parse(text, &c->outcome)) {
        problem_add(problems, "outcome", 0, "unknown_value");
    }
}

static bool in_range(double n, double limit)
{
    return n >= -limit && n <= limit;
}

static void read_position(const struct input *in, struct case_change *c,
                          struct report_problems *problems)
{
    double lat = 0, lon = 0;
    size_t before = problems->count;
    bool has_lat = input_number(in, "lat", problems, &lat) == INPUT_SAID;
    bool has_lon = input_number(in, "lon", problems, &lon) == INPUT_SAID;
    if (problems->count > before || (!has_lat && !has_lon)) return;
    if (!has_lat) problem_add(problems, "lat", 0, "missing");
    if (!has_lon) problem_add(problems, "lon", 0, "missing");
    if (!in_range(lat, 90)) problem_add(problems, "lat", 0, "out_of_range");
    if (!in_range(lon, 180)) problem_add(problems, "lon", 0, "out_of_range");
    if (problems->count > before) return;
    c->has_position = true;
    c->position = (struct position){.lat_e7 = (int32_t)lround(lat * 1e7),
                                    .lon_e7 = (int32_t)lround(lon * 1e7)};
}

static void read_change(const struct input *in, struct case_change *c,
                        struct report_problems *problems)
{
    *c = (struct case_change){.has_status = false};
    read_status(in, c, problems);
    read_position(in, c, problems);
    c->has_category = read_text(in, "category", problems, &c->category_code);
    c->has_department = read_text(in, "department", problems, &c->department_code);
    c->has_assignee = read_text(in, "assignee", problems, &c->assignee_name);
    c->has_title = read_text(in, "title", problems, &c->title);
    c->has_address = read_text(in, "address", problems, &c->address);
    (void)read_text(in, "note", problems, &c->note);
}

void case_patch(struct http_request *r, void *context)
{
    struct app *app = context;
    int64_t version;
    if (!api_if_match(r, &version)) {
        http_fail_code(r, 428, "precondition_required");
        return;
    }
    struct input in;
    if (!api_read_json(r, &in)) return;
    struct report_problems problems = {.count = 0};
    struct case_change change;
    struct case_page page;
    read_change(&in, &change, &problems);
    struct actor actor = api_actor(r);
    enum err e = problems.count
                     ? ERR_INPUT
                     : desk_case_change(app->desk, http_param(r, "ref"), version, &change, &actor,
                                        http_arena(r), &page, &problems);
    if (e == ERR_NONE) {
        answer_case(r, app, api_locale(r), &page);
    } else if (e == ERR_CONFLICT) {
        http_fail_code(r, 412, "changed");
    } else {
        api_fail_err(r, e, &problems);
    }
}

void case_event_post(struct http_request *r, void *context)
{
    struct app *app = context;
    struct input in;
    if (!api_read_json(r, &in)) return;
    struct report_problems problems = {.count = 0};
    struct str kind = STR_NONE, text = STR_NONE;
    (void)input_text(&in, "kind", &problems, &kind);
    (void)input_text(&in, "text", &problems, &text);
    bool is_reply = str_equal(kind, STR("reply"));
    if (problems.count == 0 && !is_reply && !str_equal(kind, STR("note"))) {
        problem_add(&problems, "kind", 0, kind.at ? "unknown_value" : "missing");
    }
    struct event event;
    struct actor actor = api_actor(r);
    enum err e = problems.count ? ERR_INPUT
                                : desk_case_say(app->desk, http_param(r, "ref"), is_reply, text,
                                                &actor, http_arena(r), &event, &problems);
    if (e != ERR_NONE) {
        api_fail_err(r, e, &problems);
        return;
    }
    struct buf out;
    struct json j;
    buf_init(&out, API_ANSWER_BYTES_MAX);
    json_init(&j, &out);
    view_event(&j, &event);
    api_answer(r, 201, &out, STR_NONE, HTTP_NO_STORE);
    buf_clear(&out);
}
