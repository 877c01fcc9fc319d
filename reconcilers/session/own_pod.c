#include "reconcilers/session/own_pod.h"

#include "kubeclient/api/object.h"
#include "reconcilers/session/belief.h"
#include "reconcilers/shared/child.h"

#include <string.h>

static bool is_known_by_uid(const struct session *session, const cJSON *pod)
{
    return !kube_controller_of(pod) &&
           strcmp(json_str_or(session->status, "", "podUID"), kube_uid(pod)) == 0;
}

static bool is_ours(const struct session *session, const cJSON *pod)
{
    return child_is_owned(pod, session->uid) || is_known_by_uid(session, pod);
}

/* What has ended needs no pod: whether one is left is not asked. */
static bool is_expected(const struct session *session)
{
    bool ended = believed_phase(session->status) >= PHASE_STOPPED;
    return !ended && json_str(session->status, "podName");
}

bool session_find_pod(struct session *session, const struct err **failure)
{
    struct observed *observed = session->in->observed;
    const cJSON *pod =
        observed_get(observed, &KUBE_PODS, session->ns, session->pod_name);
    *failure = NULL;
    if (!pod && is_expected(session)) {
        switch (observed_fetched(observed, &KUBE_PODS, session->ns, session->pod_name,
                                 &pod, failure)) {
        case LOOKUP_UNKNOWN:
            plan_need(session->plan, &KUBE_PODS, session->ns, session->pod_name);
            return false;
        case LOOKUP_FAILED:
            session->plan->retry = true;
            return false;
        case LOOKUP_FOUND:
        case LOOKUP_ABSENT:
            break;
        }
    }
    session->foreign = pod && !is_ours(session, pod);
    session->pod = session->foreign ? NULL : pod;
    return true;
}

/* The labels of `wanted` that the pod has not, as a patch; NULL: it has them. */
static cJSON *missing_labels(const cJSON *pod, const cJSON *wanted)
{
    cJSON *labels = NULL;
    json_each (label, json_at(wanted, "metadata", "labels")) {
        const char *held = kube_label(pod, label->string);
        if (held && strcmp(held, cJSON_GetStringValue(label)) == 0)
            continue;
        if (!labels)
            labels = json_object();
        json_set(labels, json_copy(label), label->string);
    }
    return labels;
}

/* A merge patch replaces the list: what others put into it stays. */
static cJSON *missing_owner(const struct session *session, const cJSON *wanted)
{
    if (child_is_owned(session->pod, session->uid))
        return NULL;
    cJSON *owners = json_array();
    json_each (owner, json_at(session->pod, "metadata", "ownerReferences")) {
        if (strcmp(json_str_or(owner, "", "uid"), session->uid) != 0)
            json_push(owners, json_copy(owner));
    }
    json_push(owners, json_copy(json_at(wanted, "metadata", "ownerReferences")->child));
    return owners;
}

void session_repair_pod(struct session *session)
{
    if (!session->pod || kube_deleting(session->pod))
        return;
    const cJSON *wanted = json_adopt(session->arena, session_pod_identity(session));
    const struct err *failure = observed_failure(session->in->observed, &KUBE_PODS,
                                                 session->ns, session->pod_name);
    cJSON *labels = missing_labels(session->pod, wanted);
    cJSON *owners = missing_owner(session, wanted);
    if (!labels && !owners)
        return;
    cJSON *patch = json_object();
    json_set_str(patch, kube_resource_version(session->pod), "metadata",
                 "resourceVersion");
    json_set(patch, labels, "metadata", "labels");
    json_set(patch, owners, "metadata", "ownerReferences");
    if (failure) {
        json_free(patch);
        session->plan->retry = true;
        session_blocks(session, SESSION_CHILDREN, "RepairFailed",
                       arena_printf(session->arena, "Pod %s: %s", session->pod_name,
                                    failure->msg));
        return;
    }
    plan_patch(session->plan, PLAN_MERGE_PATCH, &KUBE_PODS, session->pod, patch,
               "repair the pod's labels and owner");
}
