#include "kubeclient/api/object.h"
#include "reconcilers/session/statement.h"
#include "reconcilers/shared/ambient.h"
#include "reconcilers/shared/child.h"

#include <string.h>

/* ---- what the runner reports */

/* Its name, or its place in the list: a url may hold a password. */
static const char *repository_name(const struct session *session, const cJSON *repo,
                                   size_t place)
{
    const char *name = json_str(repo, "name");
    return name && *name ? name : arena_printf(session->arena, "number %zu", place);
}

/* The names of the repositories that are in that state, ""; none. */
static const char *repositories(const struct session *session, const char *state)
{
    const char *names = "";
    size_t place = 0;
    json_each (repo, json_at(session->status, "reconciledRepos")) {
        place++;
        if (strcmp(json_str_or(repo, "", "status"), state) == 0)
            names = arena_printf(session->arena, "%s%s%s", names, *names ? ", " : "",
                                 repository_name(session, repo, place));
    }
    return names;
}

static void set_repositories(struct statement *statement)
{
    struct session *session = statement->session;
    struct arena *arena = session->arena;
    size_t count = json_count(json_at(session->status, "reconciledRepos"));
    const char *failed = repositories(session, "Failed");
    const char *cloning = repositories(session, "Cloning");
    const struct verdict bad = {
        "RepoReconciliationFailed",
        arena_printf(arena, "the runner could not clone: %s", failed)};
    const struct verdict busy = {
        "Cloning", arena_printf(arena, "the runner is cloning: %s", cloning)};
    const struct verdict good = {
        "Reconciled", arena_printf(arena, "the runner has %zu of them", count)};
    if (!count)
        return;
    if (*failed)
        statement_set(statement, "ReposReconciled", CONDITION_FALSE, &bad);
    else if (*cloning)
        statement_set(statement, "ReposReconciled", CONDITION_FALSE, &busy);
    else
        statement_set(statement, "ReposReconciled", CONDITION_TRUE, &good);
}

static void set_workflow(struct statement *statement)
{
    static const struct {
        const char *state;
        enum condition_status status;
        struct verdict verdict;
    } STATES[] = {
        {"Active", CONDITION_TRUE, {"Reconciled", "the runner has the workflow"}},
        {"Cloning", CONDITION_FALSE, {"Cloning", "the runner is cloning the workflow"}},
        {"Failed",
         CONDITION_FALSE,
         {"UpdateFailed", "the runner could not take up the workflow"}},
    };
    const char *state =
        json_str_or(statement->session->status, "", "reconciledWorkflow", "status");
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++) {
        if (strcmp(STATES[i].state, state) == 0)
            statement_set(statement, "WorkflowReconciled", STATES[i].status,
                          &STATES[i].verdict);
    }
}

void statement_set_work(struct statement *statement)
{
    set_repositories(statement);
    set_workflow(statement);
}

/* ---- where it is found */

/* Where the runner finds a sidecar: in its own pod, or from the sandbox by the pod's
 * address, NULL before it has one. */
static const char *url_of(const struct statement *statement, int64_t port)
{
    const struct session *session = statement->session;
    bool sandboxed = kube_annotation(session->pod, SESSION_ANNOTATION_POLICY);
    const char *address =
        sandboxed ? json_str(session->pod, "status", "podIP") : "localhost";
    if (!address || (sandboxed && statement->view->state != POD_RUNNING))
        return NULL;
    return arena_printf(session->arena,
                        strchr(address, ':') ? "http://[%s]:%lld" : "http://%s:%lld",
                        address, (long long)port);
}

static const char *provider_of(const struct session *session, const char *container)
{
    const struct session_sidecar *sidecar = session->config->sidecars;
    while (sidecar->container && strcmp(sidecar->container, container) != 0)
        sidecar++;
    return sidecar->container ? sidecar->provider : "";
}

static void set_credentials(struct statement *statement)
{
    struct session *session = statement->session;
    auto_json cJSON *list = json_array();
    json_each (container, json_at(session->pod, "spec", "initContainers")) {
        const char *provider = provider_of(session, json_str_or(container, "", "name"));
        const cJSON *ports = json_at(container, "ports");
        int64_t port = json_int(ports ? ports->child : NULL, 0, "containerPort");
        if (!*provider || !port)
            continue;
        cJSON *credential = json_push(list, json_object());
        json_set_str(credential, provider, "provider");
        json_set(credential, json_number(port), "port");
        json_set_str(credential, url_of(statement, port), "url");
    }
    if (list->child)
        json_set(statement->status, json_copy(list), "credentials");
}

void statement_set_places(struct statement *statement)
{
    struct session *session = statement->session;
    const cJSON *service = observed_get(session->in->observed, &KUBE_SERVICES,
                                        session->ns, session->service_name);
    if (service && child_is_owned(service, session->uid) && !kube_deleting(service)) {
        json_set_str(statement->status, session->service_name, "serviceName");
        json_set_str(statement->status,
                     arena_printf(session->arena, "http://%s.%s.svc:%d",
                                  session->service_name, session->ns, RUNNER_PORT),
                     "endpoint");
    }
    json_set_str(statement->status,
                 kube_annotation(session->pod, SESSION_ANNOTATION_POLICY),
                 "sandboxPolicyHash");
    if (statement->view->state != POD_FORMER && statement->life->phase < PHASE_STOPPING)
        set_credentials(statement);
}
