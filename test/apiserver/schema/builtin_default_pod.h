/* builtin_default_pod.h - defaults of pods and of the templates that make them. Pure.
 */
#ifndef BERTH_APISERVER_BUILTIN_DEFAULT_POD_H
#define BERTH_APISERVER_BUILTIN_DEFAULT_POD_H

#include "kubeclient/base/json.h"

/* What a PodSpec gets anywhere: pull policies by tag, both names of the account. */
void builtin_default_template(cJSON *spec);

/* What only a pod gets: requests from limits, host ports, its class of service. */
void builtin_default_pod(cJSON *pod);

/* Sets the member where nothing is set; consumes the value. */
void builtin_set_unless(cJSON *object, cJSON *value, const char *name);

#endif
