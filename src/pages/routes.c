/* Owns the rows of the route table that are pages. */
#include "pages/pages.h"

#include "visit.h"

/* Five photos of 20 MB and the rest of the form. */
#define REPORT_BODY_BYTES_MAX ((size_t)101 << 20)
#define SIGN_IN_BODY_BYTES_MAX ((size_t)8 * 1024)

static const struct http_route routes[] = {
    {HTTP_GET, "/", HTTP_PUBLIC, 0, pages_front_get, "The town's first page"},
    {HTTP_GET, "/report", HTTP_PUBLIC, 0, pages_report_get, "The form for a report"},
    {HTTP_POST, "/report", HTTP_PUBLIC, REPORT_BODY_BYTES_MAX, pages_report_post,
     "Sends the form; ends at the report's own page"},
    {HTTP_GET, "/r", HTTP_PUBLIC, 0, pages_lookup_get, "Finds a report by its reference (?ref=)"},
    {HTTP_GET, "/r/{ref}", HTTP_PUBLIC, 0, pages_track_get, "One report and how it is going"},
    {HTTP_GET, "/help", HTTP_PUBLIC, 0, pages_help_get, "How it works and what is kept"},
    {HTTP_GET, "/staff", HTTP_STAFF, 0, pages_board_get, "The board"},
    {HTTP_GET, "/staff/cases/{ref}", HTTP_STAFF, 0, pages_board_get,
     "The board with one case open"},
    {HTTP_GET, "/staff/sign-in", HTTP_PUBLIC, 0, pages_sign_in_get, "The staff's sign-in"},
    {HTTP_POST, "/staff/sign-in", HTTP_PUBLIC, SIGN_IN_BODY_BYTES_MAX, pages_sign_in_post,
     "Signs in"},
    {HTTP_GET, "/assets/{name}", HTTP_PUBLIC, 0, pages_asset_get, "Styles, scripts and icons"},
    {HTTP_GET, "/assets/staff/{name}", HTTP_PUBLIC, 0, pages_asset_staff_get,
     "The board app's files"},
};

const struct http_route *pages_routes(size_t *count)
{
    *count = sizeof routes / sizeof *routes;
    return routes;
}
