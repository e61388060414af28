/* Owns the small HTML reader of the template compiler. It follows the states of the HTML standard's
 * tokenizer (13.2.5) as far as well-formed pages of ours need them and refuses everything else, so
 * that "where does this value stand" always has one answer. It does not check nesting.
 */
#include "markup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

void markup_init(struct markup *m, const char *file)
{
    *m = (struct markup){.file = file, .line = 1};
}

static bool one_of(const char *word, const char *const *list)
{
    for (; *list; list++) {
        if (strcmp(word, *list) == 0) return true;
    }
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_name(char c)
{
    c = lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '!';
}

static void name_add(struct markup *m, char *name, char c)
{
    size_t n = strlen(name);
    if (n + 1 >= MARKUP_NAME_ROOM) gen_fail(m->file, m->line, "a name is too long");
    name[n] = lower(c);
    name[n + 1] = 0;
}

static bool url_attribute(const struct markup *m)
{
    static const char *const names[] = {"href", "src",        "action",     "formaction", "poster",
                                        "cite", "data",       "background", "manifest",   "ping",
                                        "icon", "xlink:href", "longdesc",   NULL};
    return one_of(m->attribute, names);
}

static bool text_starts(const char *text, const char *head)
{
    for (; *head; text++, head++) {
        if (lower(*text) != *head) return false;
    }
    return true;
}

static void begin_tag(struct markup *m)
{
    m->place = MARKUP_TAG_NAME;
    m->closing = false;
    m->has_src = m->has_http_equiv = false;
    m->element[0] = 0;
}

static void check_element(const struct markup *m)
{
    static const char *const refused[] = {
        "style", "base",          "object",           "embed", "applet",
        "frame", "iframe",        "animate",          "set",   "noembed",
        "xmp",   "animatemotion", "animatetransform", NULL};
    if (!m->element[0]) gen_fail(m->file, m->line, "'<' without a name; write &lt;");
    if (strncmp(m->element, "!--", 3) == 0) {
        gen_fail(m->file, m->line, "an HTML comment would be sent to everybody; write {{! … }}");
    }
    if (one_of(m->element, refused)) {
        gen_fail(m->file, m->line, "<%s> has no place in a page of ours", m->element);
    }
}

static void check_attribute(struct markup *m)
{
    if (strncmp(m->attribute, "on", 2) == 0 || strcmp(m->attribute, "style") == 0 ||
        strcmp(m->attribute, "srcdoc") == 0) {
        gen_fail(m->file, m->line, "the attribute %s has no place in a page of ours", m->attribute);
    }
    if (strcmp(m->attribute, "src") == 0) m->has_src = true;
    if (strcmp(m->attribute, "http-equiv") == 0) m->has_http_equiv = true;
}

static void end_tag(struct markup *m)
{
    bool block = strcmp(m->element, "pre") == 0 || strcmp(m->element, "textarea") == 0;
    if (block) m->verbatim = !m->closing;
    m->place = MARKUP_TEXT;
    if (strcmp(m->element, "script") == 0 && !m->closing) {
        if (!m->has_src) gen_fail(m->file, m->line, "a <script> needs its src; none stands inline");
        m->place = MARKUP_SCRIPT;
    }
}

static void feed_tag(struct markup *m, char c)
{
    if (c == '>') {
        end_tag(m);
    } else if (is_name(c)) {
        m->place = MARKUP_ATTRIBUTE;
        m->attribute[0] = 0;
        name_add(m, m->attribute, c);
    } else if (!is_space(c) && c != '/') {
        gen_fail(m->file, m->line, "'%c' between attributes", c);
    }
}

static void feed_name(struct markup *m, char c)
{
    if (c == '/' && !m->element[0]) {
        m->closing = true;
    } else if (is_name(c)) {
        name_add(m, m->element, c);
    } else {
        check_element(m);
        m->place = MARKUP_TAG;
        feed_tag(m, c);
    }
}

static void feed_attribute(struct markup *m, char c)
{
    if (is_name(c)) {
        name_add(m, m->attribute, c);
        return;
    }
    check_attribute(m);
    if (c == '=') {
        m->place = MARKUP_EQUALS;
    } else {
        m->place = MARKUP_TAG;
        feed_tag(m, c);
    }
}

static void feed_value(struct markup *m, char c)
{
    if (c == m->quote) {
        if (url_attribute(m) &&
            (text_starts(m->prefix, "javascript:") || text_starts(m->prefix, "vbscript:") ||
             text_starts(m->prefix, "data:text"))) {
            gen_fail(m->file, m->line, "an address that runs a script");
        }
        m->place = MARKUP_TAG;
        return;
    }
    if (m->prefix_bytes + 1 < MARKUP_PREFIX_ROOM) {
        m->prefix[m->prefix_bytes++] = c;
        m->prefix[m->prefix_bytes] = 0;
    }
}

void markup_feed(struct markup *m, char c)
{
    switch (m->place) {
    case MARKUP_TEXT:
        if (c == '<') begin_tag(m);
        break;
    case MARKUP_TAG_NAME: feed_name(m, c); break;
    case MARKUP_TAG: feed_tag(m, c); break;
    case MARKUP_ATTRIBUTE: feed_attribute(m, c); break;
    case MARKUP_EQUALS:
        if (c != '"' && c != '\'') {
            gen_fail(m->file, m->line, "the value of %s stands without quotes", m->attribute);
        }
        m->quote = c;
        m->prefix_bytes = 0;
        m->prefix[0] = 0;
        m->mixed = false;
        m->place = MARKUP_VALUE;
        break;
    case MARKUP_VALUE: feed_value(m, c); break;
    case MARKUP_SCRIPT:
        if (c == '<') {
            begin_tag(m);
        } else if (!is_space(c)) {
            gen_fail(m->file, m->line, "an inline script");
        }
        break;
    }
    if (c == '\n') m->line++;
}

static enum markup_use use_in_url(struct markup *m)
{
    const char *p = m->prefix;
    if (!*p && !m->mixed) return MARKUP_AS_URL;
    bool own = (p[0] == '/' && p[1] != '/' && p[1] != '\\') || p[0] == '#' || p[0] == '?';
    const char *host = text_starts(p, "https://")  ? p + 8
                       : text_starts(p, "http://") ? p + 7
                                                   : NULL;
    bool fixed = host && strpbrk(host, "/?#");
    bool scheme = text_starts(p, "tel:") || text_starts(p, "mailto:");
    bool relative = p[strcspn(p, "/?#:")] == '/' && p[0] != '/';
    bool plain = !m->mixed && !strpbrk(p, " \t\r\n"); /* browsers drop tabs and line ends */
    if (plain && (own || fixed || scheme || relative)) return MARKUP_AS_URL_PART;
    gen_fail(m->file, m->line,
             "a value here could choose where the address leads; write all of "
             "it as one struct url");
}

enum markup_use markup_value(struct markup *m)
{
    if (m->place == MARKUP_TEXT) return MARKUP_AS_TEXT;
    if (m->place == MARKUP_SCRIPT) gen_fail(m->file, m->line, "a value in a script");
    if (m->place == MARKUP_EQUALS) {
        gen_fail(m->file, m->line, "a value without quotes around it");
    }
    if (m->place != MARKUP_VALUE) {
        gen_fail(m->file, m->line, "a value inside a tag stands in a quoted attribute or nowhere");
    }
    if (strcmp(m->attribute, "srcset") == 0 || strcmp(m->attribute, "imagesrcset") == 0 ||
        (m->has_http_equiv && strcmp(m->attribute, "content") == 0)) {
        gen_fail(m->file, m->line, "no value may stand in %s", m->attribute);
    }
    enum markup_use use = url_attribute(m) ? use_in_url(m) : MARKUP_AS_ATTRIBUTE;
    if (m->prefix_bytes + 1 < MARKUP_PREFIX_ROOM) {
        m->prefix[m->prefix_bytes++] = 'x';
        m->prefix[m->prefix_bytes] = 0;
    }
    return use;
}

void markup_settle(struct markup *m)
{
    if (m->place == MARKUP_ATTRIBUTE) {
        check_attribute(m);
        m->place = MARKUP_TAG;
    }
    if (m->place == MARKUP_TAG_NAME) {
        check_element(m);
        m->place = MARKUP_TAG;
    }
    if (m->place == MARKUP_EQUALS) {
        gen_fail(m->file, m->line, "a value without quotes around it");
    }
}

bool markup_join(struct markup *m, const struct markup *other)
{
    if (m->place != other->place || m->verbatim != other->verbatim) return false;
    if (m->place == MARKUP_TEXT) return true;
    if (strcmp(m->element, other->element) != 0 || m->closing != other->closing) return false;
    m->has_src = m->has_src && other->has_src;
    m->has_http_equiv = m->has_http_equiv || other->has_http_equiv;
    if (m->place != MARKUP_VALUE) return true;
    if (m->quote != other->quote || strcmp(m->attribute, other->attribute) != 0) return false;
    m->mixed = m->mixed || other->mixed || strcmp(m->prefix, other->prefix) != 0;
    return true;
}
