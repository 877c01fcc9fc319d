#include "test/apiserver/server/storage.h"

#include "kubeclient/base/alloc.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { LEVELS_MAX = 20, RING_START = 64 };

/* ---- texts */

static void write_key(char *key, size_t cap, const char *ns, const char *name)
{
    snprintf(key, cap, "%s%s%s", ns, *ns ? "/" : "", name);
}

struct object_text *object_text_new(const char *ns, const char *name, const char *text,
                                    size_t len)
{
    size_t ns_len = strlen(ns), name_len = strlen(name);
    size_t key_len = name_len + (ns_len ? ns_len + 1 : 0);
    struct object_text *made = xmalloc(sizeof *made + len + 1 + key_len + 1);
    *made = (struct object_text){.refs = 1, .ns_len = ns_len, .len = len};
    memcpy(made->text, text, len);
    made->text[len] = '\0';
    made->key = made->text + len + 1;
    write_key(made->text + len + 1, key_len + 1, ns, name);
    return made;
}

struct object_text *object_text_ref(struct object_text *text)
{
    text->refs++;
    return text;
}

void object_text_unref(struct object_text *text)
{
    if (text && --text->refs == 0)
        free(text);
}

const char *object_text_name(const struct object_text *text)
{
    return text->key + (text->ns_len ? text->ns_len + 1 : 0);
}

bool object_text_in(const struct object_text *text, const char *ns)
{
    return !*ns || (strncmp(text->key, ns, text->ns_len) == 0 && !ns[text->ns_len]);
}

/* ---- the present: a skip list */

static struct stored *stored_new(unsigned levels)
{
    struct stored *object =
        xcalloc(1, sizeof *object + levels * sizeof object->next[0]);
    object->levels = levels;
    list_init(&object->queue);
    return object;
}

static void stored_free(struct stored *object)
{
    list_remove(&object->queue);
    json_free(object->tree);
    object_text_unref(object->now);
    free(object);
}

struct storage *storage_new(const char *name, size_t history_max, uint64_t version)
{
    struct storage *storage = xcalloc(1, sizeof *storage);
    storage->name = xstrdup(name);
    storage->head = stored_new(LEVELS_MAX);
    storage->ring_max = history_max;
    storage->forgotten = storage->version = version;
    storage->random = 0x9E3779B97F4A7C15U;
    return storage;
}

static void drop_oldest(struct storage *storage)
{
    struct change *change = &storage->ring[storage->first];
    storage->forgotten = change->version;
    object_text_unref(change->before);
    object_text_unref(change->after);
    storage->first = (storage->first + 1) % storage->ring_cap;
    storage->changes--;
}

void storage_free(struct storage **storage_ptr)
{
    struct storage *storage = *storage_ptr;
    if (!storage)
        return;
    while (storage->changes)
        drop_oldest(storage);
    for (struct stored *at = storage->head, *next; at; at = next) {
        next = at->next[0];
        stored_free(at);
    }
    free(storage->ring);
    free(storage->name);
    free(storage);
    *storage_ptr = NULL;
}

/* The object before `key` at each level. */
static struct stored *find(const struct storage *storage, const char *key,
                           struct stored *before[LEVELS_MAX])
{
    struct stored *at = storage->head;
    for (unsigned level = LEVELS_MAX; level-- > 0;) {
        while (at->next[level] && strcmp(at->next[level]->now->key, key) < 0)
            at = at->next[level];
        if (before)
            before[level] = at;
    }
    return at->next[0];
}

struct stored *storage_seek(const struct storage *storage, const char *key)
{
    return find(storage, key, NULL);
}

static int compare_key(const struct object_text *text, const char *ns, const char *name)
{
    if (text->ns_len != strlen(ns) || memcmp(text->key, ns, text->ns_len) != 0)
        return 1;
    return strcmp(object_text_name(text), name);
}

