/* map.h - hash map from strings to pointers.
 *
 * Keys are copied or, with map_init_borrowed(), borrowed from the values (one string
 * less per entry in the big stores). Values are borrowed: the owner frees them. The
 * hash is seeded (SipHash-1-3), because object names come from users. Not ordered;
 * iteration order is unspecified but stable while nothing is inserted.
 */
#ifndef BERTH_BASE_MAP_H
#define BERTH_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot;

struct map {
    struct map_slot *slots;
    size_t len, cap;
    size_t used; /* slots with an entry or a tombstone */
    uint64_t seed[2];
    bool borrowed_keys;
};

/* `seed` comes from the caller so that simulations replay. */
void map_init(struct map *map, uint64_t seed);
void map_init_borrowed(struct map *map, uint64_t seed);
void map_fini(struct map *map); /* a zeroed map is allowed */

void *map_get(const struct map *map, const char *key);
void *map_getn(const struct map *map, const char *key, size_t len);

/* Inserts or replaces; returns the former value or NULL. `value` must not be NULL. With
 * borrowed keys a replacement also borrows the new key. */
void *map_put(struct map *map, const char *key, void *value);

/* Returns the removed value or NULL. */
void *map_remove(struct map *map, const char *key);

/* Walks all entries: `size_t at = 0; while (map_next(map, &at, &key, &value))`. The
 * current entry may be removed while walking, nothing may be inserted. */
bool map_next(const struct map *map, size_t *at, const char **key, void **value);

#endif
