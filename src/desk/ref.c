/* References: short, unguessable, easy to read aloud, with a check character. The contract in desk.h
 * is the whole format.
 *
 * Why modulo 31: it is a prime, so a weighted sum with different weights below it changes with any
 * single wrong character and with any two exchanged ones; and 31 letters and digits remain when those
 * that are mistaken for each other (0 O, 1 I L) are left out.
 */
#include "internal.h"
#include "base/must.h"
#include "base/text.h"

#define SYMBOLS 31
#define RANDOM_SYMBOLS 8
#define REF_SYMBOLS (RANDOM_SYMBOLS + 1)

static const char alphabet[SYMBOLS + 1] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

static unsigned check_symbol(const unsigned symbol[RANDOM_SYMBOLS])
{
    unsigned sum = 0;
    for (unsigned i = 0; i < RANDOM_SYMBOLS; i++) sum += (i + 2) * symbol[i];
    return sum % SYMBOLS;
}

static void write_ref(const unsigned symbol[REF_SYMBOLS], char out[RECORD_REF_ROOM])
{
    size_t at = 0;
    for (size_t i = 0; i < REF_SYMBOLS; i++) {
        if (i == 3 || i == 6) out[at++] = '-';
        out[at++] = alphabet[symbol[i]];
    }
    out[at] = 0;
}

void desk_ref_make(const struct env *env, char out[RECORD_REF_ROOM])
{
    unsigned symbol[REF_SYMBOLS];
    for (size_t i = 0; i < RANDOM_SYMBOLS; i++) {
        uint8_t byte;
        do env_random(env, &byte, 1);
        while (byte >= 256 / SYMBOLS * SYMBOLS); /* so that each symbol is as likely */
        symbol[i] = byte % SYMBOLS;
    }
    symbol[RANDOM_SYMBOLS] = check_symbol(symbol);
    write_ref(symbol, out);
}

enum err desk_ref_read(struct str typed, char out[RECORD_REF_ROOM])
{
    if (typed.bytes == 0 || typed.bytes > 64 || !text_utf8_valid(typed)) return ERR_INPUT;
    struct arena a;
    arena_init(&a, 64 * 1024);
    struct str folded;
    enum err e = text_fold(typed, &a, &folded); /* full-width characters become plain ones */
    unsigned symbol[REF_SYMBOLS];
    size_t count = 0;
    for (size_t i = 0; !e && i < folded.bytes; i++) {
        char c = folded.at[i];
        if (c == '-' || c == ' ' || c == '#') continue;
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        const char *found = c ? strchr(alphabet, c) : NULL;
        if (!found || count == REF_SYMBOLS) e = ERR_INPUT;
        else symbol[count++] = (unsigned)(found - alphabet);
    }
    arena_clear(&a);
    if (e) return e;
    if (count != REF_SYMBOLS || symbol[RANDOM_SYMBOLS] != check_symbol(symbol)) return ERR_INPUT;
    write_ref(symbol, out);
    return ERR_NONE;
}
