/* Intake: a report becomes a case, or nothing at all. The one file that knows image and store both.
 *
 *     typed report ─► read_text ─► read_photos (borrow a workspace each) ─► place_choose
 *                  ─► plan: one snapshot: category, the key's earlier answer, who looks alike
 *                  ─► write: one transaction: case, timeline, contact, photos, candidates, answer
 *
 * Everything that costs time happens before the transaction. The transaction may be run again, so it
 * only reads `struct intake` and sets its outcome afresh. Nothing is stored when anything is wrong.
 */
#include "internal.h"
#include "base/must.h"
#include "base/text.h"
#include "crypto/crypto.h"

#define TITLE_POINTS 60
#define REF_TRIES 8
#define FAR_FUTURE_MS 253402300799000LL /* the year 9999 */

struct intake_photo {
    struct photo row;
    struct str bytes;
    struct str views; /* hash views, 32 bytes each; empty: none */
    struct str thumb; /* JPEG */
    uint32_t thumb_width, thumb_height;
    uint8_t thumb_sha256[32];
};

struct intake {
    struct desk *d;
    const struct report *report;
    struct arena *a;
    receipt_render render;
    void *render_context;
    struct casefile c;
    struct contact contact;
    struct intake_photo photo[RECORD_PHOTOS_MAX];
    struct image_hashes looks[RECORD_PHOTOS_MAX];
    size_t looks_count;
    struct str category_code, department_code, more_words;
    bool unknown_category;
    bool one_case_per_photo; /* ingest: bytes that are known already make no case */
    bool has_key;
    uint8_t key_sha256[32], body_sha256[32];
    struct alike alike[DESK_ALIKE_MAX];
    size_t alike_count;
    struct intake_result result; /* the outcome */
};

static enum err read_text(struct intake *in, struct report_problems *problems);
static enum err read_photos(struct intake *in, struct report_problems *problems);
static enum err read_key(struct intake *in);
static enum err plan(struct store_tx *tx, void *context);
static enum err write(struct store_tx *tx, void *context);

static enum err intake(struct intake *in, struct intake_result *out, struct report_problems *problems)
{
    const struct report *r = in->report;
    must(r->photo_count <= RECORD_PHOTOS_MAX);
    int64_t now_ms = env_now_ms(in->d->env);
    enum err text_err = read_text(in, problems);
    if (text_err && text_err != ERR_INPUT) return text_err;
    in->c.reported_at_ms = r->reported_at_ms ? r->reported_at_ms : now_ms;
    in->c.updated_at_ms = in->c.reported_at_ms;
    in->c.origin = r->origin;
    enum err e = read_photos(in, problems);
    if (!e) e = text_err;
    if (!e) e = read_key(in);
    if (!e) e = store_read(in->d->store, plan, in);
    if (in->unknown_category) problems_add(problems, "category", 0, "unknown");
    if (e) return e;
    for (int i = 0; i < REF_TRIES; i++) {
        desk_ref_make(in->d->env, in->c.ref);
        e = in->result.repeated ? ERR_NONE : store_write(in->d->store, write, in);
        if (e != ERR_CONFLICT || in->result.repeated) break; /* a ref that exists: make another */
    }
    if (!e) *out = in->result;
    return e;
}

enum err desk_intake(struct desk *d, const struct report *report, receipt_render render, void *render_context,
                     struct arena *a, struct intake_result *out, struct report_problems *problems)
{
    struct intake *in = arena_alloc(a, sizeof *in);
    if (!in) return ERR_NOMEM;
    problems->count = 0;
    in->d = d;
    in->report = report;
    in->a = a;
    in->render = render;
    in->render_context = render_context;
    return intake(in, out, problems);
}

enum err desk_ingest(struct desk *d, struct str bytes, struct str filename, int64_t reported_at_ms, struct arena *a,
                     struct intake_result *out, struct report_problems *problems)
{
    struct report *report = arena_alloc(a, sizeof *report);
    struct intake *in = arena_alloc(a, sizeof *in);
    if (!report || !in) return ERR_NOMEM;
    problems->count = 0;
    report->photo[0] = (struct report_photo){.bytes = bytes, .filename = filename};
    report->photo_count = 1;
    report->accuracy_m = -1;
    report->origin = ORIGIN_CLI;
    report->reported_at_ms = reported_at_ms;
    in->d = d;
    in->report = report;
    in->a = a;
    in->one_case_per_photo = true;
    return intake(in, out, problems);
}

