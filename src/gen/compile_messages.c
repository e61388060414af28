/* Owns the step from message catalogues (flat JSON, one per locale) to C, and to the JSON that the
 * staff app's bundle reads.
 *
 *     compile_messages c OUT_DIR ja.json en.json
 *         OUT_DIR/words/messages.h: enum msg, one value per key
 *         OUT_DIR/words/messages.c: the texts, by locale and msg
 *     compile_messages bundle OUT_DIR PREFIXES ja.json staff.ja.json en.json staff.en.json
 *         OUT_DIR/staff.<tag>.json: the staff app's own keys and those shared keys of the first file
 *         whose beginning is among PREFIXES (comma between them)
 *
 * A message is a key, or a pair "key.one" and "key.other" that is chosen by its {count}; a locale
 * without a separate singular may leave out ".one". What fails the build: a key that one locale has
 * and another lacks, placeholders that differ between locales, a plural without {count}, two keys
 * that would get the same C name, empty text.
 */
#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCALES_MAX 8

struct text {
    const struct gen_entry *one, *other; /* one: NULL when there is no separate singular */
};

struct message {
    char *key;
    bool plural;
    struct text text[LOCALES_MAX];
};

struct set {
    struct gen_catalogue catalogues[LOCALES_MAX];
    size_t locales;
    struct message *messages; /* sorted by key */
    size_t count;
};

static bool ends(const char *s, const char *tail)
{
    size_t n = strlen(s), m = strlen(tail);
    return n > m && strcmp(s + n - m, tail) == 0;
}

static char *base_key(const char *key, bool *plural)
{
    size_t n = strlen(key);
    *plural = true;
    if (ends(key, ".one")) return gen_copy(key, n - 4);
    if (ends(key, ".other")) return gen_copy(key, n - 6);
    *plural = false;
    return gen_copy(key, n);
}

static void check_key(const char *file, const struct gen_entry *e)
{
    const char *k = e->key;
    bool ok = *k >= 'a' && *k <= 'z' && !strstr(k, "..") && k[strlen(k) - 1] != '.';
    if (!ok || k[strspn(k, "abcdefghijklmnopqrstuvwxyz0123456789_.")]) {
        gen_error(file, e->line, "key \"%s\" does not read like part.of_page.word", k);
    }
    if (!*e->text) gen_error(file, e->line, "key \"%s\" has no text", k);
}

static struct message *find_or_add(struct set *s, const char *file, const struct gen_entry *e)
{
    bool plural;
    char *key = base_key(e->key, &plural);
    for (size_t i = 0; i < s->count; i++) {
        struct message *m = &s->messages[i];
        if (strcmp(m->key, key) != 0) continue;
        if (m->plural != plural) {
            gen_error(file, e->line, "\"%s\" is a plural in one place and plain in another", key);
        }
        return m;
    }
    s->messages = gen_grow(s->messages, s->count, sizeof *s->messages);
    s->messages[s->count] = (struct message){.key = key, .plural = plural};
    return &s->messages[s->count++];
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct message *)a)->key, ((const struct message *)b)->key);
}

static void collect(struct set *s, size_t locale)
{
    const struct gen_catalogue *c = &s->catalogues[locale];
    for (size_t i = 0; i < c->count; i++) {
        const struct gen_entry *e = &c->entries[i];
        check_key(c->file, e);
        struct text *t = &find_or_add(s, c->file, e)->text[locale];
        if (ends(e->key, ".one")) {
            t->one = e;
        } else {
            t->other = e;
        }
    }
}

static void print_slots(struct gen_buf *b, const struct gen_slots *s)
{
    if (s->count == 0) gen_add_text(b, "none");
    for (size_t i = 0; i < s->count; i++) gen_printf(b, "%s{%s}", i ? " " : "", s->name[i]);
}

static void compare_slots(const char *file, const struct gen_entry *e, const struct gen_slots *want,
                          const struct gen_slots *have, bool count_may_lack)
{
    bool same = true;
    for (size_t i = 0; i < want->count; i++) {
        if (count_may_lack && strcmp(want->name[i], "count") == 0) continue;
        same = same && gen_slots_has(have, want->name[i]);
    }
    for (size_t i = 0; i < have->count; i++) same = same && gen_slots_has(want, have->name[i]);
    if (same) return;
    struct gen_buf a = {0}, b = {0};
    print_slots(&a, have);
    print_slots(&b, want);
    gen_error(file, e->line, "placeholders of \"%s\": %s here, %s elsewhere", e->key, a.at, b.at);
}

