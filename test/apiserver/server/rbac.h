/* rbac.h - may this user do this? RBAC over the roles and bindings as they are.
 *
 * Rules are read anew for each question through the source: the server's own store.
 * system:masters may do everything. Pure.
 */
#ifndef BERTH_APISERVER_RBAC_H
#define BERTH_APISERVER_RBAC_H

#include "test/apiserver/server/api_server.h"

/* What is asked, as in authorization.k8s.io ResourceAttributes. */
struct rbac_question {
    const char *verb; /* get list watch create update patch delete deletecollection bind
                         escalate ... */
    const char *group, *resource, *subresource; /* subresource "" without */
    const char *ns, *name;                      /* "" for all */
    const char *path; /* of a non-resource URL; NULL: a resource is asked for */
};

/* Where rules come from: the stored objects of a kind in rbac.authorization.k8s.io/v1.
 * Borrowed until the next call. */
struct rbac_source {
    /* An object by plural, namespace ("" cluster-wide) and name; NULL: none. */
    const cJSON *(*get)(void *ctx, const char *plural, const char *ns,
                        const char *name);
    /* Calls `each` for all of a plural in a namespace until it returns false. */
    void (*walk)(void *ctx, const char *plural, const char *ns,
                 bool (*each)(void *each_ctx, const cJSON *object), void *each_ctx);
    void *ctx;
};

bool rbac_allows(const struct rbac_source *source, const struct api_user *user,
                 const struct rbac_question *question);

/* Creating or changing a role needs its rules in hand, and a binding those of its role
 * or `bind` on it (escalation). True: allowed; else `*missing` (owned text) names what
 * the user lacks, as the API server does, or is NULL where the role of a binding is not
 * there. `object` is a (Cluster)Role(Binding). */
WARN_UNUSED bool rbac_may_grant(const struct rbac_source *source,
                                const struct api_user *user, const cJSON *object,
                                char **missing);

/* SelfSubjectRulesReview's status for a namespace: what `kubectl auth can-i --list`
 * shows. Owned. */
cJSON *rbac_rules_of(const struct rbac_source *source, const struct api_user *user,
                     const char *ns);

#endif
