/* The nouns of a town desk as plain data: what store keeps, desk decides on, and api and pages
 * show. No behaviour but the names of enum values; the strings are those of the file and of the
 * API, and stay for ever.
 *
 * Conventions: times are milliseconds since 1970 UTC, 0 is "not"; positions are degrees * 10^7 (WGS
 * 84); ids (int64_t) never leave store and desk, outside a case is known by its ref, a photo by its
 * public id, a department, category and zone by its code, a person by the sign-in name. Text is
 * borrowed from the arena of whoever asked; optional text that is absent has bytes 0.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define RECORD_PHOTOS_MAX 5 /* of one report */

/* ---- enums: record_<enum>_name() and record_<enum>_parse() are made by one macro in record.c
 * ---- */

enum case_status { CASE_NEW, CASE_CHECKING, CASE_IN_PROGRESS, CASE_WAITING, CASE_DONE };
#define CASE_STATUS_COUNT 5
/* "new", "checking", "in_progress", "waiting", "done" */

enum case_outcome {
    OUTCOME_NONE,
    OUTCOME_FIXED,
    OUTCOME_DECLINED,
    OUTCOME_NOT_OURS,
    OUTCOME_DUPLICATE
};
#define CASE_OUTCOME_COUNT 5
/* "none", "fixed", "declined", "not_ours", "duplicate": why a done case is done */

enum location_source {
    LOCATION_NONE, /* nobody said */
    LOCATION_EXIF,
    LOCATION_DEVICE,
    LOCATION_PIN,
    LOCATION_ADDRESS,
    LOCATION_LINE,
    LOCATION_STAFF,
};
#define LOCATION_SOURCE_COUNT 7
/* "none", "exif", "device", "pin", "address", "line", "staff" */

enum event_kind {
    EVENT_REPORTED,   /* the case began; text: the description as it was sent */
    EVENT_STATUS,     /* statuses; a done case says its outcome behind a slash: "done/fixed" */
    EVENT_CATEGORY,   /* codes */
    EVENT_DEPARTMENT, /* codes, "" for none */
    EVENT_ASSIGNEE,   /* sign-in names, "" for nobody */
    EVENT_TITLE,
    EVENT_LOCATION, /* "lat,lon,source" in degrees * 10^7 */
    EVENT_ADDRESS,
    EVENT_NOTE,      /* internal */
    EVENT_REPLY,     /* public */
    EVENT_PHOTO,     /* a photo came; to_value: its public id */
    EVENT_DUPLICATE, /* linked to the case whose ref is to_value; "" : unlinked */
};
#define EVENT_KIND_COUNT 12
/* "reported", "status", "category", "department", "assignee", "title", "location", "address",
 * "note", "reply", "photo", "duplicate" */

enum actor_kind { ACTOR_RESIDENT, ACTOR_STAFF, ACTOR_SYSTEM };
#define ACTOR_KIND_COUNT 3
/* "resident", "staff", "system" */

enum origin { ORIGIN_PAGE, ORIGIN_API, ORIGIN_STAFF, ORIGIN_CLI, ORIGIN_DEMO };
#define ORIGIN_COUNT 5
/* "page", "api", "staff", "cli", "demo": the door that it came through */

enum role { ROLE_CLERK, ROLE_ADMIN };
#define ROLE_COUNT 2
/* "clerk", "admin" */

enum photo_format { PHOTO_JPEG, PHOTO_PNG, PHOTO_WEBP, PHOTO_HEIC };
#define PHOTO_FORMAT_COUNT 4
/* "jpeg", "png", "webp", "heic" */

enum photo_location { PHOTO_LOCATION_NONE, PHOTO_LOCATION_EXIF, PHOTO_LOCATION_INVALID };
#define PHOTO_LOCATION_COUNT 3
/* "none", "exif", "invalid" */

enum rendition { RENDITION_ORIGINAL, RENDITION_THUMB, RENDITION_SCREEN };
#define RENDITION_COUNT 3
/* "original", "thumb", "screen" */

#define RECORD_ENUM(enum_name, function)                                                           \
    const char *record_##function##_name(enum enum_name v);                                        \
    bool record_##function##_parse(struct str s, enum enum_name *out);
RECORD_ENUM(case_status, status)
RECORD_ENUM(case_outcome, outcome)
RECORD_ENUM(location_source, location_source)
RECORD_ENUM(event_kind, event_kind)
RECORD_ENUM(actor_kind, actor_kind)
RECORD_ENUM(origin, origin)
RECORD_ENUM(role, role)
RECORD_ENUM(photo_format, photo_format)
RECORD_ENUM(photo_location, photo_location)
RECORD_ENUM(rendition, rendition)

