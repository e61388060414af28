/* links: image base */
/* bench_image_hash [photos [road frames]]: of how many changed copies the hash is still within 31 bits of
 * the original's, and how many different pictures are, over every photo of a folder.
 */
#include "image_bench.h"

#include <math.h>

#define DISTANCE IMAGE_HASH_DISTANCE_MAX

struct pixels {
    uint8_t *rgb;
    uint32_t width, height;
};

static struct image_workspace *ws;

static struct pixels pixels_new(uint32_t width, uint32_t height)
{
    struct pixels p = {mem_alloc((size_t)width * height * 3), width, height};
    if (!p.rgb) {
        abort();
    }
    return p;
}

static struct image_result hash_of(struct str jpeg)
{
    struct image_result r;
    if (image_process(ws, jpeg, IMAGE_WANT_HASH, &r) != ERR_NONE) {
        abort();
    }
    return r;
}

static struct buf encode(const struct pixels *p, int quality)
{
    struct reference_options o = {.h = 2, .v = 2, .quality = quality};
    struct buf b;
    buf_init(&b, (size_t)64 << 20);
    if (reference_encode(p->rgb, p->width, p->height, &o, &b) != ERR_NONE) {
        abort();
    }
    return b;
}

/* Each output pixel is the mean of the input's area that it covers. */
static struct pixels scaled(const struct pixels *p, double factor)
{
    uint32_t w = (uint32_t)fmax(1, p->width * factor + 0.5),
             h = (uint32_t)fmax(1, p->height * factor + 0.5);
    struct pixels out = pixels_new(w, h);
    for (uint32_t y = 0; y < h; y++) {
        uint32_t y0 = (uint32_t)((uint64_t)y * p->height / h),
                 y1 = (uint32_t)((uint64_t)(y + 1) * p->height / h);
        for (uint32_t x = 0; x < w; x++) {
            uint32_t x0 = (uint32_t)((uint64_t)x * p->width / w),
                     x1 = (uint32_t)((uint64_t)(x + 1) * p->width / w);
            unsigned sum[3] = {0}, count = 0;
            for (uint32_t j = y0; j < (y1 > y0 ? y1 : y0 + 1); j++) {
                for (uint32_t i = x0; i < (x1 > x0 ? x1 : x0 + 1); i++, count++) {
                    for (unsigned c = 0; c < 3; c++) {
                        sum[c] += p->rgb[((size_t)j * p->width + i) * 3 + c];
                    }
                }
            }
            for (unsigned c = 0; c < 3; c++) {
                out.rgb[((size_t)y * w + x) * 3 + c] = (uint8_t)(sum[c] / count);
            }
        }
    }
    return out;
}

