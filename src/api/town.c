/* GET /api/v1/town and /api/v1/map: what a form or an integrator must know before it sends a report. */
#include "internal.h"

static void print_names(struct json *j, const char *key, const struct names *names)
{
    json_key(j, key);
    json_object(j);
    json_key_str(j, "ja", names->ja);
    json_key_str(j, "en", names->en.bytes ? names->en : names->ja);
    json_end(j);
}

static void print_categories(struct json *j, enum locale l, const struct town *t)
{
    json_key(j, "categories");
    json_array(j);
    for (size_t i = 0; i < t->category_count; i++) {
        const struct category *c = &t->categories[i];
        const struct department *d = town_department(t, c->department_id);
        json_object(j);
        json_key_str(j, "code", c->code);
        json_key_str(j, "name", l == LOCALE_EN && c->name.en.bytes ? c->name.en : c->name.ja);
        json_key(j, "department");
        if (d) {
            json_str(j, d->code);
        } else {
            json_null(j);
        }
        json_end(j);
    }
    json_end(j);
}

static void print_town(struct buf *out, enum locale l, const struct town *t)
{
    struct json j;
    json_init(&j, out);
    json_object(&j);
    json_key_str(&j, "name", l == LOCALE_EN && t->name.en.bytes ? t->name.en : t->name.ja);
    print_names(&j, "names", &t->name);
    json_key_str(&j, "locale", t->locale);
    json_key_str(&j, "emergency", t->emergency);
    json_key_str(&j, "phone", t->phone);
    view_position(&j, "centre", t->has_centre, t->centre);
    json_key(&j, "departments");
    json_array(&j);
    for (size_t i = 0; i < t->department_count; i++) {
        view_names(&j, l, t->departments[i].code, &t->departments[i].name);
    }
    json_end(&j);
    print_categories(&j, l, t);
    json_end(&j);
}

void town_get(struct http_request *r, void *context)
{
    struct app *app = context;
    struct town town;
    enum err e = desk_town(app->desk, http_arena(r), &town);
    if (e != ERR_NONE) {
        http_fail(r, e);
        return;
    }
    struct buf out;
    char etag[API_ETAG_ROOM];
    buf_init(&out, API_ANSWER_BYTES_MAX);
    print_town(&out, api_locale(r), &town);
    api_etag(buf_str(&out), etag);
    http_add_header(r, "Vary", STR("Accept-Language, Cookie"));
    api_answer(r, 200, &out, str_of(etag), HTTP_NO_CACHE);
    buf_clear(&out);
}

void map_get(struct http_request *r, void *context)
{
    struct app *app = context;
    struct str geojson = STR_NONE;
    enum err e = desk_town_map(app->desk, http_arena(r), &geojson);
    if (e != ERR_NONE) {
        http_fail(r, e);
        return;
    }
    char etag[API_ETAG_ROOM];
    api_etag(geojson, etag);
    struct http_answer answer = {.status = 200,
                                 .type = "application/geo+json",
                                 .body = geojson,
                                 .caching = HTTP_NO_CACHE,
                                 .etag = str_of(etag)};
    http_answer(r, &answer);
}
