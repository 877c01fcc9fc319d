#include "test/apiserver/server/own_request.h"

#include "kubeclient/api/rfc3339.h"

#include <stdio.h>
#include <string.h>

static int send_as(struct api_server *server, const struct own_request *request,
                   struct instant now, struct api_answer *answer)
{
    static const char *const groups[] = {
        "system:serviceaccounts", "system:serviceaccounts:kube-system",
        "system:authenticated", "system:masters", NULL};
    char name[128];
    snprintf(name, sizeof name, "system:serviceaccount:kube-system:%s",
             request->account);
    struct api_user user = {.name = name, .groups = groups};
    struct api_request sent = {.method = request->method,
                               .target = request->target,
                               .content_type = request->content_type
                                                   ? request->content_type
                                                   : "application/json",
                               .accept = "",
                               .user = &user,
                               .user_agent = strcmp(request->account, "bootstrap") == 0
                                                 ? "kube-apiserver"
                                                 : "kube-controller-manager",
                               .body = request->body ? request->body : "",
                               .body_len = request->body ? strlen(request->body) : 0};
    api_server_handle(server, &sent, now, answer);
    return answer->status;
}

bool own_request_send(struct api_server *server, const struct own_request *request,
                      struct instant now)
{
    struct api_answer answer;
    int status = send_as(server, request, now, &answer);
    api_answer_fini(&answer);
    return status >= 200 && status < 300;
}

static bool same(const cJSON *a, const cJSON *b, const char *name)
{
    return json_equal(json_at(a, name), json_at(b, name));
}

/* True where all are as they were. */
static bool keep_times(const cJSON *held, cJSON *conditions)
{
    bool unchanged = json_count(held) == json_count(conditions);
    for (cJSON *it = conditions->child; it; it = it->next) {
        const cJSON *before = json_find(held, "type", json_str_or(it, "", "type"));
        if (before && same(before, it, "status"))
            json_set_str(it, json_str(before, "lastTransitionTime"),
                         "lastTransitionTime");
        unchanged = unchanged && before && same(before, it, "status") &&
                    same(before, it, "message");
    }
    return unchanged;
}

bool own_request_set_conditions(struct api_server *server, const char *account,
                                const char *path, cJSON *conditions, struct instant now)
{
    struct arena *arena = arena_new();
    struct own_request get = {.account = account, .method = "GET", .target = path};
    struct api_answer answer;
    send_as(server, &get, now, &answer);
    struct err err;
    cJSON *object = json_parse(answer.body.text, answer.body.len, &err);
    api_answer_fini(&answer);
    bool changed = !keep_times(json_at(object, "status", "conditions"), conditions);
    cJSON *patch = json_object();
    json_set(patch, conditions, "status", "conditions");
    struct strbuf body;
    strbuf_init(&body, 64 * 1024);
    json_print(&body, patch);
    if (changed) {
        struct own_request update = {.account = account,
                                     .method = "PATCH",
                                     .target = arena_printf(arena, "%s/status", path),
                                     .content_type = "application/merge-patch+json",
                                     .body = body.text};
        changed = own_request_send(server, &update, now);
    }
    strbuf_fini(&body);
    json_free(patch);
    json_free(object);
    arena_free(&arena);
    return changed;
}

const char *own_request_time(struct arena *arena, struct instant now)
{
    char text[RFC3339_SIZE];
    rfc3339_format(now.wall_ms, text);
    return arena_strdup(arena, text);
}
