/* `towndesk version`: ours, and that of everything linked in. SQLite and OpenSSL are asked
 * themselves; the others have no better witness than the list that they were built from.
 */
#include "say.h"

#include "base/json.h"
#include "crypto/crypto.h"
#include "store/store.h"
#include "towndesk_version.h"

#include <string.h>
#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

enum { JSON };
static const struct option options[] = {
    [JSON] = {.name = "json", .kind = OPTION_FLAG, .help = "answer with one line of JSON"},
};

struct library {
    const char *key, *version;
};

#define ROW(key, version) {(key), (version)},
static const struct library linked[] = {TOWNDESK_LINKED(ROW)};
#define LINKED_COUNT (sizeof linked / sizeof *linked)

static const char *title(const char *key)
{
    static const struct {
        const char *key, *title;
    } titles[] = {
        {"sqlite", "SQLite"}, {"openssl", "OpenSSL"}, {"jpeg", "libjpeg-turbo"},
        {"exif", "libexif"},  {"png", "libpng"},      {"webp", "libwebp"},
        {"cjson", "cJSON"},
    };
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        if (strcmp(titles[i].key, key) == 0) return titles[i].title;
    }
    return key;
}

static const char *asked_version(const struct library *l)
{
    if (strcmp(l->key, "sqlite") == 0) return store_sqlite_version();
    if (strcmp(l->key, "openssl") == 0) {
        const char *said = crypto_version(); /* "OpenSSL 3.5.7 …" */
        const char *space = strchr(said, ' ');
        return space ? space + 1 : said;
    }
    return l->version;
}

static const char *libc_version(void)
{
#if defined(__GLIBC__)
    return gnu_get_libc_version();
#else
    return "musl";
#endif
}

static enum cli_exit run(const struct cli *cli, const struct arguments *args)
{
    if (!args->option[JSON].given) {
        fprintf(cli->out, "towndesk %s (%s)\n", TOWNDESK_VERSION, TOWNDESK_FLAVOUR);
        for (size_t i = 0; i < LINKED_COUNT; i++) {
            fprintf(cli->out, "  %-14s %s\n", title(linked[i].key), asked_version(&linked[i]));
        }
        fprintf(cli->out, "  %-14s %s\n", "libc", libc_version());
        return CLI_DONE;
    }
    struct buf b;
    buf_init(&b, 8192);
    struct json j;
    json_init(&j, &b);
    json_object(&j);
    json_key_text(&j, "towndesk", TOWNDESK_VERSION);
    json_key_text(&j, "flavour", TOWNDESK_FLAVOUR);
    for (size_t i = 0; i < LINKED_COUNT; i++) {
        json_key_text(&j, title(linked[i].key), asked_version(&linked[i]));
    }
    json_key_text(&j, "libc", libc_version());
    json_end(&j);
    buf_add_char(&b, '\n');
    enum cli_exit status = say_buf(cli, &b);
    buf_clear(&b);
    return status;
}

const struct command command_version = {
    .name = "version",
    .operands = "",
    .summary = "say which version this is, and of what it is made",
    .details = "",
    COMMAND_OPTIONS(options),
    .run = run,
};
