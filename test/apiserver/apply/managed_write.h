/* managed_write.h - what managed_apply() and managed_update() share. Pure. */
#ifndef BERTH_APISERVER_MANAGED_WRITE_H
#define BERTH_APISERVER_MANAGED_WRITE_H

#include "test/apiserver/apply/managed_entries.h"
#include "test/apiserver/apply/typed.h"

/* Fields that the written subresource leaves as they are, and which nobody comes to own
 * by such a write. */
const struct field_set *
managed_reset_fields(struct arena *arena, const struct managed_apply_options *options);

/* Fields that have no owner: apiVersion, kind and what the server says in metadata. */
const struct field_set *managed_stripped_fields(struct arena *arena);

/* A copy without metadata.managedFields. Owned. */
cJSON *managed_copy(const cJSON *object);

/* Equal but for metadata.managedFields; `empty_is_absent`: {}, [] and null count as
 * nothing, as Go decodes them. NULL is equal to nothing. */
bool managed_same_content(const cJSON *a, const cJSON *b, bool empty_is_absent);

/* Puts back what the set names, as it is in `live`. */
void managed_restore(cJSON *object, const cJSON *live, const struct field_set *set);

/* What an object of this schema is before it is created: Go's empty struct of a
 * built-in kind, nothing of a custom one. Owned. */
cJSON *managed_unborn(const struct schema *schema);

/* One manager's fields that a write would take from it. */
struct managed_conflict {
    const struct managed_entry *entry;
    const struct field_set *fields;
};

/* A Conflict (409) that names them all. Owned. */
cJSON *managed_conflict_refusal(struct arena *arena, struct managed_conflict *conflicts,
                                size_t count);

/* What a write takes from one entry. */
void managed_entry_lose(struct arena *arena, struct managed_entry *entry,
                        const struct typed_difference *difference);

/* Makes the manager of `entry` the owner of what differs, with Update; nobody else
 * keeps it. Entry and time stay as they are where nothing was written. */
void managed_track(struct managed_entries *entries,
                   const struct managed_apply_options *options,
                   struct managed_entry entry, const cJSON *former, const cJSON *now);

#endif
