#include "kubeclient/base/alloc.h"
#include "kubeclient/net/secret_file.h"
#include "test/support/check_main.h"
#include "test/support/test_folder.h"

static struct test_folder folder;
static struct err err;

static void setup(void)
{
    test_folder_open(&folder);
}

static void teardown(void)
{
    test_folder_close(&folder);
}

static const char *write_bytes(const char *bytes, size_t len)
{
    const char *path = test_path(&folder, "file");
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    fclose(file);
    return path;
}

START_TEST(a_file_is_read_whole)
{
    char *text = NULL;
    ck_assert(secret_file_read(write_bytes("a\nb\n", 4), &text, &err));
    ck_assert_str_eq(text, "a\nb\n");
    free_secret(text, strlen(text));
    ck_assert(secret_file_read(write_bytes("", 0), &text, &err));
    ck_assert_str_eq(text, "");
    free(text);
}
END_TEST

START_TEST(the_limit_is_exact)
{
    enum { LIMIT = 1024 * 1024 };
    char *big = xmalloc(LIMIT + 1), *text = NULL;
    memset(big, 'x', LIMIT + 1);
    ck_assert(secret_file_read(write_bytes(big, LIMIT), &text, &err));
    ck_assert_uint_eq(strlen(text), LIMIT);
    free(text);
    ck_assert(!secret_file_read(write_bytes(big, LIMIT + 1), &text, &err));
    ck_assert_int_eq(err.kind, ERR_INVALID);
    free(big);
}
END_TEST

START_TEST(trouble_names_the_file_and_not_what_is_in_it)
{
    char *text = NULL;
    const char *path = write_bytes("s3cret\0x", 8);
    ck_assert(!secret_file_read(path, &text, &err));
    ck_assert_int_eq(err.kind, ERR_INVALID);
    ck_assert_ptr_eq(strstr(err.msg, path), err.msg);
    ck_assert_ptr_null(strstr(err.msg, "s3cret"));
    ck_assert(!secret_file_read(test_path(&folder, "nowhere"), &text, &err));
    ck_assert_int_eq(err.kind, ERR_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(err.msg, "No such file"));
    ck_assert(!secret_file_read(folder.path, &text, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "directory"));
}
END_TEST

CHECK_MAIN("secret_file", setup, teardown, a_file_is_read_whole, the_limit_is_exact,
           trouble_names_the_file_and_not_what_is_in_it)
