/* links: image base */
/* bench_image_lookup: looking one hash up among a million, against a plain read of the same memory.
 */
#include "image_bench.h"

#include "hash_scan.h"

#define HASHES 1000000
#define ROUNDS 31

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Reads every word once, four at a time, and does the least with it. */
static uint64_t read_plainly(const struct image_hash *hashes)
{
    uint64_t sum[4] = {0};
    for (size_t i = 0; i < HASHES; i++) {
        for (unsigned w = 0; w < 4; w++) {
            sum[w] += hashes[i].word[w];
        }
    }
    return sum[0] ^ sum[1] ^ sum[2] ^ sum[3];
}

int main(void)
{
    struct image_hash *hashes = mem_array(HASHES, sizeof *hashes);
    struct image_hash_index *index = image_hash_index_new();
    uint64_t seed = 1, sink = 0;
    if (!hashes || !index) {
        return 1;
    }
    for (size_t i = 0; i < HASHES; i++) {
        for (unsigned w = 0; w < 4; w++) {
            hashes[i].word[w] = next_random(&seed);
        }
        /* A photo of one view, so that a million photos are a million hashes. */
        struct image_hashes views;
        for (unsigned v = 0; v < IMAGE_HASH_VIEWS; v++) {
            views.view[v] = hashes[i];
        }
        if (image_hash_index_add(index, i, &views) != ERR_NONE) {
            return 1;
        }
    }
    double read[ROUNDS], scan[ROUNDS], look[ROUNDS];
    size_t found = 0;
    for (unsigned n = 0; n < ROUNDS; n++) {
        const struct image_hash *asked = &hashes[next_random(&seed) % HASHES];
        struct image_hashes views;
        for (unsigned v = 0; v < IMAGE_HASH_VIEWS; v++) {
            views.view[v] = *asked;
        }
        double t0 = bench_cpu_ms();
        sink ^= read_plainly(hashes);
        double t1 = bench_cpu_ms();
        uint32_t hits[64];
        for (size_t from = 0; from < HASHES;) {
            found += hash_scan(hashes, HASHES, &from, asked, IMAGE_HASH_DISTANCE_MAX, hits, 64);
        }
        double t2 = bench_cpu_ms();
        struct image_hash_match match[4];
        size_t count = 0;
        if (image_hash_index_find(index, &views, IMAGE_HASH_DISTANCE_MAX, match, 4, &count) !=
            ERR_NONE) {
            return 1;
        }
        found += count;
        read[n] = t1 - t0;
        scan[n] = t2 - t1;
        look[n] = bench_cpu_ms() - t2;
    }
    double r = bench_median(read, ROUNDS), s = bench_median(scan, ROUNDS),
           l = bench_median(look, ROUNDS);
    printf("a million hashes: read %.3f ms, scan %.3f ms, look-up %.3f ms (%zu found, %d)\n", r, s,
           l, found, (int)(sink & 1));
    bench_figure("scan / plain read of the same memory", s / r, true, 1.6, 1.6);
    bench_figure("look-up / plain read of the same memory", l / r, true, 1.6, 1.6 / 15);
    image_hash_index_free(index);
    mem_free(hashes);
    return found == (size_t)2 * ROUNDS ? 0 : 1;
}
