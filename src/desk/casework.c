/* Working a case: reading all of it, changing it, saying something on it.
 *
 * A change is one transaction: the row with its next version and an event for each thing that changed,
 * so that the row stays the fold of its timeline. Who loses a race changes nothing.
 */
#include "internal.h"
#include "base/must.h"
#include "base/text.h"

#define TITLE_POINTS_MAX 200
#define SAY_POINTS_MAX 4000

struct reading {
    struct str typed;
    char ref[RECORD_REF_ROOM];
    enum desk_audience audience;
    struct arena *a;
    struct case_page page;
};

static enum err fill_page(struct store_tx *tx, struct arena *a, enum desk_audience audience, struct case_page *page)
{
    const struct casefile *c = &page->casefile;
    enum err e = store_event_list(tx, c->id, audience == DESK_RESIDENT, a, &page->events, &page->event_count);
    if (!e) e = store_photo_list(tx, c->id, a, &page->photos, &page->photo_count);
    if (!e) e = store_alike_list(tx, c->id, a, &page->alike, &page->alike_count);
    if (!e && c->parent_id) {
        struct casefile parent;
        e = store_casefile_by_id(tx, c->parent_id, a, &parent);
        if (!e) memcpy(page->parent_ref, parent.ref, sizeof page->parent_ref);
    }
    if (e || audience == DESK_RESIDENT) return e;
    if (c->assignee_id) {
        struct person person;
        e = store_person_by_id(tx, c->assignee_id, a, &person);
        if (!e) page->assignee_name = person.name;
    }
    if (!e) e = store_contact_get(tx, c->id, a, &page->contact);
    page->has_contact = !e;
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

static enum err read_case(struct store_tx *tx, void *context)
{
    struct reading *r = context;
    struct case_page page = {0};
    enum err e = store_casefile_by_ref(tx, str_of(r->ref), r->a, &page.casefile);
    if (!e) e = fill_page(tx, r->a, r->audience, &page);
    if (!e) r->page = page;
    return e;
}

enum err desk_case_get(struct desk *d, struct str ref, enum desk_audience audience, struct arena *a,
                       struct case_page *out)
{
    struct reading r = {.audience = audience, .a = a};
    if (desk_ref_read(ref, r.ref)) return ERR_NOT_FOUND;
    enum err e = store_read(d->store, read_case, &r);
    if (!e) *out = r.page;
    return e;
}

struct working {
    struct desk *d;
    char ref[RECORD_REF_ROOM];
    int64_t expected_version;
    struct case_change change; /* its texts cleaned */
    const struct actor *by;
    struct arena *a;
    struct report_problems *problems;
    struct casefile c; /* as it becomes */
    struct case_page page;
    bool changed;
};

static enum err tell(struct working *w, struct store_tx *tx, enum event_kind kind, struct str from, struct str to,
                     struct str text, bool is_public)
{
    struct event event = {
        .casefile_id = w->c.id,
        .kind = kind,
        .actor_kind = w->by->kind,
        .actor_id = w->by->person_id,
        .origin = w->by->origin,
        .at_ms = env_now_ms(w->d->env),
        .is_public = is_public,
        .from_value = from,
        .to_value = to,
        .text = text,
    };
    w->changed = true;
    return store_event_append(tx, &event);
}

static enum err wrong(struct working *w, const char *field, const char *code)
{
    problems_add(w->problems, field, 0, code);
    return ERR_INPUT;
}

static struct str status_words(struct arena *a, enum case_status status, enum case_outcome outcome)
{
    if (status != CASE_DONE) return str_of(record_status_name(status));
    return str_of(arena_printf(a, "%s/%s", record_status_name(status), record_outcome_name(outcome)));
}

static enum err change_status(struct working *w, struct store_tx *tx)
{
    const struct case_change *want = &w->change;
    if (!want->has_status && !want->has_outcome) return ERR_NONE;
    struct casefile *c = &w->c;
    enum case_status status = want->has_status ? want->status : c->status;
    enum case_outcome outcome = want->has_outcome ? want->outcome : status == CASE_DONE ? c->outcome : OUTCOME_NONE;
    if (status == CASE_DONE && outcome == OUTCOME_NONE) return wrong(w, "outcome", "missing");
    if (status != CASE_DONE && outcome != OUTCOME_NONE) return wrong(w, "outcome", "only_when_done");
    if (status == c->status && outcome == c->outcome) return ERR_NONE;
    struct str from = status_words(w->a, c->status, c->outcome), to = status_words(w->a, status, outcome);
    if (!from.at || !to.at) return ERR_NOMEM;
    if (status == CASE_DONE && c->status != CASE_DONE) c->closed_at_ms = env_now_ms(w->d->env);
    if (status != CASE_DONE) c->closed_at_ms = 0;
    c->status = status;
    c->outcome = outcome;
    return tell(w, tx, EVENT_STATUS, from, to, STR_NONE, true);
}

static enum err change_category_and_department(struct working *w, struct store_tx *tx)
{
    const struct case_change *want = &w->change;
    if (!want->has_category && !want->has_department) return ERR_NONE;
    struct town town = {0};
    enum err e = store_category_list(tx, w->a, &town.categories, &town.category_count);
    if (!e) e = store_department_list(tx, w->a, &town.departments, &town.department_count);
    if (e) return e;
    struct casefile *c = &w->c;
    const struct category *old_category = town_category(&town, c->category_id);
    const struct category *category = town_category_by_code(&town, want->category_code);
    const struct department *old_department = town_department(&town, c->department_id);
    const struct department *department = town_department_by_code(&town, want->department_code);
    if (want->has_category && want->category_code.bytes && !category) return wrong(w, "category", "unknown");
    if (want->has_department && want->department_code.bytes && !department) return wrong(w, "department", "unknown");
    if (want->has_category && category != old_category) {
        c->category_id = category ? category->id : 0;
        e = tell(w, tx, EVENT_CATEGORY, old_category ? old_category->code : STR_NONE,
                 category ? category->code : STR_NONE, STR_NONE, false);
    }
    if (!e && want->has_department && department != old_department) {
        c->department_id = department ? department->id : 0;
        e = tell(w, tx, EVENT_DEPARTMENT, old_department ? old_department->code : STR_NONE,
                 department ? department->code : STR_NONE, STR_NONE, false);
    }
    return e;
}

static enum err change_assignee(struct working *w, struct store_tx *tx)
{
    const struct case_change *want = &w->change;
    if (!want->has_assignee) return ERR_NONE;
    struct person old = {0}, person = {0};
    enum err e = w->c.assignee_id ? store_person_by_id(tx, w->c.assignee_id, w->a, &old) : ERR_NONE;
    if (!e && want->assignee_name.bytes) {
        e = store_person_by_name(tx, want->assignee_name, w->a, &person);
        if (e == ERR_NOT_FOUND || (!e && person.disabled_at_ms)) return wrong(w, "assignee", "unknown");
    }
    if (e || person.id == w->c.assignee_id) return e;
    w->c.assignee_id = person.id;
    return tell(w, tx, EVENT_ASSIGNEE, old.name, person.name, STR_NONE, false);
}

static struct str position_words(struct arena *a, const struct location *l)
{
    if (!l->known) return STR("");
    return str_of(arena_printf(a, "%d,%d,%s", l->at.lat_e7, l->at.lon_e7, record_location_source_name(l->source)));
}

static enum err change_words_and_place(struct working *w, struct store_tx *tx)
{
    const struct case_change *want = &w->change;
    struct casefile *c = &w->c;
    enum err e = ERR_NONE;
    if (want->has_title && !str_equal(want->title, c->title)) {
        if (want->title.bytes == 0) return wrong(w, "title", "missing");
        e = tell(w, tx, EVENT_TITLE, c->title, want->title, STR_NONE, false);
        c->title = want->title;
    }
    struct location *l = &c->location;
    if (!e && want->has_address && !str_equal(want->address, l->address)) {
        e = tell(w, tx, EVENT_ADDRESS, l->address, want->address, STR_NONE, false);
        l->address = want->address;
    }
    if (e || !want->has_position) return e;
    if (l->known && l->at.lat_e7 == want->position.lat_e7 && l->at.lon_e7 == want->position.lon_e7) return ERR_NONE;
    struct str from = position_words(w->a, l);
    l->known = true;
    l->at = want->position;
    l->source = LOCATION_STAFF;
    l->accuracy_m = -1;
    l->conflict = false; /* a person has looked and decided */
    struct str to = position_words(w->a, l);
    return from.at && to.at ? tell(w, tx, EVENT_LOCATION, from, to, STR_NONE, false) : ERR_NOMEM;
}

static enum err load_for_change(struct working *w, struct store_tx *tx)
{
    w->changed = false;
    w->problems->count = 0;
    enum err e = store_casefile_by_ref(tx, str_of(w->ref), w->a, &w->c);
    if (!e && w->expected_version >= 0 && w->c.version != w->expected_version) e = ERR_CONFLICT;
    return e;
}

static enum err save(struct working *w, struct store_tx *tx)
{
    if (!w->changed) return ERR_NONE;
    w->c.updated_at_ms = env_now_ms(w->d->env);
    return store_casefile_update(tx, &w->c);
}

static enum err write_change(struct store_tx *tx, void *context)
{
    struct working *w = context;
    struct case_page page = {0};
    enum err e = load_for_change(w, tx);
    if (!e) e = change_status(w, tx);
    if (!e) e = change_category_and_department(w, tx);
    if (!e) e = change_assignee(w, tx);
    if (!e) e = change_words_and_place(w, tx);
    if (!e && w->change.note.bytes) e = tell(w, tx, EVENT_NOTE, STR_NONE, STR_NONE, w->change.note, false);
    if (!e) e = save(w, tx);
    if (!e) e = store_casefile_by_id(tx, w->c.id, w->a, &page.casefile);
    if (!e) e = fill_page(tx, w->a, DESK_STAFF, &page);
    if (!e) w->page = page;
    return e;
}

static enum err clean_change(struct case_change *c, struct arena *a, struct report_problems *problems)
{
    enum err worst = clean_field(c->title, TITLE_POINTS_MAX, "title", a, &c->title, problems);
    enum err e = clean_field(c->address, DESK_ADDRESS_POINTS_MAX, "address", a, &c->address, problems);
    if (!worst || e == ERR_NOMEM) worst = e;
    e = clean_field(c->note, SAY_POINTS_MAX, "note", a, &c->note, problems);
    if (!worst || e == ERR_NOMEM) worst = e;
    return worst;
}

enum err desk_case_change(struct desk *d, struct str ref, int64_t expected_version, const struct case_change *change,
                          const struct actor *by, struct arena *a, struct case_page *out,
                          struct report_problems *problems)
{
    struct working w = {.d = d, .expected_version = expected_version, .change = *change, .by = by, .a = a,
                        .problems = problems};
    problems->count = 0;
    if (desk_ref_read(ref, w.ref)) return ERR_NOT_FOUND;
    enum err e = clean_change(&w.change, a, problems);
    if (!e) e = store_write(d->store, write_change, &w);
    if (!e) *out = w.page;
    return e;
}

struct saying {
    struct working w;
    struct str text;
    bool is_public;
    struct event event;
};

static enum err write_saying(struct store_tx *tx, void *context)
{
    struct saying *s = context;
    struct working *w = &s->w;
    struct event *events;
    size_t count = 0;
    enum err e = load_for_change(w, tx);
    if (!e) e = tell(w, tx, s->is_public ? EVENT_REPLY : EVENT_NOTE, STR_NONE, STR_NONE, s->text, s->is_public);
    if (!e) e = save(w, tx);
    if (!e) e = store_event_list(tx, w->c.id, false, w->a, &events, &count);
    if (!e && count == 0) e = ERR_CORRUPT;
    if (!e) s->event = events[count - 1];
    return e;
}

enum err desk_case_say(struct desk *d, struct str ref, bool is_public, struct str text, const struct actor *by,
                       struct arena *a, struct event *out, struct report_problems *problems)
{
    struct saying s = {.w = {.d = d, .expected_version = -1, .by = by, .a = a, .problems = problems},
                       .is_public = is_public};
    problems->count = 0;
    if (desk_ref_read(ref, s.w.ref)) return ERR_NOT_FOUND;
    enum err e = clean_field(text, SAY_POINTS_MAX, "text", a, &s.text, problems);
    if (!e && s.text.bytes == 0) {
        problems_add(problems, "text", 0, "missing");
        e = ERR_INPUT;
    }
    if (!e) e = store_write(d->store, write_saying, &s);
    if (!e) *out = s.event;
    return e;
}
