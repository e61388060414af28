/* links: api */
/* Any bytes as a JSON body: what is accepted is valid UTF-8 throughout and within its limits. */
#include "base/must.h"
#include "base/text.h"
#include "internal.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct input *in, const char *name)
{
    struct report_problems problems = {.count = 0};
    struct str text;
    double number;
    if (input_text(in, name, &problems, &text) == INPUT_SAID) must(text_utf8_valid(text));
    if (input_number(in, name, &problems, &number) == INPUT_SAID) must(number == number);
    must(problems.count <= 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    if (!begun) input_use_our_memory();
    begun = true;
    struct arena a;
    struct input in;
    arena_init(&a, (size_t)4 << 20);
    if (input_read((struct str){(const char *)data, size}, &a, &in) == ERR_NONE) {
        must(in.count <= INPUT_MEMBERS_MAX);
        for (size_t i = 0; i < in.count; i++) {
            must(text_utf8_valid(in.member[i].name) || in.member[i].name.bytes == 0);
            ask(&in, in.member[i].name.at);
        }
        ask(&in, "status");
    }
    arena_clear(&a);
    return 0;
}
