#include "reconcilers/shared/openshell_policy.h"

#include "kubeclient/api/object.h"
#include "reconcilers/shared/ambient.h"
#include "reconcilers/shared/child.h"

#include <string.h>

/* Somebody else's policy is not watched: so often it is looked at again, and where
 * there is none, whether it came. */
static const int64_t LOCAL_POLICY_MS = 60 * 1000;

static const char *const KEYS[] = {"policy.rego", "policy.yaml"};

const char *policy_problem(struct arena *arena, const cJSON *config_map)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        const char *text = json_str(config_map, "data", KEYS[i]);
        if (!text || !*text)
            return arena_printf(arena, "ConfigMap %s/%s has no key %s",
                                kube_namespace(config_map), kube_name(config_map),
                                KEYS[i]);
    }
    return NULL;
}

/* One attempt at having the copy there. */
struct attempt {
    const struct reconcile_input *in;
    struct plan *plan;
    const struct policy_copy *copy;
    struct verdict *verdict;
};

static bool say(const struct attempt *attempt, bool holds, const char *reason,
                const char *message)
{
    *attempt->verdict = (struct verdict){reason, message};
    return holds;
}

static const char *place(const struct attempt *attempt)
{
    return arena_printf(attempt->plan->arena, "ConfigMap %s/%s", attempt->copy->ns,
                        attempt->copy->name);
}

static bool source_is_usable(const struct attempt *attempt, const cJSON *source)
{
    struct arena *arena = attempt->plan->arena;
    const char *home = attempt->in->config->controller_namespace;
    if (!source)
        return say(attempt, false, "PolicySourceMissing",
                   arena_printf(arena, "ConfigMap %s/%s does not exist%s%s", home,
                                attempt->copy->name,
                                attempt->copy->local ? ", nor does " : "",
                                attempt->copy->local ? place(attempt) : ""));
    const char *problem = policy_problem(arena, source);
    return !problem || say(attempt, false, "PolicyInvalid", problem);
}

/* The copy, or whatever has its name. The cache holds what Berth labelled; of anything
 * else a live read tells, and only NotFound leads to a copy. False: not known yet. */
static bool find_live(const struct attempt *attempt, const cJSON **live)
{
    const struct policy_copy *copy = attempt->copy;
    const struct err *err;
    *live =
        observed_get(attempt->in->observed, &KUBE_CONFIG_MAPS, copy->ns, copy->name);
    if (*live && !copy->live)
        return true;
    switch (observed_fetched(attempt->in->observed, &KUBE_CONFIG_MAPS, copy->ns,
                             copy->name, live, &err)) {
    case LOOKUP_UNKNOWN:
        plan_need(attempt->plan, &KUBE_CONFIG_MAPS, copy->ns, copy->name);
        return say(attempt, false, "Pending",
                   arena_printf(attempt->plan->arena, "%s is read", place(attempt)));
    case LOOKUP_FAILED:
        attempt->plan->retry = true;
        return say(
            attempt, false, "PolicyReadFailed",
            arena_printf(attempt->plan->arena, "%s: %s", place(attempt), err->msg));
    case LOOKUP_FOUND:
    case LOOKUP_ABSENT:
        break;
    }
    return true;
}

static cJSON *wanted_copy(const struct attempt *attempt, const cJSON *source)
{
    struct arena *arena = attempt->plan->arena;
    const struct policy_copy *copy = attempt->copy;
    cJSON *object = kube_object(arena, &KUBE_CONFIG_MAPS, copy->ns, copy->name);
    json_set_str(object, "true", "metadata", "labels", AMBIENT_LABEL_MANAGED);
    json_set_str(object, AMBIENT_MANAGED_BY, "metadata", "labels",
                 AMBIENT_LABEL_MANAGED_BY);
    json_set_str(object,
                 arena_printf(arena, "%s/%s", attempt->in->config->controller_namespace,
                              copy->name),
                 "metadata", "annotations", AMBIENT_ANNOTATION_COPIED_FROM);
    child_set_owner(arena, object, copy->owner_resource, copy->owner);
    json_set(object, json_boolean(true), "immutable");
    json_set(object, json_copy(json_at(source, "data")), "data");
    json_set(object, json_copy(json_at(source, "binaryData")), "binaryData");
    return object;
}

