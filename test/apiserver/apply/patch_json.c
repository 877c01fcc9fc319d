#include "test/apiserver/apply/patch.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"

#include <string.h>

enum {
    OPERATIONS_MAX = 10000,     /* maxJSONPatchOperations */
    COPY_MAX = 3 * 1024 * 1024, /* bytes that all copies together may add */
};

struct json_patch {
    cJSON *document; /* owned */
    const cJSON *operation;
    size_t copied;
};

/* Where a pointer (RFC 6901) leads. */
struct place {
    cJSON *parent; /* NULL: there is no such object or array */
    char *key;     /* owned: a name, an index or "-" */
};

/* ---- pointers */

/* ~1 is a slash and ~0 a tilde. */
static char *unescape(const char *from, size_t len)
{
    char *key = xstrndup(from, len), *out = key;
    for (const char *in = key; *in; in++) {
        bool escape = in[0] == '~' && (in[1] == '0' || in[1] == '1');
        *out++ = escape ? (in[1] == '0' ? '~' : '/') : *in;
        in += escape;
    }
    *out = '\0';
    return key;
}

static cJSON *array_item(cJSON *array, const char *key)
{
    int64_t index, count = (int64_t)json_count(array);
    if (!ascii_parse_i64(key, &index))
        return NULL;
    if (index < 0)
        index += count;
    if (index < 0 || index >= count)
        return NULL;
    cJSON *item = array->child;
    while (index-- > 0)
        item = item->next;
    return item;
}

static cJSON *child_of(cJSON *parent, const char *key)
{
    return cJSON_IsArray(parent) ? array_item(parent, key) : json_member(parent, key);
}

static struct place find_place(cJSON *document, const char *pointer)
{
    struct place place = {0};
    const char *at = strchr(pointer, '/');
    for (cJSON *parent = document; at;) {
        const char *from = at + 1;
        size_t len = strcspn(from, "/");
        at = from[len] ? from + len : NULL;
        char *key = unescape(from, len);
        if (!at) {
            place = (struct place){parent, key};
            break;
        }
        parent = child_of(parent, key);
        free(key);
        if (!cJSON_IsObject(parent) && !cJSON_IsArray(parent))
            break;
    }
    return place;
}

static void place_fini(struct place *place)
{
    free(place->key);
}

/* ---- changes */

/* Consumes the value. */
static bool add_at(const struct place *place, cJSON *value)
{
    int64_t index, count;
    if (!place->parent) {
        json_free(value);
        return false;
    }
    if (cJSON_IsObject(place->parent)) {
        cJSON *held = json_member(place->parent, place->key);
        if (held)
            json_replace(place->parent, held, value);
        else
            json_add(place->parent, value, place->key);
        return true;
    }
    count = (int64_t)json_count(place->parent);
    if (strcmp(place->key, "-") == 0) {
        index = count;
    } else if (!ascii_parse_i64(place->key, &index)) {
        index = -1;
        count = -1;
    }
    if (index < 0)
        index += count + 1;
    if (index < 0 || index > count) {
        json_free(value);
        return false;
    }
    json_insert(place->parent, (size_t)index, value);
    return true;
}

static const char *pointer_of(const struct json_patch *patch, const char *name)
{
    return json_str(patch->operation, name);
}

static struct place place_of(const struct json_patch *patch, const char *name)
{
    const char *pointer = pointer_of(patch, name);
    return pointer ? find_place(patch->document, pointer) : (struct place){0};
}

static cJSON *value_of(const struct json_patch *patch)
{
    const cJSON *value = json_at(patch->operation, "value");
    return value ? json_copy(value) : json_null();
}

/* ---- operations */

static bool do_add(struct json_patch *patch)
{
    struct place place = place_of(patch, "path");
    bool ok = add_at(&place, value_of(patch));
    place_fini(&place);
    return ok;
}

static bool do_remove(struct json_patch *patch)
{
    struct place place = place_of(patch, "path");
    cJSON *child = place.parent ? child_of(place.parent, place.key) : NULL;
    if (child)
        json_free(json_take(place.parent, child));
    place_fini(&place);
    return child != NULL;
}

static bool replace_document(struct json_patch *patch)
{
    const cJSON *value = json_at(patch->operation, "value");
    if (!cJSON_IsObject(value))
        return false;
    json_free(patch->document);
    patch->document = json_copy(value);
    return true;
}

