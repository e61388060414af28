/* `towndesk photo`: what photos say of themselves, one line of JSON each. No town, no file of ours:
 * the image room alone, with one workspace per thread. A bad photo is an answer; only a file that
 * cannot be read, or a rendition that cannot be written, makes the command fail.
 */
#include "files.h"
#include "pool.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include "image/photo.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { THUMB };
static const struct option options[] = {
    [THUMB] = {.name = "thumb",
               .value = "DIR",
               .kind = OPTION_TEXT,
               .help = "write small pictures there"},
};

struct job {
    const struct cli *cli;
    char **names;
    const char *thumb_dir; /* NULL: none asked for */
    struct image_limits limits;
};

struct worker {
    struct image_workspace *ws;
    struct file_read file;
};

/* What a line says. */
struct findings {
    const char *name;
    int64_t bytes; /* -1: unknown */
    bool has_sha256;
    uint8_t sha256[32];
    struct image_result image;
    const char *error_code, *error_message; /* NULL: none */
};

static void *begin(void *context)
{
    struct job *job = context;
    struct worker *w = mem_alloc(sizeof *w);
    if (!w) return NULL;
    *w = (struct worker){.ws = image_workspace_new(&job->limits)};
    if (!w->ws) {
        mem_free(w);
        return NULL;
    }
    return w;
}

static void end(void *context, void *worker)
{
    (void)context;
    struct worker *w = worker;
    file_read_clear(&w->file);
    image_workspace_free(w->ws);
    mem_free(w);
}

static void json_degrees(struct json *j, const char *key, const struct image_facts *f,
                         double degrees)
{
    json_key(j, key);
    if (f->location == IMAGE_LOCATION_EXIF) {
        json_double(j, degrees);
    } else {
        json_null(j);
    }
}

static void json_size(struct json *j, const char *key, uint32_t pixels)
{
    json_key(j, key);
    if (pixels) {
        json_int(j, pixels);
    } else {
        json_null(j);
    }
}

static const char *location_name(enum image_location l)
{
    switch (l) {
    case IMAGE_LOCATION_EXIF: return "exif";
    case IMAGE_LOCATION_INVALID: return "invalid";
    case IMAGE_LOCATION_NONE: break;
    }
    return "none";
}

static void print_line(const struct findings *f, struct buf *line)
{
    const struct image_facts *facts = &f->image.facts;
    char hex[2 * IMAGE_HASH_BYTES + 1];
    struct json j;
    json_init(&j, line);
    json_object(&j);
    json_key_text(&j, "file", f->name);
    json_key(&j, "bytes");
    if (f->bytes >= 0) {
        json_int(&j, f->bytes);
    } else {
        json_null(&j);
    }
    text_hex(f->sha256, sizeof f->sha256, hex);
    json_key_text(&j, "sha256", f->has_sha256 ? hex : NULL);
    json_key_text(&j, "format", image_format_name(facts->format));
    json_size(&j, "width", facts->width);
    json_size(&j, "height", facts->height);
    json_key_int(&j, "orientation", facts->orientation);
    json_degrees(&j, "lat", facts, facts->lat);
    json_degrees(&j, "lon", facts, facts->lon);
    json_key_text(&j, "location", location_name(facts->location));
    json_key_text(&j, "taken_at", facts->taken_at[0] ? facts->taken_at : NULL);
    if (f->image.has_hash) image_hash_hex(&f->image.hashes.view[0], hex);
    json_key_text(&j, "hash", f->image.has_hash ? hex : NULL);
    json_key_int(&j, "hash_quality", f->image.hash_quality);
    json_key(&j, "error");
    if (f->error_code) {
        json_object(&j);
        json_key_text(&j, "code", f->error_code);
        json_key_text(&j, "message", f->error_message);
        json_end(&j);
    } else {
        json_null(&j);
    }
    json_end(&j);
}

static void set_fault(struct findings *f, enum image_fault fault)
{
    if (fault == IMAGE_FAULT_NONE) return;
    f->error_code = image_fault_code(fault);
    f->error_message = image_fault_message(fault);
}

