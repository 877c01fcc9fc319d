/* table_events.h - the cells of an event, in the form of either of its groups. For
 * table_cells.c. */
#ifndef BERTH_APISERVER_TABLE_EVENTS_H
#define BERTH_APISERVER_TABLE_EVENTS_H

#include "kubeclient/base/json.h"
#include "kubeclient/base/strbuf.h"

void print_event_last_seen(struct strbuf *out, const cJSON *event, int64_t now_ms);
void print_event_first_seen(struct strbuf *out, const cJSON *event, int64_t now_ms);
void print_event_object(struct strbuf *out, const cJSON *event, int64_t now_ms);
void print_event_subobject(struct strbuf *out, const cJSON *event, int64_t now_ms);
void print_event_message(struct strbuf *out, const cJSON *event, int64_t now_ms);
/* Who told it, and on which machine or as which instance: kubelet, node-1. */
void print_event_source(struct strbuf *out, const cJSON *event, int64_t now_ms);
void print_event_count(struct strbuf *out, const cJSON *event, int64_t now_ms);

#endif
