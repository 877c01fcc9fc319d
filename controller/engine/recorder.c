#include "controller/engine/recorder.h"

#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "kubeclient/api/status.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/sha256.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REPORTING_CONTROLLER "berth.dev/controller"

enum {
    IN_FLIGHT_MAX = 1000,        /* as client-go's queue: more are dropped */
    REMEMBERED = 1024,           /* series, and budgets */
    NOTE_MAX = 1024,             /* bytes, a limit of the API */
    IDENTITY_MAX = 128,          /* bytes, a limit of the API */
    SUBJECT_NAME_MAX = 253 - 17, /* so that a suffix has room in the event's name */
    SERIES_MS = 6 * 60 * 1000,
    BURST = 25,               /* events of one type about one object at once... */
    REFILL_MS = 5 * 60 * 1000 /* ...and then one in that time: as client-go */
};

/* An event that may come again. Which one it is a hash says: 64 bits of SHA-256 over
 * what makes it the same. A zeroed entry is free. */
struct series {
    uint64_t hash;
    uint64_t suffix; /* of the event's name */
    int64_t last_ms; /* monotonic */
    int count;
};

struct sending {
    uint64_t id;     /* of the request */
    uint64_t series; /* its hash */
};

struct budget {
    bool used;
    uint64_t hash;
    int64_t refilled_ms;
    int left;
};

struct recorder {
    char identity[IDENTITY_MAX + 1];
    struct outbox *outbox;
    struct metrics *metrics;
    const struct log *log;
    struct arena *arena; /* requests that nobody has taken yet */
    struct sending in_flight[IN_FLIGHT_MAX];
    size_t in_flight_count;
    struct series series[REMEMBERED];
    struct budget budgets[REMEMBERED];
    size_t next_series, next_budget; /* the oldest: used next */
};

struct recorder *recorder_new(const struct recorder_options *options)
{
    struct recorder *recorder = xcalloc(1, sizeof *recorder);
    snprintf(recorder->identity, sizeof recorder->identity, "%s", options->identity);
    recorder->outbox = options->outbox;
    recorder->metrics = options->metrics;
    recorder->log = options->log;
    recorder->arena = arena_new();
    return recorder;
}

void recorder_free(struct recorder **recorder)
{
    if (!*recorder)
        return;
    arena_free(&(*recorder)->arena);
    free(*recorder);
    *recorder = NULL;
}

size_t recorder_in_flight(const struct recorder *recorder)
{
    return recorder->in_flight_count;
}

/* ---- what is remembered */

static const char *type_of(const struct plan_event *event)
{
    return event->warning ? "Warning" : "Normal";
}

static uint64_t hash_of(struct arena *arena, const char *const *parts)
{
    char hex[SHA256_HEX_SIZE];
    struct strbuf text;
    strbuf_init(&text, 64 * 1024);
    for (; *parts; parts++) {
        strbuf_adds(&text, *parts);
        strbuf_addc(&text, '\n');
    }
    arena_defer(arena, free, text.text);
    sha256_hex(text.text, text.len, hex);
    uint64_t hash = 0;
    for (size_t i = 0; i < 16; i++)
        hash = hash << 4 | (uint64_t)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
    return hash;
}

static struct series *find_series(struct recorder *recorder, uint64_t hash)
{
    for (size_t i = 0; i < REMEMBERED; i++) {
        if (recorder->series[i].count && recorder->series[i].hash == hash)
            return &recorder->series[i];
    }
    return NULL;
}

/* The event's series: the known one, or a new one that begins. */
static struct series *series_of(struct recorder *recorder, uint64_t hash,
                                struct instant now)
{
    struct series *series = find_series(recorder, hash);
    if (series && now.mono_ms - series->last_ms < SERIES_MS)
        return series;
    if (!series) {
        series = &recorder->series[recorder->next_series];
        recorder->next_series = (recorder->next_series + 1) % REMEMBERED;
    }
    *series = (struct series){.hash = hash, .suffix = hash ^ (uint64_t)now.wall_ms};
    return series;
}

