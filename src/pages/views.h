/* What each template of web/pages shows: web/pages/NAME.html prints a struct NAME_view, the part
 * _NAME.html a struct NAME_part. A list is an array and its count: `photos`, `photos_count`. All text
 * is borrowed from the request's arena or static; absent text has bytes 0.
 */
#ifndef VIEWS_H
#define VIEWS_H

#include "page.h"

/* ---- parts ---- */

struct top_part {
    struct str title;
    struct str town;
    bool has_errors;                    /* the title says so */
    bool is_private;                    /* kept out of search engines */
    bool is_front;                      /* the town's name is no link */
    struct url css, icon, script;       /* script: "" for none */
    const char *other_tag, *other_name; /* the other language */
};

struct bottom_part {
    struct str phone;
    struct url phone_url;
};

struct frame {
    struct top_part top;
    struct bottom_part bottom;
};

struct emergency_part {
    struct str number;
    struct url call; /* "" when the number is not one to dial */
};

struct lookup_part {
    struct str typed;
    bool unknown; /* what was typed led to no report */
};

/* A mistake, in the summary and at its field. */
struct mistake {
    const char *field; /* the id of the control */
    struct str text;
};

struct mistakes_part {
    const struct mistake *items;
    size_t items_count;
    bool photos_again;
};

/* ---- pages ---- */

struct front_view {
    enum locale locale;
    struct frame frame;
    struct emergency_part emergency;
    struct lookup_part lookup;
};

struct category_choice {
    struct str code, name;
    bool chosen;
};

struct report_view {
    enum locale locale;
    struct frame frame;
    struct emergency_part emergency;
    struct mistakes_part mistakes;
    const char *key; /* of the idempotency */
    struct str address, lat, lon, accuracy, source, description;
    struct str contact_name, contact_email, contact_phone;
    const struct category_choice *categories;
    size_t categories_count;
    bool category_unsure;
    bool coordinates_open, contact_open;
    struct str error_photo, error_address, error_lat, error_category, error_description;
    struct str error_contact_name, error_contact_email, error_contact_phone;
    struct str metres_slot; /* "{metres}": the script fills it */
};

enum step_state { STEP_LATER, STEP_NOW, STEP_PASSED, STEP_LEFT_OUT };

struct step {
    struct word name, state_word;
    const char *state; /* "later", "now", "passed", "left-out": the style's word */
    bool is_now;
    struct moment at;
};

struct track_photo {
    int64_t number;
    bool can_show;
    struct url thumb, screen;
};

struct track_note {
    struct moment at;
    struct str text;
};

struct track_alike {
    const char *ref;
    struct str reasons; /* "38 m away, same category" */
};

struct track_view {
    enum locale locale;
    struct frame frame;
    const char *ref;
    bool is_fresh;    /* came in just now: say thanks */
    struct word now;  /* the sentence on where it stands */
    const char *tone; /* "good", "calm", "open": the style's word */
    struct step step[4];
    const struct step *steps;
    size_t steps_count;
    struct moment due;
    const char *parent_ref;
    struct moment reported;
    struct str category, department, description;
    bool has_place, has_position;
    struct str address, lat, lon;
    struct str source;            /* "the position in the photo" */
    int64_t accuracy_m;           /* 0: not said */
    struct str conflict_distance; /* "" no conflict */
    const struct track_photo *photos;
    size_t photos_count;
    const struct track_note *notes;
    size_t notes_count;
    const struct track_alike *alike;
    size_t alike_count;
};

struct lookup_view {
    enum locale locale;
    struct frame frame;
    struct lookup_part lookup;
};

struct sign_in_view {
    enum locale locale;
    struct frame frame;
    struct mistakes_part mistakes;
    struct str name, next;
};

struct board_view {
    enum locale locale;
    struct str town;
    struct url css, script, icon; /* script "": this build has no board */
};

struct error_view {
    enum locale locale;
    struct frame frame;
    struct word title, text;
    bool sign_in;
};

struct help_view {
    enum locale locale;
    struct frame frame;
};

#include "pages/templates.h"

#endif
