#include "test/apiserver/server/table_services.h"

#include "test/apiserver/server/table_selector.h"

#include <string.h>

static void add_item(struct strbuf *out, const char *text)
{
    if (text && *text)
        strbuf_addf(out, "%s%s", out->len ? "," : "", text);
}

void print_cluster_ip(struct strbuf *out, const cJSON *service, int64_t now_ms)
{
    (void)now_ms;
    const char *ip = json_str(service, "spec", "clusterIP");
    strbuf_adds(out, ip && *ip ? ip : "<none>");
}

void print_external_ip(struct strbuf *out, const cJSON *service, int64_t now_ms)
{
    (void)now_ms;
    const char *type = json_str_or(service, "ClusterIP", "spec", "type");
    if (strcmp(type, "ExternalName") == 0) {
        strbuf_adds(out, json_str_or(service, "", "spec", "externalName"));
        return;
    }
    bool balanced = strcmp(type, "LoadBalancer") == 0;
    const cJSON *places =
        balanced ? json_at(service, "status", "loadBalancer", "ingress") : NULL;
    json_each (place, places) {
        const char *ip = json_str(place, "ip");
        add_item(out, ip && *ip ? ip : json_str(place, "hostname"));
    }
    const cJSON *ips = json_at(service, "spec", "externalIPs");
    json_each (ip, ips)
        add_item(out, cJSON_GetStringValue(ip));
    if (!out->len)
        strbuf_adds(out, balanced ? "<pending>" : "<none>");
}

void print_ports(struct strbuf *out, const cJSON *service, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *ports = json_at(service, "spec", "ports");
    json_each (port, ports) {
        int64_t node = json_int(port, 0, "nodePort");
        strbuf_addf(out, "%s%lld", port == ports->child ? "" : ",",
                    (long long)json_int(port, 0, "port"));
        if (node)
            strbuf_addf(out, ":%lld", (long long)node);
        strbuf_addf(out, "/%s", json_str_or(port, "TCP", "protocol"));
    }
    if (!out->len)
        strbuf_adds(out, "<none>");
}

void print_service_selector(struct strbuf *out, const cJSON *service, int64_t now_ms)
{
    (void)now_ms;
    print_labels(out, json_at(service, "spec", "selector"));
}

/* ---- endpoints */

enum { SHOWN_MAX = 3 };

static void add_address(struct strbuf *out, const cJSON *address, const cJSON *port)
{
    const char *ip = json_str_or(address, "", "ip");
    bool six = strchr(ip, ':');
    strbuf_addf(out, "%s%s%s%s", out->len ? "," : "", port && six ? "[" : "", ip,
                port && six ? "]" : "");
    if (port)
        strbuf_addf(out, ":%lld", (long long)json_int(port, 0, "port"));
}

static void add_addresses(struct strbuf *out, const cJSON *subset, const cJSON *port,
                          size_t *count)
{
    const cJSON *addresses = json_at(subset, "addresses");
    json_each (address, addresses) {
        if ((*count)++ < SHOWN_MAX)
            add_address(out, address, port);
    }
}

void print_endpoints(struct strbuf *out, const cJSON *endpoints, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *subsets = json_at(endpoints, "subsets");
    size_t count = 0;
    json_each (subset, subsets) {
        const cJSON *ports = json_at(subset, "ports");
        if (!ports || !ports->child)
            add_addresses(out, subset, NULL, &count);
        json_each (port, ports)
            add_addresses(out, subset, port, &count);
    }
    if (count > SHOWN_MAX)
        strbuf_addf(out, " + %zu more...", count - SHOWN_MAX);
    if (!subsets || !subsets->child)
        strbuf_adds(out, "<none>");
}
