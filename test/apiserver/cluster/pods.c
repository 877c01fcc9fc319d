#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "kubeclient/base/siphash.h"
#include "test/apiserver/cluster/cluster_state.h"

#include <string.h>

enum { HASH_LEN = 10, TEMPLATE_MAX = 2 * 1024 * 1024 };

bool pod_is_active(const cJSON *pod)
{
    const char *phase = json_str_or(pod, "", "status", "phase");
    return !kube_deleting(pod) && strcmp(phase, "Succeeded") != 0 &&
           strcmp(phase, "Failed") != 0;
}

bool pod_is_ready(const cJSON *pod)
{
    return condition_is(json_at(pod, "status", "conditions"), "Ready", CONDITION_TRUE);
}

void set_controller(cJSON *object, const cJSON *owner, const char *api_version,
                    const char *kind)
{
    cJSON *list = json_set(object, json_array(), "metadata", "ownerReferences");
    cJSON *reference = json_push(list, json_object());
    json_set_str(reference, api_version, "apiVersion");
    json_set_str(reference, kind, "kind");
    json_set_str(reference, kube_name(owner), "name");
    json_set_str(reference, kube_uid(owner), "uid");
    json_set(reference, json_boolean(true), "controller");
    json_set(reference, json_boolean(true), "blockOwnerDeletion");
}

cJSON *pod_of(struct arena *arena, const cJSON *owner, const char *owner_kind)
{
    const cJSON *template = json_at(owner, "spec", "template");
    cJSON *pod = json_object();
    json_set_str(pod, "v1", "apiVersion");
    json_set_str(pod, "Pod", "kind");
    json_set_str(pod, kube_namespace(owner), "metadata", "namespace");
    json_set_str(pod, arena_printf(arena, "%s-", kube_name(owner)), "metadata",
                 "generateName");
    json_set(pod, json_copy(json_at(template, "metadata", "labels")), "metadata",
             "labels");
    json_set(pod, json_copy(json_at(template, "metadata", "annotations")), "metadata",
             "annotations");
    set_controller(pod, owner, "apps/v1", owner_kind);
    json_set(pod, json_copy(json_at(template, "spec")), "spec");
    return pod;
}

/* Letters and digits that make no words, as the real controllers choose them. */
const char *template_hash(struct arena *arena, const cJSON *template)
{
    static const char ALPHABET[] = "bcdfghjklmnpqrstvwxz2456789";
    static const uint64_t KEY[2] = {0x706f642d74656d70, 0x6c6174652d686173};
    struct strbuf text;
    strbuf_init(&text, TEMPLATE_MAX);
    json_canonical(&text, template);
    uint64_t hash = siphash(KEY, text.text, text.len);
    strbuf_fini(&text);
    char *out = arena_alloc(arena, HASH_LEN + 1);
    for (int i = 0; i < HASH_LEN; i++) {
        out[i] = ALPHABET[hash % (sizeof ALPHABET - 1)];
        hash /= sizeof ALPHABET - 1;
    }
    return out;
}

const char *timestamp(struct cluster *cluster)
{
    char text[RFC3339_SIZE];
    rfc3339_format(cluster->now.wall_ms, text);
    return arena_strdup(cluster->arena, text);
}
