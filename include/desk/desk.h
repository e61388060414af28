/* The rules of a town desk: what a report becomes, who may change what, what looks already reported.
 * No HTTP, no JSON, no SQL text. Every verb may be called from any thread.
 */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/err.h"
#include "base/str.h"
#include "record/record.h"

struct desk;
struct store;

struct desk_options {
    unsigned pixel_workers; /* photos decoded at once; 0: cores */
    bool background;        /* own a thread for screen renditions and clean-up (serve does) */
};

/* Reads all hashes into memory. The store and env must outlive the desk. */
enum err desk_open(struct store *store, const struct desk_options *options, const struct env *env,
                   struct desk **out) ERR_CHECKED;
void desk_close(struct desk *d);

struct store *desk_store(struct desk *d);
const struct env *desk_env(const struct desk *d);

/* Changes with every commit: equal values mean an unchanged town. */
uint64_t desk_version(struct desk *d);

/* ---- the town (desk/town.c) ---- */

struct town {
    struct names name;
    struct str locale;      /* the town's first language */
    struct str emergency;   /* e.g. "119" */
    struct str phone;       /* the desk's own number; "" none */
    bool has_centre;
    struct position centre;
    struct department *departments;
    size_t department_count;
    struct category *categories;
    size_t category_count;
};

/* All of it, in the caller's arena. */
enum err desk_town(struct desk *d, struct arena *a, struct town *out) ERR_CHECKED;
const struct department *town_department(const struct town *t, int64_t id); /* NULL: none */
const struct category *town_category(const struct town *t, int64_t id);
const struct category *town_category_by_code(const struct town *t, struct str code);
const struct department *town_department_by_code(const struct town *t, struct str code);

/* The base map that the town brought itself, GeoJSON. ERR_NOT_FOUND: it has none. */
enum err desk_town_map(struct desk *d, struct arena *a, struct str *geojson) ERR_CHECKED;

/* Departments, categories and settings that a new file starts with (fixed, small). Does nothing when
 * there are categories already. */
enum err desk_town_begin(struct desk *d) ERR_CHECKED;

/* ---- references (desk/ref.c) ---- */

/* Eight random characters of 23456789ABCDEFGHJKMNPQRSTUVWXYZ (31, a prime: no 0 O 1 I L) and a check
 * character, the weighted sum modulo 31: any one wrong character and any swap of two is noticed.
 * Written "ABC-DEF-GHJ". */
void desk_ref_make(const struct env *env, char out[RECORD_REF_ROOM]);

/* What a person typed (any case, with or without dashes and spaces, full-width too) as the written
 * form. ERR_INPUT: cannot be one of ours. */
enum err desk_ref_read(struct str typed, char out[RECORD_REF_ROOM]) ERR_CHECKED;

/* ---- intake (desk/intake.c, desk/alike.c) ---- */

#define DESK_DESCRIPTION_POINTS_MAX 4000
#define DESK_ADDRESS_POINTS_MAX 300
#define DESK_CONTACT_POINTS_MAX 200
#define DESK_CONFLICT_M 200.0
#define DESK_ALIKE_MAX 5
#define DESK_ALIKE_RADIUS_M 100.0

struct report_photo {
    struct str bytes;
    struct str filename; /* for messages alone */
};

struct report {
    struct report_photo photo[RECORD_PHOTOS_MAX];
    size_t photo_count;
    struct str description, category_code, address; /* as typed */
    bool has_position;
    double lat, lon;
    double accuracy_m;                   /* negative: nobody said */
    enum location_source location_source; /* DEVICE, PIN or ADDRESS when has_position; NONE otherwise */
    struct contact contact;
    struct str locale;                   /* "ja", "en"; "" the town's */
    enum origin origin;
    int64_t reported_at_ms;              /* 0: now. For archives and the demo town. */
    struct str idempotency_key;          /* "": none */
    bool corrected_is_new;               /* another report under the same key is no conflict: a form
                                            that was sent again after a correction */
};

/* What was wrong with a report, field by field; `code` is stable. */
struct report_problem {
    const char *field; /* "photo", "description", "category", "lat" … */
    size_t index;      /* of the photo */
    const char *code;  /* "unknown_format", "damaged", "too_many_bytes", "missing", "too_long" … */
};
#define REPORT_PROBLEMS_MAX 16
struct report_problems {
    struct report_problem problem[REPORT_PROBLEMS_MAX];
    size_t count;
};

/* What became of it. */
struct receipt {
    struct casefile casefile;
    struct photo photo[RECORD_PHOTOS_MAX];
    size_t photo_count;
    struct alike alike[DESK_ALIKE_MAX]; /* likeliest first */
    size_t alike_count;
};

/* Renders the answer that is kept with the idempotency key, inside the transaction's work: may be
 * called again, must only write to `out`. */
typedef void (*receipt_render)(void *context, const struct receipt *r, struct buf *out);

struct intake_result {
    bool repeated;       /* the key was known: `answer` is the one from the first time */
    int64_t casefile_id;
    char ref[RECORD_REF_ROOM];
    struct str answer;   /* what render wrote; in the arena */
    struct receipt receipt; /* not set when repeated */
};

/* A report becomes a case, or nothing at all. ERR_NONE: it is on disk. ERR_INPUT: `problems` says
 * what; ERR_CONFLICT: the key was used for another body; ERR_BUSY: no pixel workspace in time.
 * render may be NULL. */
enum err desk_intake(struct desk *d, const struct report *report, receipt_render render, void *render_context,
                     struct arena *a, struct intake_result *out, struct report_problems *problems) ERR_CHECKED;

