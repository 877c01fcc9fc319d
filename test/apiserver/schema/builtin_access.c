/* builtin_access.c - who may do what, and reach whom: rbac, reviews, policies of
 * networks. */
#include "test/apiserver/schema/builtin_table.h"

#include <stddef.h>

const char *const builtin_rbac[] = {
    "Role@: rules[]:PolicyRule",
    "PolicyRule: apiGroups[] nonResourceURLs[] resourceNames[] resources[] verbs![]",
    "RoleBinding@: roleRef!:RoleRef={} subjects[]:Subject",
    "RoleRef*: apiGroup?=rbac.authorization.k8s.io kind! name!",
    "Subject*: apiGroup kind! name! namespace",
    "ClusterRole@: aggregationRule:AggregationRule rules[]:PolicyRule",
    "AggregationRule: clusterRoleSelectors[]:meta.LabelSelector",
    "ClusterRoleBinding@: roleRef!:RoleRef={} subjects[]:Subject",
    NULL,
};

const char *const builtin_authentication[] = {
    "TokenReview@: spec!:TokenReviewSpec={} status:TokenReviewStatus={}",
    "TokenReviewSpec: audiences[] token!",
    "TokenReviewStatus: audiences[] authenticated:bool error user:UserInfo={}",
    "UserInfo: extra{}[] groups[] uid username",
    "SelfSubjectReview@: status:SelfSubjectReviewStatus={}",
    "SelfSubjectReviewStatus: userInfo:UserInfo={}",
    NULL,
};

const char *const builtin_authorization[] = {
    "SubjectAccessReview@: spec!:SubjectAccessReviewSpec={}",
    "    status:SubjectAccessReviewStatus={}",
    "SubjectAccessReviewSpec: extra{}[] groups[]",
    "    nonResourceAttributes:NonResourceAttributes",
    "    resourceAttributes:ResourceAttributes uid user",
    "NonResourceAttributes: path verb",
    "ResourceAttributes: fieldSelector:FieldSelectorAttributes group",
    "    labelSelector:LabelSelectorAttributes name namespace resource subresource",
    "    verb version",
    "FieldSelectorAttributes: rawSelector",
    "    requirements[]:meta.FieldSelectorRequirement",
    "LabelSelectorAttributes: rawSelector",
    "    requirements[]:meta.LabelSelectorRequirement",
    "SubjectAccessReviewStatus: allowed!:bool denied:bool evaluationError reason",
    "SelfSubjectAccessReview@: spec!:SelfSubjectAccessReviewSpec={}",
    "    status:SubjectAccessReviewStatus={}",
    "SelfSubjectAccessReviewSpec: nonResourceAttributes:NonResourceAttributes",
    "    resourceAttributes:ResourceAttributes",
    "SelfSubjectRulesReview@: spec!:SelfSubjectRulesReviewSpec={}",
    "    status:SubjectRulesReviewStatus={}",
    "SelfSubjectRulesReviewSpec: namespace",
    "SubjectRulesReviewStatus: evaluationError incomplete!:bool",
    "    nonResourceRules![]:NonResourceRule resourceRules![]:ResourceRule",
    "NonResourceRule: nonResourceURLs[] verbs![]",
    "ResourceRule: apiGroups[] resourceNames[] resources[] verbs![]",
    "LocalSubjectAccessReview@: spec!:SubjectAccessReviewSpec={}",
    "    status:SubjectAccessReviewStatus={}",
    NULL,
};

const char *const builtin_networking[] = {
    "NetworkPolicy@: spec:NetworkPolicySpec={}",
    "NetworkPolicySpec: egress[]:NetworkPolicyEgressRule",
    "    ingress[]:NetworkPolicyIngressRule podSelector:meta.LabelSelector={}",
    "    policyTypes[]",
    "NetworkPolicyEgressRule: ports[]:NetworkPolicyPort to[]:NetworkPolicyPeer",
    "NetworkPolicyPort: endPort?:int port?:intOrString protocol?=TCP",
    "NetworkPolicyPeer: ipBlock:IPBlock namespaceSelector:meta.LabelSelector",
    "    podSelector:meta.LabelSelector",
    "IPBlock: cidr! except[]",
    "NetworkPolicyIngressRule: from[]:NetworkPolicyPeer ports[]:NetworkPolicyPort",
    NULL,
};
