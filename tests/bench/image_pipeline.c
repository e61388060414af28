/* links: image base */
/* bench_image_pipeline [photos]: what a photo of 8 MP and more costs, baseline and progressive, against
 * libjpeg-turbo's decode at 1/8 of the same bytes and against vipsthumbnail, in the same run: CPU time, peak
 * memory, and the thumbnail's likeness to a full decode scaled with Lanczos.
 */
#include "image_bench.h"

#include <math.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIG_PIXELS 7900000
#define ROUNDS 15
#define PHOTOS_MAX 16
#define QUICK (IMAGE_WANT_THUMB | IMAGE_WANT_HASH)
#define PI 3.14159265358979323846

struct photo {
    char path[64];
    struct buf file;
    bool progressive;
    bool usual; /* about 12 MP: what the limits of memory are for */
};

static struct photo photos[PHOTOS_MAX];
static size_t photo_count;

static struct image_workspace *workspace(void)
{
    struct image_limits limits = image_limits_default();
    limits.bytes_max = (size_t)64 << 20;
    struct image_workspace *ws = image_workspace_new(&limits);
    if (!ws) {
        abort();
    }
    return ws;
}

static void keep(const char *folder, struct buf file, bool progressive, bool usual)
{
    struct photo *p = &photos[photo_count];
    p->file = file;
    p->progressive = progressive;
    p->usual = usual;
    snprintf(p->path, sizeof p->path, "%s/%zu.jpg", folder, photo_count++);
    FILE *f = fopen(p->path, "wb");
    if (!f || fwrite(file.at, 1, file.bytes, f) != file.bytes || fclose(f) != 0) {
        abort();
    }
}

/* Every big photo, and a progressive file of the same coefficients. */
static void gather(const char *from, const char *folder, struct image_workspace *ws)
{
    static struct bench_folder list;
    bench_list(from, &list);
    for (size_t i = 0; i < list.count && photo_count + 2 <= PHOTOS_MAX; i++) {
        struct buf file, other;
        struct image_facts f;
        struct image_result r;
        if (!bench_read(list.path[i], &file) || image_inspect(ws, buf_str(&file), &f) != ERR_NONE ||
            (double)f.width * f.height < BIG_PIXELS ||
            image_process(ws, buf_str(&file), QUICK, &r) != ERR_NONE ||
            r.facts.fault != IMAGE_FAULT_NONE) {
            buf_clear(&file);
            continue;
        }
        buf_init(&other, (size_t)64 << 20);
        bool made = reference_progressive(buf_str(&file), &other) == ERR_NONE;
        printf("photo %zu: %s, %u x %u, %zu bytes\n", photo_count, strrchr(list.path[i], '/') + 1,
               f.width, f.height, file.bytes);
        bool usual = (double)f.width * f.height < 13e6;
        keep(folder, file, false, usual);
        if (made) {
            keep(folder, other, true, usual);
        }
    }
}

static void one_process(struct image_workspace *ws, struct str file, unsigned wanted)
{
    struct image_result r;
    if (image_process(ws, file, wanted, &r) != ERR_NONE || r.facts.fault != IMAGE_FAULT_NONE) {
        abort();
    }
}

static void print_cpu(struct image_workspace *ws, bool progressive)
{
    double ratios[PHOTOS_MAX], sum_ours = 0, sum_reference = 0;
    size_t count = 0;
    for (size_t i = 0; i < photo_count; i++) {
        struct str file = buf_str(&photos[i].file);
        if (photos[i].progressive != progressive) {
            continue;
        }
        double ours[ROUNDS], reference[ROUNDS], screen[ROUNDS];
        for (unsigned n = 0; n < ROUNDS; n++) {
            double t0 = bench_cpu_ms();
            if (reference_decode(file, 8, NULL) != ERR_NONE) {
                abort();
            }
            double t1 = bench_cpu_ms();
            one_process(ws, file, QUICK);
            double t2 = bench_cpu_ms();
            one_process(ws, file, IMAGE_WANT_SCREEN);
            reference[n] = t1 - t0;
            ours[n] = t2 - t1;
            screen[n] = bench_cpu_ms() - t2;
        }
        double o = bench_median(ours, ROUNDS), r = bench_median(reference, ROUNDS);
        printf("  photo %zu: libjpeg-turbo at 1/8 %.2f ms, thumbnail and hash %.2f ms (%.3f), "
               "screen %.2f ms\n",
               i, r, o, o / r, bench_median(screen, ROUNDS));
        ratios[count++] = o / r;
        sum_ours += o;
        sum_reference += r;
    }
    if (count) {
        bench_figure(progressive ? "CPU / libjpeg-turbo at 1/8, progressive"
                                 : "CPU / libjpeg-turbo at 1/8, baseline",
                     sum_ours / sum_reference, true, progressive ? 0.40 : 1.10,
                     progressive ? 0.10 : 0.75);
        double worst = 0;
        for (size_t i = 0; i < count; i++) {
            worst = ratios[i] > worst ? ratios[i] : worst;
        }
        bench_figure("  the same, the worst photo", worst, true, progressive ? 0.40 : 1.10,
                     progressive ? 0.10 : 0.75);
    }
}

