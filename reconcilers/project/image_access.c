#include "reconcilers/project/project_plan.h"
#include "reconcilers/project/roles.h"
#include "reconcilers/shared/short_name.h"

#include <string.h>

/* The namespace whose images the project's pods use; "": none is set. */
static const char *image_namespace(const struct project *project)
{
    return json_str_or(project->object, project->config->image_namespace, "spec",
                       "imageNamespace");
}

/* The namespace is the user's to make; the API server names it when it is not there. */
static bool lacks_namespace(struct project *project, const struct binding *binding)
{
    const struct err *failure = observed_failure(
        project->in->observed, &KUBE_ROLE_BINDINGS, binding->ns, binding->name);
    if (!failure || failure->kind != ERR_NOT_FOUND ||
        strcmp(binding->ns, project->ns) == 0 ||
        !strstr(failure->msg,
                arena_printf(project->arena, "namespaces \"%s\"", binding->ns)))
        return false;
    project->plan->retry = true;
    step_fails(project, STEP_IMAGE_ACCESS, "NamespaceNotFound",
               arena_printf(project->arena,
                            "the namespace of images, %s, does not exist",
                            binding->ns));
    return true;
}

/* One name for each project: a fixed one gave only the first project its rights. */
static bool bind(struct project *project, const char *prefix, const char *role)
{
    const struct binding binding = {
        .ns = image_namespace(project),
        .name = short_name(project->arena, prefix, project->ns, "", project->ns),
        .role_kind = "ClusterRole",
        .role = role,
        .subject_kind = "Group",
        .subject =
            arena_printf(project->arena, "system:serviceaccounts:%s", project->ns),
    };
    if (lacks_namespace(project, &binding)) {
        keep_binding(project, &binding);
        return false;
    }
    return ensure_binding(project, STEP_IMAGE_ACCESS, &binding, NULL);
}

void step_image_access(struct project *project)
{
    const char *ns = image_namespace(project);
    if (!*ns) {
        step_holds(project, STEP_IMAGE_ACCESS, "NotConfigured",
                   "no namespace of images is configured");
        return;
    }
    bool pull = bind(project, "ambient-image-puller-", "system:image-puller");
    bool build = bind(project, "ambient-image-builder-", "system:image-builder");
    if (pull && build)
        step_holds(project, STEP_IMAGE_ACCESS, "Bound",
                   arena_printf(project->arena,
                                "the project's pods may pull and build images of "
                                "namespace %s",
                                ns));
}
