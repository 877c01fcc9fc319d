#include "test/apiserver/server/collect_graph.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/alloc.h"
#include "test/apiserver/server/server_state.h"

#include <string.h>

struct collector {
    struct map owners; /* by uid */
    struct list queue; /* of struct stored */
};

struct collector *collector_new(uint64_t seed)
{
    struct collector *collector = xcalloc(1, sizeof *collector);
    map_init_borrowed(&collector->owners, seed);
    list_init(&collector->queue);
    return collector;
}

/* ---- owners */

struct owner *graph_owner(struct collector *collector, const char *uid)
{
    return map_get(&collector->owners, uid);
}

static struct owner *owner_get(struct collector *collector, const char *uid)
{
    struct owner *owner = map_get(&collector->owners, uid);
    if (owner)
        return owner;
    owner = xcalloc(1, sizeof *owner);
    owner->uid = xstrdup(uid);
    list_init(&owner->dependents);
    map_put(&collector->owners, owner->uid, owner);
    return owner;
}

static void owner_release(struct collector *collector, struct owner *owner)
{
    if (owner->waiting || !list_empty(&owner->dependents))
        return;
    map_remove(&collector->owners, owner->uid);
    free(owner->uid);
    free(owner);
}

void graph_wait(struct collector *collector, const char *uid, struct stored *stored)
{
    owner_get(collector, uid)->waiting = stored;
}

/* ---- the queue */

void graph_queue(struct collector *collector, struct stored *stored)
{
    if (list_empty(&stored->queue))
        list_append(&collector->queue, &stored->queue);
}

struct stored *graph_take(struct collector *collector)
{
    struct list *node = list_pop(&collector->queue);
    return node ? LIST_ENTRY(node, struct stored, queue) : NULL;
}

/* ---- edges */

static void drop_edges(struct collector *collector, struct stored *stored)
{
    for (size_t i = 0; i < stored->edge_count; i++) {
        struct owner *owner = stored->edges[i].owner;
        list_remove(&stored->edges[i].node);
        if (owner->waiting)
            graph_queue(collector, owner->waiting);
        owner_release(collector, owner);
    }
    free(stored->edges);
    stored->edges = NULL;
    stored->edge_count = 0;
}

static void add_edges(struct collector *collector, struct stored *stored,
                      const cJSON *references)
{
    size_t count = json_count(references);
    if (!count)
        return;
    stored->edges = xcalloc(count, sizeof *stored->edges);
    stored->edge_count = count;
    struct owner_edge *edge = stored->edges;
    json_each (reference, references) {
        edge->owner = owner_get(collector, json_str_or(reference, "", "uid"));
        edge->dependent = stored;
        edge->blocks = json_bool(reference, false, "blockOwnerDeletion");
        list_append(&edge->owner->dependents, &edge->node);
        edge++;
    }
}

static bool is_as_before(const struct stored *stored, const cJSON *references)
{
    size_t at = 0;
    json_each (reference, references) {
        if (at == stored->edge_count ||
            strcmp(stored->edges[at].owner->uid, json_str_or(reference, "", "uid")) !=
                0 ||
            stored->edges[at].blocks !=
                json_bool(reference, false, "blockOwnerDeletion"))
            return false;
        at++;
    }
    return at == stored->edge_count;
}

void collect_changed(struct api_server *server, struct stored *stored,
                     const cJSON *object)
{
    struct collector *collector = server->collector;
    const cJSON *references = json_at(object, "metadata", "ownerReferences");
    bool changed = !is_as_before(stored, references);
    if (changed) {
        drop_edges(collector, stored);
        add_edges(collector, stored, references);
    }
    if ((changed && references) || kube_deleting(object))
        graph_queue(collector, stored);
}

void collect_removed(struct api_server *server, struct stored *stored, const char *uid)
{
    struct collector *collector = server->collector;
    drop_edges(collector, stored);
    struct owner *owner = graph_owner(collector, uid);
    if (!owner)
        return;
    owner->waiting = NULL;
    list_for_each (node, &owner->dependents)
        graph_queue(collector, LIST_ENTRY(node, struct owner_edge, node)->dependent);
    owner_release(collector, owner);
}

void collector_free(struct api_server *server)
{
    struct collector *collector = server->collector;
    size_t at = 0;
    const char *name;
    void *value;
    while (map_next(&server->storages, &at, &name, &value)) {
        const struct storage *storage = value;
        for (struct stored *it = storage_seek(storage, ""); it; it = stored_next(it))
            drop_edges(collector, it);
    }
    while (graph_take(collector))
        continue;
    at = 0;
    while (map_next(&collector->owners, &at, &name, &value)) {
        struct owner *owner = value;
        map_remove(&collector->owners, name);
        free(owner->uid);
        free(owner);
    }
    map_fini(&collector->owners);
    free(collector);
    server->collector = NULL;
}
