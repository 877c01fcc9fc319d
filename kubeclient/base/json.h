/* json.h - reading, building and comparing cJSON trees.
 *
 * cJSON is the vocabulary of the project; its mutating calls appear in json.c only, so
 * that ownership stays clear: `const cJSON *` is borrowed, json_set() and json_push()
 * consume what they are given, json_adopt() hands a tree to an arena.
 *
 * Paths are given by segments, never as dotted strings, for label keys hold dots and
 * slashes: json_str(pod, "metadata", "labels", "app.kubernetes.io/name"). A missing
 * path or a value of another type gives NULL or the fallback, never a crash; so does a
 * NULL object. Lookups are case-sensitive.
 */
#ifndef BERTH_BASE_JSON_H
#define BERTH_BASE_JSON_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/err.h"
#include "kubeclient/base/strbuf.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_PATH(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Reading. */
const cJSON *json_at_path(const cJSON *object, const char *const *path);
const char *json_str_path(const cJSON *object, const char *const *path);
bool json_bool_path(const cJSON *object, bool fallback, const char *const *path);
int64_t json_int_path(const cJSON *object, int64_t fallback, const char *const *path);

#define json_at(object, ...) json_at_path(object, JSON_PATH(__VA_ARGS__))
#define json_str(object, ...) json_str_path(object, JSON_PATH(__VA_ARGS__))
#define json_bool(object, fallback, ...)                                               \
    json_bool_path(object, fallback, JSON_PATH(__VA_ARGS__))
/* Integers within 2^53; a fraction or a value outside gives the fallback. */
#define json_int(object, fallback, ...)                                                \
    json_int_path(object, fallback, JSON_PATH(__VA_ARGS__))

/* Like json_str(), with a fallback instead of NULL. */
const char *json_str_or_path(const cJSON *object, const char *fallback,
                             const char *const *path);
#define json_str_or(object, fallback, ...)                                             \
    json_str_or_path(object, fallback, JSON_PATH(__VA_ARGS__))

/* Walks the members of an object or array; NULL and scalars have none. */
#define json_each(item, parent)                                                        \
    for (const cJSON *item = (parent) ? (parent)->child : NULL; item; item = item->next)

/* The element of an array of objects whose member `field` is the string `value`. */
const cJSON *json_find(const cJSON *array, const char *field, const char *value);
size_t json_count(const cJSON *parent);

/* Building. New trees belong to the caller until set, pushed or adopted. */
cJSON *json_object(void);
cJSON *json_array(void);
cJSON *
json_string(const char *text); /* NULL gives NULL: json_set() then sets nothing */
cJSON *json_number(int64_t value);
cJSON *json_boolean(bool value);
cJSON *json_null(void);               /* in a merge patch: take it away */
cJSON *json_copy(const cJSON *value); /* deep; NULL gives NULL */

/* Sets `value` (consumed) at a path, making the objects on the way; replaces what is
 * there. A NULL value changes nothing. Returns the set value, borrowed. */
cJSON *json_set_path(cJSON *object, cJSON *value, const char *const *path);
#define json_set(object, value, ...)                                                   \
    json_set_path(object, value, JSON_PATH(__VA_ARGS__))
#define json_set_str(object, text, ...)                                                \
    json_set_path(object, json_string(text), JSON_PATH(__VA_ARGS__))

/* Appends `value` (consumed) to an array; returns it, borrowed. NULL changes nothing.
 */
cJSON *json_push(cJSON *array, cJSON *value);

/* Removes the value at a path; nothing happens where there is none. */
void json_remove_path(cJSON *object, const char *const *path);
#define json_remove(object, ...) json_remove_path(object, JSON_PATH(__VA_ARGS__))

/* Editing a tree that is one's own, node by node, where a path is not known before. The
 * `child` of each is a node of `parent`. */

/* The member or NULL, to be changed. */
cJSON *json_member(cJSON *object, const char *name);

/* Appends a member without looking for one of that name: for building large objects
 * whose names are known to differ. NULL changes nothing. Returns it, borrowed. */
cJSON *json_add(cJSON *object, cJSON *value, const char *name);

/* Takes the child out, without its name; the caller owns it. */
cJSON *json_take(cJSON *parent, cJSON *child);

/* Puts `value` (consumed) into the child's place, and frees the child. */
void json_replace(cJSON *parent, cJSON *child, cJSON *value);

/* Inserts `value` (consumed) before the item at `index`; at the end where there are
 * fewer. */
void json_insert(cJSON *array, size_t index, cJSON *value);

/* Gives the tree to the arena; returns it, usable until the arena is reset. */
cJSON *json_adopt(struct arena *arena, cJSON *tree);
void json_free(cJSON *tree);
void json_free_secret(cJSON *tree); /* overwrites its strings first */

static inline void auto_json_cleanup(cJSON **tree)
{
    json_free(*tree);
}
#define auto_json __attribute__((cleanup(auto_json_cleanup)))

static inline void auto_json_secret_cleanup(cJSON **tree)
{
    json_free_secret(*tree);
}
#define auto_json_secret __attribute__((cleanup(auto_json_secret_cleanup)))

/* Text. */

/* Parses one JSON value that must fill the text; deeper than 200 levels is refused.
 * Returns an owned tree, or NULL with err (INVALID, byte offset in the message). */
WARN_UNUSED cJSON *json_parse(const char *text, size_t len, struct err *err);

/* Compact, in the tree's own order. Appends to `out`. */
void json_print(struct strbuf *out, const cJSON *value);

/* The canonical form: members sorted by bytes, no whitespace, integers without
 * exponent. For hashes, comparison and goldens. */
void json_canonical(struct strbuf *out, const cJSON *value);

/* Deep equality; member order does not count, array order does. */
bool json_equal(const cJSON *a, const cJSON *b);

/* RFC 7386: merges `patch` into `target`; null removes. `patch` is copied. */
void json_merge(cJSON *target, const cJSON *patch);

#endif