struct stored *storage_get(const struct storage *storage, const char *ns,
                           const char *name)
{
    char small[512];
    if (strlen(ns) + strlen(name) + 2 > sizeof small)
        return NULL; /* longer than any name that was let in */
    write_key(small, sizeof small, ns, name);
    struct stored *object = find(storage, small, NULL);
    return object && compare_key(object->now, ns, name) == 0 ? object : NULL;
}

/* One object in four reaches the next level. */
static unsigned draw_levels(struct storage *storage)
{
    unsigned levels = 1;
    storage->random ^= storage->random << 13;
    storage->random ^= storage->random >> 7;
    storage->random ^= storage->random << 17;
    for (uint64_t bits = storage->random; levels < LEVELS_MAX && !(bits & 3);
         bits >>= 2)
        levels++;
    return levels;
}

/* ---- the past: a ring */

static void grow(struct storage *storage)
{
    size_t cap = storage->ring_cap ? storage->ring_cap * 2 : RING_START;
    if (cap > storage->ring_max)
        cap = storage->ring_max;
    struct change *ring = xreallocarray(NULL, cap, sizeof *ring);
    for (size_t i = 0; i < storage->changes; i++)
        ring[i] = *storage_change(storage, i);
    free(storage->ring);
    storage->ring = ring;
    storage->ring_cap = cap;
    storage->first = 0;
}

static void remember(struct storage *storage, enum change_type type,
                     struct object_text *before, struct object_text *after)
{
    if (storage->changes == storage->ring_max)
        drop_oldest(storage);
    else if (storage->changes == storage->ring_cap)
        grow(storage);
    size_t at = (storage->first + storage->changes++) % storage->ring_cap;
    storage->ring[at] = (struct change){.type = type,
                                        .version = after->version,
                                        .before = before,
                                        .after = object_text_ref(after)};
    storage->version = after->version;
}

bool storage_changes_after(const struct storage *storage, uint64_t version,
                           size_t *index)
{
    if (version < storage->forgotten)
        return false;
    size_t low = 0, high = storage->changes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (storage_change(storage, middle)->version <= version)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return true;
}

const struct change *storage_change(const struct storage *storage, size_t index)
{
    assert(index < storage->changes);
    return &storage->ring[(storage->first + index) % storage->ring_cap];
}

void storage_compact(struct storage *storage, uint64_t version)
{
    while (storage->changes && storage_change(storage, 0)->version <= version)
        drop_oldest(storage);
    if (storage->forgotten < version)
        storage->forgotten = version;
}

/* ---- changes */

struct stored *storage_put(struct storage *storage, struct object_text *text)
{
    struct stored *before[LEVELS_MAX];
    struct stored *object = find(storage, text->key, before);
    text->schema_age = storage->schema_age;
    if (object && strcmp(object->now->key, text->key) == 0) {
        remember(storage, CHANGE_MODIFIED, object->now, text);
        object->now = text; /* the ring has the former one's reference */
        json_free(object->tree);
        object->tree = NULL;
        return object;
    }
    object = stored_new(draw_levels(storage));
    object->now = text;
    object->home = storage;
    for (unsigned level = 0; level < object->levels; level++) {
        object->next[level] = before[level]->next[level];
        before[level]->next[level] = object;
    }
    storage->count++;
    remember(storage, CHANGE_ADDED, NULL, text);
    return object;
}

void storage_remove(struct storage *storage, struct stored *object,
                    struct object_text *last)
{
    struct stored *before[LEVELS_MAX];
    struct stored *found = find(storage, object->now->key, before);
    assert(found == object && !object->edge_count);
    for (unsigned level = 0; level < object->levels; level++)
        before[level]->next[level] = object->next[level];
    storage->count--;
    remember(storage, CHANGE_DELETED, object_text_ref(object->now), last);
    object_text_unref(last);
    stored_free(object);
}

void stored_refresh(struct stored *object, struct object_text *text)
{
    object_text_unref(object->now);
    object->now = text;
}
