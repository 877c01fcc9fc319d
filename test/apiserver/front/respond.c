#include "test/apiserver/front/respond.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "test/apiserver/front/fault_endpoint.h"
#include "test/apiserver/front/status_answer.h"
#include "test/apiserver/front/verb.h"
#include "test/apiserver/server/auth.h"

#include <stdio.h>
#include <string.h>

static bool match(struct service *service, const struct request *request,
                  bool (*matches)(struct fault_rules *, const struct fault_request *,
                                  struct fault_effects *),
                  struct fault_effects *effects)
{
    const char *token = request_token(request);
    const struct api_user *user =
        token ? auth_find(service->server, token, service->options.now()) : NULL;
    auto_free char *path = xstrndup(request->target, strcspn(request->target, "?"));
    return matches(service->faults,
                   &(struct fault_request){
                       .user = user ? user->name : "system:anonymous",
                       .method = request->method,
                       .path = path,
                       .verb = verb_of(request->method, request->target),
                   },
                   effects);
}

bool respond_match_open(struct service *service, const struct request *request,
                        struct fault_effects *effects)
{
    return match(service, request, fault_rules_match_open, effects);
}

/* Where a ServiceAccount's namespace begins; NULL: another user. */
static const char *account_namespace(const char *user)
{
    static const char PREFIX[] = "system:serviceaccount:";
    return ascii_has_prefix(user, PREFIX) ? user + sizeof PREFIX - 1 : NULL;
}

static void handle_as(struct service *service, const struct request *request,
                      struct api_request *call, struct api_answer *answer)
{
    const char *groups[REQUEST_GROUPS_MAX + 4];
    size_t count = 0;
    char of_namespace[512];
    struct api_user user = {.name = request_header(request, REQUEST_IMPERSONATE_USER),
                            .groups = groups};
    for (; count < request->group_count; count++)
        groups[count] = request->groups[count];
    const char *ns = account_namespace(user.name);
    if (ns && count == 0) {
        snprintf(of_namespace, sizeof of_namespace, "system:serviceaccounts:%.*s",
                 (int)strcspn(ns, ":"), ns);
        groups[count++] = "system:serviceaccounts";
        groups[count++] = of_namespace;
    }
    groups[count++] = "system:authenticated";
    groups[count] = NULL;
    call->user = &user;
    api_server_handle(service->server, call, service->options.now(), answer);
    call->user = NULL;
}

static void handle(struct service *service, const struct request *request,
                   struct api_answer *answer)
{
    const char *as = request_header(request, REQUEST_IMPERSONATE_USER);
    const char *token = request_token(request);
    struct api_request call = {
        .method = request->method,
        .target = request->target,
        .content_type = request_header(request, REQUEST_CONTENT_TYPE),
        .accept = request_header(request, REQUEST_ACCEPT),
        .token = token,
        .user_agent = request_header(request, REQUEST_USER_AGENT),
        .body = request->body.text,
        .body_len = request->body.len,
    };
    if (!*as && request->group_count)
        answer_with_status(answer, 400, "groups are impersonated with a user only");
    else if (!*as)
        api_server_handle(service->server, &call, service->options.now(), answer);
    else if (token && strcmp(token, service->options.admin_token) == 0)
        handle_as(service, request, &call, answer);
    else
        answer_with_status(answer, 403, "only the administrator may impersonate");
}

void respond(struct service *service, const struct request *request,
             struct fault_effects *effects, struct api_answer *answer)
{
    *effects = fault_none();
    if (fault_endpoint_serves(request)) {
        fault_endpoint_answer(service, request, answer);
        return;
    }
    if (!fault_rules_empty(service->faults))
        match(service, request, fault_rules_match, effects);
    if (effects->compact)
        api_server_compact(service->server);
    if (!effects->status) {
        handle(service, request, answer);
        return;
    }
    answer_with_status(answer, effects->status, "a fault that was asked for");
    answer->retry_after_s = effects->retry_after_s;
}
