/* The program itself: its options, the files it writes, and how it ends. */
#include "test/apiserver/front/kubeconfig_file.h"
#include "test/apiserver/front/options.h"
#include "test/support/check_main.h"
#include "test/support/test_folder.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#define PROGRAM (TEST_BINARY_DIR "/berth-apiserver")

static struct test_folder folder;

static void set_up(void)
{
    test_folder_open(&folder);
}

static void tear_down(void)
{
    test_folder_close(&folder);
}

/* What main() gets is not const, though nobody writes to it. */
static char **unqualified(const char *const *argv)
{
    return (char **)(uintptr_t)argv;
}

/* A running program: `to` is its stdin, `from` its stdout. */
struct child {
    pid_t pid;
    int to;
    FILE *from;
};

static struct child spawn(const char *const *argv)
{
    int to[2], from[2];
    struct child child = {0};
    posix_spawn_file_actions_t actions;
    ck_assert(pipe(to) == 0 && pipe(from) == 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, to[1]);
    int status =
        posix_spawn(&child.pid, PROGRAM, &actions, NULL, unqualified(argv), environ);
    ck_assert_int_eq(status, 0);
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
    child.to = to[1];
    child.from = fdopen(from[0], "r");
    return child;
}

/* The exit status. */
static int finish(struct child *child)
{
    int status;
    waitpid(child->pid, &status, 0);
    close(child->to);
    fclose(child->from);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void await_ready(struct child *child)
{
    char line[64] = "";
    ck_assert_ptr_nonnull(fgets(line, sizeof line, child->from));
    ck_assert_msg(strncmp(line, "ready ", 6) == 0, "%s", line);
}

START_TEST(it_ends_when_it_is_told)
{
    const char *argv[] = {PROGRAM, "--quiet", "--dir", folder.path, NULL};
    static const int SIGNALS[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < 2; i++) {
        struct child child = spawn(argv);
        await_ready(&child);
        kill(child.pid, SIGNALS[i]);
        ck_assert_int_eq(finish(&child), 0);
    }
}
END_TEST

START_TEST(it_ends_with_its_parent)
{
    const char *argv[] = {PROGRAM,     "--quiet", "--with-parent", "--dir", folder.path,
                          "--kubelet", NULL};
    struct child child = spawn(argv);
    await_ready(&child);
    close(child.to);
    child.to = -1;
    ck_assert_int_eq(finish(&child), 0);
}
END_TEST

START_TEST(it_ends_after_its_lifetime)
{
    const char *argv[] = {PROGRAM, "--quiet",   "--lifetime", "1",
                          "--dir", folder.path, NULL};
    struct child child = spawn(argv);
    await_ready(&child);
    ck_assert_int_eq(finish(&child), 0);
}
END_TEST

START_TEST(what_cannot_be_is_said)
{
    const char *nowhere[] = {PROGRAM, "--quiet", "--dir", "/nonexistent", NULL};
    const char *unknown[] = {PROGRAM, "--frobnicate", NULL};
    struct child child = spawn(nowhere);
    ck_assert_int_eq(finish(&child), 1);
    child = spawn(unknown);
    ck_assert_int_eq(finish(&child), 64);
}
END_TEST

START_TEST(options_are_read)
{
    const char *argv[] = {"berth-apiserver",
                          "--dir",
                          "d",
                          "--port",
                          "80",
                          "--kubelet",
                          "--audit",
                          "a",
                          "--history",
                          "7",
                          "--seed",
                          "9",
                          "--lifetime",
                          "3",
                          "--quiet",
                          "--with-parent",
                          "--no-controller-manager",
                          NULL};
    struct options options;
    optind = 1;
    ck_assert_int_eq(options_parse(17, unqualified(argv), &options), OPTIONS_RUN);
    ck_assert_str_eq(options.dir, "d");
    ck_assert_str_eq(options.audit, "a");
    ck_assert_int_eq(options.port, 80);
    ck_assert_uint_eq(options.history, 7);
    ck_assert_uint_eq(options.seed, 9);
    ck_assert_uint_eq(options.lifetime_ms, 3000);
    ck_assert(options.kubelet && options.quiet && options.with_parent &&
              options.no_cluster);
}
END_TEST

START_TEST(options_without_sense_are_refused)
{
    const char *bad[][3] = {{"p", "--port", "65536"},
                            {"p", "--lifetime", "long"},
                            {"p", "--seed", "-1"},
                            {"p", "--quiet", "what"}};
    struct options options;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        optind = 1;
        ck_assert_int_eq(options_parse(3, unqualified(bad[i]), &options), OPTIONS_BAD);
    }
}
END_TEST

START_TEST(the_kubeconfig_is_for_its_owner_only)
{
    struct err err;
    struct stat about;
    struct kubeconfig_file content = {.port = 1234, .ca = "PEM", .token = "t0ken"};
    char *path = test_write(&folder, "admin.kubeconfig", "an older one");
    ck_assert(kubeconfig_file_write(path, &content, &err));
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_uint_eq(about.st_mode & 0777, 0600);
    char text[1024] = "";
    FILE *file = fopen(path, "re");
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    ck_assert_uint_gt(len, 0);
    ck_assert_ptr_nonnull(strstr(text, "server: \"https://127.0.0.1:1234\""));
    ck_assert_ptr_nonnull(strstr(text, "certificate-authority-data: UEVN}"));
    ck_assert_ptr_nonnull(strstr(text, "token: \"t0ken\""));
    ck_assert(!kubeconfig_file_write("/nonexistent/x", &content, &err));
    ck_assert_int_eq(err.kind, ERR_UNAVAILABLE);
}
END_TEST

CHECK_MAIN("program", set_up, tear_down, it_ends_when_it_is_told,
           it_ends_with_its_parent, it_ends_after_its_lifetime, what_cannot_be_is_said,
           options_are_read, options_without_sense_are_refused,
           the_kubeconfig_is_for_its_owner_only)
