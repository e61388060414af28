/* "Already reported?": earlier cases that may be about the same thing.
 *
 * A case is a candidate when a photo of it looks alike (Hamming distance of the perceptual hashes), or
 * when it lies within DESK_ALIKE_RADIUS_M, is of the same category (or one of the two has none) and
 * was reported within NEAR_DAYS. Nothing is merged here: a person decides.
 *
 * The ranking adds up what speaks for it (see points()); each reason is kept, so that the list can
 * say why: "photos alike; 38 m away".
 */
#include "internal.h"
#include "base/must.h"

#define NEAR_DAYS 90
#define NEAR_ROWS 100
#define LOOKS_ROWS 64
#define CANDIDATES_MAX (NEAR_ROWS + LOOKS_ROWS * RECORD_PHOTOS_MAX)
#define DAY_MS (24 * 3600 * 1000LL)
#define FAR_M 1000.0 /* looks alike but so far away: another thing of the same kind */

struct adding {
    struct desk *d;
    int64_t upto;
};

static enum err add_looks(void *context, int64_t photo_id, int64_t casefile_id, struct str views)
{
    (void)casefile_id;
    struct adding *adding = context;
    struct image_hashes hashes;
    size_t count = views.bytes / IMAGE_HASH_BYTES;
    if (count == IMAGE_HASH_VIEWS) {
        for (size_t i = 0; i < IMAGE_HASH_VIEWS; i++)
            hashes.view[i] = image_hash_from_bytes((const uint8_t *)views.at + i * IMAGE_HASH_BYTES);
        enum err e = image_hash_index_add(adding->d->looks, (uint64_t)photo_id, &hashes);
        if (e) return e;
    }
    adding->upto = photo_id;
    return ERR_NONE;
}

enum err alike_catch_up(struct desk *d, struct store_tx *tx)
{
    pthread_mutex_lock(&d->looks_lock);
    struct adding adding = {.d = d, .upto = d->looks_upto};
    enum err e = store_photo_hashes_after(tx, d->looks_upto, add_looks, &adding);
    d->looks_upto = adding.upto; /* what was added stays added, whatever came after it */
    pthread_mutex_unlock(&d->looks_lock);
    return e;
}

struct candidate {
    struct casefile c;
    int64_t photo_distance; /* -1: not by looks */
    int64_t distance_m;     /* -1: unknown */
    double points;
};

struct candidates {
    struct candidate *at;
    size_t count;
};

static struct candidate *candidate_for(struct candidates *list, const struct casefile *c)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].c.id == c->id) return &list->at[i];
    if (list->count == CANDIDATES_MAX) return NULL;
    struct candidate *new_one = &list->at[list->count++];
    *new_one = (struct candidate){.c = *c, .photo_distance = -1, .distance_m = -1};
    return new_one;
}

static enum err by_looks(struct desk *d, struct store_tx *tx, const struct image_hashes *looks, size_t looks_count,
                         struct arena *a, struct candidates *list)
{
    struct image_hash_match match[LOOKS_ROWS];
    for (size_t i = 0; i < looks_count; i++) {
        size_t found;
        enum err e = image_hash_index_find(d->looks, &looks[i], IMAGE_HASH_DISTANCE_MAX, match, LOOKS_ROWS, &found);
        if (e) return e;
        for (size_t k = 0; k < found; k++) {
            struct casefile c;
            e = store_photo_casefile(tx, (int64_t)match[k].key, a, &c);
            if (e == ERR_NOT_FOUND) continue; /* came after this snapshot */
            if (e) return e;
            struct candidate *x = candidate_for(list, &c);
            if (x && (x->photo_distance < 0 || match[k].distance < x->photo_distance))
                x->photo_distance = match[k].distance;
        }
    }
    return ERR_NONE;
}

static bool may_be_same_kind(const struct casefile *a, const struct casefile *b)
{
    return a->category_id == b->category_id || a->category_id == 0 || b->category_id == 0;
}

static enum err by_place(struct store_tx *tx, const struct casefile *c, struct arena *a, struct candidates *list)
{
    if (!c->location.known) return ERR_NONE;
    struct casefile *near;
    size_t count;
    enum err e = store_casefile_near(tx, place_box(c->location.at, DESK_ALIKE_RADIUS_M),
                                     c->reported_at_ms - NEAR_DAYS * DAY_MS, NEAR_ROWS, a, &near, &count);
    for (size_t i = 0; !e && i < count; i++) {
        if (desk_distance_m(near[i].location.at, c->location.at) <= DESK_ALIKE_RADIUS_M &&
            may_be_same_kind(&near[i], c))
            (void)candidate_for(list, &near[i]); /* a full list has enough */
    }
    return e;
}

static int64_t apart_ms(const struct casefile *a, const struct casefile *b)
{
    int64_t apart = a->reported_at_ms - b->reported_at_ms;
    return apart < 0 ? -apart : apart;
}

/* Looks count up to 100, a place up to 60, the same category 20, the same week 10; being far away
 * takes 60: a wall of the same pattern in another street is not the same damage. */
static double points(const struct candidate *x, const struct casefile *c)
{
    double sum = 0;
    if (x->photo_distance >= 0) sum += 100.0 - (double)x->photo_distance * 1.5;
    if (x->distance_m >= 0 && (double)x->distance_m <= DESK_ALIKE_RADIUS_M)
        sum += 60.0 - 40.0 * (double)x->distance_m / DESK_ALIKE_RADIUS_M;
    if ((double)x->distance_m > FAR_M) sum -= 60.0;
    if (x->c.category_id != 0 && x->c.category_id == c->category_id) sum += 20.0;
    if (apart_ms(&x->c, c) <= 7 * DAY_MS) sum += 10.0;
    return sum;
}

static int likelier(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->points != b->points) return a->points < b->points ? 1 : -1;
    return a->c.id < b->c.id ? 1 : a->c.id > b->c.id ? -1 : 0;
}

enum err alike_find(struct desk *d, struct store_tx *tx, const struct casefile *c,
                    const struct image_hashes *looks, size_t looks_count, struct arena *a,
                    struct alike out[DESK_ALIKE_MAX], size_t *count)
{
    struct candidates list = {.at = arena_array(a, CANDIDATES_MAX, sizeof *list.at)};
    if (!list.at) return ERR_NOMEM;
    enum err e = looks_count ? alike_catch_up(d, tx) : ERR_NONE;
    if (!e) e = by_looks(d, tx, looks, looks_count, a, &list);
    if (!e) e = by_place(tx, c, a, &list);
    if (e) return e;
    for (size_t i = 0; i < list.count; i++) {
        struct candidate *x = &list.at[i];
        if (x->c.location.known && c->location.known)
            x->distance_m = (int64_t)(desk_distance_m(x->c.location.at, c->location.at) + 0.5);
        x->points = points(x, c);
    }
    if (list.count) qsort(list.at, list.count, sizeof *list.at, likelier);
    size_t kept = list.count < DESK_ALIKE_MAX ? list.count : DESK_ALIKE_MAX;
    for (size_t i = 0; i < kept; i++) {
        const struct candidate *x = &list.at[i];
        out[i] = (struct alike){
            .other_id = x->c.id,
            .distance_m = x->distance_m,
            .photo_distance = x->photo_distance,
            .apart_ms = apart_ms(&x->c, c),
            .same_category = x->c.category_id != 0 && x->c.category_id == c->category_id,
            .rank = (int64_t)i + 1,
        };
        memcpy(out[i].other_ref, x->c.ref, sizeof out[i].other_ref);
    }
    *count = kept;
    return ERR_NONE;
}
