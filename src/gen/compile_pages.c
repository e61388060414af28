/* Owns the step from page templates to C.
 *
 *     compile_pages OUT_DIR CATALOGUE.json web/pages/NAME.html …
 *         OUT_DIR/page_<name>.c, OUT_DIR/pages/templates.h
 *
 * NAME.html becomes   void page_<name>(struct buf *out, const struct <name>_view *view);
 * _NAME.html, a part, void part_<name>(struct buf *out, enum locale, const struct <name>_part *view);
 *
 * The grammar, all of it:
 *
 *     {{photo.alt}}                     a field, escaped by its C type
 *     {{t.track.due date=case.due}}     a message of the catalogue, its placeholders from fields
 *     {{lang}}                          the locale's tag
 *     {{#if a.b}} … {{else}} … {{/if}}  is the field true, not empty, not zero?
 *     {{#each photos as photo}} … {{/each}}   fields photos and photos_count
 *     {{> top page}}                    the part _top.html with the field page
 *     {{! … }}                          a comment, not sent
 *
 * A path that is misspelt fails in the C compiler under the template's own name and line (#line).
 * Where a value may stand is markup.c's business. White space that holds a line end is sent as one
 * line end, except in <pre>, <textarea> and attributes.
 */
#include "gen.h"
#include "markup.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 16
#define WORD_ROOM 64
#define WORDS_MAX 12

enum block_kind { BLOCK_IF, BLOCK_ELSE, BLOCK_EACH };

struct block {
    enum block_kind kind;
    int line;
    struct markup before; /* where the document stood when the block began */
    struct markup branch; /* BLOCK_ELSE: where the first branch left it */
    char item[WORD_ROOM]; /* BLOCK_EACH: its name … */
    char *list;           /* … and what it means in C */
};

struct page {
    const char *file;
    char *name;
    bool is_part;
    const struct gen_catalogue *words;
    struct gen_buf out;
    struct gen_buf pending; /* text of the template that is not printed yet */
    char last;              /* the last byte sent */
    struct markup markup;
    struct block block[DEPTH_MAX];
    size_t depth;
    bool uses_view;
};

/* ---- the text between the directives ---- */

static void flush(struct page *p)
{
    for (size_t at = 0; at < p->pending.bytes;) {
        size_t n = p->pending.bytes - at;
        if (n > GEN_LITERAL_MAX / 4) n = GEN_LITERAL_MAX / 4;
        gen_add_text(&p->out, "    buf_add(out, ");
        gen_add_literal(&p->out, p->pending.at + at, n);
        gen_printf(&p->out, ", %zu);\n", n);
        at += n;
    }
    p->pending.bytes = 0;
}

static void send(struct page *p, const char *bytes, size_t count)
{
    gen_add(&p->pending, bytes, count);
    if (count) p->last = bytes[count - 1];
}

/* The run of white space at s; what is sent of it. */
static size_t white_space(struct page *p, const char *s)
{
    size_t n = strspn(s, " \t\r\n");
    bool folds = p->markup.place != MARKUP_VALUE && !p->markup.verbatim;
    if (folds && memchr(s, '\n', n)) {
        if (p->last != '\n') send(p, "\n", 1);
    } else {
        send(p, s, n);
    }
    for (size_t i = 0; i < n; i++) markup_feed(&p->markup, s[i]);
    return n;
}

static size_t plain_text(struct page *p, const char *s)
{
    if (strspn(s, " \t\r\n")) return white_space(p, s);
    send(p, s, 1);
    markup_feed(&p->markup, *s);
    return 1;
}

/* ---- directives ---- */

struct words {
    size_t count;
    char word[WORDS_MAX][WORD_ROOM];
};

static struct words split(const struct page *p, const char *s, size_t n)
{
    struct words w = {0};
    for (size_t i = 0; i < n;) {
        while (i < n && isspace((unsigned char)s[i])) i++;
        size_t from = i;
        while (i < n && !isspace((unsigned char)s[i])) i++;
        if (i == from) break;
        if (w.count == WORDS_MAX || i - from >= WORD_ROOM) {
            gen_fail(p->file, p->markup.line, "a directive is too long");
        }
        memcpy(w.word[w.count++], s + from, i - from);
    }
    return w;
}