static bool position_possible(const struct report *r)
{
    return r->lat >= -90 && r->lat <= 90 && r->lon >= -180 && r->lon <= 180; /* false for NaN */
}

static enum err read_text(struct intake *in, struct report_problems *problems)
{
    const struct report *r = in->report;
    struct casefile *c = &in->c;
    struct arena *a = in->a;
    enum err worst = ERR_NONE;
    const struct {
        struct str typed;
        size_t points_max;
        const char *field;
        struct str *out;
    } fields[] = {
        {r->description, DESK_DESCRIPTION_POINTS_MAX, "description", &c->description},
        {r->address, DESK_ADDRESS_POINTS_MAX, "address", &c->location.address},
        {r->category_code, 64, "category", &in->category_code},
        {r->locale, 16, "locale", &c->locale},
        {r->contact.name, DESK_CONTACT_POINTS_MAX, "contact_name", &in->contact.name},
        {r->contact.email, DESK_CONTACT_POINTS_MAX, "contact_email", &in->contact.email},
        {r->contact.phone, DESK_CONTACT_POINTS_MAX, "contact_phone", &in->contact.phone},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        enum err e = clean_field(fields[i].typed, fields[i].points_max, fields[i].field, a, fields[i].out, problems);
        if (e && e != ERR_INPUT) return e;
        if (e) worst = e;
    }
    if (in->contact.email.bytes && !memchr(in->contact.email.at, '@', in->contact.email.bytes)) {
        problems_add(problems, "contact_email", 0, "not_an_address");
        worst = ERR_INPUT;
    }
    if (r->has_position && !position_possible(r)) {
        problems_add(problems, "lat", 0, "out_of_range");
        worst = ERR_INPUT;
    }
    if (!worst && r->photo_count == 0 && c->description.bytes == 0) {
        problems_add(problems, "description", 0, "missing"); /* neither a photo nor a word */
        worst = ERR_INPUT;
    }
    return worst;
}

static const enum photo_format stored_format[] = {
    [IMAGE_UNKNOWN] = PHOTO_JPEG, [IMAGE_JPEG] = PHOTO_JPEG, [IMAGE_PNG] = PHOTO_PNG,
    [IMAGE_WEBP] = PHOTO_WEBP,    [IMAGE_HEIC] = PHOTO_HEIC,
};

/* Facts, hash views and thumbnail out of the workspace into the arena. */
static enum err keep_photo(struct intake *in, struct intake_photo *p, const struct image_result *seen)
{
    const struct image_facts *facts = &seen->facts;
    struct photo *row = &p->row;
    row->format = stored_format[facts->format];
    row->width = facts->width;
    row->height = facts->height;
    row->orientation = facts->orientation;
    row->location = (enum photo_location)facts->location;
    if (facts->location == IMAGE_LOCATION_EXIF) row->exif = place_e7(facts->lat, facts->lon);
    row->taken_at = arena_str(in->a, str_of(facts->taken_at));
    row->hash_quality = seen->hash_quality;
    row->can_show = seen->thumb.jpeg.bytes > 0;
    if (row->can_show) {
        p->thumb = arena_str(in->a, seen->thumb.jpeg);
        p->thumb_width = seen->thumb.width;
        p->thumb_height = seen->thumb.height;
        if (!p->thumb.at) return ERR_NOMEM;
        crypto_sha256(p->thumb.at, p->thumb.bytes, p->thumb_sha256);
    }
    if (seen->has_hash) {
        row->has_hash = true;
        in->looks[in->looks_count++] = seen->hashes;
        uint8_t *views = arena_alloc(in->a, IMAGE_HASH_VIEWS * IMAGE_HASH_BYTES);
        if (!views) return ERR_NOMEM;
        for (size_t i = 0; i < IMAGE_HASH_VIEWS; i++)
            image_hash_to_bytes(&seen->hashes.view[i], views + i * IMAGE_HASH_BYTES);
        p->views = (struct str){(char *)views, IMAGE_HASH_VIEWS * IMAGE_HASH_BYTES};
    }
    return row->taken_at.at ? ERR_NONE : ERR_NOMEM;
}

