#include "reconcilers/agentruntime/claims.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/agentruntime/ownership.h"
#include "reconcilers/agentruntime/runtime_spec.h"
#include "reconcilers/shared/labels.h"

#include <string.h>

static const struct kube_resource *const WORKLOADS[] = {
    &KUBE_DEPLOYMENTS,
    &KUBE_STATEFUL_SETS,
    &KUBE_SANDBOXES,
};

static const char *kind_and_name(struct arena *arena, const char *kind,
                                 const char *name)
{
    return arena_printf(arena, "%s|%s", kind, name);
}

void index_runtime_target(const cJSON *runtime, struct kube_keys *values)
{
    struct runtime_spec spec = runtime_spec_read(values->arena, runtime);
    const struct kube_resource *resource = target_ref_resource(&spec.target);
    if (resource)
        kube_keys_add(values, kube_namespace(runtime),
                      kind_and_name(values->arena, resource->kind, spec.target.name));
}

void index_workload_runtime(const cJSON *workload, struct kube_keys *values)
{
    const char *runtime = kube_annotation(workload, ANNOTATION_RUNTIME);
    if (runtime && runtime[0])
        kube_keys_add(values, kube_namespace(workload), runtime);
}

/* A Deployment's pod belongs to a ReplicaSet, which is named after the Deployment and
 * the pod's template hash. */
void index_pod_workload(const cJSON *pod, struct kube_keys *values)
{
    const cJSON *owner = kube_controller_of(pod);
    const char *kind = json_str_or(owner, "", "kind");
    const char *name = json_str_or(owner, "", "name");
    if (strcmp(kind, "ReplicaSet") == 0) {
        const char *hash = kube_label(pod, "pod-template-hash");
        const char *suffix = hash ? arena_printf(values->arena, "-%s", hash) : NULL;
        if (!suffix || !ascii_has_suffix(name, suffix))
            return;
        kind = KUBE_DEPLOYMENTS.kind;
        name = arena_strndup(values->arena, name, strlen(name) - strlen(suffix));
    } else if (strcmp(kind, KUBE_STATEFUL_SETS.kind) != 0)
        return;
    kube_keys_add(values, kube_namespace(pod),
                  kind_and_name(values->arena, kind, name));
}

const char *workload_index_value(struct arena *arena,
                                 const struct kube_resource *resource, const char *ns,
                                 const char *name)
{
    return kube_key_text(arena, ns, kind_and_name(arena, resource->kind, name));
}

struct object_list runtimes_of_target(struct arena *arena, struct observed *observed,
                                      const struct kube_resource *resource,
                                      const char *ns, const char *name)
{
    return observed_find(observed, &KUBE_AGENT_RUNTIMES, RUNTIMES_BY_TARGET,
                         workload_index_value(arena, resource, ns, name));
}

static bool is_older(const cJSON *a, const cJSON *b)
{
    int order = strcmp(json_str_or(a, "", "metadata", "creationTimestamp"),
                       json_str_or(b, "", "metadata", "creationTimestamp"));
    if (order == 0)
        order = strcmp(kube_uid(a), kube_uid(b));
    /* Files to be rendered have neither. */
    return (order ? order : strcmp(kube_name(a), kube_name(b))) < 0;
}

const cJSON *winner_of_target(struct arena *arena, struct observed *observed,
                              const struct kube_resource *resource, const char *ns,
                              const char *name)
{
    const char *holder =
        kube_annotation(observed_get(observed, resource, ns, name), ANNOTATION_RUNTIME);
    struct object_list list = runtimes_of_target(arena, observed, resource, ns, name);
    const cJSON *winner = NULL;
    for (size_t i = 0; i < list.len; i++) {
        const cJSON *runtime = list.items[i];
        bool holds = holder && strcmp(holder, kube_name(runtime)) == 0;
        if (kube_deleting(runtime) || (winner && !is_older(runtime, winner)))
            continue;
        if (holds || !runtime_spec_problem(arena, runtime))
            winner = runtime;
    }
    return winner;
}

static bool holds_for(const cJSON *workload, const char *runtime)
{
    const char *holder = kube_annotation(workload, ANNOTATION_RUNTIME);
    return (!holder || strcmp(holder, runtime) == 0) && !kube_deleting(workload) &&
           holds_anything(workload);
}

static void push(struct arena *arena, struct held_workload **list,
                 const struct kube_resource *resource, const cJSON *object)
{
    for (; *list; list = &(*list)->next) {
        if ((*list)->resource == resource &&
            strcmp(kube_name((*list)->object), kube_name(object)) == 0)
            return;
    }
    *list = arena_alloc(arena, sizeof **list);
    **list = (struct held_workload){.resource = resource, .object = object};
}

struct held_workload *workloads_held(struct arena *arena, struct observed *observed,
                                     const char *ns, const char *name,
                                     const cJSON *status_target)
{
    struct held_workload *held = NULL;
    for (size_t i = 0; i < sizeof WORKLOADS / sizeof *WORKLOADS; i++) {
        if (!observed_served(observed, WORKLOADS[i]))
            continue;
        struct object_list list =
            observed_find(observed, WORKLOADS[i], WORKLOADS_BY_RUNTIME,
                          kube_key_text(arena, ns, name));
        for (size_t j = 0; j < list.len; j++) {
            if (kube_annotation(list.items[j], ANNOTATION_RUNTIME) &&
                holds_for(list.items[j], name))
                push(arena, &held, WORKLOADS[i], list.items[j]);
        }
    }
    const struct target_ref written = {
        .api_version = json_str_or(status_target, "", "apiVersion"),
        .kind = json_str_or(status_target, "", "kind"),
        .name = json_str_or(status_target, "", "name"),
    };
    const struct kube_resource *resource = target_ref_resource(&written);
    if (!resource || !written.name[0] || !observed_served(observed, resource))
        return held;
    const cJSON *object = observed_get(observed, resource, ns, written.name);
    if (object &&
        strcmp(kube_uid(object), json_str_or(status_target, "", "uid")) == 0 &&
        holds_for(object, name))
        push(arena, &held, resource, object);
    return held;
}
