/* table_services.h - the cells of Services and Endpoints. For table_cells.c. */
#ifndef BERTH_APISERVER_TABLE_SERVICES_H
#define BERTH_APISERVER_TABLE_SERVICES_H

#include "kubeclient/base/json.h"
#include "kubeclient/base/strbuf.h"

void print_cluster_ip(struct strbuf *out, const cJSON *service, int64_t now_ms);
/* Of a load balancer that has none yet: <pending>. */
void print_external_ip(struct strbuf *out, const cJSON *service, int64_t now_ms);
void print_ports(struct strbuf *out, const cJSON *service, int64_t now_ms);
void print_service_selector(struct strbuf *out, const cJSON *service, int64_t now_ms);

/* The first three addresses, and how many there are besides. */
void print_endpoints(struct strbuf *out, const cJSON *endpoints, int64_t now_ms);

#endif
