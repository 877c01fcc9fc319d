#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "test/apiserver/server/auth.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/verbs.h"
#include "test/apiserver/server/write.h"

#include <string.h>

enum { DEFAULT_S = 3600, MIN_S = 600, TOKEN_LEN = 43 };

/* The body is no ServiceAccount but a TokenRequest. */
static bool read_request(struct call *call, cJSON **request)
{
    if (!call_body(call, request))
        return false;
    const char *kind = json_str_or(*request, "TokenRequest", "kind");
    if (cJSON_IsObject(*request) && strcmp(kind, "TokenRequest") == 0)
        return true;
    return call_refuse(call, 400, "BadRequest",
                       "the object provided is unrecognized (must be of type "
                       "TokenRequest)");
}

static bool refuse_short(struct call *call, int64_t seconds)
{
    static const char field[] = "spec.expirationSeconds";
    const char *message =
        arena_printf(call->arena,
                     "Invalid value: %lld: may not specify a duration less than 10 "
                     "minutes",
                     (long long)seconds);
    call_refuse(call, 422, "Invalid",
                "TokenRequest.authentication.k8s.io \"\" is invalid: %s: %s", field,
                message);
    refusal_set_details(call->refusal, "authentication.k8s.io", "TokenRequest", NULL);
    refusal_add_cause(call->refusal, "FieldValueInvalid", field, message);
    return false;
}

bool verb_create_token(struct call *call)
{
    cJSON *request;
    struct stored *stored;
    const cJSON *account;
    if (!read_request(call, &request) || !write_find(call, &stored, &account))
        return false;
    int64_t seconds = json_int(request, DEFAULT_S, "spec", "expirationSeconds");
    if (seconds < MIN_S)
        return refuse_short(call, seconds);
    char token[TOKEN_LEN + 1], expires[RFC3339_SIZE];
    server_random_name(call->server, token, TOKEN_LEN);
    int64_t expires_ms = call->now.wall_ms + seconds * 1000;
    rfc3339_format(expires_ms, expires);
    if (!call_dry_run(call))
        auth_add_account(call->server->auth, token,
                         &(struct account_token){.ns = call->ns,
                                                 .name = call->name,
                                                 .uid = kube_uid(account),
                                                 .expires_ms = expires_ms});
    json_set_str(request, "TokenRequest", "kind");
    json_set_str(request, "authentication.k8s.io/v1", "apiVersion");
    json_set_str(request, call->name, "metadata", "name");
    json_set_str(request, call->ns, "metadata", "namespace");
    json_set_str(request, call_time(call), "metadata", "creationTimestamp");
    json_set(request, json_number(seconds), "spec", "expirationSeconds");
    if (!json_count(json_at(request, "spec", "audiences")))
        json_push(json_set(request, json_array(), "spec", "audiences"),
                  json_string("https://kubernetes.default.svc"));
    json_set_str(request, token, "status", "token");
    json_set_str(request, expires, "status", "expirationTimestamp");
    call_answer(call, 201, request);
    return true;
}
