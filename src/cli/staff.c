/* `towndesk staff add, passwd, disable, list`: who may sign in. All of it also works while a server
 * runs on the same file; what counts as a good name or password is desk's rule.
 */
#include "password.h"
#include "say.h"

#include "base/json.h"
#include "base/time.h"
#include "desk/desk.h"
#include "words/words.h"

#include <string.h>

#define PEOPLE_BYTES_MAX ((size_t)64 << 20)

/* One running command. */
struct staff {
    const struct cli *cli;
    struct store *store;
    struct desk *desk;
};

static bool staff_open(const struct cli *cli, const char *file, struct staff *out)
{
    *out = (struct staff){.cli = cli, .store = open_town(cli, file)};
    if (!out->store) return false;
    struct desk_options quiet = {.background = false};
    enum err e = desk_open(out->store, &quiet, cli->env, &out->desk);
    if (e == ERR_NONE) return true;
    store_close(out->store);
    (void)say_refusal(cli, file, STORE_FINE, e);
    return false;
}

static void staff_close(struct staff *s)
{
    desk_close(s->desk);
    store_close(s->store);
}

static enum cli_exit say_problem(const struct staff *s, const char *name, enum err e,
                                 const struct report_problems *problems)
{
    if (e == ERR_NOT_FOUND) {
        return cli_fail(s->cli, CLI_FAILED, "nobody is called '%s'. See 'towndesk staff list'.",
                        name);
    }
    if (e == ERR_CONFLICT) {
        return cli_fail(s->cli, CLI_FAILED, "there is a '%s' already.", name);
    }
    if (e == ERR_INPUT && problems->count > 0) {
        const struct report_problem *p = &problems->problem[0];
        struct str words = words_msg(
            LOCALE_EN, words_msg_of_code("problem.", str_of(p->code), MSG_PROBLEM_UNKNOWN));
        bool too_short = strcmp(p->field, "password") == 0 && strcmp(p->code, "too_short") == 0;
        if (too_short) {
            return cli_fail(s->cli, CLI_FAILED, "the password needs %d characters or more.",
                            DESK_PASSWORD_POINTS_MIN);
        }
        return cli_fail(s->cli, CLI_FAILED, "the %s cannot be used (%s): %.*s", p->field, p->code,
                        STR_FMT(words));
    }
    return cli_fail(s->cli, CLI_FAILED, "'%s' was not changed (%s).", name, err_name(e));
}

/* ---- add ---- */

enum { ADD_DB, ADD_ROLE };
static const struct option add_options[] = {
    [ADD_DB] = {.name = "db",
                .value = "FILE",
                .kind = OPTION_TEXT,
                .help = "the town's file",
                .needed = true},
    [ADD_ROLE] = {.name = "role",
                  .value = "clerk|admin",
                  .kind = OPTION_TEXT,
                  .help = "what the person may do",
                  .fallback = "clerk"},
};

static enum cli_exit run_add(const struct cli *cli, const struct arguments *args)
{
    const char *name = args->operands[0];
    enum role role;
    if (!record_role_parse(str_of(args->option[ADD_ROLE].text), &role)) {
        return cli_fail(cli, CLI_WRONG_USE, "--role is clerk or admin, not '%s'.",
                        args->option[ADD_ROLE].text);
    }
    struct staff s;
    if (!staff_open(cli, args->option[ADD_DB].text, &s)) return CLI_FAILED;
    char password[PASSWORD_ROOM];
    enum cli_exit status = CLI_FAILED;
    if (password_read(cli, name, password)) {
        struct report_problems problems = {.count = 0};
        enum err e = desk_person_add(s.desk, str_of(name), role, str_of(password), &problems);
        explicit_bzero(password, sizeof password);
        if (e == ERR_NONE) {
            fprintf(cli->out, "%s can sign in, as %s.\n", name, record_role_name(role));
            status = CLI_DONE;
        } else {
            status = say_problem(&s, name, e, &problems);
        }
    }
    staff_close(&s);
    return status;
}

const struct command command_staff_add = {
    .name = "staff add",
    .operands = "NAME",
    .summary = "let somebody of the staff sign in",
    .details =
        "Asks for the password twice, without showing it; a script gives it as the first\n"
        "line of standard input. Clerks work on cases; admins may change the town as well.\n",
    .operands_min = 1,
    .operands_max = 1,
    COMMAND_OPTIONS(add_options),
    .run = run_add,
};

/* ---- passwd ---- */

enum { DB };
static const struct option db_options[] = {
    [DB] = {.name = "db",
            .value = "FILE",
            .kind = OPTION_TEXT,
            .help = "the town's file",
            .needed = true},
};

