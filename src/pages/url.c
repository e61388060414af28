/* Owns the making of struct url, the only thing that may stand at the beginning of an href or src. An
 * address leads into this server or to a telephone; nothing that a visitor or a report said can
 * choose another scheme or host. What does not fit becomes "", never a repaired guess.
 */
#include "page.h"

#include "asset.h"

static bool is_own_path(struct str s)
{
    if (s.bytes == 0 || s.at[0] != '/' || (s.bytes > 1 && s.at[1] == '/')) return false;
    for (size_t i = 0; i < s.bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c <= ' ' || c >= 127 || c == '\\' || c == '"' || c == '<' || c == '>') return false;
    }
    return true;
}

struct url url_path(struct str path)
{
    return (struct url){is_own_path(path) ? path : STR("")};
}

struct url url_format(struct arena *a, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof text) return (struct url){STR("")};
    struct str path = arena_str(a, (struct str){text, (size_t)n});
    return path.at ? url_path(path) : (struct url){STR("")};
}

struct url url_phone(struct arena *a, struct str number)
{
    char text[40] = "tel:";
    size_t at = 4;
    for (size_t i = 0; i < number.bytes; i++) {
        char c = number.at[i];
        bool keeps = (c >= '0' && c <= '9') || (c == '+' && i == 0);
        if (keeps && at + 1 < sizeof text) text[at++] = c;
        if (keeps || c == '-' || c == ' ' || c == '(' || c == ')') continue;
        return (struct url){STR("")}; /* words or two numbers: nothing to dial */
    }
    if (at == 4 || at + 1 == sizeof text) return (struct url){STR("")};
    struct str made = arena_str(a, (struct str){text, at});
    return (struct url){made.at ? made : STR("")};
}

struct url url_asset(struct arena *a, const char *name)
{
    bool hashed;
    const struct asset *asset = asset_find(str_of(name), &hashed);
    return asset ? url_format(a, "/assets/%s", asset->hashed) : (struct url){STR("")};
}