static struct pixels toned(const struct pixels *p, double gain, double around)
{
    struct pixels out = pixels_new(p->width, p->height);
    for (size_t i = 0; i < (size_t)p->width * p->height * 3; i++) {
        double v = (p->rgb[i] - around) * gain + around;
        out.rgb[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
    return out;
}

/* Cut by `part` of each side in all, or with as much of white around it when part is negative. */
static struct pixels cropped(const struct pixels *p, double part)
{
    int64_t dx = (int64_t)(p->width * part / 2), dy = (int64_t)(p->height * part / 2);
    struct pixels out = pixels_new((uint32_t)(p->width - 2 * dx), (uint32_t)(p->height - 2 * dy));
    memset(out.rgb, 255, (size_t)out.width * out.height * 3);
    for (int64_t y = 0; y < out.height; y++) {
        for (int64_t x = 0; x < out.width; x++) {
            int64_t fx = x + dx, fy = y + dy;
            if (fx >= 0 && fy >= 0 && fx < p->width && fy < p->height) {
                memcpy(out.rgb + ((size_t)y * out.width + (size_t)x) * 3,
                       p->rgb + ((size_t)fy * p->width + (size_t)fx) * 3, 3);
            }
        }
    }
    return out;
}

/* Three box filters of 5 pixels: a Gaussian of sigma 2.4. */
static struct pixels blurred(const struct pixels *p)
{
    struct pixels a = cropped(p, 0), b = pixels_new(p->width, p->height);
    for (unsigned pass = 0; pass < 6; pass++) {
        int64_t step_x = pass % 2 == 0, step_y = pass % 2;
        for (int64_t y = 0; y < p->height; y++) {
            for (int64_t x = 0; x < p->width; x++) {
                unsigned sum[3] = {0}, count = 0;
                for (int64_t k = -2; k <= 2; k++) {
                    int64_t fx = x + k * step_x, fy = y + k * step_y;
                    if (fx >= 0 && fy >= 0 && fx < p->width && fy < p->height) {
                        const uint8_t *at = a.rgb + ((size_t)fy * p->width + (size_t)fx) * 3;
                        sum[0] += at[0], sum[1] += at[1], sum[2] += at[2], count++;
                    }
                }
                for (unsigned c = 0; c < 3; c++) {
                    b.rgb[((size_t)y * p->width + (size_t)x) * 3 + c] = (uint8_t)(sum[c] / count);
                }
            }
        }
        struct pixels swap = a;
        a = b;
        b = swap;
    }
    mem_free(b.rgb);
    return a;
}

enum change {
    Q30,
    Q50,
    Q70,
    SCALE_75,
    SCALE_50,
    SCALE_25,
    BRIGHTER,
    DARKER,
    MORE_CONTRAST,
    LESS_CONTRAST,
    BLUR,
    MESSENGER,
    MESSENGER_TWICE,
    EASY_COUNT,
    CROP_2 = EASY_COUNT,
    CROP_5,
    CROP_10,
    CROP_15,
    CROP_18,
    BORDER_5,
    CHANGES
};

static const char *const names[CHANGES] = {
    "quality 30",
    "quality 50",
    "quality 70",
    "scaled to 75 %",
    "scaled to 50 %",
    "scaled to 25 %",
    "brightness + 20 %",
    "brightness - 20 %",
    "contrast + 20 %",
    "contrast - 20 %",
    "blurred",
    "1600 px, quality 70",
    "1600 px, quality 70, twice",
    "cropped 2 %",
    "cropped 5 %",
    "cropped 10 %",
    "cropped 15 %",
    "cropped 18 %",
    "border 5 %",
};

static struct buf messenger(const struct pixels *p)
{
    double factor = 1600.0 / (p->width > p->height ? p->width : p->height);
    struct pixels s = scaled(p, factor < 1 ? factor : 1);
    struct buf b = encode(&s, 70);
    mem_free(s.rgb);
    return b;
}

static struct buf changed(const struct pixels *p, enum change change)
{
    static const double part[] = {[CROP_2] = 0.02,  [CROP_5] = 0.05,  [CROP_10] = 0.10,
                                  [CROP_15] = 0.15, [CROP_18] = 0.18, [BORDER_5] = -0.10};
    static const int quality[] = {[Q30] = 30, [Q50] = 50, [Q70] = 70};
    static const double factor[] = {[SCALE_75] = 0.75, [SCALE_50] = 0.5, [SCALE_25] = 0.25};
    if (change <= Q70) {
        return encode(p, quality[change]);
    }
    if (change == MESSENGER || change == MESSENGER_TWICE) {
        struct buf once = messenger(p);
        struct reference_picture again;
        if (change == MESSENGER || reference_decode(buf_str(&once), 1, &again) != ERR_NONE) {
            return once;
        }
        struct pixels q = {again.rgb, again.width, again.height};
        struct buf twice = messenger(&q);
        mem_free(q.rgb);
        buf_clear(&once);
        return twice;
    }
    struct pixels q = change <= SCALE_25        ? scaled(p, factor[change])
                      : change == BRIGHTER      ? toned(p, 1.2, 0)
                      : change == DARKER        ? toned(p, 0.8, 0)
                      : change == MORE_CONTRAST ? toned(p, 1.2, 128)
                      : change == LESS_CONTRAST ? toned(p, 0.8, 128)
                      : change == BLUR          ? blurred(p)
                                                : cropped(p, part[change]);
    struct buf b = encode(&q, 85);
    mem_free(q.rgb);
    return b;
}

struct tally {
    unsigned asked, plain, viewed; /* copies; found by view 0 alone; found through the views */
};

static bool found_by_views(const struct image_hashes *stored, const struct image_hashes *asked)
{
    for (unsigned v = 0; v < IMAGE_HASH_VIEWS; v++) {
        for (unsigned a = 0; a < 2; a++) {
            if (image_hash_distance(&stored->view[v], &asked->view[a]) <= DISTANCE) {
                return true;
            }
        }
    }
    return false;
}

static void try_photo(const struct pixels *p, const struct image_hashes *original,
                      struct tally tally[CHANGES])
{
    for (int c = 0; c < CHANGES; c++) {
        struct buf copy = changed(p, (enum change)c);
        struct image_result r = hash_of(buf_str(&copy));
        unsigned plain = image_hash_distance(&r.hashes.view[0], &original->view[0]);
        tally[c].asked++;
        tally[c].plain += r.has_hash && plain <= DISTANCE;
        tally[c].viewed += r.has_hash && found_by_views(original, &r.hashes);
        buf_clear(&copy);
    }
}

static void print_recall(const struct tally tally[CHANGES])
{
    struct tally easy = {0, 0, 0}, crops = {0, 0, 0};
    for (int c = 0; c < CHANGES; c++) {
        double asked = tally[c].asked ? tally[c].asked : 1;
        printf("  %-32s found %.4f   through the views %.4f   of %u\n", names[c],
               tally[c].plain / asked, tally[c].viewed / asked, tally[c].asked);
        struct tally *sum = c < EASY_COUNT ? &easy : c == CROP_2 || c == BORDER_5 ? NULL : &crops;
        if (sum) {
            sum->asked += tally[c].asked;
            sum->plain += tally[c].plain;
            sum->viewed += tally[c].viewed;
        }
    }
    if (easy.asked == 0) {
        return;
    }
    double two = (double)tally[CROP_2].plain / tally[CROP_2].asked;
    double border = (double)tally[BORDER_5].viewed / tally[BORDER_5].asked;
    bench_figure("recall, recompressed, scaled, toned, blurred, messenger",
                 (double)easy.plain / easy.asked, false, 0.995, 0.9985);
    bench_figure("recall, cropped 2 %", two, false, 0.96, 0.986);
    bench_figure("recall through the views, cropped 5 to 18 %", (double)crops.viewed / crops.asked,
                 false, 0.90, 0.95);
    bench_figure("recall through the views, border of 5 %", border, false, 0.90, 0.95);
}

/* The part of all pairs of pictures that are within the distance. */
static void print_false(const char *what, const struct image_hashes *h, size_t count, double must)
{
    uint64_t pairs = 0, near = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            pairs++;
            unsigned distance = image_hash_distance(&h[i].view[0], &h[j].view[0]);
            near += distance > 0 && distance <= DISTANCE; /* 0: the same picture under two names */
        }
    }
    printf("  %s: %llu of %llu pairs\n", what, (unsigned long long)near, (unsigned long long)pairs);
    if (pairs) {
        bench_figure(what, (double)near / (double)pairs, true, must, must);
    }
}

