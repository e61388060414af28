/* links: image base */
/* image/photo.h: facts against photos whose truth is known, renditions against what they must be, and every
 * hostile file within its bounds.
 */
#include "image_make.h"

#include <math.h>
#include <time.h>

#include "base/mem.h"

static struct image_workspace *ws;

static int setup(void **state)
{
    (void)state;
    struct image_limits limits = image_limits_default();
    ws = image_workspace_new(&limits);
    return ws ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    image_workspace_free(ws);
    return 0;
}

static struct image_result process(struct str photo, unsigned wanted)
{
    struct image_result r;
    assert_int_equal(image_process(ws, photo, wanted, &r), ERR_NONE);
    return r;
}

#define ALL (IMAGE_WANT_THUMB | IMAGE_WANT_SCREEN | IMAGE_WANT_HASH)

/* A rendition holds a picture and nothing else. */
static void check_bare(struct str jpeg, uint32_t width, uint32_t height)
{
    const uint8_t *at = (const uint8_t *)jpeg.at;
    assert_true(jpeg.bytes > 4 && at[0] == 0xFF && at[1] == 0xD8);
    for (size_t i = 2; i + 4 <= jpeg.bytes;) {
        assert_int_equal(at[i], 0xFF);
        uint8_t marker = at[i + 1];
        assert_true(marker == 0xDB || marker == 0xC0 || marker == 0xC4 || marker == 0xDA);
        if (marker == 0xDA) {
            break;
        }
        i += 2 + ((size_t)at[i + 2] << 8 | at[i + 3]);
    }
    struct reference_picture p;
    assert_int_equal(reference_decode(jpeg, 1, &p), ERR_NONE);
    assert_int_equal(p.width, width);
    assert_int_equal(p.height, height);
    mem_free(p.rgb);
}

static void check_result(const struct image_result *r)
{
    bool good = r->facts.fault == IMAGE_FAULT_NONE;
    assert_true(good == (r->thumb.jpeg.bytes > 0));
    assert_true(good == (r->screen.jpeg.bytes > 0));
    assert_true(good || !r->has_hash);
    if (good) {
        check_bare(r->thumb.jpeg, r->thumb.width, r->thumb.height);
        check_bare(r->screen.jpeg, r->screen.width, r->screen.height);
        assert_true(r->thumb.width <= 400 && r->thumb.height <= 400);
        assert_true(r->screen.width <= 1600 && r->screen.height <= 1600);
    }
    assert_true(isfinite(r->facts.lat) && fabs(r->facts.lat) <= 90);
    assert_true(isfinite(r->facts.lon) && fabs(r->facts.lon) <= 180);
    assert_true(r->facts.orientation >= 1 && r->facts.orientation <= 8);
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* truth.tsv: path … width height orientation lat lon … expected lat lon class, by column. */
enum {
    COL_PATH,
    COL_WIDTH = 3,
    COL_HEIGHT,
    COL_ORIENTATION,
    COL_DATE = 9,
    COL_OFFSET,
    COL_LAT = 14,
    COL_LON,
    COL_CLASS,
    COLUMNS = 20
};

static void check_truth(char *line, const char *folder)
{
    char *col[COLUMNS] = {0};
    char *rest = line;
    for (unsigned i = 0; i < COLUMNS && rest; i++) {
        col[i] = strsep(&rest, "\t\n");
    }
    assert_non_null(col[COL_CLASS]);
    struct buf file = make_read(folder, col[COL_PATH]);
    struct image_facts f;
    assert_int_equal(image_inspect(ws, buf_str(&file), &f), ERR_NONE);
    if (strcmp(col[COL_CLASS], "MUST") == 0 || strcmp(col[COL_CLASS], "MAY") == 0) {
        if (f.location != IMAGE_LOCATION_EXIF || fabs(f.lat - strtod(col[COL_LAT], NULL)) > 1e-6 ||
            fabs(f.lon - strtod(col[COL_LON], NULL)) > 1e-6) {
            fail_msg("%s: %d %f %f", col[COL_PATH], (int)f.location, f.lat, f.lon);
        }
    } else if (strcmp(col[COL_CLASS], "NONE_IN_EXIF") != 0) {
        assert_int_not_equal(f.location, IMAGE_LOCATION_EXIF);
    }
    if (*col[COL_WIDTH]) {
        assert_int_equal(f.width, strtoul(col[COL_WIDTH], NULL, 10));
        assert_int_equal(f.height, strtoul(col[COL_HEIGHT], NULL, 10));
    }
    unsigned long orientation = strtoul(col[COL_ORIENTATION], NULL, 10);
    assert_int_equal(f.orientation, orientation ? orientation : 1);
    if (*col[COL_DATE] && strtol(col[COL_DATE], NULL, 10) >= 1990) {
        char date[] = "0000-00-00T00:00:00";
        for (size_t i = 0; i < sizeof date - 1; i++) {
            date[i] = date[i] == '0' ? col[COL_DATE][i] : date[i];
        }
        assert_memory_equal(f.taken_at, date, sizeof date - 1);
        assert_string_equal(f.taken_at + sizeof date - 1, col[COL_OFFSET]);
    }
    struct image_result r = process(buf_str(&file), ALL);
    check_result(&r);
    buf_clear(&file);
}

static void test_truth(void **state)
{
    (void)state;
    char folder[1024], line[4096];
    if (!make_photos_path(folder, sizeof folder, "good")) {
        return;
    }
    char path[1100];
    snprintf(path, sizeof path, "%s/truth.tsv", folder);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        check_truth(line, folder);
    }
    fclose(f);
}

