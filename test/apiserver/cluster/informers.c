#include "kubeclient/api/object.h"
#include "kubeclient/base/alloc.h"
#include "test/apiserver/cluster/cluster_state.h"

#include <assert.h>
#include <string.h>

enum { LINE_MAX_BYTES = 4 * 1024 * 1024 };

/* The objects that one controller owns. */
struct family {
    struct list members;
};

static const char *const TARGETS[] = {
    [CLUSTER_NAMESPACES] = "/api/v1/namespaces",
    [CLUSTER_DEPLOYMENTS] = "/apis/apps/v1/deployments",
    [CLUSTER_REPLICA_SETS] = "/apis/apps/v1/replicasets",
    [CLUSTER_STATEFUL_SETS] = "/apis/apps/v1/statefulsets",
    [CLUSTER_PODS] = "/api/v1/pods",
    [CLUSTER_ACCOUNTS] =
        "/api/v1/serviceaccounts?fieldSelector=metadata.name%3Ddefault",
    [CLUSTER_ROOT_CAS] =
        "/api/v1/configmaps?fieldSelector=metadata.name%3Dkube-root-ca.crt",
};

static void open_watch(struct cluster *cluster, enum cluster_kind kind)
{
    const char *target =
        arena_printf(cluster->arena, "%s%swatch=true&resourceVersion=0", TARGETS[kind],
                     strchr(TARGETS[kind], '?') ? "&" : "?");
    const struct api_request request = {
        .method = "GET",
        .target = target,
        .content_type = "",
        .accept = "",
        .user = &USER_DEPLOYMENTS,
        .user_agent = "kube-controller-manager/v1.37.2",
        .body = "",
    };
    struct api_answer answer;
    api_server_handle(cluster->server, &request, cluster->now, &answer);
    assert(answer.watch); /* built in, and nobody may take it away */
    cluster->informers[kind].watch = answer.watch;
    api_answer_fini(&answer);
}

static void informer_init(struct informer *informer)
{
    map_init(&informer->objects, 1);
    map_init(&informer->families, 2);
}

void informers_open(struct cluster *cluster)
{
    for (enum cluster_kind kind = 0; kind < CLUSTER_KINDS; kind++) {
        informer_init(&cluster->informers[kind]);
        open_watch(cluster, kind);
    }
}

static void kept_free(struct kept *kept)
{
    list_remove(&kept->siblings);
    json_free(kept->object);
    free(kept->key);
    free(kept);
}

static void informer_empty(struct informer *informer)
{
    const char *key;
    void *value;
    for (size_t at = 0; map_next(&informer->objects, &at, &key, &value);)
        kept_free(value);
    for (size_t at = 0; map_next(&informer->families, &at, &key, &value);)
        free(value);
    map_fini(&informer->objects);
    map_fini(&informer->families);
}

void informers_close(struct cluster *cluster)
{
    for (enum cluster_kind kind = 0; kind < CLUSTER_KINDS; kind++) {
        api_watch_close(&cluster->informers[kind].watch);
        informer_empty(&cluster->informers[kind]);
    }
}

const cJSON *informer_get(const struct cluster *cluster, enum cluster_kind kind,
                          const char *key)
{
    const struct kept *kept = map_get(&cluster->informers[kind].objects, key);
    return kept ? kept->object : NULL;
}

struct list *informer_family(const struct cluster *cluster, enum cluster_kind kind,
                             const char *uid)
{
    struct family *family = map_get(&cluster->informers[kind].families, uid);
    return family ? &family->members : NULL;
}

static void join_family(struct informer *informer, struct kept *kept)
{
    const cJSON *controller = kube_controller_of(kept->object);
    const char *uid = json_str_or(controller, "", "uid");
    list_remove(&kept->siblings);
    if (!*uid)
        return;
    struct family *family = map_get(&informer->families, uid);
    if (!family) {
        family = xcalloc(1, sizeof *family);
        list_init(&family->members);
        map_put(&informer->families, uid, family);
    }
    list_append(&family->members, &kept->siblings);
}

/* ---- what a change asks for */

static void add_named(struct cluster *cluster, enum cluster_kind kind, const char *ns,
                      const char *name)
{
    task_add(cluster, kind, arena_printf(cluster->arena, "%s/%s", ns, name));
}

