#include "kubeclient/api/object.h"
#include "reconcilers/session/session_plan.h"
#include "reconcilers/shared/ambient.h"
#include "reconcilers/shared/child.h"

/* What others made is not watched: so often it is looked at again. */
static const int64_t FOREIGN_MS = 30 * 1000;

cJSON *session_child(const struct session *session,
                     const struct kube_resource *resource, const char *name)
{
    cJSON *object = kube_object(session->arena, resource, session->ns, name);
    json_set_str(object, session->id, "metadata", "labels", AMBIENT_LABEL_SESSION);
    json_set_str(object, session->project_id, "metadata", "labels",
                 AMBIENT_LABEL_PROJECT);
    json_set_str(object, "true", "metadata", "labels", AMBIENT_LABEL_MANAGED);
    json_set_str(object, AMBIENT_MANAGED_BY, "metadata", "labels",
                 AMBIENT_LABEL_MANAGED_BY);
    child_set_owner(session->arena, object, &KUBE_AGENTIC_SESSIONS, session->object);
    return object;
}

void session_meets_foreign(struct session *session, const char *what)
{
    session_blocks(session, SESSION_CHILDREN, "ChildConflict",
                   arena_printf(session->arena,
                                "%s exists and does not belong to this session: it "
                                "stays as it is",
                                what));
    plan_requeue(session->plan, FOREIGN_MS);
}

static bool ensure(struct session *session, const struct kube_resource *resource,
                   cJSON *intent, const char *why)
{
    const char *what =
        arena_printf(session->arena, "%s %s", resource->kind, kube_name(intent));
    const struct child child = {
        .resource = resource, .intent = intent, .owner_uid = session->uid, .why = why};
    const struct err *failure;
    switch (child_ensure(session->in->observed, session->plan, &child, &failure)) {
    case CHILD_HELD:
        return true;
    case CHILD_PENDING:
        session_blocks(session, SESSION_CHILDREN, "Pending",
                       arena_printf(session->arena, "%s is written", what));
        return false;
    case CHILD_FAILED:
        session_blocks(session, SESSION_CHILDREN, verdict_reason_of(failure),
                       arena_printf(session->arena, "%s: %s", what, failure->msg));
        return false;
    case CHILD_FOREIGN:
        break;
    }
    session_meets_foreign(session, what);
    return false;
}

static void add_rule(const struct session *session, cJSON *rules, const char *resource,
                     const char *verb)
{
    cJSON *rule = json_push(rules, json_object());
    json_push(json_set(rule, json_array(), "apiGroups"),
              json_string(KUBE_AGENTIC_SESSIONS.group));
    json_push(json_set(rule, json_array(), "resources"), json_string(resource));
    json_push(json_set(rule, json_array(), "resourceNames"),
              json_string(session->name));
    json_push(json_set(rule, json_array(), "verbs"), json_string(verb));
}

static cJSON *role_of(const struct session *session, const char *name)
{
    cJSON *role = session_child(session, &KUBE_ROLES, name);
    cJSON *rules = json_set(role, json_array(), "rules");
    add_rule(session, rules, "agenticsessions", "get");
    add_rule(session, rules, "agenticsessions/status", "patch");
    return role;
}

static cJSON *binding_of(const struct session *session, const char *name)
{
    cJSON *binding = session_child(session, &KUBE_ROLE_BINDINGS, name);
    json_set_str(binding, KUBE_ROLES.group, "roleRef", "apiGroup");
    json_set_str(binding, KUBE_ROLES.kind, "roleRef", "kind");
    json_set_str(binding, name, "roleRef", "name");
    cJSON *subject =
        json_push(json_set(binding, json_array(), "subjects"), json_object());
    json_set_str(subject, KUBE_SERVICE_ACCOUNTS.kind, "kind");
    json_set_str(subject, session->account_name, "name");
    json_set_str(subject, session->ns, "namespace");
    return binding;
}

bool session_ensure_children(struct session *session)
{
    cJSON *account =
        session_child(session, &KUBE_SERVICE_ACCOUNTS, session->account_name);
    json_set(account, json_boolean(false), "automountServiceAccountToken");
    bool held = ensure(session, &KUBE_SERVICE_ACCOUNTS, account,
                       "give the session an identity");
    if (*session->config->token_audience)
        return held; /* such a token is not the API server's: a Role is no use */
    held = ensure(session, &KUBE_ROLES, role_of(session, session->service_name),
                  "let the runner report") &&
           held;
    return ensure(session, &KUBE_ROLE_BINDINGS,
                  binding_of(session, session->service_name),
                  "let the runner report") &&
           held;
}

bool session_ensure_service(struct session *session)
{
    cJSON *service = session_child(session, &KUBE_SERVICES, session->service_name);
    json_set_str(service, "ClusterIP", "spec", "type");
    json_set_str(service, session->id, "spec", "selector", AMBIENT_LABEL_SESSION);
    cJSON *port =
        json_push(json_set(service, json_array(), "spec", "ports"), json_object());
    json_set_str(port, "agui", "name");
    json_set(port, json_number(RUNNER_PORT), "port");
    json_set(port, json_number(RUNNER_PORT), "targetPort");
    json_set_str(port, "TCP", "protocol");
    return ensure(session, &KUBE_SERVICES, service, "let clients reach the runner");
}
