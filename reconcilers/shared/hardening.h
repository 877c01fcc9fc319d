/* hardening.h - what a pod lacks of a security profile.
 *
 * Takes a pod's spec as others set it and says what to add so that its agent containers
 * meet the profile: identity, privileges, seccomp, and for `hardened` a read-only root
 * with writable paths. Fields that are set, for the pod or a container, are never
 * changed, and a default for a container never shadows a value of the pod. What comes
 * out is an intent: it can be merged into a pod that is being made, or applied to one
 * that others made. Pure.
 */
#ifndef BERTH_RECONCILERS_SHARED_HARDENING_H
#define BERTH_RECONCILERS_SHARED_HARDENING_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/json.h"

enum hardening_profile {
    HARDENING_NONE,
    HARDENING_RESTRICTED, /* meets the Pod Security Standard of that name */
    HARDENING_HARDENED,   /* and runs as nobody with a read-only root */
};

/* "none", "restricted", "hardened". False: another word. */
bool hardening_parse_profile(const char *word, enum hardening_profile *profile);

enum hardening_framework {
    FRAMEWORK_PYTHON,
    FRAMEWORK_PYTHON_OPENLLMETRY,
    FRAMEWORK_NODEJS,
    FRAMEWORK_JAVA,
    FRAMEWORK_GO,
};

bool hardening_parse_framework(const char *word, enum hardening_framework *framework);

enum { HARDENING_UNSET = -1 };

struct hardening {
    enum hardening_profile profile;
    enum hardening_framework framework;
    bool openshift; /* securityContext.mode: users and groups come from the namespace */
    int64_t run_as_user;  /* HARDENING_UNSET: the profile's, if it has one */
    int64_t run_as_group; /* likewise */
    int64_t fs_group;
    int64_t image_user;       /* of the identity table, for images that Berth chooses;
                                 HARDENING_UNSET: not known */
    const cJSON *size_limits; /* volume -> quantity; NULL: the defaults */
    const char *const *containers; /* names of the agent containers, ordinary or init;
                                      NULL-terminated */
};

/* What is missing, as a pod spec of only that; an empty object where nothing is. Lists
 * hold only what Berth adds, by their merge keys. Owned. */
cJSON *hardening_additions(const struct hardening *hardening, const cJSON *spec);

/* The pod or an agent container says runAsUser: 0. A profile that somebody asked for by
 * name is then held back. */
bool hardening_meets_root(const struct hardening *hardening, const cJSON *spec);

#endif