static struct bench_folder folder;
static struct image_hashes hashes[BENCH_PHOTOS_MAX];

int main(int argc, char **argv)
{
    struct image_limits limits = image_limits_default();
    limits.bytes_max = (size_t)64 << 20;
    ws = image_workspace_new(&limits);
    if (!ws) {
        return 1;
    }
    struct tally tally[CHANGES] = {{0, 0, 0}};
    size_t count = 0, flat = 0;
    bench_list(bench_photos(argc, argv), &folder);
    for (size_t i = 0; i < folder.count; i++) {
        struct buf file;
        struct reference_picture decoded;
        if (bench_read(folder.path[i], &file)) {
            struct image_result r = hash_of(buf_str(&file));
            bool large = r.facts.width >= 300 && r.facts.height >= 200;
            flat += large && r.facts.fault == IMAGE_FAULT_NONE && !r.has_hash;
            if (large && r.has_hash && reference_decode(buf_str(&file), 1, &decoded) == ERR_NONE) {
                /* Untouched by its orientation, as are its copies. */
                struct pixels p = {decoded.rgb, decoded.width, decoded.height};
                struct buf upright = encode(&p, 95);
                struct image_hashes original = hash_of(buf_str(&upright)).hashes;
                hashes[count++] = original;
                try_photo(&p, &original, tally);
                buf_clear(&upright);
                mem_free(p.rgb);
            }
        }
        buf_clear(&file);
    }
    printf("%zu photos, %zu more without a hash for being flat\n", count, flat);
    print_recall(tally);
    print_false("false matches among photos", hashes, count, 0);
    if (argc > 2) {
        bench_list(argv[2], &folder);
        count = 0;
        for (size_t i = 0; i < folder.count; i++) {
            struct buf file;
            if (bench_read(folder.path[i], &file)) {
                struct image_result r = hash_of(buf_str(&file));
                hashes[count] = r.hashes;
                count += r.has_hash;
            }
            buf_clear(&file);
        }
        print_false("false matches among road frames", hashes, count, 2e-5);
    }
    image_workspace_free(ws);
    return 0;
}
