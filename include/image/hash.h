/* The perceptual hash: 256 bits of the signs of a photo's low spatial frequencies, so that two
 * pictures of one original differ in few bits. Compared by Hamming distance.
 *
 * A photo is stored under several views of itself (whole, border trimmed, centred crops) and asked
 * for with the first two; see src/image/hash.c for the formula, its source and its figures.
 */
#ifndef IMAGE_HASH_H
#define IMAGE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define IMAGE_HASH_BYTES 32
#define IMAGE_HASH_DISTANCE_MAX 31 /* at most this far apart: alike */
#define IMAGE_HASH_VIEWS 6

struct image_hash {
    uint64_t word[4]; /* bit i of the hash is bit i % 64 of word[i / 64] */
};

/* view[0] is the whole picture and is what people see as "the hash"; view[1] border trimmed;
 * view[2..5] centred crops of 5, 10, 15, 20 %. */
struct image_hashes {
    struct image_hash view[IMAGE_HASH_VIEWS];
};

unsigned image_hash_distance(const struct image_hash *a, const struct image_hash *b); /* 0..256 */
void image_hash_hex(const struct image_hash *h, char out[2 * IMAGE_HASH_BYTES + 1]);
void image_hash_to_bytes(const struct image_hash *h, uint8_t out[IMAGE_HASH_BYTES]);
struct image_hash image_hash_from_bytes(const uint8_t bytes[IMAGE_HASH_BYTES]);

/* All hashes of a town in memory, looked up by distance. Grows as photos arrive. Any number of
 * threads may look up while one adds (a read-write lock is inside). */
struct image_hash_index;

struct image_hash_match {
    uint64_t key;      /* what was given to add */
    unsigned distance; /* the least over the views compared */
};

struct image_hash_index *image_hash_index_new(void); /* NULL when out of memory */
void image_hash_index_free(struct image_hash_index *index);

/* Adds every distinct view of one photo under `key`. */
enum err image_hash_index_add(struct image_hash_index *index, uint64_t key,
                              const struct image_hashes *hashes) ERR_CHECKED;

/* Photos whose any stored view is within distance_max of the whole or trimmed view of `asked`;
 * nearest first, then by key; each key once; at most room of them. *out_count: how many were written. */
enum err image_hash_index_find(const struct image_hash_index *index,
                               const struct image_hashes *asked, unsigned distance_max,
                               struct image_hash_match *out, size_t room,
                               size_t *out_count) ERR_CHECKED;

size_t image_hash_index_count(const struct image_hash_index *index); /* photos, not views */

#endif
