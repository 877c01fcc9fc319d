/* arena.h - bump allocator with deferred disposers.
 *
 * One arena holds everything that one activity (a reconcile, a request being built)
 * allocates; it is freed in one go. Memory is never moved or freed singly. Foreign
 * things, such as cJSON trees, are attached with a disposer; disposers run in reverse
 * order. Out of memory aborts, so nothing here returns NULL.
 */
#ifndef BERTH_BASE_ARENA_H
#define BERTH_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);

/* Runs the disposers, frees all memory, sets *arena to NULL. NULL is allowed. */
void arena_free(struct arena **arena);

/* Runs the disposers and keeps one block for the next use: for an arena reused often.
 */
void arena_reset(struct arena *arena);

/* Zeroed memory, aligned for any type, valid until reset or free. */
void *arena_alloc(struct arena *arena, size_t size);

char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Calls dispose(ptr) when the arena is reset or freed. */
void arena_defer(struct arena *arena, void (*dispose)(void *), void *ptr);

/* Bytes handed out since the last reset: for metrics and tests. */
size_t arena_used(const struct arena *arena);

#endif
