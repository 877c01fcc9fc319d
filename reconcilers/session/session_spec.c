#include "kubeclient/api/object.h"
#include "reconcilers/session/belief.h"
#include "reconcilers/session/session_plan.h"
#include "reconcilers/shared/ambient.h"
#include "reconcilers/shared/short_name.h"

#include <string.h>

static bool is_older(const cJSON *a, const cJSON *b)
{
    int order = strcmp(json_str_or(a, "", "metadata", "creationTimestamp"),
                       json_str_or(b, "", "metadata", "creationTimestamp"));
    return order ? order < 0 : strcmp(kube_uid(a), kube_uid(b)) < 0;
}

/* The Project that the namespace belongs to: the one that created it, or the oldest of
 * those whose id it bears. Any Project may name a namespace; that alone is nothing. */
static const cJSON *find_project(const struct session *session)
{
    const cJSON *found = NULL;
    const cJSON *ns = session->live_ns;
    const char *creator = kube_annotation(ns, ANNOTATION_CREATED_BY_PROJECT);
    struct object_list projects = observed_find(session->in->observed, &KUBE_PROJECTS,
                                                SESSION_PROJECTS, session->ns);
    for (size_t i = 0; i < projects.len; i++) {
        const cJSON *project = projects.items[i];
        const char *name = kube_name(project);
        if (creator && strcmp(kube_uid(project), creator) == 0)
            return project;
        if (strcmp(short_name(session->arena, "", name, "", name),
                   session->project_id) == 0 &&
            (!found || is_older(project, found)))
            found = project;
    }
    return found;
}

static void read_names(struct session *session)
{
    struct arena *arena = session->arena;
    const char *identity = kube_key_text(arena, session->ns, session->name);
    /* "session-" and "-runner" go round it within a DNS label */
    const char *longest =
        short_name(arena, "session-", session->name, "-runner", identity);
    size_t around = strlen("session-") + strlen("-runner");
    session->id =
        arena_strndup(arena, longest + strlen("session-"), strlen(longest) - around);
    session->pod_name = longest;
    session->service_name = arena_printf(arena, "session-%s", session->id);
    session->account_name = arena_printf(arena, "session-%s-sa", session->id);
}

struct session session_read(const struct reconcile_input *in, struct plan *plan,
                            const cJSON *object)
{
    struct session session = {
        .arena = plan->arena,
        .in = in,
        .plan = plan,
        .config = in->config->session,
        .object = object,
        .spec = json_at(object, "spec"),
        .status = believed_status(plan->arena, object),
        .name = kube_name(object),
        .ns = kube_namespace(object),
        .uid = kube_uid(object),
    };
    session.attempt = json_int(session.status, 1, "attempt");
    session.resumes = json_bool(session.status, false, "runnerHasRun");
    read_names(&session);
    session.live_ns = observed_get(in->observed, &KUBE_NAMESPACES, "", session.ns);
    const char *id = kube_label(session.live_ns, AMBIENT_LABEL_PROJECT);
    session.project_id = id ? id : session.ns;
    session.project = find_project(&session);
    session.settings = observed_get(in->observed, &KUBE_PROJECT_SETTINGS, session.ns,
                                    PROJECT_SETTINGS_NAME);
    session.runner_secret =
        json_str_or(session.settings, "", "spec", "runnerSecretsName");
    if (!*session.runner_secret)
        session.runner_secret = RUNNER_SECRET;
    return session;
}

static void say(struct session *session, enum session_step step,
                const struct session_step_state *state)
{
    struct session_step_state *now = &session->steps[step];
    if (!now->verdict.reason || (now->holds && !state->holds) ||
        (!now->blocks && state->blocks))
        *now = *state;
}

void session_holds(struct session *session, enum session_step step, const char *reason,
                   const char *message)
{
    say(session, step,
        &(struct session_step_state){.holds = true, .verdict = {reason, message}});
}

void session_blocks(struct session *session, enum session_step step, const char *reason,
                    const char *message)
{
    say(session, step,
        &(struct session_step_state){.blocks = true, .verdict = {reason, message}});
}

void session_waits(struct session *session, enum session_step step, const char *message)
{
    say(session, step,
        &(struct session_step_state){
            .blocks = true, .unknown = true, .verdict = {"Pending", message}});
}

void session_notes(struct session *session, enum session_step step, const char *reason,
                   const char *message)
{
    say(session, step, &(struct session_step_state){.verdict = {reason, message}});
}
