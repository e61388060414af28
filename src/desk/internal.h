/* What the files of desk share among themselves. */
#ifndef DESK_INTERNAL_H
#define DESK_INTERNAL_H

#include <pthread.h>

#include "desk/desk.h"
#include "image/hash.h"
#include "image/photo.h"
#include "store/store.h"

#define PIXEL_WORKERS_MAX 64
#define PIXEL_WAIT_MS 20000 /* a request waits so long for a workspace, then ERR_BUSY */
#define PIXEL_QUEUE_MAX 128 /* more waiting requests than this: ERR_BUSY at once */

/* The workspaces of the pixel work, one for each core: whoever decodes, or hashes a password,
 * borrows one, so that memory and cores are bounded whatever the number of connections. */
struct pixel_pool {
    pthread_mutex_t lock;
    pthread_cond_t returned;
    struct image_workspace *idle[PIXEL_WORKERS_MAX];
    unsigned idle_count, total, waiting;
    int64_t used_at_ms; /* monotonic; when work for a person last ended */
};

#define SESSION_CACHE 64
#define SESSION_NAME_ROOM 64

struct session_entry { /* a session looked up a moment ago */
    uint8_t token_sha256[32];
    int64_t checked_at_ms; /* monotonic; 0: empty */
    uint64_t epoch;        /* of people's changes by this process, see people.c */
    int64_t person_id;
    enum role role;
    char name[SESSION_NAME_ROOM];
};

#define THROTTLE_NAMES 256

struct throttle_entry { /* failed attempts to sign in under one name */
    uint64_t name_hash;
    unsigned failures;
    int64_t first_at_ms; /* monotonic */
};

struct background;

struct desk {
    struct store *store;
    const struct env *env;
    struct image_limits limits;
    struct pixel_pool pixels;

    /* Every photo's looks. Follows the table by photo id: new rows are read before each look-up, so
     * that it does not matter which process wrote them. */
    struct image_hash_index *looks;
    pthread_mutex_t looks_lock; /* of looks_upto and of adding */
    int64_t looks_upto;

    pthread_mutex_t people_lock; /* of what follows */
    uint64_t people_epoch;
    struct session_entry session[SESSION_CACHE];
    struct throttle_entry throttle[THROTTLE_NAMES];

    struct background *background; /* NULL: none */
};

/* ---- desk.c: the pool ---- */
enum err pixels_borrow(struct desk *d, struct image_workspace **out) ERR_CHECKED;
void pixels_return(struct desk *d, struct image_workspace *ws);
/* Nobody waits and no work for a person ended within the last quiet_ms: the background may go on. */
bool pixels_quiet(struct desk *d, int64_t quiet_ms);

/* ---- background.c ---- */
enum err background_start(struct desk *d) ERR_CHECKED;
void background_stop(struct desk *d); /* NULL inside is fine */

/* ---- place.c ---- */
struct position place_e7(double lat, double lon);
/* The box of `radius_m` around a place, clipped at the poles and the date line. */
struct store_box place_box(struct position at, double radius_m);
/* Which of the positions counts, and whether they disagree; see intake's contract. `exif` NULL: none. */
void place_choose(const struct report *r, const struct position *exif, struct location *out);

/* ---- alike.c ---- */
/* Reads the hashes of photos that came since the last time. */
enum err alike_catch_up(struct desk *d, struct store_tx *tx) ERR_CHECKED;
/* Candidates for the case-to-be `c`, likeliest first, at most DESK_ALIKE_MAX. looks[i] belongs to a
 * photo of it; photo_count may be 0. */
enum err alike_find(struct desk *d, struct store_tx *tx, const struct casefile *c,
                    const struct image_hashes *looks, size_t looks_count, struct arena *a,
                    struct alike out[DESK_ALIKE_MAX], size_t *count) ERR_CHECKED;

/* ---- media.c ---- */
/* Makes and keeps one rendition of a photo. ERR_NOT_FOUND: it has none. */
enum err media_make(struct desk *d, const struct photo *p, enum rendition kind) ERR_CHECKED;

/* ---- shared words ---- */
void problems_add(struct report_problems *p, const char *field, size_t index, const char *code);
/* Cleans typed text; a problem is added and ERR_INPUT returned when it is not usable. */
enum err clean_field(struct str typed, size_t points_max, const char *field, struct arena *a, struct str *out,
                     struct report_problems *problems) ERR_CHECKED;

#endif
