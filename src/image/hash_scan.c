/* The plain look-up: XOR and count, over every hash there is. It reads 32 bytes a hash and does about as
 * little else as a processor can, so memory is what it waits for.
 *
 * Three versions of one loop, chosen by what the processor says at the first call (a pointer, not an
 * ifunc: a static executable has no resolver): AVX-512 with VPOPCNTDQ, the POPCNT instruction, plain C.
 */
#include <stdatomic.h>

#include "hash_scan.h"

#define STRIDE 8 /* hashes looked at together */

typedef uint32_t near_mask(const struct image_hash *eight, const struct image_hash *asked,
                           unsigned max);
typedef size_t scan_loop(const struct image_hash *hashes, size_t count, size_t *from,
                         const struct image_hash *asked, unsigned max, uint32_t *out, size_t room);

/* The loop of all versions; near8 is inlined into each. */
static inline __attribute__((always_inline)) size_t
loop(const struct image_hash *hashes, size_t count, size_t *from, const struct image_hash *asked,
     unsigned max, uint32_t *out, size_t room, near_mask *near8)
{
    size_t at = *from, found = 0;
    for (; at + STRIDE <= count && found + STRIDE <= room; at += STRIDE) {
        uint32_t mask = near8(hashes + at, asked, max);
        while (__builtin_expect(mask != 0, 0)) {
            out[found++] = (uint32_t)(at + (unsigned)__builtin_ctz(mask));
            mask &= mask - 1;
        }
    }
    if (count - at < STRIDE) {
        for (; at < count && found < room; at++) {
            if (image_hash_distance(hashes + at, asked) <= max) {
                out[found++] = (uint32_t)at;
            }
        }
    }
    *from = at;
    return found;
}

static inline __attribute__((always_inline)) uint32_t
near_plain(const struct image_hash *eight, const struct image_hash *asked, unsigned max)
{
    uint32_t mask = 0;
    for (unsigned i = 0; i < STRIDE; i++) {
        unsigned distance = 0;
        for (unsigned w = 0; w < 4; w++) {
            distance += (unsigned)__builtin_popcountll(eight[i].word[w] ^ asked->word[w]);
        }
        mask |= (uint32_t)(distance <= max) << i;
    }
    return mask;
}

static size_t scan_plain(const struct image_hash *hashes, size_t count, size_t *from,
                         const struct image_hash *asked, unsigned max, uint32_t *out, size_t room)
{
    return loop(hashes, count, from, asked, max, out, room, near_plain);
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("popcnt"))) static size_t
scan_popcnt(const struct image_hash *hashes, size_t count, size_t *from,
            const struct image_hash *asked, unsigned max, uint32_t *out, size_t room)
{
    return loop(hashes, count, from, asked, max, out, room, near_plain);
}

#define AVX512 __attribute__((target("avx512f,avx512vpopcntdq")))

AVX512 static inline __m512i counts(const struct image_hash *two, __m512i asked)
{
    return _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(two), asked));
}

/* Of counts a (hashes 0, 1) and b (hashes 2, 3), word by word: the sums of words 0 + 1 and of 2 + 3, as
 * [0 2 | 0 2 | 1 3 | 1 3] in pairs of lanes. */
AVX512 static inline __m512i pair_sums(__m512i a, __m512i b)
{
    return _mm512_add_epi64(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
}

AVX512 static uint32_t near_avx512(const struct image_hash *eight, __m512i asked, __m512i max)
{
    __m512i low = pair_sums(counts(eight, asked), counts(eight + 2, asked));
    __m512i high = pair_sums(counts(eight + 4, asked), counts(eight + 6, asked));
    /* Lane pairs 0 and 2 of both, plus pairs 1 and 3 of both: distances of 0 2 1 3 4 6 5 7. */
    __m512i distances = _mm512_add_epi64(_mm512_shuffle_i64x2(low, high, 0x88),
                                         _mm512_shuffle_i64x2(low, high, 0xDD));
    uint32_t mask = _mm512_cmple_epu64_mask(distances, max);
    uint32_t middle = (mask & 0x22) << 1 | (mask & 0x44) >> 1;
    return (mask & 0x99) | middle;
}

AVX512 static size_t scan_avx512(const struct image_hash *hashes, size_t count, size_t *from,
                                 const struct image_hash *asked, unsigned max, uint32_t *out,
                                 size_t room)
{
    __m512i query = _mm512_broadcast_i64x4(
        _mm256_loadu_si256((const __m256i *)(const void *)asked));
    __m512i limit = _mm512_set1_epi64(max);
    size_t at = *from, found = 0;
    for (; at + STRIDE <= count && found + STRIDE <= room; at += STRIDE) {
        uint32_t mask = near_avx512(hashes + at, query, limit);
        while (__builtin_expect(mask != 0, 0)) {
            out[found++] = (uint32_t)(at + (unsigned)__builtin_ctz(mask));
            mask &= mask - 1;
        }
    }
    *from = at;
    return found + (count - at < STRIDE
                        ? scan_plain(hashes, count, from, asked, max, out + found, room - found)
                        : 0);
}

static scan_loop *choose(void)
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq")) {
        return scan_avx512;
    }
    return __builtin_cpu_supports("popcnt") ? scan_popcnt : scan_plain;
}
#else
static scan_loop *choose(void)
{
    return scan_plain;
}
#endif

size_t hash_scan(const struct image_hash *hashes, size_t count, size_t *from,
                 const struct image_hash *asked, unsigned distance_max, uint32_t *out, size_t room)
{
    static _Atomic(scan_loop *) chosen;
    scan_loop *scan = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (!scan) {
        scan = choose();
        atomic_store_explicit(&chosen, scan, memory_order_relaxed);
    }
    return scan(hashes, count, from, asked, distance_max, out, room);
}
