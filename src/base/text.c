/* Text as people type it, and the only file that sees utf8proc. Owns nothing: results lie in the
 * caller's arena, scratch is freed before returning. All of utf8proc's work goes through
 * utf8proc_decompose/_reencode into memory of ours, so that no allocation escapes mem.h.
 *
 * Invariants: nothing reaches utf8proc that has not been decoded strictly here, and no row of
 * combining marks longer than MARKS_MAX does: its sorting of marks is quadratic in such a row,
 * which a hostile megabyte would turn into minutes. Refuses: guessing an encoding, word lists,
 * languages. Words are cut by script alone.
 */
#include "base/text.h"

#include "base/mem.h"
#include "base/must.h"

#include <utf8proc.h>

#define MARKS_MAX 30 /* UAX 15, section 13: the Stream-Safe Text Format */

/* What a code point does to the words around it. */
enum script {
    SCRIPT_NONE, /* parts words */
    SCRIPT_MARK, /* goes with what it stands behind */
    SCRIPT_WORD, /* letters and digits of languages that put spaces between words */
    SCRIPT_CJK,  /* and of those that do not: indexed as pairs */
    SCRIPT_KANA_DOT,
};

struct word {
    bool cjk;
    struct str text;
};

static bool is_space(uint32_t point);
static bool is_unwanted(uint32_t point);
static size_t put_point(uint32_t point, char *at);
static enum err filter(struct str s, bool clean, char *out, size_t *out_bytes);
static enum err normalize(struct str s, utf8proc_option_t options, int32_t **points, size_t *bytes);
static bool next_word(struct str *rest, struct word *word);
static struct str next_unit(struct str *rest);
static void add_pairs(struct str run, struct buf *out, bool *single);

size_t text_point(struct str s, uint32_t *point)
{
    if (s.bytes == 0) {
        return 0;
    }
    const unsigned char *at = (const unsigned char *)s.at;
    if (at[0] < 0x80) {
        *point = at[0];
        return 1;
    }
    size_t count = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || s.bytes < count) {
        return 0;
    }
    uint32_t value = at[0] & (0x7FU >> count);
    for (size_t i = 1; i < count; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
        value = value << 6 | (at[i] & 0x3FU);
    }
    bool overlong = (count == 3 && value < 0x800) || (count == 4 && value < 0x10000);
    if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 0;
    }
    *point = value;
    return count;
}

bool text_utf8_valid(struct str s)
{
    size_t bytes;
    for (size_t i = 0; i < s.bytes; i += bytes) {
        uint32_t point;
        bytes = text_point((struct str){s.at + i, s.bytes - i}, &point);
        if (bytes == 0 || point == 0) {
            return false;
        }
    }
    return true;
}

size_t text_points(struct str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.bytes; i++) {
        count += ((unsigned char)s.at[i] & 0xC0) != 0x80;
    }
    return count;
}

struct str text_cut(struct str s, size_t points_max)
{
    size_t count = 0;
    for (size_t i = 0; i < s.bytes; i++) {
        bool begins = ((unsigned char)s.at[i] & 0xC0) != 0x80;
        if (begins && count++ == points_max) {
            return (struct str){s.at, i};
        }
    }
    return s;
}

struct str text_trim(struct str s)
{
    uint32_t point;
    for (size_t n; (n = text_point(s, &point)) > 0 && is_space(point);) {
        s.at += n;
        s.bytes -= n;
    }
    while (s.bytes > 0) {
        size_t n = 1;
        while (n < 4 && n < s.bytes && ((unsigned char)s.at[s.bytes - n] & 0xC0) == 0x80) {
            n++;
        }
        struct str last = {s.at + s.bytes - n, n};
        if (text_point(last, &point) != n || !is_space(point)) {
            break;
        }
        s.bytes -= n;
    }
    return s;
}

