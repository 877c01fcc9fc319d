#include "test/apiserver/server/auth.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/json_text.h"
#include "test/apiserver/server/rbac.h"
#include "test/apiserver/server/server_state.h"

#include <stdio.h>
#include <string.h>

struct credential {
    char *token;
    struct api_user user;
    char *ns, *account, *uid; /* of a ServiceAccount; NULL: of the table */
    int64_t expires_ms;       /* wall clock; INT64_MAX: never */
};

struct auth {
    struct map tokens; /* to credentials, by their token */
};

struct auth *auth_new(uint64_t seed)
{
    struct auth *auth = xcalloc(1, sizeof *auth);
    map_init_borrowed(&auth->tokens, seed);
    return auth;
}

static char **copy_groups(const char *const *groups)
{
    size_t count = 0;
    while (groups && groups[count])
        count++;
    char **copy = xcalloc(count + 1, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = xstrdup(groups[i]);
    return copy;
}

static void credential_free(struct credential *credential)
{
    char **groups = (char **)(uintptr_t)credential->user.groups;
    for (size_t i = 0; groups[i]; i++)
        free(groups[i]);
    free(groups);
    free((char *)(uintptr_t)credential->user.name);
    free(credential->token);
    free(credential->ns);
    free(credential->account);
    free(credential->uid);
    free(credential);
}

void auth_free(struct auth **auth_ptr)
{
    struct auth *auth = *auth_ptr;
    if (!auth)
        return;
    size_t at = 0;
    const char *token;
    void *credential;
    while (map_next(&auth->tokens, &at, &token, &credential))
        credential_free(credential);
    map_fini(&auth->tokens);
    free(auth);
    *auth_ptr = NULL;
}

static struct credential *put(struct auth *auth, const char *token,
                              const struct api_user *user)
{
    struct credential *credential = xcalloc(1, sizeof *credential);
    credential->token = xstrdup(token);
    credential->user.name = xstrdup(user->name);
    credential->user.groups = (const char *const *)copy_groups(user->groups);
    credential->expires_ms = INT64_MAX;
    struct credential *former = map_put(&auth->tokens, credential->token, credential);
    if (former)
        credential_free(former);
    return credential;
}

void auth_add(struct auth *auth, const char *token, const struct api_user *user)
{
    (void)put(auth, token, user);
}

void auth_add_account(struct auth *auth, const char *token,
                      const struct account_token *account)
{
    char name[600], group[300];
    snprintf(name, sizeof name, "system:serviceaccount:%s:%s", account->ns,
             account->name);
    snprintf(group, sizeof group, "system:serviceaccounts:%s", account->ns);
    const char *const groups[] = {"system:serviceaccounts", group,
                                  "system:authenticated", NULL};
    struct credential *credential =
        put(auth, token, &(struct api_user){.name = name, .groups = groups});
    credential->ns = xstrdup(account->ns);
    credential->account = xstrdup(account->name);
    credential->uid = xstrdup(account->uid);
    credential->expires_ms = account->expires_ms;
}

/* A token of a ServiceAccount holds while that very account exists. */
static bool account_exists(const struct api_server *server,
                           const struct credential *credential)
{
    const struct storage *storage = server_storage_named(server, "/serviceaccounts");
    const struct stored *account =
        storage ? storage_get(storage, credential->ns, credential->account) : NULL;
    if (!account)
        return false;
    struct json_slice uid = json_text_get(account->now->text, account->now->len,
                                          JSON_PATH("metadata", "uid"));
    return uid.start && strlen(credential->uid) == uid.len &&
           memcmp(uid.start, credential->uid, uid.len) == 0;
}

const struct api_user *auth_find(struct api_server *server, const char *token,
                                 struct instant now)
{
    const struct credential *credential = map_get(&server->auth->tokens, token);
    if (!credential || credential->expires_ms <= now.wall_ms)
        return NULL;
    if (credential->account && !account_exists(server, credential))
        return NULL;
    return &credential->user;
}

const char *auth_uid(const struct auth *auth, const char *token)
{
    const struct credential *credential = map_get(&auth->tokens, token);
    return credential && credential->uid ? credential->uid : "";
}

void auth_expire(struct auth *auth, struct instant now)
{
    size_t at = 0;
    const char *token;
    void *value;
    while (map_next(&auth->tokens, &at, &token, &value)) {
        struct credential *credential = value;
        if (credential->expires_ms > now.wall_ms)
            continue;
        map_remove(&auth->tokens, token);
        credential_free(credential);
    }
}

bool auth_identify(struct call *call)
{
    static const char *const anonymous_groups[] = {"system:unauthenticated", NULL};
    const struct api_request *request = call->request;
    if (request->user) {
        call->user = *request->user;
        return true;
    }
    if (!request->token) {
        call->user =
            (struct api_user){.name = "system:anonymous", .groups = anonymous_groups};
        return true;
    }
    const struct api_user *user = auth_find(call->server, request->token, call->now);
    if (!user)
        return call_refuse(call, 401, "Unauthorized", "Unauthorized");
    call->user = *user;
    return true;
}

static const char *where(struct call *call)
{
    if (!*call->ns)
        return "at the cluster scope";
    return arena_printf(call->arena, "in the namespace \"%s\"", call->ns);
}

bool auth_authorize(struct call *call)
{
    return auth_authorize_verb(call, call->verb);
}

bool auth_authorize_verb(struct call *call, const char *verb)
{
    struct rbac_question question = {.verb = verb,
                                     .group = call->group,
                                     .resource = call->resource,
                                     .subresource = call->subresource,
                                     .ns = call->ns,
                                     .name = call->name,
                                     .path = call->is_resource ? NULL : call->path};
    struct rbac_source source = server_rbac(call->server);
    if (rbac_allows(&source, &call->user, &question))
        return true;
    if (!call->is_resource)
        return call_refuse(call, 403, "Forbidden",
                           "forbidden: User \"%s\" cannot %s path \"%s\"",
                           call->user.name, verb, call->path);
    const char *slash = *call->subresource ? "/" : "";
    return call_refuse_forbidden(
        call, arena_printf(call->arena,
                           "User \"%s\" cannot %s resource \"%s%s%s\" in API group "
                           "\"%s\" %s",
                           call->user.name, verb, call->resource, slash,
                           call->subresource, call->group, where(call)));
}
