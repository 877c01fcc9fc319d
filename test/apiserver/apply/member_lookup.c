#include "test/apiserver/apply/member_lookup.h"

#include <stdlib.h>
#include <string.h>

enum {
    SORTED_FROM = 16, /* below, walking is faster */
};

struct member_lookup member_lookup_begin(struct arena *arena, const cJSON *object)
{
    const cJSON *held = cJSON_IsObject(object) ? object : NULL;
    return (struct member_lookup){
        .arena = arena, .object = held, .next = held ? held->child : NULL};
}

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(const cJSON *const *)a)->string,
                  (*(const cJSON *const *)b)->string);
}

static void sort(struct member_lookup *lookup)
{
    size_t count = json_count(lookup->object), at = 0;
    lookup->count = count;
    if (count < SORTED_FROM)
        return;
    lookup->sorted = arena_alloc(lookup->arena, count * sizeof(const cJSON *));
    json_each (member, lookup->object) {
        lookup->sorted[at++] = member;
    }
    qsort((void *)lookup->sorted, count, sizeof(const cJSON *), compare_names);
}

static const cJSON *search(struct member_lookup *lookup, const char *name)
{
    if (!lookup->count)
        sort(lookup);
    if (!lookup->sorted) {
        json_each (member, lookup->object) {
            if (strcmp(member->string, name) == 0)
                return member;
        }
        return NULL;
    }
    size_t from = 0, to = lookup->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = strcmp(lookup->sorted[middle]->string, name);
        if (order == 0)
            return lookup->sorted[middle];
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

const cJSON *member_lookup_find(struct member_lookup *lookup, const char *name)
{
    if (!lookup->object || !lookup->object->child)
        return NULL;
    const cJSON *found = lookup->next && strcmp(lookup->next->string, name) == 0
                             ? lookup->next
                             : search(lookup, name);
    if (found)
        lookup->next = found->next;
    return found;
}
