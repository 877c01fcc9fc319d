/* skills.h - skills from OCI images: their rules, and what mounts them.
 *
 * A skill is an image volume named skill-<name> and a read-only mount of it. Volumes,
 * mounts and SKILL_FOLDERS are in order of the skills' names, so that reordering the
 * list in a resource rolls no pods; what people read follows the resource's own order.
 * Strings are borrowed from the resource. Pure.
 */
#ifndef BERTH_RECONCILERS_SHARED_SKILLS_H
#define BERTH_RECONCILERS_SHARED_SKILLS_H

#include "kubeclient/base/json.h"

#include <stddef.h>

struct skill {
    const char *name, *image, *mount_path; /* "" where missing */
    const char *pull_policy;               /* NULL: as Kubernetes defaults it */
};

struct skills {
    const struct skill *items;          /* in the resource's order */
    const struct skill *const *by_name; /* the same, sorted by name */
    size_t len;
};

/* Reads spec.skills, as wrong as it may be; NULL gives none. */
struct skills skills_read(struct arena *arena, const cJSON *list);

const struct skill *skills_find(const struct skills *skills, const char *name);

/* Appends what is wrong, each as "spec.skills[I].FIELD: WHAT", separated by "; ". The
 * CRD has the same rules; they are checked again for an older CRD may be installed. */
void skills_check(struct arena *arena, const struct skills *skills,
                  struct strbuf *problems);

/* "skill-<name>" in the arena. */
const char *skill_volume_name(struct arena *arena, const struct skill *skill);

/* Owned; `pull_policy` NULL leaves the field out. */
cJSON *skill_volume(struct arena *arena, const struct skill *skill,
                    const char *pull_policy);
cJSON *skill_mount(struct arena *arena, const struct skill *skill);

/* The mount paths, joined by commas: the value of SKILL_FOLDERS. In the arena. */
const char *skills_folders(struct arena *arena, const struct skills *skills);

/* ["b","a"] in the resource's order: the value of the annotation. In the arena. */
const char *skills_annotation(struct arena *arena, const struct skills *skills);

#endif
