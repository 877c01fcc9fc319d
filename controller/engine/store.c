#include "controller/engine/store.h"

#include "controller/engine/object_index.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/map.h"

#include <string.h>

struct store {
    const struct reconciler_watch *watch;
    struct compactor *compactor;
    struct object_index *index;
    struct map objects; /* keys borrowed from the objects */
    size_t count, bytes;
    uint32_t mark; /* of the list begun last */
};

/* One object on its way into the store. */
struct incoming {
    struct object_head head;
    char key[OBJECT_KEY_SIZE];
    struct json_slice text;
};

struct store *store_new(const struct reconciler_watch *watch, uint64_t seed)
{
    struct store *store = xcalloc(1, sizeof(*store));
    store->watch = watch;
    store->compactor = compactor_new(watch);
    store->index = object_index_new(watch->indexes, seed + 1);
    map_init_borrowed(&store->objects, seed);
    return store;
}

void store_free(struct store **store)
{
    struct store *self = *store;
    if (!self)
        return;
    size_t at = 0;
    const char *key;
    void *object;
    while (map_next(&self->objects, &at, &key, &object))
        free(object);
    map_fini(&self->objects);
    object_index_free(&self->index);
    compactor_free(&self->compactor);
    free(self);
    *store = NULL;
}

static bool incoming_read(struct incoming *in, struct json_slice text, struct err *err)
{
    in->text = text;
    if (!object_head_read(&in->head, text, err))
        return false;
    object_key_write(in->key, in->head.ns, in->head.name);
    return true;
}

static bool is_primary(const struct store *store)
{
    return store->watch->map == NULL;
}

/* The text is what it was; only what stands beside it is new. */
static void touch(struct store *store, struct arena *arena, struct compact *held,
                  const struct object_head *head, struct store_diff *diff)
{
    bool changed = is_primary(store) && held->generation != head->generation;
    held->version = head->version;
    held->generation = head->generation;
    held->forgotten = false;
    if (!changed)
        return;
    diff->after = compactor_tree(store->compactor, arena, held);
    diff->ready_before = diff->ready_after = held->ready;
    diff->key = compact_key(held, arena);
    diff->change = STORE_CHANGED;
}

static void drop(struct store *store, struct compact *held)
{
    store->bytes -= compact_size(held);
    store->count--;
}

/* The object takes the place of the one held, or a new one, in the indexes. What was
 * held is looked at only when it stood elsewhere. */
static void index_object(struct store *store, struct arena *arena,
                         const struct compact *held, struct compact *object,
                         struct store_diff *diff)
{
    struct index_values values = object_index_values(store->index, arena, diff->after);
    object->index_hash = values.hash;
    if (held && held->index_hash == values.hash) {
        object_index_replace(store->index, &values, held, object);
        return;
    }
    if (held) {
        diff->before = compactor_tree(store->compactor, arena, held);
        struct index_values former =
            object_index_values(store->index, arena, diff->before);
        object_index_remove(store->index, &former, held);
    }
    object_index_add(store->index, &values, object);
}

/* The new text becomes the object; `held` is the one it replaces, or NULL. */
static bool replace(struct store *store, struct arena *arena, struct compact *held,
                    const struct incoming *in, struct store_diff *diff, struct err *err)
{
    struct compact *object =
        compactor_make(store->compactor, arena, &in->head, &diff->after, err);
    if (!object)
        return err_wrap(err, "%s", in->key);
    diff->change = held ? STORE_CHANGED : STORE_ADDED;
    diff->key = compact_key(object, arena);
    diff->ready_before = held ? held->ready : READY_UNKNOWN;
    diff->ready_after = object->ready;
    index_object(store, arena, held, object, diff);
    if (held) {
        object->mark = held->mark;
        drop(store, held);
    }
    map_put(&store->objects, object->bytes, object);
    free(held);
    store->bytes += compact_size(object);
    store->count++;
    return true;
}

static bool put(struct store *store, struct arena *arena, const struct incoming *in,
                struct store_diff *diff, struct err *err)
{
    struct compact *held = map_get(&store->objects, in->key);
    *diff = (struct store_diff){.change = STORE_SAME};
    if (held && !held->forgotten && in->head.version <= held->version)
        return true;

    if (!compactor_project(store->compactor, in->text, err))
        return err_wrap(err, "%s", in->key);
    if (!held || !compactor_is_same(store->compactor, held))
        return replace(store, arena, held, in, diff, err);
    touch(store, arena, held, &in->head, diff);
    return true;
}

bool store_put(struct store *store, struct arena *arena, struct json_slice text,
               struct store_diff *diff, struct err *err)
{
    struct incoming in;
    return incoming_read(&in, text, err) && put(store, arena, &in, diff, err);
}

