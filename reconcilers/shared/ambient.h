/* ambient.h - labels, annotations and names of sessions and projects that users and
 * other tools select on: upstream's, and Berth's own.
 */
#ifndef BERTH_RECONCILERS_SHARED_AMBIENT_H
#define BERTH_RECONCILERS_SHARED_AMBIENT_H

#define AMBIENT_LABEL_MANAGED "ambient-code.io/managed" /* "true" */
#define AMBIENT_LABEL_PROJECT "ambient-code.io/project-id"
#define AMBIENT_LABEL_MANAGED_BY "ambient-code.io/managed-by"
#define AMBIENT_MANAGED_BY "ambient-control-plane"
#define AMBIENT_LABEL_SESSION "ambient-code.io/session-id"
#define AMBIENT_LABEL_ROLE "ambient-code.io/role"
#define AMBIENT_MANAGED_SELECTOR AMBIENT_LABEL_MANAGED "=true"

#define AMBIENT_ANNOTATION_CREATED_BY "ambient-code.io/created-by" /* on a Project */
#define AMBIENT_ANNOTATION_RUNNER_SECRET "ambient-code.io/runner-secret"
#define AMBIENT_ANNOTATION_COPIED_FROM "vteam.ambient-code/copied-from"
/* On a Namespace: the uid of the Project that created it, and may delete it. */
#define ANNOTATION_CREATED_BY_PROJECT "berth.dev/created-by-project"

#define FINALIZER_PROJECT "vteam.ambient-code/project"

#define RUNNER_SECRET "ambient-runner-secrets"
#define RUNNER_SECRET_KEY "ANTHROPIC_API_KEY"
#define PROJECT_SETTINGS_NAME "projectsettings"

#endif
