#include "test/unit/apiserver/cluster_play.h"

#define WEB APPS "deployments/web"
#define SETS APPS "replicasets"

static void setup_play(void)
{
    setup_cluster(true);
}

static void setup_without_nodes(void)
{
    setup_cluster(false);
}

static int64_t count_at(const char *target, const char *name)
{
    return json_int(read_at(target), 0, "status", name);
}

START_TEST(a_deployment_makes_a_named_replica_set_with_pods)
{
    make_workload("Deployment", "web", "'replicas':2,", "");
    settle_cluster();
    const cJSON *set = items_at(SETS)->child;
    const char *hash = kube_label(set, "pod-template-hash");
    ck_assert_ptr_nonnull(hash);
    ck_assert_int_eq(strncmp(kube_name(set), "web-", 4), 0);
    ck_assert_str_eq(kube_name(set) + 4, hash);
    ck_assert_str_eq(kube_annotation(set, "deployment.kubernetes.io/revision"), "1");
    ck_assert_str_eq(json_str_or(kube_controller_of(set), "", "kind"), "Deployment");
    const cJSON *pods = items_at(PODS);
    ck_assert_uint_eq(json_count(pods), 2);
    ck_assert_str_eq(json_str_or(kube_controller_of(pods->child), "", "kind"),
                     "ReplicaSet");
}
END_TEST

START_TEST(without_nodes_pods_stay_pending)
{
    make_workload("Deployment", "web", "'replicas':2,", "");
    run_ms(5000);
    ck_assert_str_eq(condition_at(WEB, "Available"),
                     "False MinimumReplicasUnavailable");
    ck_assert_str_eq(condition_at(WEB, "Progressing"), "True ReplicaSetUpdated");
    ck_assert_int_eq(count_at(WEB, "unavailableReplicas"), 2);
    const cJSON *pod = items_at(PODS)->child;
    ck_assert_str_eq(json_str_or(pod, "", "status", "phase"), "Pending");
    ck_assert_ptr_null(json_at(pod, "status", "conditions"));
    ck_assert_ptr_null(json_at(pod, "spec", "nodeName"));
}
END_TEST

START_TEST(the_revision_makes_no_generation)
{
    make_workload("Deployment", "web", "", "");
    run_ms(5000);
    const cJSON *web = read_at(WEB);
    ck_assert_int_eq(kube_generation(web), 1);
    ck_assert_int_eq(json_int(web, 0, "status", "observedGeneration"), 1);
    ck_assert_str_eq(kube_annotation(web, "deployment.kubernetes.io/revision"), "1");
}
END_TEST

START_TEST(with_a_kubelet_it_becomes_available)
{
    make_workload("Deployment", "web", "'replicas':3,", "");
    run_ms(5000);
    ck_assert_str_eq(condition_at(WEB, "Available"), "True MinimumReplicasAvailable");
    ck_assert_str_eq(condition_at(WEB, "Progressing"), "True NewReplicaSetAvailable");
    ck_assert_int_eq(count_at(WEB, "availableReplicas"), 3);
    ck_assert_int_eq(count_at(WEB, "unavailableReplicas"), 0);
}
END_TEST

START_TEST(a_new_template_rolls_within_surge_and_availability)
{
    make_workload("Deployment", "web", "'replicas':4,", "");
    run_ms(5000);
    set_image("deployments/web", "x:2");
    for (int step = 0; step < 40; step++) {
        run_ms(250);
        ck_assert_int_le(count_at(WEB, "replicas"), 5);
        ck_assert_int_ge(count_at(WEB, "availableReplicas"), 3);
    }
    ck_assert_int_eq(count_at(WEB, "updatedReplicas"), 4);
    ck_assert_int_eq(count_at(WEB, "replicas"), 4);
    ck_assert_uint_eq(json_count(items_at(SETS)), 2);
    ck_assert_str_eq(kube_annotation(read_at(WEB), "deployment.kubernetes.io/revision"),
                     "2");
}
END_TEST

START_TEST(a_template_of_old_takes_its_replica_set_back)
{
    make_workload("Deployment", "web", "", "");
    run_ms(5000);
    set_image("deployments/web", "x:2");
    run_ms(5000);
    set_image("deployments/web", "x:1");
    run_ms(5000);
    ck_assert_uint_eq(json_count(items_at(SETS)), 2);
    ck_assert_str_eq(kube_annotation(read_at(WEB), "deployment.kubernetes.io/revision"),
                     "3");
    const cJSON *pods = items_at(PODS);
    ck_assert_str_eq(
        json_str_or(json_at(pods->child, "spec", "containers")->child, "", "image"),
        "x:1");
}
END_TEST

START_TEST(without_nodes_a_rollout_makes_one_new_pod_and_waits)
{
    make_workload("Deployment", "web", "'replicas':2,", "");
    run_ms(1000);
    set_image("deployments/web", "x:2");
    run_ms(1000);
    ck_assert_int_ge(count_at(WEB, "updatedReplicas"), 1);
    ck_assert_str_eq(condition_at(WEB, "Progressing"), "True ReplicaSetUpdated");
}
END_TEST