enum err text_clean(struct str s, size_t points_max, struct arena *a, struct str *out)
{
    s = text_trim(s);
    int32_t *points = NULL;
    size_t bytes = 0;
    char *filtered = mem_alloc(s.bytes);
    enum err err = filtered ? filter(s, true, filtered, &bytes) : ERR_NOMEM;
    struct str kept = text_trim((struct str){filtered, bytes});
    /* Composing makes one code point of at most four (U+1F82), so this cannot refuse too much, and
     * it spares the work on what is much too long. */
    if (!err && text_points(kept) / 4 > points_max) {
        err = ERR_TOO_BIG;
    }
    if (!err) {
        err = normalize(kept, UTF8PROC_STABLE | UTF8PROC_COMPOSE, &points, &bytes);
    }
    struct str normal = {(const char *)points, err ? 0 : bytes};
    if (!err && text_points(normal) > points_max) {
        err = ERR_TOO_BIG;
    }
    if (!err) {
        const char *copy = arena_text(a, normal);
        err = copy ? ERR_NONE : ERR_NOMEM;
        if (!err) {
            *out = (struct str){copy, normal.bytes};
        }
    }
    mem_free(points);
    mem_free(filtered);
    return err;
}

enum err text_fold(struct str s, struct arena *a, struct str *out)
{
    if (s.bytes > TEXT_FOLD_BYTES_MAX) {
        return ERR_TOO_BIG;
    }
    int32_t *points = NULL;
    size_t bytes = 0;
    char *filtered = mem_alloc(s.bytes);
    enum err err = filtered ? filter(s, false, filtered, &bytes) : ERR_NOMEM;
    if (!err) {
        err = normalize((struct str){filtered, bytes},
                        UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD |
                            UTF8PROC_IGNORE,
                        &points, &bytes);
    }
    if (!err) {
        const char *copy = arena_text(a, (struct str){(const char *)points, bytes});
        err = copy ? ERR_NONE : ERR_NOMEM;
        if (!err) {
            *out = (struct str){copy, bytes};
        }
    }
    mem_free(points);
    mem_free(filtered);
    return err;
}

enum err text_index_words(struct str s, struct arena *a, struct buf *out)
{
    struct str rest;
    enum err err = text_fold(s, a, &rest);
    if (err) {
        return err;
    }
    struct word word;
    while (next_word(&rest, &word)) {
        struct str written = buf_str(out);
        if (written.bytes > 0 && written.at[written.bytes - 1] != ' ') {
            buf_add_char(out, ' ');
        }
        if (!word.cjk) {
            buf_add_str(out, word.text);
            continue;
        }
        bool single;
        add_pairs(word.text, out, &single);
        if (!single) {
            struct str unit = STR_NONE;
            for (struct str units = word.text, next; (next = next_unit(&units)).bytes > 0;) {
                unit = next;
            }
            buf_add_char(out, ' ');
            buf_add_str(out, unit);
        }
    }
    return buf_err(out);
}

enum err text_index_query(struct str s, struct arena *a, struct buf *out)
{
    struct str rest;
    enum err err = text_fold(s, a, &rest);
    if (err) {
        return err;
    }
    size_t tokens = 0;
    struct word word;
    bool more = next_word(&rest, &word);
    for (bool first = true; more; first = false) {
        bool single = true;
        buf_add_text(out, first ? "\"" : " AND \"");
        if (word.cjk) {
            struct str run = word.text;
            /* A long run's phrase is cut by units: one pair per unit, and one more unit. */
            struct str units = run;
            for (size_t i = 0; i <= TEXT_QUERY_TOKENS_MAX - tokens; i++) {
                next_unit(&units);
            }
            run.bytes -= units.bytes;
            add_pairs(run, out, &single);
            tokens += text_points(run) > 1 ? text_points(run) - 1 : 1;
        } else {
            buf_add_str(out, word.text);
            tokens++;
        }
        bool was_cjk = word.cjk;
        more = tokens < TEXT_QUERY_TOKENS_MAX && next_word(&rest, &word);
        buf_add_text(out, single && (was_cjk || !more) ? "\"*" : "\"");
    }
    return buf_err(out);
}

