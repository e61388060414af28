/* Owns how a command line is read: options and operands in any order, `--name value` or
 * `--name=value`, `--` before operands that begin with a dash, `-` as an operand. Options have no
 * short forms and cannot be abbreviated, so that a script means tomorrow what it means today.
 * Refuses what the command's table does not name; never prints anything when all is well.
 */
#include "command.h"

#include "base/must.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

struct reading {
    const struct command *command;
    FILE *err;
    struct arguments *out;
};

static bool read_option(struct reading *r, const char *name, size_t bytes, const char *value);
static bool check_complete(const struct reading *r);
static bool wrong_use(const struct reading *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static const struct option *find_option(const struct command *c, const char *name, size_t bytes)
{
    for (size_t i = 0; i < c->option_count; i++) {
        const char *known = c->options[i].name;
        if (strlen(known) == bytes && memcmp(known, name, bytes) == 0) return &c->options[i];
    }
    return NULL;
}

bool arguments_parse(const struct command *c, int argc, char **argv, FILE *err,
                     struct arguments *out)
{
    must(c->option_count <= OPTIONS_MAX);
    *out = (struct arguments){.operands = argv};
    for (size_t i = 0; i < c->option_count; i++) {
        out->option[i].text = c->options[i].fallback;
    }
    struct reading r = {.command = c, .err = err, .out = out};
    bool options_ended = false;
    for (int i = 0; i < argc; i++) {
        char *word = argv[i];
        if (options_ended || word[0] != '-' || word[1] == '\0') {
            out->operands[out->operand_count++] = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            options_ended = true;
            continue;
        }
        if (word[1] != '-') {
            return wrong_use(&r, "'%s' is not known; options begin with two dashes", word);
        }
        const char *name = word + 2;
        const char *equals = strchr(name, '=');
        size_t bytes = equals ? (size_t)(equals - name) : strlen(name);
        const struct option *o = find_option(c, name, bytes);
        const char *value = equals ? equals + 1 : NULL;
        if (o && o->kind != OPTION_FLAG && !value) {
            if (i + 1 == argc) return wrong_use(&r, "--%s needs %s behind it", o->name, o->value);
            value = argv[++i];
        }
        if (!read_option(&r, name, bytes, value)) return false;
    }
    return check_complete(&r);
}

static bool read_option(struct reading *r, const char *name, size_t bytes, const char *value)
{
    const struct option *o = find_option(r->command, name, bytes);
    if (!o) return wrong_use(r, "there is no option --%.*s here", (int)bytes, name);
    struct option_value *v = &r->out->option[o - r->command->options];
    v->given = true;
    switch (o->kind) {
    case OPTION_FLAG: return value ? wrong_use(r, "--%s takes no value", o->name) : true;
    case OPTION_TEXT:
        v->text = value;
        return *value ? true : wrong_use(r, "--%s needs %s behind it", o->name, o->value);
    case OPTION_TEXTS:
        if (v->count == OPTION_TIMES_MAX) {
            return wrong_use(r, "--%s can be given %d times", o->name, OPTION_TIMES_MAX);
        }
        v->texts[v->count++] = value;
        return *value ? true : wrong_use(r, "--%s needs %s behind it", o->name, o->value);
    case OPTION_NUMBER:
        if (!text_parse_int(str_of(value), o->min, o->max, &v->number)) {
            return wrong_use(r, "--%s wants a whole number from %lld to %lld, not '%s'", o->name,
                             (long long)o->min, (long long)o->max, value);
        }
        return true;
    }
    return false;
}

static bool check_complete(const struct reading *r)
{
    const struct command *c = r->command;
    const struct arguments *a = r->out;
    for (size_t i = 0; i < c->option_count; i++) {
        if (c->options[i].needed && !a->option[i].given) {
            return wrong_use(r, "--%s %s is missing", c->options[i].name, c->options[i].value);
        }
    }
    if (a->operand_count < c->operands_min) return wrong_use(r, "%s is missing", c->operands);
    if (a->operand_count > c->operands_max) {
        return wrong_use(r, "'%s' is one thing too many", a->operands[c->operands_max]);
    }
    return true;
}

static bool wrong_use(const struct reading *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(r->err, "towndesk %s: ", r->command->name);
    vfprintf(r->err, format, args);
    fprintf(r->err, ".\n");
    va_end(args);
    command_usage(r->command, r->err);
    fprintf(r->err, "More: towndesk help %s\n", r->command->name);
    return false;
}