/* The API server's library also replaces a member that is not there. */
static bool do_replace(struct json_patch *patch)
{
    const char *pointer = pointer_of(patch, "path");
    if (pointer && !*pointer)
        return replace_document(patch);
    struct place place = place_of(patch, "path");
    cJSON *child = place.parent ? child_of(place.parent, place.key) : NULL;
    bool ok = child || cJSON_IsObject(place.parent);
    if (child)
        json_replace(place.parent, child, value_of(patch));
    else if (ok)
        json_add(place.parent, value_of(patch), place.key);
    place_fini(&place);
    return ok;
}

static bool do_move(struct json_patch *patch)
{
    struct place from = place_of(patch, "from");
    cJSON *child = from.parent ? child_of(from.parent, from.key) : NULL;
    bool ok = child != NULL;
    if (ok) {
        cJSON *value = json_take(from.parent, child);
        struct place to = place_of(patch, "path");
        ok = add_at(&to, value);
        place_fini(&to);
    }
    place_fini(&from);
    return ok;
}

static bool may_copy(struct json_patch *patch, const cJSON *value)
{
    struct strbuf text;
    strbuf_init(&text, COPY_MAX);
    json_print(&text, value);
    patch->copied += text.len;
    bool ok = !text.overflow && patch->copied <= COPY_MAX;
    strbuf_fini(&text);
    return ok;
}

static bool do_copy(struct json_patch *patch)
{
    struct place from = place_of(patch, "from"), to = place_of(patch, "path");
    const cJSON *child = from.parent ? child_of(from.parent, from.key) : NULL;
    bool ok = from.parent && to.parent && (child || cJSON_IsObject(from.parent)) &&
              (!child || may_copy(patch, child)) &&
              add_at(&to, child ? json_copy(child) : json_null());
    place_fini(&from);
    place_fini(&to);
    return ok;
}

/* A member that is not there is null. */
static bool is_equal(const cJSON *held, const cJSON *wanted)
{
    bool nothing = !held || cJSON_IsNull(held);
    if (nothing || !wanted || cJSON_IsNull(wanted))
        return nothing && (!wanted || cJSON_IsNull(wanted));
    return json_equal(held, wanted);
}

static bool do_test(struct json_patch *patch)
{
    const char *pointer = pointer_of(patch, "path");
    const cJSON *wanted = json_at(patch->operation, "value");
    if (pointer && !*pointer)
        return is_equal(patch->document, wanted);
    struct place place = place_of(patch, "path");
    const cJSON *child = place.parent ? child_of(place.parent, place.key) : NULL;
    bool ok = child ? is_equal(child, wanted)
                    : cJSON_IsObject(place.parent) && is_equal(NULL, wanted);
    place_fini(&place);
    return ok;
}

static bool run(struct json_patch *patch)
{
    static const struct {
        const char *name;
        bool (*run)(struct json_patch *patch);
    } operations[] = {
        {"add", do_add},   {"remove", do_remove}, {"replace", do_replace},
        {"move", do_move}, {"copy", do_copy},     {"test", do_test},
    };
    const char *name = json_str_or(patch->operation, "", "op");
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (strcmp(operations[i].name, name) == 0)
            return operations[i].run(patch);
    }
    return false;
}

/* ---- the patch */

static bool is_text(const cJSON *operation, const char *name)
{
    const cJSON *value = json_at(operation, name);
    return !value || cJSON_IsNull(value) || cJSON_IsString(value);
}

static bool check_form(const cJSON *operations, cJSON **refusal)
{
    size_t count = 0;
    bool ok = cJSON_IsArray(operations);
    json_each (operation, operations) {
        ok = ok && cJSON_IsObject(operation) && is_text(operation, "op") &&
             is_text(operation, "path") && is_text(operation, "from");
        count++;
    }
    if (!ok) {
        *refusal = refusal_new(400, "BadRequest",
                               "error decoding patch: not a list of operations");
    } else if (count > OPERATIONS_MAX) {
        *refusal = refusal_new(
            413, "RequestEntityTooLarge",
            "Request entity is too large: The allowed maximum operations in a JSON "
            "patch is %d, got %zu",
            (int)OPERATIONS_MAX, count);
    }
    return ok && count <= OPERATIONS_MAX;
}

cJSON *patch_json(const cJSON *object, const cJSON *operations, cJSON **refusal)
{
    if (!check_form(operations, refusal))
        return NULL;
    struct json_patch patch = {.document = json_copy(object)};
    json_each (operation, operations) {
        patch.operation = operation;
        if (run(&patch))
            continue;
        /* So says the API server of every operation that fails. */
        *refusal = refusal_new(422, "Invalid",
                               "the server rejected our request due to an error in our "
                               "request");
        json_free(patch.document);
        return NULL;
    }
    return patch.document;
}