/* Unicode's White_Space, and the byte order mark, which editors put in front of text. */
static bool is_space(uint32_t point)
{
    return (point >= 0x09 && point <= 0x0D) || point == 0x20 || point == 0x85 || point == 0xA0 ||
           point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
           point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000 ||
           point == 0xFEFF;
}

static bool is_unwanted(uint32_t point)
{
    bool control = (point < 0x20 && point != '\n' && point != '\t') ||
                   (point >= 0x7F && point <= 0x9F);
    bool reorders = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
    return control || reorders || point == 0xFEFF;
}

static size_t put_point(uint32_t point, char *at)
{
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t count = utf8proc_encode_char((utf8proc_int32_t)point, bytes);
    must(count > 0 && count <= 4);
    memcpy(at, bytes, (size_t)count);
    return (size_t)count;
}

/* Copies s to out, which holds as many bytes: nothing that comes out is longer than what went in.
 * Without `clean` it only checks and shortens rows of marks. */
static enum err filter(struct str s, bool clean, char *out, size_t *out_bytes)
{
    size_t written = 0, marks = 0;
    bool after_cr = false;
    for (size_t i = 0; i < s.bytes;) {
        uint32_t point;
        size_t bytes = text_point((struct str){s.at + i, s.bytes - i}, &point);
        if (bytes == 0 || point == 0) {
            return ERR_INPUT;
        }
        i += bytes;
        bool lf_of_crlf = after_cr && point == '\n';
        after_cr = point == '\r';
        if (clean && lf_of_crlf) {
            continue;
        }
        bool line_end = point == '\r' || point == 0x85 || point == 0x2028 || point == 0x2029;
        if (clean && line_end) {
            point = '\n';
        }
        if (clean && is_unwanted(point)) {
            continue;
        }
        bool is_mark = point >= 0x300 &&
                       utf8proc_get_property((utf8proc_int32_t)point)->combining_class != 0;
        marks = is_mark ? marks + 1 : 0;
        if (marks <= MARKS_MAX) {
            written += put_point(point, out + written);
        }
    }
    *out_bytes = written;
    return ERR_NONE;
}

/* The normal form of s as UTF-8 in *points, which the caller frees; s is valid UTF-8. */
static enum err normalize(struct str s, utf8proc_option_t options, int32_t **points, size_t *bytes)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)s.at;
    utf8proc_ssize_t length = (utf8proc_ssize_t)s.bytes;
    utf8proc_ssize_t count = utf8proc_decompose(at, length, NULL, 0, options);
    if (count < 0) {
        return ERR_INPUT;
    }
    /* One more than it is told of: reencode writes a NUL behind the last byte. */
    utf8proc_int32_t *room = mem_alloc(((size_t)count + 1) * sizeof *room);
    if (!room) {
        return ERR_NOMEM;
    }
    utf8proc_decompose(at, length, room, count, options);
    utf8proc_ssize_t encoded = utf8proc_reencode(room, count, options);
    if (encoded < 0) {
        mem_free(room);
        return ERR_INPUT;
    }
    *points = room;
    *bytes = (size_t)encoded;
    return ERR_NONE;
}

/* Unicode's Scripts.txt, in its blocks; halves and compatibility forms are gone after folding. */
static bool is_cjk(uint32_t p)
{
    bool han = (p >= 0x3005 && p <= 0x3007) || (p >= 0x3021 && p <= 0x3029) ||
               (p >= 0x3038 && p <= 0x303B) || (p >= 0x3400 && p <= 0x4DBF) ||
               (p >= 0x4E00 && p <= 0x9FFF) || (p >= 0xF900 && p <= 0xFAFF) ||
               (p >= 0x20000 && p <= 0x3FFFD);
    /* Hiragana and Katakana with their iteration marks, and U+30FC, the prolonged sound mark. */
    bool kana = (p >= 0x3041 && p <= 0x3096) || (p >= 0x309D && p <= 0x309F) ||
                (p >= 0x30A1 && p <= 0x30FA) || (p >= 0x30FC && p <= 0x30FF) ||
                (p >= 0x31F0 && p <= 0x31FF) || (p >= 0x1AFF0 && p <= 0x1B16F);
    bool hangul = (p >= 0xAC00 && p <= 0xD7A3) || (p >= 0x1100 && p <= 0x11FF) ||
                  (p >= 0x3131 && p <= 0x318E) || (p >= 0xA960 && p <= 0xA97C) ||
                  (p >= 0xD7B0 && p <= 0xD7FB);
    return han || kana || hangul;
}

