#include "test/apiserver/server/namespace.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/json_text.h"
#include "test/apiserver/server/own_request.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/shape.h"

#include <stdio.h>
#include <string.h>

enum namespace_state namespace_state(const struct api_server *server, const char *ns)
{
    const struct storage *storage = server_storage_named(server, "/namespaces");
    const struct stored *found = storage ? storage_get(storage, "", ns) : NULL;
    if (!found)
        return NAMESPACE_MISSING;
    struct json_slice phase =
        json_text_get(found->now->text, found->now->len, JSON_PATH("status", "phase"));
    bool active =
        phase.len == strlen("Active") && strncmp(phase.start, "Active", phase.len) == 0;
    return active ? NAMESPACE_ACTIVE : NAMESPACE_TERMINATING;
}

void namespace_begin(cJSON *object)
{
    json_set_str(object, kube_name(object), "metadata", "labels",
                 "kubernetes.io/metadata.name");
}

void namespace_hold(cJSON *object)
{
    cJSON *finalizers = json_set(object, json_array(), "spec", "finalizers");
    json_push(finalizers, json_string("kubernetes"));
    json_set_str(object, "Active", "status", "phase");
}

static void copy_finalizers(const cJSON *from, cJSON *to)
{
    const cJSON *held = json_at(from, "spec", "finalizers");
    if (held)
        json_set(to, json_copy(held), "spec", "finalizers");
    else
        json_remove(to, "spec", "finalizers");
}

void namespace_keep(const struct call *call, const cJSON *live, cJSON *object)
{
    if (strcmp(call->subresource, "finalize") != 0)
        copy_finalizers(live, object);
    json_set_str(object, kube_name(object), "metadata", "labels",
                 "kubernetes.io/metadata.name");
}

bool namespace_is_immortal(const char *ns)
{
    static const char *const immortal[] = {"default", "kube-system", "kube-public",
                                           NULL};
    for (size_t i = 0; immortal[i]; i++) {
        if (strcmp(ns, immortal[i]) == 0)
            return true;
    }
    return false;
}

/* ---- the end of one */

/* What of it remains, resource by resource. */
struct remains {
    struct strbuf content, finalizers; /* as the conditions word it */
    bool any;
};

static struct stored *first_in(struct api_server *server,
                               const struct resource_def *def, const char *ns)
{
    struct storage *storage = server_storage(server, def);
    char prefix[300];
    snprintf(prefix, sizeof prefix, "%s/", ns);
    struct stored *first = storage_seek(storage, prefix);
    return first && object_text_in(first->now, ns) ? first : NULL;
}

static bool is_deleting(const struct object_text *text)
{
    return json_text_get(text->text, text->len,
                         JSON_PATH("metadata", "deletionTimestamp"))
        .start;
}

static bool is_swept(const struct resource_def *def)
{
    return def->namespaced && def->verbs == BUILTIN_STORED;
}

/* Deletes all of one resource that is not being deleted yet; false: nothing to do. */
static bool sweep(struct api_server *server, const struct resource_def *def,
                  const char *ns, struct instant now)
{
    struct stored *at = first_in(server, def, ns);
    while (at && object_text_in(at->now, ns) && is_deleting(at->now))
        at = stored_next(at);
    if (!at || !object_text_in(at->now, ns))
        return false;
    struct arena *arena = arena_new();
    struct own_request request = {
        .account = "namespace-controller",
        .method = "DELETE",
        .target =
            arena_printf(arena, "/%s/%s/namespaces/%s/%s", *def->group ? "apis" : "api",
                         shape_api_version(arena, def), ns, def->plural),
    };
    bool done = own_request_send(server, &request, now);
    arena_free(&arena);
    return done;
}

/* Counts the finalizers of one resource's objects, those seen first first. */
static void count_finalizers(cJSON *counts, const struct object_text *text)
{
    struct err err;
    cJSON *object = json_parse(text->text, text->len, &err);
    json_each (item, json_at(object, "metadata", "finalizers")) {
        const char *name = cJSON_IsString(item) ? item->valuestring : "";
        json_set(counts, json_number(json_int(counts, 0, name) + 1), name);
    }
    json_free(object);
}

static void look_at(struct api_server *server, const struct resource_def *def,
                    const char *ns, struct remains *remains, cJSON *counts)
{
    int64_t count = 0;
    for (struct stored *at = first_in(server, def, ns);
         at && object_text_in(at->now, ns); at = stored_next(at)) {
        count++;
        count_finalizers(counts, at->now);
    }
    if (!count)
        return;
    remains->any = true;
    strbuf_addf(&remains->content, "%s%s.%s has %lld resource instances",
                remains->content.len ? ", " : "", def->plural, def->group,
                (long long)count);
}

