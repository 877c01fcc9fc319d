#include "test/apiserver/server/protobuf.h"

#define STRING(number, name)                                                           \
    {                                                                                  \
        number, name, PROTO_STRING, false, NULL                                        \
    }
#define STRINGS(number, name)                                                          \
    {                                                                                  \
        number, name, PROTO_STRING, true, NULL                                         \
    }
#define BOOL(number, name)                                                             \
    {                                                                                  \
        number, name, PROTO_BOOL, false, NULL                                          \
    }
#define INT(number, name)                                                              \
    {                                                                                  \
        number, name, PROTO_INT, false, NULL                                           \
    }
#define MESSAGE(number, name, type)                                                    \
    {                                                                                  \
        number, name, PROTO_MESSAGE, false, &(type)                                    \
    }
#define MESSAGES(number, name, type)                                                   \
    {                                                                                  \
        number, name, PROTO_MESSAGE, true, &(type)                                     \
    }
#define MAP(number, name)                                                              \
    {                                                                                  \
        number, name, PROTO_STRING_MAP, false, NULL                                    \
    }
#define IGNORED(number, name)                                                          \
    {                                                                                  \
        number, name, PROTO_IGNORED, false, NULL                                       \
    }
#define END                                                                            \
    {                                                                                  \
        0, NULL, PROTO_IGNORED, false, NULL                                            \
    }

/* clang-format off: a table reads best as one. */
#define FIELDS(...)                                                                    \
    (const struct proto_field[])                                                       \
    {                                                                                  \
        __VA_ARGS__, END                                                               \
    }

static const struct proto_message owner_reference = {
    NULL, FIELDS(STRING(1, "kind"), STRING(3, "name"), STRING(4, "uid"),
                 STRING(5, "apiVersion"), BOOL(6, "controller"),
                 BOOL(7, "blockOwnerDeletion"))};

static const struct proto_message object_meta = {
    NULL,
    FIELDS(STRING(1, "name"), STRING(2, "generateName"), STRING(3, "namespace"),
           IGNORED(4, "selfLink"), STRING(5, "uid"), STRING(6, "resourceVersion"),
           INT(7, "generation"), IGNORED(8, "creationTimestamp"),
           IGNORED(9, "deletionTimestamp"), IGNORED(10, "deletionGracePeriodSeconds"),
           MAP(11, "labels"), MAP(12, "annotations"),
           MESSAGES(13, "ownerReferences", owner_reference),
           STRINGS(14, "finalizers"))};

#define METADATA MESSAGE(1, "metadata", object_meta)
#define STATUS IGNORED(3, "status")

/* authorization.k8s.io */
static const struct proto_message resource_attributes = {
    NULL, FIELDS(STRING(1, "namespace"), STRING(2, "verb"), STRING(3, "group"),
                 STRING(4, "version"), STRING(5, "resource"), STRING(6, "subresource"),
                 STRING(7, "name"))};
static const struct proto_message path_attributes = {
    NULL, FIELDS(STRING(1, "path"), STRING(2, "verb"))};
static const struct proto_message access_spec = {
    NULL, FIELDS(MESSAGE(1, "resourceAttributes", resource_attributes),
                 MESSAGE(2, "nonResourceAttributes", path_attributes),
                 STRING(3, "user"), STRINGS(4, "groups"), STRING(6, "uid"))};
static const struct proto_message self_access_review = {
    "SelfSubjectAccessReview",
    FIELDS(METADATA, MESSAGE(2, "spec", access_spec), STATUS)};
static const struct proto_message access_review = {
    "SubjectAccessReview", FIELDS(METADATA, MESSAGE(2, "spec", access_spec), STATUS)};
static const struct proto_message local_access_review = {
    "LocalSubjectAccessReview",
    FIELDS(METADATA, MESSAGE(2, "spec", access_spec), STATUS)};
static const struct proto_message rules_spec = {NULL, FIELDS(STRING(1, "namespace"))};
static const struct proto_message rules_review = {
    "SelfSubjectRulesReview", FIELDS(METADATA, MESSAGE(2, "spec", rules_spec), STATUS)};

/* authentication.k8s.io */
static const struct proto_message self_review = {
    "SelfSubjectReview", FIELDS(METADATA, IGNORED(2, "status"))};
static const struct proto_message token_spec = {
    NULL, FIELDS(STRINGS(1, "audiences"),
                 {4, "expirationSeconds", PROTO_INT_SET, false, NULL})};
