/* Owns how commands touch files other than the town's own. Nothing is read beyond its limit,
 * nothing is followed in circles, and a file that is written appears whole or not at all.
 */
#include "files.h"

#include "base/mem.h"
#include "crypto/crypto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_DEPTH_MAX 64
#define FIRST_ROOM ((size_t)1 << 16)

static enum err read_all(struct file_read *f, int fd, size_t bytes_max)
{
    f->bytes = 0;
    for (;;) {
        if (f->bytes == f->room) {
            size_t room = f->room < FIRST_ROOM ? FIRST_ROOM : f->room * 2;
            if (room > bytes_max + 1) room = bytes_max + 1;
            uint8_t *at = mem_realloc(f->at, room);
            if (!at) return ERR_NOMEM;
            f->at = at;
            f->room = room;
        }
        ssize_t n = read(fd, f->at + f->bytes, f->room - f->bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            f->error = errno;
            return ERR_IO;
        }
        if (n == 0) return ERR_NONE;
        f->bytes += (size_t)n;
        if (f->bytes > bytes_max) return ERR_TOO_BIG;
    }
}

enum err file_read(struct file_read *f, const char *name, int in, size_t bytes_max)
{
    bool standard = strcmp(name, "-") == 0;
    f->bytes = 0;
    f->size = -1;
    f->error = 0;
    int fd = standard ? in : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        f->error = errno;
        return ERR_IO;
    }
    struct stat st = {.st_mode = 0};
    enum err e = ERR_NONE;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        f->error = EISDIR;
        e = ERR_IO;
    } else if (S_ISREG(st.st_mode)) {
        f->size = st.st_size;
        if (st.st_size > 0 && (uint64_t)st.st_size > bytes_max) e = ERR_TOO_BIG;
    }
    if (e == ERR_NONE) e = read_all(f, fd, bytes_max);
    if (e == ERR_NONE) f->size = (int64_t)f->bytes;
    if (!standard) close(fd);
    return e;
}

void file_read_clear(struct file_read *f)
{
    mem_free(f->at);
    *f = (struct file_read){.at = NULL};
}

enum err file_sha256(const char *name, uint8_t out[32])
{
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return ERR_IO;
    struct stat st;
    enum err e = ERR_IO;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
        (uint64_t)st.st_size <= SIZE_MAX / 2) {
        size_t bytes = (size_t)st.st_size;
        void *at = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
        if (at != MAP_FAILED) {
            (void)madvise(at, bytes, MADV_SEQUENTIAL);
            crypto_sha256(at, bytes, out);
            munmap(at, bytes);
            e = ERR_NONE;
        }
    }
    close(fd);
    return e;
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.bytes > 0) {
        ssize_t n = write(fd, bytes.at, bytes.bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes.at += n;
        bytes.bytes -= (size_t)n;
    }
    return true;
}

enum err file_write(const char *dir, const char *name, struct str bytes)
{
    static atomic_uint counter; /* two threads may write the same name at the same time */
    char *temporary = NULL, *final = NULL;
    if (asprintf(&temporary, "%s/.%s.%ld.%u", dir, name, (long)getpid(), counter++) < 0) {
        return ERR_NOMEM;
    }
    if (asprintf(&final, "%s/%s", dir, name) < 0) {
        free(temporary);
        return ERR_NOMEM;
    }
    enum err e = ERR_IO;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) {
        bool written = write_all(fd, bytes);
        written = close(fd) == 0 && written;
        if (written && rename(temporary, final) == 0) e = ERR_NONE;
        if (e != ERR_NONE) unlink(temporary);
    }
    free(temporary);
    free(final);
    return e;
}

static enum err list_put(struct file_list *list, const char *name)
{
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 64;
        char **names = arena_array(list->arena, room, sizeof *names);
        if (!names) return ERR_NOMEM;
        if (list->count) memcpy(names, list->names, list->count * sizeof *names);
        list->names = names;
        list->room = room;
    }
    char *copy = arena_text(list->arena, str_of(name));
    if (!copy) return ERR_NOMEM;
    list->names[list->count++] = copy;
    return ERR_NONE;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static enum err add_folder(struct file_list *list, const char *folder, int depth)
{
    struct dirent **entries = NULL;
    int count = depth < FOLDER_DEPTH_MAX ? scandir(folder, &entries, not_hidden, by_name) : -1;
    if (count < 0) return list_put(list, folder);
    enum err e = ERR_NONE;
    size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] == '/' ? "" : "/";
    for (int i = 0; i < count; i++) {
        char *path = NULL;
        struct stat st;
        if (e == ERR_NONE && asprintf(&path, "%s%s%s", folder, slash, entries[i]->d_name) < 0) {
            path = NULL;
            e = ERR_NOMEM;
        }
        if (path && lstat(path, &st) == 0) {
            if (S_ISDIR(st.st_mode)) e = add_folder(list, path, depth + 1);
            if (S_ISREG(st.st_mode)) e = list_put(list, path);
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
    return e;
}

enum err file_list_add(struct file_list *list, const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) return add_folder(list, path, 0);
    return list_put(list, path);
}