static void check_message(const struct set *s, const struct message *m)
{
    const struct gen_slots *want = NULL;
    struct gen_slots first = {0};
    for (size_t l = 0; l < s->locales; l++) {
        const char *file = s->catalogues[l].file;
        const struct text *t = &m->text[l];
        if (!t->other) {
            gen_error(file, 0, "key \"%s%s\" is missing", m->key, m->plural ? ".other" : "");
            continue;
        }
        struct gen_slots other = gen_slots_of(file, t->other->line, t->other->text);
        if (m->plural && !gen_slots_has(&other, "count")) {
            gen_error(file, t->other->line, "\"%s\" is a plural without {count}", t->other->key);
        }
        if (!want) {
            first = other;
            want = &first;
        }
        compare_slots(file, t->other, want, &other, false);
        if (t->one) {
            struct gen_slots one = gen_slots_of(file, t->one->line, t->one->text);
            compare_slots(file, t->one, &other, &one, true);
        }
    }
}

static char *c_name(const char *key)
{
    struct gen_buf b = {0};
    gen_add_name(&b, key, true);
    return b.at;
}

static void check_names(const struct set *s)
{
    for (size_t i = 0; i < s->count; i++) {
        for (size_t k = i + 1; k < s->count; k++) {
            if (strcmp(c_name(s->messages[i].key), c_name(s->messages[k].key)) == 0) {
                gen_error(s->catalogues[0].file, 0, "\"%s\" and \"%s\" would both be MSG_%s",
                          s->messages[i].key, s->messages[k].key, c_name(s->messages[i].key));
            }
        }
    }
}

static struct set read_set(char **files, size_t count)
{
    struct set s = {.locales = count};
    for (size_t l = 0; l < count; l++) {
        s.catalogues[l] = gen_catalogue_read(files[l]);
        collect(&s, l);
    }
    if (s.count) qsort(s.messages, s.count, sizeof *s.messages, by_key);
    for (size_t i = 0; i < s.count; i++) check_message(&s, &s.messages[i]);
    check_names(&s);
    return s;
}

/* "web/locales/staff.ja.json" -> "ja" */
static char *tag_of(const char *file)
{
    const char *end = strstr(file, ".json");
    if (!end || end[5]) gen_fail(file, 0, "a catalogue's name ends in .json");
    const char *at = end;
    while (at > file && at[-1] != '.' && at[-1] != '/') at--;
    return gen_copy(at, (size_t)(end - at));
}

static void write_header(const char *dir, const struct set *s)
{
    struct gen_buf b = {0};
    gen_add_text(&b, "/* Made by compile_messages from the catalogues; change those. */\n"
                     "#ifndef WORDS_MESSAGES_H\n#define WORDS_MESSAGES_H\n\nenum msg {\n");
    for (size_t i = 0; i < s->count; i++) {
        gen_printf(&b, "    MSG_%s,\n", c_name(s->messages[i].key));
    }
    gen_printf(&b, "};\n\n#define MSG_COUNT %zu\n\n#endif\n", s->count);
    struct gen_buf path = {0};
    gen_printf(&path, "%s/words/messages.h", dir);
    gen_write(path.at, &b);
}

static void add_str(struct gen_buf *b, const struct gen_entry *e)
{
    if (!e) {
        gen_add_text(b, "{0, 0}");
        return;
    }
    if (strlen(e->text) > GEN_LITERAL_MAX) gen_fail("catalogue", e->line, "a text is too long");
    gen_add_text(b, "{");
    gen_add_literal(b, e->text, strlen(e->text));
    gen_printf(b, ", %zu}", strlen(e->text));
}

