#include "reconcilers/agentruntime/enrolment.h"

#include "kubeclient/api/object.h"
#include "reconcilers/shared/config_hash.h"
#include "reconcilers/shared/labels.h"

#include <string.h>

const cJSON *target_containers(const cJSON *target)
{
    return json_at(target, "spec", "template", "spec", "containers");
}

const cJSON *target_volumes(const cJSON *target)
{
    return json_at(target, "spec", "template", "spec", "volumes");
}

static const cJSON *live_target(const struct enrolment *e)
{
    if (!e->resource || !e->spec.target.name[0])
        return NULL;
    const cJSON *target =
        observed_get(e->observed, e->resource, e->ns, e->spec.target.name);
    return kube_deleting(target) ? NULL : target;
}

static const char *chosen_container(const struct enrolment *e)
{
    const cJSON *containers = target_containers(e->target);
    const cJSON *container = e->spec.container
                                 ? json_find(containers, "name", e->spec.container)
                                 : (containers ? containers->child : NULL);
    return json_str(container, "name");
}

bool target_has_template(const struct enrolment *e)
{
    return e->resource != &KUBE_SANDBOXES;
}

struct enrolment enrolment_read(struct arena *arena, const struct reconcile_input *in,
                                const cJSON *runtime)
{
    struct enrolment e = {
        .arena = arena,
        .observed = in->observed,
        .config = in->config,
        .now_ms = in->now_ms,
        .runtime = runtime,
        .ns = kube_namespace(runtime),
        .name = kube_name(runtime),
        .spec = runtime_spec_read(arena, runtime),
    };
    e.resource = target_ref_resource(&e.spec.target);
    e.target = live_target(&e);
    e.container = chosen_container(&e);
    if (in->config->features.on[FEATURE_SKILL_IMAGE_VOLUMES] && target_has_template(&e))
        e.skills = e.spec.skills;
    e.defaults = defaults_merge(arena, in->observed, in->config, e.ns);

    const struct config_inputs inputs = {
        .spec = json_at(runtime, "spec"),
        .skills = &e.skills,
        .defaults = e.defaults.data,
    };
    char *hash = arena_alloc(arena, SHA256_HEX_SIZE);
    config_hash(&inputs, hash);
    e.hash = hash;
    return e;
}

const char *enrolment_target_text(const struct enrolment *e)
{
    return arena_printf(e->arena, "%s %s", e->spec.target.kind, e->spec.target.name);
}

bool target_is_known(const struct enrolment *e)
{
    const char *owner = kube_annotation(e->target, ANNOTATION_RUNTIME);
    const char *written = json_str_or(e->runtime, "", "status", "target", "uid");
    return owner && strcmp(owner, e->name) == 0 && written[0] &&
           strcmp(written, kube_uid(e->target)) == 0;
}
