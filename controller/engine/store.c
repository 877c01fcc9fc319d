#include "controller/engine/store.h"

#include "controller/engine/object_head.h"
#include "controller/engine/object_index.h"
#include "controller/engine/packer.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/json.h"
#include "kubeclient/base/map.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* etcd holds objects up to 1.5 MiB; their JSON may double that. */
static const size_t TEXT_MAX = 4 * 1024 * 1024;

/* Scratch buffers that grew over this for one large object are given back. */
static const size_t SCRATCH_KEEP = 64 * 1024;

/* One object, one allocation. */
struct entry {
    uint64_t version;
    int64_t generation;
    uint32_t mark;       /* of the last list that named it */
    uint32_t text_len;   /* of the projected text */
    uint32_t packed_len; /* of its packed form */
    uint16_t key_size;   /* with the terminator */
    bool forgotten;      /* the version means nothing any more */
    char bytes[];        /* key, terminated; packed text */
};

struct store {
    const struct reconciler_watch *watch;
    struct json_projection *projection;
    struct packer *packer;
    struct object_index *index;
    struct map entries; /* keys borrowed from the entries */
    size_t count, bytes;
    uint32_t mark;        /* of the list begun last */
    struct strbuf text;   /* projected text of the object at hand */
    struct strbuf packed; /* its packed form */
};

/* One object on its way into the store. */
struct incoming {
    struct object_head head;
    char key[OBJECT_KEY_SIZE];
    struct json_slice text;
};

/* Kept for every object. What stands beside the text is not in it. */
static const char *const KEPT[] = {"metadata uid", "metadata deletionTimestamp"};
static const char *const BESIDE[] = {
    "apiVersion",          "kind",
    "metadata name",       "metadata namespace",
    "metadata generation", "metadata resourceVersion",
};

static bool is_beside(const char *path)
{
    for (size_t i = 0; i < sizeof(BESIDE) / sizeof(*BESIDE); i++) {
        if (strcmp(path, BESIDE[i]) == 0)
            return true;
    }
    return false;
}

static struct json_projection *projection_of(const struct reconciler_watch *watch)
{
    size_t kept = sizeof(KEPT) / sizeof(*KEPT), wanted = 0;
    while (watch->keep && watch->keep[wanted])
        wanted++;
    auto_free const char **paths = xcalloc(kept + wanted + 1, sizeof(*paths));
    size_t len = 0;
    for (size_t i = 0; i < kept; i++)
        paths[len++] = KEPT[i];
    for (size_t i = 0; i < wanted; i++) {
        if (!is_beside(watch->keep[i]))
            paths[len++] = watch->keep[i];
    }
    return json_projection_new(paths);
}

struct store *store_new(const struct reconciler_watch *watch, uint64_t seed)
{
    struct store *store = xcalloc(1, sizeof(*store));
    store->watch = watch;
    store->projection = projection_of(watch);
    store->packer = packer_new();
    store->index = object_index_new(watch->indexes, seed + 1);
    map_init_borrowed(&store->entries, seed);
    strbuf_init(&store->text, TEXT_MAX);
    strbuf_init(&store->packed, TEXT_MAX + 1);
    return store;
}

void store_free(struct store **store)
{
    struct store *self = *store;
    if (!self)
        return;
    size_t at = 0;
    const char *key;
    void *entry;
    while (map_next(&self->entries, &at, &key, &entry))
        free(entry);
    map_fini(&self->entries);
    object_index_free(&self->index);
    packer_free(&self->packer);
    json_projection_free(&self->projection);
    strbuf_fini(&self->text);
    strbuf_fini(&self->packed);
    free(self);
    *store = NULL;
}

static void scratch_reset(struct strbuf *buf)
{
    if (buf->cap > SCRATCH_KEEP) {
        size_t max = buf->max;
        strbuf_fini(buf);
        strbuf_init(buf, max);
    }
    strbuf_reset(buf);
}

static size_t entry_size(const struct entry *entry)
{
    return sizeof(*entry) + entry->key_size + entry->packed_len;
}

/* The key's two halves, in the arena. */
static struct kube_key key_of(const struct entry *entry, struct arena *arena)
{
    return kube_key_parse(arena, entry->bytes);
}

