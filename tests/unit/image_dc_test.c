/* links: image base */
/* src/image/jpeg_dc.c: the luma of our reader of DC coefficients is libjpeg-turbo's at 1/8 to the bit, over
 * every kind of file it takes; and it gives up on the others instead of guessing.
 */
#include "image_make.h"

#include <time.h>

#include "jpeg.h"

#define MEMORY_MAX ((size_t)256 << 20)

/* Decodes the luma alone, with ours or with libjpeg-turbo. */
static bool read_luma(struct str file, bool ours, struct arena *memory, struct luma *out)
{
    struct jpeg_map map;
    jpeg_map_read(file, &map);
    struct takers t = {
        .memory = memory, .luma = out, .photo = {map.width, map.height}, .orientation = 1};
    if (ours) {
        return jpeg_dc_read(file, &map, &t);
    }
    return jpeg_turbo_read(file, 8, MEMORY_MAX, &t) == IMAGE_FAULT_NONE;
}

static bool check_equal(struct str file)
{
    struct arena memory;
    arena_init(&memory, MEMORY_MAX);
    struct luma a, b;
    bool ours = read_luma(file, true, &memory, &a);
    if (ours) {
        assert_true(read_luma(file, false, &memory, &b));
        assert_int_equal(a.plane.width, b.plane.width);
        assert_int_equal(a.plane.height, b.plane.height);
        assert_memory_equal(a.plane.at, b.plane.at, (size_t)a.plane.width * a.plane.height);
    }
    arena_clear(&memory);
    return ours;
}

static void test_equal(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{8, 8},     {1, 1},    {640, 480},
                                        {333, 251}, {17, 900}, {1000, 9}};
    static const unsigned factors[][2] = {{1, 1}, {2, 1}, {1, 2}, {2, 2}};
    for (unsigned i = 0; i < 6 * 4 * 2 * 2 * 2 * 2; i++) {
        const uint32_t *size = sizes[i % 6];
        const unsigned *factor = factors[i / 6 % 4];
        struct reference_options o = {.h = factor[0],
                                      .v = factor[1],
                                      .progressive = i / 24 % 2,
                                      .restart_rows = i / 48 % 2,
                                      .quality = i / 96 % 2 ? 98 : 40,
                                      .space = i / 192 ? REFERENCE_GREY : REFERENCE_YCC};
        uint8_t *rgb = make_scene(size[0], size[1], i);
        struct buf file = make_jpeg(rgb, size[0], size[1], &o);
        assert_true(check_equal(buf_str(&file)));
        buf_clear(&file);
        mem_free(rgb);
    }
}

/* Pure noise at the best quality: the longest codes, the largest differences, blocks full to the end. */
static void test_noise(void **state)
{
    (void)state;
    enum { W = 400, H = 300 };
    uint8_t *rgb = mem_alloc((size_t)W * H * 3);
    assert_non_null(rgb);
    uint64_t seed = 99;
    for (unsigned contrast = 1; contrast <= 8; contrast++) {
        for (size_t i = 0; i < (size_t)W * H * 3; i++) {
            rgb[i] = (uint8_t)(make_random(&seed) % 256 * contrast / 8);
        }
        for (unsigned progressive = 0; progressive < 2; progressive++) {
            struct reference_options o = {
                .h = 2, .v = 2, .quality = 100, .progressive = progressive};
            struct buf file = make_jpeg(rgb, W, H, &o);
            assert_true(check_equal(buf_str(&file)));
            buf_clear(&file);
        }
    }
    mem_free(rgb);
}

/* What is not usual is left to libjpeg. */
static void test_unusual(void **state)
{
    (void)state;
    uint8_t *rgb = make_scene(100, 80, 2);
    static const enum reference_space spaces[] = {REFERENCE_RGB, REFERENCE_CMYK, REFERENCE_YCCK};
    for (unsigned i = 0; i < 3; i++) {
        struct reference_options o = {.space = spaces[i], .quality = 80};
        struct buf file = make_jpeg(rgb, 100, 80, &o);
        struct arena memory;
        arena_init(&memory, MEMORY_MAX);
        struct luma luma;
        assert_false(read_luma(buf_str(&file), true, &memory, &luma));
        arena_clear(&memory);
        buf_clear(&file);
    }
    mem_free(rgb);
}

/* Of a damaged file ours either gives up or agrees; never more than a bounded amount of memory. */
static void test_damage(void **state)
{
    (void)state;
    uint64_t seed = 4;
    for (unsigned kind = 0; kind < 4; kind++) {
        uint8_t *rgb = make_scene(320, 240, kind);
        struct reference_options o = {
            .h = 2, .v = 2, .quality = 80, .progressive = kind & 1, .restart_rows = kind / 2};
        struct buf file = make_jpeg(rgb, 320, 240, &o);
        for (unsigned i = 0; i < 300; i++) {
            char *copy = mem_alloc(file.bytes);
            assert_non_null(copy);
            memcpy(copy, file.at, file.bytes);
            size_t bytes = i % 3 ? file.bytes : make_random(&seed) % file.bytes;
            for (unsigned k = 0; k < i % 4; k++) {
                copy[make_random(&seed) % file.bytes] ^= (char)(1 << make_random(&seed) % 8);
            }
            struct arena memory;
            arena_init(&memory, (size_t)64 << 20);
            struct luma luma;
            struct jpeg_map map;
            jpeg_map_read((struct str){copy, bytes}, &map);
            if ((uint64_t)map.width * map.height < 10000000 && map.width && map.height) {
                (void)read_luma((struct str){copy, bytes}, true, &memory, &luma);
            }
            arena_clear(&memory);
            mem_free(copy);
        }
        buf_clear(&file);
        mem_free(rgb);
    }
}

/* The photos nobody made for us, and progressive copies of them. */
static void test_photos(void **state)
{
    (void)state;
    char folder[1024];
    if (!make_photos_path(folder, sizeof folder, "good")) {
        return;
    }
    DIR *d = opendir(folder);
    assert_non_null(d);
    unsigned read = 0;
    for (struct dirent *e; (e = readdir(d));) {
        size_t length = strlen(e->d_name);
        if (length < 4 ||
            (strcmp(e->d_name + length - 4, ".jpg") && strcmp(e->d_name + length - 4, ".JPG"))) {
            continue;
        }
        struct buf file = make_read(folder, e->d_name), progressive;
        struct jpeg_map map;
        jpeg_map_read(buf_str(&file), &map);
        if (map.scans > 0) {
            read += check_equal(buf_str(&file));
            buf_init(&progressive, (size_t)64 << 20);
            if (reference_progressive(buf_str(&file), &progressive) == ERR_NONE) {
                assert_true(check_equal(buf_str(&progressive)));
            }
            buf_clear(&progressive);
        }
        buf_clear(&file);
    }
    closedir(d);
    assert_true(read >= 60); /* all but the one that breaks off */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal),   cmocka_unit_test(test_noise),
        cmocka_unit_test(test_unusual), cmocka_unit_test(test_damage),
        cmocka_unit_test(test_photos),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
