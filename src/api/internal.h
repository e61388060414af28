/* What the API's files share: reading a request, printing a town's nouns as JSON, saying what was
 * wrong. Handlers stand in one file per noun and are short: typed input, one call of desk, one
 * view.
 */
#ifndef API_INTERNAL_H
#define API_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/api.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "desk/desk.h"
#include "input.h"
#include "words/words.h"

#define API_ANSWER_BYTES_MAX ((size_t)32 << 20)
#define API_JSON_BODY_BYTES_MAX ((size_t)64 << 10)
/* Five photos of 20 MB and their envelope. */
#define API_REPORT_BODY_BYTES_MAX ((size_t)101 << 20)

/* ---- handlers, by file ---- */

void report_post(struct http_request *r, void *context);   /* report.c */
void case_list_get(struct http_request *r, void *context); /* caselist.c */
void case_get(struct http_request *r, void *context);      /* casefile.c */
void case_patch(struct http_request *r, void *context);
void case_event_post(struct http_request *r, void *context);
void board_get(struct http_request *r, void *context);    /* board.c */
void media_get(struct http_request *r, void *context);    /* media.c */
void session_post(struct http_request *r, void *context); /* session.c */
void session_get(struct http_request *r, void *context);
void session_delete(struct http_request *r, void *context);
void town_get(struct http_request *r, void *context); /* town.c */
void map_get(struct http_request *r, void *context);
void openapi_get(struct http_request *r, void *context); /* openapi.c */

/* ---- openapi.c ---- */

struct str openapi_text(void); /* web/openapi.json */

/* ---- problem.c ---- */

/* Past REPORT_PROBLEMS_MAX nothing more is noted. field and code are static. */
void problem_add(struct report_problems *p, const char *field, size_t index, const char *code);

/* The words for a code of ours, desk's, http's or image's. */
struct str problem_words(enum locale l, const char *code);

/* Prints a problem document. `problems` may be NULL; `request` "" when unknown. */
void problem_print(struct buf *out, enum locale l, int status, const char *code, struct str request,
                   const struct report_problems *problems);

/* 422 "invalid" with the list, in the language `l`. */
void api_fail_problems(struct http_request *r, enum locale l,
                       const struct report_problems *problems);

/* e as http's table has it; ERR_INPUT with the list. */
void api_fail_err(struct http_request *r, enum err e, const struct report_problems *problems);

/* ---- request.c ---- */

/* ?lang=, then the language cookie, then Accept-Language, then Japanese. */
enum locale api_locale(struct http_request *r);

/* The body as a JSON object. false: answered already (415, 400, 413 …). */
bool api_read_json(struct http_request *r, struct input *out);

/* Who is asking, as an actor; the origin is the API's with a bearer token, the board's with a
 * cookie. */
struct actor api_actor(struct http_request *r);

/* If-Match as a case's version: -1 for "*", 0 (never a version) for what cannot match. false:
 * absent. */
bool api_if_match(const struct http_request *r, int64_t *version);

/* ---- answer.c ---- */

/* Sends the JSON in `body`, or what made printing it fail. `etag` "" : none. */
void api_answer(struct http_request *r, int status, const struct buf *body, struct str etag,
                enum http_caching caching);

/* The first 16 hexadecimal digits of the content's SHA-256. */
#define API_ETAG_ROOM 17
void api_etag(struct str content, char out[API_ETAG_ROOM]);

/* ---- view.c: nouns as JSON ---- */

/* What turns ids into names. */
struct view {
    enum locale locale;
    struct town town;
    const struct person *people;
    size_t people_count;
};

enum err view_open(struct desk *d, enum locale l, struct arena *a, struct view *out) ERR_CHECKED;

void view_names(struct json *j, enum locale l, struct str code, const struct names *names);
void view_card(struct json *j, const struct view *v, const struct casefile *c);
void view_cards(struct json *j, const struct view *v, const struct casefile *c, size_t count);
void view_case(struct json *j, const struct view *v, const struct case_page *page);
void view_event(struct json *j, const struct event *e);
void view_alike(struct json *j, enum locale l, const struct alike *a, size_t count);
void view_cursor(struct json *j, struct str cursor);             /* "next_cursor": text or null */
void view_time(struct json *j, const char *name, int64_t at_ms); /* 0: null */
void view_position(struct json *j, const char *name, bool known, struct position at);
void view_location(struct json *j, const struct location *l); /* the members, without the braces */
void view_media_url(struct json *j, const char *name, const char *photo_id, enum rendition kind,
                    bool there);

/* ---- board.c ---- */

struct board_cache;
struct board_cache *board_cache_new(void);
void board_cache_free(struct board_cache *c);

struct api {
    struct board_cache *boards;
    char openapi_etag[API_ETAG_ROOM];
};

/* ---- input.c ---- */

void input_use_our_memory(void); /* cJSON allocates through base/mem.h from here on */

#endif
