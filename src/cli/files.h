/* Files as commands meet them: read whole up to a limit, written so that nobody sees half of one,
 * found below folders.
 */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* One file's content, or what is known of one that is too big to be held. */
struct file_read {
    uint8_t *at; /* room of the reader's; reused by the next file */
    size_t room;
    size_t bytes; /* read; bytes_max + 1 at most */
    int64_t size; /* of the whole file; -1: unknown (a pipe that went on) */
    int error;    /* errno, with ERR_IO */
};

/* Reads `name`, "-" being the descriptor `in`, into f->at, which grows as needed. ERR_TOO_BIG: over
 * bytes_max (f->size says how big, where that can be known); ERR_IO: f->error; ERR_NOMEM. */
enum err file_read(struct file_read *f, const char *name, int in, size_t bytes_max) ERR_CHECKED;
void file_read_clear(struct file_read *f);

/* SHA-256 of a file of any size, without holding it. ERR_IO also for what cannot be mapped. */
enum err file_sha256(const char *name, uint8_t out[32]) ERR_CHECKED;

/* Writes dir/name through a temporary file that is renamed into place. */
enum err file_write(const char *dir, const char *name, struct str bytes) ERR_CHECKED;

struct file_list {
    char **names; /* in the arena */
    size_t count, room;
    struct arena *arena;
};

/* Adds `path` or, when it is a folder, every regular file below it in order of their names, folders
 * in their place; hidden ones (.name) and symbolic links below it are passed over. Of a path that
 * cannot be looked at the name itself is added: who reads it will say why. */
enum err file_list_add(struct file_list *list, const char *path) ERR_CHECKED;

#endif
