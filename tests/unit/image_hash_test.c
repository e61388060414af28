/* links: image base */
/* image/hash.h: hashes as values, how near a photo's copies are to it, and the index against a dumb oracle.
 */
#include "image_make.h"

#include <pthread.h>

#include "hash_scan.h"

static struct image_hash random_hash(uint64_t *seed)
{
    struct image_hash h;
    for (unsigned w = 0; w < 4; w++) {
        h.word[w] = make_random(seed);
    }
    return h;
}

/* The same with `bits` bits turned over. */
static struct image_hash near_hash(struct image_hash h, unsigned bits, uint64_t *seed)
{
    struct image_hash out = h;
    for (unsigned left = bits; left > 0;) {
        unsigned bit = (unsigned)(make_random(seed) % 256);
        uint64_t mask = (uint64_t)1 << bit % 64;
        if (((h.word[bit / 64] ^ out.word[bit / 64]) & mask) == 0) {
            out.word[bit / 64] ^= mask;
            left--;
        }
    }
    return out;
}

static void test_values(void **state)
{
    (void)state;
    uint64_t seed = 1;
    struct image_hash h = random_hash(&seed), zero = {{0}}, one = {{1, 0, 0, 0}};
    uint8_t bytes[IMAGE_HASH_BYTES];
    char hex[2 * IMAGE_HASH_BYTES + 1];
    image_hash_to_bytes(&h, bytes);
    struct image_hash back = image_hash_from_bytes(bytes);
    assert_memory_equal(&back, &h, sizeof h);
    image_hash_hex(&one, hex);
    assert_int_equal(strlen(hex), 64);
    assert_int_equal(hex[63], '1');
    assert_int_equal(strspn(hex, "0"), 63);
    assert_int_equal(image_hash_distance(&zero, &one), 1);
    assert_int_equal(image_hash_distance(&h, &h), 0);
    for (unsigned bits = 0; bits <= 256; bits += 32) {
        struct image_hash other = near_hash(h, bits, &seed);
        assert_int_equal(image_hash_distance(&h, &other), bits);
    }
}

/* The fastest loop that this processor has, against the definition, at every length and room. */
static void test_scan(void **state)
{
    (void)state;
    enum { COUNT = 203 };
    uint64_t seed = 2;
    struct image_hash asked = random_hash(&seed), hashes[COUNT];
    for (unsigned i = 0; i < COUNT; i++) {
        hashes[i] = near_hash(asked, (unsigned)(make_random(&seed) % 64), &seed);
    }
    for (unsigned count = 0; count <= COUNT; count++) {
        for (unsigned room = 8; room < 40; room += 5) {
            unsigned at = 0;
            for (size_t from = 0; from < count;) {
                uint32_t hits[64];
                size_t found = hash_scan(hashes, count, &from, &asked, 31, hits, room);
                assert_true(found <= room);
                for (size_t i = 0; i < found; i++, at++) {
                    while (image_hash_distance(&hashes[at], &asked) > 31) {
                        at++;
                    }
                    assert_int_equal(hits[i], at);
                }
            }
            for (; at < count; at++) {
                assert_true(image_hash_distance(&hashes[at], &asked) > 31);
            }
        }
    }
}

static struct image_hashes random_views(struct image_hash whole, uint64_t *seed)
{
    struct image_hashes h;
    for (unsigned v = 0; v < IMAGE_HASH_VIEWS; v++) {
        h.view[v] = v < 2 ? whole : near_hash(whole, 50, seed);
    }
    return h;
}

/* Least distance of any stored view to the two that are asked for. */
static unsigned oracle(const struct image_hashes *stored, const struct image_hashes *asked)
{
    unsigned least = 256;
    for (unsigned v = 0; v < IMAGE_HASH_VIEWS; v++) {
        for (unsigned a = 0; a < 2; a++) {
            unsigned d = image_hash_distance(&stored->view[v], &asked->view[a]);
            least = d < least ? d : least;
        }
    }
    return least;
}

