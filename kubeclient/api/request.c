#include "kubeclient/api/request.h"

#include <string.h>

/* Past the server's timeoutSeconds before the client gives a watch up by itself. */
static const int64_t WATCH_GRACE_MS = 15 * 1000;

/* A page may hold hundreds of objects; each line of a watch holds one. */
static const size_t PAGE_MAX = 64 * 1024 * 1024;

static const size_t PATH_MAX_LEN = 8 * 1024;
static const size_t BODY_MAX_LEN = 3 * 1024 * 1024; /* the API server's own limit */

static const char *take_text(struct arena *arena, struct strbuf *buf)
{
    const char *text = arena_strndup(arena, buf->text, buf->len);
    strbuf_fini(buf);
    return text;
}

static void add_segment(struct strbuf *path, const char *segment)
{
    if (!segment || segment[0] == '\0')
        return;
    strbuf_addc(path, '/');
    strbuf_add_url(path, segment);
}

static void add_path(struct strbuf *path, const struct kube_resource *resource,
                     const char *ns, const char *name, const char *subresource)
{
    strbuf_adds(path, resource->group[0] ? "/apis" : "/api");
    add_segment(path, resource->group);
    add_segment(path, resource->version);
    if (resource->namespaced && ns && ns[0]) {
        strbuf_adds(path, "/namespaces");
        add_segment(path, ns);
    }
    add_segment(path, resource->plural);
    add_segment(path, name);
    add_segment(path, subresource);
}

static void add_query(struct strbuf *path, const char *name, const char *value)
{
    if (!value)
        return;
    strbuf_addc(path, strchr(path->text, '?') ? '&' : '?');
    strbuf_adds(path, name);
    strbuf_addc(path, '=');
    strbuf_add_url(path, value);
}

const char *kube_path(struct arena *arena, const struct kube_resource *resource,
                      const char *ns, const char *name, const char *subresource)
{
    struct strbuf path;
    strbuf_init(&path, PATH_MAX_LEN);
    add_path(&path, resource, ns, name, subresource);
    return take_text(arena, &path);
}

static struct kube_request request_on(enum kube_method method, enum kube_lane lane,
                                      const char *verb, const char *path)
{
    return (struct kube_request){
        .method = method,
        .lane = lane,
        .verb = verb,
        .path = path,
        .deadline_ms = KUBE_DEADLINE_MS,
        .max_response = KUBE_RESPONSE_MAX,
    };
}

struct kube_request kube_request_get(struct arena *arena,
                                     const struct kube_resource *resource,
                                     const char *ns, const char *name)
{
    return request_on(KUBE_GET, KUBE_LANE_WRITE, "get",
                      kube_path(arena, resource, ns, name, NULL));
}

struct kube_request kube_request_version(struct arena *arena)
{
    return request_on(KUBE_GET, KUBE_LANE_WRITE, "get",
                      arena_strdup(arena, "/version"));
}

static void add_selection(struct strbuf *path, const struct kube_resource *resource,
                          const struct kube_selection *selection)
{
    add_path(path, resource, selection->ns, NULL, NULL);
    add_query(path, "labelSelector", selection->label_selector);
    add_query(path, "fieldSelector", selection->field_selector);
}

struct kube_request kube_request_list(struct arena *arena,
                                      const struct kube_resource *resource,
                                      const struct kube_selection *selection,
                                      const char *token, int limit)
{
    struct strbuf path;
    strbuf_init(&path, PATH_MAX_LEN);
    add_selection(&path, resource, selection);
    add_query(&path, "limit", arena_printf(arena, "%d", limit));
    add_query(&path, "continue", token);
    struct kube_request request =
        request_on(KUBE_GET, KUBE_LANE_WATCH, "list", take_text(arena, &path));
    request.max_response = PAGE_MAX;
    return request;
}

