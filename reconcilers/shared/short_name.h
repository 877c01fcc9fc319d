/* short_name.h - one name made of another, within Kubernetes' limits.
 *
 * What fits is kept as it is. Anything else becomes a readable beginning and ten hex
 * digits of a hash of the whole identity, so that two long names, or `a.b` and `a-b`,
 * never share an object. Pure.
 */
#ifndef BERTH_RECONCILERS_SHARED_SHORT_NAME_H
#define BERTH_RECONCILERS_SHARED_SHORT_NAME_H

#include "kubeclient/base/arena.h"

enum { DNS_LABEL_MAX = 63 };

/* "PREFIX" + text + "SUFFIX" as a DNS label of at most 63 characters; `identity`, such
 * as "namespace/name", is what the hash is made of whenever the text had to be changed
 * in any way. */
const char *short_name(struct arena *arena, const char *prefix, const char *text,
                       const char *suffix, const char *identity);

#endif
