/* From luma to hashes; see hash_make.c.
 */
#ifndef IMAGE_HASH_MAKE_H
#define IMAGE_HASH_MAKE_H

#include "image/hash.h"
#include "picture.h"

/* All views of a photo's luma, turned by orientation. Returns the quality, 0..100; under
 * IMAGE_HASH_QUALITY_MIN the hashes mean nothing. false: out of memory. */
#define IMAGE_HASH_QUALITY_MIN 50
bool hashes_make(const struct luma *luma, unsigned orientation, struct arena *memory,
                 struct image_hashes *out, unsigned *quality);

#endif
