/* object.h - the metadata that every Kubernetes object has. All results are borrowed.
 */
#ifndef BERTH_API_OBJECT_H
#define BERTH_API_OBJECT_H

#include "kubeclient/api/resource.h"
#include "kubeclient/base/json.h"

const char *kube_name(const cJSON *object);      /* "" where missing */
const char *kube_namespace(const cJSON *object); /* "" where missing */
const char *kube_uid(const cJSON *object);       /* "" where missing */
const char *kube_resource_version(const cJSON *object);
int64_t kube_generation(const cJSON *object);                  /* 0 where missing */
const char *kube_label(const cJSON *object, const char *name); /* NULL: not set */
const char *kube_annotation(const cJSON *object, const char *name); /* NULL: not set */
bool kube_deleting(const cJSON *object); /* has a deletionTimestamp */

bool kube_has_finalizer(const cJSON *object, const char *finalizer);

/* The controller's ownerReference (controller: true), or NULL. */
const cJSON *kube_controller_of(const cJSON *object);

/* A new object with apiVersion, kind, metadata.name and, if given, namespace. Owned. */
cJSON *kube_object(struct arena *arena, const struct kube_resource *resource,
                   const char *ns, const char *name);

/* A merge patch that sets the finalizers to those of `object` plus or minus one,
 * guarded by metadata.uid and metadata.resourceVersion of `object`. Owned. */
cJSON *kube_finalizer_patch(const cJSON *object, const char *finalizer, bool present);

/* resourceVersions of one resource compare as integers (KEP-5504). Returns <0, 0, >0;
 * text that is no number falls back to comparing length, then bytes. */
int kube_compare_versions(const char *a, const char *b);

#endif
