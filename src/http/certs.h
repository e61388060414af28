/* TLS contexts out of PEM files, and their renewal when the files change. */
#ifndef HTTP_CERTS_H
#define HTTP_CERTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/log.h"

struct ssl_ctx_st; /* SSL_CTX */

#define CERTS_WHY_ROOM 256

struct certs;

/* cert: certificate with its chain; key: unencrypted. ERR_IO with words in why. The paths are
 * borrowed. */
enum err certs_new(const char *cert, const char *key, struct certs **out,
                   char why[CERTS_WHY_ROOM]) ERR_CHECKED;
void certs_free(struct certs *t);

/* The context in use now; borrowed until certs_renew has returned another. */
struct ssl_ctx_st *certs_context(const struct certs *t);

/* Looks whether the files have changed since they were last read and, if both are good, reads them.
 * The old context to give to certs_forget, or NULL: nothing has changed, or it is logged why
 * not. */
struct ssl_ctx_st *certs_renew(struct certs *t, struct log *log);
void certs_forget(struct ssl_ctx_st *old);

#endif
