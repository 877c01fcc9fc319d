/* replay_main.c - runs a fuzz target over the files of a folder, once each.
 *
 * Stands in for libFuzzer where only the known inputs are wanted. An input that fails
 * aborts the program; its name is the last line printed.
 */
#include "test/fuzz/fuzz.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static bool replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        return false;
    }
    long size = ftell(file);
    rewind(file);
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    bool ok = data && fread(data, 1, (size_t)size, file) == (size_t)size;
    fclose(file);
    if (ok)
        LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return ok;
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    int passed = 0,
        count = argc == 2 ? scandir(argv[1], &entries, is_input, alphasort) : 0;
    if (count <= 0) {
        fprintf(stderr, "usage: %s FOLDER (with at least one input)\n", argv[0]);
        return 1;
    }
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", argv[1], entries[i]->d_name);
        printf("%s\n", entries[i]->d_name);
        fflush(stdout);
        passed += replay(path);
        free(entries[i]);
    }
    free(entries);
    printf("replayed %d inputs\n", passed);
    return passed == count ? 0 : 1;
}