static bool same_content(const cJSON *a, const cJSON *b)
{
    static const char *const PARTS[] = {"data", "binaryData"};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        const cJSON *one = json_at(a, PARTS[i]), *other = json_at(b, PARTS[i]);
        bool empty = json_count(one) == 0 && json_count(other) == 0;
        if (!empty && !(one && other && json_equal(one, other)))
            return false;
    }
    return true;
}

static bool write_copy(const struct attempt *attempt, const cJSON *source,
                       const cJSON *live)
{
    struct arena *arena = attempt->plan->arena;
    const struct err *failure;
    if (live && !kube_deleting(live) && !same_content(source, live) &&
        !observed_failure(attempt->in->observed, &KUBE_CONFIG_MAPS, attempt->copy->ns,
                          attempt->copy->name)) {
        plan_delete(attempt->plan, &KUBE_CONFIG_MAPS, live,
                    "replace the policy: its source changed");
        return say(attempt, false, "Pending",
                   arena_printf(arena, "%s is replaced", place(attempt)));
    }
    const struct child child = {
        .resource = &KUBE_CONFIG_MAPS,
        .intent = wanted_copy(attempt, source),
        .why = "copy the sandbox policy", /* to what was found to be ours */
    };
    switch (child_ensure_live(attempt->in->observed, attempt->plan, &child, live,
                              &failure)) {
    case CHILD_HELD:
        return say(
            attempt, true, "PolicyCopied",
            arena_printf(arena, "%s is a copy of %s/%s%s", place(attempt),
                         attempt->in->config->controller_namespace, attempt->copy->name,
                         source == live ? ", which does not exist any more" : ""));
    case CHILD_FAILED:
        return say(attempt, false, "PolicyCopyFailed",
                   arena_printf(arena, "%s: %s", place(attempt), failure->msg));
    case CHILD_PENDING:
    case CHILD_FOREIGN:
        break;
    }
    return say(attempt, false, "Pending",
               arena_printf(arena, "%s is written", place(attempt)));
}

static bool take_local(const struct attempt *attempt, const cJSON *live)
{
    struct arena *arena = attempt->plan->arena;
    const char *problem = policy_problem(arena, live);
    plan_requeue(attempt->plan, LOCAL_POLICY_MS);
    if (!attempt->copy->local)
        return say(
            attempt, false, "PolicyNotOurs",
            arena_printf(arena,
                         "%s is not Berth's copy, and the Project does not allow "
                         "a local policy: delete it, or set "
                         "spec.sandbox.localPolicy",
                         place(attempt)));
    if (problem)
        return say(attempt, false, "PolicyInvalid", problem);
    return say(
        attempt, true, "LocalPolicy",
        arena_printf(arena, "%s, which is not Berth's copy, is used", place(attempt)));
}

/* A copy bears the mark of whom it was made for. */
static bool is_ours(const struct policy_copy *copy, const cJSON *live)
{
    const char *creator = kube_annotation(live, ANNOTATION_CREATED_BY_PROJECT);
    return child_is_owned(live, kube_uid(copy->owner)) ||
           (creator && strcmp(creator, kube_uid(copy->owner)) == 0) ||
           child_may_be_taken(live, copy->owner_resource);
}

/* Beside Berth, where the source itself is. */
static bool use_source(const struct attempt *attempt, const cJSON *source)
{
    return source_is_usable(attempt, source) &&
           say(attempt, true, "PolicyFound",
               arena_printf(attempt->plan->arena, "%s is the policy itself",
                            place(attempt)));
}

bool policy_copy_ensure(const struct reconcile_input *in, struct plan *plan,
                        const struct policy_copy *copy, const cJSON **found,
                        struct verdict *verdict)
{
    const struct attempt attempt = {in, plan, copy, verdict};
    const char *home = in->config->controller_namespace;
    const cJSON *source =
        observed_get(in->observed, &KUBE_CONFIG_MAPS, home, copy->name);
    const cJSON *live;
    *found = source;
    if (strcmp(copy->ns, home) == 0)
        return use_source(&attempt, source);
    if (!find_live(&attempt, &live))
        return false;
    *found = live;
    if (live && !is_ours(copy, live))
        return take_local(&attempt, live);
    /* The copy outlives it, but a member may have put there what looks like one:
     * nothing starts that cannot be compared. */
    if (!source && !copy->live)
        source = live;
    if (source_is_usable(&attempt, source))
        return write_copy(&attempt, source, live);
    plan_requeue(plan, LOCAL_POLICY_MS);
    return false;
}
