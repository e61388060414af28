/* The compiled catalogues, as compile_messages writes them. Private to this room. */
#ifndef TABLE_H
#define TABLE_H

#include "words/words.h"

struct words_text {
    struct str one; /* .at NULL: no separate singular */
    struct str other;
};

extern const char *const words_keys[MSG_COUNT]; /* sorted */
extern const struct words_text words_table[LOCALE_COUNT][MSG_COUNT];

#endif
