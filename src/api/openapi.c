/* GET /api/v1/openapi.json: the description of this API, as it stands in web/openapi.json. The
 * assembler puts the file's bytes into the program, so that there is no copy to keep in step; the
 * file is found through include/api, which every compilation of this room sees. A unit test
 * compares.
 */
#include "internal.h"

__asm__(".section .rodata.openapi,\"a\",@progbits\n"
        ".global towndesk_openapi\n"
        "towndesk_openapi:\n"
        ".incbin \"api/../../web/openapi.json\"\n"
        ".global towndesk_openapi_end\n"
        "towndesk_openapi_end:\n"
        ".byte 0\n"
        ".previous\n");

extern const char towndesk_openapi[], towndesk_openapi_end[];

struct str openapi_text(void)
{
    return (struct str){towndesk_openapi, (size_t)(towndesk_openapi_end - towndesk_openapi)};
}

void openapi_get(struct http_request *r, void *context)
{
    const struct app *app = context;
    struct http_answer answer = {.status = 200,
                                 .type = "application/json",
                                 .body = openapi_text(),
                                 .caching = HTTP_NO_CACHE,
                                 .etag = str_of(app->api->openapi_etag)};
    http_answer(r, &answer);
}