/* ---- the town ---- */

struct names { /* a thing's name per language; .ja is never empty */
    struct str ja, en;
};

struct department {
    int64_t id;
    struct str code; /* [a-z0-9-], e.g. "roads" */
    struct names name;
};

struct category {
    int64_t id;
    struct str code; /* "pothole" */
    struct names name;
    int64_t department_id; /* 0: none */
    int64_t position;      /* order on the form */
};

struct zone {
    int64_t id;
    struct str code;
    struct names name;
    struct str geojson; /* a Polygon or MultiPolygon geometry */
};

/* ---- places ---- */

struct position {
    int32_t lat_e7, lon_e7;
};

struct location {
    bool known;         /* at is set */
    struct position at; /* the one that counts */
    enum location_source source;
    int64_t accuracy_m; /* -1: nobody said */
    bool conflict;      /* two sources are over 200 m apart */
    bool exif_known;    /* what the first photo with a position says, kept beside */
    struct position exif;
    bool given_known; /* what was sent with the report, kept beside */
    struct position given;
    enum location_source given_source;
    struct str address; /* as typed */
};

/* ---- cases ---- */

#define RECORD_REF_ROOM 12 /* "ABC-DEF-GHJ" and its NUL */

struct casefile {
    int64_t id;
    char ref[RECORD_REF_ROOM];
    int64_t version; /* 1, 2, …: one more with each change; the ETag */
    enum case_status status;
    enum case_outcome outcome;
    int64_t category_id, department_id, assignee_id; /* 0: none */
    struct str title;       /* short; made from category and words when nobody wrote one */
    struct str description; /* as the resident wrote it */
    struct location location;
    struct str locale; /* the resident's language, "ja" or "en" */
    enum origin origin;
    int64_t reported_at_ms, updated_at_ms, closed_at_ms, due_at_ms;
    int64_t photo_count;
    struct str thumb_photo; /* public id of the first photo that can be shown; "" for none */
    int64_t alike_count;    /* candidates for a duplicate that nobody has decided on */
    int64_t parent_id;      /* the case that this one is linked to as a duplicate; 0: none */
};

struct contact { /* personal data: apart from the case, erasable alone */
    struct str name, email, phone;
};

struct event {
    int64_t id; /* grows; the SSE event id later */
    int64_t casefile_id;
    int64_t seq; /* 1, 2, … within the case */
    enum event_kind kind;
    enum actor_kind actor_kind;
    int64_t actor_id;      /* a person of the staff, or 0 */
    struct str actor_name; /* on reading: the person's sign-in name, "" otherwise */
    enum origin origin;
    int64_t at_ms;
    bool is_public;
    struct str from_value, to_value;
    struct str text;
};

/* ---- photos ---- */

#define RECORD_PHOTO_ID_ROOM 23 /* 22 characters of base64url: 128 random bits */

struct photo {
    int64_t id;
    char public_id[RECORD_PHOTO_ID_ROOM];
    int64_t casefile_id;
    int64_t position; /* 1, 2, … within the case */
    uint8_t sha256[32];
    int64_t bytes;
    enum photo_format format;
    int64_t width, height, orientation; /* of the original; 0 unknown */
    enum photo_location location;
    struct position exif; /* with PHOTO_LOCATION_EXIF */
    struct str taken_at;  /* ISO 8601, with its offset where EXIF gives one; "" absent */
    bool has_hash;
    int64_t hash_quality;
    bool can_show; /* has renditions */
    int64_t received_at_ms;
};

/* One candidate for "already reported", as it was when the report came. */
struct alike {
    int64_t casefile_id; /* the new one */
    int64_t other_id;    /* the older one */
    char other_ref[RECORD_REF_ROOM];
    int64_t distance_m;     /* -1: a place is unknown */
    int64_t photo_distance; /* bits, 0..256; -1: not alike by looks */
    int64_t apart_ms;       /* time between the two reports */
    bool same_category;
    int64_t rank; /* 1 is the likeliest */
};

/* ---- people ---- */

struct person {
    int64_t id;
    struct str name; /* signs in with it */
    enum role role;
    struct str password_hash; /* PHC string; never leaves desk */
    int64_t created_at_ms, disabled_at_ms, signed_in_at_ms;
};

struct staff_session {
    uint8_t token_sha256[32]; /* the token itself is in the browser alone */
    int64_t person_id;
    int64_t created_at_ms, seen_at_ms, ends_at_ms;
};

#endif