static bool is_katakana(uint32_t p)
{
    return (p >= 0x30A1 && p <= 0x30FA) || (p >= 0x30FC && p <= 0x30FF) ||
           (p >= 0x31F0 && p <= 0x31FF);
}

static enum script script_of(uint32_t point)
{
    if (point < 0x80) {
        bool letter = (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
        return letter || (point >= '0' && point <= '9') ? SCRIPT_WORD : SCRIPT_NONE;
    }
    if (point == 0x30FB) {
        return SCRIPT_KANA_DOT;
    }
    if (is_cjk(point)) {
        return SCRIPT_CJK;
    }
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)point);
    if (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME) {
        return SCRIPT_MARK;
    }
    bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
    bool number = category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
    return letter || number ? SCRIPT_WORD : SCRIPT_NONE;
}

static size_t skip_point(struct str *rest, uint32_t *point)
{
    size_t bytes = text_point(*rest, point);
    rest->at += bytes;
    rest->bytes -= bytes;
    return bytes;
}

/* Takes the next word off folded text. Middle dots that join Katakana stay in its text. */
static bool next_word(struct str *rest, struct word *word)
{
    uint32_t point = 0;
    enum script script = SCRIPT_NONE;
    struct str after = *rest;
    while (script != SCRIPT_WORD && script != SCRIPT_CJK) {
        *rest = after;
        if (skip_point(&after, &point) == 0) {
            return false;
        }
        script = script_of(point);
    }
    const char *begin = rest->at;
    uint32_t base = point;
    for (*rest = after; skip_point(&after, &point) > 0; *rest = after) {
        enum script next = script_of(point);
        if (next == SCRIPT_KANA_DOT && is_katakana(base)) {
            struct str behind = after;
            uint32_t follower = 0;
            if (skip_point(&behind, &follower) == 0 || !is_katakana(follower)) {
                break;
            }
        } else if (next == script) {
            base = point;
        } else if (next != SCRIPT_MARK) {
            break;
        }
    }
    *word = (struct word){.cjk = script == SCRIPT_CJK, .text = {begin, (size_t)(rest->at - begin)}};
    return true;
}

/* Takes a character with its marks off a CJK run, without the dots in front of it. */
static struct str next_unit(struct str *rest)
{
    struct str after = *rest;
    uint32_t point = 0;
    do {
        *rest = after;
        if (skip_point(&after, &point) == 0) {
            return (struct str){rest->at, 0};
        }
    } while (point == 0x30FB);
    const char *begin = rest->at;
    do {
        *rest = after;
    } while (skip_point(&after, &point) > 0 && script_of(point) == SCRIPT_MARK);
    return (struct str){begin, (size_t)(rest->at - begin)};
}

/* "道路陥没" -> "道路 路陥 陥没"; a single character as it is. */
static void add_pairs(struct str run, struct buf *out, bool *single)
{
    struct str left = next_unit(&run);
    struct str right = next_unit(&run);
    *single = right.bytes == 0;
    buf_add_str(out, left);
    while (right.bytes > 0) {
        buf_add_str(out, right);
        left = right;
        right = next_unit(&run);
        if (right.bytes > 0) {
            buf_add_char(out, ' ');
            buf_add_str(out, left);
        }
    }
}
