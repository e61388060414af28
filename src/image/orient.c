/* Turns planes as EXIF's orientation says (TIFF 6.0, tag 274), a band of rows at a time, so that no
 * turned copy of a whole picture is ever in memory.
 *
 *     1 as stored     2 mirrored       3 half turn       4 mirrored half turn
 *     5 transposed    6 quarter turn clockwise    7 transposed half turn    8 quarter turn counter
 */
#include "picture.h"

#include <string.h>

void plane_turned_rows(const struct plane *p, unsigned orientation, uint32_t first_row,
                       uint32_t rows, uint8_t *out, size_t stride)
{
    bool flip_x = orientation_flips_x(orientation);
    bool flip_y = orientation_flips_y(orientation);
    if (!orientation_swaps(orientation)) {
        for (uint32_t r = 0; r < rows; r++) {
            uint32_t y = flip_y ? p->height - 1 - (first_row + r) : first_row + r;
            const uint8_t *in = p->at + (size_t)y * p->width;
            if (!flip_x) {
                memcpy(out + r * stride, in, p->width);
                continue;
            }
            for (uint32_t x = 0; x < p->width; x++) {
                out[r * stride + x] = in[p->width - 1 - x];
            }
        }
        return;
    }
    /* A turned row is a stored column: walk the stored rows once and take a few columns of each. */
    for (uint32_t x = 0; x < p->height; x++) {
        uint32_t y = flip_y ? p->height - 1 - x : x;
        const uint8_t *in = p->at + (size_t)y * p->width;
        for (uint32_t r = 0; r < rows; r++) {
            uint32_t column = flip_x ? p->width - 1 - (first_row + r) : first_row + r;
            out[r * stride + x] = in[column];
        }
    }
}
