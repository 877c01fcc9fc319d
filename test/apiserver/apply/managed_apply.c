#include "test/apiserver/apply/managed_last_applied.h"
#include "test/apiserver/apply/managed_write.h"

#include "kubeclient/api/object.h"

#include <string.h>

struct apply {
    const struct managed_apply_options *options;
    struct arena *arena;
    struct field_type type;
    const cJSON *live, *intent; /* live NULL: it is created */
    struct managed_entries entries;
    struct managed_entry self;     /* as it is to be */
    const struct field_set *last;  /* what the manager owned before */
    const struct field_set *reset; /* what this subresource leaves alone */
    bool took;                     /* another manager lost something */
    cJSON *object;                 /* owned: the result */
    cJSON **refusal;
};

/* ---- the intent */

static bool check_intent(struct apply *apply)
{
    const char *version = json_str_or(apply->intent, "", "apiVersion");
    if (strcmp(version, apply->options->write.api_version) != 0) {
        *apply->refusal =
            refusal_new(400, "BadRequest", "invalid object type: %s, Kind=%s", version,
                        json_str_or(apply->intent, "", "kind"));
        return false;
    }
    if (json_at(apply->intent, "metadata", "managedFields")) {
        *apply->refusal =
            refusal_new(400, "BadRequest", "metadata.managedFields must be nil");
        return false;
    }
    return true;
}

static bool read_intent(struct apply *apply)
{
    const struct field_set *set;
    struct typed_fault fault;
    if (typed_set(apply->arena, apply->type, apply->intent, &set, &fault)) {
        apply->self.fields = field_set_exclude(apply->arena, set, apply->reset);
        return true;
    }
    *apply->refusal = refusal_new(
        500, "", "failed to create typed patch object (%s/%s; %s, Kind=%s): %s%s%s",
        kube_namespace(apply->intent), kube_name(apply->intent),
        json_str_or(apply->intent, "", "apiVersion"),
        json_str_or(apply->intent, "", "kind"), fault.path, *fault.path ? ": " : "",
        fault.problem);
    return false;
}

/* ---- who owns what before */

static bool read_owners(struct apply *apply)
{
    if (!managed_entries_read(apply->arena, apply->live, &apply->entries)) {
        *apply->refusal = refusal_new(500, "", "failed to decode managed fields");
        return false;
    }
    if (!apply->live || apply->entries.count)
        return true;
    struct managed_entry before = managed_entry_of(&apply->options->write, false);
    before.manager = "before-first-apply";
    auto_json cJSON *unborn = managed_unborn(apply->options->schema);
    managed_track(&apply->entries, apply->options, before, unborn, apply->live);
    return true;
}

/* ---- what was applied before and is not any more */

/* The set borrows names from the object, which must outlive the arena's content. */
static const struct field_set *set_of(const struct apply *apply, const cJSON *object)
{
    const struct field_set *set = NULL;
    bool ok = typed_set(apply->arena, apply->type, object, &set, NULL);
    (void)ok; /* without a fault to tell, it cannot fail */
    return typed_with_fields(apply->arena, apply->type, set);
}

static cJSON *without(const struct apply *apply, const struct field_set *set)
{
    cJSON *copy = json_adopt(apply->arena, json_copy(apply->object));
    typed_remove(apply->arena, apply->type, copy, set);
    return copy;
}

static const struct field_set *all_owned(const struct apply *apply)
{
    const struct field_set *all = apply->self.fields;
    for (size_t i = 0; i < apply->entries.count; i++) {
        const struct managed_entry *entry = &apply->entries.entries[i];
        if (entry != managed_entries_find(&apply->entries, &apply->self))
            all = field_set_union(apply->arena, all, entry->fields);
    }
    return typed_with_fields(apply->arena, apply->type, all);
}

/* Three steps, as structured-merge-diff takes them: what the manager owned goes with
 * all below it; what anybody owns now comes back; and so does what the manager did not
 * itself own, which had only gone with an item around it. */
static void prune(struct apply *apply)
{
    struct arena *arena = apply->arena;
    if (field_set_contains(apply->self.fields, apply->last))
        return;
    const struct field_set *last = typed_with_fields(arena, apply->type, apply->last);
    const struct field_set *merged = set_of(apply, without(apply, NULL));
    const struct field_set *kept = set_of(apply, without(apply, last));
    kept = field_set_union(arena, kept, all_owned(apply));
    const struct field_set *gone = field_set_difference(arena, merged, kept);
    const struct field_set *left = set_of(apply, without(apply, gone));
    gone = field_set_difference(arena, merged, left);
    gone = field_set_intersection(arena, gone, last);
    typed_remove(arena, apply->type, apply->object, gone);
}

