/* libjpeg's way of failing, brought back to ours: an error jumps to the guard instead of ending the
 * process, a warning is counted, nothing is printed.
 *
 *     struct jpeg_guard guard;
 *     jpeg_guard_init(&guard);
 *     cinfo.err = &guard.manager;
 *     if (setjmp(guard.jump)) { jpeg_destroy(…); return guard.no_memory ? … : …; }
 */
#ifndef IMAGE_JPEG_GUARD_H
#define IMAGE_JPEG_GUARD_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

struct jpeg_guard {
    struct jpeg_error_mgr manager; /* first, so that cinfo->err is the guard */
    jmp_buf jump;
    bool over_bound; /* the error: libjpeg may not keep as much as it would have to */
    bool no_memory;  /* the error was about memory */
    bool data_ended; /* a scan's data ended before its blocks */
    double ended_at; /* then: which part of the picture was there, 0..1 */
};

void jpeg_guard_init(struct jpeg_guard *guard);

#endif
