#include "kubeclient/base/json.h"

#include "kubeclient/base/alloc.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const size_t DEPTH_MAX = 200; /* as json_text.c; recursion stays shallow */

static cJSON *checked(cJSON *value)
{
    if (!value)
        abort(); /* cJSON returns NULL only when memory runs out */
    return value;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    if (!cJSON_IsObject(object))
        return NULL;
    json_each (child, object) {
        if (strcmp(child->string, name) == 0)
            return child;
    }
    return NULL;
}

const cJSON *json_at_path(const cJSON *object, const char *const *path)
{
    for (; object && *path; path++)
        object = member(object, *path);
    return object;
}

const char *json_str_path(const cJSON *object, const char *const *path)
{
    const cJSON *value = json_at_path(object, path);
    return cJSON_IsString(value) ? value->valuestring : NULL;
}

const char *json_str_or_path(const cJSON *object, const char *fallback,
                             const char *const *path)
{
    const char *text = json_str_path(object, path);
    return text ? text : fallback;
}

bool json_bool_path(const cJSON *object, bool fallback, const char *const *path)
{
    const cJSON *value = json_at_path(object, path);
    return cJSON_IsBool(value) ? cJSON_IsTrue(value) : fallback;
}

/* An integer that a double holds exactly. */
static bool is_integer(double number)
{
    return fabs(number) <= 9007199254740992.0 && trunc(number) == number;
}

int64_t json_int_path(const cJSON *object, int64_t fallback, const char *const *path)
{
    const cJSON *value = json_at_path(object, path);
    if (!cJSON_IsNumber(value) || !is_integer(value->valuedouble))
        return fallback;
    return (int64_t)value->valuedouble;
}

const cJSON *json_find(const cJSON *array, const char *field, const char *value)
{
    if (!cJSON_IsArray(array))
        return NULL;
    json_each (item, array) {
        const cJSON *held = member(item, field);
        if (cJSON_IsString(held) && strcmp(held->valuestring, value) == 0)
            return item;
    }
    return NULL;
}

size_t json_count(const cJSON *parent)
{
    size_t count = 0;
    json_each (item, parent) {
        count++;
    }
    return count;
}

cJSON *json_object(void)
{
    return checked(cJSON_CreateObject());
}

cJSON *json_array(void)
{
    return checked(cJSON_CreateArray());
}

cJSON *json_string(const char *text)
{
    return text ? checked(cJSON_CreateString(text)) : NULL;
}

cJSON *json_number(int64_t value)
{
    return checked(cJSON_CreateNumber((double)value));
}

cJSON *json_boolean(bool value)
{
    return checked(cJSON_CreateBool(value));
}

cJSON *json_null(void)
{
    return checked(cJSON_CreateNull());
}

cJSON *json_copy(const cJSON *value)
{
    return value ? checked(cJSON_Duplicate(value, true)) : NULL;
}

static void put(cJSON *object, const char *name, cJSON *value)
{
    bool ok = member(object, name)
                  ? cJSON_ReplaceItemInObjectCaseSensitive(object, name, value)
                  : cJSON_AddItemToObject(object, name, value);
    assert(ok);
}

cJSON *json_set_path(cJSON *object, cJSON *value, const char *const *path)
{
    assert(path[0]);
    if (!value)
        return NULL;
    for (; path[1]; path++) {
        cJSON *child = cJSON_GetObjectItemCaseSensitive(object, path[0]);
        if (!cJSON_IsObject(child)) {
            child = json_object();
            put(object, path[0], child);
        }
        object = child;
    }
    put(object, path[0], value);
    return value;
}

cJSON *json_push(cJSON *array, cJSON *value)
{
    if (!value)
        return NULL;
    bool ok = cJSON_AddItemToArray(array, value);
    assert(ok);
    return value;
}

void json_remove_path(cJSON *object, const char *const *path)
{
    assert(path[0]);
    for (; object && path[1]; path++)
        object = cJSON_GetObjectItemCaseSensitive(object, path[0]);
    if (cJSON_IsObject(object))
        cJSON_DeleteItemFromObjectCaseSensitive(object, path[0]);
}

cJSON *json_member(cJSON *object, const char *name)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name)
                                  : NULL;
}

cJSON *json_add(cJSON *object, cJSON *value, const char *name)
{
    if (value && !cJSON_AddItemToObject(object, name, value))
        abort();
    return value;
}

static void drop_name(cJSON *value)
{
    if (!(value->type & cJSON_StringIsConst))
        cJSON_free(value->string);
    value->string = NULL;
    value->type &= ~cJSON_StringIsConst;
}

