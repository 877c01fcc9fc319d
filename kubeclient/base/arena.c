#include "kubeclient/base/arena.h"

#include "kubeclient/base/alloc.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    BLOCK_SIZE = 16 * 1024 - 64, /* most reconciles fit into one; malloc's header too */
};

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) char bytes[];
};

struct disposer {
    struct disposer *next;
    void (*dispose)(void *);
    void *ptr;
};

struct arena {
    struct block *blocks; /* the newest first */
    struct disposer *disposers;
    size_t used;
};

struct arena *arena_new(void)
{
    return xcalloc(1, sizeof(struct arena));
}

static void dispose_all(struct arena *arena)
{
    while (arena->disposers) {
        struct disposer *disposer = arena->disposers;
        arena->disposers = disposer->next;
        disposer->dispose(disposer->ptr);
    }
}

/* Frees all blocks but one of the usual size, which is returned. */
static struct block *free_blocks(struct arena *arena)
{
    struct block *kept = NULL;
    while (arena->blocks) {
        struct block *block = arena->blocks;
        arena->blocks = block->next;
        if (!kept && block->size == BLOCK_SIZE)
            kept = block;
        else
            free(block);
    }
    return kept;
}

void arena_reset(struct arena *arena)
{
    dispose_all(arena);
    arena->blocks = free_blocks(arena);
    if (arena->blocks) {
        arena->blocks->next = NULL;
        arena->blocks->used = 0;
    }
    arena->used = 0;
}

void arena_free(struct arena **arena)
{
    if (!*arena)
        return;
    dispose_all(*arena);
    free(free_blocks(*arena));
    free(*arena);
    *arena = NULL;
}

static struct block *add_block(struct arena *arena, size_t size)
{
    size_t wanted = size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE;
    struct block *block = xmalloc(sizeof *block + wanted);
    block->size = wanted;
    block->used = 0;
    /* A large piece gets a block of its own behind the current one, which goes on. */
    if (wanted != BLOCK_SIZE && arena->blocks) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

/* Aligned but not cleared. */
static void *take(struct arena *arena, size_t size)
{
    size_t align = alignof(max_align_t);
    assert(size < SIZE_MAX - align);
    size = (size + align - 1) & ~(align - 1);
    struct block *block = arena->blocks;
    if (!block || block->size - block->used < size)
        block = add_block(arena, size);
    void *ptr = block->bytes + block->used;
    block->used += size;
    arena->used += size;
    return ptr;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = take(arena, len + 1);
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    char stack[256];
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(stack, sizeof stack, format, args);
    assert(len >= 0);
    char *text = take(arena, (size_t)len + 1);
    if ((size_t)len < sizeof stack)
        memcpy(text, stack, (size_t)len + 1);
    else
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void arena_defer(struct arena *arena, void (*dispose)(void *), void *ptr)
{
    struct disposer *disposer = take(arena, sizeof *disposer);
    *disposer = (struct disposer){arena->disposers, dispose, ptr};
    arena->disposers = disposer;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
