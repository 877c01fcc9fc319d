#include "kubeclient/base/alloc.h"

#include <stdio.h>
#include <string.h>

static void *checked(void *ptr)
{
    if (ptr)
        return ptr;
    fputs("berth: out of memory\n", stderr);
    abort();
}

void *xmalloc(size_t size)
{
    return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *xreallocarray(void *ptr, size_t count, size_t size)
{
    return checked(reallocarray(ptr, count ? count : 1, size ? size : 1));
}

char *xstrdup(const char *text)
{
    return text ? xstrndup(text, strlen(text)) : NULL;
}

char *xstrndup(const char *text, size_t len)
{
    char *copy = xmalloc(len + 1);
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void free_secret(void *ptr, size_t len)
{
    if (ptr)
        explicit_bzero(ptr, len);
    free(ptr);
}