static void add_controller(struct cluster *cluster, const cJSON *object)
{
    static const struct {
        const char *kind;
        enum cluster_kind task;
    } OWNERS[] = {{"Deployment", CLUSTER_DEPLOYMENTS},
                  {"ReplicaSet", CLUSTER_REPLICA_SETS},
                  {"StatefulSet", CLUSTER_STATEFUL_SETS}};
    const cJSON *controller = kube_controller_of(object);
    const char *kind = json_str_or(controller, "", "kind");
    for (size_t i = 0; i < sizeof OWNERS / sizeof *OWNERS; i++) {
        if (strcmp(kind, OWNERS[i].kind) == 0)
            add_named(cluster, OWNERS[i].task, kube_namespace(object),
                      json_str_or(controller, "", "name"));
    }
}

/* Whom a change concerns. A pod that is gone is news to the Deployment too: with
 * "Recreate" it waits for its last old pod. */
static void add_concerned(struct cluster *cluster, enum cluster_kind kind,
                          const cJSON *object, bool gone)
{
    const char *ns = kube_namespace(object);
    if (kind == CLUSTER_ACCOUNTS || kind == CLUSTER_ROOT_CAS) {
        add_named(cluster, CLUSTER_NAMESPACES, "", ns);
        return;
    }
    add_named(cluster, kind, ns, kube_name(object));
    add_controller(cluster, object);
    if (kind == CLUSTER_PODS && gone) {
        const char *name = json_str_or(kube_controller_of(object), "", "name");
        add_controller(cluster,
                       informer_get(cluster, CLUSTER_REPLICA_SETS,
                                    arena_printf(cluster->arena, "%s/%s", ns, name)));
    }
}

static void take_object(struct cluster *cluster, enum cluster_kind kind, cJSON *object,
                        bool gone)
{
    struct informer *informer = &cluster->informers[kind];
    const char *key = arena_printf(cluster->arena, "%s/%s", kube_namespace(object),
                                   kube_name(object));
    struct kept *kept = map_get(&informer->objects, key);
    add_concerned(cluster, kind, object, gone);
    if (gone) {
        if (kept) {
            map_remove(&informer->objects, key);
            kept_free(kept);
        }
        json_free(object);
        return;
    }
    if (!kept) {
        kept = xcalloc(1, sizeof *kept);
        kept->key = xstrdup(key);
        list_init(&kept->siblings);
        map_put(&informer->objects, key, kept);
    }
    json_free(kept->object);
    kept->object = object;
    join_family(informer, kept);
}

static void take_line(struct cluster *cluster, enum cluster_kind kind,
                      const struct strbuf *line)
{
    struct err err;
    auto_json cJSON *event = json_parse(line->text, line->len, &err);
    const char *type = json_str_or(event, "", "type");
    cJSON *object = json_member(event, "object");
    bool change = strcmp(type, "ADDED") == 0 || strcmp(type, "MODIFIED") == 0;
    bool gone = strcmp(type, "DELETED") == 0;
    if (object && (change || gone))
        take_object(cluster, kind, json_take(event, object), gone);
}

/* The next watch begins with all there is: what is not, is gone, and those whom it
 * concerns are to hear of it. */
static void forget(struct cluster *cluster, enum cluster_kind kind)
{
    struct informer *informer = &cluster->informers[kind];
    const char *key;
    void *value;
    for (size_t at = 0; map_next(&informer->objects, &at, &key, &value);)
        add_concerned(cluster, kind, ((struct kept *)value)->object, true);
    informer_empty(informer);
    informer_init(informer);
}

bool informers_take(struct cluster *cluster)
{
    bool any = false;
    struct strbuf line;
    strbuf_init(&line, LINE_MAX_BYTES);
    for (enum cluster_kind kind = 0; kind < CLUSTER_KINDS; kind++) {
        struct informer *informer = &cluster->informers[kind];
        while (api_watch_next(informer->watch, cluster->now, &line)) {
            take_line(cluster, kind, &line);
            strbuf_reset(&line);
            any = true;
        }
        if (api_watch_ended(informer->watch, cluster->now)) {
            forget(cluster, kind);
            api_watch_close(&informer->watch);
            open_watch(cluster, kind);
            any = true;
        }
    }
    strbuf_fini(&line);
    return any;
}