struct kube_request kube_request_watch(struct arena *arena,
                                       const struct kube_resource *resource,
                                       const struct kube_selection *selection,
                                       const struct kube_watch_options *options)
{
    struct strbuf path;
    strbuf_init(&path, PATH_MAX_LEN);
    add_selection(&path, resource, selection);
    add_query(&path, "watch", "1");
    add_query(&path, "allowWatchBookmarks", "true");
    add_query(&path, "timeoutSeconds",
              arena_printf(arena, "%d", options->timeout_seconds));
    if (options->initial_events) {
        add_query(&path, "sendInitialEvents", "true");
        add_query(&path, "resourceVersionMatch", "NotOlderThan");
    }
    add_query(&path, "resourceVersion", options->resource_version);
    struct kube_request request =
        request_on(KUBE_GET, KUBE_LANE_WATCH, "watch", take_text(arena, &path));
    request.stream = true;
    request.deadline_ms = (int64_t)options->timeout_seconds * 1000 + WATCH_GRACE_MS;
    return request;
}

/* A write with `body` to the target; the path of a create ends with the collection. */
static struct kube_request write_request(struct arena *arena, enum kube_method method,
                                         const struct kube_target *target,
                                         const char *field_manager, const cJSON *body)
{
    struct strbuf path;
    strbuf_init(&path, PATH_MAX_LEN);
    const char *name = method == KUBE_POST ? NULL : target->name;
    add_path(&path, target->resource, target->ns, name, target->subresource);
    add_query(&path, "fieldManager", field_manager);
    struct kube_request request =
        request_on(method, KUBE_LANE_WRITE, "update", take_text(arena, &path));

    struct strbuf text;
    strbuf_init(&text, BODY_MAX_LEN);
    json_print(&text, body);
    request.body_len = text.len;
    request.body = take_text(arena, &text);
    request.content_type = "application/json";
    return request;
}

struct kube_request kube_request_apply(struct arena *arena,
                                       const struct kube_target *target,
                                       const char *field_manager, const cJSON *intent)
{
    struct kube_request request =
        write_request(arena, KUBE_PATCH, target, field_manager, intent);
    request.path = arena_printf(arena, "%s&force=true", request.path);
    request.content_type = "application/apply-patch+yaml";
    request.verb = "apply";
    return request;
}

struct kube_request kube_request_apply_dry_run(struct arena *arena,
                                               const struct kube_target *target,
                                               const char *field_manager,
                                               const cJSON *intent)
{
    struct kube_request request =
        kube_request_apply(arena, target, field_manager, intent);
    request.path = arena_printf(arena, "%s&dryRun=All", request.path);
    return request;
}

struct kube_request kube_request_merge_patch(struct arena *arena,
                                             const struct kube_target *target,
                                             const char *field_manager,
                                             const cJSON *patch)
{
    struct kube_request request =
        write_request(arena, KUBE_PATCH, target, field_manager, patch);
    request.content_type = "application/merge-patch+json";
    request.verb = "patch";
    return request;
}

struct kube_request kube_request_json_patch(struct arena *arena,
                                            const struct kube_target *target,
                                            const char *field_manager,
                                            const cJSON *patch)
{
    struct kube_request request =
        write_request(arena, KUBE_PATCH, target, field_manager, patch);
    request.content_type = "application/json-patch+json";
    request.verb = "patch";
    return request;
}

struct kube_request kube_request_replace(struct arena *arena,
                                         const struct kube_target *target,
                                         const char *field_manager, const cJSON *object)
{
    return write_request(arena, KUBE_PUT, target, field_manager, object);
}

struct kube_request kube_request_create(struct arena *arena,
                                        const struct kube_target *target,
                                        const char *field_manager, const cJSON *object)
{
    struct kube_request request =
        write_request(arena, KUBE_POST, target, field_manager, object);
    request.verb = "create";
    return request;
}

struct kube_request kube_request_delete(struct arena *arena,
                                        const struct kube_target *target,
                                        const char *uid, const char *version)
{
    auto_json cJSON *options = json_object();
    json_set_str(options, "v1", "apiVersion");
    json_set_str(options, "DeleteOptions", "kind");
    json_set_str(options, uid, "preconditions", "uid");
    json_set_str(options, version, "preconditions", "resourceVersion");
    json_set_str(options, "Background", "propagationPolicy");
    struct kube_request request =
        write_request(arena, KUBE_DELETE, target, NULL, options);
    request.verb = "delete";
    return request;
}
