/* The ways in which a fallible function can fail. One table in http/ turns these into a status, a
 * stable code and words; cli/ turns them into an exit status. The detail has been logged where the
 * foreign call failed; an enum err carries none.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
    ERR_NONE = 0,
    ERR_INPUT,     /* what the caller or the file said is not usable */
    ERR_NOT_FOUND, /* no such thing, or none that this person may know of */
    ERR_DENIED,    /* known who asks, but not allowed */
    ERR_CONFLICT,  /* the thing changed meanwhile, or exists already */
    ERR_TOO_BIG,   /* over a stated limit */
    ERR_BUSY,      /* try again shortly: a queue is full or a lock is held */
    ERR_IO,        /* disk or network said no */
    ERR_CORRUPT,   /* a file of ours does not hold what it should */
    ERR_NOMEM,     /* an allocation failed */
};

/* Every function that returns an enum err is declared with it: a failure cannot be dropped. */
#define ERR_CHECKED __attribute__((warn_unused_result))

/* "input", "not_found" …: for logs. Never NULL. */
const char *err_name(enum err e);

#endif