/* CPU seconds of a child that ran to its end; negative when it did not. */
static double child_cpu(pid_t child)
{
    int status;
    struct rusage u;
    if (child < 0 || wait4(child, &status, 0, &u) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status)) {
        return -1;
    }
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static pid_t start_vips(const char *folder, bool progressive)
{
    static char output[80];
    snprintf(output, sizeof output, "%s/v%%s.jpg", folder);
    char size[] = "400x400", name[] = "vipsthumbnail", s[] = "-s", o[] = "-o";
    char *args[PHOTOS_MAX + 6] = {name, s, size, o, output};
    size_t count = 5;
    for (size_t i = 0; i < photo_count; i++) {
        if (photos[i].progressive == progressive) {
            args[count++] = photos[i].path;
        }
    }
    pid_t child = fork();
    if (child == 0) {
        execvp(name, args);
        _exit(127);
    }
    return child;
}

static pid_t start_ours(bool progressive)
{
    pid_t child = fork();
    if (child == 0) {
        struct image_workspace *ws = workspace();
        for (size_t i = 0; i < photo_count; i++) {
            struct buf file;
            if (photos[i].progressive == progressive && bench_read(photos[i].path, &file)) {
                one_process(ws, buf_str(&file), QUICK);
                buf_clear(&file);
            }
        }
        _exit(0);
    }
    return child;
}

static bool print_vips(const char *folder, bool progressive)
{
    double vips[5], ours[5];
    for (unsigned n = 0; n < 5; n++) {
        vips[n] = child_cpu(start_vips(folder, progressive));
        ours[n] = child_cpu(start_ours(progressive));
        if (vips[n] < 0 || ours[n] < 0) {
            printf("no vipsthumbnail here: left out\n");
            return false;
        }
    }
    double ratio = bench_median(ours, 5) / bench_median(vips, 5);
    bench_figure(progressive ? "CPU / vipsthumbnail, a batch, progressive"
                             : "CPU / vipsthumbnail, a batch, baseline",
                 ratio, true, 1, 0.50);
    return true;
}

