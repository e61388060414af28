/* The files that the executable carries: styles, scripts, icons. Made by embed_assets. */
#ifndef ASSET_H
#define ASSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct asset {
    const char *plain;  /* "resident.css": its address /assets/resident.css must be revalidated */
    const char *hashed; /* "resident.5f2a91c07b.css": may be cached for ever */
    const char *type;
    const char *etag;
    struct str raw, gz, br; /* bytes 0: there is no such form */
};

extern const struct asset asset_table[]; /* sorted by plain */
extern const size_t asset_count;

/* By its plain or its hashed name; NULL: no such asset. */
const struct asset *asset_find(struct str name, bool *hashed);

#endif
