#include "test/apiserver/server/table_cluster.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "test/apiserver/server/table_selector.h"

#include <string.h>

static void print_or(struct strbuf *out, const char *text, const char *otherwise)
{
    strbuf_adds(out, text && *text ? text : otherwise);
}

/* ---- nodes */

void print_node_status(struct strbuf *out, const cJSON *node, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *conditions = json_at(node, "status", "conditions");
    if (!condition_find(conditions, "Ready"))
        strbuf_adds(out, "Unknown");
    else
        strbuf_adds(out, condition_is(conditions, "Ready", CONDITION_TRUE)
                             ? "Ready"
                             : "NotReady");
    if (json_bool(node, false, "spec", "unschedulable"))
        strbuf_adds(out, ",SchedulingDisabled");
}

void print_node_roles(struct strbuf *out, const cJSON *node, int64_t now_ms)
{
    (void)now_ms;
    static const char PREFIX[] = "node-role.kubernetes.io/";
    const cJSON *labels = json_at(node, "metadata", "labels");
    json_each (label, labels) {
        if (ascii_has_prefix(label->string, PREFIX) && label->string[strlen(PREFIX)])
            strbuf_addf(out, "%s%s", out->len ? "," : "",
                        label->string + strlen(PREFIX));
    }
    if (!out->len)
        strbuf_adds(out, "<none>");
}

static void print_address(struct strbuf *out, const cJSON *node, const char *type)
{
    const cJSON *addresses = json_at(node, "status", "addresses");
    print_or(out, json_str(json_find(addresses, "type", type), "address"), "<none>");
}

void print_node_internal_ip(struct strbuf *out, const cJSON *node, int64_t now_ms)
{
    (void)now_ms;
    print_address(out, node, "InternalIP");
}

void print_node_external_ip(struct strbuf *out, const cJSON *node, int64_t now_ms)
{
    (void)now_ms;
    print_address(out, node, "ExternalIP");
}

/* ---- claims of volumes */

static bool is_bound(const cJSON *claim)
{
    return *json_str_or(claim, "", "spec", "volumeName");
}

void print_claim_status(struct strbuf *out, const cJSON *claim, int64_t now_ms)
{
    (void)now_ms;
    strbuf_adds(out, kube_deleting(claim) ? "Terminating"
                                          : json_str_or(claim, "", "status", "phase"));
}

void print_claim_capacity(struct strbuf *out, const cJSON *claim, int64_t now_ms)
{
    (void)now_ms;
    if (is_bound(claim))
        strbuf_adds(out, json_str_or(claim, "0", "status", "capacity", "storage"));
}

void print_claim_modes(struct strbuf *out, const cJSON *claim, int64_t now_ms)
{
    (void)now_ms;
    static const struct {
        const char *mode, *letters;
    } MODES[] = {{"ReadWriteOnce", "RWO"},
                 {"ReadOnlyMany", "ROX"},
                 {"ReadWriteMany", "RWX"},
                 {"ReadWriteOncePod", "RWOP"}};
    const cJSON *modes =
        is_bound(claim) ? json_at(claim, "status", "accessModes") : NULL;
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        bool given = false;
        json_each (mode, modes)
            given |=
                cJSON_IsString(mode) && strcmp(mode->valuestring, MODES[i].mode) == 0;
        if (given)
            strbuf_addf(out, "%s%s", out->len ? "," : "", MODES[i].letters);
    }
}

void print_claim_class(struct strbuf *out, const cJSON *claim, int64_t now_ms)
{
    (void)now_ms;
    const char *old = kube_annotation(claim, "volume.beta.kubernetes.io/storage-class");
    strbuf_adds(out, old ? old : json_str_or(claim, "", "spec", "storageClassName"));
}

void print_claim_attributes(struct strbuf *out, const cJSON *claim, int64_t now_ms)
{
    (void)now_ms;
    strbuf_adds(out,
                json_str_or(claim, "<unset>", "spec", "volumeAttributesClassName"));
}

void print_claim_volume_mode(struct strbuf *out, const cJSON *claim, int64_t now_ms)
{
    (void)now_ms;
    strbuf_adds(out, json_str_or(claim, "<unset>", "spec", "volumeMode"));
}

/* ---- revisions */

void print_controller(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *owner = kube_controller_of(object);
    if (!owner) {
        strbuf_adds(out, "<none>");
        return;
    }
    const char *version = json_str_or(owner, "", "apiVersion");
    const char *slash = strchr(version, '/');
    for (const char *c = json_str_or(owner, "", "kind"); *c; c++)
        strbuf_addc(out, *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c);
    if (slash)
        strbuf_addf(out, ".%.*s", (int)(slash - version), version);
    strbuf_addf(out, "/%s", json_str_or(owner, "", "name"));
}

/* ---- policies */

void print_validations(struct strbuf *out, const cJSON *policy, int64_t now_ms)
{
    (void)now_ms;
    strbuf_addf(out, "%zu", json_count(json_at(policy, "spec", "validations")));
}

void print_param_kind(struct strbuf *out, const cJSON *policy, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *kind = json_at(policy, "spec", "paramKind");
    if (kind)
        strbuf_addf(out, "%s/%s", json_str_or(kind, "", "apiVersion"),
                    json_str_or(kind, "", "kind"));
    else
        strbuf_adds(out, "<unset>");
}

void print_param_ref(struct strbuf *out, const cJSON *binding, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *reference = json_at(binding, "spec", "paramRef");
    const char *name = json_str_or(reference, "", "name");
    const char *ns = json_str_or(reference, "", "namespace");
    if (*name)
        strbuf_addf(out, "%s/%s", *ns ? ns : "*", name);
    else if (json_at(reference, "selector"))
        print_label_selector(out, json_at(reference, "selector"));
    else
        strbuf_adds(out, "<unset>");
}

/* ---- API services */

void print_api_service(struct strbuf *out, const cJSON *service, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *reference = json_at(service, "spec", "service");
    if (reference)
        strbuf_addf(out, "%s/%s", json_str_or(reference, "", "namespace"),
                    json_str_or(reference, "", "name"));
    else
        strbuf_adds(out, "Local");
}

void print_available(struct strbuf *out, const cJSON *service, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *available =
        condition_find(json_at(service, "status", "conditions"), "Available");
    const char *status = json_str_or(available, "Unknown", "status");
    const char *reason = json_str_or(available, "", "reason");
    strbuf_adds(out, status);
    if (strcmp(status, "True") != 0 && *reason)
        strbuf_addf(out, " (%s)", reason);
}
