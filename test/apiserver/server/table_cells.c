#include "test/apiserver/server/table_cells.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "test/apiserver/server/age.h"
#include "test/apiserver/server/pod_cells.h"
#include "test/apiserver/server/table_cluster.h"
#include "test/apiserver/server/table_events.h"
#include "test/apiserver/server/table_selector.h"
#include "test/apiserver/server/table_services.h"
#include "test/apiserver/server/table_workloads.h"

#include <assert.h>
#include <string.h>

typedef void cell_fn(struct strbuf *out, const cJSON *object, int64_t now_ms);

static void print_age(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    age_print_since(out, json_str(object, "metadata", "creationTimestamp"), now_ms);
}

static void print_data(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    strbuf_addf(out, "%zu",
                json_count(json_at(object, "data")) +
                    json_count(json_at(object, "binaryData")));
}

/* ---- roles */

static void print_role(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    strbuf_addf(out, "%s/%s", json_str_or(object, "", "roleRef", "kind"),
                json_str_or(object, "", "roleRef", "name"));
}

static void print_subjects(struct strbuf *out, const cJSON *object, const char *kind)
{
    const cJSON *subjects = json_at(object, "subjects");
    json_each (subject, subjects) {
        const char *ns = json_str(subject, "namespace");
        if (strcmp(json_str_or(subject, "", "kind"), kind) == 0)
            strbuf_addf(out, "%s%s%s%s", out->len ? ", " : "", ns ? ns : "",
                        ns ? "/" : "", json_str_or(subject, "", "name"));
    }
}

static void print_users(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_subjects(out, object, "User");
}

static void print_groups(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_subjects(out, object, "Group");
}

static void print_accounts(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_subjects(out, object, "ServiceAccount");
}

/* ---- what else there is */

static void print_pod_selector(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_label_selector(out, json_at(object, "spec", "podSelector"));
}

static void print_versions(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *versions = json_at(object, "spec", "versions");
    json_each (version, versions) {
        if (json_bool(version, false, "served"))
            strbuf_addf(out, "%s%s%s", out->len ? "," : "",
                        json_str_or(version, "", "name"),
                        json_bool(version, false, "storage") ? "(storage)" : "");
    }
}

static void print_short_names(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *names = json_at(object, "spec", "names", "shortNames");
    json_each (name, names)
        strbuf_addf(out, "%s%s", name == names->child ? "" : ",",
                    cJSON_GetStringValue(name) ? name->valuestring : "");
}

static void print_established(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    bool established = condition_is(json_at(object, "status", "conditions"),
                                    "Established", CONDITION_TRUE);
    strbuf_adds(out, established ? "true" : "false");
}

static void print_quota(struct strbuf *out, const cJSON *object, bool limits)
{
    const cJSON *hard = json_at(object, "spec", "hard");
    json_each (entry, hard) {
        bool limit = strncmp(entry->string, "limits.", 7) == 0;
        if (limit == limits)
            strbuf_addf(out, "%s%s: %s/%s", out->len ? ", " : "", entry->string,
                        json_str_or(object, "0", "status", "used", entry->string),
                        cJSON_GetStringValue(entry) ? entry->valuestring : "");
    }
}

static void print_request(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_quota(out, object, false);
}

static void print_limit(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_quota(out, object, true);
}

static const struct {
    const char *kind; /* NULL: any */
    const char *column;
    cell_fn *print;
} CELLS[] = {
    {"Pod", "Ready", print_pod_ready},
    {"Pod", "Status", print_pod_status},
    {"Pod", "Restarts", print_pod_restarts},
    {"Pod", "IP", print_pod_ip},
    {"Pod", "Node", print_pod_node},
    {"Pod", "Nominated Node", print_pod_nominated_node},
    {"Pod", "Readiness Gates", print_pod_gates},
    {"Job", "Status", print_job_status},
    {"Job", "Completions", print_job_completions},
    {"Job", "Duration", print_job_duration},
    {"DaemonSet", "Node Selector", print_node_selector},
    {"ControllerRevision", "Controller", print_controller},
    {"Service", "Cluster-IP", print_cluster_ip},
    {"Service", "External-IP", print_external_ip},
    {"Service", "Port(s)", print_ports},
    {"Service", "Selector", print_service_selector},
    {"Endpoints", "Endpoints", print_endpoints},
    {"NetworkPolicy", "Pod-Selector", print_pod_selector},
    {"Event", "Last Seen", print_event_last_seen},
    {"Event", "First Seen", print_event_first_seen},
    {"Event", "Object", print_event_object},
    {"Event", "Subobject", print_event_subobject},
    {"Event", "Message", print_event_message},
    {"Event", "Source", print_event_source},
    {"Event", "Count", print_event_count},
    {"CustomResourceDefinition", "Versions", print_versions},
    {"CustomResourceDefinition", "ShortNames", print_short_names},
    {"CustomResourceDefinition", "Established", print_established},
    {"ResourceQuota", "Request", print_request},
    {"ResourceQuota", "Limit", print_limit},
    {"Node", "Status", print_node_status},
    {"Node", "Roles", print_node_roles},
    {"Node", "Internal-IP", print_node_internal_ip},
    {"Node", "External-IP", print_node_external_ip},
    {"PersistentVolumeClaim", "Status", print_claim_status},
    {"PersistentVolumeClaim", "Capacity", print_claim_capacity},
    {"PersistentVolumeClaim", "Access Modes", print_claim_modes},
    {"PersistentVolumeClaim", "StorageClass", print_claim_class},
    {"PersistentVolumeClaim", "VolumeAttributesClass", print_claim_attributes},
    {"PersistentVolumeClaim", "VolumeMode", print_claim_volume_mode},
    {"ValidatingAdmissionPolicy", "Validations", print_validations},
    {"ValidatingAdmissionPolicy", "ParamKind", print_param_kind},
    {"ValidatingAdmissionPolicyBinding", "ParamRef", print_param_ref},
    {"APIService", "Service", print_api_service},
    {"APIService", "Available", print_available},
    {NULL, "Age", print_age},
    {NULL, "Data", print_data},
    {NULL, "Ready", print_ready},
    {NULL, "Containers", print_containers},
    {NULL, "Images", print_images},
    {NULL, "Selector", print_selector},
    {NULL, "Role", print_role},
    {NULL, "Users", print_users},
    {NULL, "Groups", print_groups},
    {NULL, "ServiceAccounts", print_accounts},
};

void table_cell(struct strbuf *out, const char *kind, const char *column,
                const cJSON *object, int64_t now_ms)
{
    for (size_t i = 0; i < sizeof CELLS / sizeof *CELLS; i++) {
        if (strcmp(CELLS[i].column, column) == 0 &&
            (!CELLS[i].kind || strcmp(CELLS[i].kind, kind) == 0)) {
            CELLS[i].print(out, object, now_ms);
            return;
        }
    }
    assert(!"every column without a path has its printer");
}
