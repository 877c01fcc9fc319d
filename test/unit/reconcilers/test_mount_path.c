#include "reconcilers/shared/mount_path.h"
#include "test/support/check_main.h"

static struct arena *arena;

static void setup(void)
{
    arena = arena_new();
}

static void teardown(void)
{
    arena_free(&arena);
}

START_TEST(normal_paths_are_what_the_kernel_takes)
{
    static const struct {
        const char *path, *normal;
    } cases[] = {
        {"/", "/"},           {"", "/"},           {"/a", "/a"},
        {"/a/", "/a"},        {"//a///b", "/a/b"}, {"/a/./b/.", "/a/b"},
        {"/a/../b", "/b"},    {"/..", "/"},        {"/a/../../b", "/b"},
        {"/a/b/..", "/a"},    {"a/b", "/a/b"},     {"/...", "/..."},
        {"/a/..b", "/a/..b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(mount_path_normal(arena, cases[i].path), cases[i].normal);
}
END_TEST

START_TEST(paths_are_compared_by_segment)
{
    ck_assert(mount_path_within("/dev", "/dev"));
    ck_assert(mount_path_within("/dev/shm", "/dev"));
    ck_assert(mount_path_within("/dev", "/"));
    ck_assert(!mount_path_within("/developer", "/dev"));
    ck_assert(!mount_path_within("/dev", "/dev/shm"));
    ck_assert(!mount_path_within("/", "/dev"));
}
END_TEST

START_TEST(good_paths_have_no_problem)
{
    static const char *const paths[] = {
        "/skills/a", "/developer", "/process", "/var/lib/skills", "/opt/..a", "/run/a",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        ck_assert_ptr_null(mount_path_problem(arena, paths[i]));
}
END_TEST

START_TEST(problems_are_named)
{
    static const struct {
        const char *path, *problem;
    } cases[] = {
        {"", "must be set"},
        {"skills", "must be absolute"},
        {"/a/../b", "path traversal: holds a '..' segment"},
        {"../a", "path traversal: holds a '..' segment"},
        {"/a:b", "must not hold ':'"},
        {"/a//b", "must be normal: no '//', no '.' segment, no trailing '/'"},
        {"/a/", "must be normal: no '//', no '.' segment, no trailing '/'"},
        {"/", "overlaps protected path /proc"},
        {"/proc", "overlaps protected path /proc"},
        {"/sys/fs", "overlaps protected path /sys"},
        {"/./dev//shm", "overlaps protected path /dev"},
        {"/var", "overlaps protected path /var/run/secrets"},
        {"/var/run/secrets/a", "overlaps protected path /var/run/secrets"},
        {"/run", "overlaps protected path /run/secrets"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *problem = mount_path_problem(arena, cases[i].path);
        ck_assert_msg(problem != NULL, "%s", cases[i].path);
        ck_assert_str_eq(problem, cases[i].problem);
    }
}
END_TEST

START_TEST(a_path_is_at_most_4096_bytes)
{
    char path[4098];
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[4096] = '\0';
    ck_assert_ptr_null(mount_path_problem(arena, path));
    path[4096] = 'a';
    path[4097] = '\0';
    ck_assert_str_eq(mount_path_problem(arena, path), "is too long");
}
END_TEST

CHECK_MAIN("mount_path", setup, teardown, normal_paths_are_what_the_kernel_takes,
           paths_are_compared_by_segment, good_paths_have_no_problem,
           problems_are_named, a_path_is_at_most_4096_bytes)
