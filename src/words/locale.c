/* Owns the choice of a language. The header of a browser is untrusted text of any length: it is
 * walked once, part by part, and a part that does not read is passed over.
 */
#include "words/words.h"

#include "base/must.h"
#include "base/text.h"

static const char *const tags[LOCALE_COUNT] = {"ja", "en"};
static const char *const names[LOCALE_COUNT] = {"日本語", "English"};

const char *locale_tag(enum locale l)
{
    must((size_t)l < LOCALE_COUNT);
    return tags[l];
}

const char *locale_name(enum locale l)
{
    must((size_t)l < LOCALE_COUNT);
    return names[l];
}

bool locale_parse(struct str tag, enum locale *out)
{
    size_t n = 0;
    while (n < tag.bytes && tag.at[n] != '-' && tag.at[n] != '_') n++;
    for (size_t i = 0; i < LOCALE_COUNT; i++) {
        if (text_equal_nocase((struct str){tag.at, n}, str_of(tags[i]))) {
            *out = (enum locale)i;
            return true;
        }
    }
    return false;
}

static struct str trim(struct str s)
{
    while (s.bytes && (s.at[0] == ' ' || s.at[0] == '\t')) {
        s.at++;
        s.bytes--;
    }
    while (s.bytes && (s.at[s.bytes - 1] == ' ' || s.at[s.bytes - 1] == '\t')) s.bytes--;
    return s;
}

/* Up to the separator; *rest is what follows it. */
static struct str part(struct str s, char separator, struct str *rest)
{
    size_t n = 0;
    while (n < s.bytes && s.at[n] != separator) n++;
    size_t skip = n < s.bytes ? n + 1 : n;
    *rest = (struct str){s.at + skip, s.bytes - skip};
    return trim((struct str){s.at, n});
}

/* "q=0.8" -> 800. false: not a quality. */
static bool quality(struct str s, int *out)
{
    if (s.bytes < 3 || s.bytes > 7 || (s.at[0] != 'q' && s.at[0] != 'Q') || s.at[1] != '=') {
        return false;
    }
    if ((s.at[2] != '0' && s.at[2] != '1') || (s.bytes > 3 && s.at[3] != '.')) return false;
    int thousandths = (s.at[2] - '0') * 1000, weight = 100;
    for (size_t i = 4; i < s.bytes; i++, weight /= 10) {
        if (s.at[i] < '0' || s.at[i] > '9') return false;
        thousandths += (s.at[i] - '0') * weight;
    }
    if (thousandths > 1000) return false;
    *out = thousandths;
    return true;
}

enum locale locale_accept(struct str accept_language, enum locale fallback)
{
    enum locale best = fallback;
    int best_quality = 0;
    while (accept_language.bytes) {
        struct str one = part(accept_language, ',', &accept_language);
        struct str parameter, tag = part(one, ';', &parameter);
        enum locale l = fallback;
        int q = 1000;
        if (trim(parameter).bytes && !quality(trim(parameter), &q)) continue;
        if (!str_equal(tag, STR("*")) && !locale_parse(tag, &l)) continue;
        if (q > best_quality) {
            best = l;
            best_quality = q;
        }
    }
    return best;
}
