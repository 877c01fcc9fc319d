#include "reconcilers/agentruntime/watches.h"

#include "kubeclient/api/object.h"
#include "reconcilers/agentruntime/claims.h"
#include "reconcilers/agentruntime/runtime_spec.h"
#include "reconcilers/shared/defaults.h"
#include "reconcilers/shared/labels.h"

#include <string.h>

/* What plans read. Of managedFields that is what Berth itself may own, in everybody's
 * field set, for it is asked whether others own it, too. */
#define MANAGED "metadata managedFields "
#define FIELDS MANAGED "fieldsV1 "
#define POD_FIELDS FIELDS "f:spec f:template f:spec "

static const char *const RUNTIME_KEEP[] = {
    "metadata creationTimestamp",
    "metadata finalizers",
    "metadata annotations " ANNOTATION_ABANDON,
    MANAGED "manager",
    MANAGED "operation",
    MANAGED "subresource",
    "spec",
    "status",
    NULL,
};

static const char *const WORKLOAD_KEEP[] = {
    "metadata labels " LABEL_TYPE,
    "metadata labels " LABEL_MANAGED_BY,
    "metadata annotations " ANNOTATION_RUNTIME,
    "metadata annotations " ANNOTATION_SKILLS,
    MANAGED "manager",
    MANAGED "operation",
    MANAGED "subresource",
    FIELDS "f:metadata f:labels f:" LABEL_TYPE,
    FIELDS "f:metadata f:labels f:" LABEL_MANAGED_BY,
    FIELDS "f:metadata f:annotations f:" ANNOTATION_RUNTIME,
    FIELDS "f:metadata f:annotations f:" ANNOTATION_SKILLS,
    FIELDS "f:spec f:template f:metadata f:labels f:" LABEL_TYPE,
    FIELDS "f:spec f:template f:metadata f:annotations f:" ANNOTATION_CONFIG_HASH,
    POD_FIELDS "f:volumes",
    POD_FIELDS "f:containers * .",
    POD_FIELDS "f:containers * f:name",
    POD_FIELDS "f:containers * f:volumeMounts",
    POD_FIELDS "f:containers * f:env k:{\"name\":\"" ENV_SKILL_FOLDERS "\"}",
    "spec replicas",
    "spec paused",
    "spec updateStrategy",
    "spec template metadata labels " LABEL_TYPE,
    "spec template metadata annotations " ANNOTATION_CONFIG_HASH,
    "spec template spec volumes name",
    "spec template spec volumes image",
    "spec template spec containers name",
    "spec template spec containers env name",
    "spec template spec containers env value",
    "spec template spec containers volumeMounts name",
    "spec template spec containers volumeMounts mountPath",
    "spec template spec containers volumeMounts readOnly",
    "spec template spec initContainers name",
    "spec template spec initContainers volumeMounts name",
    "spec template spec initContainers volumeMounts mountPath",
    "status observedGeneration",
    "status replicas",
    "status updatedReplicas",
    "status readyReplicas",
    "status availableReplicas",
    "status currentRevision",
    "status updateRevision",
    "status conditions type",
    "status conditions status",
    "status conditions reason",
    NULL,
};

static const char *const SANDBOX_KEEP[] = {
    "metadata labels " LABEL_TYPE,
    "metadata labels " LABEL_MANAGED_BY,
    "metadata annotations " ANNOTATION_RUNTIME,
    MANAGED "manager",
    MANAGED "operation",
    MANAGED "subresource",
    FIELDS "f:metadata f:labels f:" LABEL_TYPE,
    FIELDS "f:metadata f:labels f:" LABEL_MANAGED_BY,
    FIELDS "f:metadata f:annotations f:" ANNOTATION_RUNTIME,
    NULL,
};

static const char *const CONFIG_MAP_KEEP[] = {
    "metadata labels " LABEL_DEFAULTS,
    "data",
    NULL,
};

static const char *const POD_KEEP[] = {
    ("metadata labels " LABEL_TYPE),
    "metadata labels pod-template-hash",
    ("metadata annotations " ANNOTATION_CONFIG_HASH),
    "metadata ownerReferences kind",
    "metadata ownerReferences name",
    "metadata ownerReferences controller",
    "status containerStatuses name",
    "status containerStatuses state waiting",
    "status initContainerStatuses name",
    "status initContainerStatuses state waiting",
    NULL,
};

static const struct reconciler_index RUNTIME_INDEXES[] = {
    {RUNTIMES_BY_TARGET, index_runtime_target},
    {0},
};

static const struct reconciler_index WORKLOAD_INDEXES[] = {
    {WORKLOADS_BY_RUNTIME, index_workload_runtime},
    {0},
};

static const struct reconciler_index DEFAULTS_INDEXES[] = {
    {DEFAULTS_INDEX, defaults_index},
    {0},
};

static const struct reconciler_index POD_INDEXES[] = {
    {PODS_BY_WORKLOAD, index_pod_workload},
    {0},
};

