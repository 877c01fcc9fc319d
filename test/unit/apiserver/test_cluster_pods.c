#include "test/unit/apiserver/cluster_play.h"

static void setup_play(void)
{
    setup_cluster(true);
}

static void make_pod(const char *name, const char *outcome, const char *spec)
{
    char body[1024];
    snprintf(body, sizeof body,
             "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'%s','annotations':{"
             "'play.berth.dev/outcome':'%s'}},'spec':{%s'containers':[{'name':'c',"
             "'image':'x'},{'name':'d','image':'y'}]}}",
             name, outcome, spec);
    ck_assert_int_eq(say("POST", PODS, body), 201);
}

static const cJSON *status_of(const char *name)
{
    char target[128];
    snprintf(target, sizeof target, PODS "/%s", name);
    return json_at(read_at(target), "status");
}

/* "PHASE first container's state and reason" */
static const char *shape_of(const char *name)
{
    static char text[256];
    const cJSON *status = status_of(name);
    const cJSON *first = json_at(status, "containerStatuses");
    const cJSON *state = json_at(first ? first->child : NULL, "state");
    snprintf(text, sizeof text, "%s %s %s", json_str_or(status, "", "phase"),
             state && state->child ? state->child->string : "",
             state ? json_str_or(state->child, "", "reason") : "");
    return text;
}

START_TEST(a_pod_runs_and_becomes_ready)
{
    make_pod("p", "running", "");
    run_ms(5000);
    ck_assert_str_eq(shape_of("p"), "Running running ");
    const cJSON *status = status_of("p");
    ck_assert(condition_is(json_at(status, "conditions"), "Ready", CONDITION_TRUE));
    ck_assert_int_eq(strncmp(json_str_or(status, "", "podIP"), "10.", 3), 0);
    ck_assert_str_eq(json_str_or(read_at(PODS "/p"), "", "spec", "nodeName"), "play");
}
END_TEST

START_TEST(init_containers_run_one_by_one_and_sidecars_stay)
{
    make_pod("p", "running",
             "'initContainers':[{'name':'a','image':'x'},{'name':'s','image':'x',"
             "'restartPolicy':'Always'}],");
    run_ms(250);
    ck_assert_str_eq(shape_of("p"), "Pending waiting PodInitializing");
    run_ms(5000);
    const cJSON *inits = json_at(status_of("p"), "initContainerStatuses");
    ck_assert_str_eq(json_str_or(inits->child, "", "state", "terminated", "reason"),
                     "Completed");
    ck_assert_ptr_nonnull(json_at(inits->child->next, "state", "running"));
    ck_assert_str_eq(shape_of("p"), "Running running ");
}
END_TEST

#define SIDECARS                                                                       \
    "'restartPolicy':'Never','initContainers':[{'name':'a','image':'x',"               \
    "'restartPolicy':'Always'},{'name':'b','image':'x','restartPolicy':'Always'}],"

static const char *version_of(const char *name)
{
    static char text[32];
    char target[128];
    snprintf(target, sizeof target, PODS "/%s", name);
    snprintf(text, sizeof text, "%s", kube_resource_version(read_at(target)));
    return text;
}

/* Nothing is written to the pod for a long while. */
static void check_rest(const char *name)
{
    char version[32];
    snprintf(version, sizeof version, "%s", version_of(name));
    run_ms(300000);
    ck_assert_str_eq(version_of(name), version);
}

START_TEST(sidecars_end_with_the_pod)
{
    make_pod("p", "completed", SIDECARS);
    run_ms(1000);
    const cJSON *inits = json_at(status_of("p"), "initContainerStatuses");
    ck_assert(json_bool(inits->child, false, "started"));
    ck_assert(json_bool(inits->child->next, false, "ready"));
    run_ms(5000);
    inits = json_at(status_of("p"), "initContainerStatuses");
    ck_assert_ptr_nonnull(json_at(inits->child, "state", "terminated"));
    ck_assert(!json_bool(inits->child, true, "ready"));
    ck_assert_str_eq(shape_of("p"), "Succeeded terminated Completed");
    check_rest("p");
}
END_TEST

