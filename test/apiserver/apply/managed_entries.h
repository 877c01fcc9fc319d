/* managed_entries.h - metadata.managedFields, read and written.
 *
 * A manager is told from another by name, operation, subresource and, for Update, API
 * version. Entries live in an arena and borrow from the object that they were read
 * from. Pure.
 */
#ifndef BERTH_APISERVER_MANAGED_ENTRIES_H
#define BERTH_APISERVER_MANAGED_ENTRIES_H

#include "test/apiserver/apply/field_set.h"
#include "test/apiserver/apply/managed.h"

struct managed_entry {
    const char *manager;
    bool applies; /* operation Apply; else Update */
    const char *api_version;
    const char *subresource; /* "" for the object itself */
    const char *time;        /* NULL: unknown */
    const struct field_set *fields;
};

struct managed_entries {
    struct arena *arena;
    struct managed_entry *entries;
    size_t count, capacity;
};

/* Reads the entries of an object. False, and none, where one of them is malformed. */
WARN_UNUSED bool managed_entries_read(struct arena *arena, const cJSON *object,
                                      struct managed_entries *entries);

/* The entry of the same manager, or NULL. */
struct managed_entry *managed_entries_find(const struct managed_entries *entries,
                                           const struct managed_entry *manager);

/* Replaces the entry of that manager, or adds it. */
void managed_entries_put(struct managed_entries *entries,
                         const struct managed_entry *entry);

/* The entry that a write makes, without fields and time. */
struct managed_entry managed_entry_of(const struct managed_write *write, bool applies);

/* The order in which messages name managers. */
int managed_entry_compare(const struct managed_entry *a, const struct managed_entry *b);

/* Whether the entry would stay in its place among the others if it had this time. */
bool managed_entries_stays(const struct managed_entries *entries,
                           const struct managed_entry *entry, const char *time);

/* Folds the oldest Update entries of an API version into one of "ancient-changes" until
 * no more than ten are left. */
void managed_entries_cap(struct managed_entries *entries);

/* Sets metadata.managedFields, sorted, without entries that own nothing; takes it away
 * where none is left. */
void managed_entries_write(struct managed_entries *entries, cJSON *object);

#endif
