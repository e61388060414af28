/* The town's own data: its name, departments and categories; and what a new file begins with.
 *
 * A setting's name is its meaning: "town.name.ja", "town.name.en", "town.locale", "town.emergency",
 * "town.phone", "town.centre" ("lat,lon" in degrees).
 */
#include "internal.h"
#include "base/text.h"

struct town_read {
    struct arena *a;
    struct town town;
};

static enum err setting(struct store_tx *tx, const char *name, struct arena *a, struct str *out)
{
    enum err e = store_setting_get(tx, str_of(name), a, out);
    if (e == ERR_NOT_FOUND) *out = STR("");
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

static bool centre_parse(struct str s, struct position *out)
{
    const char *comma = s.bytes ? memchr(s.at, ',', s.bytes) : NULL;
    if (!comma) return false;
    size_t head = (size_t)(comma - s.at);
    double lat, lon;
    if (!text_parse_double((struct str){s.at, head}, -90, 90, &lat)) return false;
    if (!text_parse_double((struct str){comma + 1, s.bytes - head - 1}, -180, 180, &lon)) return false;
    *out = place_e7(lat, lon);
    return true;
}

static enum err read_town(struct store_tx *tx, void *context)
{
    struct town_read *r = context;
    struct town t = {0};
    struct str centre = STR_NONE;
    enum err e = setting(tx, "town.name.ja", r->a, &t.name.ja);
    if (!e) e = setting(tx, "town.name.en", r->a, &t.name.en);
    if (!e) e = setting(tx, "town.locale", r->a, &t.locale);
    if (!e) e = setting(tx, "town.emergency", r->a, &t.emergency);
    if (!e) e = setting(tx, "town.phone", r->a, &t.phone);
    if (!e) e = setting(tx, "town.centre", r->a, &centre);
    if (!e) e = store_department_list(tx, r->a, &t.departments, &t.department_count);
    if (!e) e = store_category_list(tx, r->a, &t.categories, &t.category_count);
    if (e) return e;
    t.has_centre = centre_parse(centre, &t.centre);
    if (t.locale.bytes == 0) t.locale = STR("ja");
    r->town = t;
    return ERR_NONE;
}

enum err desk_town(struct desk *d, struct arena *a, struct town *out)
{
    struct town_read r = {.a = a};
    enum err e = store_read(d->store, read_town, &r);
    if (!e) *out = r.town;
    return e;
}

struct map_read {
    struct arena *a;
    struct str geojson, attribution;
};

static enum err read_map(struct store_tx *tx, void *context)
{
    struct map_read *m = context;
    return store_map_layer_get(tx, STR("base"), m->a, &m->geojson, &m->attribution);
}

enum err desk_town_map(struct desk *d, struct arena *a, struct str *geojson)
{
    struct map_read m = {.a = a};
    enum err e = store_read(d->store, read_map, &m);
    if (!e) *geojson = m.geojson;
    return e;
}

const struct department *town_department(const struct town *t, int64_t id)
{
    for (size_t i = 0; id != 0 && i < t->department_count; i++)
        if (t->departments[i].id == id) return &t->departments[i];
    return NULL;
}

const struct category *town_category(const struct town *t, int64_t id)
{
    for (size_t i = 0; id != 0 && i < t->category_count; i++)
        if (t->categories[i].id == id) return &t->categories[i];
    return NULL;
}

const struct category *town_category_by_code(const struct town *t, struct str code)
{
    for (size_t i = 0; i < t->category_count; i++)
        if (str_equal(t->categories[i].code, code)) return &t->categories[i];
    return NULL;
}

const struct department *town_department_by_code(const struct town *t, struct str code)
{
    for (size_t i = 0; i < t->department_count; i++)
        if (str_equal(t->departments[i].code, code)) return &t->departments[i];
    return NULL;
}

static const struct {
    const char *code, *ja, *en;
} first_departments[] = {
    {"roads", "道路課", "Roads"},
    {"parks", "公園緑地課", "Parks"},
    {"environment", "環境課", "Environment"},
    {"water", "上下水道課", "Water and sewers"},
    {"general", "総務課", "General affairs"},
};

static const struct {
    const char *code, *ja, *en, *department;
} first_categories[] = {
    {"road", "道路の穴・ひび割れ", "Pothole or broken road", "roads"},
    {"light", "街灯の故障", "Broken street light", "roads"},
    {"sign", "標識・カーブミラー", "Sign or mirror", "roads"},
    {"drain", "側溝・水路・水漏れ", "Drain, ditch or leak", "water"},
    {"park", "公園・遊具", "Park or playground", "parks"},
    {"tree", "樹木・雑草", "Tree or weeds", "parks"},
    {"waste", "ごみ・不法投棄", "Rubbish or dumping", "environment"},
    {"animal", "動物・害虫", "Animal or pest", "environment"},
    {"other", "その他", "Something else", "general"},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static enum err begin_town(struct store_tx *tx, void *context)
{
    struct arena *a = context;
    struct category *there;
    size_t count;
    enum err e = store_category_list(tx, a, &there, &count);
    if (e || count) return e;
    int64_t department_id[COUNT(first_departments)];
    for (size_t i = 0; !e && i < COUNT(first_departments); i++) {
        struct department x = {.code = str_of(first_departments[i].code),
                               .name = {str_of(first_departments[i].ja), str_of(first_departments[i].en)}};
        e = store_department_put(tx, &x, &department_id[i]);
    }
    for (size_t i = 0; !e && i < COUNT(first_categories); i++) {
        struct category x = {.code = str_of(first_categories[i].code),
                             .name = {str_of(first_categories[i].ja), str_of(first_categories[i].en)},
                             .position = (int64_t)i + 1};
        for (size_t k = 0; k < COUNT(first_departments); k++)
            if (strcmp(first_departments[k].code, first_categories[i].department) == 0)
                x.department_id = department_id[k];
        int64_t id;
        e = store_category_put(tx, &x, &id);
    }
    if (!e) e = store_setting_set(tx, STR("town.name.ja"), STR("まちの窓口"));
    if (!e) e = store_setting_set(tx, STR("town.name.en"), STR("Town desk"));
    if (!e) e = store_setting_set(tx, STR("town.locale"), STR("ja"));
    if (!e) e = store_setting_set(tx, STR("town.emergency"), STR("119"));
    return e;
}

static enum err has_categories(struct store_tx *tx, void *context)
{
    struct category *there;
    size_t count;
    enum err e = store_category_list(tx, context, &there, &count);
    return e ? e : count ? ERR_CONFLICT : ERR_NONE;
}

enum err desk_town_begin(struct desk *d)
{
    struct arena a;
    arena_init(&a, 1 << 20);
    enum err e = store_read(d->store, has_categories, &a);
    if (!e) e = store_write(d->store, begin_town, &a);
    arena_clear(&a);
    return e == ERR_CONFLICT ? ERR_NONE : e;
}
