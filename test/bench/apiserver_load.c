#include "test/bench/apiserver_load.h"

#include "kubeclient/base/alloc.h"

#include <stdio.h>
#include <time.h>

/* As the controller's own Deployments: two containers, environment, mounts, probes. */
static const char INTENT[] =
    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":"
    "\"agent-%zu\",\"namespace\":\"default\",\"labels\":{\"app\":\"agent-%zu\","
    "\"app.kubernetes.io/managed-by\":\"berth\",\"generation\":\"g%u\"},"
    "\"annotations\":{\"berth.dev/config-hash\":\"%016zx%08x\"}},\"spec\":{"
    "\"replicas\":%u,\"selector\":{\"matchLabels\":{\"app\":\"agent-%zu\"}},"
    "\"template\":{\"metadata\":{\"labels\":{\"app\":\"agent-%zu\"}},\"spec\":{"
    "\"serviceAccountName\":\"agent\",\"securityContext\":{\"runAsNonRoot\":true,"
    "\"seccompProfile\":{\"type\":\"RuntimeDefault\"}},\"containers\":["
    "{\"name\":\"agent\",\"image\":\"registry.example/"
    "agent:1.2.3\",\"ports\":[{\"name\":"
    "\"http\",\"containerPort\":8080}],\"env\":[{\"name\":\"PORT\",\"value\":\"8080\"},"
    "{\"name\":\"MODEL\",\"value\":\"small\"},{\"name\":\"POD\",\"valueFrom\":{"
    "\"fieldRef\":{\"fieldPath\":\"metadata.name\"}}}],\"resources\":{\"requests\":{"
    "\"cpu\":\"100m\",\"memory\":\"128Mi\"},\"limits\":{\"memory\":\"256Mi\"}},"
    "\"readinessProbe\":{\"httpGet\":{\"path\":\"/ready\",\"port\":\"http\"}},"
    "\"securityContext\":{\"allowPrivilegeEscalation\":false,\"capabilities\":{"
    "\"drop\":[\"ALL\"]}},\"volumeMounts\":[{\"name\":\"skills\",\"mountPath\":"
    "\"/skills\",\"readOnly\":true},{\"name\":\"tmp\",\"mountPath\":\"/tmp\"}]},"
    "{\"name\":\"proxy\",\"image\":\"registry.example/proxy:4\",\"args\":[\"--listen\","
    "\":9090\"],\"ports\":[{\"name\":\"proxy\",\"containerPort\":9090}]}],"
    "\"volumes\":[{\"name\":\"skills\",\"configMap\":{\"name\":\"agent-%zu\"}},"
    "{\"name\":\"tmp\",\"emptyDir\":{}}]}}}}";

void load_body(struct strbuf *body, size_t number, unsigned generation)
{
    strbuf_addf(body, INTENT, number, number, generation, number, generation,
                1 + generation % 2, number, number, number);
}

const char *load_target(size_t number)
{
    static char target[160];
    snprintf(target, sizeof target,
             "/apis/apps/v1/namespaces/default/deployments/agent-%zu"
             "?fieldManager=berth&force=true",
             number);
    return target;
}

static struct instant now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ms = (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
    return (struct instant){.mono_ms = ms, .wall_ms = 1700000000000 + ms};
}

void load_init(struct load *load, size_t objects)
{
    struct api_server_options options = {.seed = 1};
    *load =
        (struct load){.server = api_server_new(&options, now()), .objects = objects};
    strbuf_init(&load->body, 64 * 1024);
}

void load_fini(struct load *load)
{
    api_server_free(&load->server);
    strbuf_fini(&load->body);
}

static void handle(struct load *load, struct api_request *request)
{
    static const char *const GROUPS[] = {"system:masters", NULL};
    static const struct api_user ADMIN = {.name = "admin", .groups = GROUPS};
    struct api_answer answer;
    request->user = &ADMIN;
    request->accept = "application/json";
    request->user_agent = "bench/1";
    api_server_handle(load->server, request, now(), &answer);
    if (answer.status >= 300) {
        fprintf(stderr, "bench_apiserver: %d %s\n", answer.status, answer.body.text);
        exit(1);
    }
    api_answer_fini(&answer);
    while (api_server_turn(load->server, now()))
        ;
}

void load_apply(struct load *load, size_t number, unsigned generation)
{
    strbuf_reset(&load->body);
    load_body(&load->body, number, generation);
    handle(load, &(struct api_request){
                     .method = "PATCH",
                     .target = load_target(number),
                     .content_type = "application/apply-patch+yaml",
                     .body = load->body.text,
                     .body_len = load->body.len,
                 });
}

void load_list(struct load *load)
{
    handle(load, &(struct api_request){
                     .method = "GET",
                     .target = "/apis/apps/v1/deployments",
                     .content_type = "",
                     .body = "",
                 });
}
