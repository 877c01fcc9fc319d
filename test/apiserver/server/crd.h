/* crd.h - CustomResourceDefinitions: from the object to resources that are served.
 *
 * Plays the API server's part and that of its controllers: names are accepted, the
 * resources established, and at the end instances deleted before the CRD goes. CEL
 * rules are stored and not evaluated. Pure.
 */
#ifndef BERTH_APISERVER_CRD_H
#define BERTH_APISERVER_CRD_H

#include "test/apiserver/server/call.h"

#define CRD_STORAGE "apiextensions.k8s.io/customresourcedefinitions"

/* Completes a new one: names, conversion. */
void crd_begin(cJSON *crd);

WARN_UNUSED bool crd_validate(struct call *call, const cJSON *former, const cJSON *crd);

/* Serves what the CRD says from now on, and writes into its status that it does. Called
 * right before it is stored. */
void crd_establish(struct api_server *server, cJSON *crd, struct instant now);

/* It is gone: nothing of it is served, its watches end. */
void crd_removed(struct api_server *server, const cJSON *crd);

/* One step of the end of a CRD; false: it waits for finalizers. */
bool crd_step(struct api_server *server, const char *name, struct instant now);

#endif
