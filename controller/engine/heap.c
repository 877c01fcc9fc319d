#include "controller/engine/heap.h"

#include "kubeclient/base/alloc.h"

#include <assert.h>

void heap_init(struct heap *heap, heap_less_fn *less)
{
    *heap = (struct heap){.less = less};
}

void heap_fini(struct heap *heap)
{
    free(heap->nodes);
    *heap = (struct heap){0};
}

static void put(struct heap *heap, struct heap_node *node, size_t at)
{
    heap->nodes[at] = node;
    node->place = at + 1;
}

static void rise(struct heap *heap, struct heap_node *node, size_t at)
{
    while (at > 0) {
        size_t parent = (at - 1) / 2;
        if (!heap->less(node, heap->nodes[parent]))
            break;
        put(heap, heap->nodes[parent], at);
        at = parent;
    }
    put(heap, node, at);
}

static void sink(struct heap *heap, struct heap_node *node, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= heap->len)
            break;
        if (child + 1 < heap->len &&
            heap->less(heap->nodes[child + 1], heap->nodes[child]))
            child++;
        if (!heap->less(heap->nodes[child], node))
            break;
        put(heap, heap->nodes[child], at);
        at = child;
    }
    put(heap, node, at);
}

void heap_push(struct heap *heap, struct heap_node *node)
{
    assert(node->place == 0);
    if (heap->len == heap->cap) {
        heap->cap = heap->cap ? heap->cap * 2 : 16;
        heap->nodes = xreallocarray(heap->nodes, heap->cap, sizeof(*heap->nodes));
    }
    rise(heap, node, heap->len++);
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
    assert(node->place > 0 && heap->nodes[node->place - 1] == node);
    size_t at = node->place - 1;
    struct heap_node *last = heap->nodes[--heap->len];
    node->place = 0;
    if (last == node)
        return;
    if (heap->less(last, node))
        rise(heap, last, at);
    else
        sink(heap, last, at);
}
