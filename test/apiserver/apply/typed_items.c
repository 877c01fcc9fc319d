#include "test/apiserver/apply/typed_items.h"

#include <stdlib.h>

enum {
    PROBLEM_MAX = 1 << 16,
};

static int compare_at(const void *a, const void *b, void *entries)
{
    const struct typed_entry *all = entries;
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    int order = field_element_compare(&all[left].element, &all[right].element);
    return order ? order : (left > right) - (left < right);
}

static void sort_entries(struct arena *arena, struct typed_items *items)
{
    items->sorted = arena_alloc(arena, (items->count + 1) * sizeof *items->sorted);
    for (size_t i = 0; i < items->count; i++)
        items->sorted[i] = i;
    if (items->count > 1)
        qsort_r(items->sorted, items->count, sizeof *items->sorted, compare_at,
                items->entries);
}

static void mark_duplicates(struct arena *arena, struct typed_items *items)
{
    for (size_t i = 1; i < items->count; i++) {
        struct typed_entry *last = &items->entries[items->sorted[i - 1]];
        struct typed_entry *entry = &items->entries[items->sorted[i]];
        if (field_element_compare(&last->element, &entry->element) != 0)
            continue;
        last->duplicate = entry->duplicate = true;
        if (items->problem)
            continue;
        struct strbuf name;
        strbuf_init(&name, PROBLEM_MAX);
        field_element_describe(&name, &entry->element);
        items->problem = arena_printf(arena, "duplicate entries for key %s", name.text);
        strbuf_fini(&name);
    }
}

bool typed_items_read(struct arena *arena, struct field_type type, const cJSON *list,
                      struct typed_items *items)
{
    size_t index = 0;
    *items = (struct typed_items){0};
    if (!cJSON_IsArray(list))
        return true;
    items->entries =
        arena_alloc(arena, (json_count(list) + 1) * sizeof *items->entries);
    json_each (item, list) {
        struct typed_entry *entry = &items->entries[items->count];
        const char *problem;
        *entry = (struct typed_entry){.value = item, .other = TYPED_NO_ENTRY};
        if (typed_item_element(arena, type, item, &entry->element, &problem))
            items->count++;
        else if (!items->problem)
            items->problem = arena_printf(arena, "element %zu: %s", index, problem);
        index++;
    }
    sort_entries(arena, items);
    mark_duplicates(arena, items);
    return !items->problem;
}

static bool is_later(const struct typed_items *items, size_t at)
{
    return at > 0 &&
           field_element_compare(&items->entries[items->sorted[at - 1]].element,
                                 &items->entries[items->sorted[at]].element) == 0;
}

static void point(const struct typed_items *items, size_t from, size_t to, size_t other)
{
    for (size_t i = from; i < to; i++)
        items->entries[items->sorted[i]].other = other;
}

static size_t run_end(const struct typed_items *items, size_t from)
{
    size_t end = from + 1;
    while (end < items->count && is_later(items, end))
        end++;
    return end;
}

void typed_items_match(struct typed_items *a, struct typed_items *b)
{
    size_t i = 0, j = 0;
    while (i < a->count && j < b->count) {
        int order = field_element_compare(&a->entries[a->sorted[i]].element,
                                          &b->entries[b->sorted[j]].element);
        size_t a_end = order <= 0 ? run_end(a, i) : i;
        size_t b_end = order >= 0 ? run_end(b, j) : j;
        if (order == 0) {
            point(a, i, a_end, b->sorted[j]);
            point(b, j, b_end, a->sorted[i]);
        }
        i = a_end;
        j = b_end;
    }
}