static bool is_path(const char *path)
{
    if (!*path) return false;
    for (const char *s = path; *s; s++) {
        bool first = s == path || s[-1] == '.';
        bool letter = *s >= 'a' && *s <= 'z';
        bool rest = (*s >= '0' && *s <= '9') || *s == '_' || (*s == '.' && s[1]);
        if (!letter && (first || !rest)) return false;
    }
    return true;
}

/* The path in C: "view->a.b", or through the innermost loop whose item it names. */
static char *c_path(struct page *p, const char *path)
{
    if (!is_path(path)) {
        gen_fail(p->file, p->markup.line, "\"%s\" is not a path of fields like case.title", path);
    }
    struct gen_buf b = {0};
    size_t head = strcspn(path, ".");
    p->uses_view = true;
    for (size_t d = p->depth; d > 0; d--) {
        const struct block *block = &p->block[d - 1];
        if (block->kind != BLOCK_EACH || strlen(block->item) != head) continue;
        if (strncmp(block->item, path, head) != 0) continue;
        gen_printf(&b, "%s[i%zu]%s", block->list, d, path + head);
        return b.at;
    }
    gen_printf(&b, "view->%s", path);
    return b.at;
}

static void at_line(struct page *p)
{
    gen_printf(&p->out, "#line %d \"%s\"\n", p->markup.line, p->file);
}

/* "{{t.key name=path …}}" */
static void message(struct page *p, const struct words *w, enum markup_use use)
{
    const char *key = w->word[0] + 2;
    int line = p->markup.line;
    const struct gen_entry *e = gen_catalogue_find(p->words, key);
    if (!e) {
        struct gen_buf plural = {0};
        gen_printf(&plural, "%s.other", key);
        e = gen_catalogue_find(p->words, plural.at);
    }
    if (!e) {
        gen_error(p->file, line, "there is no message \"%s\"", key);
        return;
    }
    if (use != MARKUP_AS_TEXT && use != MARKUP_AS_ATTRIBUTE) {
        gen_fail(p->file, line, "a message in an address");
    }
    struct gen_slots slots = gen_slots_of(p->words->file, e->line, e->text), given = {0};
    struct gen_buf args = {0};
    for (size_t i = 1; i < w->count; i++) {
        size_t n = strcspn(w->word[i], "=");
        if (w->word[i][n] != '=' || n >= GEN_SLOT_ROOM || given.count == GEN_SLOTS_MAX) {
            gen_fail(p->file, line, "a placeholder is given as name=path");
        }
        char name[GEN_SLOT_ROOM] = {0};
        memcpy(name, w->word[i], n);
        if (!gen_slots_has(&slots, name)) {
            gen_error(p->file, line, "message \"%s\" has no placeholder {%s}", key, name);
        }
        memcpy(given.name[given.count++], name, sizeof name);
        gen_printf(&args, "%sPAGE_ARG(\"%s\", %s)", i > 1 ? ", " : "", name,
                   c_path(p, w->word[i] + n + 1));
    }
    for (size_t i = 0; i < slots.count; i++) {
        if (gen_slots_has(&given, slots.name[i])) continue;
        gen_error(p->file, line, "message \"%s\" needs %s=…", key, slots.name[i]);
    }
    struct gen_buf name = {0};
    gen_add_name(&name, key, true);
    at_line(p);
    gen_printf(&p->out, "    %s(out, locale, MSG_%s, ",
               use == MARKUP_AS_TEXT ? "words_msg_html" : "words_msg_attribute", name.at);
    if (args.bytes) {
        gen_printf(&p->out, "MSG_ARGS(%s));\n", args.at);
    } else {
        gen_add_text(&p->out, "MSG_NO_ARGS);\n");
    }
}

static void value(struct page *p, const struct words *w)
{
    enum markup_use use = markup_value(&p->markup);
    p->last = 'x';
    flush(p);
    if (strncmp(w->word[0], "t.", 2) == 0) {
        message(p, w, use);
        return;
    }
    if (w->count != 1) gen_fail(p->file, p->markup.line, "a value is one path");
    if (strcmp(w->word[0], "lang") == 0) {
        gen_add_text(&p->out, "    buf_add_text(out, locale_tag(locale));\n");
        return;
    }
    static const char *const macro[] = {"PAGE_TEXT", "PAGE_ATTRIBUTE", "PAGE_URL", "PAGE_URL_PART"};
    char *path = c_path(p, w->word[0]);
    at_line(p);
    gen_printf(&p->out, "    %s(out, locale, %s);\n", macro[use], path);
}

