/* Owns the rows of what a town is: settings, departments, categories, zones, its own map layers. */
#include "store_private.h"

enum {
    SETTING_GET,
    SETTING_SET,
    DEPARTMENT_PUT,
    DEPARTMENT_LIST,
    CATEGORY_PUT,
    CATEGORY_LIST,
    ZONE_PUT,
    ZONE_LIST,
    LAYER_PUT,
    LAYER_GET,
};

static const char *const sql[] = {
    [SETTING_GET] = "SELECT value FROM setting WHERE name = ?",
    [SETTING_SET] = "INSERT INTO setting (name, value) VALUES (?, ?) "
                    "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    [DEPARTMENT_PUT] =
        "INSERT INTO department (code, name_ja, name_en) VALUES (?, ?, ?) "
        "ON CONFLICT (code) DO UPDATE SET name_ja = excluded.name_ja, name_en = excluded.name_en "
        "RETURNING id",
    [DEPARTMENT_LIST] = "SELECT id, code, name_ja, name_en FROM department ORDER BY code",
    [CATEGORY_PUT] =
        "INSERT INTO category (code, name_ja, name_en, department_id, position) "
        "VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (code) DO UPDATE SET name_ja = excluded.name_ja, name_en = excluded.name_en, "
        "department_id = excluded.department_id, position = excluded.position RETURNING id",
    [CATEGORY_LIST] = "SELECT id, code, name_ja, name_en, department_id, position FROM category "
                      "ORDER BY position, code",
    [ZONE_PUT] =
        "INSERT INTO zone (code, name_ja, name_en, geojson) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (code) DO UPDATE SET name_ja = excluded.name_ja, name_en = excluded.name_en, "
        "geojson = excluded.geojson RETURNING id",
    [ZONE_LIST] = "SELECT id, code, name_ja, name_en, geojson FROM zone ORDER BY code",
    [LAYER_PUT] = "INSERT INTO map_layer (name, geojson, attribution) VALUES (?, ?, ?) "
                  "ON CONFLICT (name) DO UPDATE SET geojson = excluded.geojson, "
                  "attribution = excluded.attribution",
    [LAYER_GET] = "SELECT geojson, attribution FROM map_layer WHERE name = ?",
};
const struct statements town_statements = {"town", sql, sizeof sql / sizeof *sql};

static enum err returned_id(struct query *q, int64_t *id);

enum err store_setting_get(struct store_tx *tx, struct str name, struct arena *a, struct str *out)
{
    struct query q;
    struct str value = STR_NONE;
    query_begin(&q, tx, STATEMENTS_TOWN, SETTING_GET);
    query_str(&q, name);
    if (query_one(&q)) value = column_str(&q, 0, a);
    enum err e = query_end(&q);
    if (!e) *out = value;
    return e;
}

enum err store_setting_set(struct store_tx *tx, struct str name, struct str value)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_TOWN, SETTING_SET);
    query_str(&q, name);
    query_str(&q, value);
    return query_run(&q);
}

enum err store_department_put(struct store_tx *tx, const struct department *d, int64_t *id)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_TOWN, DEPARTMENT_PUT);
    query_str(&q, d->code);
    query_str(&q, d->name.ja);
    query_str(&q, d->name.en);
    return returned_id(&q, id);
}

enum err store_category_put(struct store_tx *tx, const struct category *c, int64_t *id)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_TOWN, CATEGORY_PUT);
    query_str(&q, c->code);
    query_str(&q, c->name.ja);
    query_str(&q, c->name.en);
    query_int_or_null(&q, c->department_id, 0);
    query_int(&q, c->position);
    return returned_id(&q, id);
}

enum err store_zone_put(struct store_tx *tx, const struct zone *z, int64_t *id)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_TOWN, ZONE_PUT);
    query_str(&q, z->code);
    query_str(&q, z->name.ja);
    query_str(&q, z->name.en);
    query_str(&q, z->geojson);
    return returned_id(&q, id);
}

enum err store_map_layer_put(struct store_tx *tx, struct str name, struct str geojson,
                             struct str attribution)
{
    struct query q;
    query_begin(&q, tx, STATEMENTS_TOWN, LAYER_PUT);
    query_str(&q, name);
    query_str(&q, geojson);
    query_str(&q, attribution);
    return query_run(&q);
}

enum err store_map_layer_get(struct store_tx *tx, struct str name, struct arena *a,
                             struct str *geojson, struct str *attribution)
{
    struct query q;
    struct str value[2] = {STR_NONE, STR_NONE};
    query_begin(&q, tx, STATEMENTS_TOWN, LAYER_GET);
    query_str(&q, name);
    if (query_one(&q)) {
        value[0] = column_str(&q, 0, a);
        value[1] = column_str(&q, 1, a);
    }
    enum err e = query_end(&q);
    if (!e) {
        *geojson = value[0];
        *attribution = value[1];
    }
    return e;
}

enum err store_department_list(struct store_tx *tx, struct arena *a, struct department **out,
                               size_t *count)
{
    struct query q;
    struct rows rows = rows_of(a, sizeof(struct department));
    query_begin(&q, tx, STATEMENTS_TOWN, DEPARTMENT_LIST);
    for (struct department *d; (d = rows_next(&rows, &q)) != NULL;) {
        d->id = column_int(&q, 0);
        d->code = column_str(&q, 1, a);
        d->name.ja = column_str(&q, 2, a);
        d->name.en = column_str(&q, 3, a);
    }
    enum err e = query_end(&q);
    if (!e) {
        *out = rows.at;
        *count = rows.count;
    }
    return e;
}

enum err store_category_list(struct store_tx *tx, struct arena *a, struct category **out,
                             size_t *count)
{
    struct query q;
    struct rows rows = rows_of(a, sizeof(struct category));
    query_begin(&q, tx, STATEMENTS_TOWN, CATEGORY_LIST);
    for (struct category *c; (c = rows_next(&rows, &q)) != NULL;) {
        c->id = column_int(&q, 0);
        c->code = column_str(&q, 1, a);
        c->name.ja = column_str(&q, 2, a);
        c->name.en = column_str(&q, 3, a);
        c->department_id = column_int(&q, 4);
        c->position = column_int(&q, 5);
    }
    enum err e = query_end(&q);
    if (!e) {
        *out = rows.at;
        *count = rows.count;
    }
    return e;
}

enum err store_zone_list(struct store_tx *tx, struct arena *a, struct zone **out, size_t *count)
{
    struct query q;
    struct rows rows = rows_of(a, sizeof(struct zone));
    query_begin(&q, tx, STATEMENTS_TOWN, ZONE_LIST);
    for (struct zone *z; (z = rows_next(&rows, &q)) != NULL;) {
        z->id = column_int(&q, 0);
        z->code = column_str(&q, 1, a);
        z->name.ja = column_str(&q, 2, a);
        z->name.en = column_str(&q, 3, a);
        z->geojson = column_str(&q, 4, a);
    }
    enum err e = query_end(&q);
    if (!e) {
        *out = rows.at;
        *count = rows.count;
    }
    return e;
}

static enum err returned_id(struct query *q, int64_t *id)
{
    int64_t value = 0;
    if (query_row(q)) value = column_int(q, 0);
    while (query_row(q)) continue; /* to its end, so that it is done */
    enum err e = query_end(q);
    if (!e) *id = value;
    return e;
}
