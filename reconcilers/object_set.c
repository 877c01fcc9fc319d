#include "reconcilers/object_set.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/alloc.h"

#include <assert.h>
#include <string.h>

struct member {
    const struct kube_resource *resource;
    cJSON *object;
};

enum { UNLISTED_MAX = 4 };

struct object_set {
    const struct reconciler *const *reconcilers;
    struct member *members;
    size_t len, cap;
    struct {
        const struct kube_resource *resource;
        const char *ns;
    } unlisted[UNLISTED_MAX];
    size_t unlisted_len;
};

struct object_set *object_set_new(const struct reconciler *const *kinds)
{
    struct object_set *set = xcalloc(1, sizeof *set);
    set->reconcilers = kinds;
    return set;
}

void object_set_free(struct object_set **set)
{
    if (!*set)
        return;
    for (size_t i = 0; i < (*set)->len; i++)
        json_free((*set)->members[i].object);
    free((*set)->members);
    free(*set);
    *set = NULL;
}

static void push(struct object_set *set, const struct kube_resource *resource,
                 cJSON *object)
{
    if (set->len == set->cap) {
        set->cap = set->cap ? 2 * set->cap : 16;
        set->members = xreallocarray(set->members, set->cap, sizeof *set->members);
    }
    set->members[set->len++] = (struct member){resource, object};
}

static bool add_one(struct object_set *set, const cJSON *object, struct err *err)
{
    const char *api_version = json_str(object, "apiVersion");
    const char *kind = json_str(object, "kind");
    const char *name = kube_name(object);
    if (!api_version || !kind || !name[0])
        return err_set(err, ERR_INVALID,
                       "not a Kubernetes object: apiVersion, kind or metadata.name is "
                       "missing");
    const struct kube_resource *resource = kube_resource_find(api_version, kind);
    if (!resource)
        return true;
    if (object_set_get(set, resource, kube_namespace(object), name))
        return err_set(err, ERR_INVALID, "%s %s is there twice", kind, name);
    push(set, resource, json_copy(object));
    return true;
}

bool object_set_add(struct object_set *set, cJSON *object, struct err *err)
{
    auto_json cJSON *taken = object;
    size_t len = set->len;
    if (strcmp(json_str_or(taken, "", "kind"), "List") != 0)
        return add_one(set, taken, err);
    json_each (item, json_at(taken, "items")) {
        if (add_one(set, item, err))
            continue;
        while (set->len > len)
            json_free(set->members[--set->len].object);
        return false;
    }
    return true;
}

void object_set_unlist(struct object_set *set, const struct kube_resource *resource,
                       const char *ns)
{
    assert(set->unlisted_len < UNLISTED_MAX);
    set->unlisted[set->unlisted_len].resource = resource;
    set->unlisted[set->unlisted_len++].ns = ns;
}

/* NULL: there is none. */
static struct member *find_member(const struct object_set *set,
                                  const struct kube_resource *resource, const char *ns,
                                  const char *name)
{
    for (size_t i = 0; i < set->len; i++) {
        const cJSON *object = set->members[i].object;
        if (set->members[i].resource == resource &&
            strcmp(kube_name(object), name) == 0 &&
            strcmp(kube_namespace(object), ns ? ns : "") == 0)
            return &set->members[i];
    }
    return NULL;
}

const cJSON *object_set_get(const struct object_set *set,
                            const struct kube_resource *resource, const char *ns,
                            const char *name)
{
    const struct member *member = find_member(set, resource, ns, name);
    return member ? member->object : NULL;
}

void object_set_put(struct object_set *set, const struct kube_resource *resource,
                    const char *ns, const char *name, cJSON *object)
{
    struct member *member = find_member(set, resource, ns, name);
    if (!member && object) {
        push(set, resource, object);
    } else if (member) {
        json_free(member->object);
        member->object = object;
        if (!object) /* the order of the others stays */
            memmove(member, member + 1,
                    (size_t)(&set->members[--set->len] - member) * sizeof *member);
    }
}

struct object_set *object_set_copy(const struct object_set *set)
{
    struct object_set *copy = object_set_new(set->reconcilers);
    for (size_t i = 0; i < set->len; i++)
        push(copy, set->members[i].resource, json_copy(set->members[i].object));
    return copy;
}

void object_set_keys(const struct object_set *set, const struct kube_resource *resource,
                     struct kube_keys *keys)
{
    for (size_t i = 0; i < set->len; i++) {
        const cJSON *object = set->members[i].object;
        if (set->members[i].resource == resource)
            kube_keys_add(keys, kube_namespace(object), kube_name(object));
    }
}

/* ---- as caches */

static const cJSON *get(void *ctx, struct arena *arena,
                        const struct kube_resource *resource, const char *ns,
                        const char *name)
{
    const cJSON *object = object_set_get(ctx, resource, ns, name);
    return object ? json_adopt(arena, json_copy(object)) : NULL;
}

/* The index of that name on a watch of the resource. */
static reconciler_index_fn *find_index(const struct object_set *set,
                                       const struct kube_resource *resource,
                                       const char *name)
{
    for (size_t i = 0; set->reconcilers[i]; i++) {
        const struct reconciler_watch *watch = set->reconcilers[i]->watches;
        for (; watch->resource; watch++) {
            const struct reconciler_index *index = watch->indexes;
            for (; watch->resource == resource && index && index->name; index++) {
                if (strcmp(index->name, name) == 0)
                    return index->values;
            }
        }
    }
    return NULL;
}

static bool has_value(reconciler_index_fn *values, const cJSON *object,
                      const char *value, struct arena *arena)
{
    struct kube_keys keys = {.arena = arena};
    values(object, &keys);
    for (size_t i = 0; i < keys.len; i++) {
        if (strcmp(kube_key_text(arena, keys.items[i].ns, keys.items[i].name), value) ==
            0)
            return true;
    }
    return false;
}

static void find(void *ctx, const struct kube_resource *resource, const char *index,
                 const char *value, struct kube_keys *keys)
{
    const struct object_set *set = ctx;
    reconciler_index_fn *values = index ? find_index(set, resource, index) : NULL;
    for (size_t i = 0; i < set->len; i++) {
        const cJSON *object = set->members[i].object;
        const char *ns = kube_namespace(object);
        if (set->members[i].resource != resource)
            continue;
        if (values ? has_value(values, object, value, keys->arena)
                   : !index && (value[0] == '\0' || strcmp(value, ns) == 0))
            kube_keys_add(keys, ns, kube_name(object));
    }
}

static bool served(void *ctx, const struct kube_resource *resource)
{
    (void)ctx, (void)resource;
    return true;
}

static bool complete(void *ctx, const struct kube_resource *resource, const char *ns)
{
    const struct object_set *set = ctx;
    for (size_t i = 0; i < set->unlisted_len; i++) {
        if (set->unlisted[i].resource == resource &&
            strcmp(set->unlisted[i].ns, ns) == 0)
            return false;
    }
    return true;
}

struct object_source object_set_source(struct object_set *set)
{
    return (struct object_source){
        .get = get, .find = find, .served = served, .complete = complete, .ctx = set};
}
