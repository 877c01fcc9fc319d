#include "reconcilers/shared/hardening.h"

#include "kubeclient/base/alloc.h"
#include "reconcilers/shared/hardening_paths.h"

#include <string.h>

enum { NOBODY = 65534 };

/* What is known of the pod while its additions are made. */
struct filling {
    const struct hardening *hardening;
    const cJSON *spec;
    const cJSON *pod;  /* its securityContext; may be NULL */
    bool pod_identity; /* user and group may be set for the pod */
};

static bool find_word(const char *word, const char *const *words, int *index)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], word) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

bool hardening_parse_profile(const char *word, enum hardening_profile *profile)
{
    static const char *const WORDS[] = {"none", "restricted", "hardened", NULL};
    int index;
    bool found = find_word(word, WORDS, &index);
    if (found)
        *profile = (enum hardening_profile)index;
    return found;
}

bool hardening_parse_framework(const char *word, enum hardening_framework *framework)
{
    static const char *const WORDS[] = {
        "python", "python-openllmetry", "nodejs", "java", "go", NULL};
    int index;
    bool found = find_word(word, WORDS, &index);
    if (found)
        *framework = (enum hardening_framework)index;
    return found;
}

static bool is_agent(const struct hardening *hardening, const cJSON *container)
{
    const char *name = json_str_or(container, "", "name");
    int ignored;
    return find_word(name, hardening->containers, &ignored);
}

/* Both lists that hold containers which are fixed when the pod is made. */
static const char *const LISTS[] = {"initContainers", "containers"};

static bool is_root(const cJSON *context)
{
    return json_int(context, 1, "runAsUser") == 0;
}

/* False: somebody wants root, or allows it. */
static bool may_refuse_root(const cJSON *context)
{
    return !is_root(context) && !cJSON_IsFalse(json_at(context, "runAsNonRoot"));
}

/* The pod's identity is what containers without one of their own get. So it may be set
 * only where every other container sets all of it itself, or a sidecar that must be
 * root would break, and where no agent is to be root. */
static bool pod_may_decide(const struct hardening *hardening, const cJSON *spec)
{
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        const cJSON *list = json_at(spec, LISTS[i]);
        json_each (container, list) {
            const cJSON *own = json_at(container, "securityContext");
            bool settled = json_at(own, "runAsUser") && json_at(own, "runAsGroup") &&
                           json_at(own, "runAsNonRoot");
            if (is_agent(hardening, container) ? !may_refuse_root(own) : !settled)
                return false;
        }
    }
    return true;
}

static bool any_agent_is_root(const struct hardening *hardening, const cJSON *spec)
{
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        const cJSON *list = json_at(spec, LISTS[i]);
        json_each (container, list) {
            if (is_agent(hardening, container) &&
                is_root(json_at(container, "securityContext")))
                return true;
        }
    }
    return false;
}

bool hardening_meets_root(const struct hardening *hardening, const cJSON *spec)
{
    return is_root(json_at(spec, "securityContext")) ||
           any_agent_is_root(hardening, spec);
}

static void add_number(cJSON *to, const cJSON *set, int64_t value, const char *field)
{
    if (value != HARDENING_UNSET && !json_at(set, field))
        json_set(to, json_number(value), field);
}

static void add_seccomp(cJSON *to)
{
    json_set_str(to, "RuntimeDefault", "seccompProfile", "type");
}

static int64_t first_set(int64_t wanted, int64_t fallback)
{
    return wanted != HARDENING_UNSET ? wanted : fallback;
}

static int64_t profile_user(const struct hardening *hardening)
{
    bool nobody = hardening->profile == HARDENING_HARDENED;
    return first_set(hardening->run_as_user, nobody ? NOBODY : HARDENING_UNSET);
}

/* ---- the pod */

static void add_pod_identity(const struct filling *filling, cJSON *to)
{
    const struct hardening *hardening = filling->hardening;
    if (!filling->pod_identity)
        return;
    if (!json_at(filling->pod, "runAsNonRoot") && may_refuse_root(filling->pod))
        json_set(to, json_boolean(true), "runAsNonRoot");
    if (hardening->openshift || cJSON_IsFalse(json_at(filling->pod, "runAsNonRoot")))
        return;
    add_number(to, filling->pod, profile_user(hardening), "runAsUser");
    add_number(to, filling->pod, hardening->run_as_group, "runAsGroup");
}

