/* What the benches of image share: files, CPU time, figures against limits.
 */
#ifndef IMAGE_BENCH_H
#define IMAGE_BENCH_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "image/photo.h"
#include "reference.h"

#define BENCH_PHOTOS_MAX 4096

static inline double bench_cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline int bench_by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, bench_by_value);
    return count ? values[count / 2] : 0;
}

/* One line: the figure, what it must be and should be. `less`: less is better. */
static inline void bench_figure(const char *what, double figure, bool less, double must,
                                double goal)
{
    bool meets_goal = less ? figure <= goal : figure >= goal;
    bool meets_must = less ? figure <= must : figure >= must;
    printf("%-58s %10.4g   must %-8.4g goal %-8.4g %s\n", what, figure, must, goal,
           meets_goal   ? "ok"
           : meets_must ? "goal missed"
                        : "MISSED");
    fflush(stdout);
}

static inline bool bench_read(const char *path, struct buf *out)
{
    buf_init(out, (size_t)64 << 20);
    FILE *f = fopen(path, "rb");
    char piece[65536];
    for (size_t n; f && (n = fread(piece, 1, sizeof piece, f)) > 0;) {
        buf_add(out, piece, n);
    }
    if (f) {
        fclose(f);
    }
    return f && buf_err(out) == ERR_NONE && out->bytes > 0;
}

struct bench_folder {
    char *path[BENCH_PHOTOS_MAX];
    size_t count;
};

static inline int bench_by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every file of a folder that begins as a JPEG does, in the order of names. */
static inline void bench_list(const char *folder, struct bench_folder *out)
{
    out->count = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d)) && out->count < BENCH_PHOTOS_MAX;) {
        size_t room = strlen(folder) + strlen(e->d_name) + 2;
        char *path = malloc(room);
        if (!path) {
            break;
        }
        snprintf(path, room, "%s/%s", folder, e->d_name);
        FILE *f = fopen(path, "rb");
        bool jpeg = f && fgetc(f) == 0xFF && fgetc(f) == 0xD8;
        if (f) {
            fclose(f);
        }
        if (jpeg) {
            out->path[out->count++] = path;
        } else {
            free(path);
        }
    }
    if (d) {
        closedir(d);
    }
    qsort(out->path, out->count, sizeof *out->path, bench_by_name);
    if (out->count == 0) {
        printf("no photos in %s\n", folder);
    }
}

static inline const char *bench_photos(int argc, char **argv)
{
    return argc > 1 ? argv[1] : TOWNDESK_SOURCE_DIR "/../shared/photos/good";
}

#endif
