/* Owns the page of one report, for whoever knows its reference, and the form that asks for one. A
 * reference that cannot be one of ours and one that no report has get the same answer.
 *
 * Shown are the public events, renditions and words; who reported, who works on it and what staff
 * write among themselves are not even asked for (DESK_RESIDENT).
 */
#include "visit.h"

#include "base/text.h"
#include "record/record.h"

#define FRESH_MS (10 * 60 * 1000LL)
#define PHOTOS_NEARLY_SAME_BITS 8

void lookup_answer(struct visit *v, int status, struct str typed, bool unknown)
{
    struct lookup_view view = {
        .locale = v->locale,
        .frame = visit_frame(v, words_msg(v->locale, MSG_LOOKUP_TITLE)),
        .lookup = {.typed = typed, .unknown = unknown},
    };
    view.frame.top.is_private = true;
    view.frame.top.has_errors = unknown;
    page_lookup(&v->out, &view);
    visit_answer(v, status);
}

void pages_lookup_get(struct http_request *r, void *context)
{
    struct visit v;
    if (!visit_begin(&v, r, context)) return;
    struct str typed = http_query(r, "ref");
    char ref[RECORD_REF_ROOM];
    if (text_trim(typed).bytes == 0) {
        lookup_answer(&v, 200, STR(""), false);
    } else if (desk_ref_read(typed, ref) != ERR_NONE) {
        lookup_answer(&v, 404, typed, true);
    } else {
        char to[sizeof "/r/" + RECORD_REF_ROOM];
        (void)snprintf(to, sizeof to, "/r/%s", ref);
        http_redirect(r, 303, str_of(to));
    }
}

/* ---- how far it is ---- */

/* When the case first came to the status; 0: never, or nobody outside may know. */
static int64_t first_at(const struct case_page *c, enum case_status status)
{
    struct str name = str_of(record_status_name(status));
    for (size_t i = 0; i < c->event_count; i++) {
        const struct event *e = &c->events[i];
        if (e->kind == EVENT_STATUS && str_equal(e->to_value, name)) return e->at_ms;
    }
    return 0;
}

static struct step step_of(enum msg name, enum step_state state, int64_t at_ms)
{
    static const struct {
        const char *style;
        enum msg word;
    } looks[] = {
        [STEP_LATER] = {"later", MSG_TRACK_STEP_LATER},
        [STEP_NOW] = {"current", MSG_TRACK_STEP_NOW},
        [STEP_PASSED] = {"passed", MSG_TRACK_STEP_PASSED},
        [STEP_LEFT_OUT] = {"left-out", MSG_TRACK_STEP_LEFT_OUT},
    };
    return (struct step){.name = {name},
                         .state_word = {looks[state].word},
                         .state = looks[state].style,
                         .is_now = state == STEP_NOW,
                         .at = {.at_ms = at_ms}};
}

static void show_steps(const struct case_page *c, struct track_view *view)
{
    static const enum msg names[4] = {MSG_TRACK_STEP_RECEIVED, MSG_TRACK_STEP_CHECKED,
                                      MSG_TRACK_STEP_WORK, MSG_TRACK_STEP_DONE};
    static const size_t reached[CASE_STATUS_COUNT] = {[CASE_NEW] = 0,
                                                      [CASE_CHECKING] = 1,
                                                      [CASE_IN_PROGRESS] = 2,
                                                      [CASE_WAITING] = 2,
                                                      [CASE_DONE] = 3};
    const struct casefile *f = &c->casefile;
    const int64_t at_ms[4] = {f->reported_at_ms, first_at(c, CASE_CHECKING),
                              first_at(c, CASE_IN_PROGRESS),
                              f->status == CASE_DONE ? f->closed_at_ms : 0};
    size_t now = reached[f->status];
    for (size_t i = 0; i < 4; i++) {
        enum step_state state = i < now ? STEP_PASSED : i == now ? STEP_NOW : STEP_LATER;
        bool skipped = i == 2 && now == 3 && f->outcome != OUTCOME_FIXED && at_ms[i] == 0;
        if (skipped) state = STEP_LEFT_OUT;
        if (now == 3 && i == 3) state = STEP_PASSED;
        view->step[i] = step_of(names[i], state, i <= now && !skipped ? at_ms[i] : 0);
    }
    view->steps = view->step;
    view->steps_count = 4;
}

