/* image_reference.h - OCI image references:
 * [registry[:port]/]repository[:tag][@digest].
 *
 * The grammar is that of the distribution project's reference package, which the
 * kubelet and the container runtimes use.
 */
#ifndef BERTH_RECONCILERS_SHARED_IMAGE_REFERENCE_H
#define BERTH_RECONCILERS_SHARED_IMAGE_REFERENCE_H

#include <stdbool.h>

bool image_reference_valid(const char *reference);

/* The pull policy that the API server puts in where none is given: Always for :latest
 * and for a reference with neither tag nor digest, else IfNotPresent. Static. */
const char *image_default_pull_policy(const char *reference);

#endif
