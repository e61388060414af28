/* The names of the enum values: one table each, in the order of the enum. The strings stand in the
 * database and in the API: they may be added to, never changed.
 */
#include "record/record.h"

#include "base/must.h"

static bool find(const char *const *names, size_t count, struct str s, size_t *out)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(s, str_of(names[i]))) {
            *out = i;
            return true;
        }
    }
    return false;
}

#define NAMES(enum_name, function, count, ...)                                                     \
    static const char *const function##_names[] = {__VA_ARGS__};                                   \
    _Static_assert(sizeof function##_names / sizeof *function##_names == (count), #enum_name);     \
    const char *record_##function##_name(enum enum_name v)                                         \
    {                                                                                              \
        must((size_t)v < (count));                                                                 \
        return function##_names[v];                                                                \
    }                                                                                              \
    bool record_##function##_parse(struct str s, enum enum_name *out)                              \
    {                                                                                              \
        size_t at;                                                                                 \
        if (!find(function##_names, (count), s, &at)) return false;                                \
        *out = (enum enum_name)at;                                                                 \
        return true;                                                                               \
    }

NAMES(case_status, status, CASE_STATUS_COUNT, "new", "checking", "in_progress", "waiting", "done")
NAMES(case_outcome, outcome, CASE_OUTCOME_COUNT, "none", "fixed", "declined", "not_ours",
      "duplicate")
NAMES(location_source, location_source, LOCATION_SOURCE_COUNT, "none", "exif", "device", "pin",
      "address", "line", "staff")
NAMES(event_kind, event_kind, EVENT_KIND_COUNT, "reported", "status", "category", "department",
      "assignee", "title", "location", "address", "note", "reply", "photo", "duplicate")
NAMES(actor_kind, actor_kind, ACTOR_KIND_COUNT, "resident", "staff", "system")
NAMES(origin, origin, ORIGIN_COUNT, "page", "api", "staff", "cli", "demo")
NAMES(role, role, ROLE_COUNT, "clerk", "admin")
NAMES(photo_format, photo_format, PHOTO_FORMAT_COUNT, "jpeg", "png", "webp", "heic")
NAMES(photo_location, photo_location, PHOTO_LOCATION_COUNT, "none", "exif", "invalid")
NAMES(rendition, rendition, RENDITION_COUNT, "original", "thumb", "screen")
