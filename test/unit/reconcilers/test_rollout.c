#include "kubeclient/base/yaml.h"
#include "reconcilers/shared/rollout.h"
#include "test/support/check_main.h"

struct rollout_case {
    const char *text;
    enum rollout_state state;
    const char *message;
};

static void check(const struct rollout_case *rollout_case,
                  struct rollout (*of)(const cJSON *))
{
    struct err err = {0};
    const char *text = rollout_case->text;
    struct yaml_doc *doc = yaml_parse("workload", text, strlen(text), &err);
    ck_assert_msg(doc && yaml_count(doc) == 1, "%s", err.msg);
    struct rollout rollout = of(yaml_root(doc, 0));
    ck_assert_msg(rollout.state == rollout_case->state, "%s: %s", text,
                  rollout.message);
    ck_assert_str_eq(rollout.message, rollout_case->message);
    yaml_close(&doc);
}

START_TEST(deployments)
{
    static const struct rollout_case cases[] = {
        {"{metadata: {generation: 2}, status: {observedGeneration: 1}}", ROLLOUT_UNSEEN,
         "the Deployment's change has not been seen by its controller yet"},
        {"{spec: {replicas: 2}, status: {conditions: [{type: Progressing, status: "
         "'False', reason: ProgressDeadlineExceeded}]}}",
         ROLLOUT_STALLED, "the Deployment exceeded its progress deadline"},
        {"{spec: {paused: true}, status: {}}", ROLLOUT_ROLLING,
         "the Deployment is paused"},
        {"{status: {}}", ROLLOUT_ROLLING, "waiting for new pods"},
        {"{spec: {replicas: 2}, status: {updatedReplicas: 1}}", ROLLOUT_ROLLING,
         "waiting for new pods"},
        {"{status: {replicas: 2, updatedReplicas: 1}}", ROLLOUT_ROLLING,
         "waiting for old pods to end"},
        {"{status: {replicas: 1, updatedReplicas: 1}}", ROLLOUT_ROLLING,
         "waiting for new pods to be available"},
        {"{status: {replicas: 1, updatedReplicas: 1, availableReplicas: 1}}",
         ROLLOUT_COMPLETE, "all pods are up to date"},
        {"{spec: {replicas: 0}, status: {}}", ROLLOUT_COMPLETE,
         "all pods are up to date"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(&cases[i], rollout_of_deployment);
}
END_TEST

START_TEST(stateful_sets)
{
    static const struct rollout_case cases[] = {
        {"{metadata: {generation: 2}, status: {observedGeneration: 1}}", ROLLOUT_UNSEEN,
         "the StatefulSet's change has not been seen by its controller yet"},
        {"{status: {updateRevision: b, currentRevision: a, readyReplicas: 1}}",
         ROLLOUT_ROLLING, "waiting for new pods"},
        {"{status: {updateRevision: b, currentRevision: b}}", ROLLOUT_ROLLING,
         "waiting for pods to be ready"},
        {"{status: {updateRevision: b, currentRevision: b, readyReplicas: 1}}",
         ROLLOUT_COMPLETE, "all pods are up to date"},
        {"{spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 1}}}, "
         "status: {updatedReplicas: 1, updateRevision: b, currentRevision: a}}",
         ROLLOUT_ROLLING, "waiting for new pods"},
        {"{spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 1}}}, "
         "status: {updatedReplicas: 2, updateRevision: b, currentRevision: a}}",
         ROLLOUT_ROLLING, "the StatefulSet's partition keeps old pods"},
        {"{spec: {updateStrategy: {type: OnDelete}}, status: {updateRevision: b, "
         "currentRevision: a}}",
         ROLLOUT_ROLLING, "the StatefulSet updates pods when they are deleted"},
        {"{spec: {updateStrategy: {type: OnDelete}}, status: {updatedReplicas: 1, "
         "readyReplicas: 1, updateRevision: b, currentRevision: a}}",
         ROLLOUT_COMPLETE, "all pods are up to date"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(&cases[i], rollout_of_stateful_set);
}
END_TEST

CHECK_MAIN("rollout", NULL, NULL, deployments, stateful_sets)
