#include "reconcilers/session/session_plan.h"

cJSON *sandbox_security(const struct session_config *config)
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

cJSON *sidecar_security(void)
{
    cJSON *context = json_object();
    json_set(context, json_boolean(false), "allowPrivilegeEscalation");
    json_set(context, json_boolean(true), "runAsNonRoot");
    json_set(context, json_boolean(true), "readOnlyRootFilesystem");
    json_push(json_set(context, json_array(), "capabilities", "drop"),
              json_string("ALL"));
    json_set_str(context, "RuntimeDefault", "seccompProfile", "type");
    return context;
}
