/* builtin_meta.c - metadata of all kinds, events and leases. */
#include "test/apiserver/schema/builtin_table.h"

#include <stddef.h>

const char *const builtin_meta[] = {
    "ObjectMeta: annotations{} creationTimestamp:time",
    "    deletionGracePeriodSeconds?:int64 deletionTimestamp?:time finalizers[set]",
    "    generateName generation:int64 labels{} managedFields?[]:ManagedFieldsEntry",
    "    name namespace ownerReferences[uid]:OwnerReference resourceVersion",
    "    selfLink uid",
    "ManagedFieldsEntry: apiVersion fieldsType fieldsV1?:any manager operation",
    "    subresource time?:time",
    "OwnerReference*: apiVersion! blockOwnerDeletion?:bool controller?:bool kind!",
    "    name! uid!",
    "Condition: lastTransitionTime!:time message! observedGeneration:int64 reason!",
    "    status! type!",
    "LabelSelector*: matchExpressions[]:LabelSelectorRequirement matchLabels{}",
    "LabelSelectorRequirement: key! operator! values[]",
    "FieldSelectorRequirement: key! operator! values[]",
    NULL,
};

const char *const builtin_events[] = {
    "Event@: action deprecatedCount:int deprecatedFirstTimestamp:time",
    "    deprecatedLastTimestamp:time deprecatedSource:core.EventSource={}",
    "    eventTime!:microTime note reason regarding:core.ObjectReference={}",
    "    related:core.ObjectReference reportingController reportingInstance",
    "    series:EventSeries type",
    "EventSeries: count!:int lastObservedTime!:microTime",
    NULL,
};

const char *const builtin_coordination[] = {
    "Lease@: spec:LeaseSpec={}",
    "LeaseSpec: acquireTime?:microTime holderIdentity? leaseDurationSeconds?:int",
    "    leaseTransitions?:int preferredHolder? renewTime?:microTime strategy?",
    NULL,
};