static void write_table(const char *dir, const struct set *s)
{
    struct gen_buf b = {0};
    gen_add_text(&b, "/* Made by compile_messages from the catalogues; change those. */\n"
                     "#include \"table.h\"\n\n");
    gen_printf(&b, "_Static_assert(LOCALE_COUNT == %zu, \"one catalogue per locale\");\n",
               s->locales);
    for (size_t l = 0; l < s->locales; l++) {
        char *tag = tag_of(s->catalogues[l].file);
        gen_printf(&b, "_Static_assert(LOCALE_%s == %zu, \"the order of the catalogues\");\n",
                   c_name(tag), l);
    }
    gen_add_text(&b, "\nconst char *const words_keys[MSG_COUNT] = {\n");
    for (size_t i = 0; i < s->count; i++) gen_printf(&b, "    \"%s\",\n", s->messages[i].key);
    gen_add_text(&b, "};\n\nconst struct words_text words_table[LOCALE_COUNT][MSG_COUNT] = {\n");
    for (size_t l = 0; l < s->locales; l++) {
        gen_add_text(&b, "    {\n");
        for (size_t i = 0; i < s->count; i++) {
            gen_add_text(&b, "        {");
            add_str(&b, s->messages[i].text[l].one);
            gen_add_text(&b, ", ");
            add_str(&b, s->messages[i].text[l].other);
            gen_add_text(&b, "},\n");
        }
        gen_add_text(&b, "    },\n");
    }
    gen_add_text(&b, "};\n");
    struct gen_buf path = {0};
    gen_printf(&path, "%s/words/messages.c", dir);
    gen_write(path.at, &b);
}

static void add_json(struct gen_buf *b, const char *text)
{
    gen_add(b, "\"", 1);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') gen_add(b, "\\", 1);
        if (*text == '\n') {
            gen_add_text(b, "\\n");
        } else if (*text == '\t') {
            gen_add_text(b, "\\t");
        } else {
            gen_add(b, text, 1);
        }
    }
    gen_add(b, "\"", 1);
}

static bool shared(const char *key, const char *prefixes)
{
    while (*prefixes) {
        size_t n = strcspn(prefixes, ",");
        if (n && strncmp(key, prefixes, n) == 0) return true;
        prefixes += n + (prefixes[n] == ',');
    }
    return false;
}

static void write_bundle(const char *dir, const char *prefixes, const struct gen_catalogue *words,
                         const struct gen_catalogue *staff)
{
    struct gen_buf b = {0};
    const char *comma = "{";
    for (size_t i = 0; i < words->count; i++) {
        if (!shared(words->entries[i].key, prefixes)) continue;
        gen_printf(&b, "%s\n", comma);
        add_json(&b, words->entries[i].key);
        gen_add_text(&b, ":");
        add_json(&b, words->entries[i].text);
        comma = ",";
    }
    for (size_t i = 0; i < staff->count; i++) {
        gen_printf(&b, "%s\n", comma);
        add_json(&b, staff->entries[i].key);
        gen_add_text(&b, ":");
        add_json(&b, staff->entries[i].text);
        comma = ",";
    }
    gen_add_text(&b, *comma == '{' ? "{}\n" : "\n}\n");
    struct gen_buf path = {0};
    gen_printf(&path, "%s/staff.%s.json", dir, tag_of(words->file));
    gen_write(path.at, &b);
}

static int bundle(int count, char **args)
{
    char *words[LOCALES_MAX], *staff[LOCALES_MAX];
    size_t n = (size_t)(count - 4) / 2;
    if (count < 6 || count % 2 || n > LOCALES_MAX) gen_fail("compile_messages", 0, "bad arguments");
    for (size_t i = 0; i < n; i++) {
        words[i] = args[4 + 2 * i];
        staff[i] = args[5 + 2 * i];
        if (strcmp(tag_of(words[i]), tag_of(staff[i])) != 0) {
            gen_fail(staff[i], 0, "is not of the same locale as %s", words[i]);
        }
    }
    struct set shared_words = read_set(words, n), own = read_set(staff, n);
    for (size_t l = 0; l < n; l++) {
        for (size_t i = 0; i < own.catalogues[l].count; i++) {
            const struct gen_entry *e = &own.catalogues[l].entries[i];
            if (strncmp(e->key, "staff.", 6) != 0) {
                gen_error(staff[l], e->line, "key \"%s\" does not begin with staff.", e->key);
            }
        }
    }
    gen_end();
    for (size_t l = 0; l < n; l++) {
        write_bundle(args[2], args[3], &shared_words.catalogues[l], &own.catalogues[l]);
    }
    return 0;
}

int main(int count, char **args)
{
    if (count >= 4 && strcmp(args[1], "bundle") == 0) return bundle(count, args);
    if (count < 4 || count > 3 + LOCALES_MAX || strcmp(args[1], "c") != 0) {
        gen_fail("compile_messages", 0, "usage: c OUT_DIR CATALOGUE… | bundle OUT_DIR PREFIXES …");
    }
    struct set s = read_set(args + 3, (size_t)(count - 3));
    gen_end();
    write_header(args[2], &s);
    write_table(args[2], &s);
    return 0;
}
