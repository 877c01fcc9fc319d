/* heap.h - binary min-heap of nodes embedded in their owners.
 *
 * A node knows its place, so any node can be removed in O(log n): one timer a key, and
 * the smallest wins. A node belongs to at most one heap. Pure.
 */
#ifndef BERTH_ENGINE_HEAP_H
#define BERTH_ENGINE_HEAP_H

#include <stdbool.h>
#include <stddef.h>

/* A zeroed node is in no heap. */
struct heap_node {
    size_t place; /* counted from 1; 0: in no heap */
};

#define HEAP_ENTRY(node, type, member)                                                 \
    ((type *)(void *)((char *)(node)-offsetof(type, member)))
#define HEAP_CONST_ENTRY(node, type, member)                                           \
    ((const type *)(const void *)((const char *)(node)-offsetof(type, member)))

typedef bool heap_less_fn(const struct heap_node *a, const struct heap_node *b);

struct heap {
    struct heap_node **nodes;
    size_t len, cap;
    heap_less_fn *less;
};

void heap_init(struct heap *heap, heap_less_fn *less);
void heap_fini(struct heap *heap); /* the nodes are their owners' */

void heap_push(struct heap *heap, struct heap_node *node);
void heap_remove(struct heap *heap, struct heap_node *node);

/* The smallest, or NULL. */
static inline struct heap_node *heap_top(const struct heap *heap)
{
    return heap->len ? heap->nodes[0] : NULL;
}

#endif
