#include "test/apiserver/server/table_cells.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "test/apiserver/server/age.h"
#include "test/apiserver/server/pod_cells.h"

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

static void print_ready(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    strbuf_addf(out, "%lld/%lld",
                (long long)json_int(object, 0, "status", "readyReplicas"),
                (long long)json_int(object, 1, "spec", "replicas"));
}

/* One member of each item, separated by commas. */
static void print_each(struct strbuf *out, const cJSON *list, const char *member)
{
    json_each (item, list)
        strbuf_addf(out, "%s%s", item == list->child ? "" : ",",
                    json_str_or(item, "", member));
}

static void print_containers(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_each(out, json_at(object, "spec", "template", "spec", "containers"), "name");
}

static void print_images(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_each(out, json_at(object, "spec", "template", "spec", "containers"), "image");
}

static void print_labels(struct strbuf *out, const cJSON *labels)
{
    json_each (label, labels)
        strbuf_addf(out, "%s%s=%s", label == labels->child ? "" : ",", label->string,
                    cJSON_GetStringValue(label) ? label->valuestring : "");
}

static void print_selector(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *selector = json_at(object, "spec", "selector");
    const cJSON *labels = json_at(selector, "matchLabels");
    print_labels(out, labels ? labels : selector);
}

static void print_pod_selector(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_labels(out, json_at(object, "spec", "podSelector", "matchLabels"));
}

static void print_ports(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *ports = json_at(object, "spec", "ports");
    json_each (port, ports) {
        int64_t node = json_int(port, 0, "nodePort");
        strbuf_addf(out, "%s%lld", port == ports->child ? "" : ",",
                    (long long)json_int(port, 0, "port"));
        if (node)
            strbuf_addf(out, ":%lld", (long long)node);
        strbuf_addf(out, "/%s", json_str_or(port, "TCP", "protocol"));
    }
}

static void print_external_ip(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *ips = json_at(object, "spec", "externalIPs");
    json_each (ip, ips)
        strbuf_addf(out, "%s%s", ip == ips->child ? "" : ",",
                    cJSON_GetStringValue(ip) ? ip->valuestring : "");
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

/* ---- events */

static void print_last_seen(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    const char *series = json_str(object, "series", "lastObservedTime");
    const char *last = json_str(object, "lastTimestamp");
    const char *first = json_str(object, "eventTime");
    age_print_since(out, series ? series : last ? last : first, now_ms);
}

static void print_first_seen(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    const char *first = json_str(object, "firstTimestamp");
    age_print_since(out, first ? first : json_str(object, "eventTime"), now_ms);
}

static void print_event_object(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    const char *kind = json_str(object, "involvedObject", "kind");
    const char *name = json_str(object, "involvedObject", "name");
    if (!kind)
        kind = json_str_or(object, "", "regarding", "kind");
    for (; *kind; kind++)
        strbuf_addc(out,
                    *kind >= 'A' && *kind <= 'Z' ? (char)(*kind - 'A' + 'a') : *kind);
    strbuf_addf(out, "/%s", name ? name : json_str_or(object, "", "regarding", "name"));
}

static void print_message(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    const char *message = json_str(object, "message");
    strbuf_adds(out, message ? message : json_str_or(object, "", "note"));
}

static void print_source(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    const char *component = json_str(object, "source", "component");
    const char *reporter = json_str(object, "reportingComponent");
    strbuf_adds(out, component && *component ? component : reporter ? reporter : "");
}

static void print_count(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    int64_t count = json_int(object, json_int(object, 1, "count"), "series", "count");
    strbuf_addf(out, "%lld", (long long)count);
}

/* ---- what else there is */

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
    {"Service", "External-IP", print_external_ip},
    {"Service", "Port(s)", print_ports},
    {"NetworkPolicy", "Pod-Selector", print_pod_selector},
    {"Event", "Last Seen", print_last_seen},
    {"Event", "First Seen", print_first_seen},
    {"Event", "Object", print_event_object},
    {"Event", "Message", print_message},
    {"Event", "Source", print_source},
    {"Event", "Count", print_count},
    {"CustomResourceDefinition", "Versions", print_versions},
    {"CustomResourceDefinition", "ShortNames", print_short_names},
    {"CustomResourceDefinition", "Established", print_established},
    {"ResourceQuota", "Request", print_request},
    {"ResourceQuota", "Limit", print_limit},
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
    size_t before = out->len;
    for (size_t i = 0; i < sizeof CELLS / sizeof *CELLS; i++) {
        if (strcmp(CELLS[i].column, column) == 0 &&
            (!CELLS[i].kind || strcmp(CELLS[i].kind, kind) == 0)) {
            CELLS[i].print(out, object, now_ms);
            break;
        }
    }
    if (out->len == before)
        strbuf_adds(out, "<none>");
}