cJSON *json_take(cJSON *parent, cJSON *child)
{
    cJSON_DetachItemViaPointer(parent, child);
    drop_name(child);
    return child;
}

void json_replace(cJSON *parent, cJSON *child, cJSON *value)
{
    drop_name(value);
    if (child->string) /* cJSON leaves naming to its caller */
        value->string = xstrdup(child->string);
    if (!cJSON_ReplaceItemViaPointer(parent, child, value))
        abort();
}

/* cJSON_InsertItemInArray() refuses new items in the version that Debian 12 ships. */
void json_insert(cJSON *array, size_t index, cJSON *value)
{
    cJSON *after = array->child;
    while (after && index--)
        after = after->next;
    if (!after) {
        json_push(array, value);
        return;
    }
    value->next = after;
    value->prev = after->prev; /* of the first item: the last one */
    after->prev = value;
    if (after == array->child)
        array->child = value;
    else
        value->prev->next = value;
}

static void dispose(void *tree)
{
    cJSON_Delete(tree);
}

cJSON *json_adopt(struct arena *arena, cJSON *tree)
{
    if (tree)
        arena_defer(arena, dispose, tree);
    return tree;
}

void json_free(cJSON *tree)
{
    cJSON_Delete(tree);
}

static void wipe(cJSON *tree)
{
    for (; tree; tree = tree->next) {
        if (cJSON_IsString(tree))
            explicit_bzero(tree->valuestring, strlen(tree->valuestring));
        wipe(tree->child);
    }
}

void json_free_secret(cJSON *tree)
{
    wipe(tree);
    json_free(tree);
}

/* cJSON allows 1,000 levels; counting brackets outside of strings is enough to refuse
 * ours before it recurses. */
static bool too_deep(const char *text, size_t len, size_t *at)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"')
            quoted = true;
        else if (c == '{' || c == '[') {
            if (++depth > DEPTH_MAX) {
                *at = i;
                return true;
            }
        } else if ((c == '}' || c == ']') && depth)
            depth--;
    }
    return false;
}

cJSON *json_parse(const char *text, size_t len, struct err *err)
{
    size_t at = 0;
    if (too_deep(text, len, &at)) {
        err_set(err, ERR_INVALID, "JSON: deeper than %zu levels at byte %zu", DEPTH_MAX,
                at);
        return NULL;
    }
    const char *end = text;
    cJSON *tree = cJSON_ParseWithLengthOpts(text, len, &end, false);
    at = (size_t)(end - text);
    if (tree) {
        while (at < len && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' ||
                            text[at] == '\r'))
            at++;
        if (at == len)
            return tree;
        cJSON_Delete(tree);
    }
    err_set(err, ERR_INVALID, "JSON: malformed at byte %zu", at);
    return NULL;
}

void json_merge(cJSON *target, const cJSON *patch)
{
    json_each (change, patch) {
        const char *name = change->string;
        if (cJSON_IsNull(change)) {
            json_remove(target, name);
            continue;
        }
        if (!cJSON_IsObject(change)) {
            json_set(target, json_copy(change), name);
            continue;
        }
        if (!cJSON_IsObject(member(target, name)))
            json_set(target, json_object(), name);
        json_merge(cJSON_GetObjectItemCaseSensitive(target, name), change);
    }
}

static bool members_equal(const cJSON *a, const cJSON *b)
{
    if (json_count(a) != json_count(b))
        return false;
    const cJSON *other = b->child;
    json_each (one, a) {
        /* Mostly both are in the same order; else look it up. */
        const cJSON *same = other && strcmp(other->string, one->string) == 0
                                ? other
                                : member(b, one->string);
        if (!same || !json_equal(one, same))
            return false;
        other = same->next;
    }
    return true;
}

static bool items_equal(const cJSON *a, const cJSON *b)
{
    const cJSON *x = a->child, *y = b->child;
    for (; x && y; x = x->next, y = y->next) {
        if (!json_equal(x, y))
            return false;
    }
    return !x && !y;
}

bool json_equal(const cJSON *a, const cJSON *b)
{
    if (!a || !b)
        return a == b;
    if ((a->type & 0xFF) != (b->type & 0xFF))
        return false;
    if (cJSON_IsString(a))
        return strcmp(a->valuestring, b->valuestring) == 0;
    if (cJSON_IsNumber(a)) {
        double x = a->valuedouble, y = b->valuedouble;
        return x <= y && x >= y;
    }
    if (cJSON_IsObject(a))
        return members_equal(a, b);
    if (cJSON_IsArray(a))
        return items_equal(a, b);
    return true;
}