static void public_id_make(const struct env *env, char out[RECORD_PHOTO_ID_ROOM])
{
    char token[CRYPTO_TOKEN_ROOM];
    crypto_token(env, token);
    memcpy(out, token, RECORD_PHOTO_ID_ROOM - 1);
    out[RECORD_PHOTO_ID_ROOM - 1] = 0;
}

_Static_assert((int)PHOTO_LOCATION_NONE == (int)IMAGE_LOCATION_NONE &&
                   (int)PHOTO_LOCATION_EXIF == (int)IMAGE_LOCATION_EXIF &&
                   (int)PHOTO_LOCATION_INVALID == (int)IMAGE_LOCATION_INVALID,
               "image and record count the same");

static enum err read_photo(struct intake *in, size_t i, struct report_problems *problems)
{
    struct intake_photo *p = &in->photo[i];
    p->bytes = in->report->photo[i].bytes;
    p->row.position = (int64_t)i + 1;
    p->row.bytes = (int64_t)p->bytes.bytes;
    p->row.received_at_ms = in->c.reported_at_ms;
    public_id_make(in->d->env, p->row.public_id);
    struct image_workspace *ws;
    enum err e = pixels_borrow(in->d, &ws);
    if (e) return e;
    crypto_sha256(p->bytes.at, p->bytes.bytes, p->row.sha256);
    struct image_result *seen = arena_alloc(in->a, sizeof *seen);
    e = seen ? image_process(ws, p->bytes, IMAGE_WANT_THUMB | IMAGE_WANT_HASH, seen) : ERR_NOMEM;
    enum image_fault fault = e ? IMAGE_FAULT_NONE : seen->facts.fault;
    bool usable = fault == IMAGE_FAULT_NONE || fault == IMAGE_FAULT_NOT_SHOWABLE;
    if (!e && usable) e = keep_photo(in, p, seen);
    pixels_return(in->d, ws);
    if (e) return e;
    if (fault == IMAGE_FAULT_NO_MEMORY) return ERR_NOMEM;
    if (!usable) problems_add(problems, "photo", i, image_fault_code(fault));
    return usable ? ERR_NONE : ERR_INPUT;
}

static enum err read_photos(struct intake *in, struct report_problems *problems)
{
    enum err worst = ERR_NONE;
    const struct position *exif = NULL;
    for (size_t i = 0; i < in->report->photo_count; i++) {
        enum err e = read_photo(in, i, problems);
        if (e && e != ERR_INPUT) return e;
        if (e) worst = e;
        const struct photo *row = &in->photo[i].row;
        if (!exif && row->location == PHOTO_LOCATION_EXIF) exif = &row->exif;
        if (in->c.thumb_photo.bytes == 0 && row->can_show) in->c.thumb_photo = str_of(row->public_id);
    }
    struct str address = in->c.location.address;
    place_choose(in->report, exif, &in->c.location);
    in->c.location.address = address;
    in->c.photo_count = (int64_t)in->report->photo_count;
    return worst;
}

static void digest_field(struct buf *b, struct str s)
{
    buf_add_int(b, (int64_t)s.bytes);
    buf_add_char(b, ':');
    buf_add_str(b, s);
}

/* What "the same body" means: everything that was sent, field by field as "<bytes>:<content>", photos
 * as their SHA-256. Not the bytes of the request: who sends again makes another multipart boundary. */
static enum err read_key(struct intake *in)
{
    const struct report *r = in->report;
    if (r->idempotency_key.bytes == 0) return ERR_NONE;
    const struct str fields[] = {r->description,  r->category_code, r->address,      r->locale,
                                 r->contact.name, r->contact.email, r->contact.phone};
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) digest_field(&b, fields[i]);
    if (r->has_position)
        buf_printf(&b, "%.17g,%.17g,%.17g,%d", r->lat, r->lon, r->accuracy_m, (int)r->location_source);
    for (size_t i = 0; i < r->photo_count; i++)
        digest_field(&b, (struct str){(const char *)in->photo[i].row.sha256, sizeof in->photo[i].row.sha256});
    enum err e = buf_err(&b);
    crypto_sha256(b.at, b.bytes, in->body_sha256);
    buf_reset(&b);
    digest_field(&b, r->idempotency_key);
    if (r->corrected_is_new) buf_add(&b, in->body_sha256, sizeof in->body_sha256);
    crypto_sha256(b.at, b.bytes, in->key_sha256);
    in->has_key = true;
    if (!e) e = buf_err(&b);
    buf_clear(&b);
    return e;
}

