#include "test/apiserver/apply/field_set.h"

#include <stdlib.h>
#include <string.h>

enum operation { UNION, INTERSECTION, DIFFERENCE, EXCLUDE };

/* ---- building */

static void reserve(struct arena *arena, struct field_set *level, size_t capacity)
{
    struct field_node *nodes = arena_alloc(arena, capacity * sizeof *nodes);
    if (level->count)
        memcpy(nodes, level->nodes, level->count * sizeof *nodes);
    level->nodes = nodes;
    level->capacity = capacity;
}

void field_set_add(struct arena *arena, struct field_set *level,
                   struct field_element element, bool member,
                   const struct field_set *below)
{
    if (level->count == level->capacity)
        reserve(arena, level, level->capacity ? 2 * level->capacity : 4);
    level->nodes[level->count++] = (struct field_node){element, member, below};
}

static int compare_nodes(const void *a, const void *b)
{
    return field_element_compare(&((const struct field_node *)a)->element,
                                 &((const struct field_node *)b)->element);
}

static bool is_sorted(const struct field_set *level)
{
    for (size_t i = 1; i < level->count; i++) {
        if (compare_nodes(&level->nodes[i - 1], &level->nodes[i]) >= 0)
            return false;
    }
    return true;
}

static void join_equal(struct arena *arena, struct field_set *level)
{
    size_t kept = 0;
    for (size_t i = 1; i < level->count; i++) {
        struct field_node *last = &level->nodes[kept], *node = &level->nodes[i];
        if (compare_nodes(last, node) != 0) {
            level->nodes[++kept] = *node;
            continue;
        }
        last->member |= node->member;
        last->below = field_set_union(arena, last->below, node->below);
    }
    level->count = kept + 1;
}

const struct field_set *field_set_finish(struct arena *arena, struct field_set *level)
{
    if (!level->count)
        return NULL;
    if (!is_sorted(level)) {
        qsort(level->nodes, level->count, sizeof *level->nodes, compare_nodes);
        join_equal(arena, level);
    }
    struct field_set *set = arena_alloc(arena, sizeof *set);
    *set = *level;
    return set;
}

const struct field_set *field_set_of_names(struct arena *arena,
                                           const char *const *names)
{
    struct field_set level = {0};
    bool last = !names[1];
    field_set_add(arena, &level, field_name(names[0]), last,
                  last ? NULL : field_set_of_names(arena, names + 1));
    return field_set_finish(arena, &level);
}

/* ---- looking */

const struct field_node *field_set_find(const struct field_set *set,
                                        const struct field_element *element)
{
    size_t from = 0, to = set ? set->count : 0;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = field_element_compare(&set->nodes[middle].element, element);
        if (order == 0)
            return &set->nodes[middle];
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

bool field_set_contains(const struct field_set *set, const struct field_set *part)
{
    if (set == part || !part)
        return true;
    size_t at = 0;
    for (size_t i = 0; i < part->count; i++) {
        const struct field_node *node = &part->nodes[i];
        while (set && at < set->count && compare_nodes(&set->nodes[at], node) < 0)
            at++;
        if (!set || at == set->count || compare_nodes(&set->nodes[at], node) != 0)
            return false;
        if ((node->member && !set->nodes[at].member) ||
            !field_set_contains(set->nodes[at].below, node->below))
            return false;
    }
    return true;
}

/* ---- combining */

static const struct field_set *combine(struct arena *arena, enum operation operation,
                                       const struct field_set *a,
                                       const struct field_set *b);

static void combine_node(struct arena *arena, enum operation operation,
                         struct field_set *level, const struct field_node *a,
                         const struct field_node *b)
{
    if (operation == EXCLUDE && b->member)
        return;
    bool member = operation == UNION          ? a->member || b->member
                  : operation == INTERSECTION ? a->member && b->member
                                              : a->member && !b->member;
    const struct field_set *below = combine(arena, operation, a->below, b->below);
    if (member || below)
        field_set_add(arena, level, a->element, member, below);
}

static void add_shared(struct arena *arena, struct field_set *level,
                       const struct field_node *node)
{
    field_set_add(arena, level, node->element, node->member, node->below);
}

/* True when the level holds what the set holds, node by node: then the set itself is
 * the result, and a later comparison sees that nothing changed. */
static bool is_same(const struct field_set *level, const struct field_set *set)
{
    if (level->count != set->count)
        return false;
    for (size_t i = 0; i < set->count; i++) {
        if (level->nodes[i].member != set->nodes[i].member ||
            level->nodes[i].below != set->nodes[i].below)
            return false;
    }
    return true;
}

static const struct field_set *combine(struct arena *arena, enum operation operation,
                                       const struct field_set *a,
                                       const struct field_set *b)
{
    if (!a || !b)
        return operation == UNION ? (a ? a : b) : operation == INTERSECTION ? NULL : a;
    bool keeps_a = operation != INTERSECTION, keeps_b = operation == UNION;
    struct field_set level = {0};
    reserve(arena, &level, keeps_b ? a->count + b->count : a->count);
    size_t i = 0, j = 0;
    while (i < a->count && (j < b->count || keeps_a)) {
        int order = j < b->count ? compare_nodes(&a->nodes[i], &b->nodes[j]) : -1;
        if (order == 0)
            combine_node(arena, operation, &level, &a->nodes[i++], &b->nodes[j++]);
        else if (order > 0 && keeps_b)
            add_shared(arena, &level, &b->nodes[j++]);
        else if (order > 0)
            j++;
        else if (keeps_a)
            add_shared(arena, &level, &a->nodes[i++]);
        else
            i++;
    }
    while (keeps_b && j < b->count)
        add_shared(arena, &level, &b->nodes[j++]);
    if (is_same(&level, a))
        return a;
    return field_set_finish(arena, &level);
}

const struct field_set *field_set_union(struct arena *arena, const struct field_set *a,
                                        const struct field_set *b)
{
    return combine(arena, UNION, a, b);
}

const struct field_set *field_set_intersection(struct arena *arena,
                                               const struct field_set *a,
                                               const struct field_set *b)
{
    return combine(arena, INTERSECTION, a, b);
}

const struct field_set *field_set_difference(struct arena *arena,
                                             const struct field_set *a,
                                             const struct field_set *b)
{
    return combine(arena, DIFFERENCE, a, b);
}

const struct field_set *field_set_exclude(struct arena *arena,
                                          const struct field_set *a,
                                          const struct field_set *b)
{
    return combine(arena, EXCLUDE, a, b);
}
