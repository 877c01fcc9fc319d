#include "controller/engine/heap.h"
#include "kubeclient/base/backoff.h"
#include "test/support/check_main.h"

enum { ITEMS = 200 };

struct item {
    int value;
    struct heap_node node;
};

static struct heap heap;
static struct item items[ITEMS];

static bool is_less(const struct heap_node *a, const struct heap_node *b)
{
    return HEAP_CONST_ENTRY(a, struct item, node)->value <
           HEAP_CONST_ENTRY(b, struct item, node)->value;
}

static void setup(void)
{
    heap_init(&heap, is_less);
    memset(items, 0, sizeof items);
}

static void teardown(void)
{
    heap_fini(&heap);
}

static void fill(uint64_t seed)
{
    for (size_t i = 0; i < ITEMS; i++) {
        items[i].value = (int)(random_next(&seed) % 50);
        heap_push(&heap, &items[i].node);
    }
}

/* Takes all that is left, in order; returns how many. */
static size_t drain(void)
{
    size_t count = 0;
    int last = -1;
    struct heap_node *top;
    while ((top = heap_top(&heap)) != NULL) {
        struct item *item = HEAP_ENTRY(top, struct item, node);
        ck_assert_int_ge(item->value, last);
        last = item->value;
        heap_remove(&heap, top);
        ck_assert_uint_eq(top->place, 0);
        count++;
    }
    return count;
}

START_TEST(an_empty_heap_has_no_top)
{
    ck_assert_ptr_null(heap_top(&heap));
}
END_TEST

START_TEST(what_comes_out_is_sorted)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        fill(seed);
        ck_assert_uint_eq(drain(), ITEMS);
    }
}
END_TEST

START_TEST(any_node_can_be_removed)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        uint64_t random = seed;
        size_t removed = 0;
        fill(seed);
        for (size_t i = 0; i < ITEMS; i++) {
            if (random_next(&random) % 2)
                continue;
            heap_remove(&heap, &items[i].node);
            removed++;
        }
        ck_assert_uint_eq(drain(), ITEMS - removed);
    }
}
END_TEST

START_TEST(a_removed_node_can_come_back)
{
    fill(3);
    for (size_t i = 0; i < ITEMS; i++) {
        heap_remove(&heap, &items[i].node);
        items[i].value = ITEMS - (int)i;
        heap_push(&heap, &items[i].node);
    }
    ck_assert_ptr_eq(heap_top(&heap), &items[ITEMS - 1].node);
    ck_assert_uint_eq(drain(), ITEMS);
}
END_TEST

CHECK_MAIN("heap", setup, teardown, an_empty_heap_has_no_top, what_comes_out_is_sorted,
           any_node_can_be_removed, a_removed_node_can_come_back)
