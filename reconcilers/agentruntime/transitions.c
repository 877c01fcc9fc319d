#include "reconcilers/agentruntime/transitions.h"

#include "kubeclient/api/condition.h"

#include <string.h>

/* A condition that reaches this state is told by an event. */
struct transition {
    const char *type;
    enum condition_status status;
    const char *reason; /* NULL: any, and a new reason is a transition, too */
    const char *event;  /* NULL: named after the condition's reason */
    const char *action;
};

static const struct transition WARNINGS[] = {
    {"Ready", CONDITION_FALSE, NULL, NULL, "Enrol"},
    {"SkillsMounted", CONDITION_FALSE, "FeatureGateDisabled", "SkillsNotMounted",
     "MountSkills"},
    {"SkillsMounted", CONDITION_FALSE, "UnsupportedWorkloadKind", "SkillsNotMounted",
     "MountSkills"},
    {"SkillsDiscovered", CONDITION_FALSE, NULL, NULL, "DiscoverSkills"},
    {"ConfigResolved", CONDITION_TRUE, "ConfigWarning", NULL, "ResolveConfig"},
    {"RolledOut", CONDITION_FALSE, "RolloutStalled", NULL, "RollOut"},
};

static bool is_in(const cJSON *list, const struct transition *transition)
{
    return condition_is(list, transition->type, transition->status) &&
           (!transition->reason ||
            strcmp(condition_reason(list, transition->type), transition->reason) == 0);
}

static bool reached(const cJSON *former, const cJSON *now,
                    const struct transition *transition)
{
    if (!is_in(now, transition))
        return false;
    return !is_in(former, transition) ||
           strcmp(condition_reason(former, transition->type),
                  condition_reason(now, transition->type)) != 0;
}

static const char *message_of(const cJSON *list, const char *type)
{
    return json_str_or(condition_find(list, type), "", "message");
}

/* The reason of an event outlives this call: names of conditions are static text, but a
 * list holds copies. */
static const char *event_reason(struct plan *plan, const cJSON *now,
                                const struct transition *transition)
{
    return transition->event
               ? transition->event
               : arena_strdup(plan->arena, condition_reason(now, transition->type));
}

void plan_transition_events(struct plan *plan, const cJSON *former, const cJSON *now)
{
    if (condition_is(now, "Ready", CONDITION_TRUE) &&
        !condition_is(former, "Ready", CONDITION_TRUE))
        plan_event(plan, false, "Configured", "Enrol", "%s", message_of(now, "Ready"));
    for (size_t i = 0; i < sizeof WARNINGS / sizeof *WARNINGS; i++) {
        const struct transition *warning = &WARNINGS[i];
        if (!reached(former, now, warning))
            continue;
        const char *reason = event_reason(plan, now, warning);
        bool wanted = strcmp(reason, "Suspended") == 0; /* by the user */
        plan_event(plan, !wanted, reason, warning->action, "%s",
                   message_of(now, warning->type));
    }
}
