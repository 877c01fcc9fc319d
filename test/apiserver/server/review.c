#include "test/apiserver/server/review.h"

#include "test/apiserver/server/auth.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/write.h"

#include <string.h>

static cJSON *user_info(const struct api_user *user, const char *uid)
{
    cJSON *info = json_object();
    json_set_str(info, user->name, "username");
    if (*uid)
        json_set_str(info, uid, "uid");
    cJSON *groups = json_set(info, json_array(), "groups");
    for (const char *const *at = user->groups; at && *at; at++)
        json_push(groups, json_string(*at));
    return info;
}

static bool review_self(struct call *call, cJSON *review)
{
    const char *token = call->request->token;
    const char *uid = token ? auth_uid(call->server->auth, token) : "";
    json_set(review, user_info(&call->user, uid), "status", "userInfo");
    return true;
}

static bool review_token(struct call *call, cJSON *review)
{
    const char *token = json_str_or(review, "", "spec", "token");
    const struct api_user *user = auth_find(call->server, token, call->now);
    cJSON *status = json_set(review, json_object(), "status");
    if (!user) {
        json_set(status, json_object(), "user");
        json_set_str(status, "invalid bearer token", "error");
        return true;
    }
    json_set(status, json_boolean(true), "authenticated");
    json_set(status, user_info(user, auth_uid(call->server->auth, token)), "user");
    cJSON *audiences = json_set(status, json_array(), "audiences");
    json_push(audiences, json_string("https://kubernetes.default.svc"));
    return true;
}

/* ---- may they? */

static const char *const *groups_of(struct call *call, const cJSON *array)
{
    const char **groups =
        arena_alloc(call->arena, (json_count(array) + 1) * sizeof *groups);
    size_t count = 0;
    json_each (item, array) {
        if (cJSON_IsString(item))
            groups[count++] = item->valuestring;
    }
    return groups;
}

/* The real one names no kind here. */
static bool refuse_both(struct call *call)
{
    static const char message[] = "Invalid value: null: exactly one of "
                                  "nonResourceAttributes or resourceAttributes must be "
                                  "specified";
    call_refuse(call, 422, "Invalid", ".%s \"\" is invalid: spec: %s", call->group,
                message);
    refusal_set_details(call->refusal, call->group, NULL, NULL);
    refusal_add_cause(call->refusal, "FieldValueInvalid", "spec", message);
    return false;
}

static bool review_access(struct call *call, cJSON *review)
{
    const cJSON *spec = json_at(review, "spec");
    const cJSON *resource = json_at(spec, "resourceAttributes");
    const cJSON *path = json_at(spec, "nonResourceAttributes");
    if (!resource == !path)
        return refuse_both(call);
    struct api_user user = call->user;
    if (strcmp(call->def->kind, "SelfSubjectAccessReview") != 0)
        user = (struct api_user){.name = json_str_or(spec, "", "user"),
                                 .groups = groups_of(call, json_at(spec, "groups"))};
    const cJSON *asked = resource ? resource : path;
    struct rbac_question question = {
        .verb = json_str_or(asked, "", "verb"),
        .group = json_str_or(asked, "", "group"),
        .resource = json_str_or(asked, "", "resource"),
        .subresource = json_str_or(asked, "", "subresource"),
        .ns = json_str_or(asked, "", "namespace"),
        .name = json_str_or(asked, "", "name"),
        .path = path ? json_str_or(asked, "", "path") : NULL};
    struct rbac_source source = server_rbac(call->server);
    json_set(review, json_boolean(rbac_allows(&source, &user, &question)), "status",
             "allowed");
    return true;
}

static bool review_rules(struct call *call, cJSON *review)
{
    const char *ns = json_str_or(review, "", "spec", "namespace");
    if (!*ns)
        return call_refuse(call, 400, "BadRequest", "no namespace on request");
    struct rbac_source source = server_rbac(call->server);
    json_set(review, rbac_rules_of(&source, &call->user, ns), "status");
    return true;
}

bool review_answer(struct call *call)
{
    static const struct {
        const char *kind;
        bool (*review)(struct call *call, cJSON *review);
    } kinds[] = {
        {"SelfSubjectReview", review_self},
        {"TokenReview", review_token},
        {"SelfSubjectAccessReview", review_access},
        {"SubjectAccessReview", review_access},
        {"LocalSubjectAccessReview", review_access},
        {"SelfSubjectRulesReview", review_rules},
    };
    cJSON *review;
    if (!write_decode(call, &review))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].kind, call->def->kind) != 0)
            continue;
        if (!kinds[i].review(call, review))
            return false;
        call_answer(call, 201, review);
        return true;
    }
    return call_refuse(call, 404, "NotFound",
                       "the server could not find the requested resource");
}
