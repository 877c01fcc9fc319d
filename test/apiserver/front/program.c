#include "test/apiserver/front/program.h"

#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/front.h"
#include "test/apiserver/front/kubeconfig_file.h"
#include "test/support/test_pki.h"

#include <assert.h>
#include <errno.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { TOKEN_BYTES = 24, SIGNALS = 2, PATH_LEN_MAX = 4096 };

struct program {
    const struct options *options;
    uv_loop_t loop;
    uv_signal_t signals[SIGNALS];
    uv_timer_t lifetime;
    uv_poll_t parent;
    bool has_parent;
    FILE *audit;
    struct test_identity identity;
    char token[2 * TOKEN_BYTES + 1];
    struct front *front;
};

static void end(struct program *program)
{
    if (!program->front)
        return;
    front_close(&program->front);
    for (size_t i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&program->signals[i], NULL);
    uv_close((uv_handle_t *)&program->lifetime, NULL);
    if (program->has_parent)
        uv_close((uv_handle_t *)&program->parent, NULL);
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    end(handle->data);
}

static void on_lifetime(uv_timer_t *timer)
{
    end(timer->data);
}

static void on_parent(uv_poll_t *poll, int status, int events)
{
    char said[256];
    (void)events;
    if (status < 0 || read(STDIN_FILENO, said, sizeof said) <= 0)
        end(poll->data);
}

static bool watch_for_end(struct program *program, struct err *err)
{
    static const int NUMBERS[SIGNALS] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < SIGNALS; i++) {
        program->signals[i].data = program;
        uv_signal_init(&program->loop, &program->signals[i]);
        uv_signal_start(&program->signals[i], on_signal, NUMBERS[i]);
    }
    program->lifetime.data = program->parent.data = program;
    uv_timer_init(&program->loop, &program->lifetime);
    if (program->options->lifetime_ms)
        uv_timer_start(&program->lifetime, on_lifetime, program->options->lifetime_ms,
                       0);
    if (!program->options->with_parent)
        return true;
    if (uv_poll_init(&program->loop, &program->parent, STDIN_FILENO) != 0)
        return err_set(err, ERR_INVALID, "--with-parent: stdin must be a pipe");
    program->has_parent = true;
    uv_poll_start(&program->parent, UV_READABLE | UV_DISCONNECT, on_parent);
    return true;
}

static void write_audit(void *ctx, const char *line, size_t len)
{
    fwrite(line, 1, len, ctx);
    if (len == 0 || line[len - 1] != '\n')
        fputc('\n', ctx);
}

static void make_secrets(struct program *program, uint64_t *seed)
{
    unsigned char bytes[TOKEN_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        abort();
    for (size_t i = 0; i < TOKEN_BYTES; i++)
        snprintf(program->token + 2 * i, 3, "%02x", bytes[i]);
    if (*seed == 0 && RAND_bytes((unsigned char *)seed, sizeof *seed) != 1)
        abort();
    program->identity = test_identity_new("berth-apiserver");
}

static bool open_audit(struct program *program, struct err *err)
{
    if (!program->options->audit)
        return true;
    program->audit = fopen(program->options->audit, "ae");
    if (!program->audit)
        return err_set(err, ERR_UNAVAILABLE, "cannot open %s: %s",
                       program->options->audit, strerror(errno));
    setvbuf(program->audit, NULL, _IOLBF, 0);
    return true;
}

static bool tell(const struct program *program, struct err *err)
{
    char path[PATH_LEN_MAX];
    int port = front_port(program->front);
    struct kubeconfig_file content = {
        .port = port, .ca = program->identity.cert, .token = program->token};
    snprintf(path, sizeof path, "%s/admin.kubeconfig", program->options->dir);
    if (!kubeconfig_file_write(path, &content, err))
        return false;
    printf("ready %d\n", port);
    fflush(stdout);
    if (!program->options->quiet)
        fprintf(stderr, "export KUBECONFIG=%s\n", path);
    return true;
}

static bool start(struct program *program, struct err *err)
{
    const struct options *options = program->options;
    uint64_t seed = options->seed;
    make_secrets(program, &seed);
    if (!open_audit(program, err))
        return false;
    struct front_options front = {
        .service =
            {
                .server = {.seed = seed,
                           .history_max = options->history,
                           .audit = program->audit ? write_audit : NULL,
                           .audit_ctx = program->audit},
                .no_cluster = options->no_cluster,
                .cluster = {.kubelet = options->kubelet},
                .admin_token = program->token,
            },
        .identity = &program->identity,
        .port = options->port,
    };
    program->front = front_open(&program->loop, &front, err);
    return program->front && watch_for_end(program, err) && tell(program, err);
}

/* A thousand connections are more than the usual limit of 1024 files allows. */
static void allow_many_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

int program_run(const struct options *options)
{
    struct program program = {.options = options};
    struct err err;
    allow_many_files();
    uv_loop_init(&program.loop);
    bool started = start(&program, &err);
    if (!started) {
        fprintf(stderr, "berth-apiserver: %s\n", err.msg);
        end(&program);
    }
    uv_run(&program.loop, UV_RUN_DEFAULT);
    int status = uv_loop_close(&program.loop);
    assert(status == 0);
    (void)status;
    test_identity_fini(&program.identity);
    if (program.audit)
        fclose(program.audit);
    return started ? 0 : 1;
}