static void test_hostile(void **state)
{
    (void)state;
    char folder[1024];
    if (!make_photos_path(folder, sizeof folder, "bad")) {
        return;
    }
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') {
            continue;
        }
        struct buf file = make_read(folder, e->d_name);
        double before = cpu_seconds();
        struct image_result r = process(buf_str(&file), ALL);
        if (cpu_seconds() - before > 2) {
            fail_msg("%s took %.1f s", e->d_name, cpu_seconds() - before);
        }
        check_result(&r);
        buf_clear(&file);
    }
    closedir(d);
}

static void test_sizes(void **state)
{
    (void)state;
    static const uint32_t sizes[][6] = {
        {3300, 100, 400, 12, 1600, 48}, {400, 300, 400, 300, 400, 300},
        {401, 1, 400, 1, 401, 1},       {1, 1, 1, 1, 1, 1},
        {17, 1601, 4, 400, 17, 1600},   {3, 5000, 1, 400, 1, 1600},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const uint32_t *s = sizes[i];
        uint8_t *rgb = make_scene(s[0], s[1], i + 1);
        for (unsigned progressive = 0; progressive < 2; progressive++) {
            struct reference_options o = {
                .h = 2, .v = 2, .quality = 85, .progressive = progressive};
            struct buf file = make_jpeg(rgb, s[0], s[1], &o);
            struct image_result r = process(buf_str(&file), ALL);
            check_result(&r);
            assert_int_equal(r.facts.fault, IMAGE_FAULT_NONE);
            assert_int_equal(r.thumb.width, s[2]);
            assert_int_equal(r.thumb.height, s[3]);
            assert_int_equal(r.screen.width, s[4]);
            assert_int_equal(r.screen.height, s[5]);
            buf_clear(&file);
        }
        mem_free(rgb);
    }
}

/* The mean colour of a quarter of a rendition. */
static void quarter_mean(struct str jpeg, unsigned right, unsigned below, double out[3])
{
    struct reference_picture p;
    assert_int_equal(reference_decode(jpeg, 1, &p), ERR_NONE);
    out[0] = out[1] = out[2] = 0;
    uint32_t w = p.width / 2, h = p.height / 2;
    for (uint32_t y = 0; y < h; y++) {
        for (uint32_t x = 0; x < w; x++) {
            for (unsigned c = 0; c < 3; c++) {
                out[c] += p.rgb[((size_t)(y + below * (p.height - h)) * p.width + x +
                                 right * (p.width - w)) *
                                    3 +
                                c];
            }
        }
    }
    for (unsigned c = 0; c < 3; c++) {
        out[c] /= (double)w * h;
    }
    mem_free(p.rgb);
}

