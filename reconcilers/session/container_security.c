#include "kubeclient/api/intent.h"
#include "reconcilers/project_config.h"
#include "reconcilers/session/session_plan.h"
#include "reconcilers/shared/hardening.h"

#include <string.h>

/* Root with exactly the privileges that the supervisor needs. */
static cJSON *sandbox_security(const struct session_config *config)
{
    cJSON *context = json_object();
    json_set(context, json_boolean(true), "allowPrivilegeEscalation");
    json_set(context, json_number(0), "runAsUser");
    json_set(context, json_boolean(false), "runAsNonRoot");
    cJSON *added = json_set(context, json_array(), "capabilities", "add");
    for (const char *const *name = config->capabilities; *name; name++)
        json_push(added, json_string(*name));
    json_push(json_set(context, json_array(), "capabilities", "drop"),
              json_string("ALL"));
    if (*config->app_armor_profile)
        json_set_str(context, config->app_armor_profile, "appArmorProfile", "type");
    return context;
}

/* What the containers lack of the profile, as if nobody else's were filled. Owned. */
static cJSON *lacking(const struct session *session, enum hardening_profile profile,
                      const char *const *containers, const cJSON *spec)
{
    const struct hardening hardening = {
        .profile = profile,
        .openshift = session->in->config->project->openshift,
        .run_as_user = HARDENING_UNSET,
        .run_as_group = HARDENING_UNSET,
        .fs_group = HARDENING_UNSET,
        .image_user = HARDENING_UNSET,
        .containers = containers,
    };
    return hardening_additions(&hardening, spec);
}

void session_harden(const struct session *session, cJSON *pod)
{
    static const char *const RUNNER[] = {SESSION_RUNNER, NULL};
    const cJSON *spec = json_at(pod, "spec");
    const char **names =
        arena_alloc(session->arena, (session->sidecar_count + 1) * sizeof *names);
    for (size_t i = 0; i < session->sidecar_count; i++)
        names[i] = session->sidecars[i].sidecar->container;
    auto_json cJSON *sidecars = lacking(session, HARDENING_RESTRICTED, names, spec);
    auto_json cJSON *runner = lacking(
        session, session->openshell ? HARDENING_NONE : session->config->hardening,
        RUNNER, spec);
    auto_json cJSON *half = intent_merge(sidecars, spec);
    cJSON *hardened = json_set(pod, intent_merge(runner, half), "spec");
    if (!session->openshell)
        return;
    json_set_str(hardened, "Unconfined", "securityContext", "seccompProfile", "type");
    json_set(json_member(hardened, "containers")->child,
             sandbox_security(session->config), "securityContext");
}
