#include "test/apiserver/server/admit.h"

#include "kubeclient/base/json_text.h"
#include "test/apiserver/server/crd.h"
#include "test/apiserver/server/namespace.h"
#include "test/apiserver/server/server_state.h"

#include <stdlib.h>
#include <string.h>

static bool admit_namespace(struct call *call)
{
    if (!call->def->namespaced)
        return true;
    switch (namespace_state(call->server, call->ns)) {
    case NAMESPACE_ACTIVE:
        return true;
    case NAMESPACE_MISSING:
        call_refuse(call, 404, "NotFound", "namespaces \"%s\" not found", call->ns);
        refusal_set_details(call->refusal, NULL, "namespaces", call->ns);
        return false;
    case NAMESPACE_TERMINATING:
        break;
    }
    call_refuse_forbidden(
        call, arena_printf(call->arena,
                           "unable to create new content in namespace %s because it is "
                           "being terminated",
                           call->ns));
    refusal_add_cause(
        call->refusal, "NamespaceTerminating", "metadata.namespace",
        arena_printf(call->arena, "namespace %s is being terminated", call->ns));
    return false;
}

/* Instances of a CRD that is being deleted are only deleted. */
static bool admit_instance(struct call *call)
{
    if (!call->def->custom)
        return true;
    const struct storage *crds = server_storage_named(call->server, CRD_STORAGE);
    const struct stored *crd = storage_get(
        crds, "",
        arena_printf(call->arena, "%s.%s", call->def->plural, call->def->group));
    if (!crd || !json_text_get(crd->now->text, crd->now->len,
                               JSON_PATH("metadata", "deletionTimestamp"))
                     .start)
        return true;
    return call_refuse_forbidden(call, "create not allowed while custom resource "
                                       "definition is terminating");
}

bool admit_creation(struct call *call)
{
    return admit_instance(call) && admit_namespace(call);
}

/* ---- OwnerReferencesPermissionEnforcement */

static bool may(struct call *call, const struct rbac_question *question)
{
    struct rbac_source source = server_rbac(call->server);
    return rbac_allows(&source, &call->user, question);
}

static bool blocks(const cJSON *owner)
{
    return json_bool(owner, false, "blockOwnerDeletion");
}

/* Did `former` already block the deletion of this owner? */
static bool blocked_before(const cJSON *former, const cJSON *owner)
{
    const cJSON *same = json_find(json_at(former, "metadata", "ownerReferences"), "uid",
                                  json_str_or(owner, "", "uid"));
    return same && blocks(same);
}

static bool may_block(struct call *call, const cJSON *owner)
{
    const char *api_version = json_str_or(owner, "", "apiVersion");
    const char *slash = strchr(api_version, '/');
    const char *group =
        slash ? arena_strndup(call->arena, api_version, (size_t)(slash - api_version))
              : "";
    const struct resource_def *def = registry_find_kind(call->server->registry, group,
                                                        slash ? slash + 1 : api_version,
                                                        json_str_or(owner, "", "kind"));
    if (!def)
        return call_refuse_forbidden(
            call, arena_printf(call->arena,
                               "cannot set blockOwnerDeletion in this case because "
                               "cannot find RESTMapping for APIVersion %s Kind %s: no "
                               "matches for kind \"%s\" in version \"%s\"",
                               api_version, json_str_or(owner, "", "kind"),
                               json_str_or(owner, "", "kind"), api_version));
    struct rbac_question question = {.verb = "update",
                                     .group = def->group,
                                     .resource = def->plural,
                                     .subresource = "finalizers",
                                     .ns = def->namespaced ? call->ns : "",
                                     .name = json_str_or(owner, "", "name")};
    if (may(call, &question))
        return true;
    return call_refuse_forbidden(call, "cannot set blockOwnerDeletion if an "
                                       "ownerReference refers to a resource you can't "
                                       "set finalizers on: , <nil>");
}

/* Whoever may finalize everything is not asked owner by owner. */
static bool may_block_all(struct call *call)
{
    return may(call, &(struct rbac_question){.verb = "update",
                                             .group = "*",
                                             .resource = "*",
                                             .subresource = "finalizers",
                                             .ns = "",
                                             .name = "*"});
}

static bool admit_owners(struct call *call, const cJSON *former, const cJSON *object)
{
    const cJSON *before = json_at(former, "metadata", "ownerReferences");
    const cJSON *after = json_at(object, "metadata", "ownerReferences");
    if (json_equal(before, after) || (!json_count(before) && !json_count(after)))
        return true;
    if (former) {
        struct rbac_question question = {.verb = "delete",
                                         .group = call->group,
                                         .resource = call->resource,
                                         .subresource = "",
                                         .ns = call->ns,
                                         .name = call->name};
        if (!may(call, &question))
            return call_refuse_forbidden(call, "cannot set an ownerRef on a resource "
                                               "you can't delete: , <nil>");
    }
    bool all = may_block_all(call);
    json_each (owner, after) {
        if (!all && blocks(owner) && !blocked_before(former, owner) &&
            !may_block(call, owner))
            return false;
    }
    return true;
}

/* ---- escalation */

static bool admit_grant(struct call *call, const cJSON *object)
{
    if (strcmp(call->def->group, "rbac.authorization.k8s.io") != 0)
        return true;
    struct rbac_source source = server_rbac(call->server);
    char *missing = NULL;
    if (rbac_may_grant(&source, &call->user, object, &missing))
        return true;
    /* The real server, too, puts the name of the role behind the kind of the binding.
     */
    if (!missing)
        return call_refuse_not_found(call, json_str_or(object, "", "roleRef", "name"));
    const char *why = arena_strdup(call->arena, missing);
    free(missing);
    return call_refuse_forbidden(call, why);
}

bool admit_object(struct call *call, const cJSON *former, const cJSON *object)
{
    return admit_owners(call, former, object) && admit_grant(call, object);
}
