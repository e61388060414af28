/* Owns the step from schema/NNNN_name.sql to a C table that the store opens a file with.
 *
 *     embed_schema OUT_DIR schema/0001_town.sql schema/0002_….sql …
 *         OUT_DIR/schema/schema_embedded.h, OUT_DIR/schema/schema_embedded.c
 *
 * The versions must be 1, 2, 3 … without a gap or a double: a migration that is left out at build
 * would make a file that no release knows.
 */
#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct migration {
    const char *file;
    char *name; /* "0001_town" */
    int version;
    struct gen_buf sql;
};

static int by_version(const void *a, const void *b)
{
    return ((const struct migration *)a)->version - ((const struct migration *)b)->version;
}

static struct migration read_migration(const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *at = slash ? slash + 1 : file;
    size_t digits = strspn(at, "0123456789"), n = strcspn(at, ".");
    if (digits != 4 || at[4] != '_' || strcmp(at + n, ".sql") != 0) {
        gen_fail(file, 0, "a migration is called NNNN_name.sql");
    }
    struct migration m = {.file = file, .name = gen_copy(at, n), .sql = gen_read(file)};
    for (size_t i = 0; i < 4; i++) m.version = m.version * 10 + (at[i] - '0');
    if (strlen(m.sql.at) != m.sql.bytes) gen_fail(file, 0, "holds a NUL");
    return m;
}

static void write_header(const char *dir, size_t count)
{
    struct gen_buf b = {0}, path = {0};
    gen_printf(&b,
               "/* Made by embed_schema: the migrations in schema/, in their order. */\n"
               "#ifndef SCHEMA_SCHEMA_EMBEDDED_H\n#define SCHEMA_SCHEMA_EMBEDDED_H\n\n"
               "struct schema_migration {\n"
               "    int version;      /* 1, 2, … */\n"
               "    const char *name; /* \"0001_town\" */\n"
               "    const char *sql;  /* the file's text, terminated */\n"
               "};\n\n"
               "#define SCHEMA_MIGRATION_COUNT %zu\n"
               "extern const struct schema_migration schema_migrations[SCHEMA_MIGRATION_COUNT];\n\n"
               "#endif\n",
               count);
    gen_printf(&path, "%s/schema/schema_embedded.h", dir);
    gen_write(path.at, &b);
}

static void write_table(const char *dir, const struct migration *list, size_t count)
{
    struct gen_buf b = {0}, path = {0};
    gen_add_text(&b, "/* Made by embed_schema from schema/; change that. */\n"
                     "#include \"schema/schema_embedded.h\"\n\n");
    /* Arrays, not literals: C guarantees only 4095 characters of a literal. */
    for (size_t i = 0; i < count; i++) {
        gen_printf(&b, "static const unsigned char sql_%d[%zu] = {\n", list[i].version,
                   list[i].sql.bytes + 1);
        gen_add_bytes(&b, list[i].sql.at, list[i].sql.bytes);
        gen_add_text(&b, "0};\n\n");
    }
    gen_add_text(&b,
                 "const struct schema_migration schema_migrations[SCHEMA_MIGRATION_COUNT] = {\n");
    for (size_t i = 0; i < count; i++) {
        gen_printf(&b, "    {%d, \"%s\", (const char *)sql_%d},\n", list[i].version, list[i].name,
                   list[i].version);
    }
    gen_add_text(&b, "};\n");
    gen_printf(&path, "%s/schema/schema_embedded.c", dir);
    gen_write(path.at, &b);
}

int main(int count, char **args)
{
    if (count < 3) gen_fail("embed_schema", 0, "usage: OUT_DIR FILE.sql …");
    size_t n = (size_t)count - 2;
    struct migration *list = gen_alloc(n, sizeof *list);
    for (size_t i = 0; i < n; i++) list[i] = read_migration(args[i + 2]);
    qsort(list, n, sizeof *list, by_version);
    for (size_t i = 0; i < n; i++) {
        if (list[i].version != (int)i + 1) {
            gen_error(list[i].file, 0, "migration %zu is missing or doubled", i + 1);
            break;
        }
    }
    gen_end();
    write_header(args[1], n);
    write_table(args[1], list, n);
    return 0;
}