/* ---- what it takes from others */

static bool take_fields(struct apply *apply)
{
    struct arena *arena = apply->arena;
    struct managed_entries *entries = &apply->entries;
    const struct managed_entry *held = managed_entries_find(entries, &apply->self);
    struct managed_conflict *conflicts =
        arena_alloc(arena, (entries->count + 1) * sizeof *conflicts);
    size_t count = 0;
    struct typed_difference difference =
        typed_compare(arena, apply->type, apply->live, apply->object);
    difference.written = field_set_exclude(arena, difference.written, apply->reset);
    difference.removed = field_set_exclude(arena, difference.removed, apply->reset);
    const struct field_set *free =
        apply->options->write.force
            ? difference.written
            : managed_last_applied(arena, apply->options, apply->live);
    for (size_t i = 0; i < entries->count; i++) {
        struct managed_entry *entry = &entries->entries[i];
        if (entry == held)
            continue;
        const struct field_set *both =
            field_set_intersection(arena, entry->fields, difference.written);
        both = field_set_difference(arena, both, free);
        if (both)
            conflicts[count++] = (struct managed_conflict){entry, both};
    }
    if (count) {
        *apply->refusal = managed_conflict_refusal(arena, conflicts, count);
        return false;
    }
    for (size_t i = 0; i < entries->count; i++) {
        struct managed_entry *entry = &entries->entries[i];
        const struct field_set *before = entry->fields;
        if (entry != held)
            managed_entry_lose(arena, entry, &difference);
        apply->took |= entry->fields != before;
    }
    return true;
}

/* ---- the object */

/* A manifest that was printed by a Go program says creationTimestamp: null. */
static void keep_creation_time(struct apply *apply)
{
    if (cJSON_IsNull(json_at(apply->object, "metadata", "creationTimestamp")))
        json_set_str(apply->object,
                     json_str(apply->live, "metadata", "creationTimestamp"), "metadata",
                     "creationTimestamp");
}

static bool merge(struct apply *apply)
{
    apply->object = apply->live ? managed_copy(apply->live) : json_copy(apply->intent);
    if (!apply->live)
        return true;
    typed_merge(apply->arena, apply->type, apply->object, apply->intent);
    keep_creation_time(apply);
    prune(apply);
    return take_fields(apply);
}

/* The API server leaves the times alone where, once decoded, nothing has changed, also
 * not the order of the entries. */
static bool is_change(const struct apply *apply, const struct managed_entry *held)
{
    if (managed_same_content(apply->live, apply->object, false))
        return false;
    bool same_owners =
        held && !apply->took &&
        managed_entries_stays(&apply->entries, held, apply->options->write.time) &&
        field_set_contains(held->fields, apply->self.fields) &&
        field_set_contains(apply->self.fields, held->fields);
    return !same_owners || apply->options->schema->openapi ||
           !managed_same_content(apply->live, apply->object, true);
}

static void finish(struct apply *apply)
{
    const struct managed_entry *held =
        managed_entries_find(&apply->entries, &apply->self);
    typed_drop_nulls(apply->type, apply->object);
    apply->self.fields = field_set_difference(apply->arena, apply->self.fields,
                                              managed_stripped_fields(apply->arena));
    apply->self.time = is_change(apply, held) ? apply->options->write.time
                       : held                 ? held->time
                                              : NULL;
    managed_entries_put(&apply->entries, &apply->self);
    managed_restore(apply->object, apply->live, apply->reset);
    managed_write_last_applied(apply->options, apply->object, apply->intent);
    managed_entries_write(&apply->entries, apply->object);
}

cJSON *managed_apply(const struct managed_apply_options *options, const cJSON *live,
                     const cJSON *intent, cJSON **refusal)
{
    struct arena *arena = arena_new();
    struct apply apply = {
        .options = options,
        .arena = arena,
        .type = {.schema = options->schema},
        .live = live,
        .intent = intent,
        .self = managed_entry_of(&options->write, true),
        .reset = managed_reset_fields(arena, options),
        .refusal = refusal,
    };
    bool ok = check_intent(&apply) && read_owners(&apply) && read_intent(&apply);
    if (ok) {
        const struct managed_entry *held =
            managed_entries_find(&apply.entries, &apply.self);
        apply.last = held ? held->fields : NULL;
        ok = merge(&apply);
    }
    if (ok)
        finish(&apply);
    else
        json_free(apply.object);
    arena_free(&arena);
    return ok ? apply.object : NULL;
}
