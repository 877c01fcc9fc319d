#include "test/apiserver/server/collect.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/json_tree.h"
#include "test/apiserver/server/collect_graph.h"
#include "test/apiserver/server/own_request.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/shape.h"

#include <string.h>

static const char ORPHAN[] = "orphan";
static const char FOREGROUND[] = "foregroundDeletion";

/* One look at one object. */
struct look {
    struct api_server *server;
    struct instant now;
    struct arena *arena;
    struct stored *stored;
    const struct resource_def *def;
    const cJSON *object;
};

static const struct resource_def *def_of(const struct api_server *server,
                                         const struct storage *storage)
{
    size_t count = registry_count(server->registry);
    for (size_t i = 0; i < count; i++) {
        const struct resource_def *def = registry_at(server->registry, i);
        if (strcmp(def->storage, storage->name) == 0)
            return def;
    }
    return NULL;
}

static bool look_open(struct look *look, struct stored *stored)
{
    struct err err;
    look->stored = stored;
    look->def = def_of(look->server, stored->home);
    look->object =
        json_tree_read(look->arena, stored->now->text, stored->now->len, &err);
    return look->def;
}

/* ---- requests */

static const char *path_of(const struct look *look)
{
    const char *ns = kube_namespace(look->object);
    return arena_printf(
        look->arena, "/%s/%s/%s%s%s%s/%s", *look->def->group ? "apis" : "api",
        shape_api_version(look->arena, look->def), *ns ? "namespaces/" : "", ns,
        *ns ? "/" : "", look->def->plural, kube_name(look->object));
}

static void send_tree(const struct look *look, const char *method, cJSON *body)
{
    struct strbuf text;
    strbuf_init(&text, 1024 * 1024);
    json_print(&text, body);
    json_free(body);
    bool patch = strcmp(method, "PATCH") == 0;
    struct own_request request = {.account = "generic-garbage-collector",
                                  .method = method,
                                  .target = path_of(look),
                                  .content_type =
                                      patch ? "application/merge-patch+json" : NULL,
                                  .body = text.text};
    /* What is refused has changed meanwhile, and was queued again by that. */
    (void)own_request_send(look->server, &request, look->now);
    strbuf_fini(&text);
}

static void delete_dependent(const struct look *look, const char *policy)
{
    cJSON *options = json_object();
    json_set_str(options, "DeleteOptions", "kind");
    json_set_str(options, "v1", "apiVersion");
    json_set_str(options, kube_uid(look->object), "preconditions", "uid");
    json_set_str(options, policy, "propagationPolicy");
    send_tree(look, "DELETE", options);
}

static cJSON *guarded_patch(const struct look *look)
{
    cJSON *patch = json_object();
    json_set_str(patch, kube_uid(look->object), "metadata", "uid");
    json_set_str(patch, kube_resource_version(look->object), "metadata",
                 "resourceVersion");
    return patch;
}

static void remove_finalizer(const struct look *look, const char *finalizer)
{
    cJSON *patch = guarded_patch(look);
    cJSON *left = json_set(patch, json_array(), "metadata", "finalizers");
    json_each (item, json_at(look->object, "metadata", "finalizers")) {
        if (strcmp(item->valuestring, finalizer) != 0)
            json_push(left, json_copy(item));
    }
    send_tree(look, "PATCH", patch);
}

/* ---- what an owner's state means */

enum owner_state {
    OWNER_SOLID,    /* it is there, or cannot be looked for */
    OWNER_DANGLING, /* it is not */
    OWNER_WAITING,  /* it waits for its dependents to go */
};

static enum owner_state state_of(const struct look *look, const cJSON *reference)
{
    const char *api_version = json_str_or(reference, "", "apiVersion");
    const char *slash = strchr(api_version, '/');
    const char *group =
        slash ? arena_strndup(look->arena, api_version, (size_t)(slash - api_version))
              : "";
    const struct resource_def *def = registry_find_kind(
        look->server->registry, group, slash ? slash + 1 : api_version,
        json_str_or(reference, "", "kind"));
    if (!def || (def->namespaced && !look->def->namespaced))
        return OWNER_SOLID;
    const struct stored *owner =
        storage_get(server_storage(look->server, def),
                    def->namespaced ? kube_namespace(look->object) : "",
                    json_str_or(reference, "", "name"));
    if (!owner)
        return OWNER_DANGLING;
    struct err err;
    const cJSON *object =
        json_tree_read(look->arena, owner->now->text, owner->now->len, &err);
    if (strcmp(kube_uid(object), json_str_or(reference, "", "uid")) != 0)
        return OWNER_DANGLING;
    return kube_deleting(object) && kube_has_finalizer(object, FOREGROUND)
               ? OWNER_WAITING
               : OWNER_SOLID;
}

/* Takes the references away for which `gone` holds. */
typedef bool reference_fn(const struct look *look, const cJSON *reference,
                          const char *uid);

