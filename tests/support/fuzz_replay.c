/* What runs a fuzz target where there is no libFuzzer: every file of the
 * directories named on the command line goes through it once, in the order of
 * their names, and so does the empty input. A directory that does not exist
 * holds nothing. The input that crashed is the last one whose name was printed.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_BYTES_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* The input lies in a block of exactly its size, so that a sanitizer sees one byte too far. */
static int replay(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
        return 0;
    }
    size_t bytes = (size_t)st.st_size;
    if (bytes > INPUT_BYTES_MAX) {
        (void)fprintf(stderr, "%s: larger than any input\n", path);
        return -1;
    }
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(bytes > 0 ? bytes : 1);
    int result = -1;
    if (file != NULL && data != NULL && fread(data, 1, bytes, file) == bytes) {
        (void)printf("%s\n", path);
        (void)fflush(stdout);
        (void)LLVMFuzzerTestOneInput(data, bytes);
        result = 1;
    } else {
        (void)fprintf(stderr, "%s: cannot be read\n", path);
    }
    free(data);
    if (file != NULL) {
        (void)fclose(file);
    }
    return result;
}

/* Returns how many inputs ran, or -1. */
static int replay_directory(const char *directory)
{
    struct dirent **names;
    int found = scandir(directory, &names, NULL, alphasort);
    int ran = 0;
    for (int i = 0; i < found; i++) {
        char path[4096];
        int length = snprintf(path, sizeof path, "%s/%s", directory, names[i]->d_name);
        int result = length > 0 && (size_t)length < sizeof path ? replay(path) : -1;
        ran = ran < 0 || result < 0 ? -1 : ran + result;
        free(names[i]);
    }
    if (found >= 0) {
        free(names);
    }
    return ran;
}

int main(int argc, char **argv)
{
    static const uint8_t nothing[1] = {0};
    (void)LLVMFuzzerTestOneInput(nothing, 0);
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int ran = replay_directory(argv[i]);
        if (ran < 0) {
            return 1;
        }
        total += ran;
    }
    (void)printf("%d inputs\n", total);
    return 0;
}
