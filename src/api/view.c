/* Owns how a town's nouns look in JSON: the one place where a member of the API's schemas is
 * printed. Positions are printed from integers; names in the caller's language; ids of the file
 * never.
 */
#include "internal.h"

#include "base/text.h"

#include <stdio.h>

#define PHOTOS_ALIKE_BITS 31 /* desk's candidates by looks lie within it */
#define PHOTOS_SAME_BITS 8

enum err view_open(struct desk *d, enum locale l, struct arena *a, struct view *out)
{
    struct person *people = NULL;
    *out = (struct view){.locale = l};
    enum err e = desk_town(d, a, &out->town);
    if (e == ERR_NONE) e = desk_person_list(d, a, &people, &out->people_count);
    out->people = people;
    return e;
}

static struct str name_in(enum locale l, const struct names *names)
{
    return l == LOCALE_EN && names->en.bytes ? names->en : names->ja;
}

void view_names(struct json *j, enum locale l, struct str code, const struct names *names)
{
    json_object(j);
    json_key_str(j, "code", code);
    json_key_str(j, "name", name_in(l, names));
    json_end(j);
}

static void key_or_null(struct json *j, const char *name, struct str s)
{
    json_key(j, name);
    if (s.bytes) {
        json_str(j, s);
    } else {
        json_null(j);
    }
}

void view_cursor(struct json *j, struct str cursor)
{
    key_or_null(j, "next_cursor", cursor);
}

void view_time(struct json *j, const char *name, int64_t at_ms)
{
    json_key(j, name);
    if (at_ms) {
        json_time(j, at_ms);
    } else {
        json_null(j);
    }
}

static void key_int_or_null(struct json *j, const char *name, int64_t n)
{
    json_key(j, name);
    if (n >= 0) {
        json_int(j, n);
    } else {
        json_null(j);
    }
}

static void key_degrees(struct json *j, const char *name, bool known, int32_t e7)
{
    json_key(j, name);
    if (known) {
        json_scaled(j, e7, 7);
    } else {
        json_null(j);
    }
}

static void members_position(struct json *j, bool known, struct position at)
{
    key_degrees(j, "lat", known, at.lat_e7);
    key_degrees(j, "lon", known, at.lon_e7);
}

void view_position(struct json *j, const char *name, bool known, struct position at)
{
    json_key(j, name);
    if (!known) {
        json_null(j);
        return;
    }
    json_object(j);
    members_position(j, true, at);
    json_end(j);
}

void view_location(struct json *j, const struct location *l)
{
    members_position(j, l->known, l->at);
    json_key_text(j, "source", record_location_source_name(l->source));
    key_int_or_null(j, "accuracy_m", l->known ? l->accuracy_m : -1);
    json_key_bool(j, "conflict", l->conflict);
}

void view_media_url(struct json *j, const char *name, const char *photo_id, enum rendition kind,
                    bool there)
{
    json_key(j, name);
    if (!there) {
        json_null(j);
        return;
    }
    char url[64];
    snprintf(url, sizeof url, "/media/%.22s/%s", photo_id, record_rendition_name(kind));
    json_text(j, url);
}

static void key_category(struct json *j, const struct view *v, int64_t id)
{
    const struct category *c = id ? town_category(&v->town, id) : NULL;
    json_key(j, "category");
    if (c) {
        view_names(j, v->locale, c->code, &c->name);
    } else {
        json_null(j);
    }
}

static void key_department(struct json *j, const struct view *v, int64_t id)
{
    const struct department *d = id ? town_department(&v->town, id) : NULL;
    json_key(j, "department");
    if (d) {
        view_names(j, v->locale, d->code, &d->name);
    } else {
        json_null(j);
    }
}

static struct str person_name(const struct view *v, int64_t id)
{
    for (size_t i = 0; id && i < v->people_count; i++) {
        if (v->people[i].id == id) return v->people[i].name;
    }
    return STR_NONE;
}

/* The members that a card and a whole case share; `photos` and `location` follow. */
static void members_casefile(struct json *j, const struct view *v, const struct casefile *c)
{
    json_key_text(j, "ref", c->ref);
    json_key_int(j, "version", c->version);
    json_key_text(j, "status", record_status_name(c->status));
    json_key_text(j, "outcome", record_outcome_name(c->outcome));
    json_key_str(j, "title", c->title);
    json_key_str(j, "place", c->location.address);
    key_category(j, v, c->category_id);
    key_department(j, v, c->department_id);
    key_or_null(j, "assignee", person_name(v, c->assignee_id));
    view_time(j, "reported_at", c->reported_at_ms);
    view_time(j, "updated_at", c->updated_at_ms);
    view_time(j, "due_at", c->due_at_ms);
    view_time(j, "closed_at", c->closed_at_ms);
    char id[RECORD_PHOTO_ID_ROOM];
    bool has_thumb = c->thumb_photo.bytes == sizeof id - 1;
    snprintf(id, sizeof id, "%.*s", STR_FMT(c->thumb_photo));
    view_media_url(j, "thumb_url", id, RENDITION_THUMB, has_thumb);
    json_key_int(j, "alike", c->alike_count);
}

void view_card(struct json *j, const struct view *v, const struct casefile *c)
{
    json_object(j);
    members_casefile(j, v, c);
    json_key_int(j, "photos", c->photo_count);
    json_key(j, "location");
    json_object(j);
    view_location(j, &c->location);
    json_end(j);
    json_end(j);
}

void view_cards(struct json *j, const struct view *v, const struct casefile *c, size_t count)
{
    json_array(j);
    for (size_t i = 0; i < count; i++) view_card(j, v, &c[i]);
    json_end(j);
}

