#include "test/apiserver/apply/managed_write.h"

/* [] or [{}]: the client wants all ownership forgotten. */
static bool is_reset(const cJSON *object)
{
    const cJSON *list = json_at(object, "metadata", "managedFields");
    if (!cJSON_IsArray(list))
        return false;
    return !list->child || (!list->child->next && !list->child->child);
}

/* The owners that the object itself names, or those of before where it names none that
 * can be read. A subresource may not name any. */
static void read_owners(struct arena *arena, const struct managed_write *write,
                        const cJSON *former, const cJSON *object,
                        struct managed_entries *entries)
{
    bool whole = !*write->subresource;
    if (whole && is_reset(object)) {
        *entries = (struct managed_entries){.arena = arena};
        return;
    }
    if (whole && managed_entries_read(arena, object, entries) && entries->count)
        return;
    bool readable = managed_entries_read(arena, former, entries);
    (void)readable; /* where not, there are no owners */
}

void managed_update(const struct managed_apply_options *options, const cJSON *former,
                    cJSON *object)
{
    struct arena *arena = arena_new();
    struct managed_entries entries;
    /* The entries are read from a copy: those of the object are about to be replaced.
     */
    const cJSON *sent = json_adopt(arena, json_copy(object));
    read_owners(arena, &options->write, former, sent, &entries);
    if (former && !entries.count) {
        /* Ownership begins with the creation or with the first apply. */
        json_remove(object, "metadata", "managedFields");
        arena_free(&arena);
        return;
    }
    cJSON *unborn = former ? NULL : json_adopt(arena, managed_unborn(options->schema));
    managed_track(&entries, options, managed_entry_of(&options->write, false),
                  former ? former : unborn, sent);
    managed_entries_cap(&entries);
    managed_entries_write(&entries, object);
    arena_free(&arena);
}