START_TEST(a_sidecar_that_does_not_start_holds_the_pod_up)
{
    make_pod("crash", "sidecar-crash-loop", SIDECARS);
    make_pod("pull", "sidecar-image-pull-back-off", SIDECARS);
    run_ms(10000);
    const cJSON *first = json_at(status_of("crash"), "initContainerStatuses")->child;
    ck_assert_str_eq(json_str_or(first, "", "state", "waiting", "reason"),
                     "CrashLoopBackOff");
    ck_assert_int_eq(json_int(first, 0, "lastState", "terminated", "exitCode"), 1);
    ck_assert(!json_bool(first, true, "started"));
    ck_assert_str_eq(json_str_or(first->next, "", "state", "waiting", "reason"),
                     "PodInitializing");
    ck_assert_str_eq(shape_of("crash"), "Pending waiting PodInitializing");
    first = json_at(status_of("pull"), "initContainerStatuses")->child;
    ck_assert_str_eq(json_str_or(first, "", "state", "waiting", "reason"),
                     "ImagePullBackOff");
    check_rest("crash");
    /* Another word, and it goes on. */
    say_merge(PODS "/crash",
              "{'metadata':{'annotations':{'play.berth.dev/outcome':'running'}}}");
    run_ms(10000);
    ck_assert_str_eq(shape_of("crash"), "Running running ");
}
END_TEST

START_TEST(a_pod_whose_image_is_missing_is_at_rest)
{
    make_pod("p", "image-pull-back-off", SIDECARS);
    run_ms(10000);
    ck_assert_str_eq(shape_of("p"), "Pending waiting ImagePullBackOff");
    check_rest("p");
}
END_TEST

START_TEST(a_container_keeps_its_start)
{
    make_pod("p", "exit:3", "'restartPolicy':'Never',");
    run_ms(10000);
    const cJSON *first = json_at(status_of("p"), "containerStatuses")->child;
    ck_assert_str_lt(json_str_or(first, "", "state", "terminated", "startedAt"),
                     json_str_or(first, "", "state", "terminated", "finishedAt"));
}
END_TEST

START_TEST(an_eviction_says_who_and_why)
{
    make_pod("p", "evicted", "'restartPolicy':'Never',");
    run_ms(10000);
    const cJSON *status = status_of("p");
    ck_assert_str_eq(json_str_or(status, "", "reason"), "Evicted");
    ck_assert_ptr_nonnull(strstr(json_str_or(status, "", "message"), "memory"));
    ck_assert(condition_is(json_at(status, "conditions"), "DisruptionTarget",
                           CONDITION_TRUE));
}
END_TEST

static const struct {
    const char *outcome, *policy, *shape;
} ENDS[] = {
    {"completed", "Never", "Succeeded terminated Completed"},
    {"exit:3", "Never", "Failed terminated Error"},
    {"exit:0", "OnFailure", "Succeeded terminated Completed"},
    {"exit:3", "OnFailure", "Running waiting CrashLoopBackOff"},
    {"completed", "Always", "Running waiting CrashLoopBackOff"},
    {"crash-loop", "Always", "Running waiting CrashLoopBackOff"},
    {"oom-killed", "Never", "Failed terminated OOMKilled"},
    {"evicted", "Always", "Failed terminated Error"},
    {"image-pull-back-off", "Never", "Pending waiting ImagePullBackOff"},
    {"config-error", "Always", "Pending waiting CreateContainerConfigError"},
    {"unschedulable", "Never", "Pending  "},
    {"never-ready", "Never", "Running running "},
    {"no such word", "Never", "Running running "},
};

START_TEST(a_word_tells_how_a_pod_ends)
{
    char name[16], spec[64];
    size_t count = sizeof ENDS / sizeof *ENDS;
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "p-%zu", i);
        snprintf(spec, sizeof spec, "'restartPolicy':'%s',", ENDS[i].policy);
        make_pod(name, ENDS[i].outcome, spec);
    }
    run_ms(20000);
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "p-%zu", i);
        ck_assert_msg(strcmp(shape_of(name), ENDS[i].shape) == 0, "%s %s: %s",
                      ENDS[i].outcome, ENDS[i].policy, shape_of(name));
    }
}
END_TEST

START_TEST(an_exit_code_is_the_first_containers)
{
    make_pod("p", "exit:3", "'restartPolicy':'Never',");
    run_ms(10000);
    const cJSON *first = json_at(status_of("p"), "containerStatuses")->child;
    ck_assert_int_eq(json_int(first, -1, "state", "terminated", "exitCode"), 3);
    ck_assert_int_eq(json_int(first->next, -1, "state", "terminated", "exitCode"), 0);
}
END_TEST

