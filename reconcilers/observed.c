#include "reconcilers/observed.h"

#include "kubeclient/api/object.h"

#include <string.h>

/* What is known of one object beyond the cache. */
struct entry {
    const struct kube_resource *resource;
    const char *ns, *name;
    bool seen; /* `object` counts; NULL: not there */
    const cJSON *object;
    enum lookup fetched, tried;
    const cJSON *fetched_object, *tried_object;
    const struct err *fetched_err, *tried_err, *failure;
    struct entry *next;
};

/* A reconcile touches a handful of objects one by one, so a list is all it takes. */
struct observed {
    struct arena *arena;
    const struct object_source *source;
    struct entry *entries;
};

struct observed *observed_new(struct arena *arena, const struct object_source *source)
{
    struct observed *observed = arena_alloc(arena, sizeof(*observed));
    observed->arena = arena;
    observed->source = source;
    return observed;
}

static struct entry *find_entry(const struct observed *observed,
                                const struct kube_resource *resource, const char *ns,
                                const char *name)
{
    if (!ns)
        ns = "";
    for (struct entry *entry = observed->entries; entry; entry = entry->next) {
        if (entry->resource == resource && strcmp(entry->name, name) == 0 &&
            strcmp(entry->ns, ns) == 0)
            return entry;
    }
    return NULL;
}

static struct entry *make_entry(struct observed *observed,
                                const struct kube_resource *resource, const char *ns,
                                const char *name)
{
    struct entry *entry = find_entry(observed, resource, ns, name);
    if (entry)
        return entry;
    entry = arena_alloc(observed->arena, sizeof(*entry));
    *entry = (struct entry){
        .resource = resource,
        .ns = arena_strdup(observed->arena, ns ? ns : ""),
        .name = arena_strdup(observed->arena, name),
        .fetched = LOOKUP_UNKNOWN,
        .tried = LOOKUP_UNKNOWN,
        .next = observed->entries,
    };
    observed->entries = entry;
    return entry;
}

static const struct err *keep_err(struct observed *observed, const struct err *err)
{
    struct err *copy = arena_alloc(observed->arena, sizeof(*copy));
    *copy = *err;
    return copy;
}

const cJSON *observed_get(struct observed *observed,
                          const struct kube_resource *resource, const char *ns,
                          const char *name)
{
    struct entry *entry = make_entry(observed, resource, ns, name);
    if (!entry->seen) {
        const struct object_source *source = observed->source;
        entry->object =
            source->get(source->ctx, observed->arena, resource, entry->ns, name);
        entry->seen = true;
    }
    return entry->object;
}

void observed_find_keys(struct observed *observed, const struct kube_resource *resource,
                        const char *index, const char *value, struct kube_keys *keys)
{
    observed->source->find(observed->source->ctx, resource, index, value, keys);
}

struct object_list observed_find(struct observed *observed,
                                 const struct kube_resource *resource,
                                 const char *index, const char *value)
{
    struct kube_keys keys = {.arena = observed->arena};
    observed_find_keys(observed, resource, index, value, &keys);
    struct object_list list = {0};
    if (keys.len)
        list.items = arena_alloc(observed->arena, keys.len * sizeof *list.items);
    for (size_t i = 0; i < keys.len; i++) {
        const struct kube_key *key = &keys.items[i];
        const cJSON *object = observed_get(observed, resource, key->ns, key->name);
        if (object)
            list.items[list.len++] = object;
    }
    return list;
}

bool observed_served(struct observed *observed, const struct kube_resource *resource)
{
    return observed->source->served(observed->source->ctx, resource);
}

bool observed_complete(struct observed *observed, const struct kube_resource *resource,
                       const char *ns)
{
    const struct object_source *source = observed->source;
    return !source->complete || source->complete(source->ctx, resource, ns);
}

enum lookup observed_fetched(struct observed *observed,
                             const struct kube_resource *resource, const char *ns,
                             const char *name, const cJSON **object,
                             const struct err **err)
{
    const struct entry *entry = find_entry(observed, resource, ns, name);
    enum lookup lookup = entry ? entry->fetched : LOOKUP_UNKNOWN;
    if (object)
        *object = lookup == LOOKUP_FOUND ? entry->fetched_object : NULL;
    if (err)
        *err = lookup == LOOKUP_FAILED ? entry->fetched_err : NULL;
    return lookup;
}

enum lookup observed_tried(struct observed *observed,
                           const struct kube_resource *resource, const char *ns,
                           const char *name, const cJSON **object,
                           const struct err **err)
{
    const struct entry *entry = find_entry(observed, resource, ns, name);
    enum lookup lookup = entry ? entry->tried : LOOKUP_UNKNOWN;
    if (object)
        *object = lookup == LOOKUP_FOUND ? entry->tried_object : NULL;
    if (err)
        *err = lookup == LOOKUP_FAILED ? entry->tried_err : NULL;
    return lookup;
}

const struct err *observed_failure(struct observed *observed,
                                   const struct kube_resource *resource, const char *ns,
                                   const char *name)
{
    const struct entry *entry = find_entry(observed, resource, ns, name);
    return entry ? entry->failure : NULL;
}

void observed_put(struct observed *observed, const struct kube_resource *resource,
                  const char *ns, const char *name, const cJSON *object)
{
    struct entry *entry = make_entry(observed, resource, ns, name);
    entry->seen = true;
    entry->object = object;
    if (entry->fetched != LOOKUP_UNKNOWN)
        observed_put_fetched(observed, resource, ns, name, object);
}

void observed_put_fetched(struct observed *observed,
                          const struct kube_resource *resource, const char *ns,
                          const char *name, const cJSON *object)
{
    struct entry *entry = make_entry(observed, resource, ns, name);
    entry->fetched = object ? LOOKUP_FOUND : LOOKUP_ABSENT;
    entry->fetched_object = object;
}

void observed_put_read_error(struct observed *observed,
                             const struct kube_resource *resource, const char *ns,
                             const char *name, const struct err *err)
{
    struct entry *entry = make_entry(observed, resource, ns, name);
    entry->fetched = LOOKUP_FAILED;
    entry->fetched_err = keep_err(observed, err);
}

void observed_put_tried(struct observed *observed, const struct kube_resource *resource,
                        const char *ns, const char *name, const cJSON *object,
                        const struct err *err)
{
    struct entry *entry = make_entry(observed, resource, ns, name);
    entry->tried = object ? LOOKUP_FOUND : LOOKUP_FAILED;
    entry->tried_object = object;
    entry->tried_err = object ? NULL : keep_err(observed, err);
}

void observed_put_failure(struct observed *observed,
                          const struct kube_resource *resource, const char *ns,
                          const char *name, const struct err *err)
{
    make_entry(observed, resource, ns, name)->failure =
        err ? keep_err(observed, err) : NULL;
}
