/* links: http base */
/* How fast a form with a photo is taken apart: 8 MB of noise, and 8 MB that begin a delimiter at every
 * line, against reading the same bytes once with memchr. Limit: 0.10 of it for noise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "http/http.h"

#define PHOTO_BYTES ((size_t)8 << 20)
#define ROUNDS 9

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double best_parse_s(struct str body, struct arena *a)
{
    static struct http_form form;
    double best = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        double from = now_s();
        enum err e = http_form_parse(STR("multipart/form-data; boundary="
                                         "----WebKitFormBoundary7MA4YWxkTrZu0gW"),
                                     body, a, &form);
        double took = now_s() - from;
        best = took < best ? took : best;
        if (e || form.count != 1 || form.field[0].value.bytes != PHOTO_BYTES) {
            (void)fprintf(stderr, "not parsed\n");
            exit(1);
        }
    }
    return best;
}

static double best_memchr_s(struct str body)
{
    double best = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        double from = now_s();
        const char *volatile found = memchr(body.at, 0x01, body.bytes);
        double took = now_s() - from;
        best = !found && took < best ? took : best;
    }
    return best;
}

int main(void)
{
    static const char head[] =
        "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
        "Content-Disposition: form-data; name=\"photo\"; filename=\"p.jpg\"\r\n"
        "Content-Type: image/jpeg\r\n\r\n";
    static const char tail[] = "\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n";
    static const char line[] = "\r\n------WebKitFormBoundary7MA4YWxkTrZu0gX";
    size_t bytes = sizeof head - 1 + PHOTO_BYTES + sizeof tail - 1;
    char *body = malloc(bytes);
    if (!body) {
        return 1;
    }
    memcpy(body, head, sizeof head - 1);
    memcpy(body + bytes - (sizeof tail - 1), tail, sizeof tail - 1);
    struct arena a;
    arena_init(&a, (size_t)1 << 20);
    struct str all = {body, bytes};
    char *photo = body + sizeof head - 1;

    uint64_t x = 88172645463325252U;
    for (size_t i = 0; i < PHOTO_BYTES; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        photo[i] = (char)((x & 0xFF) == 0x01 ? 0x02 : x & 0xFF);
    }
    double floor = best_memchr_s(all);
    double noise = best_parse_s(all, &a);
    for (size_t i = 0; i < PHOTO_BYTES; i++) {
        photo[i] = line[i % (sizeof line - 1)];
    }
    double hostile = best_parse_s(all, &a);
    double gb = (double)bytes / 1e9;
    (void)printf("memchr   %6.2f GB/s\n", gb / floor);
    (void)printf("a photo  %6.2f GB/s  ratio %.2f, limit 0.10\n", gb / noise, floor / noise);
    (void)printf("hostile  %6.2f GB/s  ratio %.2f\n", gb / hostile, floor / hostile);
    arena_clear(&a);
    free(body);
    return 0;
}