bool store_put_listed(struct store *store, struct arena *arena, struct json_slice text,
                      struct store_diff *diff, struct err *err)
{
    struct incoming in;
    if (!incoming_read(&in, text, err) || !put(store, arena, &in, diff, err))
        return false;
    struct compact *object = map_get(&store->objects, in.key);
    object->mark = store->mark;
    return true;
}

/* Takes the object out of everything but the map, and tells what it was. */
static void take_out(struct store *store, struct arena *arena, struct compact *held,
                     struct store_diff *diff)
{
    *diff = (struct store_diff){
        .change = STORE_REMOVED,
        .before = compactor_tree(store->compactor, arena, held),
        .ready_before = held->ready,
        .key = compact_key(held, arena),
    };
    struct index_values values = object_index_values(store->index, arena, diff->before);
    object_index_remove(store->index, &values, held);
    drop(store, held);
}

bool store_remove(struct store *store, struct arena *arena, struct json_slice text,
                  struct store_diff *diff, struct err *err)
{
    struct incoming in;
    if (!incoming_read(&in, text, err))
        return false;
    struct compact *held = map_get(&store->objects, in.key);
    *diff = (struct store_diff){.change = STORE_SAME};
    if (!held || (!held->forgotten && in.head.version < held->version))
        return true;
    take_out(store, arena, held, diff);
    map_remove(&store->objects, in.key);
    free(held);
    return true;
}

uint32_t store_list_begin(struct store *store)
{
    return ++store->mark;
}

static bool in_namespace(const struct compact *object, const char *ns)
{
    size_t len = ns ? strlen(ns) : 0;
    return len == 0 ||
           (strncmp(object->bytes, ns, len) == 0 && object->bytes[len] == '/');
}

static bool is_gone(const struct compact *object, const struct store_list *list)
{
    return object->mark < list->mark && in_namespace(object, list->ns) &&
           (object->forgotten || object->version <= list->version);
}

void store_list_end(struct store *store, struct arena *arena,
                    const struct store_list *list, store_removed_fn *removed, void *ctx)
{
    size_t at = 0;
    const char *key;
    void *value;
    while (map_next(&store->objects, &at, &key, &value)) {
        struct compact *object = value;
        struct store_diff diff;
        if (!is_gone(object, list))
            continue;
        take_out(store, arena, object, &diff);
        map_remove(&store->objects, key);
        free(object);
        removed(ctx, &diff);
        arena_reset(arena);
    }
}

void store_reset(struct store *store)
{
    size_t at = 0;
    const char *key;
    void *object;
    while (map_next(&store->objects, &at, &key, &object))
        ((struct compact *)object)->forgotten = true;
}

static struct compact *find_object(const struct store *store, const char *ns,
                                   const char *name)
{
    char key[OBJECT_KEY_SIZE];
    if (!ns)
        ns = "";
    if (strlen(ns) > OBJECT_NAME_MAX || strlen(name) > OBJECT_NAME_MAX)
        return NULL;
    object_key_write(key, ns, name);
    return map_get(&store->objects, key);
}

const cJSON *store_get(const struct store *store, struct arena *arena, const char *ns,
                       const char *name)
{
    const struct compact *object = find_object(store, ns, name);
    return object ? compactor_tree(store->compactor, arena, object) : NULL;
}

bool store_has(const struct store *store, const char *ns, const char *name)
{
    return find_object(store, ns, name) != NULL;
}

static int compare_keys(const void *a, const void *b)
{
    const struct compact *const *x = a, *const *y = b;
    return strcmp((*x)->bytes, (*y)->bytes);
}

void store_find(const struct store *store, const char *index, const char *value,
                struct kube_keys *keys)
{
    struct object_items found = object_index_find(store->index, index, value);
    if (found.len == 0)
        return;
    const struct compact **objects =
        arena_alloc(keys->arena, found.len * sizeof(*objects));
    for (size_t i = 0; i < found.len; i++)
        objects[i] = found.items[i];
    qsort(objects, found.len, sizeof(*objects), compare_keys);
    for (size_t i = 0; i < found.len; i++) {
        struct kube_key key = compact_key(objects[i], keys->arena);
        kube_keys_add(keys, key.ns, key.name);
    }
}

void store_each_key(const struct store *store,
                    void (*fn)(void *, const struct kube_key *), void *ctx)
{
    size_t at = 0;
    const char *text;
    void *object;
    while (map_next(&store->objects, &at, &text, &object)) {
        char ns[OBJECT_KEY_SIZE];
        memcpy(ns, text, strlen(text) + 1);
        char *slash = strchr(ns, '/');
        struct kube_key key = {.ns = ns, .name = slash ? slash + 1 : ns};
        if (slash)
            *slash = '\0';
        else
            key.ns = "";
        fn(ctx, &key);
    }
}

size_t store_count(const struct store *store)
{
    return store->count;
}

size_t store_bytes(const struct store *store)
{
    return store->bytes + object_index_bytes(store->index) +
           compactor_overhead(store->compactor);
}
