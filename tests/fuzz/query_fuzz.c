/* links: http base */
/* Query strings and urlencoded forms: two readers of one grammar must agree about the first value
 * of every name.
 */
#include <stdint.h>

#include "base/must.h"
#include "base/text.h"
#include "http/http.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct http_form form;
    struct str input = {bytes > 0 ? (const char *)data : "", bytes};
    struct arena a;
    arena_init(&a, (size_t)1 << 22);
    (void)wire_query_find(input, STR("a"));
    if (http_form_parse(STR("application/x-www-form-urlencoded"), input, &a, &form) == ERR_NONE) {
        for (size_t i = 0; i < form.count; i++) {
            struct str raw = wire_query_find(input, form.field[i].name);
            struct str value = STR_NONE;
            must(raw.at && wire_decode(raw, true, &a, &value) == ERR_NONE);
            must(value.bytes <= raw.bytes);
            for (size_t first = 0; first <= i; first++) {
                if (str_equal(form.field[first].name, form.field[i].name)) {
                    must(str_equal(form.field[first].value, value));
                    break;
                }
            }
        }
    }
    arena_clear(&a);
    return 0;
}
