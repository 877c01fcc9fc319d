/* verb.h - what a request does, in the words of RBAC, as far as its target tells. Pure.
 */
#ifndef BERTH_APISERVER_VERB_H
#define BERTH_APISERVER_VERB_H

/* "get", "list", "watch", "create", "update", "patch", "delete" or "deletecollection";
 * "get" also for whatever is no resource. Static. `target` has its query. */
const char *verb_of(const char *method, const char *target);

#endif