static void add_pod_context(const struct filling *filling, cJSON *additions)
{
    const struct hardening *hardening = filling->hardening;
    bool nobody = hardening->profile == HARDENING_HARDENED;
    cJSON *to = json_object();
    add_pod_identity(filling, to);
    if (!json_at(filling->pod, "seccompProfile"))
        add_seccomp(to);
    if (!hardening->openshift)
        add_number(to, filling->pod,
                   first_set(hardening->fs_group, nobody ? NOBODY : HARDENING_UNSET),
                   "fsGroup");
    if (to->child)
        json_set(additions, to, "securityContext");
    else
        json_free(to);
}

/* ---- an agent container */

static void add_container_identity(const struct filling *filling, const cJSON *own,
                                   cJSON *to)
{
    const struct hardening *hardening = filling->hardening;
    const cJSON *pod = filling->pod;
    bool open = may_refuse_root(own) && may_refuse_root(pod);
    if (open && !json_at(own, "runAsNonRoot") && !json_at(pod, "runAsNonRoot"))
        json_set(to, json_boolean(true), "runAsNonRoot");
    if (!open || hardening->openshift)
        return;
    int64_t user =
        first_set(filling->pod_identity ? HARDENING_UNSET : profile_user(hardening),
                  hardening->image_user);
    bool pod_has_user =
        json_at(pod, "runAsUser") ||
        (filling->pod_identity && profile_user(hardening) != HARDENING_UNSET);
    if (!pod_has_user)
        add_number(to, own, user, "runAsUser");
    if (!filling->pod_identity && !json_at(pod, "runAsGroup"))
        add_number(to, own, hardening->run_as_group, "runAsGroup");
}

/* The API server refuses privileged containers that may not escalate. */
static bool needs_escalation(const cJSON *own)
{
    const cJSON *added = json_at(own, "capabilities", "add");
    json_each (capability, added) {
        const char *name = cJSON_GetStringValue(capability);
        if (name &&
            (strcmp(name, "SYS_ADMIN") == 0 || strcmp(name, "CAP_SYS_ADMIN") == 0))
            return true;
    }
    return json_bool(own, false, "privileged");
}

static cJSON *container_context(const struct filling *filling, const cJSON *own)
{
    cJSON *to = json_object();
    add_container_identity(filling, own, to);
    if (!json_at(own, "allowPrivilegeEscalation") && !needs_escalation(own))
        json_set(to, json_boolean(false), "allowPrivilegeEscalation");
    if (!json_at(own, "capabilities", "drop"))
        json_push(json_set(to, json_array(), "capabilities", "drop"),
                  json_string("ALL"));
    if (!json_at(own, "seccompProfile") && !json_at(filling->pod, "seccompProfile"))
        add_seccomp(to);
    if (filling->hardening->profile == HARDENING_HARDENED &&
        !json_at(own, "readOnlyRootFilesystem"))
        json_set(to, json_boolean(true), "readOnlyRootFilesystem");
    return to;
}

static void add_container(const struct filling *filling, const cJSON *container,
                          cJSON *additions, const char *list)
{
    cJSON *to = json_object();
    json_set(to, json_copy(json_at(container, "name")), "name");
    cJSON *context = container_context(filling, json_at(container, "securityContext"));
    if (context->child)
        json_set(to, context, "securityContext");
    else
        json_free(context);
    if (filling->hardening->profile == HARDENING_HARDENED)
        hardening_add_paths(filling->hardening, filling->spec, container, to,
                            additions);
    if (!to->child->next) { /* nothing but its name */
        json_free(to);
        return;
    }
    cJSON *items = json_member(additions, list);
    json_push(items ? items : json_set(additions, json_array(), list), to);
}

cJSON *hardening_additions(const struct hardening *hardening, const cJSON *spec)
{
    cJSON *additions = json_object();
    struct filling filling = {
        .hardening = hardening,
        .spec = spec,
        .pod = json_at(spec, "securityContext"),
        .pod_identity = pod_may_decide(hardening, spec),
    };
    if (hardening->profile == HARDENING_NONE)
        return additions;
    if (strcmp(json_str_or(spec, "", "os", "name"), "windows") == 0) {
        if (!json_at(filling.pod, "runAsNonRoot"))
            json_set(additions, json_boolean(true), "securityContext", "runAsNonRoot");
        return additions;
    }
    add_pod_context(&filling, additions);
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        const cJSON *list = json_at(spec, LISTS[i]);
        json_each (container, list) {
            if (is_agent(hardening, container))
                add_container(&filling, container, additions, LISTS[i]);
        }
    }
    return additions;
}