/* Of two versions, or of events' two groups, one speaks for the storage. */
static bool speaks_for_storage(const struct registry *registry, size_t index)
{
    const struct resource_def *def = registry_at(registry, index);
    for (size_t i = 0; i < index; i++) {
        if (strcmp(registry_at(registry, i)->storage, def->storage) == 0)
            return false;
    }
    return true;
}

static void add_condition(cJSON *conditions, struct arena *arena, struct instant now,
                          const char *const words[4])
{
    static const char *const names[] = {"type", "status", "reason", "message"};
    cJSON *condition = json_push(conditions, json_object());
    for (size_t i = 0; i < 4; i++)
        json_set_str(condition, words[i], names[i]);
    json_set_str(condition, own_request_time(arena, now), "lastTransitionTime");
}

/* Says what holds it up. */
static bool report(struct api_server *server, const char *ns,
                   const struct remains *remains, struct instant now)
{
    struct arena *arena = arena_new();
    cJSON *conditions = json_array();
    const char *content =
        arena_printf(arena, "Some resources are remaining: %s", remains->content.text);
    const char *finalizers = arena_printf(
        arena, "Some content in the namespace has finalizers remaining: %s",
        remains->finalizers.text);
    bool remain = remains->content.len > 0, held = remains->finalizers.len > 0;
    const char *const rows[][4] = {
        {"NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered",
         "All resources successfully discovered"},
        {"NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions",
         "All legacy kube types successfully parsed"},
        {"NamespaceDeletionContentFailure", "False", "ContentDeleted",
         "All content successfully deleted, may be waiting on finalization"},
        {"NamespaceContentRemaining", remain ? "True" : "False",
         remain ? "SomeResourcesRemain" : "ContentRemoved",
         remain ? content : "All content successfully removed"},
        {"NamespaceFinalizersRemaining", held ? "True" : "False",
         held ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
         held ? finalizers : "All content-preserving finalizers finished"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        add_condition(conditions, arena, now, rows[i]);
    bool done = own_request_set_conditions(
        server, "namespace-controller",
        arena_printf(arena, "/api/v1/namespaces/%s", ns), conditions, now);
    arena_free(&arena);
    return done;
}

static bool finalize(struct api_server *server, const char *ns, struct instant now)
{
    struct arena *arena = arena_new();
    struct own_request request = {
        .account = "namespace-controller",
        .method = "PUT",
        .target = arena_printf(arena, "/api/v1/namespaces/%s/finalize", ns),
        .body =
            arena_printf(arena,
                         "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":"
                         "{\"name\":\"%s\"},\"spec\":{\"finalizers\":[]}}",
                         ns)};
    bool done = own_request_send(server, &request, now);
    arena_free(&arena);
    return done;
}

static bool is_pods(const struct resource_def *def)
{
    return !*def->group && strcmp(def->plural, "pods") == 0;
}

/* Deletes the pods or all the rest, and says what remains. True: it deleted some. */
static bool end_content(struct api_server *server, const char *ns, bool pods,
                        struct remains *remains, struct instant now)
{
    const struct registry *registry = server->registry;
    cJSON *counts = json_object();
    bool swept = false;
    size_t count = registry_count(registry);
    for (size_t i = 0; i < count && !swept; i++) {
        const struct resource_def *def = registry_at(registry, i);
        if (!is_swept(def) || !speaks_for_storage(registry, i) || is_pods(def) != pods)
            continue;
        swept = sweep(server, def, ns, now);
        look_at(server, def, ns, remains, counts);
    }
    json_each (item, counts) {
        strbuf_addf(&remains->finalizers, "%s%s in %lld resource instances",
                    remains->finalizers.len ? ", " : "", item->string,
                    (long long)item->valuedouble);
    }
    json_free(counts);
    return swept;
}

/* Pods go first, all of them, before anything else does (KEP-5080). While some are left
 * the conditions do not say so. */
bool namespace_step(struct api_server *server, const char *ns, struct instant now)
{
    struct remains remains = {0};
    strbuf_init(&remains.content, 4096);
    strbuf_init(&remains.finalizers, 4096);
    bool done = end_content(server, ns, true, &remains, now);
    if (remains.any) {
        strbuf_reset(&remains.content);
        strbuf_reset(&remains.finalizers);
    } else if (!done) {
        done = end_content(server, ns, false, &remains, now);
    }
    if (!done)
        done =
            remains.any ? report(server, ns, &remains, now) : finalize(server, ns, now);
    strbuf_fini(&remains.content);
    strbuf_fini(&remains.finalizers);
    return done;
}
