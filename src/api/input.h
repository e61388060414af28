/* A JSON body as the API takes one: a flat object of texts, numbers and truth values.
 *
 *     {"status": "done", "outcome": "fixed", "department": null, "lat": 35.1}
 *
 * Read once into an array in the request's arena; asked by name. Members that nobody asks for are
 * not looked at. What is asked for and has the wrong type becomes a problem.
 */
#ifndef API_INPUT_H
#define API_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "desk/desk.h"

#define INPUT_MEMBERS_MAX 64
#define INPUT_DEPTH_MAX 16

enum input_kind { INPUT_NULL, INPUT_TEXT, INPUT_NUMBER, INPUT_BOOL, INPUT_NESTED };

struct input_member {
    struct str name;
    enum input_kind kind;
    struct str text;
    double number; /* of a truth value: 0 or 1 */
};

struct input {
    struct input_member member[INPUT_MEMBERS_MAX];
    size_t count;
};

/* Any bytes. ERR_INPUT: not UTF-8, not JSON (RFC 8259), not an object, a name twice, U+0000 in it;
 * ERR_TOO_BIG: more members or deeper than the limits. Text is owned by the arena. */
enum err input_read(struct str body, struct arena *a, struct input *out) ERR_CHECKED;

/* NULL: absent. */
const struct input_member *input_get(const struct input *in, const char *name);

/* What one member says. NULL is told apart from absent: it clears. */
enum input_said { INPUT_ABSENT, INPUT_CLEARED, INPUT_SAID };

/* With INPUT_SAID *out is set; another type than the one asked for is a problem and INPUT_ABSENT.
 */
enum input_said input_text(const struct input *in, const char *name,
                           struct report_problems *problems, struct str *out);
enum input_said input_number(const struct input *in, const char *name,
                             struct report_problems *problems, double *out);

#endif
