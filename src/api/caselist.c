/* GET /api/v1/cases: the query string becomes a typed query; every mistake in it is named. */
#include "internal.h"

#include "base/text.h"
#include "base/time.h"

#include <math.h>
#include <string.h>

/* "new,checking" -> bits; false: one of them is none of ours. */
static bool read_statuses(struct str s, unsigned *out)
{
    unsigned bits = 0;
    while (s.bytes > 0) {
        const char *comma = memchr(s.at, ',', s.bytes);
        struct str word = {s.at, comma ? (size_t)(comma - s.at) : s.bytes};
        enum case_status status;
        if (!record_status_parse(word, &status)) return false;
        bits |= 1u << status;
        size_t step = word.bytes + (comma ? 1 : 0);
        s = (struct str){s.at + step, s.bytes - step};
    }
    *out = bits;
    return true;
}

static int32_t to_e7(double degrees)
{
    return (int32_t)lround(degrees * 1e7);
}

/* "west,south,east,north", as GeoJSON's bbox. */
static bool read_box(struct str s, struct case_list_query *q)
{
    static const double limit[4] = {180, 90, 180, 90};
    double side[4];
    for (int i = 0; i < 4; i++) {
        const char *comma = s.bytes ? memchr(s.at, ',', s.bytes) : NULL;
        if ((comma != NULL) != (i < 3)) return false;
        struct str word = {s.at, comma ? (size_t)(comma - s.at) : s.bytes};
        if (!text_parse_double(word, -limit[i], limit[i], &side[i])) return false;
        if (comma) s = (struct str){comma + 1, s.bytes - word.bytes - 1};
    }
    if (side[0] > side[2] || side[1] > side[3]) return false;
    q->has_box = true;
    q->low = (struct position){.lat_e7 = to_e7(side[1]), .lon_e7 = to_e7(side[0])};
    q->high = (struct position){.lat_e7 = to_e7(side[3]), .lon_e7 = to_e7(side[2])};
    return true;
}

static struct str query(struct http_request *r, const char *name)
{
    struct str s = http_query(r, name);
    return s.at ? text_trim(s) : STR("");
}

static void read_query(struct http_request *r, const struct view *v, struct case_list_query *q,
                       struct report_problems *problems)
{
    struct str box = query(r, "bbox"), limit = query(r, "limit");
    struct str after = query(r, "updated_after");
    *q = (struct case_list_query){.department_code = query(r, "department"),
                                  .words = query(r, "q"),
                                  .cursor = query(r, "cursor")};
    if (!read_statuses(query(r, "status"), &q->statuses)) {
        problem_add(problems, "status", 0, "unknown_value");
    }
    if (q->department_code.bytes && !town_department_by_code(&v->town, q->department_code)) {
        problem_add(problems, "department", 0, "unknown_value");
    }
    if (box.bytes && !read_box(box, q)) problem_add(problems, "bbox", 0, "malformed");
    if (after.bytes && !time_parse_iso(after, &q->updated_after_ms)) {
        problem_add(problems, "updated_after", 0, "malformed");
    }
    if (limit.bytes && !text_parse_int(limit, 1, 200, &q->limit)) {
        problem_add(problems, "limit", 0, "out_of_range");
    }
}

void case_list_get(struct http_request *r, void *context)
{
    struct app *app = context;
    struct report_problems problems = {.count = 0};
    struct case_list_query q;
    struct case_list list = {.count = 0};
    struct view view;
    enum err e = view_open(app->desk, api_locale(r), http_arena(r), &view);
    if (e == ERR_NONE) {
        read_query(r, &view, &q, &problems);
        e = problems.count ? ERR_INPUT : desk_case_list(app->desk, &q, http_arena(r), &list);
        if (e == ERR_INPUT && problems.count == 0) problem_add(&problems, "cursor", 0, "malformed");
    }
    if (e != ERR_NONE) {
        api_fail_err(r, e, &problems);
        return;
    }
    struct buf out;
    struct json j;
    buf_init(&out, API_ANSWER_BYTES_MAX);
    json_init(&j, &out);
    json_object(&j);
    json_key(&j, "cases");
    view_cards(&j, &view, list.cases, list.count);
    view_cursor(&j, list.next_cursor);
    json_end(&j);
    api_answer(r, 200, &out, STR_NONE, HTTP_NO_STORE);
    buf_clear(&out);
}