static enum cli_exit run_passwd(const struct cli *cli, const struct arguments *args)
{
    const char *name = args->operands[0];
    struct staff s;
    if (!staff_open(cli, args->option[DB].text, &s)) return CLI_FAILED;
    char password[PASSWORD_ROOM];
    enum cli_exit status = CLI_FAILED;
    if (password_read(cli, name, password)) {
        struct report_problems problems = {.count = 0};
        enum err e = desk_person_passwd(s.desk, str_of(name), str_of(password), &problems);
        explicit_bzero(password, sizeof password);
        if (e == ERR_NONE) {
            fprintf(cli->out, "%s has a new password and is signed out everywhere.\n", name);
            status = CLI_DONE;
        } else {
            status = say_problem(&s, name, e, &problems);
        }
    }
    staff_close(&s);
    return status;
}

const struct command command_staff_passwd = {
    .name = "staff passwd",
    .operands = "NAME",
    .summary = "give somebody a new password",
    .details = "Asks for it twice, without showing it; a script gives it as the first line of\n"
               "standard input. Whoever was signed in under that name no longer is.\n",
    .operands_min = 1,
    .operands_max = 1,
    COMMAND_OPTIONS(db_options),
    .run = run_passwd,
};

/* ---- disable ---- */

static enum cli_exit run_disable(const struct cli *cli, const struct arguments *args)
{
    const char *name = args->operands[0];
    struct staff s;
    if (!staff_open(cli, args->option[DB].text, &s)) return CLI_FAILED;
    struct report_problems none = {.count = 0};
    enum err e = desk_person_disable(s.desk, str_of(name));
    enum cli_exit status = CLI_DONE;
    if (e == ERR_NONE) {
        fprintf(cli->out, "%s can no longer sign in.\n", name);
    } else {
        status = say_problem(&s, name, e, &none);
    }
    staff_close(&s);
    return status;
}

const struct command command_staff_disable = {
    .name = "staff disable",
    .operands = "NAME",
    .summary = "stop somebody from signing in",
    .details = "The name stays: what the person did keeps standing in the cases.\n",
    .operands_min = 1,
    .operands_max = 1,
    COMMAND_OPTIONS(db_options),
    .run = run_disable,
};

/* ---- list ---- */

enum { LIST_DB, LIST_JSON };
static const struct option list_options[] = {
    [LIST_DB] = {.name = "db",
                 .value = "FILE",
                 .kind = OPTION_TEXT,
                 .help = "the town's file",
                 .needed = true},
    [LIST_JSON] = {.name = "json",
                   .kind = OPTION_FLAG,
                   .help = "answer with one line of JSON each"},
};

static enum cli_exit print_person_json(const struct cli *cli, const struct person *p)
{
    struct buf b;
    buf_init(&b, 4096);
    struct json j;
    json_init(&j, &b);
    json_object(&j);
    json_key_str(&j, "name", p->name);
    json_key_text(&j, "role", record_role_name(p->role));
    json_key_bool(&j, "disabled", p->disabled_at_ms != 0);
    json_key(&j, "signed_in_at");
    if (p->signed_in_at_ms) {
        json_time(&j, p->signed_in_at_ms);
    } else {
        json_null(&j);
    }
    json_end(&j);
    buf_add_char(&b, '\n');
    enum cli_exit status = say_buf(cli, &b);
    buf_clear(&b);
    return status;
}

static void print_person(FILE *out, const struct person *p)
{
    char when[TIME_ISO_ROOM] = "never";
    if (p->signed_in_at_ms) {
        time_iso(p->signed_in_at_ms, when);
        memcpy(when + 16, "Z", 2); /* to the minute */
    }
    fprintf(out, "%-24.*s %-6s last signed in: %s%s\n", STR_FMT(p->name), record_role_name(p->role),
            when, p->disabled_at_ms ? "  (disabled)" : "");
}

static enum cli_exit run_list(const struct cli *cli, const struct arguments *args)
{
    struct staff s;
    if (!staff_open(cli, args->option[LIST_DB].text, &s)) return CLI_FAILED;
    struct arena a;
    arena_init(&a, PEOPLE_BYTES_MAX);
    struct person *people = NULL;
    size_t count = 0;
    enum err e = desk_person_list(s.desk, &a, &people, &count);
    bool as_json = args->option[LIST_JSON].given;
    enum cli_exit status = CLI_DONE;
    for (size_t i = 0; e == ERR_NONE && status == CLI_DONE && i < count; i++) {
        if (as_json) {
            status = print_person_json(cli, &people[i]);
        } else {
            print_person(cli->out, &people[i]);
        }
    }
    if (e == ERR_NONE && count == 0 && !as_json) {
        fprintf(cli->err, "Nobody can sign in yet: towndesk staff add NAME --role admin --db %s\n",
                args->option[LIST_DB].text);
    }
    arena_clear(&a);
    staff_close(&s);
    if (e == ERR_NONE) return status;
    return cli_fail(cli, CLI_FAILED, "the list could not be read (%s).", err_name(e));
}

const struct command command_staff_list = {
    .name = "staff list",
    .operands = "",
    .summary = "list who may sign in",
    .details = "",
    COMMAND_OPTIONS(list_options),
    .run = run_list,
};