static struct budget *find_budget(struct recorder *recorder, uint64_t hash,
                                  int64_t now_ms)
{
    for (size_t i = 0; i < REMEMBERED; i++) {
        if (recorder->budgets[i].used && recorder->budgets[i].hash == hash)
            return &recorder->budgets[i];
    }
    struct budget *budget = &recorder->budgets[recorder->next_budget];
    recorder->next_budget = (recorder->next_budget + 1) % REMEMBERED;
    *budget = (struct budget){
        .used = true, .hash = hash, .refilled_ms = now_ms, .left = BURST};
    return budget;
}

static bool spend(struct budget *budget, int64_t now_ms)
{
    int64_t refills = (now_ms - budget->refilled_ms) / REFILL_MS;
    budget->refilled_ms += refills * REFILL_MS;
    budget->left = refills > BURST - budget->left ? BURST : budget->left + (int)refills;
    if (budget->left == 0)
        return false;
    budget->left--;
    return true;
}

/* ---- requests */

/* Events about cluster-scoped objects live in namespace default: the API server refuses
 * any other. */
static const char *namespace_of(const cJSON *object)
{
    const char *ns = kube_namespace(object);
    return ns[0] ? ns : "default";
}

static void set_reference(cJSON *body, const char *field, struct arena *arena,
                          const struct kube_resource *resource)
{
    json_set_str(body, kube_api_version(arena, resource), field, "apiVersion");
    json_set_str(body, resource->kind, field, "kind");
}

static void set_regarding(cJSON *body, struct arena *arena,
                          const struct kube_resource *resource, const cJSON *object)
{
    const char *ns = kube_namespace(object);
    set_reference(body, "regarding", arena, resource);
    json_set_str(body, ns[0] ? ns : NULL, "regarding", "namespace");
    json_set_str(body, kube_name(object), "regarding", "name");
    json_set_str(body, kube_uid(object), "regarding", "uid");
    json_set_str(body, kube_resource_version(object), "regarding", "resourceVersion");
}

static const char *cut_note(struct arena *arena, const char *note)
{
    size_t len = strlen(note);
    if (len <= NOTE_MAX)
        return note;
    len = NOTE_MAX - strlen("...");
    while (len > 0 && ((unsigned char)note[len] & 0xC0) == 0x80)
        len--; /* not inside a character */
    return arena_printf(arena, "%.*s...", (int)len, note);
}

/* The subject's name, cut where a DNS name may end, and a suffix. */
static const char *event_name(struct arena *arena, const char *subject, uint64_t suffix)
{
    size_t len = strnlen(subject, SUBJECT_NAME_MAX);
    while (len > 0 && (subject[len - 1] == '-' || subject[len - 1] == '.'))
        len--;
    return arena_printf(arena, "%.*s.%016" PRIx64, (int)len, subject, suffix);
}

static struct kube_request first_request(struct recorder *recorder, cJSON *body,
                                         const struct kube_target *target,
                                         const struct plan_event *event,
                                         struct instant now)
{
    struct arena *arena = recorder->arena;
    char time[RFC3339_SIZE];
    rfc3339_format_micro(now.wall_ms, time);
    json_set_str(body, kube_api_version(arena, &KUBE_EVENTS), "apiVersion");
    json_set_str(body, KUBE_EVENTS.kind, "kind");
    json_set_str(body, target->name, "metadata", "name");
    json_set_str(body, target->ns, "metadata", "namespace");
    json_set_str(body, time, "eventTime");
    json_set_str(body, REPORTING_CONTROLLER, "reportingController");
    json_set_str(body, recorder->identity, "reportingInstance");
    json_set_str(body, type_of(event), "type");
    json_set_str(body, event->reason, "reason");
    json_set_str(body, event->action, "action");
    json_set_str(body, cut_note(arena, event->note), "note");
    if (event->related) {
        set_reference(body, "related", arena, event->related);
        json_set_str(body, event->related_ns, "related", "namespace");
        json_set_str(body, event->related_name, "related", "name");
    }
    struct kube_target collection = {.resource = &KUBE_EVENTS, .ns = target->ns};
    return kube_request_create(arena, &collection, BERTH_FIELD_MANAGER, body);
}

