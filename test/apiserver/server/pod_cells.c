#include "test/apiserver/server/pod_cells.h"

#include "kubeclient/api/object.h"

#include <string.h>

static bool is_sidecar(const cJSON *pod, const char *name)
{
    const cJSON *spec = json_find(json_at(pod, "spec", "initContainers"), "name", name);
    return strcmp(json_str_or(spec, "", "restartPolicy"), "Always") == 0;
}

void print_pod_ready(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    (void)now_ms;
    size_t total = json_count(json_at(pod, "spec", "containers")), ready = 0;
    json_each (container, json_at(pod, "status", "containerStatuses"))
        ready += json_bool(container, false, "ready");
    json_each (container, json_at(pod, "spec", "initContainers"))
        total += is_sidecar(pod, json_str_or(container, "", "name"));
    json_each (container, json_at(pod, "status", "initContainerStatuses"))
        ready += is_sidecar(pod, json_str_or(container, "", "name")) &&
                 json_bool(container, false, "ready");
    strbuf_addf(out, "%zu/%zu", ready, total);
}

/* The reason that a container waits or ended with; NULL: it runs, or says none. */
static const char *reason_of(const cJSON *status)
{
    const char *waiting = json_str(status, "state", "waiting", "reason");
    const char *ended = json_str(status, "state", "terminated", "reason");
    return waiting && *waiting ? waiting : ended && *ended ? ended : NULL;
}

static bool has_initialized(const cJSON *pod, const cJSON *status)
{
    if (is_sidecar(pod, json_str_or(status, "", "name")))
        return json_bool(status, false, "started");
    return json_at(status, "state", "terminated") &&
           json_int(status, 1, "state", "terminated", "exitCode") == 0;
}

/* True: an init container keeps the pod from going on, and it is told. */
static bool print_initializing(struct strbuf *out, const cJSON *pod)
{
    size_t total = json_count(json_at(pod, "spec", "initContainers")), done = 0;
    json_each (status, json_at(pod, "status", "initContainerStatuses")) {
        if (has_initialized(pod, status)) {
            done++;
            continue;
        }
        const char *reason = reason_of(status);
        if (reason && strcmp(reason, "PodInitializing") != 0)
            strbuf_addf(out, "Init:%s", reason);
        else
            strbuf_addf(out, "Init:%zu/%zu", done, total);
        return true;
    }
    return false;
}

static const char *reason_of_containers(const cJSON *pod)
{
    const char *found = NULL;
    json_each (status, json_at(pod, "status", "containerStatuses")) {
        const char *reason = reason_of(status);
        if (reason)
            found = reason;
    }
    return found;
}

void print_pod_status(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    (void)now_ms;
    const char *phase = json_str_or(pod, "Unknown", "status", "phase");
    const char *reason = json_str(pod, "status", "reason");
    if (kube_deleting(pod)) {
        strbuf_adds(out, "Terminating");
        return;
    }
    if (reason && *reason) {
        strbuf_adds(out, reason);
        return;
    }
    if (print_initializing(out, pod))
        return;
    reason = reason_of_containers(pod);
    strbuf_adds(out, reason ? reason : phase);
}

void print_pod_restarts(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    (void)now_ms;
    int64_t restarts = 0;
    json_each (status, json_at(pod, "status", "containerStatuses"))
        restarts += json_int(status, 0, "restartCount");
    strbuf_addf(out, "%lld", (long long)restarts);
}

void print_pod_ip(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    (void)now_ms;
    strbuf_adds(out, json_str_or(pod, "", "status", "podIP"));
}

void print_pod_node(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    (void)now_ms;
    strbuf_adds(out, json_str_or(pod, "", "spec", "nodeName"));
}
