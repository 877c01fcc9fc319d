/* expansion.h - the environment of a container as the kubelet hands it over.
 *
 * $(NAME) is replaced by the variables before it, $$ is a dollar sign, and what names
 * nothing stays as it is (k8s.io/kubernetes/third_party/forked/golang/expansion). Pure.
 */
#ifndef BERTH_SIMULATION_EXPANSION_H
#define BERTH_SIMULATION_EXPANSION_H

#include "kubeclient/base/json.h"
#include "kubeclient/base/strbuf.h"

/* Whether the variables of the pod's first container come to what is wanted, an object
 * by name; else `why` says which do not. */
bool pod_variables_are(const cJSON *pod, const cJSON *wanted, struct strbuf *why);

#endif
