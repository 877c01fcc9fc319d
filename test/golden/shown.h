/* shown.h - the parts of a plan that a golden is about.
 *
 * A path is words with spaces between, as those of a watch's projection are. A word is
 * a member, or, in a list, the item whose kind, name or type it is: "writes Pod body
 * spec containers ambient-code-runner env".
 */
#ifndef BERTH_TEST_SHOWN_H
#define BERTH_TEST_SHOWN_H

#include "kubeclient/base/json.h"

/* {path: what is there, or null} for a list of paths. Owned. */
cJSON *shown(const cJSON *plan, const cJSON *paths);

#endif