static struct block *push(struct page *p, enum block_kind kind)
{
    if (p->depth == DEPTH_MAX) gen_fail(p->file, p->markup.line, "blocks are nested too deeply");
    struct block *b = &p->block[p->depth++];
    *b = (struct block){.kind = kind, .line = p->markup.line, .before = p->markup};
    return b;
}

static struct block *pop(struct page *p, bool loop, const char *what)
{
    struct block *b = p->depth ? &p->block[p->depth - 1] : NULL;
    if (!b || (b->kind == BLOCK_EACH) != loop) {
        gen_fail(p->file, p->markup.line, "%s without its beginning", what);
    }
    p->depth--;
    return b;
}

static void begin_if(struct page *p, const struct words *w)
{
    if (w->count != 2) gen_fail(p->file, p->markup.line, "{{#if path}}");
    char *path = c_path(p, w->word[1]);
    at_line(p);
    gen_printf(&p->out, "    if (PAGE_IS(%s)) {\n", path);
    (void)push(p, BLOCK_IF);
}

static void begin_else(struct page *p)
{
    struct block *b = p->depth ? &p->block[p->depth - 1] : NULL;
    if (!b || b->kind != BLOCK_IF) {
        gen_fail(p->file, p->markup.line, "{{else}} without its {{#if}}");
    }
    b->kind = BLOCK_ELSE;
    b->branch = p->markup;
    int line = p->markup.line;
    p->markup = b->before;
    p->markup.line = line;
    gen_add_text(&p->out, "    } else {\n");
}

static void join(struct page *p, const struct block *b, const struct markup *other)
{
    if (!markup_join(&p->markup, other)) {
        gen_fail(p->file, b->line, "the block that begins here ends elsewhere in a tag");
    }
    gen_add_text(&p->out, "    }\n");
}

static void begin_each(struct page *p, const struct words *w)
{
    if (w->count != 4 || strcmp(w->word[2], "as") != 0 || !is_path(w->word[3]) ||
        strchr(w->word[3], '.')) {
        gen_fail(p->file, p->markup.line, "{{#each path as name}}");
    }
    char *list = c_path(p, w->word[1]);
    size_t d = p->depth + 1;
    at_line(p);
    gen_printf(&p->out, "    for (size_t i%zu = 0; i%zu < %s_count; i%zu++) {\n", d, d, list, d);
    struct block *b = push(p, BLOCK_EACH);
    memcpy(b->item, w->word[3], sizeof b->item);
    b->list = list;
}

static void part(struct page *p, const struct words *w)
{
    if (w->count != 3 || !is_path(w->word[1])) gen_fail(p->file, p->markup.line, "{{> part path}}");
    if (p->markup.place != MARKUP_TEXT) gen_fail(p->file, p->markup.line, "a part inside a tag");
    char *path = c_path(p, w->word[2]);
    at_line(p);
    gen_printf(&p->out, "    part_%s(out, locale, &%s);\n", w->word[1], path);
}

static void directive(struct page *p, const char *s, size_t n)
{
    struct words w = split(p, s, n);
    const char *first = w.count ? w.word[0] : "";
    bool control = strchr("#/>", *first) || strcmp(first, "else") == 0;
    if (!*first) gen_fail(p->file, p->markup.line, "an empty directive");
    if (!control) {
        value(p, &w);
        return;
    }
    flush(p);
    markup_settle(&p->markup);
    if (strcmp(first, "#if") == 0) {
        begin_if(p, &w);
    } else if (strcmp(first, "else") == 0) {
        begin_else(p);
    } else if (strcmp(first, "/if") == 0) {
        const struct block *b = pop(p, false, "{{/if}}");
        join(p, b, b->kind == BLOCK_ELSE ? &b->branch : &b->before);
    } else if (strcmp(first, "#each") == 0) {
        begin_each(p, &w);
    } else if (strcmp(first, "/each") == 0) {
        const struct block *b = pop(p, true, "{{/each}}");
        join(p, b, &b->before);
    } else if (strcmp(first, ">") == 0) {
        part(p, &w);
    } else {
        gen_fail(p->file, p->markup.line, "unknown directive \"%s\"", first);
    }
}

