/* pod_cells.h - the cells of a pod's row. For table_cells.c. */
#ifndef BERTH_APISERVER_POD_CELLS_H
#define BERTH_APISERVER_POD_CELLS_H

#include "kubeclient/base/json.h"
#include "kubeclient/base/strbuf.h"

void print_pod_ready(struct strbuf *out, const cJSON *pod, int64_t now_ms);
/* Phase, or what is more telling: Terminating, Init:0/2, CrashLoopBackOff, Completed.
 */
void print_pod_status(struct strbuf *out, const cJSON *pod, int64_t now_ms);
void print_pod_restarts(struct strbuf *out, const cJSON *pod, int64_t now_ms);
void print_pod_ip(struct strbuf *out, const cJSON *pod, int64_t now_ms);
void print_pod_node(struct strbuf *out, const cJSON *pod, int64_t now_ms);
void print_pod_nominated_node(struct strbuf *out, const cJSON *pod, int64_t now_ms);
/* How many of the readiness gates are open: 1/2. */
void print_pod_gates(struct strbuf *out, const cJSON *pod, int64_t now_ms);

#endif