static const struct proto_message token_request = {
    "TokenRequest", FIELDS(METADATA, MESSAGE(2, "spec", token_spec), STATUS)};
static const struct proto_message token_review_spec = {
    NULL, FIELDS(STRING(1, "token"), STRINGS(2, "audiences"))};
static const struct proto_message token_review = {
    "TokenReview", FIELDS(METADATA, MESSAGE(2, "spec", token_review_spec), STATUS)};

/* core */
static const struct proto_message namespace_spec = {NULL,
                                                    FIELDS(STRINGS(1, "finalizers"))};
static const struct proto_message namespace = {
    "Namespace", FIELDS(METADATA, MESSAGE(2, "spec", namespace_spec), STATUS)};
static const struct proto_message config_map = {
    "ConfigMap",
    FIELDS(METADATA, MAP(2, "data"), {3, "binaryData", PROTO_BYTES_MAP, false, NULL},
           BOOL(4, "immutable"))};
static const struct proto_message secret = {
    "Secret", FIELDS(METADATA, {2, "data", PROTO_BYTES_MAP, false, NULL},
                     STRING(3, "type"), MAP(4, "stringData"), BOOL(5, "immutable"))};
static const struct proto_message object_name = {NULL, FIELDS(STRING(1, "name"))};
static const struct proto_message object_reference = {
    NULL, FIELDS(STRING(1, "kind"), STRING(2, "namespace"), STRING(3, "name"),
                 STRING(4, "uid"), STRING(5, "apiVersion"),
                 STRING(6, "resourceVersion"), STRING(7, "fieldPath"))};
static const struct proto_message service_account = {
    "ServiceAccount", FIELDS(METADATA, MESSAGES(2, "secrets", object_reference),
                             MESSAGES(3, "imagePullSecrets", object_name),
                             BOOL(4, "automountServiceAccountToken"))};

/* rbac.authorization.k8s.io */
static const struct proto_message policy_rule = {
    NULL, FIELDS(STRINGS(1, "verbs"), STRINGS(2, "apiGroups"), STRINGS(3, "resources"),
                 STRINGS(4, "resourceNames"), STRINGS(5, "nonResourceURLs"))};
static const struct proto_message role_ref = {
    NULL, FIELDS(STRING(1, "apiGroup"), STRING(2, "kind"), STRING(3, "name"))};
static const struct proto_message subject = {
    NULL, FIELDS(STRING(1, "kind"), STRING(2, "apiGroup"), STRING(3, "name"),
                 STRING(4, "namespace"))};
static const struct proto_message role = {
    "Role", FIELDS(METADATA, MESSAGES(2, "rules", policy_rule))};
static const struct proto_message cluster_role = {
    "ClusterRole", FIELDS(METADATA, MESSAGES(2, "rules", policy_rule))};
static const struct proto_message role_binding = {
    "RoleBinding", FIELDS(METADATA, MESSAGES(2, "subjects", subject),
                          MESSAGE(3, "roleRef", role_ref))};
static const struct proto_message cluster_role_binding = {
    "ClusterRoleBinding", FIELDS(METADATA, MESSAGES(2, "subjects", subject),
                                 MESSAGE(3, "roleRef", role_ref))};

/* meta.k8s.io and autoscaling */
static const struct proto_message preconditions = {
    NULL, FIELDS(STRING(1, "uid"), STRING(2, "resourceVersion"))};
static const struct proto_message delete_options = {
    "DeleteOptions",
    FIELDS({1, "gracePeriodSeconds", PROTO_INT_SET, false, NULL},
           MESSAGE(2, "preconditions", preconditions), BOOL(3, "orphanDependents"),
           STRING(4, "propagationPolicy"), STRINGS(5, "dryRun"))};
static const struct proto_message scale_spec = {
    NULL, FIELDS({1, "replicas", PROTO_INT_SET, false, NULL})};
static const struct proto_message scale = {
    "Scale", FIELDS(METADATA, MESSAGE(2, "spec", scale_spec), STATUS)};
/* clang-format on */

const struct proto_message *const proto_kinds[] = {&self_access_review,
                                                   &access_review,
                                                   &local_access_review,
                                                   &rules_review,
                                                   &self_review,
                                                   &token_request,
                                                   &token_review,
                                                   &namespace,
                                                   &config_map,
                                                   &secret,
                                                   &service_account,
                                                   &role,
                                                   &cluster_role,
                                                   &role_binding,
                                                   &cluster_role_binding,
                                                   &delete_options,
                                                   &scale,
                                                   NULL};
