/* Where in an HTML document a byte stands, as far as a template must know: whether a value may be
 * put there, and how it must be written. Reads the template's own text, byte by byte.
 */
#ifndef GEN_MARKUP_H
#define GEN_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

enum markup_place {
    MARKUP_TEXT,
    MARKUP_TAG_NAME,  /* behind "<" or "</" */
    MARKUP_TAG,       /* inside a tag, between attributes */
    MARKUP_ATTRIBUTE, /* in an attribute's name */
    MARKUP_EQUALS,    /* behind "=" */
    MARKUP_VALUE,     /* in a quoted value */
    MARKUP_SCRIPT,    /* between <script> and </script> */
};

#define MARKUP_NAME_ROOM 32
#define MARKUP_PREFIX_ROOM 256

struct markup {
    const char *file;
    int line;
    enum markup_place place;
    char quote;                     /* of the value */
    bool closing;                   /* the tag is an end tag */
    bool verbatim;                  /* inside <pre> or <textarea>: white space counts */
    bool has_src, has_http_equiv;   /* of this tag */
    char element[MARKUP_NAME_ROOM]; /* of this tag, or of the open <script> */
    char attribute[MARKUP_NAME_ROOM];
    char prefix[MARKUP_PREFIX_ROOM]; /* the value so far; a compiled value counts as "x" */
    size_t prefix_bytes;
    bool mixed; /* the value's beginning differs between branches */
};

void markup_init(struct markup *m, const char *file);

/* One more byte of the template. Ends the program for what a page of ours may not hold: inline
 * script and style, on… and style attributes, unquoted values, javascript: addresses, comments,
 * elements that load or run foreign things. */
void markup_feed(struct markup *m, char c);

enum markup_use {
    MARKUP_AS_TEXT,
    MARKUP_AS_ATTRIBUTE,
    MARKUP_AS_URL,      /* at the beginning of an address: the address as a whole */
    MARKUP_AS_URL_PART, /* behind a beginning that fixes where it leads */
};

/* How a value must be written here; ends the program where no value may stand. */
enum markup_use markup_value(struct markup *m);

/* Before a branch, a loop or a part: the name of a tag or an attribute is over. */
void markup_settle(struct markup *m);

/* Do two branches leave the document at the same place? If so, *m goes on from both. */
bool markup_join(struct markup *m, const struct markup *other);

#endif
