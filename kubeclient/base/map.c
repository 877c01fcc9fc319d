#include "kubeclient/base/map.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/siphash.h"

#include <string.h>

/* Open addressing with linear probing. A removed slot becomes a tombstone, so that a
 * walk never misses an entry; tombstones go when the table grows or is rebuilt. */
struct map_slot {
    const char *key; /* NULL: free */
    void *value;     /* NULL with a key: removed */
    uint64_t hash;
};

static const char REMOVED[] = "";

void map_init(struct map *map, uint64_t seed)
{
    *map = (struct map){.seed = {seed, ~seed * UINT64_C(0x9E3779B97F4A7C15)}};
}

void map_init_borrowed(struct map *map, uint64_t seed)
{
    map_init(map, seed);
    map->borrowed_keys = true;
}

static void drop_key(const struct map *map, struct map_slot *slot)
{
    if (!map->borrowed_keys && slot->key && slot->value) {
        union {
            const char *borrowed;
            char *owned;
        } key = {slot->key};
        free(key.owned);
    }
}

void map_fini(struct map *map)
{
    for (size_t i = 0; i < map->cap; i++)
        drop_key(map, &map->slots[i]);
    free(map->slots);
    map->slots = NULL;
    map->len = map->cap = map->used = 0;
}

static struct map_slot *find(const struct map *map, const char *key, size_t len,
                             uint64_t hash)
{
    if (map->cap == 0)
        return NULL;
    size_t mask = map->cap - 1;
    for (size_t i = (size_t)hash & mask; map->slots[i].key; i = (i + 1) & mask) {
        struct map_slot *slot = &map->slots[i];
        if (slot->value && slot->hash == hash && strncmp(slot->key, key, len) == 0 &&
            slot->key[len] == '\0')
            return slot;
    }
    return NULL;
}

void *map_getn(const struct map *map, const char *key, size_t len)
{
    if (map->len == 0)
        return NULL;
    struct map_slot *slot = find(map, key, len, siphash(map->seed, key, len));
    return slot ? slot->value : NULL;
}

void *map_get(const struct map *map, const char *key)
{
    return map_getn(map, key, strlen(key));
}

static void insert(struct map *map, struct map_slot entry)
{
    size_t mask = map->cap - 1;
    size_t i = (size_t)entry.hash & mask;
    while (map->slots[i].key)
        i = (i + 1) & mask;
    map->slots[i] = entry;
    map->used++;
}

/* Rebuilds the table, without tombstones, at most half full. */
static void rebuild(struct map *map)
{
    struct map_slot *old = map->slots;
    size_t old_cap = map->cap;
    map->cap = 8;
    while (map->cap < (map->len + 1) * 2)
        map->cap *= 2;
    map->slots = xcalloc(map->cap, sizeof *map->slots);
    map->used = 0;
    for (size_t i = 0; i < old_cap; i++) {
        if (old[i].value)
            insert(map, old[i]);
    }
    free(old);
}

void *map_put(struct map *map, const char *key, void *value)
{
    size_t len = strlen(key);
    uint64_t hash = siphash(map->seed, key, len);
    struct map_slot *slot = find(map, key, len, hash);
    if (slot) {
        void *former = slot->value;
        slot->value = value;
        if (map->borrowed_keys)
            slot->key = key;
        return former;
    }
    if ((map->used + 1) * 4 > map->cap * 3)
        rebuild(map);
    insert(map, (struct map_slot){.key = map->borrowed_keys ? key : xstrdup(key),
                                  .value = value,
                                  .hash = hash});
    map->len++;
    return NULL;
}

void *map_remove(struct map *map, const char *key)
{
    size_t len = strlen(key);
    struct map_slot *slot = find(map, key, len, siphash(map->seed, key, len));
    if (!slot)
        return NULL;
    void *value = slot->value;
    drop_key(map, slot);
    slot->key = REMOVED;
    slot->value = NULL;
    map->len--;
    return value;
}

bool map_next(const struct map *map, size_t *at, const char **key, void **value)
{
    while (*at < map->cap) {
        const struct map_slot *slot = &map->slots[(*at)++];
        if (!slot->value)
            continue;
        *key = slot->key;
        *value = slot->value;
        return true;
    }
    return false;
}