static enum msg where_it_stands(const struct casefile *f)
{
    static const enum msg outcomes[CASE_OUTCOME_COUNT] = {
        [OUTCOME_NONE] = MSG_TRACK_OUTCOME_NONE,
        [OUTCOME_FIXED] = MSG_TRACK_OUTCOME_FIXED,
        [OUTCOME_DECLINED] = MSG_TRACK_OUTCOME_DECLINED,
        [OUTCOME_NOT_OURS] = MSG_TRACK_OUTCOME_NOT_OURS,
        [OUTCOME_DUPLICATE] = MSG_TRACK_OUTCOME_DUPLICATE,
    };
    switch (f->status) {
    case CASE_NEW: return MSG_TRACK_STEP_NOW_RECEIVED;
    case CASE_CHECKING: return MSG_TRACK_STEP_NOW_CHECKING;
    case CASE_IN_PROGRESS: return MSG_TRACK_STEP_NOW_WORK;
    case CASE_WAITING: return MSG_TRACK_STEP_NOW_WAITING;
    case CASE_DONE: break;
    }
    return outcomes[f->outcome];
}

/* ---- what was reported ---- */

/* 356812345 -> "35.68123": a metre, more than any phone knows */
static struct str degrees(struct arena *a, int32_t e7)
{
    int64_t away = e7 < 0 ? -(int64_t)e7 : e7;
    return str_of(arena_printf(a, "%s%lld.%05lld", e7 < 0 ? "-" : "", (long long)(away / 10000000),
                               (long long)(away % 10000000 / 100)));
}

static struct str distance_text(struct visit *v, int64_t metres)
{
    struct buf b;
    buf_init(&b, 64);
    words_distance(&b, metres);
    struct str s = buf_err(&b) == ERR_NONE ? arena_str(v->a, buf_str(&b)) : STR("");
    buf_clear(&b);
    return s;
}

static void show_place(struct visit *v, const struct location *l, struct track_view *view)
{
    static const enum msg sources[LOCATION_SOURCE_COUNT] = {
        [LOCATION_NONE] = MSG_SOURCE_NONE,       [LOCATION_EXIF] = MSG_SOURCE_EXIF,
        [LOCATION_DEVICE] = MSG_SOURCE_DEVICE,   [LOCATION_PIN] = MSG_SOURCE_PIN,
        [LOCATION_ADDRESS] = MSG_SOURCE_ADDRESS, [LOCATION_LINE] = MSG_SOURCE_LINE,
        [LOCATION_STAFF] = MSG_SOURCE_STAFF,
    };
    view->has_place = l->known || l->address.bytes > 0;
    view->has_position = l->known;
    view->address = l->address;
    view->source = words_msg(v->locale, sources[l->source]);
    if (!l->known) return;
    view->lat = degrees(v->a, l->at.lat_e7);
    view->lon = degrees(v->a, l->at.lon_e7);
    view->accuracy_m = l->accuracy_m > 0 ? l->accuracy_m : 0;
    if (l->conflict && l->exif_known && l->given_known) {
        int64_t apart_m = (int64_t)desk_distance_m(l->exif, l->given);
        view->conflict_distance = distance_text(v, apart_m);
    }
}

static void show_photos(struct visit *v, const struct case_page *c, struct track_view *view)
{
    struct track_photo *photos = arena_array(v->a, c->photo_count, sizeof *photos);
    for (size_t i = 0; photos && i < c->photo_count; i++) {
        const struct photo *p = &c->photos[i];
        photos[i] = (struct track_photo){
            .number = (int64_t)i + 1,
            .can_show = p->can_show,
            .thumb = url_format(v->a, "/media/%s/thumb", p->public_id),
            .screen = url_format(v->a, "/media/%s/screen", p->public_id),
        };
        view->photos_count = i + 1;
    }
    view->photos = photos;
}

