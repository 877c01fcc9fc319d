#include "controller/engine/object_index.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/map.h"
#include "kubeclient/base/siphash.h"

#include <assert.h>
#include <string.h>

enum { VALUES_TEXT_MAX = 64 * 1024 };

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
    uint64_t seed[2], overflows;
    struct strbuf text;    /* scratch */
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
    index->seed[0] = seed;
    index->seed[1] = ~seed;
    strbuf_init(&index->text, VALUES_TEXT_MAX);
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
    strbuf_fini(&(*index)->text);
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

static void **posting_find(const struct map *postings, const char *value,
                           const void *item)
{
    struct posting *posting = map_get(postings, value);
    assert(posting);
    uint32_t i = 0;
    while (posting->items[i] != item) {
        i++;
        assert(i < posting->len);
    }
    return &posting->items[i];
}

static void posting_remove(struct object_index *index, struct map *postings,
                           const char *value, const void *item)
{
    struct posting *posting = map_get(postings, value);
    void **place = posting_find(postings, value, item);
    *place = posting->items[--posting->len];
    if (posting->len == 0) {
        index->bytes -= posting_bytes(posting);
        map_remove(postings, value);
        posting_free(posting);
    }
}

static void add_values(struct strbuf *text, const struct kube_keys *keys)
{
    for (size_t k = 0; k < keys->len; k++) {
        strbuf_adds(text, keys->items[k].ns);
        strbuf_addc(text, '/');
        strbuf_adds(text, keys->items[k].name);
        strbuf_addc(text, '\n');
    }
    strbuf_addc(text, '\n');
}

struct index_values object_index_values(struct object_index *index, struct arena *arena,
                                        const cJSON *object)
{
    struct index_values values = {.of = NULL};
    if (index->count == 0)
        return values;
    strbuf_reset(&index->text);
    values.of = arena_alloc(arena, index->count * sizeof *values.of);
    for (size_t i = 0; i < index->count; i++) {
        values.of[i].arena = arena;
        index->indexes[i].values(object, &values.of[i]);
        add_values(&index->text, &values.of[i]);
    }
    /* Too many to compare by their text: then they never are the same. */
    values.hash = index->text.overflow
                      ? ++index->overflows
                      : siphash(index->seed, index->text.text, index->text.len);
    return values;
}

static const char *value_text(const struct kube_keys *keys, size_t k)
{
    return kube_key_text(keys->arena, keys->items[k].ns, keys->items[k].name);
}

void object_index_add(struct object_index *index, const struct index_values *values,
                      void *item)
{
    for (size_t i = 0; i < index->count; i++) {
        for (size_t k = 0; k < values->of[i].len; k++)
            posting_add(index, &index->postings[i], value_text(&values->of[i], k),
                        item);
    }
}

void object_index_remove(struct object_index *index, const struct index_values *values,
                         const void *item)
{
    for (size_t i = 0; i < index->count; i++) {
        for (size_t k = 0; k < values->of[i].len; k++)
            posting_remove(index, &index->postings[i], value_text(&values->of[i], k),
                           item);
    }
}

void object_index_replace(struct object_index *index, const struct index_values *values,
                          const void *former, void *item)
{
    for (size_t i = 0; i < index->count; i++) {
        for (size_t k = 0; k < values->of[i].len; k++)
            *posting_find(&index->postings[i], value_text(&values->of[i], k), former) =
                item;
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
