/* table_workloads.h - the cells of Deployments and the like, and of Jobs. For
 * table_cells.c. */
#ifndef BERTH_APISERVER_TABLE_WORKLOADS_H
#define BERTH_APISERVER_TABLE_WORKLOADS_H

#include "kubeclient/base/json.h"
#include "kubeclient/base/strbuf.h"

/* Ready of wanted replicas: 1/3. */
void print_ready(struct strbuf *out, const cJSON *object, int64_t now_ms);
void print_containers(struct strbuf *out, const cJSON *object, int64_t now_ms);
void print_images(struct strbuf *out, const cJSON *object, int64_t now_ms);
void print_selector(struct strbuf *out, const cJSON *object, int64_t now_ms);
void print_node_selector(struct strbuf *out, const cJSON *object, int64_t now_ms);

/* The condition that says most, else Running. */
void print_job_status(struct strbuf *out, const cJSON *job, int64_t now_ms);
/* 0/2, or 0/1 of 3 where any one of those that run in parallel ends it. */
void print_job_completions(struct strbuf *out, const cJSON *job, int64_t now_ms);
/* Since it started, or until it was complete. */
void print_job_duration(struct strbuf *out, const cJSON *job, int64_t now_ms);

#endif
