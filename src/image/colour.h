/* Pictures in another RGB space than sRGB, brought to it.
 */
#ifndef IMAGE_COLOUR_H
#define IMAGE_COLOUR_H

#include "base/str.h"
#include "picture.h"

struct colour;

/* Reads an ICC profile. NULL: none, not a matrix profile of RGB, sRGB anyway, or out of memory: then
 * leave the picture as it is. */
struct colour *colour_read(struct str icc, struct arena *memory);

/* Converts a 4:2:0 picture in place. */
void colour_convert(const struct colour *c, struct picture *p);

#endif