/* A parsed text becomes the object it was: what stands beside it is put back. */
static cJSON *complete_tree(const struct store *store, struct arena *arena, cJSON *tree,
                            const struct entry *entry)
{
    struct kube_key key = key_of(entry, arena);
    json_adopt(arena, tree);
    json_set_str(tree, kube_api_version(arena, store->watch->resource), "apiVersion");
    json_set_str(tree, store->watch->resource->kind, "kind");
    json_set_str(tree, key.name, "metadata", "name");
    if (key.ns[0])
        json_set_str(tree, key.ns, "metadata", "namespace");
    json_set_str(tree, arena_printf(arena, "%" PRIu64, entry->version), "metadata",
                 "resourceVersion");
    if (entry->generation)
        json_set(tree, json_number(entry->generation), "metadata", "generation");
    return tree;
}

/* Borrowed until the next text is unpacked. */
static const char *text_of(const struct store *store, const struct entry *entry)
{
    return packer_unpack(store->packer, entry->bytes + entry->key_size,
                         entry->packed_len, entry->text_len);
}

static const cJSON *tree_of(const struct store *store, struct arena *arena,
                            const struct entry *entry)
{
    struct err err;
    cJSON *tree = json_parse(text_of(store, entry), entry->text_len, &err);
    assert(tree); /* it was parsed before it was taken in */
    return complete_tree(store, arena, tree, entry);
}

static struct entry *entry_new(struct store *store, const struct incoming *in)
{
    scratch_reset(&store->packed);
    packer_pack(store->packer, store->text.text, store->text.len, &store->packed);
    size_t key_size = strlen(in->key) + 1;
    struct entry *entry = xcalloc(1, sizeof(*entry) + key_size + store->packed.len);
    entry->version = in->head.version;
    entry->generation = in->head.generation;
    entry->text_len = (uint32_t)store->text.len;
    entry->packed_len = (uint32_t)store->packed.len;
    entry->key_size = (uint16_t)key_size;
    memcpy(entry->bytes, in->key, key_size);
    memcpy(entry->bytes + key_size, store->packed.text, store->packed.len);
    return entry;
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

static bool same_text(const struct store *store, const struct entry *held)
{
    return held->text_len == store->text.len &&
           memcmp(text_of(store, held), store->text.text, held->text_len) == 0;
}

/* The text is what it was; only what stands beside it is new. */
static void touch(struct store *store, struct arena *arena, struct entry *held,
                  const struct object_head *head, struct store_diff *diff)
{
    bool changed = is_primary(store) && held->generation != head->generation;
    if (changed)
        diff->before = tree_of(store, arena, held);
    held->version = head->version;
    held->generation = head->generation;
    held->forgotten = false;
    if (!changed)
        return;
    diff->after = tree_of(store, arena, held);
    diff->key = key_of(held, arena);
    diff->change = STORE_CHANGED;
}

static void drop(struct store *store, struct arena *arena, struct entry *held,
                 const cJSON *tree)
{
    object_index_remove(store->index, arena, tree, held);
    store->bytes -= entry_size(held);
    store->count--;
}

/* The new text becomes the entry; `held` is the one it replaces, or NULL. */
static bool replace(struct store *store, struct arena *arena, struct entry *held,
                    const struct incoming *in, struct store_diff *diff, struct err *err)
{
    cJSON *tree = json_parse(store->text.text, store->text.len, err);
    if (!tree)
        return err_wrap(err, "%s", in->key);
    struct entry *entry = entry_new(store, in);
    diff->change = held ? STORE_CHANGED : STORE_ADDED;
    diff->after = complete_tree(store, arena, tree, entry);
    diff->key = key_of(entry, arena);
    if (held) {
        entry->mark = held->mark;
        diff->before = tree_of(store, arena, held);
        drop(store, arena, held, diff->before);
    }
    map_put(&store->entries, entry->bytes, entry);
    free(held);
    object_index_add(store->index, arena, diff->after, entry);
    store->bytes += entry_size(entry);
    store->count++;
    return true;
}

static bool put(struct store *store, struct arena *arena, const struct incoming *in,
                struct store_diff *diff, struct err *err)
{
    struct entry *held = map_get(&store->entries, in->key);
    *diff = (struct store_diff){.change = STORE_SAME};
    if (held && !held->forgotten && in->head.version <= held->version)
        return true;

