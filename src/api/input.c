/* Owns reading JSON: the one file that sees cJSON. The tree that cJSON makes lives within
 * input_read alone; what is kept of it is flat and in the arena. What cJSON would let pass is
 * refused before: bytes that are not UTF-8, nesting that costs stack, U+0000 (which would end a C
 * string early).
 */
#include "input.h"

#include "internal.h"

#include "base/mem.h"
#include "base/text.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "cJSON.h"

/* cJSON writes the place of its last mistake into a global, even when there is none. A body takes
 * it microseconds, and few requests bring one. */
static pthread_mutex_t cjson_lock = PTHREAD_MUTEX_INITIALIZER;

/* The least that keeps cJSON's recursion shallow, without understanding JSON: brackets outside of
 * strings, and the escape for U+0000 inside of them. */
static enum err check_surface(struct str body)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < body.bytes; i++) {
        char c = body.at[i];
        if (in_string) {
            struct str rest = {body.at + i, body.bytes - i};
            if (str_starts(rest, STR("\\u0000"))) return ERR_INPUT;
            if (c == '\\') i++;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > INPUT_DEPTH_MAX) return ERR_TOO_BIG;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return text_utf8_valid(body) ? ERR_NONE : ERR_INPUT;
}

static enum err keep_text(const char *text, struct arena *a, struct str *out)
{
    *out = arena_str(a, str_of(text));
    if (!out->at) return ERR_NOMEM;
    /* A lone surrogate that was escaped comes out as bytes that are not UTF-8. */
    return text_utf8_valid(*out) ? ERR_NONE : ERR_INPUT;
}

static enum err keep_member(const cJSON *item, struct arena *a, struct input *out)
{
    if (out->count == INPUT_MEMBERS_MAX) return ERR_TOO_BIG;
    struct input_member *m = &out->member[out->count];
    *m = (struct input_member){.kind = INPUT_NESTED};
    enum err e = keep_text(item->string, a, &m->name);
    if (e != ERR_NONE) return e;
    if (input_get(out, item->string)) return ERR_INPUT;
    if (cJSON_IsNull(item)) {
        m->kind = INPUT_NULL;
    } else if (cJSON_IsString(item)) {
        m->kind = INPUT_TEXT;
        e = keep_text(item->valuestring, a, &m->text);
    } else if (cJSON_IsNumber(item)) {
        m->kind = INPUT_NUMBER;
        m->number = item->valuedouble;
        if (!isfinite(m->number)) e = ERR_INPUT;
    } else if (cJSON_IsBool(item)) {
        m->kind = INPUT_BOOL;
        m->number = cJSON_IsTrue(item) ? 1 : 0;
    }
    out->count += e == ERR_NONE;
    return e;
}

enum err input_read(struct str body, struct arena *a, struct input *out)
{
    enum err e = check_surface(body);
    if (e != ERR_NONE) return e;
    char *text = arena_text(a, body); /* cJSON wants the NUL to know that nothing stands behind */
    if (!text) return ERR_NOMEM;
    pthread_mutex_lock(&cjson_lock);
    cJSON *tree = cJSON_ParseWithLengthOpts(text, body.bytes + 1, NULL, true);
    pthread_mutex_unlock(&cjson_lock);
    struct input found = {.count = 0};
    if (!cJSON_IsObject(tree)) e = ERR_INPUT;
    const cJSON *item = e == ERR_NONE ? tree->child : NULL;
    for (; item && e == ERR_NONE; item = item->next) e = keep_member(item, a, &found);
    cJSON_Delete(tree);
    if (e == ERR_NONE) *out = found;
    return e;
}

const struct input_member *input_get(const struct input *in, const char *name)
{
    struct str wanted = str_of(name);
    for (size_t i = 0; i < in->count; i++) {
        if (str_equal(in->member[i].name, wanted)) return &in->member[i];
    }
    return NULL;
}

enum input_said input_text(const struct input *in, const char *name,
                           struct report_problems *problems, struct str *out)
{
    const struct input_member *m = input_get(in, name);
    if (!m) return INPUT_ABSENT;
    if (m->kind == INPUT_NULL) return INPUT_CLEARED;
    if (m->kind != INPUT_TEXT) {
        problem_add(problems, name, 0, "not_text");
        return INPUT_ABSENT;
    }
    *out = m->text;
    return INPUT_SAID;
}

enum input_said input_number(const struct input *in, const char *name,
                             struct report_problems *problems, double *out)
{
    const struct input_member *m = input_get(in, name);
    if (!m) return INPUT_ABSENT;
    if (m->kind == INPUT_NULL) return INPUT_CLEARED;
    if (m->kind != INPUT_NUMBER) {
        problem_add(problems, name, 0, "not_a_number");
        return INPUT_ABSENT;
    }
    *out = m->number;
    return INPUT_SAID;
}

void input_use_our_memory(void)
{
    cJSON_Hooks hooks = {.malloc_fn = mem_alloc, .free_fn = mem_free};
    cJSON_InitHooks(&hooks);
}