/* false: the rendition could not be written. */
static bool write_thumb(const struct job *job, const struct findings *f)
{
    if (!job->thumb_dir || f->image.thumb.jpeg.bytes == 0) return true;
    char hex[65], name[80];
    text_hex(f->sha256, sizeof f->sha256, hex);
    snprintf(name, sizeof name, "%s.jpg", hex);
    if (file_write(job->thumb_dir, name, f->image.thumb.jpeg) == ERR_NONE) return true;
    (void)cli_fail(job->cli, CLI_FAILED, "%s/%s could not be written.", job->thumb_dir, name);
    return false;
}

static bool work(void *context, void *worker, size_t index, struct buf *line)
{
    struct job *job = context;
    struct worker *w = worker;
    struct findings f = {.name = job->names[index], .bytes = -1};
    f.image.facts.orientation = 1;
    enum err e = file_read(&w->file, f.name, job->cli->in, job->limits.bytes_max);
    f.bytes = w->file.size;
    bool fine = true;
    if (e == ERR_NONE) {
        struct str photo = {(const char *)w->file.at, w->file.bytes};
        crypto_sha256(photo.at, photo.bytes, f.sha256);
        f.has_sha256 = true;
        unsigned wanted = IMAGE_WANT_HASH | (job->thumb_dir ? (unsigned)IMAGE_WANT_THUMB : 0);
        e = image_process(w->ws, photo, wanted, &f.image);
        set_fault(&f, e == ERR_NONE ? f.image.facts.fault : IMAGE_FAULT_NO_MEMORY);
        fine = e == ERR_NONE && write_thumb(job, &f);
    } else if (e == ERR_TOO_BIG) {
        f.has_sha256 = strcmp(f.name, "-") != 0 && file_sha256(f.name, f.sha256) == ERR_NONE;
        set_fault(&f, IMAGE_FAULT_TOO_MANY_BYTES);
    } else {
        f.error_code = "unreadable";
        f.error_message = strerror(e == ERR_NOMEM ? ENOMEM : w->file.error);
        fine = false;
    }
    print_line(&f, line);
    return fine;
}

static enum cli_exit run(const struct cli *cli, const struct arguments *args)
{
    struct job job = {.cli = cli,
                      .names = args->operands,
                      .thumb_dir = args->option[THUMB].text,
                      .limits = image_limits_default()};
    if (job.thumb_dir && mkdir(job.thumb_dir, 0777) != 0 && errno != EEXIST) {
        return cli_fail(cli, CLI_FAILED, "%s could not be made: %s.", job.thumb_dir,
                        strerror(errno));
    }
    struct pool_job pieces = {
        .count = args->operand_count, .context = &job, .begin = begin, .end = end, .work = work};
    struct progress bar;
    progress_begin(&bar, cli, "reading photos");
    size_t failed = 0;
    enum err e = pool_run(&pieces, cli->out, &bar, &failed);
    progress_end(&bar);
    if (e == ERR_NOMEM) return cli_fail(cli, CLI_FAILED, "there is not enough memory.");
    return e == ERR_NONE && failed == 0 ? CLI_DONE : CLI_FAILED;
}

const struct command command_photo = {
    .name = "photo",
    .operands = "FILE…",
    .summary = "say what photos hold: size, place, time, fingerprint",
    .details =
        "One line of JSON per file, in the order given; '-' is standard input. A bad photo is\n"
        "an answer too: its line says what is wrong in \"error\". Ends with 1 only when a file\n"
        "could not be read or a picture not be written.\n"
        "\n"
        "  lat, lon      where it was taken, degrees north and east (WGS 84), or null\n"
        "  location      exif: it says so; none: it does not; invalid: what it says is no place\n"
        "  hash          its perceptual fingerprint, 256 bits; photos alike differ in few of them\n"
        "  hash_quality  0 to 100, how much there is to recognise\n"
        "\n"
        "--thumb DIR writes what the public would see of each photo in a list, DIR/<sha256>.jpg\n"
        "(sha256 of the photo): 400 pixels at most, upright, without any of its metadata.\n",
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    COMMAND_OPTIONS(options),
    .run = run,
};
