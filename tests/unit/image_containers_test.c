/* links: image base */
/* PNG, WebP and HEIC: the files of the fuzzer's corpus, which code made, say what was put into them.
 */
#include "image_make.h"

#include <math.h>

static const struct {
    const char *name;
    enum image_format format;
    enum image_fault fault;
    uint32_t width, height;
    unsigned orientation;
    bool placed; /* 35° 30' 36" N, 139° 45' E */
} files[] = {
    {"png-rgb.png", IMAGE_PNG, IMAGE_FAULT_NONE, 40, 24, 3, true},
    {"png-inter.png", IMAGE_PNG, IMAGE_FAULT_NONE, 40, 24, 3, true},
    {"png-l.png", IMAGE_PNG, IMAGE_FAULT_NONE, 40, 24, 1, false},
    {"png-rgba.png", IMAGE_PNG, IMAGE_FAULT_NONE, 40, 24, 1, false},
    {"png-la16.png", IMAGE_PNG, IMAGE_FAULT_NONE, 40, 24, 1, false},
    {"webp-0.webp", IMAGE_WEBP, IMAGE_FAULT_NONE, 40, 24, 3, true},
    {"webp-1.webp", IMAGE_WEBP, IMAGE_FAULT_NONE, 40, 24, 3, true},
    {"webp-a.webp", IMAGE_WEBP, IMAGE_FAULT_NONE, 40, 24, 1, false},
    {"heic-0.heic", IMAGE_HEIC, IMAGE_FAULT_NOT_SHOWABLE, 4032, 3024, 3, true},
    {"heic-1.heic", IMAGE_HEIC, IMAGE_FAULT_NOT_SHOWABLE, 4032, 3024, 3, true},
    {"avif.avif", IMAGE_UNKNOWN, IMAGE_FAULT_UNKNOWN_FORMAT, 0, 0, 1, false},
};

#define FILES (sizeof files / sizeof *files)
#define ALL (IMAGE_WANT_THUMB | IMAGE_WANT_SCREEN | IMAGE_WANT_HASH)

static struct image_workspace *workspace(void)
{
    struct image_limits limits = image_limits_default();
    struct image_workspace *ws = image_workspace_new(&limits);
    assert_non_null(ws);
    return ws;
}

static void test_facts(void **state)
{
    (void)state;
    struct image_workspace *ws = workspace();
    for (size_t i = 0; i < FILES; i++) {
        struct buf file = make_read(TOWNDESK_SOURCE_DIR "/tests/fuzz/corpus/photo", files[i].name);
        struct image_result r;
        assert_int_equal(image_process(ws, buf_str(&file), ALL, &r), ERR_NONE);
        const struct image_facts *f = &r.facts;
        assert_int_equal(f->format, files[i].format);
        assert_int_equal(f->fault, files[i].fault);
        assert_int_equal(f->width, files[i].width);
        assert_int_equal(f->height, files[i].height);
        assert_int_equal(f->orientation, files[i].orientation);
        assert_int_equal(f->location, files[i].placed ? IMAGE_LOCATION_EXIF : IMAGE_LOCATION_NONE);
        assert_true(!files[i].placed || (fabs(f->lat - 35.51) < 1e-9 && f->lon == 139.75));
        assert_string_equal(f->taken_at, files[i].placed ? "2024-05-06T07:08:09+09:00" : "");
        assert_true((f->fault == IMAGE_FAULT_NONE) == (r.thumb.jpeg.bytes > 0));
        buf_clear(&file);
    }
    image_workspace_free(ws);
}

/* The same picture by two ways is the same picture. */
static void test_alike(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"png-rgb.png", "webp-1.webp"},
                                           {"png-rgb.png", "png-inter.png"},
                                           {"png-l.png", "png-la16.png"}};
    struct image_workspace *ws = workspace();
    for (unsigned i = 0; i < 3; i++) {
        struct reference_picture p[2];
        for (unsigned k = 0; k < 2; k++) {
            struct buf file = make_read(TOWNDESK_SOURCE_DIR "/tests/fuzz/corpus/photo",
                                        pairs[i][k]);
            struct image_result r;
            assert_int_equal(image_process(ws, buf_str(&file), ALL, &r), ERR_NONE);
            assert_int_equal(reference_decode(r.screen.jpeg, 1, &p[k]), ERR_NONE);
            buf_clear(&file);
        }
        assert_int_equal(p[0].width, p[1].width);
        assert_memory_equal(p[0].rgb, p[1].rgb, (size_t)p[0].width * p[0].height * 3);
        mem_free(p[0].rgb);
        mem_free(p[1].rgb);
    }
    image_workspace_free(ws);
}

/* Cut anywhere or with bytes replaced, each ends in a result. */
static void test_damage(void **state)
{
    (void)state;
    struct image_workspace *ws = workspace();
    uint64_t seed = 6;
    for (size_t i = 0; i < FILES; i++) {
        struct buf file = make_read(TOWNDESK_SOURCE_DIR "/tests/fuzz/corpus/photo", files[i].name);
        for (unsigned n = 0; n < 400; n++) {
            size_t bytes = n % 2 ? file.bytes : make_random(&seed) % file.bytes;
            char *copy = mem_alloc(bytes ? bytes : 1);
            assert_non_null(copy);
            memcpy(copy, file.at, bytes);
            for (unsigned k = 0; bytes && k < n % 5; k++) {
                copy[make_random(&seed) % bytes] = (char)make_random(&seed);
            }
            struct image_facts f;
            assert_int_equal(image_inspect(ws, (struct str){copy, bytes}, &f), ERR_NONE);
            if ((uint64_t)f.width * f.height < 1000000) {
                struct image_result r;
                assert_int_equal(image_process(ws, (struct str){copy, bytes}, ALL, &r), ERR_NONE);
                assert_true((r.facts.fault == IMAGE_FAULT_NONE) == (r.thumb.jpeg.bytes > 0));
            }
            mem_free(copy);
        }
        buf_clear(&file);
    }
    image_workspace_free(ws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_alike),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
