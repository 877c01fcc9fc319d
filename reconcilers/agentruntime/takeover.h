/* takeover.h - Berth's own things whose ownership got lost, and their way back.
 *
 * managedFields may have been cleared, an object restored without them, or a
 * predecessor may have written the same things in its own name. An apply alone would
 * then only make Berth a second owner, and its release would remove nothing. So the
 * ownership of exactly those paths is first moved to Berth by a patch of managedFields.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_TAKEOVER_H
#define BERTH_RECONCILERS_AGENTRUNTIME_TAKEOVER_H

#include "reconcilers/agentruntime/enrolment.h"
#include "reconcilers/agentruntime/ownership.h"

/* The JSON patch that moves what must be moved before an apply, or NULL. Owned. */
cJSON *takeover_patch(const struct enrolment *e);

/* The same before a release, which must also take what nobody owns. An apply must not:
 * as the only manager Berth would own the whole container that its entries sit in, and
 * its release would remove the container. Owned. */
cJSON *takeover_patch_for_release(const struct enrolment *e);

/* A volume or mount of the target counts as Berth's: Berth owns it, or ownership was
 * lost and nobody else has it. `known` says that Berth is known to have put it there.
 */
bool counts_as_berths(const struct enrolment *e, const struct field_path *path,
                      bool known);

/* The runtime's status says that Berth mounted this skill, and the target is the one
 * that it was mounted in. `mount_path` NULL: anywhere. */
bool was_mounted_by_berth(const struct enrolment *e, const char *volume,
                          const char *mount_path);

/* The first manager that owns the path and is neither Berth nor a predecessor. */
const char *owned_by_stranger(const struct enrolment *e, const struct field_path *path);

#endif
