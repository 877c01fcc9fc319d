/* played_write.h - what an API server would make of a plan's writes, near enough.
 *
 * Server-side apply as it concerns one manager: fields it applied before and leaves out
 * now go, the intent is merged in, and managedFields say that it owns it. Merge
 * patches. No defaulting, no other managers' ownership: end-to-end tests show what is
 * true.
 */
#ifndef BERTH_RECONCILERS_PLAYED_WRITE_H
#define BERTH_RECONCILERS_PLAYED_WRITE_H

#include "reconcilers/plan.h"

/* A copy of `live` as it is after the write; NULL: a JSON patch or a delete, which this
 * does not play. Owned. */
cJSON *played_write(const struct plan_write *write, const cJSON *live);

#endif