/* The stored top left quarter is red. Where is it seen? (TIFF 6.0, tag 274) */
static void test_orientation(void **state)
{
    (void)state;
    static const unsigned corner[9][2] = {{0, 0}, {0, 0}, {1, 0}, {1, 1}, {0, 1},
                                          {0, 0}, {1, 0}, {1, 1}, {0, 1}};
    enum { W = 333, H = 201 };
    uint8_t *rgb = mem_array((size_t)W * H, 3);
    assert_non_null(rgb);
    for (unsigned y = 0; y < H / 2; y++) {
        for (unsigned x = 0; x < W / 2; x++) {
            rgb[((size_t)y * W + x) * 3] = 255;
        }
    }
    for (unsigned orientation = 1; orientation <= 8; orientation++) {
        uint8_t block[2048];
        struct make_exif x = {.big = orientation % 2, .orientation = orientation};
        struct reference_options o = {.quality = 90, .app1 = block};
        o.app1_bytes = (unsigned)make_exif(&x, block);
        struct buf file = make_jpeg(rgb, W, H, &o);
        struct image_result r = process(buf_str(&file), ALL);
        assert_int_equal(r.facts.orientation, orientation);
        assert_int_equal(r.facts.width, W);
        assert_int_equal(r.thumb.width, orientation >= 5 ? H : W);
        for (unsigned q = 0; q < 4; q++) {
            double mean[3];
            quarter_mean(r.thumb.jpeg, q % 2, q / 2, mean);
            bool red = q % 2 == corner[orientation][0] && q / 2 == corner[orientation][1];
            assert_true(red ? mean[0] > 235 : mean[0] < 15);
            assert_true(mean[1] < 15 && mean[2] < 15);
        }
        buf_clear(&file);
    }
    mem_free(rgb);
}

#define REF(t, letter)                                                                             \
    {                                                                                              \
        t, 2, 2, {0}, letter                                                                       \
    }
#define DMS(t, d, m, s)                                                                            \
    {                                                                                              \
        t, 5, 3, {d, 1, m, 1, s, 100}, NULL                                                        \
    }

static void check_position(struct make_exif x, enum image_location expected, double lat, double lon)
{
    for (unsigned big = 0; big < 2; big++) {
        x.big = big;
        struct buf file = make_exif_jpeg(&x);
        struct image_facts f;
        assert_int_equal(image_inspect(ws, buf_str(&file), &f), ERR_NONE);
        assert_int_equal(f.fault, IMAGE_FAULT_NONE);
        assert_int_equal(f.location, expected);
        assert_true(fabs(f.lat - lat) < 1e-9 && fabs(f.lon - lon) < 1e-9);
        buf_clear(&file);
    }
}

static void test_positions(void **state)
{
    (void)state;
    const struct make_exif good = {.orientation = 1,
                                   .lat_ref = REF(1, "S"),
                                   .lat = DMS(2, 35, 30, 3600),
                                   .lon_ref = REF(3, "W"),
                                   .lon = DMS(4, 139, 45, 0)};
    check_position(good, IMAGE_LOCATION_EXIF, -(35 + 30.0 / 60 + 36.0 / 3600), -139.75);
    struct make_exif x = good;
    x.lat.number[5] = x.lat.number[4] = 0; /* seconds 0/0 */
    check_position(x, IMAGE_LOCATION_EXIF, -35.5, -139.75);
    x.lat.number[3] = x.lat.number[2] = 0; /* minutes 0/0 */
    check_position(x, IMAGE_LOCATION_INVALID, 0, 0);
    x = good;
    x.lat.number[1] = 0;
    check_position(x, IMAGE_LOCATION_INVALID, 0, 0);
    x = good;
    x.lat.number[0] = 91;
    check_position(x, IMAGE_LOCATION_INVALID, 0, 0);
    x = good;
    x.lon.number[0] = 180; /* and 45 minutes */
    check_position(x, IMAGE_LOCATION_INVALID, 0, 0);
    x = good;
    memset(x.lat.number, 255, sizeof x.lat.number);
    check_position(x, IMAGE_LOCATION_INVALID, 0, 0);
    x = good;
    x.lat.type = 2; /* text */
    x.lat.count = 11;
    x.lat.text = "35,30.60000";
    check_position(x, IMAGE_LOCATION_INVALID, 0, 0);
    x = good;
    x.lat_ref.count = 0;
    check_position(x, IMAGE_LOCATION_INVALID, 0, 0);
    x = good;
    x.lon.count = 0;
    check_position(x, IMAGE_LOCATION_INVALID, 0, 0);
    x = good;
    x.lat_ref.text = "X";
    check_position(x, IMAGE_LOCATION_INVALID, 0, 0);
    x = good;
    x.lat = (struct make_entry)DMS(2, 0, 0, 0);
    x.lon = (struct make_entry)DMS(4, 0, 0, 0);
    check_position(x, IMAGE_LOCATION_INVALID, 0, 0);
    x.lat_ref.text = x.lon_ref.text = "\0";
    memset(x.lat.number, 0, sizeof x.lat.number);
    memset(x.lon.number, 0, sizeof x.lon.number);
    check_position(x, IMAGE_LOCATION_NONE, 0, 0); /* reserved, never filled in */
    x = (struct make_exif){.orientation = 1};
    check_position(x, IMAGE_LOCATION_NONE, 0, 0);
}

