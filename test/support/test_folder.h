/* test_folder.h - files of one test, in a folder of its own that goes with it. */
#ifndef BERTH_TEST_FOLDER_H
#define BERTH_TEST_FOLDER_H

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct test_folder {
    char path[256];
};

static inline void test_folder_open(struct test_folder *folder)
{
    snprintf(folder->path, sizeof folder->path, TEST_BINARY_DIR "/folder-XXXXXX");
    const char *made = mkdtemp(folder->path);
    assert(made);
    (void)made;
}

/* The path of a file in it; valid until the eighth call after this. */
static inline char *test_path(const struct test_folder *folder, const char *name)
{
    static char paths[8][512];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder->path, name);
    return path;
}

/* Writes a file whole; returns its path as test_path() does. */
static inline char *test_write(const struct test_folder *folder, const char *name,
                               const char *text)
{
    char *path = test_path(folder, name);
    FILE *file = fopen(path, "we");
    assert(file);
    fputs(text, file);
    fclose(file);
    return path;
}

/* The same, and it can be run. */
static inline char *test_write_script(const struct test_folder *folder,
                                      const char *name, const char *text)
{
    char *path = test_write(folder, name, text);
    chmod(path, S_IRWXU);
    return path;
}

static inline void test_folder_close(struct test_folder *folder)
{
    DIR *dir = opendir(folder->path);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] != '.')
            unlink(test_path(folder, entry->d_name));
    }
    if (dir)
        closedir(dir);
    rmdir(folder->path);
}

#endif
