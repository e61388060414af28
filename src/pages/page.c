/* Owns how values look in a page (see page.h). Everything that is not struct html passes through
 * buf_add_html or buf_add_url on its way out.
 */
#include "page.h"

void page_text_str(struct buf *out, enum locale l, struct str s)
{
    (void)l;
    buf_add_html(out, s);
}

void page_text_chars(struct buf *out, enum locale l, const char *s)
{
    (void)l;
    buf_add_html(out, str_of(s));
}

void page_text_int(struct buf *out, enum locale l, int n)
{
    (void)l;
    buf_add_int(out, n);
}

void page_text_long(struct buf *out, enum locale l, int64_t n)
{
    (void)l;
    buf_add_int(out, n);
}

void page_text_size(struct buf *out, enum locale l, size_t n)
{
    (void)l;
    buf_add_int(out, (int64_t)n);
}

void page_text_word(struct buf *out, enum locale l, struct word w)
{
    buf_add_html(out, words_msg(l, w.msg));
}

void page_text_html(struct buf *out, enum locale l, struct html h)
{
    (void)l;
    buf_add_str(out, h.made);
}

void page_text_moment(struct buf *out, enum locale l, struct moment m)
{
    if (m.at_ms != 0) words_time_html(out, l, m.at_ms, PAGE_OFFSET_MINUTES, m.clock);
}

void page_url(struct buf *out, enum locale l, struct url u)
{
    (void)l;
    buf_add_html(out, u.made);
}

void page_part_str(struct buf *out, enum locale l, struct str s)
{
    (void)l;
    buf_add_url(out, s);
}

void page_part_chars(struct buf *out, enum locale l, const char *s)
{
    (void)l;
    buf_add_url(out, str_of(s));
}
