/* Owns the step from asset files to a C table that pages serves from.
 *
 *     embed_assets LIST OUT.c
 *
 * LIST has one line per asset, four fields with a tab between: its name ("staff/app.js"), its file,
 * and its gzip and Brotli forms, "-" for none (pack_assets.mjs writes it). Each asset is found by two
 * addresses: its plain name, which must be revalidated, and a name that holds its content's hash and
 * may be cached for ever. A bundler's own hash ("app-QW3RT7YU.js") is kept and the plain name is the
 * one without it. Two assets of one name, and a type that nobody named here, fail the build.
 */
#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct asset {
    char *plain, *hashed;
    const char *type;
    uint64_t hash;
    struct gen_buf form[3]; /* raw, gzip, Brotli; .at NULL: none */
};

static const char *const form_names[3] = {"raw", "gz", "br"};

static const struct {
    const char *end, *type;
} types[] = {
    {".css", "text/css"},      {".js", "text/javascript"},
    {".svg", "image/svg+xml"}, {".png", "image/png"},
    {".ico", "image/x-icon"},  {".json", "application/json"},
    {".txt", "text/plain"},    {".webmanifest", "application/manifest+json"},
    {".webp", "image/webp"},   {".geojson", "application/geo+json"},
    {".woff2", "font/woff2"},
};

static const char *type_of(const char *list, int line, const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++) {
        if (strcmp(dot, types[i].end) == 0) return types[i].type;
    }
    gen_fail(list, line, "no content type is known for \"%s\"", name);
}

/* FNV-1a, 64 bits. Source: Fowler, Noll, Vo, draft-eastlake-fnv. Told apart, not protected. */
static uint64_t hash_of(const struct gen_buf *b)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < b->bytes; i++) {
        h = (h ^ (unsigned char)b->at[i]) * UINT64_C(0x100000001b3);
    }
    return h;
}

/* Where "-QW3RT7YU" begins, as esbuild writes it before the last dot; NULL: there is none. */
static const char *bundler_hash(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (!dot || dot - name < 10 || dot[-9] != '-') return NULL;
    for (const char *p = dot - 8; p < dot; p++) {
        if (!((*p >= 'A' && *p <= 'Z') || (*p >= '2' && *p <= '7'))) return NULL;
    }
    return dot - 9;
}

static void name_asset(struct asset *a, const char *name)
{
    const char *dot = strrchr(name, '.'), *own = bundler_hash(name);
    struct gen_buf plain = {0}, hashed = {0};
    if (own) {
        gen_add(&plain, name, (size_t)(own - name));
        gen_add_text(&plain, dot);
        gen_add_text(&hashed, name);
    } else {
        gen_add_text(&plain, name);
        gen_printf(&hashed, "%.*s.%010llx%s", (int)(dot - name), name,
                   (unsigned long long)(a->hash >> 24), dot);
    }
    a->plain = plain.at;
    a->hashed = hashed.at;
}

static struct asset read_asset(const char *list, int line, char *row)
{
    char *field[4];
    for (size_t i = 0; i < 4; i++) {
        field[i] = row;
        row = row ? strchr(row, '\t') : NULL;
        if (row) *row++ = 0;
        if (!field[i]) gen_fail(list, line, "four fields with tabs between are wanted");
    }
    struct asset a = {.type = type_of(list, line, field[0])};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(field[i + 1], "-") == 0) continue;
        a.form[i] = gen_read(field[i + 1]);
        /* A packed form that is no smaller only costs room. */
        if (i > 0 && a.form[i].bytes >= a.form[0].bytes) a.form[i] = (struct gen_buf){0};
    }
    if (!a.form[0].at) gen_fail(list, line, "an asset needs its file");
    a.hash = hash_of(&a.form[0]);
    name_asset(&a, field[0]);
    return a;
}

static int by_plain(const void *a, const void *b)
{
    return strcmp(((const struct asset *)a)->plain, ((const struct asset *)b)->plain);
}

static void add_form(struct gen_buf *b, const struct asset *a, size_t i, size_t form)
{
    if (a->form[form].bytes) {
        gen_printf(b, "{(const char *)%s_%zu, %zu}", form_names[form], i, a->form[form].bytes);
    } else {
        gen_add_text(b, "{\"\", 0}");
    }
}

static void write_table(const char *path, const struct asset *list, size_t count)
{
    struct gen_buf b = {0};
    gen_add_text(&b, "/* Made by embed_assets. */\n#include \"asset.h\"\n\n");
    for (size_t i = 0; i < count; i++) {
        for (size_t f = 0; f < 3; f++) {
            if (!list[i].form[f].bytes) continue;
            gen_printf(&b, "static const unsigned char %s_%zu[%zu] = {\n", form_names[f], i,
                       list[i].form[f].bytes);
            gen_add_bytes(&b, list[i].form[f].at, list[i].form[f].bytes);
            gen_add_text(&b, "};\n");
        }
    }
    gen_printf(&b, "\nconst size_t asset_count = %zu;\n\nconst struct asset asset_table[%zu] = {\n",
               count, count ? count : 1);
    for (size_t i = 0; i < count; i++) {
        const struct asset *a = &list[i];
        gen_printf(&b, "    {\"%s\", \"%s\", \"%s\", \"%016llx\", ", a->plain, a->hashed, a->type,
                   (unsigned long long)a->hash);
        for (size_t f = 0; f < 3; f++) {
            add_form(&b, a, i, f);
            gen_add_text(&b, f < 2 ? ", " : "},\n");
        }
    }
    if (!count) gen_add_text(&b, "    {0}\n");
    gen_add_text(&b, "};\n");
    gen_write(path, &b);
}

int main(int count, char **args)
{
    if (count != 3) gen_fail("embed_assets", 0, "usage: LIST OUT.c");
    struct gen_buf text = gen_read(args[1]);
    struct asset *list = NULL;
    size_t n = 0;
    int line = 1;
    for (char *row = text.at; *row; line++) {
        char *end = row + strcspn(row, "\n");
        bool last = !*end;
        *end = 0;
        if (*row) {
            list = gen_grow(list, n, sizeof *list);
            list[n++] = read_asset(args[1], line, row);
        }
        row = last ? end : end + 1;
    }
    if (n) qsort(list, n, sizeof *list, by_plain);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(list[i - 1].plain, list[i].plain) == 0) {
            gen_error(args[1], 0, "two assets are called \"%s\"", list[i].plain);
        }
    }
    gen_end();
    write_table(args[2], list, n);
    return 0;
}