static void test_index(void **state)
{
    (void)state;
    enum { PHOTOS = 12000, ASKED = 60 };
    uint64_t seed = 3;
    struct image_hashes *stored = mem_array(PHOTOS, sizeof *stored);
    struct image_hash_match *found = mem_array(PHOTOS, sizeof *found);
    struct image_hash_index *index = image_hash_index_new();
    assert_true(stored && found && index);
    struct image_hash street = random_hash(&seed);
    for (unsigned i = 0; i < PHOTOS; i++) {
        /* Among strangers a street of pictures much like each other. */
        struct image_hash whole = i % 7 ? random_hash(&seed) : near_hash(street, i % 40, &seed);
        stored[i] = random_views(whole, &seed);
        assert_int_equal(image_hash_index_add(index, 1000 + i, &stored[i]), ERR_NONE);
    }
    assert_int_equal(image_hash_index_count(index), PHOTOS);
    for (unsigned n = 0; n < ASKED; n++) {
        const struct image_hash *like =
            &stored[make_random(&seed) % PHOTOS].view[n % IMAGE_HASH_VIEWS];
        struct image_hashes asked = random_views(near_hash(*like, n % 34, &seed), &seed);
        asked.view[1] = near_hash(*like, n % 20, &seed);
        unsigned max = n % 5 ? 31 : n % 40;
        size_t count = 0, expected = 0;
        assert_int_equal(image_hash_index_find(index, &asked, max, found, PHOTOS, &count),
                         ERR_NONE);
        for (unsigned i = 0; i < PHOTOS; i++) {
            expected += oracle(&stored[i], &asked) <= max;
        }
        assert_int_equal(count, expected);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(found[i].distance, oracle(&stored[found[i].key - 1000], &asked));
            assert_true(
                i == 0 || found[i - 1].distance < found[i].distance ||
                (found[i - 1].distance == found[i].distance && found[i - 1].key < found[i].key));
        }
        size_t few = 0;
        assert_int_equal(image_hash_index_find(index, &asked, max, found, 3, &few), ERR_NONE);
        assert_int_equal(few, count < 3 ? count : 3);
    }
    image_hash_index_free(index);
    image_hash_index_free(NULL);
    mem_free(stored);
    mem_free(found);
}

static void *add_many(void *argument)
{
    uint64_t seed = 4;
    for (unsigned i = 0; i < 3000; i++) {
        struct image_hashes h = random_views(random_hash(&seed), &seed);
        assert_int_equal(image_hash_index_add(argument, i, &h), ERR_NONE);
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    struct image_hash_index *index = image_hash_index_new();
    assert_non_null(index);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, add_many, index), 0);
    uint64_t seed = 4;
    struct image_hashes first = random_views(random_hash(&seed), &seed);
    for (unsigned i = 0; i < 300; i++) {
        struct image_hash_match m;
        size_t before = image_hash_index_count(index), count = 0;
        assert_int_equal(image_hash_index_find(index, &first, 31, &m, 1, &count), ERR_NONE);
        assert_true(count == 1 || before == 0);
    }
    assert_int_equal(pthread_join(writer, NULL), 0);
    assert_int_equal(image_hash_index_count(index), 3000);
    image_hash_index_free(index);
}

static struct image_result hash_of(struct image_workspace *ws, struct buf file)
{
    struct image_result r;
    assert_int_equal(image_process(ws, buf_str(&file), IMAGE_WANT_HASH, &r), ERR_NONE);
    assert_int_equal(r.facts.fault, IMAGE_FAULT_NONE);
    buf_clear(&file);
    return r;
}

/* One picture through every decoder there is gives one hash, give or take; other pictures do not. */
static void test_pictures(void **state)
{
    (void)state;
    struct image_limits limits = image_limits_default();
    struct image_workspace *ws = image_workspace_new(&limits);
    assert_non_null(ws);
    struct image_hash first[6];
    for (unsigned n = 0; n < 6; n++) {
        uint32_t width = 3300, height = 2200;
        uint8_t *rgb = make_scene(width, height, n + 20);
        struct reference_options o = {.h = 2, .v = 2, .quality = 90};
        struct image_result r = hash_of(ws, make_jpeg(rgb, width, height, &o)); /* DC reader */
        assert_true(r.has_hash);
        first[n] = r.hashes.view[0];
        o.progressive = true;
        o.quality = 30;
        r = hash_of(ws, make_jpeg(rgb, width, height, &o));
        assert_in_range(image_hash_distance(&first[n], &r.hashes.view[0]), 0, 31);
        for (unsigned halvings = 0; halvings < 4; halvings++) { /* libjpeg at 1/4, 1/2, 1 */
            for (uint32_t y = 0; y < height / 2; y++) {
                for (uint32_t x = 0; x < width / 2 * 3; x++) {
                    size_t at = (size_t)2 * y * width * 3 + x / 3 * 6 + x % 3;
                    unsigned sum = 0U + rgb[at] + rgb[at + 3] + rgb[at + (size_t)3 * width] +
                                   rgb[at + (size_t)3 * width + 3];
                    rgb[(size_t)y * (width / 2) * 3 + x] = (uint8_t)(sum / 4);
                }
            }
            width /= 2;
            height /= 2;
            o.progressive = halvings % 2;
            r = hash_of(ws, make_jpeg(rgb, width, height, &o));
            assert_in_range(image_hash_distance(&first[n], &r.hashes.view[0]), 0, 31);
        }
        for (unsigned before = 0; before < n; before++) {
            assert_true(image_hash_distance(&first[before], &first[n]) > 60);
        }
        mem_free(rgb);
    }
    uint8_t *wall = mem_alloc(600 * 400 * 3);
    assert_non_null(wall);
    memset(wall, 180, 600 * 400 * 3);
    struct reference_options o = {.quality = 80};
    struct image_result r = hash_of(ws, make_jpeg(wall, 600, 400, &o));
    assert_false(r.has_hash);
    mem_free(wall);
    image_workspace_free(ws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),   cmocka_unit_test(test_scan),
        cmocka_unit_test(test_index),    cmocka_unit_test(test_threads),
        cmocka_unit_test(test_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