/* ERR_NOT_FOUND: a new key. */
static enum err earlier_answer(struct intake *in, struct store_tx *tx)
{
    if (!in->has_key) return ERR_NOT_FOUND;
    uint8_t body_sha256[32];
    struct intake_result found = {.repeated = true};
    enum err e = store_idempotency_get(tx, in->key_sha256, in->a, body_sha256, &found.casefile_id, &found.answer);
    if (e) return e;
    if (!crypto_equal(body_sha256, in->body_sha256, 32)) return ERR_CONFLICT;
    struct casefile c;
    e = store_casefile_by_id(tx, found.casefile_id, in->a, &c);
    if (e) return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
    memcpy(found.ref, c.ref, sizeof found.ref);
    in->result = found;
    return ERR_NONE;
}

/* ERR_NOT_FOUND: nobody sent these bytes before, or it does not matter. */
static enum err earlier_photo(struct intake *in, struct store_tx *tx)
{
    if (!in->one_case_per_photo) return ERR_NOT_FOUND;
    struct photo photo;
    struct casefile c;
    enum err e = store_photo_find_sha256(tx, in->photo[0].row.sha256, in->a, &photo, &c);
    if (e) return e;
    in->result = (struct intake_result){.repeated = true, .casefile_id = c.id};
    memcpy(in->result.ref, c.ref, sizeof in->result.ref);
    return ERR_NONE;
}

static enum err earlier(struct intake *in, struct store_tx *tx)
{
    enum err e = earlier_answer(in, tx);
    return e == ERR_NOT_FOUND ? earlier_photo(in, tx) : e;
}

/* The first line of what was written, else the category, else that it is a photo; in the town's
 * language, because clerks read it. */
static enum err make_title(struct intake *in, const struct category *category, struct str locale)
{
    bool english = str_equal(locale, STR("en"));
    struct str title = in->c.description;
    const char *line_end = title.bytes ? memchr(title.at, '\n', title.bytes) : NULL;
    if (line_end) title.bytes = (size_t)(line_end - title.at);
    title = text_cut(text_trim(title), TITLE_POINTS);
    if (title.bytes == 0 && category) title = english && category->name.en.bytes ? category->name.en : category->name.ja;
    if (title.bytes == 0) title = english ? STR("Photo report") : STR("写真による報告");
    in->c.title = title;
    return ERR_NONE;
}

static enum err find_category(struct intake *in, struct store_tx *tx)
{
    struct town town = {0};
    enum err e = store_category_list(tx, in->a, &town.categories, &town.category_count);
    if (!e) e = store_department_list(tx, in->a, &town.departments, &town.department_count);
    if (!e) e = store_setting_get(tx, STR("town.locale"), in->a, &town.locale);
    if (e == ERR_NOT_FOUND) {
        town.locale = STR("ja");
        e = ERR_NONE;
    }
    if (e) return e;
    const struct category *category = NULL;
    if (in->category_code.bytes) {
        category = town_category_by_code(&town, in->category_code);
        in->unknown_category = !category;
        if (!category) return ERR_INPUT;
        in->c.category_id = category->id;
        in->c.department_id = category->department_id;
        const struct department *department = town_department(&town, category->department_id);
        if (department) in->department_code = department->code;
        char *words = arena_printf(in->a, "%.*s %.*s", STR_FMT(category->name.ja), STR_FMT(category->name.en));
        if (!words) return ERR_NOMEM;
        in->more_words = str_of(words);
    }
    if (in->c.locale.bytes == 0) in->c.locale = town.locale;
    return make_title(in, category, town.locale);
}

static enum err plan(struct store_tx *tx, void *context)
{
    struct intake *in = context;
    enum err e = earlier(in, tx);
    if (e != ERR_NOT_FOUND) return e;
    e = find_category(in, tx);
    if (e) return e;
    e = alike_find(in->d, tx, &in->c, in->looks, in->looks_count, in->a, in->alike, &in->alike_count);
    in->c.alike_count = (int64_t)in->alike_count;
    return e;
}