START_TEST(a_namespace_has_a_word_for_all_its_pods)
{
    say_merge(
        "/api/v1/namespaces/default",
        "{'metadata':{'annotations':{'play.berth.dev/outcome':'unschedulable'}}}");
    make_pod("own", "running", "");
    make_workload("Deployment", "web", "", "");
    run_ms(5000);
    ck_assert_str_eq(shape_of("own"), "Running running ");
    ck_assert_str_eq(condition_at(APPS "deployments/web", "Available"),
                     "False MinimumReplicasUnavailable");
}
END_TEST

START_TEST(a_namespace_has_a_word_for_one_of_its_pods)
{
    say_merge("/api/v1/namespaces/default",
              "{'metadata':{'annotations':{'play.berth.dev/outcome':'unschedulable',"
              "'play.berth.dev/one':'running'}}}");
    ck_assert_int_eq(say("POST", PODS,
                         "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'one'},"
                         "'spec':{'containers':[{'name':'c','image':'x'}]}}"),
                     201);
    run_ms(5000);
    ck_assert_str_eq(shape_of("one"), "Running running ");
}
END_TEST

/* Held by a finalizer, so that its end can be seen. */
static int64_t stopped_code(const char *outcome)
{
    make_pod("p", outcome, "'terminationGracePeriodSeconds':5,");
    say_merge(PODS "/p", "{'metadata':{'finalizers':['example.com/held']}}");
    run_ms(5000);
    ck_assert_int_eq(say("DELETE", PODS "/p", NULL), 200);
    run_ms(6000);
    const cJSON *first = json_at(status_of("p"), "containerStatuses")->child;
    return json_int(first, -1, "state", "terminated", "exitCode");
}

START_TEST(a_deleted_pod_ends_by_the_signal)
{
    ck_assert_int_eq(stopped_code("running"), 143);
}
END_TEST

START_TEST(a_stubborn_pod_is_killed)
{
    ck_assert_int_eq(stopped_code("stubborn"), 137);
}
END_TEST

START_TEST(a_deleted_pod_stops_before_it_goes)
{
    make_pod("p", "running", "");
    run_ms(5000);
    ck_assert_int_eq(say("DELETE", PODS "/p", NULL), 200);
    settle_cluster();
    ck_assert(kube_deleting(read_at(PODS "/p")));
    run_ms(2000);
    ck_assert_int_eq(say("GET", PODS "/p", NULL), 404);
}
END_TEST

START_TEST(a_stubborn_pod_takes_all_its_grace)
{
    make_pod("p", "stubborn", "'terminationGracePeriodSeconds':20,");
    run_ms(5000);
    ck_assert_int_eq(say("DELETE", PODS "/p", NULL), 200);
    run_ms(18000);
    ck_assert_int_eq(say("GET", PODS "/p", NULL), 200);
    run_ms(3000);
    ck_assert_int_eq(say("GET", PODS "/p", NULL), 404);
}
END_TEST

START_TEST(a_pod_is_bound_once)
{
    static const char *const BINDING =
        "{'metadata':{'name':'p'},'target':{'kind':'Node','name':'other'}}";
    make_pod("p", "unschedulable", "");
    settle_cluster();
    ck_assert_int_eq(say("POST", PODS "/p/binding", "{'target':{}}"), 400);
    ck_assert_int_eq(say("POST", PODS "/p/binding?dryRun=All", BINDING), 201);
    ck_assert_int_eq(say("POST", PODS "/p/binding", BINDING), 201);
    ck_assert_str_eq(json_str_or(read_at(PODS "/p"), "", "spec", "nodeName"), "other");
    ck_assert_int_eq(say("POST", PODS "/p/binding", BINDING), 409);
    ck_assert_int_eq(say_merge(PODS "/p", "{'spec':{'nodeName':'third'}}"), 422);
}
END_TEST

/* ---- namespaces */

START_TEST(a_namespace_gets_an_account_and_the_root_certificate)
{
    ck_assert_int_eq(say("POST", "/api/v1/namespaces", "{'metadata':{'name':'n'}}"),
                     201);
    settle_cluster();
    read_at("/api/v1/namespaces/n/serviceaccounts/default");
    ck_assert_ptr_nonnull(
        json_at(read_at("/api/v1/namespaces/n/configmaps/kube-root-ca.crt"), "data"));
}
END_TEST

