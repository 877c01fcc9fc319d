#include "test/apiserver/server/route.h"

#include "kubeclient/base/ascii.h"
#include "test/apiserver/server/review.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/verbs.h"
#include "test/apiserver/server/views.h"

#include <string.h>

enum { SEGMENTS_MAX = 16 };

/* ---- the target */

static int hex_value(char c)
{
    if (ascii_digit(c))
        return c - '0';
    c = ascii_to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decoded; NULL where it is malformed or holds a NUL. */
static const char *decode(struct arena *arena, const char *text, size_t len, bool plus)
{
    char *out = arena_alloc(arena, len + 1);
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '+' && plus)
            c = ' ';
        if (c == '%') {
            int high = i + 2 < len ? hex_value(text[i + 1]) : -1;
            int low = high >= 0 ? hex_value(text[i + 2]) : -1;
            if (low < 0 || high * 16 + low == 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        out[at++] = c;
    }
    return out;
}

static bool parse_query(struct call *call, const char *query)
{
    struct query_param **last = &call->params;
    while (*query) {
        size_t len = strcspn(query, "&");
        size_t name_len = strcspn(query, "=&");
        size_t skip = name_len < len ? name_len + 1 : name_len;
        if (len) {
            struct query_param *param = arena_alloc(call->arena, sizeof *param);
            param->name = decode(call->arena, query, name_len, true);
            param->value = decode(call->arena, query + skip, len - skip, true);
            if (!param->name || !param->value)
                return false;
            *last = param;
            last = &param->next;
        }
        query += len + (query[len] == '&');
    }
    return true;
}

/* Splits call->path; empty segments are dropped, as a mux does. */
static size_t split(struct call *call, const char *segments[SEGMENTS_MAX])
{
    size_t count = 0;
    for (const char *at = call->path; *at;) {
        at += strspn(at, "/");
        size_t len = strcspn(at, "/");
        if (len && count < SEGMENTS_MAX)
            segments[count++] = arena_strndup(call->arena, at, len);
        at += len;
    }
    return count;
}

/* namespaces/NS/RESOURCE[/NAME[/SUB]] or RESOURCE[/NAME[/SUB]]. A namespace itself is
 * its own namespace, as for authorization. */
static void place(struct call *call, const char *const *segments, size_t count)
{
    size_t at = 0;
    if (count >= 2 && strcmp(segments[0], "namespaces") == 0) {
        call->ns = segments[1];
        bool inside = count > 2 && strcmp(segments[2], "status") != 0 &&
                      strcmp(segments[2], "finalize") != 0;
        at = inside ? 2 : 0;
    }
    call->resource = segments[at];
    if (at + 1 < count)
        call->name = segments[at + 1];
    if (at + 2 < count)
        call->subresource = segments[at + 2];
}

static void parse_path(struct call *call)
{
    const char *segments[SEGMENTS_MAX] = {0};
    size_t count = split(call, segments), at = 0;
    if (count >= 3 && strcmp(segments[0], "api") == 0) {
        call->version = segments[1];
        at = 2;
    } else if (count >= 4 && strcmp(segments[0], "apis") == 0) {
        call->group = segments[1];
        call->version = segments[2];
        at = 3;
    } else {
        return;
    }
    call->is_resource = true;
    place(call, segments + at, count - at);
    /* More than a subresource is not served. */
    if (count - at <= (call->resource == segments[at] ? 3U : 5U))
        call->def = registry_find(call->server->registry, call->group, call->version,
                                  call->resource);
}

/* ---- the verb */

static const char *verb_of(const struct call *call)
{
    const char *method = call->request->method;
    if (!call->is_resource) { /* in lower case, as non-resource rules have it */
        char *lower = arena_strdup(call->arena, method);
        for (char *c = lower; *c; c++)
            *c = ascii_to_lower(*c);
        return lower;
    }
    if (strcmp(method, "POST") == 0)
        return "create";
    if (strcmp(method, "PUT") == 0)
        return "update";
    if (strcmp(method, "PATCH") == 0)
        return "patch";
    if (strcmp(method, "DELETE") == 0)
        return *call->name ? "delete" : "deletecollection";
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return "";
    if (*call->name)
        return "get";
    return call_flag(call, "watch") ? "watch" : "list";
}

bool route_parse(struct call *call)
{
    const char *target = call->request->target;
    size_t path_len = strcspn(target, "?");
    call->path = decode(call->arena, target, path_len, false);
    if (!call->path || call->path[0] != '/' ||
        (target[path_len] && !parse_query(call, target + path_len + 1))) {
        call->path = "/";
        return call_refuse(call, 400, "BadRequest", "malformed request target");
    }
    parse_path(call);
    call->verb = verb_of(call);
    return true;
}

/* ---- what answers */

typedef bool verb_fn(struct call *call);

struct route {
    const char *verb;
    const char *subresource;
    bool named; /* with an object's name */
    verb_fn *answer;
};

static const struct route routes[] = {
    {"list", "", false, verb_list},
    {"watch", "", false, verb_watch},
    {"create", "", false, verb_create},
    {"deletecollection", "", false, verb_delete_collection},
    {"get", "", true, verb_get},
    {"update", "", true, verb_update},
    {"patch", "", true, verb_patch},
    {"delete", "", true, verb_delete},
    {"get", "status", true, verb_get},
    {"update", "status", true, verb_update},
    {"patch", "status", true, verb_patch},
    {"get", "scale", true, verb_get_scale},
    {"update", "scale", true, verb_update_scale},
    {"patch", "scale", true, verb_patch_scale},
    {"update", "finalize", true, verb_update},
    {"create", "token", true, verb_create_token},
    {"create", "binding", true, verb_create_binding},
    {NULL, NULL, false, NULL},
};

static bool has_subresource(const struct resource_def *def, const char *subresource)
{
    if (!*subresource)
        return true;
    if (strcmp(subresource, "status") == 0)
        return def->has_status;
    if (strcmp(subresource, "scale") == 0)
        return def->has_scale;
    const char *owner = strcmp(subresource, "finalize") == 0  ? "/namespaces"
                        : strcmp(subresource, "token") == 0   ? "/serviceaccounts"
                        : strcmp(subresource, "binding") == 0 ? "/pods"
                                                              : "";
    return strcmp(def->storage, owner) == 0;
}

static bool refuse_unknown(struct call *call)
{
    return call_refuse(call, 404, "NotFound",
                       "the server could not find the requested resource");
}

/* Of a custom resource the server says that of the object, be it there or not. */
static bool refuse_subresource(struct call *call)
{
    if (!call->def->custom)
        return refuse_unknown(call);
    return call_refuse(call, 404, "NotFound", "%s \"%s\" not found",
                       call_resource_name(call), call->name);
}

static bool refuse_method(struct call *call)
{
    return call_refuse(call, 405, "MethodNotAllowed",
                       "the server does not allow this method on the requested "
                       "resource");
}

static bool dispatch_resource(struct call *call)
{
    const struct resource_def *def = call->def;
    if (!def)
        return refuse_unknown(call);
    if (!has_subresource(def, call->subresource))
        return refuse_subresource(call);
    if (*call->ns && !def->namespaced && strcmp(def->storage, "/namespaces") != 0)
        return refuse_unknown(call);
    if (strcmp(call->request->method, "HEAD") == 0)
        return refuse_method(call);
    if (def->verbs == BUILTIN_CREATE_ONLY)
        return strcmp(call->verb, "create") == 0 && !*call->name ? review_answer(call)
                                                                 : refuse_method(call);
    if (strcmp(def->storage, "/namespaces") == 0 &&
        strcmp(call->verb, "deletecollection") == 0)
        return refuse_method(call);
    bool needs_ns = def->namespaced && !*call->ns;
    for (const struct route *route = routes; route->verb; route++) {
        if (strcmp(route->verb, call->verb) != 0 ||
            strcmp(route->subresource, call->subresource) != 0 ||
            route->named != (*call->name != '\0'))
            continue;
        /* Across namespaces one can only look. */
        if (needs_ns && (route->named || strcmp(call->verb, "create") == 0 ||
                         strcmp(call->verb, "deletecollection") == 0))
            return refuse_method(call);
        return route->answer(call);
    }
    return refuse_method(call);
}

static void answer_words(struct call *call, const char *words)
{
    call->answer->status = 200;
    call->answer->content_type = "text/plain; charset=utf-8";
    strbuf_adds(&call->answer->body, words);
}

static bool answer_version(struct call *call)
{
    cJSON *version = json_adopt(call->arena, json_object());
    const char *git = call->server->git_version;
    const char *minor = strchr(git, '.');
    json_set_str(version, arena_strndup(call->arena, git + 1, strcspn(git + 1, ".")),
                 "major");
    json_set_str(version,
                 minor ? arena_strndup(call->arena, minor + 1, strcspn(minor + 1, "."))
                       : "",
                 "minor");
    json_set_str(version, git, "gitVersion");
    json_set_str(version, "embedded", "gitCommit");
    json_set_str(version, "clean", "gitTreeState");
    json_set_str(version, "1970-01-01T00:00:00Z", "buildDate");
    json_set_str(version, "", "goVersion");
    json_set_str(version, "c17", "compiler");
    json_set_str(version, "berth/embedded", "platform");
    call_answer(call, 200, version);
    return true;
}

static bool is_health(const char *path)
{
    static const char *const paths[] = {"/healthz", "/livez", "/readyz", NULL};
    for (size_t i = 0; paths[i]; i++) {
        if (strcmp(path, paths[i]) == 0)
            return true;
    }
    return false;
}

bool route_dispatch(struct call *call)
{
    if (call->is_resource)
        return dispatch_resource(call);
    if (strcmp(call->verb, "get") != 0 && strcmp(call->verb, "head") != 0)
        return refuse_method(call);
    if (is_health(call->path)) {
        answer_words(call, "ok");
        return true;
    }
    if (strcmp(call->path, "/version") == 0)
        return answer_version(call);
    cJSON *body = discovery_answer(call->server->registry, call->path,
                                   call->request->accept, &call->answer->content_type);
    if (!body)
        body = openapi_answer(call->server->registry, call->path);
    if (!body)
        return refuse_unknown(call);
    call_answer(call, 200, json_adopt(call->arena, body));
    return true;
}
