/* Bytes by what they are. */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include "store_private.h"

/* The blob of these bytes, inserted unless it is there. `bytes` is read during the call alone. */
enum err blob_keep(struct store_tx *tx, const uint8_t sha256[32], struct str bytes,
                   int64_t *id) ERR_CHECKED;

/* Deletes the blob if neither a photo nor a rendition names it. */
enum err blob_drop(struct store_tx *tx, int64_t id) ERR_CHECKED;

#endif