static void add_runtimes_of(struct observed *observed,
                            const struct kube_resource *resource, const char *ns,
                            const char *name, struct kube_keys *primaries)
{
    observed_find_keys(observed, &KUBE_AGENT_RUNTIMES, RUNTIMES_BY_TARGET,
                       workload_index_value(primaries->arena, resource, ns, name),
                       primaries);
}

/* A runtime that comes or goes may win or lose its target to another. */
static void map_runtime(const cJSON *runtime, struct observed *observed,
                        const struct reconcile_config *config,
                        struct kube_keys *primaries)
{
    (void)config;
    kube_keys_add(primaries, kube_namespace(runtime), kube_name(runtime));
    struct runtime_spec spec = runtime_spec_read(primaries->arena, runtime);
    const struct kube_resource *resource = target_ref_resource(&spec.target);
    if (!resource)
        return;
    add_runtimes_of(observed, resource, kube_namespace(runtime), spec.target.name,
                    primaries);
}

/* The runtimes that want the workload, and the one that has it. */
static void map_workload(const cJSON *workload, struct observed *observed,
                         const struct kube_resource *resource,
                         struct kube_keys *primaries)
{
    add_runtimes_of(observed, resource, kube_namespace(workload), kube_name(workload),
                    primaries);
    const char *holder = kube_annotation(workload, ANNOTATION_RUNTIME);
    if (holder && holder[0])
        kube_keys_add(primaries, kube_namespace(workload), holder);
}

static void map_deployment(const cJSON *deployment, struct observed *observed,
                           const struct reconcile_config *config,
                           struct kube_keys *primaries)
{
    (void)config;
    map_workload(deployment, observed, &KUBE_DEPLOYMENTS, primaries);
}

static void map_stateful_set(const cJSON *stateful_set, struct observed *observed,
                             const struct reconcile_config *config,
                             struct kube_keys *primaries)
{
    (void)config;
    map_workload(stateful_set, observed, &KUBE_STATEFUL_SETS, primaries);
}

static void map_sandbox(const cJSON *sandbox, struct observed *observed,
                        const struct reconcile_config *config,
                        struct kube_keys *primaries)
{
    (void)config;
    map_workload(sandbox, observed, &KUBE_SANDBOXES, primaries);
}

static void map_defaults(const cJSON *config_map, struct observed *observed,
                         const struct reconcile_config *config,
                         struct kube_keys *primaries)
{
    (void)config;
    observed_find_keys(observed, &KUBE_AGENT_RUNTIMES, NULL, kube_namespace(config_map),
                       primaries);
}

static void map_platform_config(const cJSON *config_map, struct observed *observed,
                                const struct reconcile_config *config,
                                struct kube_keys *primaries)
{
    if (strcmp(kube_name(config_map), config->platform_config_map) == 0)
        observed_find_keys(observed, &KUBE_AGENT_RUNTIMES, NULL, "", primaries);
}

static void map_pod(const cJSON *pod, struct observed *observed,
                    const struct reconcile_config *config, struct kube_keys *primaries)
{
    (void)config;
    struct kube_keys workloads = {.arena = primaries->arena};
    index_pod_workload(pod, &workloads);
    for (size_t i = 0; i < workloads.len; i++)
        observed_find_keys(observed, &KUBE_AGENT_RUNTIMES, RUNTIMES_BY_TARGET,
                           kube_key_text(primaries->arena, workloads.items[i].ns,
                                         workloads.items[i].name),
                           primaries);
}

const struct reconciler_watch agentruntime_watches[] = {
    {.resource = &KUBE_AGENT_RUNTIMES,
     .keep = RUNTIME_KEEP,
     .indexes = RUNTIME_INDEXES,
     .map = map_runtime},
    {.resource = &KUBE_DEPLOYMENTS,
     .keep = WORKLOAD_KEEP,
     .indexes = WORKLOAD_INDEXES,
     .map = map_deployment},
    {.resource = &KUBE_STATEFUL_SETS,
     .keep = WORKLOAD_KEEP,
     .indexes = WORKLOAD_INDEXES,
     .map = map_stateful_set},
    {.resource = &KUBE_SANDBOXES,
     .keep = SANDBOX_KEEP,
     .indexes = WORKLOAD_INDEXES,
     .map = map_sandbox,
     .optional = true},
    {.resource = &KUBE_CONFIG_MAPS,
     .label_selector = LABEL_DEFAULTS "=true",
     .keep = CONFIG_MAP_KEEP,
     .indexes = DEFAULTS_INDEXES,
     .map = map_defaults},
    {.resource = &KUBE_CONFIG_MAPS,
     .scope = WATCH_OWN_NAMESPACE,
     .keep = CONFIG_MAP_KEEP,
     .map = map_platform_config},
    {.resource = &KUBE_PODS,
     .label_selector = LABEL_TYPE,
     .keep = POD_KEEP,
     .indexes = POD_INDEXES,
     .map = map_pod},
    {0},
};
