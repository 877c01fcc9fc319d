#include "test/apiserver/apply/member_lookup.h"
#include "test/apiserver/apply/typed.h"
#include "test/apiserver/apply/typed_items.h"

/* One level of the two sets that a comparison makes. */
struct levels {
    struct arena *arena;
    struct field_set written, removed;
};

static void compare_value(struct field_type type, const cJSON *former, const cJSON *now,
                          struct levels *levels, struct field_element element);

/* Absent, null or empty, which only equality can tell apart. */
static bool holds_nothing(const cJSON *value)
{
    return !value || !value->child;
}

static bool same_scalar(const cJSON *a, const cJSON *b)
{
    return a && b && (a->type & 0xFF) == (b->type & 0xFF) && !a->child && !b->child &&
           json_equal(a, b);
}

/* ---- below a map or list */

static void compare_members(struct field_type type, const cJSON *former,
                            const cJSON *now, struct levels *levels)
{
    struct member_lookup in_former = member_lookup_begin(levels->arena, former);
    struct member_lookup in_now = member_lookup_begin(levels->arena, now);
    struct field_type below;
    bool unused;
    json_each (member, in_now.object) {
        const cJSON *other = member_lookup_find(&in_former, member->string);
        if (same_scalar(other, member))
            continue;
        (void)typed_member(type, member->string, &below, &unused);
        compare_value(below, other, member, levels, field_name(member->string));
    }
    json_each (member, in_former.object) {
        if (member_lookup_find(&in_now, member->string))
            continue;
        (void)typed_member(type, member->string, &below, &unused);
        compare_value(below, member, NULL, levels, field_name(member->string));
    }
}

static bool same_run(const struct typed_items *a, const struct typed_items *b,
                     const struct field_element *element)
{
    size_t i = 0, j = 0;
    for (;; i++, j++) {
        while (i < a->count && field_element_compare(&a->entries[i].element, element))
            i++;
        while (j < b->count && field_element_compare(&b->entries[j].element, element))
            j++;
        if (i == a->count || j == b->count)
            return i == a->count && j == b->count;
        if (!json_equal(a->entries[i].value, b->entries[j].value))
            return false;
    }
}

/* Items that are there twice cannot be told apart: they are owned as one, and what is
 * there once before or after them comes or goes with all it holds. */
static void compare_duplicates(struct field_type type, const struct typed_items *former,
                               const struct typed_items *now,
                               const struct typed_entry *was,
                               const struct typed_entry *is, struct levels *levels)
{
    struct field_element element = (was ? was : is)->element;
    if (was && was->duplicate && is && is->duplicate) {
        if (!same_run(former, now, &element))
            field_set_add(levels->arena, &levels->written, element, true, NULL);
        return;
    }
    if (was && was->duplicate) {
        if (is)
            compare_value(typed_item(type), NULL, is->value, levels, element);
        field_set_add(levels->arena, &levels->removed, element, true, NULL);
        return;
    }
    if (was)
        compare_value(typed_item(type), was->value, NULL, levels, element);
    field_set_add(levels->arena, &levels->written, element, true, NULL);
}

static bool is_first(const struct typed_items *items, size_t at)
{
    const struct typed_entry *entry = &items->entries[at];
    for (size_t i = 0; entry->duplicate && i < at; i++) {
        if (items->entries[i].duplicate &&
            field_element_compare(&items->entries[i].element, &entry->element) == 0)
            return false;
    }
    return true;
}

static void compare_items(struct field_type type, const cJSON *former, const cJSON *now,
                          struct levels *levels)
{
    struct typed_items was, is;
    (void)typed_items_read(levels->arena, type, former, &was);
    (void)typed_items_read(levels->arena, type, now, &is);
    typed_items_match(&was, &is);
    for (size_t i = 0; i < was.count + is.count; i++) {
        bool old = i < was.count;
        const struct typed_items *items = old ? &was : &is;
        size_t at = old ? i : i - was.count;
        const struct typed_entry *entry = &items->entries[at];
        bool matched = entry->other != TYPED_NO_ENTRY;
        if ((!old && matched) || !is_first(items, at))
            continue;
        const struct typed_entry *before = old ? entry : NULL;
        const struct typed_entry *after = !old      ? entry
                                          : matched ? &is.entries[entry->other]
                                                    : NULL;
        if ((before && before->duplicate) || (after && after->duplicate))
            compare_duplicates(type, &was, &is, before, after, levels);
        else
            compare_value(typed_item(type), before ? before->value : NULL,
                          after ? after->value : NULL, levels, entry->element);
    }
}

/* ---- a value */

static void compare_leaf(const cJSON *former, const cJSON *now, struct levels *levels,
                         struct field_element element)
{
    if (!now)
        field_set_add(levels->arena, &levels->removed, element, true, NULL);
    else if (!former || !json_equal(former, now))
        field_set_add(levels->arena, &levels->written, element, true, NULL);
}

static void compare_as(struct field_type type, enum typed_kind kind,
                       const cJSON *former, const cJSON *now, struct levels *levels,
                       struct field_element element)
{
    struct levels below = {.arena = levels->arena};
    bool nothing = holds_nothing(former) && holds_nothing(now);
    if (nothing || typed_atomic(type, kind)) {
        compare_leaf(former, now, levels, element);
        return;
    }
    if (kind == TYPED_MAP)
        compare_members(type, former, now, &below);
    else
        compare_items(type, former, now, &below);
    const struct field_set *written = field_set_finish(levels->arena, &below.written);
    const struct field_set *removed = field_set_finish(levels->arena, &below.removed);
    if (!former || written)
        field_set_add(levels->arena, &levels->written, element, !former, written);
    if (!now || removed)
        field_set_add(levels->arena, &levels->removed, element, !now, removed);
}

static void compare_value(struct field_type type, const cJSON *former, const cJSON *now,
                          struct levels *levels, struct field_element element)
{
    enum typed_kind was = typed_kind(type, former ? former : now);
    enum typed_kind is = typed_kind(type, now ? now : former);
    if (was != is)
        compare_as(type, was, former, now, levels, element);
    compare_as(type, is, former, now, levels, element);
}

struct typed_difference typed_compare(struct arena *arena, struct field_type type,
                                      const cJSON *former, const cJSON *now)
{
    struct levels levels = {.arena = arena};
    compare_members(type, former, now, &levels);
    return (struct typed_difference){field_set_finish(arena, &levels.written),
                                     field_set_finish(arena, &levels.removed)};
}
