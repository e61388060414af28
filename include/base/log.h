/* Lines for the operator, on standard error: `level=warn at=… request=… what="…" key=value`. No
 * personal data, no secrets, no bodies. Thread-safe: one line is one write.
 *
 * The request id is a property of the thread: http sets it before it calls a handler, so that a
 * line logged deep in store names the request that caused it.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log {
    int fd;               /* -1: nowhere */
    enum log_level least; /* quieter lines are dropped */
};

/* The format makes the part behind the level: log_line(log, LOG_WARN, "what=\"%s\" file=%s", …).
 * Control characters in the result become '?'. Lines over 1,000 bytes are cut between two
 * characters. `log` may be NULL. errno is left as it was. The time in `at` is the system's, not an
 * env's: a log says when it was written. */
void log_line(struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* At most 31 characters are kept; NULL ends it. */
void log_set_request(const char *id);

#endif
