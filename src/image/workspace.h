/* What one thread needs to work on one photo after another.
 */
#ifndef IMAGE_WORKSPACE_H
#define IMAGE_WORKSPACE_H

#include "base/arena.h"
#include "base/buf.h"
#include "image/photo.h"

struct image_workspace {
    struct image_limits limits;
    struct arena arena;       /* everything of one photo; emptied when it is done */
    struct buf thumb, screen; /* the last photo's renditions */
};

/* What the decoders may take beside the arena; see workspace.c. */
#define JPEG_BUFFERED_BYTES_MAX ((size_t)96 * 1000 * 1000)
#define WHOLE_PIXELS_MAX ((uint64_t)24 * 1000 * 1000)

#endif
