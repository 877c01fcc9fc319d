/* cluster_state.h - the inside of the stand-in controllers, for cluster/ only.
 *
 * Informers hold what the controllers read, fed by one watch for each resource; a
 * change puts its owner into a queue, and one key of the queue is one step. Whatever a
 * step writes comes back by the watches before the next step looks.
 */
#ifndef BERTH_APISERVER_CLUSTER_STATE_H
#define BERTH_APISERVER_CLUSTER_STATE_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/list.h"
#include "kubeclient/base/map.h"
#include "test/apiserver/cluster/cluster.h"

#include <stddef.h>

enum cluster_kind {
    CLUSTER_NAMESPACES,
    CLUSTER_DEPLOYMENTS,
    CLUSTER_REPLICA_SETS,
    CLUSTER_STATEFUL_SETS,
    CLUSTER_PODS,
    CLUSTER_ACCOUNTS, /* those that namespaces must have */
    CLUSTER_ROOT_CAS, /* the same */
    CLUSTER_KINDS,
};

/* An object that an informer holds. */
struct kept {
    struct list siblings; /* in its owner's family */
    cJSON *object;
    char *key; /* "namespace/name" */
};

struct informer {
    struct api_watch *watch;
    struct map objects;  /* key -> struct kept */
    struct map families; /* uid of the controller -> struct family */
};

/* A key to look at, now or later. */
struct task {
    struct list node;
    enum cluster_kind kind;
    char *key;
    int64_t due_ms; /* monotonic; 0: now */
};

struct cluster {
    struct api_server *server;
    struct cluster_options options;
    struct instant now;
    struct arena *arena; /* of one step */
    struct informer informers[CLUSTER_KINDS];
    const struct api_user *user; /* who acts in this step */
    struct list tasks;           /* due, in their order */
    struct list timers;          /* not due yet, the earliest first */
    struct map queued;           /* "KIND:key" -> struct task that is due */
    struct map delayed;          /* the same of timers */
};

/* ---- informers.c */

void informers_open(struct cluster *cluster);
void informers_close(struct cluster *cluster);
/* Takes in what the watches have; true: there was something. */
bool informers_take(struct cluster *cluster);

const cJSON *informer_get(const struct cluster *cluster, enum cluster_kind kind,
                          const char *key);

/* The objects of a kind that the uid controls; NULL: none. */
struct list *informer_family(const struct cluster *cluster, enum cluster_kind kind,
                             const char *uid);

static inline const cJSON *member_object(const struct list *node)
{
    return ((const struct kept *)(const void *)((const char *)node -
                                                offsetof(struct kept, siblings)))
        ->object;
}

/* Walks a family; the body may not change it. */
#define cluster_each(item, family)                                                     \
    for (struct list *at_##item = (family) ? (family)->next : NULL;                    \
         at_##item && at_##item != (family); at_##item = at_##item->next)              \
        for (const cJSON *item = member_object(at_##item); item; item = NULL)

/* ---- tasks.c */

void task_add(struct cluster *cluster, enum cluster_kind kind, const char *key);
void task_add_later(struct cluster *cluster, enum cluster_kind kind, const char *key,
                    int64_t delay_ms);
bool task_is_delayed(struct cluster *cluster, enum cluster_kind kind, const char *key);
/* The next that is due, or NULL; freed with task_free(). */
struct task *task_take(struct cluster *cluster);
void task_free(struct task *task);
int64_t task_deadline(const struct cluster *cluster);

/* ---- users.c */

extern const struct api_user USER_DEPLOYMENTS, USER_REPLICA_SETS, USER_STATEFUL_SETS,
    USER_SERVICE_ACCOUNTS, USER_ROOT_CA, USER_KUBELET;

/* ---- calls.c: requests as the step's user. True: 2xx. */

bool call_create(struct cluster *cluster, enum cluster_kind kind, const cJSON *object);
/* Replaces the object, or its status. A conflict is no matter: its watch event asks
 * again. Any other refusal is tried again in a second. */
bool call_put(struct cluster *cluster, enum cluster_kind kind, const cJSON *object,
              const char *subresource);
/* With the object's own grace, or with none. */
bool call_delete(struct cluster *cluster, enum cluster_kind kind, const cJSON *object);
bool call_delete_now(struct cluster *cluster, enum cluster_kind kind,
                     const cJSON *object);
/* Any other resource: its collection's path. Already there counts as done. */
bool call_post(struct cluster *cluster, const char *target, const cJSON *object);

/* ---- the controllers */

void sync_namespace(struct cluster *cluster, const char *key);
void sync_deployment(struct cluster *cluster, const char *key);
void sync_replica_set(struct cluster *cluster, const char *key);
void sync_stateful_set(struct cluster *cluster, const char *key);
void sync_pod(struct cluster *cluster, const char *key);

/* ---- pods.c: what controllers see of pods, and make of templates */

bool pod_is_active(const cJSON *pod); /* neither finished nor being deleted */
bool pod_is_ready(const cJSON *pod);
/* A pod of the owner by its template. Owned. */
cJSON *pod_of(struct arena *arena, const cJSON *owner, const char *owner_kind);
/* Ten characters that stand for a pod template. In the arena. */
const char *template_hash(struct arena *arena, const cJSON *template);
/* "2026-01-02T03:04:05Z" of the cluster's now. In the arena. */
const char *timestamp(struct cluster *cluster);
/* Makes the owner the controller of the object. */
void set_controller(cJSON *object, const cJSON *owner, const char *api_version,
                    const char *kind);

#endif