static void test_dates(void **state)
{
    (void)state;
    static const char *const cases[][4] = {
        {"2018:08:18 16:38:10", NULL, NULL, "2018-08-18T16:38:10"},
        {"2018:08:18 16:38:10", "+09:00", NULL, "2018-08-18T16:38:10+09:00"},
        {"2018:08:18 16:38:10", "nine", NULL, "2018-08-18T16:38:10"},
        {"0000:00:00 00:00:00", NULL, NULL, ""},
        {"1970:01:01 00:00:00", NULL, NULL, ""},
        {"2018:02:30 16:38:10", NULL, NULL, ""},
        {"2018:08:18 25:38:10", NULL, NULL, ""},
        {"2018:08:1", NULL, NULL, ""},
        {"    :  :     :  :  ", NULL, NULL, ""},
        {NULL, NULL, "2018:08:18 16:38:10", "2018-08-18T16:38:10"},
        {NULL, NULL, NULL, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct make_exif x = {.orientation = 1,
                              .original = cases[i][0],
                              .offset = cases[i][1],
                              .digitized = cases[i][2]};
        struct buf file = make_exif_jpeg(&x);
        struct image_facts f;
        assert_int_equal(image_inspect(ws, buf_str(&file), &f), ERR_NONE);
        assert_string_equal(f.taken_at, cases[i][3]);
        buf_clear(&file);
    }
}

static void test_colour_spaces(void **state)
{
    (void)state;
    enum { W = 64, H = 48 };
    uint8_t *rgb = mem_alloc(W * H * 3);
    assert_non_null(rgb);
    for (unsigned i = 0; i < W * H; i++) {
        memcpy(rgb + (size_t)3 * i, (uint8_t[]){200, 100, 50}, 3);
    }
    static const enum reference_space spaces[] = {REFERENCE_YCC, REFERENCE_GREY, REFERENCE_RGB,
                                                  REFERENCE_CMYK, REFERENCE_YCCK};
    for (unsigned i = 0; i < 5; i++) {
        for (unsigned progressive = 0; progressive < 2; progressive++) {
            struct reference_options o = {
                .space = spaces[i], .quality = 95, .progressive = progressive};
            struct buf file = make_jpeg(rgb, W, H, &o);
            struct image_result r = process(buf_str(&file), ALL);
            check_result(&r);
            double mean[3];
            quarter_mean(r.thumb.jpeg, 0, 0, mean);
            bool grey = spaces[i] == REFERENCE_GREY;
            assert_true(fabs(mean[0] - (grey ? 124 : 200)) < 4);
            assert_true(fabs(mean[1] - (grey ? 124 : 100)) < 4);
            assert_true(fabs(mean[2] - (grey ? 124 : 50)) < 4);
            buf_clear(&file);
        }
    }
    mem_free(rgb);
}

static void put_big(uint8_t *at, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(v >> (24 - 8 * i));
    }
}

