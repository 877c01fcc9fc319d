#include "test/apiserver/schema/builtin_columns.h"

#include <stddef.h>

const struct builtin_column columns_of_namespaces[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Status", "string", ".status.phase", 0},
    {"Age", "string", NULL, 0},
    {0},
};

const struct builtin_column columns_of_nodes[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Status", "string", NULL, 0},
    {"Roles", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {"Version", "string", ".status.nodeInfo.kubeletVersion", 0},
    {"Internal-IP", "string", NULL, 1},
    {"External-IP", "string", NULL, 1},
    {"OS-Image", "string", ".status.nodeInfo.osImage", 1},
    {"Kernel-Version", "string", ".status.nodeInfo.kernelVersion", 1},
    {"Container-Runtime", "string", ".status.nodeInfo.containerRuntimeVersion", 1},
    {0},
};

const struct builtin_column columns_of_configmaps[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Data", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {0},
};

const struct builtin_column columns_of_secrets[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Type", "string", ".type", 0},
    {"Data", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {0},
};

const struct builtin_column columns_of_serviceaccounts[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Age", "string", NULL, 0},
    {0},
};

const struct builtin_column columns_of_services[] = {
    {"Name", "string", ".metadata.name", 0}, {"Type", "string", ".spec.type", 0},
    {"Cluster-IP", "string", NULL, 0},       {"External-IP", "string", NULL, 0},
    {"Port(s)", "string", NULL, 0},          {"Age", "string", NULL, 0},
    {"Selector", "string", NULL, 1},         {0},
};

const struct builtin_column columns_of_endpoints[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Endpoints", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {0},
};

const struct builtin_column columns_of_pods[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Ready", "string", NULL, 0},
    {"Status", "string", NULL, 0},
    {"Restarts", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {"IP", "string", NULL, 1},
    {"Node", "string", NULL, 1},
    {"Nominated Node", "string", NULL, 1},
    {"Readiness Gates", "string", NULL, 1},
    {0},
};

const struct builtin_column columns_of_events[] = {
    {"Last Seen", "string", NULL, 0},
    {"Type", "string", ".type", 0},
    {"Reason", "string", ".reason", 0},
    {"Object", "string", NULL, 0},
    {"Subobject", "string", NULL, 1},
    {"Source", "string", NULL, 1},
    {"Message", "string", NULL, 0},
    {"First Seen", "string", NULL, 1},
    {"Count", "string", NULL, 1},
    {"Name", "string", ".metadata.name", 1},
    {0},
};

const struct builtin_column columns_of_limitranges[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Created At", "date", ".metadata.creationTimestamp", 0},
    {0},
};

const struct builtin_column columns_of_resourcequotas[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Request", "string", NULL, 0},
    {"Limit", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {0},
};

const struct builtin_column columns_of_persistentvolumeclaims[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Status", "string", NULL, 0},
    {"Volume", "string", ".spec.volumeName", 0},
    {"Capacity", "string", NULL, 0},
    {"Access Modes", "string", NULL, 0},
    {"StorageClass", "string", NULL, 0},
    {"VolumeAttributesClass", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {"VolumeMode", "string", NULL, 1},
    {0},
};

const struct builtin_column columns_of_deployments[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Ready", "string", NULL, 0},
    {"Up-to-date", "string", ".status.updatedReplicas", 0},
    {"Available", "string", ".status.availableReplicas", 0},
    {"Age", "string", NULL, 0},
    {"Containers", "string", NULL, 1},
    {"Images", "string", NULL, 1},
    {"Selector", "string", NULL, 1},
    {0},
};

const struct builtin_column columns_of_replicasets[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Desired", "integer", ".spec.replicas", 0},
    {"Current", "integer", ".status.replicas", 0},
    {"Ready", "integer", ".status.readyReplicas", 0},
    {"Age", "string", NULL, 0},
    {"Containers", "string", NULL, 1},
    {"Images", "string", NULL, 1},
    {"Selector", "string", NULL, 1},
    {0},
};

const struct builtin_column columns_of_statefulsets[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Ready", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {"Containers", "string", NULL, 1},
    {"Images", "string", NULL, 1},
    {0},
};

const struct builtin_column columns_of_daemonsets[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Desired", "integer", ".status.desiredNumberScheduled", 0},
    {"Current", "integer", ".status.currentNumberScheduled", 0},
    {"Ready", "integer", ".status.numberReady", 0},
    {"Up-to-date", "integer", ".status.updatedNumberScheduled", 0},
    {"Available", "integer", ".status.numberAvailable", 0},
    {"Node Selector", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {"Containers", "string", NULL, 1},
    {"Images", "string", NULL, 1},
    {"Selector", "string", NULL, 1},
    {0},
};

const struct builtin_column columns_of_controllerrevisions[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Controller", "string", NULL, 0},
    {"Revision", "string", ".revision", 0},
    {"Age", "string", NULL, 0},
    {0},
};

const struct builtin_column columns_of_jobs[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Status", "string", NULL, 0},
    {"Completions", "string", NULL, 0},
    {"Duration", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {"Containers", "string", NULL, 1},
    {"Images", "string", NULL, 1},
    {"Selector", "string", NULL, 1},
    {0},
};

const struct builtin_column columns_of_networkpolicies[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Pod-Selector", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {0},
};

const struct builtin_column columns_of_rolebindings[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Role", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {"Users", "string", NULL, 1},
    {"Groups", "string", NULL, 1},
    {"ServiceAccounts", "string", NULL, 1},
    {0},
};

const struct builtin_column columns_of_leases[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Holder", "string", ".spec.holderIdentity", 0},
    {"Age", "string", NULL, 0},
    {0},
};

const struct builtin_column columns_of_customresourcedefinitions[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Scope", "string", ".spec.scope", 0},
    {"Versions", "string", NULL, 0},
    {"Created At", "date", ".metadata.creationTimestamp", 0},
    {"Group", "string", ".spec.group", 1},
    {"Kind", "string", ".spec.names.kind", 1},
    {"ShortNames", "string", NULL, 1},
    {"Established", "boolean", NULL, 1},
    {0},
};

const struct builtin_column columns_of_validatingadmissionpolicies[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Validations", "integer", NULL, 0},
    {"ParamKind", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {0},
};

const struct builtin_column columns_of_validatingadmissionpolicybindings[] = {
    {"Name", "string", ".metadata.name", 0},
    {"PolicyName", "string", ".spec.policyName", 0},
    {"ParamRef", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {0},
};

const struct builtin_column columns_of_apiservices[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Service", "string", NULL, 0},
    {"Available", "string", NULL, 0},
    {"Age", "string", NULL, 0},
    {0},
};
