#include "controller/engine/key_memory.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/list.h"
#include "kubeclient/base/map.h"

#include <string.h>

struct memo {
    struct list recent; /* in key_memory.recent, by status_ms; empty: no status write */
    int64_t status_ms;
    struct doubt *doubts;
    char text[]; /* "ns/name" */
};

struct key_memory {
    struct map memos; /* by text, borrowed from the memo */
    struct list recent;
};

struct key_memory *key_memory_new(uint64_t seed)
{
    struct key_memory *memory = xcalloc(1, sizeof(*memory));
    map_init_borrowed(&memory->memos, seed);
    list_init(&memory->recent);
    return memory;
}

static void free_memo(struct memo *memo)
{
    while (memo->doubts) {
        struct doubt *next = memo->doubts->next;
        free(memo->doubts);
        memo->doubts = next;
    }
    free(memo);
}

void key_memory_free(struct key_memory **memory)
{
    struct key_memory *self = *memory;
    if (!self)
        return;
    size_t at = 0;
    const char *key;
    void *memo;
    while (map_next(&self->memos, &at, &key, &memo))
        free_memo(memo);
    map_fini(&self->memos);
    free(self);
    *memory = NULL;
}

static char *key_text(const struct kube_key *key)
{
    size_t ns = strlen(key->ns), name = strlen(key->name);
    char *text = xmalloc(ns + name + 2);
    memcpy(text, key->ns, ns);
    text[ns] = '/';
    memcpy(text + ns + 1, key->name, name + 1);
    return text;
}

static struct memo *find(const struct key_memory *memory, const struct kube_key *key)
{
    if (memory->memos.len == 0)
        return NULL;
    auto_free char *text = key_text(key);
    return map_get(&memory->memos, text);
}

static struct memo *make(struct key_memory *memory, const struct kube_key *key)
{
    auto_free char *text = key_text(key);
    struct memo *memo = map_get(&memory->memos, text);
    if (memo)
        return memo;
    size_t size = strlen(text) + 1;
    memo = xcalloc(1, sizeof(*memo) + size);
    memcpy(memo->text, text, size);
    list_init(&memo->recent);
    map_put(&memory->memos, memo->text, memo);
    return memo;
}

static void forget_if_empty(struct key_memory *memory, struct memo *memo)
{
    if (memo->doubts || !list_empty(&memo->recent))
        return;
    map_remove(&memory->memos, memo->text);
    free_memo(memo);
}

static void forget_old(struct key_memory *memory, int64_t now_ms)
{
    while (!list_empty(&memory->recent)) {
        struct memo *memo = LIST_ENTRY(memory->recent.next, struct memo, recent);
        if (now_ms - memo->status_ms < STATUS_QUIET_MS)
            return;
        list_remove(&memo->recent);
        forget_if_empty(memory, memo);
    }
}

void key_memory_wrote_status(struct key_memory *memory, const struct kube_key *key,
                             int64_t now_ms)
{
    forget_old(memory, now_ms);
    struct memo *memo = make(memory, key);
    memo->status_ms = now_ms;
    list_remove(&memo->recent);
    list_append(&memory->recent, &memo->recent);
}

int64_t key_memory_quiet_until(struct key_memory *memory, const struct kube_key *key,
                               int64_t now_ms)
{
    forget_old(memory, now_ms);
    const struct memo *memo = find(memory, key);
    bool recent = memo && !list_empty(&memo->recent);
    return recent ? memo->status_ms + STATUS_QUIET_MS : 0;
}

const struct doubt *key_memory_doubts(const struct key_memory *memory,
                                      const struct kube_key *key)
{
    const struct memo *memo = find(memory, key);
    return memo ? memo->doubts : NULL;
}

static struct doubt **find_doubt(struct memo *memo,
                                 const struct kube_resource *resource,
                                 const struct kube_key *object)
{
    struct doubt **at = &memo->doubts;
    while (*at &&
           ((*at)->resource != resource || !kube_key_equal(&(*at)->object, object)))
        at = &(*at)->next;
    return at;
}

void key_memory_doubt(struct key_memory *memory, const struct kube_key *key,
                      const struct kube_resource *resource,
                      const struct kube_key *object)
{
    struct doubt **at = find_doubt(make(memory, key), resource, object);
    if (*at)
        return;
    size_t ns_size = strlen(object->ns) + 1, name_size = strlen(object->name) + 1;
    struct doubt *doubt = xcalloc(1, sizeof(*doubt) + ns_size + name_size);
    doubt->resource = resource;
    doubt->object.ns = memcpy(doubt->text, object->ns, ns_size);
    doubt->object.name = memcpy(doubt->text + ns_size, object->name, name_size);
    *at = doubt;
}

void key_memory_trust(struct key_memory *memory, const struct kube_key *key,
                      const struct kube_resource *resource,
                      const struct kube_key *object)
{
    struct memo *memo = find(memory, key);
    if (!memo)
        return;
    struct doubt **at = find_doubt(memo, resource, object);
    if (*at) {
        struct doubt *doubt = *at;
        *at = doubt->next;
        free(doubt);
    }
    forget_if_empty(memory, memo);
}

size_t key_memory_count(const struct key_memory *memory)
{
    return memory->memos.len;
}
