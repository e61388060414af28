/* Names of the errors, for logs. Every enum err has one; a number outside the enum, which only a
 * programmer's mistake can make, is named "unknown" rather than ending the process inside a log.
 */
#include "base/err.h"

const char *err_name(enum err e)
{
    switch (e) {
    case ERR_NONE: return "none";
    case ERR_INPUT: return "input";
    case ERR_NOT_FOUND: return "not_found";
    case ERR_DENIED: return "denied";
    case ERR_CONFLICT: return "conflict";
    case ERR_TOO_BIG: return "too_big";
    case ERR_BUSY: return "busy";
    case ERR_IO: return "io";
    case ERR_CORRUPT: return "corrupt";
    case ERR_NOMEM: return "nomem";
    }
    return "unknown";
}