static long peak_kb(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

/* As a child of its own: how much the peak grows beyond the file, in KB, on standard output. */
static int run_one(const char *path, unsigned wanted)
{
    struct buf file;
    long before = peak_kb();
    if (!bench_read(path, &file)) {
        return 1;
    }
    struct image_workspace *ws = workspace();
    one_process(ws, buf_str(&file), wanted);
    printf("%ld\n", peak_kb() - before - (long)(file.bytes / 1024));
    return 0;
}

static void print_memory(const char *self, bool progressive, unsigned wanted, const char *what,
                         double must, double goal)
{
    double worst = 0;
    for (size_t i = 0; i < photo_count; i++) {
        char command[4096];
        long kb;
        snprintf(command, sizeof command, "'%.2000s' --one '%.64s' %u", self, photos[i].path,
                 wanted);
        bool counts = photos[i].progressive == progressive && photos[i].usual;
        FILE *f = counts ? popen(command, "r") : NULL;
        if (f) {
            if (fscanf(f, "%ld", &kb) == 1 && (double)kb / 1000 > worst) {
                worst = (double)kb / 1000;
            }
            pclose(f);
        }
    }
    bench_figure(what, worst, true, must, goal);
}

static double lanczos(double x)
{
    x = fabs(x);
    return x < 1e-9 ? 1 : x >= 3 ? 0 : 3 * sin(PI * x) * sin(PI * x / 3) / (PI * PI * x * x);
}

/* The luma of RGB pixels scaled along one axis: out[o * out_step + other * other_out] */
static void scale_axis(const double *in, size_t samples, size_t step, size_t lines,
                       size_t line_step, double *out, size_t outs, size_t out_step,
                       size_t out_line_step)
{
    double ratio = (double)samples / (double)outs, wide = ratio < 1 ? 1 : ratio;
    for (size_t o = 0; o < outs; o++) {
        double centre = ((double)o + 0.5) * ratio;
        long first = (long)floor(centre - 3 * wide), last = (long)ceil(centre + 3 * wide);
        for (size_t l = 0; l < lines; l++) {
            double sum = 0, weights = 0;
            for (long i = first; i < last; i++) {
                long at = i < 0 ? 0 : i >= (long)samples ? (long)samples - 1 : i;
                double w = lanczos(((double)i + 0.5 - centre) / wide);
                sum += w * in[(size_t)at * step + l * line_step];
                weights += w;
            }
            out[o * out_step + l * out_line_step] = sum / weights;
        }
    }
}

static double *luma_of(const struct reference_picture *p)
{
    double *l = calloc((size_t)p->width * p->height, sizeof *l);
    for (size_t i = 0; l && i < (size_t)p->width * p->height; i++) {
        l[i] = 0.299 * p->rgb[3 * i] + 0.587 * p->rgb[3 * i + 1] + 0.114 * p->rgb[3 * i + 2];
    }
    return l;
}

static double *truth_of(struct str file, uint32_t width, uint32_t height)
{
    struct reference_picture p;
    if (reference_decode(file, 1, &p) != ERR_NONE) {
        return NULL;
    }
    double *full = luma_of(&p), *half = calloc((size_t)width * p.height, sizeof *half);
    double *out = calloc((size_t)width * height, sizeof *out);
    if (full && half && out) {
        scale_axis(full, p.width, 1, p.height, p.width, half, width, 1, width);
        scale_axis(half, p.height, width, width, 1, out, height, width, 1);
    }
    free(full);
    free(half);
    mem_free(p.rgb);
    return out;
}

/* Wang et al. 2004, over squares of 8 pixels, 4 apart. */
static double ssim(const double *a, const double *b, uint32_t width, uint32_t height)
{
    double total = 0;
    size_t count = 0;
    for (uint32_t y = 0; y + 8 <= height; y += 4) {
        for (uint32_t x = 0; x + 8 <= width; x += 4, count++) {
            double sa = 0, sb = 0, aa = 0, bb = 0, ab = 0;
            for (unsigned i = 0; i < 64; i++) {
                size_t at = (size_t)(y + i / 8) * width + x + i % 8;
                sa += a[at], sb += b[at], aa += a[at] * a[at], bb += b[at] * b[at],
                    ab += a[at] * b[at];
            }
            sa /= 64, sb /= 64;
            double va = aa / 64 - sa * sa, vb = bb / 64 - sb * sb, cov = ab / 64 - sa * sb;
            total += (2 * sa * sb + 6.5025) * (2 * cov + 58.5225) /
                     ((sa * sa + sb * sb + 6.5025) * (va + vb + 58.5225));
        }
    }
    return count ? total / (double)count : 0;
}

static double likeness(const double *truth, struct str jpeg, uint32_t width, uint32_t height)
{
    struct reference_picture p;
    double result = 0;
    if (reference_decode(jpeg, 1, &p) != ERR_NONE) {
        return 0;
    }
    double *l = luma_of(&p);
    if (l && p.width == width && p.height == height) {
        result = ssim(truth, l, width, height);
    }
    free(l);
    mem_free(p.rgb);
    return result;
}

static void print_likeness(struct image_workspace *ws, const char *folder)
{
    double ours = 0, vips = 0;
    size_t count = 0;
    for (size_t i = 0; i < photo_count; i++) {
        struct image_result r;
        struct buf other;
        char path[128];
        snprintf(path, sizeof path, "%s/v%zu.jpg", folder, i);
        if (photos[i].progressive || !bench_read(path, &other) ||
            image_process(ws, buf_str(&photos[i].file), IMAGE_WANT_THUMB, &r) != ERR_NONE ||
            r.facts.orientation != 1) {
            continue;
        }
        double *truth = truth_of(buf_str(&photos[i].file), r.thumb.width, r.thumb.height);
        double o = likeness(truth, r.thumb.jpeg, r.thumb.width, r.thumb.height);
        double v = likeness(truth, buf_str(&other), r.thumb.width, r.thumb.height);
        printf("  photo %zu: SSIM %.4f (%zu bytes), vipsthumbnail's %.4f (%zu bytes)\n", i, o,
               r.thumb.jpeg.bytes, v, other.bytes);
        ours += o;
        vips += v;
        count += v > 0;
        free(truth);
        buf_clear(&other);
    }
    if (count) {
        bench_figure("SSIM less vipsthumbnail's", (ours - vips) / (double)count, false, -0.02, 0);
    }
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--one") == 0) {
        return run_one(argv[2], (unsigned)strtoul(argv[3], NULL, 10));
    }
    char folder[] = "/tmp/bench_image_XXXXXX";
    if (!mkdtemp(folder)) {
        return 1;
    }
    struct image_workspace *ws = workspace();
    gather(bench_photos(argc, argv), folder, ws);
    print_cpu(ws, false);
    print_cpu(ws, true);
    bool vips = print_vips(folder, false) && print_vips(folder, true);
    print_memory(argv[0], false, QUICK, "peak beyond the file, 12 MP baseline, MB", 8, 6);
    print_memory(argv[0], false, QUICK | IMAGE_WANT_SCREEN, "  the same, with the screen rendition",
                 8, 6);
    print_memory(argv[0], true, QUICK, "peak beyond the file, 12 MP progressive, MB", 48, 12);
    print_memory(argv[0], true, QUICK | IMAGE_WANT_SCREEN, "  the same, with the screen rendition",
                 48, 48);
    if (vips) {
        print_likeness(ws, folder);
    }
    for (size_t i = 0; i < photo_count; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/v%zu.jpg", folder, i);
        unlink(photos[i].path);
        unlink(path);
        buf_clear(&photos[i].file);
    }
    rmdir(folder);
    image_workspace_free(ws);
    return 0;
}
