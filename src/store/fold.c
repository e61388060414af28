/* Owns the rule by which a timeline becomes a case's state; see verify.c for its words. */
#include "verify.h"

static void keep(char out[FOLD_ROOM], struct str s)
{
    size_t n = s.bytes < FOLD_ROOM - 1 ? s.bytes : FOLD_ROOM - 1;
    if (n) memcpy(out, s.at, n);
    out[n] = '\0';
}

void fold_begin(struct fold *f)
{
    *f = (struct fold){0};
    keep(f->value[FOLD_STATUS], STR("new"));
}

void fold_event(struct fold *f, int64_t seq, struct str kind, struct str to_value)
{
    static const enum event_kind kinds[FOLD_KINDS] = {
        [FOLD_STATUS] = EVENT_STATUS,
        [FOLD_CATEGORY] = EVENT_CATEGORY,
        [FOLD_DEPARTMENT] = EVENT_DEPARTMENT,
        [FOLD_ASSIGNEE] = EVENT_ASSIGNEE,
    };
    enum event_kind is;
    f->gap = f->gap || seq != f->seq + 1;
    f->seq = seq;
    if (!record_event_kind_parse(kind, &is)) return;
    if (seq == 1) f->reported = is == EVENT_REPORTED;
    for (size_t i = 0; i < FOLD_KINDS; i++) {
        if (kinds[i] == is) keep(f->value[i], to_value);
    }
}

const char *fold_compare(const struct fold *f, struct query *row)
{
    static const char *const differs[FOLD_KINDS] = {
        [FOLD_STATUS] = "its status is not what its timeline says",
        [FOLD_CATEGORY] = "its category is not what its timeline says",
        [FOLD_DEPARTMENT] = "its department is not what its timeline says",
        [FOLD_ASSIGNEE] = "its assignee is not whom its timeline says",
    };
    if (f->seq == 0) return "it has no timeline";
    if (!f->reported) return "its timeline does not begin with the report";
    if (f->gap) return "an event is missing from its timeline";
    struct str status = column_borrow(row, 2), outcome = column_borrow(row, 3);
    char now[FOLD_KINDS][FOLD_ROOM], whole[FOLD_ROOM];
    bool open = str_equal(outcome, STR("none"));
    int n = snprintf(whole, sizeof whole, "%.*s%s%.*s", STR_FMT(status), open ? "" : "/",
                     open ? 0 : (int)outcome.bytes, outcome.at);
    keep(now[FOLD_STATUS], n > 0 && n < FOLD_ROOM ? str_of(whole) : STR("?"));
    for (int i = FOLD_CATEGORY; i < FOLD_KINDS; i++) {
        keep(now[i], column_borrow(row, 3 + i));
    }
    for (size_t i = 0; i < FOLD_KINDS; i++) {
        if (!str_equal(str_of(now[i]), str_of(f->value[i]))) return differs[i];
    }
    return NULL;
}
