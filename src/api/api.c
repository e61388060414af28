/* Owns the API's route table and its state. A new address is a row here, a handler in the file of
 * its noun, and a path in web/openapi.json; the tests walk all three.
 */
#include "internal.h"

#include "base/mem.h"

enum err api_open(struct api **out)
{
    input_use_our_memory();
    struct api *api = mem_alloc(sizeof *api);
    if (!api) return ERR_NOMEM;
    *api = (struct api){.boards = board_cache_new()};
    if (!api->boards) {
        mem_free(api);
        return ERR_NOMEM;
    }
    api_etag(openapi_text(), api->openapi_etag);
    *out = api;
    return ERR_NONE;
}

void api_close(struct api *api)
{
    if (!api) return;
    board_cache_free(api->boards);
    mem_free(api);
}

const struct http_route *api_routes(size_t *count)
{
    static const struct http_route routes[] = {
        {HTTP_POST, "/api/v1/reports", HTTP_PUBLIC, API_REPORT_BODY_BYTES_MAX, report_post,
         "Send a report: photos and words become a case"},
        {HTTP_GET, "/api/v1/town", HTTP_PUBLIC, 0, town_get,
         "The town's name, numbers, categories and departments"},
        {HTTP_GET, "/api/v1/map", HTTP_PUBLIC, 0, map_get, "The town's base map (GeoJSON)"},
        {HTTP_GET, "/media/{id}/{rendition}", HTTP_PUBLIC, 0, media_get,
         "A photo: thumb or screen for all, original for staff"},
        {HTTP_GET, "/api/v1/openapi.json", HTTP_PUBLIC, 0, openapi_get,
         "This API, described (OpenAPI 3.1)"},

        {HTTP_POST, "/api/v1/session", HTTP_PUBLIC, API_JSON_BODY_BYTES_MAX, session_post,
         "Sign in"},
        {HTTP_GET, "/api/v1/session", HTTP_STAFF, 0, session_get, "Who is signed in"},
        {HTTP_DELETE, "/api/v1/session", HTTP_STAFF, 0, session_delete, "Sign out"},

        {HTTP_GET, "/api/v1/board", HTTP_STAFF, 0, board_get, "The board, column by column"},
        {HTTP_GET, "/api/v1/cases", HTTP_STAFF, 0, case_list_get, "Cases, filtered, page by page"},
        {HTTP_GET, "/api/v1/cases/{ref}", HTTP_STAFF, 0, case_get,
         "One case with photos and history"},
        {HTTP_PATCH, "/api/v1/cases/{ref}", HTTP_STAFF, API_JSON_BODY_BYTES_MAX, case_patch,
         "Change a case (If-Match)"},
        {HTTP_POST, "/api/v1/cases/{ref}/events", HTTP_STAFF, API_JSON_BODY_BYTES_MAX,
         case_event_post, "Add an internal note or a public reply"},
    };
    *count = sizeof routes / sizeof *routes;
    return routes;
}