static struct kube_request again_request(struct recorder *recorder, cJSON *body,
                                         const struct kube_target *target, int count,
                                         struct instant now)
{
    char time[RFC3339_SIZE];
    rfc3339_format_micro(now.wall_ms, time);
    json_set(body, json_number(count), "series", "count");
    json_set_str(body, time, "series", "lastObservedTime");
    return kube_request_merge_patch(recorder->arena, target, BERTH_FIELD_MANAGER, body);
}

static void drop(struct recorder *recorder, const struct plan_event *event)
{
    metrics_add(recorder->metrics, METRIC_EVENTS_DROPPED, 1,
                METRIC_LABELS(type_of(event)));
    log_debug(recorder->log, "event dropped", LOG_STR("reason", event->reason));
}

static bool may_send(struct recorder *recorder, const cJSON *object,
                     const struct plan_event *event, struct instant now)
{
    const char *const parts[] = {kube_uid(object), type_of(event), NULL};
    uint64_t hash = hash_of(recorder->arena, parts);
    return recorder->in_flight_count < IN_FLIGHT_MAX &&
           spend(find_budget(recorder, hash, now.mono_ms), now.mono_ms);
}

void recorder_record(struct recorder *recorder, const struct kube_resource *resource,
                     const cJSON *object, const struct plan_event *event,
                     struct instant now)
{
    if (outbox_is_empty(recorder->outbox))
        arena_reset(recorder->arena);
    if (!may_send(recorder, object, event, now)) {
        drop(recorder, event);
        return;
    }
    const char *const parts[] = {kube_uid(object), type_of(event), event->reason,
                                 event->note, NULL};
    uint64_t hash = hash_of(recorder->arena, parts);
    struct series *series = series_of(recorder, hash, now);
    series->count++;
    series->last_ms = now.mono_ms;

    struct kube_target target = {
        .resource = &KUBE_EVENTS,
        .ns = namespace_of(object),
        .name = event_name(recorder->arena, kube_name(object), series->suffix),
    };
    auto_json cJSON *body = json_object();
    struct kube_request request;
    if (series->count == 1) {
        set_regarding(body, recorder->arena, resource, object);
        request = first_request(recorder, body, &target, event, now);
    } else {
        request = again_request(recorder, body, &target, series->count, now);
    }
    recorder->in_flight[recorder->in_flight_count++] = (struct sending){
        .id = outbox_request(recorder->outbox, &request), .series = hash};
    metrics_add(recorder->metrics, METRIC_EVENTS_SENT, 1,
                METRIC_LABELS(type_of(event)));
}

/* ---- answers */

/* False: the request is none of the recorder's. */
static bool forget(struct recorder *recorder, uint64_t id, struct sending *sending)
{
    for (size_t i = 0; i < recorder->in_flight_count; i++) {
        if (recorder->in_flight[i].id != id)
            continue;
        *sending = recorder->in_flight[i];
        recorder->in_flight[i] = recorder->in_flight[--recorder->in_flight_count];
        return true;
    }
    return false;
}

bool recorder_on_failure(struct recorder *recorder, uint64_t id, const struct err *err)
{
    struct sending sending;
    if (!forget(recorder, id, &sending))
        return false;
    struct series *series = find_series(recorder, sending.series);
    if (series)
        series->count = 0; /* there may be no event that a series could be added to */
    log_debug(recorder->log, "an event could not be sent", LOG_STR("error", err->msg));
    return true;
}

bool recorder_on_response(struct recorder *recorder, uint64_t id,
                          const struct kube_response *response)
{
    struct sending sending;
    struct err err;
    if (!kube_status_ok(response, &err))
        return recorder_on_failure(recorder, id, &err);
    return forget(recorder, id, &sending);
}
