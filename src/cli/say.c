/* Owns the sentences that several commands share: about a town's file that cannot be used, and
 * about what a file holds. Each sentence names the file, says what is the matter without a term of
 * ours, and where there is something to do, what.
 */
#include "say.h"

#include "base/json.h"
#include "words/words.h"

#define SAID_BYTES_MAX 8192

static const char *refusal_sentence(enum store_refusal why)
{
    switch (why) {
    case STORE_MISSING: return "there is no such file. 'towndesk serve' makes a new town";
    case STORE_FOREIGN:
        return "this is not a town's file: it belongs to another program, or it is damaged";
    case STORE_NEWER:
        return "a newer towndesk made this file. Use that one; this one leaves it as it is";
    case STORE_OLDER:
        return "an older towndesk made this file. 'towndesk serve' brings it up to date, and keeps "
               "a "
               "copy of the old one";
    case STORE_DAMAGED:
        return "it is damaged. Put the last backup in its place: towndesk help restore";
    case STORE_CHANGED:
        return "its tables are not those that this towndesk made. It was changed by something "
               "else and is left as it is";
    case STORE_LOCKED: return "another program holds it. Wait until that has ended";
    case STORE_NOT_WRITABLE:
        return "it cannot be written: look at the permissions of file and folder, and whether the "
               "disk is full";
    case STORE_FINE: break;
    }
    return NULL;
}

static const char *err_sentence(enum err e)
{
    switch (e) {
    case ERR_NOT_FOUND: return "there is no such file";
    case ERR_CONFLICT: return "it exists already";
    case ERR_BUSY: return "it is in use. Try again in a moment";
    case ERR_CORRUPT: return "it is damaged";
    case ERR_NOMEM: return "there is not enough memory";
    case ERR_NONE:
    case ERR_INPUT:
    case ERR_DENIED:
    case ERR_TOO_BIG:
    case ERR_IO: break;
    }
    return "the disk said no. The log above has the details";
}

enum cli_exit say_refusal(const struct cli *cli, const char *file, enum store_refusal why,
                          enum err e)
{
    const char *sentence = refusal_sentence(why);
    return cli_fail(cli, CLI_FAILED, "%s: %s.", file, sentence ? sentence : err_sentence(e));
}

struct store *open_town(const struct cli *cli, const char *file)
{
    struct store *store = NULL;
    enum store_refusal why = STORE_FINE;
    enum err e = store_open(file, &(struct store_options){.create = false}, cli->env, &store, &why);
    if (e != ERR_NONE) {
        (void)say_refusal(cli, file, why, e);
        return NULL;
    }
    return store;
}

static void json_counts(struct json *j, const struct store_counts *c)
{
    json_key_int(j, "schema_version", c->schema_version);
    json_key_int(j, "cases", c->cases);
    json_key_int(j, "events", c->events);
    json_key_int(j, "photos", c->photos);
    json_key_int(j, "renditions", c->renditions);
    json_key_int(j, "blobs", c->blobs);
    json_key_int(j, "blob_bytes", c->blob_bytes);
    json_key_int(j, "people", c->people);
}

enum cli_exit say_buf(const struct cli *cli, const struct buf *b)
{
    struct str s = buf_str(b);
    if (buf_err(b) == ERR_NONE && fwrite(s.at, 1, s.bytes, cli->out) == s.bytes) return CLI_DONE;
    return cli_fail(cli, CLI_FAILED, "the answer could not be written.");
}

static void add_count(struct buf *b, int64_t n, const char *one, const char *many)
{
    words_number(b, n);
    buf_printf(b, " %s", n == 1 ? one : many);
}

enum cli_exit say_counts(const struct cli *cli, bool as_json, const char *file,
                         const char *sentence, const struct store_counts *counts)
{
    struct buf b;
    buf_init(&b, SAID_BYTES_MAX);
    if (as_json) {
        struct json j;
        json_init(&j, &b);
        json_object(&j);
        json_key_text(&j, "file", file);
        json_key_bool(&j, "ok", true);
        json_counts(&j, counts);
        json_key(&j, "findings");
        json_array(&j);
        json_end(&j);
        json_end(&j);
        buf_add_char(&b, '\n');
    } else {
        buf_printf(&b, "%s: %s\n  ", file, sentence);
        add_count(&b, counts->cases, "case", "cases");
        buf_add_text(&b, " with ");
        add_count(&b, counts->events, "event", "events");
        buf_add_text(&b, ", ");
        add_count(&b, counts->photos, "photo", "photos");
        buf_add_text(&b, " (");
        words_bytes(&b, counts->blob_bytes);
        buf_add_text(&b, " with their small pictures), ");
        add_count(&b, counts->people, "person", "people");
        buf_printf(&b, " of the staff; format %d\n", counts->schema_version);
    }
    enum cli_exit status = say_buf(cli, &b);
    buf_clear(&b);
    return status;
}

void say_findings(const struct cli *cli, bool as_json, const char *file,
                  const struct store_findings *findings)
{
    size_t named = sizeof findings->what / sizeof *findings->what;
    size_t shown = findings->count < named ? findings->count : named;
    if (!as_json) {
        fprintf(cli->err, "towndesk: %s is damaged:\n", file);
        for (size_t i = 0; i < shown; i++) fprintf(cli->err, "  %s\n", findings->what[i]);
        if (findings->count > shown) {
            fprintf(cli->err, "  … and %zu more\n", findings->count - shown);
        }
        return;
    }
    struct buf b;
    buf_init(&b, SAID_BYTES_MAX);
    struct json j;
    json_init(&j, &b);
    json_object(&j);
    json_key_text(&j, "file", file);
    json_key_bool(&j, "ok", false);
    json_key_int(&j, "finding_count", (int64_t)findings->count);
    json_key(&j, "findings");
    json_array(&j);
    for (size_t i = 0; i < shown; i++) json_text(&j, findings->what[i]);
    json_end(&j);
    json_end(&j);
    buf_add_char(&b, '\n');
    (void)say_buf(cli, &b);
    buf_clear(&b);
}