static void drop_references(const struct look *look, reference_fn *gone,
                            const char *uid)
{
    cJSON *patch = guarded_patch(look);
    cJSON *left = json_set(patch, json_array(), "metadata", "ownerReferences");
    json_each (reference, json_at(look->object, "metadata", "ownerReferences")) {
        if (!gone(look, reference, uid))
            json_push(left, json_copy(reference));
    }
    send_tree(look, "PATCH", patch);
}

static bool is_not_solid(const struct look *look, const cJSON *reference,
                         const char *uid)
{
    (void)uid;
    return state_of(look, reference) != OWNER_SOLID;
}

static bool has_uid(const struct look *look, const cJSON *reference, const char *uid)
{
    (void)look;
    return strcmp(json_str_or(reference, "", "uid"), uid) == 0;
}

/* ---- looking */

/* Does one of its dependents wait, too? Two that own each other would for ever. */
static bool waits_for_its_owner(const struct look *look)
{
    struct owner *owner = graph_owner(look->server->collector, kube_uid(look->object));
    list_for_each (node, &owner->dependents) {
        struct look dependent = *look;
        struct stored *stored = LIST_ENTRY(node, struct owner_edge, node)->dependent;
        if (look_open(&dependent, stored) && kube_deleting(dependent.object) &&
            kube_has_finalizer(dependent.object, FOREGROUND))
            return true;
    }
    return false;
}

/* It no longer blocks its owners. */
static void unblock(const struct look *look)
{
    cJSON *patch = json_object();
    cJSON *references = json_copy(json_at(look->object, "metadata", "ownerReferences"));
    for (cJSON *it = references->child; it; it = it->next)
        json_set(it, json_boolean(false), "blockOwnerDeletion");
    json_set_str(patch, kube_uid(look->object), "metadata", "uid");
    json_set(patch, references, "metadata", "ownerReferences");
    send_tree(look, "PATCH", patch);
}

static void look_as_dependent(const struct look *look)
{
    size_t counts[3] = {0};
    json_each (reference, json_at(look->object, "metadata", "ownerReferences")) {
        counts[state_of(look, reference)]++;
    }
    bool lost = counts[OWNER_DANGLING] || counts[OWNER_WAITING];
    if (!lost)
        return;
    bool waited_for = counts[OWNER_WAITING] &&
                      graph_owner(look->server->collector, kube_uid(look->object));
    if (!counts[OWNER_SOLID] && waited_for && waits_for_its_owner(look))
        unblock(look);
    if (counts[OWNER_SOLID])
        drop_references(look, is_not_solid, NULL);
    else if (!waited_for && kube_has_finalizer(look->object, ORPHAN))
        delete_dependent(look, "Orphan");
    else if (waited_for || kube_has_finalizer(look->object, FOREGROUND))
        delete_dependent(look, "Foreground");
    else
        delete_dependent(look, "Background");
}

/* Deletes what depends on it first; it goes when nothing is left that blocks it. */
static void look_as_foreground(const struct look *look)
{
    struct collector *collector = look->server->collector;
    struct owner *owner = graph_owner(collector, kube_uid(look->object));
    bool blocked = false;
    if (owner) {
        list_for_each (node, &owner->dependents) {
            const struct owner_edge *edge = LIST_ENTRY(node, struct owner_edge, node);
            blocked |= edge->blocks;
            graph_queue(collector, edge->dependent);
        }
    }
    if (!blocked)
        remove_finalizer(look, FOREGROUND);
    else
        graph_wait(collector, kube_uid(look->object), look->stored);
}

static void look_as_orphaning(struct look *look)
{
    const char *uid = kube_uid(look->object);
    struct owner *owner;
    while ((owner = graph_owner(look->server->collector, uid)) &&
           !list_empty(&owner->dependents)) {
        struct owner_edge *edge =
            LIST_ENTRY(owner->dependents.next, struct owner_edge, node);
        struct look dependent = *look;
        size_t before = edge->dependent->now->version;
        struct stored *stored = edge->dependent;
        if (!look_open(&dependent, stored))
            break;
        drop_references(&dependent, has_uid, uid);
        if (stored->now->version == before)
            break; /* it was refused: an invalid object stays as it is */
    }
    remove_finalizer(look, ORPHAN);
}

bool collect_step(struct api_server *server, struct instant now)
{
    struct stored *stored = graph_take(server->collector);
    if (!stored)
        return false;
    struct look look = {.server = server, .now = now, .arena = arena_new()};
    if (look_open(&look, stored)) {
        if (!kube_deleting(look.object))
            look_as_dependent(&look);
        else if (kube_has_finalizer(look.object, ORPHAN))
            look_as_orphaning(&look);
        else if (kube_has_finalizer(look.object, FOREGROUND))
            look_as_foreground(&look);
    }
    arena_free(&look.arena);
    return true;
}
