/* See reference.h: libjpeg-turbo with its defaults, in the shortest way that works.
 */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "jpeg_guard.h"

static enum err close_output(unsigned char *bytes, unsigned long count, bool done, struct buf *out)
{
    if (done) {
        buf_add(out, bytes, count);
    }
    free(bytes);
    return done ? buf_err(out) : ERR_INPUT;
}

static void setup(struct jpeg_compress_struct *c, const struct reference_options *o)
{
    static const J_COLOR_SPACE spaces[] = {JCS_YCbCr, JCS_GRAYSCALE, JCS_RGB, JCS_CMYK, JCS_YCCK};
    bool ink = o->space == REFERENCE_CMYK || o->space == REFERENCE_YCCK;
    c->input_components = ink ? 4 : 3;
    c->in_color_space = ink ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(c);
    jpeg_set_colorspace(c, spaces[o->space]);
    jpeg_set_quality(c, o->quality, TRUE);
    for (int i = 0; i < c->num_components; i++) {
        c->comp_info[i].h_samp_factor = i == 0 && o->h ? (int)o->h : 1;
        c->comp_info[i].v_samp_factor = i == 0 && o->v ? (int)o->v : 1;
    }
    if (o->progressive) {
        jpeg_simple_progression(c);
    }
    c->restart_in_rows = (int)o->restart_rows;
}

static void write_rows(struct jpeg_compress_struct *c, const uint8_t *rgb, uint8_t *row)
{
    while (c->next_scanline < c->image_height) {
        const uint8_t *in = rgb + (size_t)c->next_scanline * c->image_width * 3;
        for (uint32_t x = 0; x < c->image_width; x++) {
            memcpy(row + (size_t)x * (unsigned)c->input_components, in + (size_t)x * 3, 3);
            if (c->input_components == 4) {
                row[(size_t)x * 4 + 3] = 255; /* no black; Adobe's way round */
            }
        }
        JSAMPROW rows = row;
        jpeg_write_scanlines(c, &rows, 1);
    }
}

enum err reference_encode(const uint8_t *rgb, uint32_t width, uint32_t height,
                          const struct reference_options *o, struct buf *out)
{
    struct jpeg_compress_struct c;
    struct jpeg_guard guard;
    unsigned char *volatile bytes = NULL;
    unsigned long count = 0;
    uint8_t *row = mem_alloc((size_t)width * 4);
    if (!row) {
        return ERR_NOMEM;
    }
    jpeg_guard_init(&guard);
    c.err = &guard.manager;
    volatile bool done = false;
    if (setjmp(guard.jump) == 0) {
        jpeg_create_compress(&c);
        jpeg_mem_dest(&c, (unsigned char **)(uintptr_t)&bytes, &count);
        c.image_width = width;
        c.image_height = height;
        setup(&c, o);
        jpeg_start_compress(&c, TRUE);
        if (o->app1) {
            jpeg_write_marker(&c, JPEG_APP0 + 1, o->app1, o->app1_bytes);
        }
        if (o->icc) {
            jpeg_write_icc_profile(&c, o->icc, o->icc_bytes);
        }
        write_rows(&c, rgb, row);
        jpeg_finish_compress(&c);
        done = true;
    }
    jpeg_destroy_compress(&c);
    mem_free(row);
    return close_output(bytes, count, done, out);
}

enum err reference_progressive(struct str jpeg, struct buf *out)
{
    struct jpeg_decompress_struct d;
    struct jpeg_compress_struct c;
    struct jpeg_guard guard;
    unsigned char *volatile bytes = NULL;
    unsigned long count = 0;
    jpeg_guard_init(&guard);
    d.err = c.err = &guard.manager;
    jpeg_create_decompress(&d);
    jpeg_create_compress(&c);
    volatile bool done = false;
    if (setjmp(guard.jump) == 0) {
        jpeg_mem_src(&d, (const unsigned char *)jpeg.at, (unsigned long)jpeg.bytes);
        jpeg_read_header(&d, TRUE);
        jvirt_barray_ptr *coefficients = jpeg_read_coefficients(&d);
        jpeg_mem_dest(&c, (unsigned char **)(uintptr_t)&bytes, &count);
        jpeg_copy_critical_parameters(&d, &c);
        jpeg_simple_progression(&c);
        jpeg_write_coefficients(&c, coefficients);
        jpeg_finish_compress(&c);
        done = true;
    }
    jpeg_destroy_compress(&c);
    jpeg_destroy_decompress(&d);
    return close_output(bytes, count, done, out);
}

enum err reference_decode(struct str jpeg, unsigned divisor, struct reference_picture *out)
{
    struct jpeg_decompress_struct d;
    struct jpeg_guard guard;
    uint8_t *volatile pixels = NULL;
    jpeg_guard_init(&guard);
    d.err = &guard.manager;
    if (setjmp(guard.jump)) {
        jpeg_destroy_decompress(&d);
        mem_free(pixels);
        return ERR_INPUT;
    }
    jpeg_create_decompress(&d);
    jpeg_mem_src(&d, (const unsigned char *)jpeg.at, (unsigned long)jpeg.bytes);
    jpeg_read_header(&d, TRUE);
    d.scale_num = 1;
    d.scale_denom = divisor;
    d.out_color_space = JCS_RGB;
    jpeg_start_decompress(&d);
    size_t stride = (size_t)d.output_width * 3;
    pixels = mem_alloc(stride * (out ? d.output_height : 1));
    if (!pixels) {
        jpeg_destroy_decompress(&d);
        return ERR_NOMEM;
    }
    while (d.output_scanline < d.output_height) {
        JSAMPROW row = pixels + (out ? d.output_scanline * stride : 0);
        jpeg_read_scanlines(&d, &row, 1);
    }
    jpeg_finish_decompress(&d);
    if (out) {
        *out = (struct reference_picture){pixels, d.output_width, d.output_height};
    } else {
        mem_free(pixels);
    }
    jpeg_destroy_decompress(&d);
    return ERR_NONE;
}