/* Display P3 as an ICC profile, its curve as one gamma value of 2.2. */
static size_t make_p3(uint8_t icc[512])
{
    static const double xyz[3][3] = {
        {0.51512, 0.24120, -0.00105}, {0.29198, 0.69225, 0.04189}, {0.15710, 0.06657, 0.78407}};
    memset(icc, 0, 512);
    memcpy(icc + 16, "RGB XYZ ", 8);
    put_big(icc + 128, 6);
    size_t at = 128 + 4 + 6 * 12;
    for (unsigned i = 0; i < 3; i++) {
        uint8_t *tag = icc + 132 + (size_t)12 * i;
        memcpy(tag, "rXYZ", 4);
        tag[0] = (uint8_t) "rgb"[i];
        put_big(tag + 4, (uint32_t)at);
        put_big(tag + 8, 20);
        memcpy(icc + at, "XYZ ", 4);
        for (unsigned k = 0; k < 3; k++) {
            put_big(icc + at + 8 + (size_t)4 * k, (uint32_t)(int32_t)lround(xyz[i][k] * 65536));
        }
        at += 20;
    }
    for (unsigned i = 0; i < 3; i++) {
        uint8_t *tag = icc + 132 + (size_t)12 * (i + 3);
        memcpy(tag, "rTRC", 4);
        tag[0] = (uint8_t) "rgb"[i];
        put_big(tag + 4, (uint32_t)at);
        put_big(tag + 8, 14);
    }
    memcpy(icc + at, "curv", 4);
    put_big(icc + at + 8, 1);
    icc[at + 12] = 2;
    icc[at + 13] = 51; /* 2.2 */
    at += 14;
    put_big(icc, (uint32_t)at);
    return at;
}

static void test_profile(void **state)
{
    (void)state;
    enum { W = 64, H = 48 };
    uint8_t icc[512];
    size_t bytes = make_p3(icc);
    uint8_t *rgb = mem_alloc(W * H * 3);
    assert_non_null(rgb);
    for (unsigned i = 0; i < W * H; i++) {
        memcpy(rgb + (size_t)3 * i, (uint8_t[]){200, 100, 50}, 3);
    }
    struct reference_options o = {.quality = 98, .icc = icc, .icc_bytes = (unsigned)bytes};
    struct buf file = make_jpeg(rgb, W, H, &o);
    struct image_result r = process(buf_str(&file), ALL);
    check_result(&r);
    double mean[3];
    quarter_mean(r.screen.jpeg, 0, 0, mean);
    /* By the definitions of Display P3's primaries, gamma 2.2 and sRGB: 216.3, 92.5, 23.6 */
    assert_true(fabs(mean[0] - 216.3) < 2.5 && fabs(mean[1] - 92.5) < 2.5 &&
                fabs(mean[2] - 23.6) < 2.5);
    /* Whatever a profile says, it does no harm. */
    uint64_t seed = 7;
    for (unsigned i = 0; i < 300; i++) {
        uint8_t broken[512];
        memcpy(broken, icc, sizeof broken);
        for (unsigned k = 0; k < 4; k++) {
            broken[make_random(&seed) % bytes] = (uint8_t)make_random(&seed);
        }
        struct buf hostile;
        buf_init(&hostile, 1 << 20);
        o.icc = broken;
        o.icc_bytes = (unsigned)(bytes - make_random(&seed) % 64);
        assert_int_equal(reference_encode(rgb, 16, 16, &o, &hostile), ERR_NONE);
        r = process(buf_str(&hostile), IMAGE_WANT_THUMB);
        assert_int_equal(r.facts.fault, IMAGE_FAULT_NONE);
        buf_clear(&hostile);
    }
    buf_clear(&file);
    mem_free(rgb);
}

