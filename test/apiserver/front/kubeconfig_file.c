#include "test/apiserver/front/kubeconfig_file.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/base64.h"
#include "kubeclient/base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As test/controlplane writes it, so that either serves the same scripts. */
static const char FORMAT[] =
    "apiVersion: v1\n"
    "kind: Config\n"
    "clusters:\n"
    "- name: berth-test\n"
    "  cluster: {server: \"https://127.0.0.1:%d\", certificate-authority-data: %s}\n"
    "users:\n"
    "- name: user\n"
    "  user: {token: \"%s\"}\n"
    "contexts:\n"
    "- name: berth-test\n"
    "  context: {cluster: berth-test, user: user}\n"
    "current-context: berth-test\n";

static bool write_private(const char *path, const struct strbuf *text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    bool written = fd >= 0 && fchmod(fd, S_IRUSR | S_IWUSR) == 0 &&
                   write(fd, text->text, text->len) == (ssize_t)text->len;
    if (fd >= 0 && close(fd) != 0)
        written = false;
    return written ||
           err_set(err, ERR_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
}

bool kubeconfig_file_write(const char *path, const struct kubeconfig_file *content,
                           struct err *err)
{
    struct strbuf text, fresh;
    auto_free char *ca = base64_encode(content->ca, strlen(content->ca));
    strbuf_init(&text, 64 * 1024);
    strbuf_init(&fresh, 4096);
    strbuf_addf(&text, FORMAT, content->port, ca, content->token);
    strbuf_addf(&fresh, "%s.new", path);
    bool done = write_private(fresh.text, &text, err);
    if (done && rename(fresh.text, path) != 0)
        done =
            err_set(err, ERR_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
    strbuf_fini(&text);
    strbuf_fini(&fresh);
    return done;
}
