/* Text as people type it: UTF-8, counted in code points, compared in a folded form. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* Decodes the first code point of s (U+0000 included): its length in bytes, 1..4; 0 when s is empty
 * or does not begin with well-formed UTF-8 (RFC 3629), which leaves *point untouched. */
size_t text_point(struct str s, uint32_t *point);

/* No overlong forms, no surrogates, nothing over U+10FFFF, no NUL. */
bool text_utf8_valid(struct str s);
size_t text_points(struct str s);                     /* code points of valid UTF-8 */
struct str text_cut(struct str s, size_t points_max); /* at most so many code points of it */
struct str text_trim(struct str s); /* without white space at both ends, U+3000 included */

/* Cleans what a person typed: NFC, line ends (CR LF, CR, U+0085, U+2028, U+2029) to \n, other
 * control characters than \n and \t dropped, and with them what reorders or hides the text after
 * it: byte order marks and the bidirectional embeddings, overrides and isolates (U+202A..202E,
 * U+2066..2069). Of a row of combining marks 30 are kept (UAX 15, stream-safe text). Trimmed.
 * ERR_INPUT when it is not UTF-8 or holds NUL, ERR_TOO_BIG over points_max. Owned by the arena and
 * terminated; .at is "" for an empty result. */
enum err text_clean(struct str s, size_t points_max, struct arena *a, struct str *out) ERR_CHECKED;

/* Folded for comparing and searching: NFKC with case folding (full-width Ａ１ -> a1, half-width
 * ｶﾞ -> ガ), without default-ignorable code points (variation selectors, soft hyphens, joiners).
 * Source: toNFKC_Casefold, Unicode 3.13, through utf8proc. ERR_INPUT when s is not UTF-8,
 * ERR_TOO_BIG over TEXT_FOLD_BYTES_MAX. Owned by the arena and terminated. */
#define TEXT_FOLD_BYTES_MAX ((size_t)1 << 20)
enum err text_fold(struct str s, struct arena *a, struct str *out) ERR_CHECKED;

/* Words for a full-text index that knows only white space: folded; a run of Han, Hiragana, Katakana
 * and Hangul (one run, also where these change: "道路の穴") is written as overlapping pairs plus its
 * last single character ("道路陥没" -> "道路 路陥 陥没 没"), other letters, digits and their combining
 * marks as they are ("ABC道路" -> "abc 道路 路"). Everything else parts words, but the middle dot
 * between two Katakana is as if it were not there (カード・リーダー is found by カードリーダー).
 * Appends to out, a space between. Scratch memory comes from the arena; fails like text_fold and
 * with buf_err(out). */
enum err text_index_words(struct str s, struct arena *a, struct buf *out) ERR_CHECKED;

/* The matching query in FTS5's syntax: words joined by AND, every word quoted (no operator of the
 * caller survives), CJK runs as phrases of pairs, the last word as a prefix. A CJK run of a single
 * character is a prefix wherever it stands: every pair begins with a character of its run, and the
 * last one is indexed alone. Only the first TEXT_QUERY_TOKENS_MAX words and pairs are used. Empty
 * input and input without a letter or digit give "". Example: "陥没 ABC道" ->
 * `"陥没" AND "abc" AND "道"*`. */
#define TEXT_QUERY_TOKENS_MAX 64
enum err text_index_query(struct str s, struct arena *a, struct buf *out) ERR_CHECKED;

/* Whole input must be the number, in ASCII: digits, at most one '-' before them, for a double also
 * a fraction and an exponent ("-12.5e3"); no '+', no space, no bare point. Independent of the
 * locale. false, also outside min..max, leaves out untouched. */
bool text_parse_int(struct str s, int64_t min, int64_t max, int64_t *out);
/* No infinity, no nan, no hexadecimal. */
bool text_parse_double(struct str s, double min, double max, double *out);

/* Lower-case hexadecimal. out holds 2 * count + 1. */
void text_hex(const void *bytes, size_t count, char *out);
/* Exactly 2 * count digits of either case; false leaves bytes untouched. */
bool text_unhex(struct str s, void *bytes, size_t count);

/* A shell-like glob is not here; equality without case for ASCII is. */
bool text_equal_nocase(struct str a, struct str b);

#endif
