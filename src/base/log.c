/* Owns the thread's request id and the form of a line. Invariants: one line is one write(2) of at
 * most LINE_BYTES_MAX bytes that ends in the only newline it holds, so that lines of several
 * threads never mix and no value can forge one. Refuses to fail: a line that cannot be written is
 * lost. Allocates nothing, so that it works when memory is what is wrong.
 */
#include "base/log.h"

#include "base/time.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES_MAX ((size_t)1000)

static _Thread_local char request_id[32];

static const char *level_name(enum log_level level);
static size_t clean_line(char *line, size_t bytes);

void log_line(struct log *log, enum log_level level, const char *format, ...)
{
    if (!log || log->fd < 0 || level < log->least) {
        return;
    }
    int saved_errno = errno;
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    char at[TIME_ISO_ROOM];
    time_iso((int64_t)now.tv_sec * 1000 + (int64_t)now.tv_nsec / 1000000, at);

    /* Three bytes more than a line may have, so that a character cut by snprintf is cut again. */
    char line[LINE_BYTES_MAX + 4];
    int head = snprintf(line, sizeof line, "level=%s at=%s %s%s%s", level_name(level), at,
                        request_id[0] ? "request=" : "", request_id, request_id[0] ? " " : "");
    size_t bytes = head > 0 ? (size_t)head : 0;
    va_list args;
    va_start(args, format);
    int tail = vsnprintf(line + bytes, sizeof line - bytes, format, args);
    va_end(args);
    bytes += tail > 0 ? (size_t)tail : 0;
    bytes = bytes < sizeof line ? bytes : sizeof line - 1;

    bytes = clean_line(line, bytes);
    line[bytes++] = '\n';
    ssize_t written;
    do {
        written = write(log->fd, line, bytes);
    } while (written < 0 && errno == EINTR);
    errno = saved_errno;
}

void log_set_request(const char *id)
{
    size_t n = id ? strnlen(id, sizeof request_id - 1) : 0;
    for (size_t i = 0; i < n; i++) {
        request_id[i] = id[i] > ' ' && id[i] < 0x7F ? id[i] : '?';
    }
    request_id[n] = '\0';
}

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_DEBUG: return "debug";
    case LOG_INFO: return "info";
    case LOG_WARN: return "warn";
    case LOG_ERROR: return "error";
    }
    return "unknown";
}

/* Takes out control characters and cuts to the maximum, newline included; the new length. */
static size_t clean_line(char *line, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)line[i];
        unsigned char next = i + 1 < bytes ? (unsigned char)line[i + 1] : 0;
        if (c < 0x20 || c == 0x7F) {
            line[i] = '?';
        } else if (c == 0xC2 && next >= 0x80 && next <= 0x9F) {
            /* U+0080..009F: terminals obey these too. */
            line[i] = '?';
            line[i + 1] = '?';
        }
    }
    if (bytes < LINE_BYTES_MAX) {
        return bytes;
    }
    bytes = LINE_BYTES_MAX - 1;
    while (bytes > 0 && ((unsigned char)line[bytes] & 0xC0) == 0x80) {
        bytes--;
    }
    return bytes;
}