static void test_limits(void **state)
{
    (void)state;
    uint8_t *rgb = make_scene(100, 100, 3);
    struct reference_options o = {.quality = 80, .progressive = true};
    struct buf file = make_jpeg(rgb, 100, 100, &o);
    struct image_limits d = image_limits_default();
    const struct {
        struct image_limits limits;
        enum image_fault fault;
    } cases[] = {
        {d, IMAGE_FAULT_NONE},
        {{file.bytes - 1, d.pixels_max, d.scans_max}, IMAGE_FAULT_TOO_MANY_BYTES},
        {{file.bytes, 9999, d.scans_max}, IMAGE_FAULT_TOO_MANY_PIXELS},
        {{file.bytes, 10000, 9}, IMAGE_FAULT_TOO_MANY_SCANS},
        {{file.bytes, 10000, 10}, IMAGE_FAULT_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct image_workspace *w = image_workspace_new(&cases[i].limits);
        assert_non_null(w);
        struct image_result r;
        assert_int_equal(image_process(w, buf_str(&file), ALL, &r), ERR_NONE);
        assert_int_equal(r.facts.fault, cases[i].fault);
        check_result(&r);
        image_workspace_free(w);
    }
    struct image_result r = process(STR_NONE, ALL);
    assert_int_equal(r.facts.fault, IMAGE_FAULT_EMPTY);
    r = process(STR("hello, this is no photo at all"), ALL);
    assert_int_equal(r.facts.fault, IMAGE_FAULT_UNKNOWN_FORMAT);
    buf_clear(&file);
    mem_free(rgb);
}

/* A file cut anywhere, or with bits turned over, ends in a result; half of a baseline photo is shown. */
static void test_damage(void **state)
{
    (void)state;
    enum { W = 480, H = 360 };
    uint8_t *rgb = make_scene(W, H, 11);
    for (unsigned kind = 0; kind < 4; kind++) {
        struct reference_options o = {.h = 2,
                                      .v = 2,
                                      .quality = 75,
                                      .progressive = kind & 1,
                                      .restart_rows = kind & 2 ? 4 : 0};
        struct buf file = make_jpeg(rgb, W, H, &o);
        struct str whole = buf_str(&file);
        for (size_t n = 0; n < whole.bytes; n += whole.bytes / 41 + 1) {
            struct image_result r = process((struct str){whole.at, n}, ALL);
            check_result(&r);
            assert_true(n < whole.bytes * 3 / 4 || r.facts.fault == IMAGE_FAULT_NONE);
        }
        uint64_t seed = kind + 1;
        char *copy = mem_alloc(whole.bytes);
        assert_non_null(copy);
        for (unsigned i = 0; i < 60; i++) {
            memcpy(copy, whole.at, whole.bytes);
            for (unsigned k = 0; k < 1 + i % 5; k++) {
                copy[make_random(&seed) % (i % 2 ? whole.bytes : 700)] ^=
                    (char)(1 << make_random(&seed) % 8);
            }
            struct image_result r = process((struct str){copy, whole.bytes}, ALL);
            check_result(&r);
        }
        mem_free(copy);
        buf_clear(&file);
    }
    mem_free(rgb);
}

/* Every allocation of ours fails once: the answer is a result or "no memory", and nothing is lost. */
static void test_no_memory(void **state)
{
    (void)state;
    uint8_t *rgb = make_scene(200, 150, 5);
    struct reference_options o = {.h = 2, .v = 2, .quality = 80};
    struct buf file = make_jpeg(rgb, 200, 150, &o);
    struct image_limits limits = image_limits_default();
    bool failed = true;
    for (int64_t n = 0; failed && n < 1000; n++) {
        mem_fail_after(n);
        struct image_workspace *w = image_workspace_new(&limits);
        if (w) {
            struct image_result r;
            assert_int_equal(image_process(w, buf_str(&file), ALL, &r), ERR_NONE);
            assert_true(r.facts.fault == IMAGE_FAULT_NONE ||
                        r.facts.fault == IMAGE_FAULT_NO_MEMORY);
            failed = mem_fail_happened();
            mem_fail_after(-1);
            check_result(&r);
        }
        image_workspace_free(w);
    }
    mem_fail_after(-1);
    assert_false(failed);
    buf_clear(&file);
    mem_free(rgb);
}

static void test_words(void **state)
{
    (void)state;
    for (int i = IMAGE_FAULT_NONE; i <= IMAGE_FAULT_NO_MEMORY; i++) {
        assert_true(strlen(image_fault_code((enum image_fault)i)) > 0);
        assert_true(strlen(image_fault_message((enum image_fault)i)) > 10);
    }
    for (int i = IMAGE_UNKNOWN; i <= IMAGE_HEIC; i++) {
        assert_true(strlen(image_format_name((enum image_format)i)) > 0);
        assert_non_null(strchr(image_format_mime((enum image_format)i), '/'));
    }
    assert_non_null(strstr(image_versions(), "libjpeg-turbo"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truth),         cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_sizes),         cmocka_unit_test(test_orientation),
        cmocka_unit_test(test_positions),     cmocka_unit_test(test_dates),
        cmocka_unit_test(test_colour_spaces), cmocka_unit_test(test_profile),
        cmocka_unit_test(test_limits),        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_no_memory),     cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
