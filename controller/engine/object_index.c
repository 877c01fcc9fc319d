#include "controller/engine/object_index.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/map.h"

#include <assert.h>
#include <string.h>

/* The items of one value. Nearly always there is one, which needs no array. */
struct posting {
    void **items; /* &one, or allocated */
    void *one;
    uint32_t len, cap;
    char value[];
};

struct object_index {
    const struct reconciler_index *indexes;
    size_t count;
    size_t bytes;
    struct map postings[]; /* of each index: value to posting, keys borrowed */
};

static size_t count_indexes(const struct reconciler_index *indexes)
{
    size_t count = 0;
    while (indexes && indexes[count].name)
        count++;
    return count;
}

struct object_index *object_index_new(const struct reconciler_index *indexes,
                                      uint64_t seed)
{
    size_t count = count_indexes(indexes);
    struct object_index *index =
        xcalloc(1, sizeof(*index) + count * sizeof(index->postings[0]));
    index->indexes = indexes;
    index->count = count;
    for (size_t i = 0; i < count; i++)
        map_init_borrowed(&index->postings[i], seed + i);
    return index;
}

static size_t posting_bytes(const struct posting *posting)
{
    size_t array = posting->cap > 1 ? posting->cap * sizeof(void *) : 0;
    return sizeof(*posting) + strlen(posting->value) + 1 + array;
}

static void posting_free(struct posting *posting)
{
    if (posting->items != &posting->one)
        free(posting->items);
    free(posting);
}

void object_index_free(struct object_index **index)
{
    if (!*index)
        return;
    for (size_t i = 0; i < (*index)->count; i++) {
        struct map *postings = &(*index)->postings[i];
        size_t at = 0;
        const char *value;
        void *posting;
        while (map_next(postings, &at, &value, &posting))
            posting_free(posting);
        map_fini(postings);
    }
    free(*index);
    *index = NULL;
}

static struct posting *posting_of(struct object_index *index, struct map *postings,
                                  const char *value)
{
    struct posting *posting = map_get(postings, value);
    if (posting)
        return posting;
    size_t size = strlen(value) + 1;
    posting = xcalloc(1, sizeof(*posting) + size);
    memcpy(posting->value, value, size);
    posting->items = &posting->one;
    posting->cap = 1;
    map_put(postings, posting->value, posting);
    index->bytes += posting_bytes(posting);
    return posting;
}

static void posting_grow(struct posting *posting)
{
    void **items = posting->items == &posting->one ? NULL : posting->items;
    uint32_t cap = posting->cap * 2;
    items = xreallocarray(items, cap, sizeof(*items));
    if (posting->items == &posting->one)
        items[0] = posting->one;
    posting->items = items;
    posting->cap = cap;
}

static void posting_add(struct object_index *index, struct map *postings,
                        const char *value, void *item)
{
    struct posting *posting = posting_of(index, postings, value);
    if (posting->len == posting->cap) {
        index->bytes -= posting_bytes(posting);
        posting_grow(posting);
        index->bytes += posting_bytes(posting);
    }
    posting->items[posting->len++] = item;
}

static void posting_remove(struct object_index *index, struct map *postings,
                           const char *value, const void *item)
{
    struct posting *posting = map_get(postings, value);
    assert(posting);
    uint32_t i = 0;
    while (posting->items[i] != item) {
        i++;
        assert(i < posting->len);
    }
    posting->items[i] = posting->items[--posting->len];
    if (posting->len == 0) {
        index->bytes -= posting_bytes(posting);
        map_remove(postings, value);
        posting_free(posting);
    }
}

static struct kube_keys values_of(const struct reconciler_index *index,
                                  struct arena *arena, const cJSON *object)
{
    struct kube_keys values = {.arena = arena};
    index->values(object, &values);
    return values;
}

void object_index_add(struct object_index *index, struct arena *arena,
                      const cJSON *object, void *item)
{
    for (size_t i = 0; i < index->count; i++) {
        struct kube_keys values = values_of(&index->indexes[i], arena, object);
        for (size_t k = 0; k < values.len; k++) {
            const char *value =
                kube_key_text(arena, values.items[k].ns, values.items[k].name);
            posting_add(index, &index->postings[i], value, item);
        }
    }
}

void object_index_remove(struct object_index *index, struct arena *arena,
                         const cJSON *object, const void *item)
{
    for (size_t i = 0; i < index->count; i++) {
        struct kube_keys values = values_of(&index->indexes[i], arena, object);
        for (size_t k = 0; k < values.len; k++) {
            const char *value =
                kube_key_text(arena, values.items[k].ns, values.items[k].name);
            posting_remove(index, &index->postings[i], value, item);
        }
    }
}

struct object_items object_index_find(const struct object_index *index,
                                      const char *name, const char *value)
{
    size_t i = 0;
    while (i < index->count && strcmp(index->indexes[i].name, name) != 0)
        i++;
    assert(i < index->count);
    const struct posting *posting = map_get(&index->postings[i], value);
    if (!posting)
        return (struct object_items){NULL, 0};
    return (struct object_items){posting->items, posting->len};
}

size_t object_index_bytes(const struct object_index *index)
{
    return index->bytes;
}