/* s stands at "{{". Returns the bytes up to behind "}}". */
static size_t braces(struct page *p, const char *s)
{
    const char *end = strstr(s, "}}");
    if (!end) gen_fail(p->file, p->markup.line, "\"{{\" without \"}}\"");
    size_t n = (size_t)(end + 2 - s);
    if (s[2] != '!') directive(p, s + 2, n - 4);
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\n') p->markup.line++;
    }
    return n;
}

/* ---- files ---- */

static void begin_file(struct page *p)
{
    const char *slash = strrchr(p->file, '/');
    const char *at = slash ? slash + 1 : p->file;
    p->is_part = *at == '_';
    at += p->is_part;
    size_t n = strcspn(at, ".");
    p->name = gen_copy(at, n);
    if (strcmp(at + n, ".html") != 0 || !is_path(p->name)) {
        gen_fail(p->file, 0, "a template is called name.html or _name.html");
    }
}

static void add_signature(struct gen_buf *b, const struct page *p)
{
    if (p->is_part) {
        gen_printf(b,
                   "void part_%s(struct buf *out, enum locale locale, const struct %s_part *view)",
                   p->name, p->name);
    } else {
        gen_printf(b, "void page_%s(struct buf *out, const struct %s_view *view)", p->name,
                   p->name);
    }
}

static void compile(struct page *p)
{
    struct gen_buf text = gen_read(p->file);
    if (strlen(text.at) != text.bytes) gen_fail(p->file, 0, "holds a NUL");
    markup_init(&p->markup, p->file);
    p->last = '\n';
    for (const char *s = text.at; *s;) {
        s += s[0] == '{' && s[1] == '{' ? braces(p, s) : plain_text(p, s);
    }
    flush(p);
    if (p->depth) {
        gen_fail(p->file, p->block[p->depth - 1].line, "the block that begins here has no end");
    }
    if (p->markup.place != MARKUP_TEXT) gen_fail(p->file, p->markup.line, "a tag has no end");
}

static void write_page(const char *dir, const struct page *p)
{
    struct gen_buf b = {0}, path = {0};
    gen_printf(&b,
               "/* Made by compile_pages from %s; change that. */\n"
               "#include \"views.h\"\n#include \"pages/templates.h\"\n\n",
               p->file);
    add_signature(&b, p);
    gen_add_text(&b, "\n{\n");
    if (!p->is_part) gen_add_text(&b, "    const enum locale locale = view->locale;\n");
    gen_add_text(&b, "    (void)locale;\n");
    if (!p->uses_view) gen_add_text(&b, "    (void)view;\n");
    if (p->out.bytes) gen_add(&b, p->out.at, p->out.bytes);
    gen_add_text(&b, "}\n");
    gen_printf(&path, "%s/%s_%s.c", dir, p->is_part ? "part" : "page", p->name);
    gen_write(path.at, &b);
}

static void write_header(const char *dir, const struct page *pages, size_t count)
{
    struct gen_buf b = {0}, path = {0};
    gen_add_text(&b, "/* Made by compile_pages: one function per template. */\n"
                     "#ifndef TEMPLATES_H\n#define TEMPLATES_H\n\n"
                     "#include \"base/buf.h\"\n#include \"words/words.h\"\n\n");
    for (size_t i = 0; i < count; i++) {
        gen_printf(&b, "struct %s_%s;\n", pages[i].name, pages[i].is_part ? "part" : "view");
        add_signature(&b, &pages[i]);
        gen_add_text(&b, ";\n\n");
    }
    gen_add_text(&b, "#endif\n");
    gen_printf(&path, "%s/pages/templates.h", dir);
    gen_write(path.at, &b);
}

int main(int count, char **args)
{
    if (count < 4) gen_fail("compile_pages", 0, "usage: OUT_DIR CATALOGUE.json TEMPLATE.html …");
    struct gen_catalogue words = gen_catalogue_read(args[2]);
    size_t n = (size_t)count - 3;
    struct page *pages = gen_alloc(n, sizeof *pages);
    for (size_t i = 0; i < n; i++) {
        pages[i].file = args[i + 3];
        pages[i].words = &words;
        begin_file(&pages[i]);
        compile(&pages[i]);
    }
    gen_end();
    for (size_t i = 0; i < n; i++) write_page(args[1], &pages[i]);
    write_header(args[1], pages, n);
    return 0;
}