/* Adds a photo's case to the town unless the same bytes have one (towndesk ingest). *out.repeated. */
enum err desk_ingest(struct desk *d, struct str bytes, struct str filename, int64_t reported_at_ms, struct arena *a,
                     struct intake_result *out, struct report_problems *problems) ERR_CHECKED;

/* Metres between two positions (haversine, R = 6,371,008.8 m). */
double desk_distance_m(struct position a, struct position b);

/* ---- working a case (desk/casework.c) ---- */

/* A case with everything that stands on its page. */
struct case_page {
    struct casefile casefile;
    struct event *events;
    size_t event_count;
    struct photo *photos;
    size_t photo_count;
    struct alike *alike;
    size_t alike_count;
    bool has_contact; /* only filled for staff */
    struct contact contact;
    struct str assignee_name;
    char parent_ref[RECORD_REF_ROOM]; /* "": none */
};

enum desk_audience { DESK_RESIDENT, DESK_STAFF };

/* ref as typed. A resident gets public events alone and no contact. ERR_NOT_FOUND also for a
 * malformed ref. */
enum err desk_case_get(struct desk *d, struct str ref, enum desk_audience audience, struct arena *a,
                       struct case_page *out) ERR_CHECKED;

struct case_list_query {
    unsigned statuses; /* bit set of 1 << enum case_status; 0: any */
    struct str department_code; /* "": any */
    struct str words;
    bool has_box;
    struct position low, high;
    int64_t updated_after_ms;
    int64_t limit;     /* 1..200; 0: 50 */
    struct str cursor; /* "" : first page; otherwise as given by the page before. Opaque. */
};

struct case_list {
    struct casefile *cases;
    size_t count;
    struct str next_cursor; /* "": no more */
};

/* ERR_INPUT: unknown department or a broken cursor. Newest first; with updated_after in order of
 * change, oldest change first. */
enum err desk_case_list(struct desk *d, const struct case_list_query *q, struct arena *a,
                        struct case_list *out) ERR_CHECKED;

#define DESK_BOARD_CARDS 50
#define DESK_BOARD_DONE_DAYS 14

struct board_column {
    enum case_status status;
    int64_t count; /* all of them, not only the cards here; done: of the last 14 days */
    struct casefile *cards;
    size_t card_count;
    struct str next_cursor; /* for desk_case_list with this status */
};

struct board {
    uint64_t version;
    struct board_column column[CASE_STATUS_COUNT];
};

enum err desk_board(struct desk *d, struct arena *a, struct board *out) ERR_CHECKED;

/* Who changes. */
struct actor {
    enum actor_kind kind;
    int64_t person_id;
    enum origin origin;
};

/* A change to a case: only fields whose has_… is set. Codes and names as typed by an integrator. */
struct case_change {
    bool has_status, has_outcome, has_category, has_department, has_assignee, has_title, has_address, has_position;
    enum case_status status;
    enum case_outcome outcome;      /* needed with status done; must be none otherwise */
    struct str category_code, department_code, assignee_name; /* "" : none */
    struct str title, address;
    struct position position;
    struct str note;                /* internal, rides along as an event; "" none */
};

/* expected_version: from If-Match; -1: whatever it is. ERR_CONFLICT: it has moved on (nothing was
 * changed); ERR_INPUT: `problems`. A change that changes nothing is no change: same version. */
enum err desk_case_change(struct desk *d, struct str ref, int64_t expected_version, const struct case_change *change,
                          const struct actor *by, struct arena *a, struct case_page *out,
                          struct report_problems *problems) ERR_CHECKED;

/* An internal note or a public reply; raises the version. */
enum err desk_case_say(struct desk *d, struct str ref, bool is_public, struct str text, const struct actor *by,
                       struct arena *a, struct event *out, struct report_problems *problems) ERR_CHECKED;

/* ---- photos shown (desk/media.c) ---- */

struct media {
    int64_t blob_id, bytes;
    const char *type;   /* "image/jpeg" … */
    uint8_t sha256[32]; /* of these bytes: the ETag */
};

/* Finds a rendition, making and keeping it when it is missing. The original is for staff
 * (ERR_NOT_FOUND for residents). */
enum err desk_media(struct desk *d, struct str public_id, enum rendition kind, enum desk_audience audience,
                    struct media *out) ERR_CHECKED;
enum err desk_media_read(struct desk *d, int64_t blob_id, int64_t offset, void *out, size_t count) ERR_CHECKED;

/* ---- people (desk/people.c) ---- */

#define DESK_SESSION_IDLE_MS (8 * 3600 * 1000LL)
#define DESK_SESSION_MS (7 * 24 * 3600 * 1000LL)
#define DESK_PASSWORD_POINTS_MIN 10

enum err desk_person_add(struct desk *d, struct str name, enum role role, struct str password,
                         struct report_problems *problems) ERR_CHECKED;
enum err desk_person_passwd(struct desk *d, struct str name, struct str password, struct report_problems *problems) ERR_CHECKED;
enum err desk_person_disable(struct desk *d, struct str name) ERR_CHECKED;
enum err desk_person_list(struct desk *d, struct arena *a, struct person **out, size_t *count) ERR_CHECKED;

/* ERR_DENIED: unknown, wrong or disabled, told apart nowhere; ERR_BUSY: too many attempts for this
 * name, later. `token` (CRYPTO_TOKEN_ROOM) goes to the browser. */
enum err desk_sign_in(struct desk *d, struct str name, struct str password, struct arena *a, char token[44],
                      struct person *out) ERR_CHECKED;
/* ERR_NOT_FOUND: no such session, or ended, or the person is disabled. Cached for a few seconds. */
enum err desk_session(struct desk *d, struct str token, struct arena *a, struct person *out) ERR_CHECKED;
enum err desk_sign_out(struct desk *d, struct str token) ERR_CHECKED;

#endif
