/* cluster_play.h - plays a client to a server with the stand-in controllers behind it,
 * under a virtual clock. Includes server_play.h, whose words it adds to.
 */
#ifndef BERTH_TEST_CLUSTER_PLAY_H
#define BERTH_TEST_CLUSTER_PLAY_H

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "test/apiserver/cluster/cluster.h"
#include "test/unit/apiserver/server_play.h"

static struct cluster *cluster;

static inline void setup_cluster(bool kubelet)
{
    setup();
    cluster = cluster_new(server, &(struct cluster_options){.kubelet = kubelet}, now);
}

static inline void teardown_cluster(void)
{
    cluster_free(&cluster);
    teardown();
}

/* Until neither the server nor the controllers have anything to do now. */
static inline void settle_cluster(void)
{
    size_t turns = 0;
    while (api_server_turn(server, now) | cluster_turn(cluster, now))
        ck_assert_uint_lt(turns++, 100000);
}

/* Time goes on as far as `ms`, from deadline to deadline. */
static inline void run_ms(int64_t ms)
{
    int64_t end_ms = now.mono_ms + ms;
    settle_cluster();
    for (int64_t due; (due = cluster_deadline(cluster)) >= 0 && due <= end_ms;) {
        pass_ms(due - now.mono_ms);
        settle_cluster();
    }
    pass_ms(end_ms - now.mono_ms);
}

#define APPS "/apis/apps/v1/namespaces/default/"
#define PODS "/api/v1/namespaces/default/pods"

/* A workload of kind "Deployment" or "StatefulSet"; `spec` are more members of its spec
 * ("'replicas':3,"), `pod` of its template's spec. */
static inline void make_workload(const char *kind, const char *name, const char *spec,
                                 const char *pod)
{
    char body[2048], target[256];
    snprintf(target, sizeof target, APPS "%s",
             kind[0] == 'D' ? "deployments" : "statefulsets");
    snprintf(body, sizeof body,
             "{'apiVersion':'apps/v1','kind':'%s','metadata':{'name':'%s'},'spec':{%s"
             "'selector':{'matchLabels':{'app':'%s'}},'template':{'metadata':{'labels':"
             "{'app':'%s'}},'spec':{%s'containers':[{'name':'c','image':'x:1'}]}}}}",
             kind, name, spec, name, name, pod);
    ck_assert_int_eq(say("POST", target, body), 201);
}

static inline void set_image(const char *workload, const char *image)
{
    char target[256], body[256];
    snprintf(target, sizeof target, APPS "%s", workload);
    snprintf(body, sizeof body,
             "[{'op':'replace','path':'/spec/template/spec/containers/0/image','value':"
             "'%s'}]",
             image);
    ck_assert_int_eq(say_typed("PATCH", target, "application/json-patch+json", body),
                     200);
}

/* The object, until the next answer. */
static inline const cJSON *read_at(const char *target)
{
    ck_assert_msg(say("GET", target, NULL) == 200, "%s: %s", target, said_message());
    return said;
}

static inline const cJSON *items_at(const char *target)
{
    return json_at(read_at(target), "items");
}

/* How a condition stands: "True NewReplicaSetAvailable". */
static inline const char *condition_at(const char *target, const char *type)
{
    static char text[128];
    const cJSON *one =
        condition_find(json_at(read_at(target), "status", "conditions"), type);
    snprintf(text, sizeof text, "%s %s", json_str_or(one, "", "status"),
             json_str_or(one, "", "reason"));
    return text;
}

#endif