static void add_reason(struct json *j, enum locale l, enum msg m, struct str distance)
{
    struct buf words;
    buf_init(&words, 512);
    words_msg_plain(&words, l, m, MSG_ARGS(msg_str("distance", distance)));
    json_str(j, buf_str(&words));
    buf_clear(&words);
}

static void view_reasons(struct json *j, enum locale l, const struct alike *a)
{
    struct buf metres;
    buf_init(&metres, 64);
    json_key(j, "reasons");
    json_array(j);
    if (a->photo_distance >= 0 && a->photo_distance <= PHOTOS_ALIKE_BITS) {
        add_reason(j, l,
                   a->photo_distance <= PHOTOS_SAME_BITS ? MSG_REASON_PHOTOS_SAME
                                                         : MSG_REASON_PHOTOS_ALIKE,
                   STR_NONE);
    }
    if (a->distance_m >= 0) {
        words_distance(&metres, a->distance_m);
        add_reason(j, l, MSG_REASON_DISTANCE, buf_str(&metres));
    }
    if (a->same_category) add_reason(j, l, MSG_REASON_SAME_CATEGORY, STR_NONE);
    json_end(j);
    buf_clear(&metres);
}

void view_alike(struct json *j, enum locale l, const struct alike *a, size_t count)
{
    json_array(j);
    for (size_t i = 0; i < count; i++) {
        json_object(j);
        json_key_text(j, "ref", a[i].other_ref);
        key_int_or_null(j, "distance_m", a[i].distance_m);
        key_int_or_null(j, "photo_distance", a[i].photo_distance);
        view_reasons(j, l, &a[i]);
        json_end(j);
    }
    json_end(j);
}

static void view_photo(struct json *j, const struct photo *p)
{
    char hex[65];
    bool placed = p->location == PHOTO_LOCATION_EXIF;
    text_hex(p->sha256, sizeof p->sha256, hex);
    json_object(j);
    json_key_text(j, "id", p->public_id);
    json_key_int(j, "position", p->position);
    json_key_text(j, "sha256", hex);
    json_key_int(j, "bytes", p->bytes);
    json_key_text(j, "format", record_photo_format_name(p->format));
    key_int_or_null(j, "width", p->width ? p->width : -1);
    key_int_or_null(j, "height", p->height ? p->height : -1);
    json_key_int(j, "orientation", p->orientation ? p->orientation : 1);
    json_key_text(j, "location", record_photo_location_name(p->location));
    members_position(j, placed, p->exif);
    key_or_null(j, "taken_at", p->taken_at);
    json_key_bool(j, "can_show", p->can_show);
    view_media_url(j, "thumb_url", p->public_id, RENDITION_THUMB, p->can_show);
    view_media_url(j, "screen_url", p->public_id, RENDITION_SCREEN, p->can_show);
    view_media_url(j, "original_url", p->public_id, RENDITION_ORIGINAL, true);
    json_end(j);
}

static void view_given(struct json *j, const struct location *l)
{
    json_key(j, "given");
    if (!l->given_known) {
        json_null(j);
        return;
    }
    json_object(j);
    members_position(j, true, l->given);
    json_key_text(j, "source", record_location_source_name(l->given_source));
    json_end(j);
}

static void view_contact(struct json *j, const struct case_page *page)
{
    json_key(j, "contact");
    if (!page->has_contact) {
        json_null(j);
        return;
    }
    json_object(j);
    key_or_null(j, "name", page->contact.name);
    key_or_null(j, "email", page->contact.email);
    key_or_null(j, "phone", page->contact.phone);
    json_end(j);
}

void view_event(struct json *j, const struct event *e)
{
    json_object(j);
    json_key_int(j, "seq", e->seq);
    json_key_text(j, "kind", record_event_kind_name(e->kind));
    json_key(j, "actor");
    json_object(j);
    json_key_text(j, "kind", record_actor_kind_name(e->actor_kind));
    key_or_null(j, "name", e->actor_name);
    json_end(j);
    json_key_text(j, "origin", record_origin_name(e->origin));
    json_key(j, "at");
    json_time(j, e->at_ms);
    json_key_bool(j, "public", e->is_public);
    json_key_str(j, "from", e->from_value);
    json_key_str(j, "to", e->to_value);
    json_key_str(j, "text", e->text);
    json_end(j);
}

void view_case(struct json *j, const struct view *v, const struct case_page *page)
{
    const struct casefile *c = &page->casefile;
    char url[RECORD_REF_ROOM + 4];
    snprintf(url, sizeof url, "/r/%s", c->ref);
    json_object(j);
    members_casefile(j, v, c);
    json_key_text(j, "url", url);
    json_key_str(j, "description", c->description);
    json_key_str(j, "address", c->location.address);
    json_key_str(j, "locale", c->locale);
    json_key_text(j, "origin", record_origin_name(c->origin));
    json_key_text(j, "parent", page->parent_ref[0] ? page->parent_ref : NULL);
    view_contact(j, page);
    json_key(j, "location");
    json_object(j);
    view_location(j, &c->location);
    view_position(j, "exif", c->location.exif_known, c->location.exif);
    view_given(j, &c->location);
    json_end(j);
    json_key(j, "photos");
    json_array(j);
    for (size_t i = 0; i < page->photo_count; i++) view_photo(j, &page->photos[i]);
    json_end(j);
    json_key(j, "duplicates");
    view_alike(j, v->locale, page->alike, page->alike_count);
    json_key(j, "events");
    json_array(j);
    for (size_t i = 0; i < page->event_count; i++) view_event(j, &page->events[i]);
    json_end(j);
    json_end(j);
}