static void show_notes(struct visit *v, const struct case_page *c, struct track_view *view)
{
    struct track_note *notes = arena_array(v->a, c->event_count, sizeof *notes);
    for (size_t i = c->event_count; notes && i > 0; i--) { /* newest first */
        const struct event *e = &c->events[i - 1];
        if (e->kind != EVENT_REPLY || !e->is_public) continue;
        notes[view->notes_count++] = (struct track_note){.at = {.at_ms = e->at_ms, .clock = true},
                                                         .text = e->text};
    }
    view->notes = notes;
}

static void reason(struct buf *b, struct str words, enum locale l)
{
    if (b->bytes) buf_add_text(b, l == LOCALE_JA ? "、" : ", ");
    buf_add_str(b, words);
}

static struct str reasons_of(struct visit *v, const struct alike *x)
{
    struct buf b;
    buf_init(&b, 512);
    if (x->distance_m >= 0) {
        struct str far = distance_text(v, x->distance_m);
        reason(&b, visit_say(v, MSG_REASON_DISTANCE, MSG_ARGS(msg_str("distance", far))),
               v->locale);
    }
    if (x->same_category) reason(&b, words_msg(v->locale, MSG_REASON_SAME_CATEGORY), v->locale);
    if (x->photo_distance >= 0) {
        bool same = x->photo_distance <= PHOTOS_NEARLY_SAME_BITS;
        enum msg m = same ? MSG_REASON_PHOTOS_SAME : MSG_REASON_PHOTOS_ALIKE;
        reason(&b, words_msg(v->locale, m), v->locale);
    }
    struct str s = buf_err(&b) == ERR_NONE ? arena_str(v->a, buf_str(&b)) : STR("");
    buf_clear(&b);
    return s;
}

static void show_alike(struct visit *v, const struct case_page *c, struct track_view *view)
{
    struct track_alike *alike = arena_array(v->a, c->alike_count, sizeof *alike);
    for (size_t i = 0; alike && i < c->alike_count; i++) {
        alike[i] = (struct track_alike){.ref = c->alike[i].other_ref,
                                        .reasons = reasons_of(v, &c->alike[i])};
        view->alike_count = i + 1;
    }
    view->alike = alike;
}

static void show(struct visit *v, const struct case_page *c)
{
    const struct casefile *f = &c->casefile;
    const struct category *category = town_category(&v->town, f->category_id);
    const struct department *department = town_department(&v->town, f->department_id);
    int64_t now_ms = env_now_ms(v->app->env);
    bool done = f->status == CASE_DONE;
    struct track_view view = {
        .locale = v->locale,
        .frame = visit_frame(v, visit_say(v, MSG_TRACK_TITLE, MSG_ARGS(msg_text("ref", f->ref)))),
        .ref = f->ref,
        .is_fresh = f->status == CASE_NEW && now_ms - f->reported_at_ms < FRESH_MS,
        .now = {where_it_stands(f)},
        .tone = !done                         ? "open"
                : f->outcome == OUTCOME_FIXED ? "good"
                                              : "calm",
        .due = {.at_ms = !done && f->due_at_ms > now_ms ? f->due_at_ms : 0},
        .parent_ref = c->parent_ref,
        .reported = {.at_ms = f->reported_at_ms, .clock = true},
        .category = category ? visit_name(v, category->name) : STR(""),
        .department = department ? visit_name(v, department->name) : STR(""),
        .description = f->description,
    };
    view.frame.top.is_private = true;
    show_steps(c, &view);
    show_place(v, &f->location, &view);
    show_photos(v, c, &view);
    show_notes(v, c, &view);
    show_alike(v, c, &view);
    page_track(&v->out, &view);
    visit_answer(v, 200);
}

void pages_track_get(struct http_request *r, void *context)
{
    struct visit v;
    if (!visit_begin(&v, r, context)) return;
    struct case_page c;
    struct str ref = http_param(r, "ref");
    enum err e = desk_case_get(v.app->desk, ref, DESK_RESIDENT, v.a, &c);
    if (e == ERR_NONE) {
        show(&v, &c);
    } else if (e == ERR_NOT_FOUND) {
        lookup_answer(&v, 404, ref, true);
    } else {
        http_fail(r, e);
    }
}
