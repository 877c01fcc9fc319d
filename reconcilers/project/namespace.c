#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/project/project_plan.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

/* A pattern is a name, or a prefix and "*". */
static bool matches(const char *pattern, const char *name)
{
    size_t len = strlen(pattern);
    if (len > 0 && pattern[len - 1] == '*')
        return strncmp(pattern, name, len - 1) == 0;
    return strcmp(pattern, name) == 0;
}

static bool is_listed(const char *const *patterns, const char *name)
{
    while (patterns && *patterns && !matches(*patterns, name))
        patterns++;
    return patterns && *patterns;
}

bool project_is_reserved(const struct project *project)
{
    const char *ns = project->ns;
    return strcmp(ns, "default") == 0 || ascii_has_prefix(ns, "kube-") ||
           ascii_has_prefix(ns, "openshift") ||
           strcmp(ns, project->in->config->controller_namespace) == 0 ||
           is_listed(project->config->reserved_namespaces, ns);
}

static bool is_older(const cJSON *a, const cJSON *b)
{
    int order = strcmp(json_str_or(a, "", "metadata", "creationTimestamp"),
                       json_str_or(b, "", "metadata", "creationTimestamp"));
    return order ? order < 0 : strcmp(kube_uid(a), kube_uid(b)) < 0;
}

/* Another Project that the namespace belongs to: the one that created it, or else the
 * oldest of those that name it. NULL: none. */
static const cJSON *rival(const struct project *project, const char *creator)
{
    const cJSON *found = NULL;
    struct object_list others =
        observed_find(project->in->observed, &KUBE_PROJECTS, PROJECTS_BY_NAMESPACE,
                      kube_key_text(project->arena, "", project->ns));
    for (size_t i = 0; i < others.len; i++) {
        const cJSON *other = others.items[i];
        if (strcmp(kube_uid(other), project->uid) == 0)
            continue;
        if (creator && strcmp(kube_uid(other), creator) == 0)
            return other;
        if (is_older(other, project->object) && (!found || is_older(other, found)))
            found = other;
    }
    return creator && strcmp(creator, project->uid) == 0 ? NULL : found;
}

bool project_holds(struct arena *arena, const cJSON *project, const cJSON *ns)
{
    const char *creator = kube_annotation(ns, ANNOTATION_CREATED_BY_PROJECT);
    const char *label = kube_label(ns, AMBIENT_LABEL_PROJECT);
    return (creator && strcmp(creator, kube_uid(project)) == 0) ||
           (label && strcmp(label, project_id(arena, kube_name(project))) == 0);
}

/* Why the namespace that exists is not this Project's; NULL: it is. */
static const char *conflict(const struct project *project)
{
    const cJSON *ns = project->live_ns;
    const char *creator = kube_annotation(ns, ANNOTATION_CREATED_BY_PROJECT);
    const char *label = kube_label(ns, AMBIENT_LABEL_PROJECT);
    const cJSON *other = rival(project, creator);
    if (other)
        return arena_printf(project->arena, "namespace %s belongs to Project %s",
                            project->ns, kube_name(other));
    if (creator && strcmp(creator, project->uid) == 0)
        return NULL;
    if (label && strcmp(label, project->id) != 0)
        return arena_printf(project->arena, "namespace %s is labelled %s=%s",
                            project->ns, AMBIENT_LABEL_PROJECT, label);
    if (label || project->external)
        return NULL;
    return arena_printf(project->arena,
                        "namespace %s exists and was not created for this Project; to "
                        "hand it over label it %s=%s",
                        project->ns, AMBIENT_LABEL_PROJECT, project->id);
}

static void set_pod_security(const struct project *project, cJSON *intent)
{
    static const char *const MODES[] = {"enforce", "warn", "audit"};
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        const char *level = json_str(project->object, "spec", "podSecurity", MODES[i]);
        if (!level && i == 1)
            level = "restricted";
        json_set_str(
            intent, level, "metadata", "labels",
            arena_printf(project->arena, "pod-security.kubernetes.io/%s", MODES[i]));
    }
}

static cJSON *wanted_namespace(const struct project *project)
{
    cJSON *intent = kube_object(project->arena, &KUBE_NAMESPACES, "", project->ns);
    json_set_str(intent, "true", "metadata", "labels", AMBIENT_LABEL_MANAGED);
    json_set_str(intent, project->id, "metadata", "labels", AMBIENT_LABEL_PROJECT);
    json_set_str(intent, AMBIENT_MANAGED_BY, "metadata", "labels",
                 AMBIENT_LABEL_MANAGED_BY);
    set_pod_security(project, intent);
    const char *creator =
        kube_annotation(project->live_ns, ANNOTATION_CREATED_BY_PROJECT);
    bool creates = !project->live_ns && !project->external;
    bool created = creator && strcmp(creator, project->uid) == 0;
    if (creates || created)
        json_set_str(intent, project->uid, "metadata", "annotations",
                     ANNOTATION_CREATED_BY_PROJECT);
    return intent;
}

static bool is_terminating(const cJSON *ns)
{
    return kube_deleting(ns) ||
           strcmp(json_str_or(ns, "", "status", "phase"), "Terminating") == 0;
}

/* Why nothing may be written there; no reason: it may. */
static struct verdict obstacle(const struct project *project)
{
    struct arena *arena = project->arena;
    if (project_is_reserved(project))
        return (struct verdict){"Reserved",
                                arena_printf(arena,
                                             "namespace %s is reserved: it is "
                                             "left as it is",
                                             project->ns)};
    if (!project->live_ns && project->external)
        return (struct verdict){
            "NamespaceNotFound",
            arena_printf(arena,
                         "namespace %s does not exist, and namespacePolicy External "
                         "means that somebody else creates it",
                         project->ns)};
    if (!project->live_ns)
        return (struct verdict){0};
    if (is_terminating(project->live_ns))
        return (struct verdict){
            "Terminating",
            arena_printf(arena, "namespace %s is being deleted%s", project->ns,
                         project->external ? ""
                                           : "; it is made again once it is gone")};
    const char *reason = conflict(project);
    return reason ? (struct verdict){"NamespaceConflict", reason} : (struct verdict){0};
}

bool step_namespace(struct project *project)
{
    struct verdict found = obstacle(project);
    if (found.reason) {
        step_fails(project, STEP_NAMESPACE, found.reason, found.message);
        return false;
    }
    const struct err *failure;
    const struct child child = {
        .resource = &KUBE_NAMESPACES,
        .intent = wanted_namespace(project),
        .why = project->live_ns ? "label the namespace" : "create the namespace",
    };
    switch (child_ensure(project->in->observed, project->plan, &child, &failure)) {
    case CHILD_HELD:
        step_holds(project, STEP_NAMESPACE, "Ready",
                   arena_printf(project->arena, "namespace %s is there", project->ns));
        return true;
    case CHILD_FAILED:
        step_refused(project, STEP_NAMESPACE,
                     arena_printf(project->arena, "namespace %s", project->ns),
                     failure);
        return false;
    case CHILD_PENDING:
    case CHILD_FOREIGN:
        break;
    }
    step_waits(project, STEP_NAMESPACE, "the namespace is written");
    return false;
}
