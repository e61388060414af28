/* `towndesk ingest`: makes a case of every photo in files and folders. What becomes of a photo is
 * desk's rule; here it is read, handed over, and answered with one line. Safe to repeat, because
 * the same bytes never make a second case.
 */
#include "files.h"
#include "pool.h"

#include "base/json.h"
#include "base/mem.h"
#include "desk/desk.h"
#include "image/photo.h"
#include "words/words.h"

#include <errno.h>
#include <string.h>

enum { DB };
static const struct option options[] = {
    [DB] = {.name = "db",
            .value = "FILE",
            .kind = OPTION_TEXT,
            .help = "the town's file",
            .needed = true},
};

#define NAMES_BYTES_MAX ((size_t)1 << 30)
#define PIECE_BYTES_MAX ((size_t)16 << 20)

struct job {
    const struct cli *cli;
    struct desk *desk;
    struct file_list files;
    size_t bytes_max;
};

struct worker {
    struct file_read file;
    struct arena arena;
};

struct outcome {
    const char *name;
    struct intake_result result;
    bool made; /* result is set */
    struct str error_code, error_message;
};

static void *begin(void *context)
{
    (void)context;
    struct worker *w = mem_alloc(sizeof *w);
    if (!w) return NULL;
    *w = (struct worker){.file = {.at = NULL}};
    arena_init(&w->arena, PIECE_BYTES_MAX);
    return w;
}

static void end(void *context, void *worker)
{
    (void)context;
    struct worker *w = worker;
    file_read_clear(&w->file);
    arena_clear(&w->arena);
    mem_free(w);
}

static void set_error(struct outcome *o, struct str code)
{
    o->error_code = code;
    o->error_message = words_msg(LOCALE_EN,
                                 words_msg_of_code("problem.", code, MSG_PROBLEM_UNKNOWN));
}

static void print_line(const struct outcome *o, struct buf *line)
{
    struct json j;
    json_init(&j, line);
    json_object(&j);
    json_key_text(&j, "file", o->name);
    json_key_text(&j, "ref", o->made ? o->result.ref : NULL);
    json_key_bool(&j, "repeated", o->made && o->result.repeated);
    json_key(&j, "error");
    if (o->error_code.bytes) {
        json_object(&j);
        json_key_str(&j, "code", o->error_code);
        json_key_str(&j, "message", o->error_message);
        json_end(&j);
    } else {
        json_null(&j);
    }
    json_end(&j);
}

static bool work(void *context, void *worker, size_t index, struct buf *line)
{
    struct job *job = context;
    struct worker *w = worker;
    struct outcome o = {.name = job->files.names[index]};
    bool fine = true;
    arena_reset(&w->arena);
    enum err e = file_read(&w->file, o.name, job->cli->in, job->bytes_max);
    if (e == ERR_TOO_BIG) {
        set_error(&o, STR("too_many_bytes"));
    } else if (e != ERR_NONE) {
        o.error_code = STR("unreadable");
        o.error_message = str_of(strerror(e == ERR_NOMEM ? ENOMEM : w->file.error));
        fine = false;
    } else {
        struct str bytes = {(const char *)w->file.at, w->file.bytes};
        struct report_problems problems = {.count = 0};
        e = desk_ingest(job->desk, bytes, str_of(o.name), 0, &w->arena, &o.result, &problems);
        o.made = e == ERR_NONE;
        if (e == ERR_INPUT && problems.count > 0) {
            set_error(&o, str_of(problems.problem[0].code));
        } else if (e != ERR_NONE) {
            set_error(&o, str_of(err_name(e)));
            fine = e == ERR_INPUT;
        }
    }
    print_line(&o, line);
    return fine;
}

static enum cli_exit ingest(const struct cli *cli, struct job *job)
{
    struct pool_job pieces = {
        .count = job->files.count, .context = job, .begin = begin, .end = end, .work = work};
    struct progress bar;
    progress_begin(&bar, cli, "making cases");
    size_t failed = 0;
    enum err e = pool_run(&pieces, cli->out, &bar, &failed);
    progress_end(&bar);
    if (e == ERR_NOMEM) return cli_fail(cli, CLI_FAILED, "there is not enough memory.");
    if (failed > 0) {
        return cli_fail(cli, CLI_FAILED,
                        "%zu of %zu could not be read or kept; run it again after "
                        "mending that: what is in stays in once.",
                        failed, job->files.count);
    }
    return e == ERR_NONE ? CLI_DONE : CLI_FAILED;
}

static enum cli_exit run(const struct cli *cli, const struct arguments *args)
{
    struct arena names;
    arena_init(&names, NAMES_BYTES_MAX);
    struct job job = {
        .cli = cli, .files = {.arena = &names}, .bytes_max = image_limits_default().bytes_max};
    enum cli_exit status = CLI_FAILED;
    struct store *store = NULL;
    for (size_t i = 0; i < args->operand_count; i++) {
        if (file_list_add(&job.files, args->operands[i]) != ERR_NONE) {
            (void)cli_fail(cli, CLI_FAILED, "there are too many files for the memory.");
            goto done;
        }
    }
    store = open_town(cli, args->option[DB].text);
    if (!store) goto done;
    enum err e = desk_open(store, &(struct desk_options){.background = false}, cli->env, &job.desk);
    if (e != ERR_NONE) {
        (void)say_refusal(cli, args->option[DB].text, STORE_FINE, e);
        goto done;
    }
    status = ingest(cli, &job);
    desk_close(job.desk);
done:
    store_close(store);
    arena_clear(&names);
    return status;
}

const struct command command_ingest = {
    .name = "ingest",
    .operands = "PATH…",
    .summary = "make a case of every photo in files and folders",
    .details =
        "Folders are gone through in order of names, hidden files and links left out. One line\n"
        "of JSON per file: {\"file\",\"ref\",\"repeated\",\"error\"}. A photo that the town has "
        "already\n"
        "is answered with its case and \"repeated\": true, so that the command can be run again\n"
        "at any time. What is no photo is answered with its error and passed over. A server may\n"
        "be running on the same file.\n",
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    COMMAND_OPTIONS(options),
    .run = run,
};
