/* One hash against many.
 */
#ifndef IMAGE_HASH_SCAN_H
#define IMAGE_HASH_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "image/hash.h"

/* Writes the positions, from `from` on, of hashes within distance_max of `asked` to out, rising, until
 * there are `room` (at least 8) of them or the end is reached; *from becomes the first position not
 * looked at. Returns how many were written, which may be some less than room. */
size_t hash_scan(const struct image_hash *hashes, size_t count, size_t *from,
                 const struct image_hash *asked, unsigned distance_max, uint32_t *out, size_t room);

#endif