    scratch_reset(&store->text);
    if (!json_project(store->projection, in->text.start, in->text.len, &store->text,
                      err))
        return err_wrap(err, "%s", in->key);
    if (!held || !same_text(store, held))
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
    struct entry *entry = map_get(&store->entries, in.key);
    entry->mark = store->mark;
    return true;
}

/* Takes the entry out of everything but the map, and tells what it was. */
static void take_out(struct store *store, struct arena *arena, struct entry *held,
                     struct store_diff *diff)
{
    *diff = (struct store_diff){
        .change = STORE_REMOVED,
        .before = tree_of(store, arena, held),
        .key = key_of(held, arena),
    };
    drop(store, arena, held, diff->before);
}

bool store_remove(struct store *store, struct arena *arena, struct json_slice text,
                  struct store_diff *diff, struct err *err)
{
    struct incoming in;
    if (!incoming_read(&in, text, err))
        return false;
    struct entry *held = map_get(&store->entries, in.key);
    *diff = (struct store_diff){.change = STORE_SAME};
    if (!held || (!held->forgotten && in.head.version < held->version))
        return true;
    take_out(store, arena, held, diff);
    map_remove(&store->entries, in.key);
    free(held);
    return true;
}

uint32_t store_list_begin(struct store *store)
{
    return ++store->mark;
}

static bool in_namespace(const struct entry *entry, const char *ns)
{
    size_t len = ns ? strlen(ns) : 0;
    return len == 0 ||
           (strncmp(entry->bytes, ns, len) == 0 && entry->bytes[len] == '/');
}

static bool is_gone(const struct entry *entry, const struct store_list *list)
{
    return entry->mark < list->mark && in_namespace(entry, list->ns) &&
           (entry->forgotten || entry->version <= list->version);
}

void store_list_end(struct store *store, struct arena *arena,
                    const struct store_list *list, store_removed_fn *removed, void *ctx)
{
    size_t at = 0;
    const char *key;
    void *value;
    while (map_next(&store->entries, &at, &key, &value)) {
        struct entry *entry = value;
        struct store_diff diff;
        if (!is_gone(entry, list))
            continue;
        take_out(store, arena, entry, &diff);
        map_remove(&store->entries, key);
        free(entry);
        removed(ctx, &diff);
        arena_reset(arena);
    }
}

void store_reset(struct store *store)
{
    size_t at = 0;
    const char *key;
    void *entry;
    while (map_next(&store->entries, &at, &key, &entry))
        ((struct entry *)entry)->forgotten = true;
}

static struct entry *find_entry(const struct store *store, const char *ns,
                                const char *name)
{
    char key[OBJECT_KEY_SIZE];
    if (!ns)
        ns = "";
    if (strlen(ns) > OBJECT_NAME_MAX || strlen(name) > OBJECT_NAME_MAX)
        return NULL;
    object_key_write(key, ns, name);
    return map_get(&store->entries, key);
}

const cJSON *store_get(const struct store *store, struct arena *arena, const char *ns,
                       const char *name)
{
    const struct entry *entry = find_entry(store, ns, name);
    return entry ? tree_of(store, arena, entry) : NULL;
}

bool store_has(const struct store *store, const char *ns, const char *name)
{
    return find_entry(store, ns, name) != NULL;
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *const *x = a, *const *y = b;
    return strcmp((*x)->bytes, (*y)->bytes);
}

struct object_list store_find(const struct store *store, struct arena *arena,
                              const char *index, const char *value)
{
    struct object_items found = object_index_find(store->index, index, value);
    if (found.len == 0)
        return (struct object_list){NULL, 0};
    const struct entry **entries = arena_alloc(arena, found.len * sizeof(*entries));
    struct object_list list = {
        .items = arena_alloc(arena, found.len * sizeof(*list.items)),
        .len = found.len,
    };
    for (size_t i = 0; i < found.len; i++)
        entries[i] = found.items[i];
    qsort(entries, found.len, sizeof(*entries), compare_entries);
    for (size_t i = 0; i < found.len; i++)
        list.items[i] = tree_of(store, arena, entries[i]);
    return list;
}

void store_each_key(const struct store *store,
                    void (*fn)(void *, const struct kube_key *), void *ctx)
{
    size_t at = 0;
    const char *text;
    void *entry;
    while (map_next(&store->entries, &at, &text, &entry)) {
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
           packer_overhead(store->packer);
}
