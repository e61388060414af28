/* links: http base */
/* The small lists in fields: cookies, encodings, entity tags, ranges, parameters. */
#include <stdint.h>

#include "base/must.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check_inside(struct str outer, struct str inner)
{
    must(!inner.at || (inner.at >= outer.at && inner.at + inner.bytes <= outer.at + outer.bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct str input = {bytes > 0 ? (const char *)data : "", bytes};
    struct str value = wire_cookie_find(input, STR("towndesk"));
    check_inside(input, value);
    must(!value.at || !memchr(value.at, ';', value.bytes));
    check_inside(input, wire_cookie_find(input, STR("a")));
    (void)wire_accepts_encoding(input, STR("br"));
    (void)wire_etag_listed(input, STR("abc"));
    struct wire_range range = {-1, -1};
    if (wire_range(input, 1000, &range) == WIRE_RANGE_ONE) {
        must(range.first >= 0 && range.first <= range.last && range.last < 1000);
    } else {
        must(range.first == -1 && range.last == -1);
    }
    struct str rest = input;
    struct str name = STR_NONE;
    bool quoted;
    bool malformed;
    size_t count = 0;
    while (wire_param_next(&rest, &name, &value, &quoted, &malformed)) {
        check_inside(input, name);
        check_inside(input, value);
        must(name.bytes > 0 && ++count <= bytes);
    }
    must(malformed || rest.bytes == 0);
    return 0;
}
