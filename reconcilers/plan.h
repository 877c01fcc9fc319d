/* plan.h - what a reconcile wants done, as data.
 *
 * A reconciler fills a plan; the driver (controller/engine/driver.h) runs it:
 *
 *   needs     are fetched first, then plan() is called again with them in `observed`;
 *   writes    are run in order until one fails. Writes that would change nothing
 *             are dropped. What the server answers is put into `observed`, and plan()
 * is called again, so that status is always computed from what is true; status    is
 * written when a plan has no needs and no writes left, then events    are sent, and
 * `requeue` says when to look again although nothing changes.
 *
 * A plan lives in the arena of its reconcile and owns its trees there.
 */
#ifndef BERTH_RECONCILERS_PLAN_H
#define BERTH_RECONCILERS_PLAN_H

#include "kubeclient/api/resource.h"
#include "kubeclient/base/json.h"

#include <stdint.h>

#define BERTH_FIELD_MANAGER "berth"
#define BERTH_STATUS_MANAGER "berth-status"

enum plan_verb {
    PLAN_APPLY,       /* server-side apply, forced, by BERTH_FIELD_MANAGER */
    PLAN_MERGE_PATCH, /* RFC 7386; the patch carries its own guards */
    PLAN_JSON_PATCH,  /* RFC 6902; begins with a test on resourceVersion */
    PLAN_DELETE,      /* with the uid as precondition, or the resourceVersion too */
};

/* What must be true of the object for the write to happen; see spec/controller.md,
 * "Guarded writes". For PLAN_APPLY only. */
enum plan_guard {
    PLAN_CREATE, /* the object must not exist (resourceVersion "1") */
    PLAN_UPDATE, /* exactly the object that was read: its uid and resourceVersion */
};

struct plan_write {
    enum plan_verb verb;
    const struct kube_resource *resource;
    const char *ns, *name;
    const cJSON *body;   /* intent or patch; NULL for a delete */
    const char *uid;     /* for PLAN_DELETE */
    const char *version; /* for PLAN_DELETE: only while it is this one; NULL: any */
    const char *why;     /* for log and explain: "mount 2 skills" */
    struct plan_write *next;
};

struct plan_event {
    bool warning;
    const char *reason;                  /* CamelCase */
    const char *action;                  /* CamelCase: what Berth was doing */
    const char *note;                    /* at most 1 kB, cut by the recorder */
    const struct kube_resource *related; /* NULL: none */
    const char *related_ns, *related_name;
    struct plan_event *next;
};

struct plan_need {
    const struct kube_resource *resource;
    const char *ns, *name;
    const cJSON *trial; /* NULL: read the object; else apply this as a dry run */
    struct plan_need *next;
};

struct plan {
    struct arena *arena;
    struct plan_write *writes;
    struct plan_event *events;
    struct plan_need *needs;
    const cJSON *status;      /* of the primary; NULL: leave it */
    int64_t requeue_after_ms; /* 0: only when something changes */
    bool retry;               /* look again with backoff: something failed */
};

struct plan *plan_new(struct arena *arena);

/* Adds an apply of `intent` (consumed). With PLAN_UPDATE `live` is the object that the
 * plan was made from: its uid and resourceVersion are put into the intent. `why` is
 * kept by reference. */
void plan_apply(struct plan *plan, const struct kube_resource *resource, cJSON *intent,
                enum plan_guard guard, const cJSON *live, const char *why);

/* Adds a patch (consumed) of `live`, guards included by the caller. */
void plan_patch(struct plan *plan, enum plan_verb verb,
                const struct kube_resource *resource, const cJSON *live, cJSON *patch,
                const char *why);

void plan_delete(struct plan *plan, const struct kube_resource *resource,
                 const cJSON *live, const char *why);

/* Only if nobody has changed the object since it was read. */
void plan_delete_unchanged(struct plan *plan, const struct kube_resource *resource,
                           const cJSON *live, const char *why);

void plan_need(struct plan *plan, const struct kube_resource *resource, const char *ns,
               const char *name);

/* Asks what the server would make of an apply of `intent` (consumed) to `live`: a dry
 * run, forced by BERTH_FIELD_MANAGER, guarded as PLAN_UPDATE is. A need, not a write;
 * observed_tried() has the answer in the next round. */
void plan_try(struct plan *plan, const struct kube_resource *resource, cJSON *intent,
              const cJSON *live);

void plan_set_status(struct plan *plan, cJSON *status); /* consumed */

void plan_event(struct plan *plan, bool warning, const char *reason, const char *action,
                const char *note_format, ...) __attribute__((format(printf, 5, 6)));

/* The earliest of several wishes wins. */
void plan_requeue(struct plan *plan, int64_t after_ms);

/* The plan as one JSON object for goldens, `berth render --explain` and traces:
 * {needs, writes: [{verb, kind, namespace, name, why, body}], status, events, requeue}.
 * Owned by the caller. */
cJSON *plan_to_json(const struct plan *plan);

#endif
