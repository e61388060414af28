/* links: http base */
/* Forms. The first line is the Content-Type, the rest the body; without a line end the whole input
 * is a multipart body with the boundary XX. What must hold of every form that is accepted: few
 * fields, valid names, and values that lie inside the body and hold no delimiter line of their own.
 */
#include <stdint.h>

#include "base/arena.h"
#include "base/must.h"
#include "base/text.h"
#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct http_form form;
    struct str body = {(const char *)data, bytes};
    struct str type = STR("multipart/form-data; boundary=XX");
    const char *end = bytes > 0 ? memchr(data, '\n', bytes) : NULL;
    bool own_type = end && (bytes < 2 || memcmp(data, "--", 2) != 0);
    if (own_type) {
        type = (struct str){body.at, (size_t)(end - body.at)};
        body = (struct str){end + 1, bytes - type.bytes - 1};
    }
    struct arena a;
    arena_init(&a, (size_t)1 << 22);
    enum err e = http_form_parse(type, body, &a, &form);
    must(e == ERR_NONE || e == ERR_INPUT || e == ERR_TOO_BIG || e == ERR_NOMEM);
    if (!e) {
        must(form.count <= HTTP_FIELDS_MAX);
        for (size_t i = 0; i < form.count; i++) {
            const struct http_field *f = &form.field[i];
            must(f->name.at && text_utf8_valid(f->name));
            must(!f->filename.at || text_utf8_valid(f->filename));
            must(f->type.at && f->value.at);
            if (!own_type && f->value.bytes > 0) {
                must(f->value.at >= body.at &&
                     f->value.at + f->value.bytes <= body.at + body.bytes);
                must(!memmem(f->value.at, f->value.bytes, "\r\n--XX\r\n", 8));
            }
            must(http_form_get(&form, "none").bytes <= bytes);
        }
    }
    arena_clear(&a);
    return 0;
}
