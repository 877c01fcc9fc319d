/* table_cluster.h - the cells of what makes up a cluster rather than runs on it: nodes,
 * storage, revisions, policies, API services. For table_cells.c. */
#ifndef BERTH_APISERVER_TABLE_CLUSTER_H
#define BERTH_APISERVER_TABLE_CLUSTER_H

#include "kubeclient/base/json.h"
#include "kubeclient/base/strbuf.h"

void print_node_status(struct strbuf *out, const cJSON *node, int64_t now_ms);
void print_node_roles(struct strbuf *out, const cJSON *node, int64_t now_ms);
void print_node_internal_ip(struct strbuf *out, const cJSON *node, int64_t now_ms);
void print_node_external_ip(struct strbuf *out, const cJSON *node, int64_t now_ms);

/* Capacity and access modes are those of the volume: none without one. */
void print_claim_status(struct strbuf *out, const cJSON *claim, int64_t now_ms);
void print_claim_capacity(struct strbuf *out, const cJSON *claim, int64_t now_ms);
void print_claim_modes(struct strbuf *out, const cJSON *claim, int64_t now_ms);
void print_claim_class(struct strbuf *out, const cJSON *claim, int64_t now_ms);
void print_claim_attributes(struct strbuf *out, const cJSON *claim, int64_t now_ms);
void print_claim_volume_mode(struct strbuf *out, const cJSON *claim, int64_t now_ms);

/* KIND.GROUP/NAME of the controller. */
void print_controller(struct strbuf *out, const cJSON *object, int64_t now_ms);

void print_validations(struct strbuf *out, const cJSON *policy, int64_t now_ms);
void print_param_kind(struct strbuf *out, const cJSON *policy, int64_t now_ms);
void print_param_ref(struct strbuf *out, const cJSON *binding, int64_t now_ms);

/* Local, or NAMESPACE/NAME. */
void print_api_service(struct strbuf *out, const cJSON *service, int64_t now_ms);
void print_available(struct strbuf *out, const cJSON *service, int64_t now_ms);

#endif