START_TEST(what_a_namespace_must_have_comes_back)
{
    settle_cluster();
    say("DELETE", "/api/v1/namespaces/default/serviceaccounts/default", NULL);
    say("DELETE", "/api/v1/namespaces/default/configmaps/kube-root-ca.crt", NULL);
    run_ms(2000);
    read_at("/api/v1/namespaces/default/serviceaccounts/default");
    read_at("/api/v1/namespaces/default/configmaps/kube-root-ca.crt");
}
END_TEST

/* ---- StatefulSets */

#define DB APPS "statefulsets/db"

START_TEST(a_stateful_set_makes_its_pods_in_order)
{
    make_workload("StatefulSet", "db", "'serviceName':'db','replicas':3,", "");
    settle_cluster();
    ck_assert_uint_eq(json_count(items_at(PODS)), 1);
    run_ms(9000);
    ck_assert_str_eq(json_str_or(read_at(PODS "/db-2"), "", "metadata", "labels",
                                 "apps.kubernetes.io/pod-index"),
                     "2");
    const cJSON *status = json_at(read_at(DB), "status");
    ck_assert_int_eq(json_int(status, 0, "readyReplicas"), 3);
    ck_assert_str_eq(json_str_or(status, "", "currentRevision"),
                     json_str_or(status, "?", "updateRevision"));
}
END_TEST

START_TEST(a_stateful_set_rolls_from_the_last_pod_down)
{
    char uid[64];
    make_workload("StatefulSet", "db", "'serviceName':'db','replicas':2,", "");
    run_ms(9000);
    snprintf(uid, sizeof uid, "%s", kube_uid(read_at(PODS "/db-0")));
    set_image("statefulsets/db", "x:2");
    run_ms(500);
    ck_assert_str_eq(kube_uid(read_at(PODS "/db-0")), uid);
    run_ms(9000);
    ck_assert_str_ne(kube_uid(read_at(PODS "/db-0")), uid);
    ck_assert_int_eq(json_int(read_at(DB), 0, "status", "updatedReplicas"), 2);
}
END_TEST

START_TEST(on_delete_waits_for_somebody_to_delete)
{
    make_workload("StatefulSet", "db",
                  "'serviceName':'db','updateStrategy':{'type':'OnDelete'},", "");
    run_ms(9000);
    set_image("statefulsets/db", "x:2");
    run_ms(9000);
    ck_assert_int_eq(json_int(read_at(DB), 0, "status", "updatedReplicas"), 0);
    say("DELETE", PODS "/db-0", NULL);
    run_ms(9000);
    ck_assert_int_eq(json_int(read_at(DB), 0, "status", "updatedReplicas"), 1);
}
END_TEST

START_TEST(a_smaller_stateful_set_gives_up_its_last_pods)
{
    make_workload("StatefulSet", "db", "'serviceName':'db','replicas':3,", "");
    run_ms(9000);
    say_merge(DB, "{'spec':{'replicas':1}}");
    run_ms(9000);
    const cJSON *pods = items_at(PODS);
    ck_assert_uint_eq(json_count(pods), 1);
    ck_assert_str_eq(kube_name(pods->child), "db-0");
}
END_TEST

CHECK_MAIN(
    "cluster_pods", setup_play, teardown_cluster, a_pod_runs_and_becomes_ready,
    init_containers_run_one_by_one_and_sidecars_stay, a_word_tells_how_a_pod_ends,
    sidecars_end_with_the_pod, a_sidecar_that_does_not_start_holds_the_pod_up,
    a_pod_whose_image_is_missing_is_at_rest, a_container_keeps_its_start,
    an_eviction_says_who_and_why, a_namespace_has_a_word_for_one_of_its_pods,
    a_deleted_pod_ends_by_the_signal, a_stubborn_pod_is_killed,
    an_exit_code_is_the_first_containers, a_namespace_has_a_word_for_all_its_pods,
    a_deleted_pod_stops_before_it_goes, a_stubborn_pod_takes_all_its_grace,
    a_pod_is_bound_once, a_namespace_gets_an_account_and_the_root_certificate,
    what_a_namespace_must_have_comes_back, a_stateful_set_makes_its_pods_in_order,
    a_stateful_set_rolls_from_the_last_pod_down, on_delete_waits_for_somebody_to_delete,
    a_smaller_stateful_set_gives_up_its_last_pods)
