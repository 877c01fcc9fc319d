/* json_tree.h - JSON text to a tree that lives in an arena.
 *
 * For what is read and never changed, which is nearly everything: nodes and strings are
 * taken from the arena one after the other and go with it, where json_parse() allocates
 * each by itself and must free each again. The tree is for the reading functions of
 * json.h and for json_copy(); it must not be given to those that change or free.
 */
#ifndef BERTH_BASE_JSON_TREE_H
#define BERTH_BASE_JSON_TREE_H

#include "kubeclient/base/json.h"

/* Takes what json_parse() takes, and gives an equal tree; NULL with err INVALID. A lone
 * surrogate is refused: no UTF-8 text holds it. */
WARN_UNUSED cJSON *json_tree_read(struct arena *arena, const char *text, size_t len,
                                  struct err *err);

/* Adds a member at the end of an object of such a tree and returns it. `name` and
 * `text` are borrowed for as long as the arena lives. */
cJSON *json_tree_add_string(struct arena *arena, cJSON *object, const char *name,
                            const char *text);
cJSON *json_tree_add_number(struct arena *arena, cJSON *object, const char *name,
                            int64_t number);

/* The member that is an object, made where there is none. */
cJSON *json_tree_object(struct arena *arena, cJSON *object, const char *name);

#endif
