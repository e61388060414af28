/* A case as a row of a SELECT, for the files that read one. */
#ifndef STORE_CASEFILE_ROW_H
#define STORE_CASEFILE_ROW_H

#include "store_private.h"

#define CASEFILE_COLUMN_COUNT 31
#define CASEFILE_COLUMNS                                                                           \
    "c.id, c.ref, c.version, c.status, c.outcome, c.category_id, c.department_id, c.assignee_id, " \
    "c.parent_id, c.title, c.description, c.address, c.lat_e7, c.lon_e7, c.location_source, "      \
    "c.accuracy_m, c.location_conflict, c.exif_lat_e7, c.exif_lon_e7, c.given_lat_e7, "            \
    "c.given_lon_e7, c.given_source, c.locale, c.origin, c.reported_at_ms, c.updated_at_ms, "      \
    "c.closed_at_ms, c.due_at_ms, c.photo_count, c.thumb_photo, c.alike_count"

/* The columns above stand first in the row. */
void casefile_row(struct query *q, struct arena *a, struct casefile *out);

#endif
