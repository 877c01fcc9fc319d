/* config_hash.h - one number for everything that a runtime's pods are configured by.
 *
 * The hash stands on the pod template; another hash rolls the pods. So what is hashed
 * is a contract with every cluster that Berth runs in: absent and empty members are
 * left out, so that a later Berth with a new member keeps all existing hashes
 * (test/unit/reconcilers/test_config_hash.c, test/golden/agentruntime/hash_*).
 */
#ifndef BERTH_RECONCILERS_SHARED_CONFIG_HASH_H
#define BERTH_RECONCILERS_SHARED_CONFIG_HASH_H

#include "kubeclient/base/sha256.h"
#include "reconcilers/shared/skills.h"

struct config_inputs {
    const cJSON *spec;           /* the runtime's */
    const struct skills *skills; /* the effective ones: none while the gate is off */
    const cJSON *defaults;       /* merged; see defaults.h */
};

/* What is hashed, as a tree. Owned. */
cJSON *config_document(const struct config_inputs *inputs);

/* Lowercase hex SHA-256 of the canonical form of config_document(). */
void config_hash(const struct config_inputs *inputs, char hex[SHA256_HEX_SIZE]);

#endif