static enum err write_timeline(struct intake *in, struct store_tx *tx, int64_t casefile_id)
{
    const struct {
        enum event_kind kind;
        enum actor_kind actor;
        struct str to_value, text;
        bool is_public, wanted;
    } rows[] = {
        {EVENT_REPORTED, ACTOR_RESIDENT, STR_NONE, in->c.description, true, true},
        {EVENT_CATEGORY, ACTOR_RESIDENT, in->category_code, STR_NONE, false, in->category_code.bytes > 0},
        {EVENT_DEPARTMENT, ACTOR_SYSTEM, in->department_code, STR_NONE, false, in->department_code.bytes > 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!rows[i].wanted) continue;
        struct event event = {
            .casefile_id = casefile_id,
            .kind = rows[i].kind,
            .actor_kind = rows[i].actor,
            .origin = in->report->origin,
            .at_ms = in->c.reported_at_ms,
            .is_public = rows[i].is_public,
            .to_value = rows[i].to_value,
            .text = rows[i].text,
        };
        enum err e = store_event_append(tx, &event);
        if (e) return e;
    }
    return ERR_NONE;
}

static enum err write_photos(struct intake *in, struct store_tx *tx, int64_t casefile_id)
{
    for (size_t i = 0; i < in->report->photo_count; i++) {
        struct intake_photo *p = &in->photo[i];
        p->row.casefile_id = casefile_id;
        int64_t id;
        enum err e = store_photo_insert(tx, &p->row, p->bytes, p->views, &id);
        if (!e && p->thumb.bytes)
            e = store_rendition_put(tx, id, RENDITION_THUMB, p->thumb_width, p->thumb_height, p->thumb, p->thumb_sha256);
        if (e) return e;
        p->row.id = id;
    }
    return ERR_NONE;
}

static void make_receipt(struct intake *in, int64_t casefile_id)
{
    struct intake_result *out = &in->result;
    *out = (struct intake_result){.casefile_id = casefile_id};
    memcpy(out->ref, in->c.ref, sizeof out->ref);
    out->receipt.casefile = in->c;
    out->receipt.casefile.id = casefile_id;
    out->receipt.casefile.version = 1;
    out->receipt.photo_count = in->report->photo_count;
    for (size_t i = 0; i < out->receipt.photo_count; i++) out->receipt.photo[i] = in->photo[i].row;
    out->receipt.alike_count = in->alike_count;
    memcpy(out->receipt.alike, in->alike, sizeof in->alike);
}

static enum err write_answer(struct intake *in, struct store_tx *tx)
{
    struct buf answer;
    buf_init(&answer, 64 * 1024);
    if (in->render) in->render(in->render_context, &in->result.receipt, &answer);
    enum err e = buf_err(&answer);
    if (!e) {
        in->result.answer = arena_str(in->a, buf_str(&answer));
        if (!in->result.answer.at) e = ERR_NOMEM;
    }
    buf_clear(&answer);
    if (!e && in->has_key)
        e = store_idempotency_put(tx, in->key_sha256, in->body_sha256, in->result.casefile_id,
                                  in->result.answer, env_now_ms(in->d->env));
    return e;
}

static enum err write(struct store_tx *tx, void *context)
{
    struct intake *in = context;
    in->result = (struct intake_result){0};
    enum err e = earlier(in, tx); /* the same key may have been on its way at the same time */
    if (e != ERR_NOT_FOUND) {
        if (e == ERR_CONFLICT) in->result.repeated = true; /* no other ref would help */
        return e;
    }
    int64_t casefile_id;
    e = store_casefile_insert(tx, &in->c, in->more_words, &casefile_id);
    if (!e) e = write_timeline(in, tx, casefile_id);
    const struct contact *contact = &in->contact;
    if (!e && (contact->name.bytes || contact->email.bytes || contact->phone.bytes))
        e = store_contact_put(tx, casefile_id, contact);
    if (!e) e = write_photos(in, tx, casefile_id);
    for (size_t i = 0; !e && i < in->alike_count; i++) {
        in->alike[i].casefile_id = casefile_id;
        e = store_alike_insert(tx, &in->alike[i]);
    }
    if (e) return e;
    make_receipt(in, casefile_id);
    return write_answer(in, tx);
}
