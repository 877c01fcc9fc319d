/* recorder.h - sends events (events.k8s.io/v1) without ever being in the way.
 *
 * The first occurrence is a POST; the same again (object, reason, note, type) within 6
 * minutes is a PATCH of its series. Each object has one budget for Normal and one for
 * Warning events, and what is under way is bounded; what is over is dropped and
 * counted. What is remembered is bounded too: the oldest is forgotten first, and then
 * an event is a first occurrence again; so it is after a failure, which is logged at
 * debug only. Pure: requests go to the outbox.
 */
#ifndef BERTH_ENGINE_RECORDER_H
#define BERTH_ENGINE_RECORDER_H

#include "controller/engine/outbox.h"

struct recorder;

struct recorder_options {
    const char *identity; /* reportingInstance; copied, cut at 128 bytes */
    struct outbox *outbox;
    struct metrics *metrics;
    const struct log *log;
};

struct recorder *recorder_new(const struct recorder_options *options);
void recorder_free(struct recorder **recorder); /* cancels nothing */

/* Records an event about `object`; nothing is kept by reference. */
void recorder_record(struct recorder *recorder, const struct kube_resource *resource,
                     const cJSON *object, const struct plan_event *event,
                     struct instant now);

/* False: the request is none of the recorder's. */
bool recorder_on_response(struct recorder *recorder, uint64_t id,
                          const struct kube_response *response);
bool recorder_on_failure(struct recorder *recorder, uint64_t id, const struct err *err);

size_t recorder_in_flight(const struct recorder *recorder);

#endif
