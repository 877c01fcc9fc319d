/* labels.h - the labels, annotations and other names that users and tools see.
 *
 * The kagenti names are those of the kagenti operator, so that what selects on them
 * keeps working; the berth.dev ones are Berth's own.
 */
#ifndef BERTH_RECONCILERS_SHARED_LABELS_H
#define BERTH_RECONCILERS_SHARED_LABELS_H

#define LABEL_TYPE "kagenti.io/type" /* workload, pod template: agent or tool */
#define LABEL_MANAGED_BY "app.kubernetes.io/managed-by"
#define MANAGED_BY_VALUE "kagenti-operator"
#define LABEL_DEFAULTS "kagenti.io/defaults" /* on ConfigMaps: "true" */

#define ANNOTATION_RUNTIME                                                             \
    "berth.dev/runtime" /* workload: the runtime it belongs to                         \
                         */
#define ANNOTATION_SKILLS                                                              \
    "kagenti.io/skills" /* workload: JSON array of skill names                         \
                         */
#define ANNOTATION_CONFIG_HASH "kagenti.io/config-hash" /* pod template */
#define ANNOTATION_ABANDON "berth.dev/abandon" /* runtime: "true" skips the release */

#define FINALIZER_CLEANUP "kagenti.io/cleanup"

#define ENV_SKILL_FOLDERS "SKILL_FOLDERS"

#endif
