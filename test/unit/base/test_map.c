#include "kubeclient/base/backoff.h"
#include "kubeclient/base/map.h"
#include "test/support/check_main.h"

#include <stdio.h>

enum { KEYS = 300 };

static char names[KEYS][16];
static int values[KEYS];

static void setup(void)
{
    for (int i = 0; i < KEYS; i++) {
        snprintf(names[i], sizeof names[i], "key-%d", i);
        values[i] = i;
    }
}

START_TEST(values_are_found_replaced_and_removed)
{
    struct map map;
    map_init(&map, 1);
    ck_assert_ptr_null(map_get(&map, "key-1"));
    ck_assert_ptr_null(map_put(&map, "key-1", &values[1]));
    ck_assert_ptr_eq(map_get(&map, "key-1"), &values[1]);
    ck_assert_ptr_eq(map_getn(&map, "key-12", 5), &values[1]);
    ck_assert_ptr_null(map_get(&map, "key-"));
    ck_assert_ptr_eq(map_put(&map, "key-1", &values[2]), &values[1]);
    ck_assert_uint_eq(map.len, 1);
    ck_assert_ptr_eq(map_remove(&map, "key-1"), &values[2]);
    ck_assert_ptr_null(map_remove(&map, "key-1"));
    ck_assert_uint_eq(map.len, 0);
    map_fini(&map);
}
END_TEST

/* Compares the map with a plain array through many random changes. */
START_TEST(a_random_history_keeps_it_right)
{
    struct map map;
    map_init_borrowed(&map, 7);
    bool held[KEYS] = {false};
    size_t count = 0;
    uint64_t state = 42;
    for (int step = 0; step < 20000; step++) {
        size_t i = random_next(&state) % KEYS;
        if (random_next(&state) % 2) {
            ck_assert(!map_put(&map, names[i], &values[i]) == !held[i]);
            count += !held[i];
            held[i] = true;
        } else {
            ck_assert(!map_remove(&map, names[i]) == !held[i]);
            count -= held[i];
            held[i] = false;
        }
        ck_assert_uint_eq(map.len, count);
    }
    for (size_t i = 0; i < KEYS; i++)
        ck_assert(!map_get(&map, names[i]) == !held[i]);
    map_fini(&map);
}
END_TEST

START_TEST(a_walk_sees_each_entry_once_though_entries_go)
{
    struct map map;
    map_init(&map, 3);
    for (size_t i = 0; i < KEYS; i++)
        map_put(&map, names[i], &values[i]);
    bool seen[KEYS] = {false};
    size_t at = 0, count = 0;
    const char *key;
    void *value;
    while (map_next(&map, &at, &key, &value)) {
        int i = *(int *)value;
        ck_assert(!seen[i]);
        seen[i] = true;
        count++;
        if (i % 2)
            map_remove(&map, names[i]);
    }
    ck_assert_uint_eq(count, KEYS);
    ck_assert_uint_eq(map.len, KEYS / 2);
    map_fini(&map);
}
END_TEST

START_TEST(many_removals_do_not_fill_it)
{
    struct map map;
    map_init(&map, 3);
    for (int round = 0; round < 1000; round++) {
        map_put(&map, names[round % KEYS], &values[0]);
        map_remove(&map, names[round % KEYS]);
    }
    ck_assert_uint_le(map.cap, 16);
    map_fini(&map);
    map_fini(&map);
}
END_TEST

CHECK_MAIN("map", setup, NULL, values_are_found_replaced_and_removed,
           a_random_history_keeps_it_right,
           a_walk_sees_each_entry_once_though_entries_go, many_removals_do_not_fill_it)
