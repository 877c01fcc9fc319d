/* alloc.h - heap allocation that aborts with a message when memory runs out.
 *
 * A controller is level-triggered: a restart is its recovery, and no code path is spent
 * on limping along without memory.
 */
#ifndef BERTH_BASE_ALLOC_H
#define BERTH_BASE_ALLOC_H

#include <stddef.h>
#include <stdlib.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size); /* zeroed */
void *xreallocarray(void *ptr, size_t count, size_t size);
char *xstrdup(const char *text); /* NULL gives NULL */
char *xstrndup(const char *text, size_t len);

/* Overwrites `len` bytes in a way the compiler may not remove, then frees: for secrets.
 */
void free_secret(void *ptr, size_t len);

static inline void auto_free_cleanup(void *pointer_to_pointer)
{
    free(*(void **)pointer_to_pointer);
}

/* Frees the variable when its scope ends: for synchronous code only. */
#define auto_free __attribute__((cleanup(auto_free_cleanup)))

#endif
