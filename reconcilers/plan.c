#include "reconcilers/plan.h"

#include "kubeclient/api/object.h"

#include <assert.h>

struct plan *plan_new(struct arena *arena)
{
    struct plan *plan = arena_alloc(arena, sizeof(*plan));
    plan->arena = arena;
    return plan;
}

static void append_write(struct plan *plan, const struct plan_write *write)
{
    struct plan_write **end = &plan->writes;
    while (*end)
        end = &(*end)->next;
    *end = arena_alloc(plan->arena, sizeof(**end));
    **end = *write;
}

static void append_need(struct plan *plan, const struct plan_need *need)
{
    struct plan_need **end = &plan->needs;
    while (*end)
        end = &(*end)->next;
    *end = arena_alloc(plan->arena, sizeof(**end));
    **end = *need;
}

static void guard_update(cJSON *intent, const cJSON *live)
{
    json_set_str(intent, kube_uid(live), "metadata", "uid");
    json_set_str(intent, kube_resource_version(live), "metadata", "resourceVersion");
}

void plan_apply(struct plan *plan, const struct kube_resource *resource, cJSON *intent,
                enum plan_guard guard, const cJSON *live, const char *why)
{
    assert(guard == PLAN_CREATE || live);
    if (guard == PLAN_UPDATE)
        guard_update(intent, live);
    else
        json_set_str(intent, "1", "metadata", "resourceVersion");
    json_adopt(plan->arena, intent);
    append_write(plan, &(struct plan_write){
                           .verb = PLAN_APPLY,
                           .resource = resource,
                           .ns = kube_namespace(intent),
                           .name = kube_name(intent),
                           .body = intent,
                           .why = why,
                       });
}

void plan_patch(struct plan *plan, enum plan_verb verb,
                const struct kube_resource *resource, const cJSON *live, cJSON *patch,
                const char *why)
{
    assert(verb == PLAN_MERGE_PATCH || verb == PLAN_JSON_PATCH);
    append_write(plan, &(struct plan_write){
                           .verb = verb,
                           .resource = resource,
                           .ns = kube_namespace(live),
                           .name = kube_name(live),
                           .body = json_adopt(plan->arena, patch),
                           .why = why,
                       });
}

static void append_delete(struct plan *plan, const struct kube_resource *resource,
                          const cJSON *live, const char *version, const char *why)
{
    append_write(plan, &(struct plan_write){
                           .verb = PLAN_DELETE,
                           .resource = resource,
                           .ns = kube_namespace(live),
                           .name = kube_name(live),
                           .uid = kube_uid(live),
                           .version = version,
                           .why = why,
                       });
}

void plan_delete(struct plan *plan, const struct kube_resource *resource,
                 const cJSON *live, const char *why)
{
    append_delete(plan, resource, live, NULL, why);
}

void plan_delete_unchanged(struct plan *plan, const struct kube_resource *resource,
                           const cJSON *live, const char *why)
{
    append_delete(plan, resource, live, kube_resource_version(live), why);
}

void plan_need(struct plan *plan, const struct kube_resource *resource, const char *ns,
               const char *name)
{
    append_need(plan, &(struct plan_need){
                          .resource = resource,
                          .ns = arena_strdup(plan->arena, ns ? ns : ""),
                          .name = arena_strdup(plan->arena, name),
                      });
}

void plan_try(struct plan *plan, const struct kube_resource *resource, cJSON *intent,
              const cJSON *live)
{
    guard_update(intent, live);
    json_adopt(plan->arena, intent);
    append_need(plan, &(struct plan_need){
                          .resource = resource,
                          .ns = kube_namespace(intent),
                          .name = kube_name(intent),
                          .trial = intent,
                      });
}

void plan_set_status(struct plan *plan, cJSON *status)
{
    plan->status = json_adopt(plan->arena, status);
}

void plan_event(struct plan *plan, bool warning, const char *reason, const char *action,
                const char *note_format, ...)
{
    struct plan_event **end = &plan->events;
    while (*end)
        end = &(*end)->next;
    va_list args;
    va_start(args, note_format);
    struct plan_event *event = arena_alloc(plan->arena, sizeof(*event));
    *event = (struct plan_event){
        .warning = warning,
        .reason = reason,
        .action = action,
        .note = arena_vprintf(plan->arena, note_format, args),
    };
    va_end(args);
    *end = event;
}

void plan_requeue(struct plan *plan, int64_t after_ms)
{
    assert(after_ms > 0);
    if (plan->requeue_after_ms == 0 || after_ms < plan->requeue_after_ms)
        plan->requeue_after_ms = after_ms;
}
