/* Turns libjpeg's errors into a jump and its warnings into facts: of these only one matters, that the
 * data ended early, and how much of the picture was there by then.
 */
#include "jpeg_guard.h"

/* Of jerror.h only the list of codes: its macros call what base/banned.h bans. */
#define JERROR_H
#define JMAKE_ENUM_LIST
#include <jerror.h>

static void on_error(j_common_ptr cinfo)
{
    struct jpeg_guard *guard = (struct jpeg_guard *)(void *)cinfo->err;
    guard->no_memory = cinfo->err->msg_code == JERR_OUT_OF_MEMORY;
    guard->over_bound = cinfo->err->msg_code == JERR_NO_BACKING_STORE;
    longjmp(guard->jump, 1);
}

/* Of a progressive file the first scan counts: it shows the whole picture, if coarsely. */
static double part_decoded(const struct jpeg_decompress_struct *d)
{
    if (d->input_scan_number > 1) {
        return 1;
    }
    return d->total_iMCU_rows ? (double)d->input_iMCU_row / d->total_iMCU_rows : 0;
}

static void on_message(j_common_ptr cinfo, int level)
{
    struct jpeg_guard *guard = (struct jpeg_guard *)(void *)cinfo->err;
    if (level >= 0 || !cinfo->is_decompressor || guard->data_ended) {
        return;
    }
    const struct jpeg_decompress_struct *d = (const struct jpeg_decompress_struct *)(void *)cinfo;
    int code = cinfo->err->msg_code;
    /* With restart markers a scan finds its way again behind a hole. */
    if (code == JWRN_JPEG_EOF || (code == JWRN_HIT_MARKER && d->restart_interval == 0)) {
        guard->data_ended = true;
        guard->ended_at = part_decoded(d);
    }
}

static void on_output(j_common_ptr cinfo)
{
    (void)cinfo;
}

void jpeg_guard_init(struct jpeg_guard *guard)
{
    jpeg_std_error(&guard->manager);
    guard->manager.error_exit = on_error;
    guard->manager.emit_message = on_message;
    guard->manager.output_message = on_output;
    guard->no_memory = false;
    guard->over_bound = false;
    guard->data_ended = false;
    guard->ended_at = 1;
}
