/* Owns the TLS context that new connections begin with. TLS 1.2 with forward secrecy and AEAD, and
 * 1.3; no renegotiation, no compression, no session cache (tickets do that work without memory).
 * Invariants: a context is never changed after it has been handed out, renewal makes a new one, and
 * OpenSSL's reference counts keep the old one alive for its connections; a pair of files that does
 * not fit together changes nothing. Refuses to ask for a pass phrase.
 */
#include "certs.h"

#include "base/mem.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <sys/stat.h>

struct stamp {
    dev_t device;
    ino_t inode;
    off_t bytes;
    struct timespec modified;
};

struct certs {
    const char *cert;
    const char *key;
    SSL_CTX *context;
    struct stamp seen[2]; /* what was last tried, so that a bad pair is reported once */
};

static struct stamp stamp_of(const char *path)
{
    struct stat st = {0};
    if (stat(path, &st) != 0) {
        return (struct stamp){0};
    }
    return (struct stamp){st.st_dev, st.st_ino, st.st_size, st.st_mtim};
}

static bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->bytes == b->bytes &&
           a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}

static int no_pass_phrase(char *to, int room, int writing, void *context)
{
    (void)to, (void)room, (void)writing, (void)context;
    return 0;
}

/* Only HTTP/1.1 is spoken here; saying so keeps a client from trying anything else. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_bytes,
                           const unsigned char *in, unsigned in_bytes, void *context)
{
    (void)ssl, (void)context;
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen = NULL;
    if (SSL_select_next_proto(&chosen, out_bytes, ours, sizeof ours - 1, in, in_bytes) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool configure(SSL_CTX *c)
{
    SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                               SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_default_passwd_cb(c, no_pass_phrase);
    SSL_CTX_set_alpn_select_cb(c, choose_protocol, NULL);
    return SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

static const char *reason(void)
{
    const char *text = ERR_reason_error_string(ERR_peek_error());
    return text ? text : "unknown reason";
}

static SSL_CTX *context_new(const char *cert, const char *key, char why[CERTS_WHY_ROOM])
{
    ERR_clear_error();
    SSL_CTX *c = SSL_CTX_new(TLS_server_method());
    if (!c || !configure(c)) {
        (void)snprintf(why, CERTS_WHY_ROOM, "TLS cannot be set up: %s", reason());
    } else if (SSL_CTX_use_certificate_chain_file(c, cert) != 1) {
        (void)snprintf(why, CERTS_WHY_ROOM, "the certificate %.100s cannot be used: %s", cert,
                       reason());
    } else if (SSL_CTX_use_PrivateKey_file(c, key, SSL_FILETYPE_PEM) != 1) {
        (void)snprintf(why, CERTS_WHY_ROOM, "the key %.100s cannot be used: %s", key, reason());
    } else if (SSL_CTX_check_private_key(c) != 1) {
        (void)snprintf(why, CERTS_WHY_ROOM, "the key %.100s is not that of the certificate", key);
    } else {
        return c;
    }
    SSL_CTX_free(c);
    ERR_clear_error();
    return NULL;
}

enum err certs_new(const char *cert, const char *key, struct certs **out, char why[CERTS_WHY_ROOM])
{
    struct certs *t = mem_alloc(sizeof *t);
    if (!t) {
        (void)snprintf(why, CERTS_WHY_ROOM, "out of memory");
        return ERR_NOMEM;
    }
    *t = (struct certs){cert, key, NULL, {stamp_of(cert), stamp_of(key)}};
    t->context = context_new(cert, key, why);
    if (!t->context) {
        mem_free(t);
        return ERR_IO;
    }
    *out = t;
    return ERR_NONE;
}

void certs_free(struct certs *t)
{
    if (t) {
        SSL_CTX_free(t->context);
        mem_free(t);
    }
}

struct ssl_ctx_st *certs_context(const struct certs *t)
{
    return t->context;
}

struct ssl_ctx_st *certs_renew(struct certs *t, struct log *log)
{
    struct stamp now[2] = {stamp_of(t->cert), stamp_of(t->key)};
    if (stamp_equal(&now[0], &t->seen[0]) && stamp_equal(&now[1], &t->seen[1])) {
        return NULL;
    }
    t->seen[0] = now[0];
    t->seen[1] = now[1];
    char why[CERTS_WHY_ROOM];
    SSL_CTX *fresh = context_new(t->cert, t->key, why);
    if (!fresh) {
        log_line(log, LOG_WARN, "what=\"certificate not renewed\" why=\"%s\"", why);
        return NULL;
    }
    log_line(log, LOG_INFO, "what=\"certificate renewed\"");
    SSL_CTX *old = t->context;
    t->context = fresh;
    return old;
}

void certs_forget(struct ssl_ctx_st *old)
{
    SSL_CTX_free(old);
}
