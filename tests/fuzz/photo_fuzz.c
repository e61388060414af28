/* links: image base */
/* Any bytes through the whole photo pipeline, and through the DC reader alone whatever the photo's size.
 * Besides what the sanitizers see: a result is whole, or says why it is not.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "image/photo.h"
#include "jpeg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define ALL (IMAGE_WANT_THUMB | IMAGE_WANT_SCREEN | IMAGE_WANT_HASH)
#define PIXELS_MAX 2000000

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void process(struct str photo)
{
    struct image_limits limits = {.bytes_max = 1 << 20, .pixels_max = PIXELS_MAX, .scans_max = 20};
    struct image_workspace *ws = image_workspace_new(&limits);
    struct image_result r;
    struct image_facts facts;
    if (!ws) {
        return;
    }
    expect(image_process(ws, photo, ALL, &r) == ERR_NONE);
    bool good = r.facts.fault == IMAGE_FAULT_NONE;
    expect(good == (r.thumb.jpeg.bytes > 0) && good == (r.screen.jpeg.bytes > 0));
    expect(r.thumb.width <= 400 && r.thumb.height <= 400);
    expect(r.screen.width <= 1600 && r.screen.height <= 1600);
    expect(r.facts.lat >= -90 && r.facts.lat <= 90 && r.facts.lon >= -180 && r.facts.lon <= 180);
    expect(r.facts.orientation >= 1 && r.facts.orientation <= 8);
    expect(memchr(r.facts.taken_at, 0, sizeof r.facts.taken_at) != NULL);
    expect(image_inspect(ws, photo, &facts) == ERR_NONE);
    expect(facts.width == r.facts.width && facts.location == r.facts.location);
    image_workspace_free(ws);
}

/* The pipeline asks it only about photos of 3200 pixels and more. */
static void read_dc(struct str photo)
{
    struct jpeg_map map;
    jpeg_map_read(photo, &map);
    uint64_t pixels = (uint64_t)map.width * map.height;
    if (pixels == 0 || pixels > PIXELS_MAX || map.work > 1000000) {
        return;
    }
    struct arena memory;
    arena_init(&memory, (size_t)64 << 20);
    struct luma ours;
    struct takers t = {
        .memory = &memory, .luma = &ours, .photo = {map.width, map.height}, .orientation = 1};
    (void)jpeg_dc_read(photo, &map, &t);
    arena_clear(&memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct str photo = {(const char *)data, bytes};
    process(photo);
    read_dc(photo);
    return 0;
}
