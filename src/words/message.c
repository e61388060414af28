/* Owns the filling of placeholders. One walk over the text of the catalogue; what stands between the
 * placeholders and what is put into them is escaped alike, so that no message can carry markup.
 */
#include "table.h"

#include "base/must.h"

enum form { FORM_PLAIN, FORM_HTML, FORM_ATTRIBUTE };

static const struct words_text *entry(enum locale l, enum msg m)
{
    must((size_t)l < LOCALE_COUNT && (size_t)m < MSG_COUNT);
    return &words_table[l][m];
}

struct str words_msg(enum locale l, enum msg m)
{
    return entry(l, m)->other;
}

static const struct msg_arg *find_arg(const struct msg_arg *args, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(name, str_of(args[i].name))) return &args[i];
    }
    return NULL;
}

static void add(struct buf *out, enum form form, struct str s)
{
    if (form == FORM_PLAIN) {
        buf_add_str(out, s);
    } else {
        buf_add_html(out, s);
    }
}

static void add_arg(struct buf *out, enum form form, enum locale l, const struct msg_arg *arg)
{
    switch (arg->kind) {
    case MSG_ARG_STR: add(out, form, arg->str); return;
    case MSG_ARG_INT: words_number(out, arg->number); return;
    case MSG_ARG_DATE: break;
    }
    if (form == FORM_HTML) {
        words_time_html(out, l, arg->number, arg->offset_minutes, false);
    } else {
        words_date(out, l, arg->number, arg->offset_minutes); /* nothing in it needs escaping */
    }
}

static void fill(struct buf *out, enum form form, enum locale l, enum msg m,
                 const struct msg_arg *args, size_t count)
{
    const struct words_text *text = entry(l, m);
    const struct msg_arg *number = find_arg(args, count, STR("count"));
    bool singular = text->one.at && number && number->kind == MSG_ARG_INT && number->number == 1;
    struct str s = singular ? text->one : text->other;
    size_t from = 0;
    for (size_t i = 0; i < s.bytes; i++) {
        if (s.at[i] != '{') continue;
        size_t end = i + 1;
        while (end < s.bytes && s.at[end] != '}') end++;
        const struct msg_arg *arg = find_arg(args, count, (struct str){s.at + i + 1, end - i - 1});
        if (!arg) continue;
        add(out, form, (struct str){s.at + from, i - from});
        add_arg(out, form, l, arg);
        from = end + 1;
        i = end;
    }
    if (from < s.bytes) add(out, form, (struct str){s.at + from, s.bytes - from});
}

void words_msg_plain(struct buf *out, enum locale l, enum msg m, const struct msg_arg *args,
                     size_t count)
{
    fill(out, FORM_PLAIN, l, m, args, count);
}

void words_msg_html(struct buf *out, enum locale l, enum msg m, const struct msg_arg *args,
                    size_t count)
{
    fill(out, FORM_HTML, l, m, args, count);
}

void words_msg_attribute(struct buf *out, enum locale l, enum msg m, const struct msg_arg *args,
                         size_t count)
{
    fill(out, FORM_ATTRIBUTE, l, m, args, count);
}

const char *words_msg_key(enum msg m)
{
    must((size_t)m < MSG_COUNT);
    return words_keys[m];
}

static int compare(const char *key, struct str prefix, struct str rest)
{
    int order = strncmp(key, prefix.at, prefix.bytes);
    if (order != 0) return order;
    key += prefix.bytes;
    for (size_t i = 0; i < rest.bytes; i++) {
        int apart = (unsigned char)key[i] - (unsigned char)rest.at[i];
        if (apart != 0 || !key[i]) return apart ? apart : -1;
    }
    return key[rest.bytes] ? 1 : 0;
}

static bool find(struct str prefix, struct str rest, enum msg *out)
{
    size_t low = 0, high = MSG_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(words_keys[middle], prefix, rest);
        if (order == 0) {
            *out = (enum msg)middle;
            return true;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

bool words_msg_find(struct str key, enum msg *out)
{
    return find(STR(""), key, out);
}

enum msg words_msg_of_code(const char *prefix, struct str code, enum msg otherwise)
{
    enum msg m;
    return find(str_of(prefix), code, &m) ? m : otherwise;
}
