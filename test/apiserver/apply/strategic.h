/* strategic.h - a strategic merge patch at work: what its maps and its lists share.
 *
 * Object and changes are the patch's own copies: what is taken over moves from one to
 * the other, and what is done is taken out of the changes. Every function that returns
 * bool sets the refusal when it returns false. Pure.
 */
#ifndef BERTH_APISERVER_STRATEGIC_H
#define BERTH_APISERVER_STRATEGIC_H

#include "test/apiserver/apply/patch_order.h"
#include "test/apiserver/apply/typed.h"

struct strategic {
    struct arena *arena;
    cJSON **refusal;
};

bool strategic_merge_map(struct strategic *patch, struct field_type type, cJSON *object,
                         cJSON *changes);
bool strategic_merge_list(struct strategic *patch, struct field_type type, cJSON *list,
                          cJSON *changes);

/* What $deleteFromPrimitiveList names. */
void strategic_delete_scalars(cJSON *list, const cJSON *gone);

/* Whether lists of this schema merge; else they are replaced. */
bool strategic_merges(const struct schema *schema);
/* The member that names an item; NULL: none. */
const char *strategic_merge_key(const struct schema *schema);

/* A directive's value. */
bool strategic_says(const cJSON *value, const char *directive);

void strategic_empty(cJSON *parent);
void strategic_move(cJSON *to, cJSON *from); /* all that it holds */

/* Both refuse with 500, as the API server does, and return false. */
bool strategic_unfit(struct strategic *patch, const char *message);
bool strategic_lacks_key(struct strategic *patch, const cJSON *item, const char *key);

#endif
