/* Checks musl_mem.c, compiled under other names, against the plainest loops: all
 * lengths up to 300 and some beyond the switch to string instructions, at all
 * alignments, apart and overlapping by every distance; what lies around must stay.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 12288
#define EDGE 64

void *td_memcpy(void *restrict dest, const void *restrict src, size_t n);
void *td_memmove(void *dest, const void *src, size_t n);
void *td_memset(void *dest, int byte, size_t n);
int td_memcmp(const void *left, const void *right, size_t n);

static unsigned char was[ROOM], got[ROOM], want[ROOM], other[ROOM];

static void must(int held, const char *what, size_t n, size_t a, size_t b)
{
    if (!held) {
        (void)printf("%s is wrong: %zu bytes, at %zu and %zu\n", what, n, a, b);
        exit(1);
    }
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static int same(const unsigned char *a, const unsigned char *b, size_t n)
{
    size_t i = 0;
    while (i < n && a[i] == b[i]) i++;
    return i == n;
}

static void copy(unsigned char *to, const unsigned char *from, size_t n)
{
    for (size_t i = 0; i < n; i++) to[i] = from[i];
}

static void check_move(size_t n, size_t from, size_t to)
{
    size_t used = (from > to ? from : to) + n + EDGE;
    copy(got, was, used);
    copy(want, was, used);
    for (size_t i = 0; i < n; i++) want[to + i] = was[from + i];
    must(td_memmove(got + to, got + from, n) == got + to, "memmove's result", n, from, to);
    must(same(got, want, used), "memmove", n, from, to);
}

static void check_copy_and_set(size_t n, size_t from, size_t to)
{
    size_t used = to + n + EDGE;
    copy(got, was, used);
    copy(want, was, used);
    for (size_t i = 0; i < n; i++) want[to + i] = other[from + i];
    must(td_memcpy(got + to, other + from, n) == got + to, "memcpy's result", n, from, to);
    must(same(got, want, used), "memcpy", n, from, to);
    for (size_t i = 0; i < n; i++) want[to + i] = 0xA5;
    must(td_memset(got + to, 0x7FA5, n) == got + to, "memset's result", n, from, to);
    must(same(got, want, used), "memset", n, from, to);
}

static void check_compare(size_t n, size_t from, size_t to)
{
    copy(got + to, other + from, n);
    must(td_memcmp(got + to, other + from, n) == 0, "memcmp of equals", n, from, to);
    for (size_t i = 0; i < n; i += n > 300 ? 97 : 1) {
        unsigned char kept = got[to + i];
        got[to + i] = (unsigned char)(kept + 0x81);
        int expected = got[to + i] < kept ? -1 : 1;
        must(sign(td_memcmp(got + to, other + from, n)) == expected, "memcmp", n, from, i);
        must(sign(td_memcmp(other + from, got + to, n)) == -expected, "memcmp", n, from, i);
        if (i + 1 < n) { /* what comes later must not matter */
            unsigned char later = got[to + n - 1];
            got[to + n - 1] = (unsigned char)~later;
            must(sign(td_memcmp(got + to, other + from, n)) == expected, "memcmp", n, from, i);
            got[to + n - 1] = later;
        }
        got[to + i] = kept;
    }
}

int main(void)
{
    unsigned seed = 1;
    for (size_t i = 0; i < ROOM; i++) {
        seed = seed * 1664525u + 1013904223u;
        was[i] = (unsigned char)(seed >> 24);
        other[i] = (unsigned char)(seed >> 16);
    }
    static const size_t long_ones[] = {511, 512, 1023, 1024, 1025, 1031, 2048, 4095, 4096};
    for (size_t k = 0; k <= 300 + sizeof long_ones / sizeof *long_ones; k++) {
        size_t n = k <= 300 ? k : long_ones[k - 301];
        for (size_t at = 0; at < 17; at++) {
            check_copy_and_set(n, EDGE + at * 7 % 17, EDGE + at);
            check_compare(n, EDGE + at * 5 % 17, EDGE + at);
            size_t distances[] = {0, 1, 3, 8, 15, 16, 17, 31, 64, 65, 130, n / 2, n, n + 1};
            for (size_t i = 0; i < sizeof distances / sizeof *distances; i++) {
                check_move(n, EDGE + at, EDGE + at + distances[i]);
                check_move(n, EDGE + at + distances[i], EDGE + at);
            }
        }
    }
    (void)printf("%s\n", "as the plain loops");
    return 0;
}