START_TEST(recreate_ends_the_old_pods_first)
{
    make_workload("Deployment", "web", "'replicas':2,'strategy':{'type':'Recreate'},",
                  "");
    run_ms(5000);
    set_image("deployments/web", "x:2");
    for (int step = 0; step < 40; step++) {
        run_ms(100);
        ck_assert_uint_le(json_count(items_at(PODS)), 2);
    }
    ck_assert_int_eq(count_at(WEB, "updatedReplicas"), 2);
}
END_TEST

START_TEST(a_paused_one_scales_but_does_not_roll)
{
    make_workload("Deployment", "web", "'replicas':1,", "");
    run_ms(5000);
    say_merge(WEB, "{'spec':{'paused':true,'replicas':2}}");
    run_ms(5000);
    ck_assert_uint_eq(json_count(items_at(PODS)), 2);
    set_image("deployments/web", "x:2");
    run_ms(5000);
    ck_assert_uint_eq(json_count(items_at(SETS)), 1);
    ck_assert_str_eq(condition_at(WEB, "Progressing"), "Unknown DeploymentPaused");
    say_merge(WEB, "{'spec':{'paused':false}}");
    run_ms(9000);
    ck_assert_str_eq(condition_at(WEB, "Progressing"), "True NewReplicaSetAvailable");
}
END_TEST

START_TEST(the_progress_deadline_passes)
{
    make_workload("Deployment", "web", "'progressDeadlineSeconds':20,", "");
    run_ms(15000);
    ck_assert_str_eq(condition_at(WEB, "Progressing"), "True ReplicaSetUpdated");
    run_ms(10000);
    ck_assert_str_eq(condition_at(WEB, "Progressing"),
                     "False ProgressDeadlineExceeded");
}
END_TEST

START_TEST(a_deleted_one_takes_all_along)
{
    make_workload("Deployment", "web", "'replicas':3,", "");
    run_ms(5000);
    ck_assert_int_eq(say("DELETE", WEB, NULL), 200);
    run_ms(5000);
    ck_assert_uint_eq(json_count(items_at(SETS)), 0);
    ck_assert_uint_eq(json_count(items_at(PODS)), 0);
}
END_TEST

START_TEST(history_is_kept_to_its_limit)
{
    char image[8];
    make_workload("Deployment", "web", "'revisionHistoryLimit':2,", "");
    for (int turn = 1; turn <= 6; turn++) {
        run_ms(5000);
        snprintf(image, sizeof image, "x:%d", turn + 1);
        set_image("deployments/web", image);
    }
    run_ms(5000);
    ck_assert_uint_eq(json_count(items_at(SETS)), 3);
}
END_TEST

START_TEST(nothing_is_written_at_rest)
{
    make_workload("Deployment", "web", "'replicas':2,", "");
    make_workload("StatefulSet", "db", "'serviceName':'db','replicas':2,", "");
    run_ms(10000);
    uint64_t version = api_server_version(server);
    run_ms(3600 * 1000);
    ck_assert_uint_eq(api_server_version(server), version);
}
END_TEST

START_TEST(a_forgotten_history_is_read_anew)
{
    make_workload("Deployment", "web", "'replicas':2,", "");
    run_ms(5000);
    say("DELETE", WEB, NULL);
    api_server_compact(server);
    run_ms(5000);
    make_workload("Deployment", "web", "'replicas':1,", "");
    run_ms(5000);
    ck_assert_int_eq(count_at(WEB, "availableReplicas"), 1);
    ck_assert_uint_eq(json_count(items_at(PODS)), 1);
}
END_TEST

/* Work is proportional to what changed: this ends in a moment. */
START_TEST(many_deployments_settle)
{
    char name[16];
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "web-%d", i);
        make_workload("Deployment", name, "'replicas':1,", "");
    }
    run_ms(10000);
    ck_assert_uint_eq(json_count(items_at(SETS)), 300);
    ck_assert_str_eq(condition_at(APPS "deployments/web-299", "Available"),
                     "True MinimumReplicasAvailable");
}
END_TEST

int main(void)
{
    const TTest *const bare[] = {a_deployment_makes_a_named_replica_set_with_pods,
                                 without_nodes_pods_stay_pending,
                                 the_revision_makes_no_generation,
                                 without_nodes_a_rollout_makes_one_new_pod_and_waits,
                                 the_progress_deadline_passes,
                                 NULL};
    const TTest *const played[] = {with_a_kubelet_it_becomes_available,
                                   a_new_template_rolls_within_surge_and_availability,
                                   a_template_of_old_takes_its_replica_set_back,
                                   recreate_ends_the_old_pods_first,
                                   a_paused_one_scales_but_does_not_roll,
                                   a_deleted_one_takes_all_along,
                                   history_is_kept_to_its_limit,
                                   nothing_is_written_at_rest,
                                   a_forgotten_history_is_read_anew,
                                   many_deployments_settle,
                                   NULL};
    int failed =
        check_main("cluster_deployment", setup_without_nodes, teardown_cluster, bare);
    failed |=
        check_main("cluster_deployment_played", setup_play, teardown_cluster, played);
    return failed;
}
