#include "controller/engine/compact.h"

#include "controller/engine/packer.h"
#include "kubeclient/api/condition.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/json_tree.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* etcd holds objects up to 1.5 MiB; their JSON may double that. */
static const size_t TEXT_MAX = 4 * 1024 * 1024;

/* Scratch buffers that grew over this for one large object are given back. */
static const size_t SCRATCH_KEEP = 64 * 1024;

struct compactor {
    const struct kube_resource *resource;
    struct json_projection *projection;
    struct packer *packer;
    struct strbuf text;   /* what was projected last */
    struct strbuf packed; /* scratch */
};

/* Kept for every object. */
static const char *const KEPT[] = {"metadata uid", "metadata deletionTimestamp"};

/* Never in the text, whatever the watch keeps: see the header. */
static const char *const BESIDE[] = {
    "apiVersion",          "kind",
    "metadata name",       "metadata namespace",
    "metadata generation", "metadata resourceVersion",
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static bool is_beside(const char *path)
{
    for (size_t i = 0; i < COUNT(BESIDE); i++) {
        if (strcmp(path, BESIDE[i]) == 0)
            return true;
    }
    return false;
}

static struct json_projection *projection_of(const char *const *keep)
{
    size_t wanted = 0, len = 0;
    while (keep && keep[wanted])
        wanted++;
    auto_free const char **paths = xcalloc(COUNT(KEPT) + wanted + 1, sizeof(*paths));
    for (size_t i = 0; i < COUNT(KEPT); i++)
        paths[len++] = KEPT[i];
    for (size_t i = 0; i < wanted; i++) {
        if (!is_beside(keep[i]))
            paths[len++] = keep[i];
    }
    return json_projection_new(paths);
}

struct compactor *compactor_new(const struct reconciler_watch *watch)
{
    struct compactor *self = xcalloc(1, sizeof(*self));
    self->resource = watch->resource;
    self->projection = projection_of(watch->keep);
    self->packer = packer_new();
    strbuf_init(&self->text, TEXT_MAX);
    strbuf_init(&self->packed, TEXT_MAX + 1);
    return self;
}

void compactor_free(struct compactor **compactor)
{
    struct compactor *self = *compactor;
    if (!self)
        return;
    packer_free(&self->packer);
    json_projection_free(&self->projection);
    strbuf_fini(&self->text);
    strbuf_fini(&self->packed);
    free(self);
    *compactor = NULL;
}

static void scratch_reset(struct strbuf *buf)
{
    if (buf->cap > SCRATCH_KEEP) {
        size_t max = buf->max;
        strbuf_fini(buf);
        strbuf_init(buf, max);
    }
    strbuf_reset(buf);
}

bool compactor_project(struct compactor *self, struct json_slice text, struct err *err)
{
    scratch_reset(&self->text);
    return json_project(self->projection, text.start, text.len, &self->text, err);
}

/* Borrowed until the next text is unpacked. */
static const char *text_of(const struct compactor *self, const struct compact *object)
{
    return packer_unpack(self->packer, object->bytes + object->key_size,
                         object->packed_len, object->text_len);
}

bool compactor_is_same(const struct compactor *self, const struct compact *held)
{
    return held->text_len == self->text.len &&
           memcmp(text_of(self, held), self->text.text, held->text_len) == 0;
}

/* A parsed text becomes the object it was: what stands beside it is put back. */
static const cJSON *complete(const struct compactor *self, struct arena *arena,
                             cJSON *tree, const struct compact *object)
{
    struct kube_key key = compact_key(object, arena);
    json_tree_add_string(arena, tree, "apiVersion",
                         kube_api_version(arena, self->resource));
    json_tree_add_string(arena, tree, "kind", self->resource->kind);
    cJSON *metadata = json_tree_object(arena, tree, "metadata");
    json_tree_add_string(arena, metadata, "name", key.name);
    if (key.ns[0])
        json_tree_add_string(arena, metadata, "namespace", key.ns);
    json_tree_add_string(arena, metadata, "resourceVersion",
                         arena_printf(arena, "%" PRIu64, object->version));
    if (object->generation)
        json_tree_add_number(arena, metadata, "generation", object->generation);
    return tree;
}

static struct compact *pack(struct compactor *self, const struct object_head *head)
{
    char key[OBJECT_KEY_SIZE];
    object_key_write(key, head->ns, head->name);
    scratch_reset(&self->packed);
    packer_pack(self->packer, self->text.text, self->text.len, &self->packed);

    size_t key_size = strlen(key) + 1;
    struct compact *object = xcalloc(1, sizeof(*object) + key_size + self->packed.len);
    object->version = head->version;
    object->generation = head->generation;
    object->text_len = (uint32_t)self->text.len;
    object->packed_len = (uint32_t)self->packed.len;
    object->key_size = (uint16_t)key_size;
    memcpy(object->bytes, key, key_size);
    memcpy(object->bytes + key_size, self->packed.text, self->packed.len);
    return object;
}

static enum ready_state ready_of(const cJSON *tree)
{
    const cJSON *conditions = json_at(tree, "status", "conditions");
    if (condition_is(conditions, "Ready", CONDITION_TRUE))
        return READY_TRUE;
    return condition_is(conditions, "Ready", CONDITION_FALSE) ? READY_FALSE
                                                              : READY_UNKNOWN;
}

struct compact *compactor_make(struct compactor *self, struct arena *arena,
                               const struct object_head *head, const cJSON **tree,
                               struct err *err)
{
    cJSON *parsed = json_tree_read(arena, self->text.text, self->text.len, err);
    if (!parsed)
        return NULL;
    struct compact *object = pack(self, head);
    *tree = complete(self, arena, parsed, object);
    object->ready = (uint8_t)ready_of(parsed);
    return object;
}

const cJSON *compactor_tree(const struct compactor *self, struct arena *arena,
                            const struct compact *object)
{
    struct err err;
    cJSON *tree = json_tree_read(arena, text_of(self, object), object->text_len, &err);
    assert(tree); /* it was parsed before it was taken in */
    return complete(self, arena, tree, object);
}

struct kube_key compact_key(const struct compact *object, struct arena *arena)
{
    return kube_key_parse(arena, object->bytes);
}

size_t compact_size(const struct compact *object)
{
    return sizeof(*object) + object->key_size + object->packed_len;
}

size_t compactor_overhead(const struct compactor *self)
{
    return sizeof(*self) + self->text.cap + self->packed.cap +
           packer_overhead(self->packer);
}
