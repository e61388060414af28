/* Owns the memory of one thread's photo work, and bounds it. Of a photo of P pixels, with the default
 * limits (P at most 120 million, renditions of at most 400 and 1600 pixels), the most at a time is
 *
 *     DC coefficients, 2 bytes a block, 3 components at 4:4:4        P / 64 * 6     11.3 MB
 *     the reduced picture's planes, the same blocks as samples       P / 64 * 3      5.7 MB
 *     screen rendition, 4:2:0                                        1600^2 * 1.5    3.9 MB
 *     rows of floats, 50 at most of the widest row (65,500)                         13.1 MB
 *     the encoded renditions                                                         6.0 MB
 *                                                                         together  40   MB
 * and, only for what is not an ordinary JPEG, one of
 *     libjpeg's coefficients of a progressive file, never more than                 96   MB
 *     an interlaced PNG of at most 24 MP, 4 bytes a pixel                           96   MB
 *     a lossless WebP of at most 24 MP inside libwebp, 4 bytes a pixel              96   MB
 *
 * so 136 MB whatever comes. An ordinary photo of 12 MP (4:2:0) needs 0.6 + 0.3 MB for thumbnail and
 * hash; 3.5 MB with the screen rendition; and 37 MB more for the screen rendition of a progressive one.
 */
#include "workspace.h"

#include "base/mem.h"

#define ARENA_BYTES_MAX ((size_t)136 * 1000 * 1000)
#define THUMB_BYTES_MAX ((size_t)1 * 1000 * 1000)
#define SCREEN_BYTES_MAX ((size_t)5 * 1000 * 1000)

struct image_limits image_limits_default(void)
{
    return (struct image_limits){.bytes_max = 20000000, .pixels_max = 120000000, .scans_max = 100};
}

struct image_workspace *image_workspace_new(const struct image_limits *limits)
{
    struct image_workspace *ws = mem_alloc(sizeof *ws);
    if (ws) {
        ws->limits = *limits;
        arena_init(&ws->arena, ARENA_BYTES_MAX);
        buf_init(&ws->thumb, THUMB_BYTES_MAX);
        buf_init(&ws->screen, SCREEN_BYTES_MAX);
    }
    return ws;
}

void image_workspace_free(struct image_workspace *ws)
{
    if (ws) {
        arena_clear(&ws->arena);
        buf_clear(&ws->thumb);
        buf_clear(&ws->screen);
        mem_free(ws);
    }
}
