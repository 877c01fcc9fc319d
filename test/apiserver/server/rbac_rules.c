#include "test/apiserver/server/rbac_rules.h"

#include <stdio.h>
#include <string.h>

static bool has(const cJSON *list, const char *word)
{
    json_each (item, list) {
        const char *text = cJSON_GetStringValue(item);
        if (text && (strcmp(text, word) == 0 || strcmp(text, "*") == 0))
            return true;
    }
    return false;
}

/* "pods", "pods/log", "*", and "*" + "/log" for that subresource of all. */
static bool has_resource(const cJSON *list, const char *resource,
                         const char *subresource)
{
    json_each (item, list) {
        const char *text = cJSON_GetStringValue(item);
        const char *slash = text ? strchr(text, '/') : NULL;
        if (!text)
            continue;
        if (strcmp(text, "*") == 0)
            return true;
        size_t len = slash ? (size_t)(slash - text) : strlen(text);
        bool named = strncmp(text, resource, len) == 0 && !resource[len];
        bool any = slash && len == 1 && text[0] == '*';
        if ((named || any) && strcmp(slash ? slash + 1 : "", subresource) == 0)
            return true;
    }
    return false;
}

static bool has_name(const cJSON *list, const char *name)
{
    if (!list || !list->child)
        return true;
    json_each (item, list) {
        const char *text = cJSON_GetStringValue(item);
        if (text && *name && strcmp(text, name) == 0)
            return true;
    }
    return false;
}

static bool has_path(const cJSON *list, const char *path)
{
    json_each (item, list) {
        const char *text = cJSON_GetStringValue(item);
        size_t len = text ? strlen(text) : 0;
        bool open = len && text[len - 1] == '*';
        if (open ? strncmp(text, path, len - 1) == 0 : text && strcmp(text, path) == 0)
            return true;
    }
    return false;
}

bool rbac_rule_allows(const cJSON *rule, const struct rbac_question *question)
{
    if (!has(json_at(rule, "verbs"), question->verb))
        return false;
    if (question->path)
        return has_path(json_at(rule, "nonResourceURLs"), question->path);
    return has(json_at(rule, "apiGroups"), question->group) &&
           has_resource(json_at(rule, "resources"), question->resource,
                        question->subresource) &&
           has_name(json_at(rule, "resourceNames"), question->name);
}

/* ---- escalation */

static const char *only(const cJSON *rule, const char *list)
{
    const cJSON *items = json_at(rule, list);
    const char *text = items ? cJSON_GetStringValue(items->child) : NULL;
    return text ? text : "";
}

bool rbac_rule_covers(const cJSON *rule, const cJSON *wanted)
{
    const char *resource = only(wanted, "resources");
    const char *slash = strchr(resource, '/');
    char bare[256] = "";
    size_t len = slash ? (size_t)(slash - resource) : strlen(resource);
    if (len >= sizeof bare)
        return false;
    snprintf(bare, sizeof bare, "%.*s", (int)len, resource);
    const char *path = only(wanted, "nonResourceURLs");
    const struct rbac_question question = {
        .verb = only(wanted, "verbs"),
        .group = only(wanted, "apiGroups"),
        .resource = bare,
        .subresource = slash ? slash + 1 : "",
        .ns = "",
        .name = only(wanted, "resourceNames"),
        .path = *path ? path : NULL,
    };
    return rbac_rule_allows(rule, &question);
}

/* An array to walk even where the member is missing: one piece with nothing in it. */
static const cJSON *first(const cJSON *rule, const char *list)
{
    const cJSON *items = json_at(rule, list);
    return items ? items->child : NULL;
}

static void add_piece(cJSON *out, const cJSON *verb, const cJSON *group,
                      const cJSON *resource, const cJSON *name)
{
    cJSON *piece = json_push(out, json_object());
    json_push(json_set(piece, json_array(), "verbs"), json_copy(verb));
    json_push(json_set(piece, json_array(), "apiGroups"), json_copy(group));
    json_push(json_set(piece, json_array(), "resources"), json_copy(resource));
    if (name)
        json_push(json_set(piece, json_array(), "resourceNames"), json_copy(name));
}

static void add_path(cJSON *out, const cJSON *verb, const cJSON *path)
{
    cJSON *piece = json_push(out, json_object());
    json_push(json_set(piece, json_array(), "verbs"), json_copy(verb));
    json_push(json_set(piece, json_array(), "nonResourceURLs"), json_copy(path));
}

static void split_names(cJSON *out, const cJSON *rule, const cJSON *verb,
                        const cJSON *group, const cJSON *resource)
{
    const cJSON *name = first(rule, "resourceNames");
    if (!name)
        add_piece(out, verb, group, resource, NULL);
    for (; name; name = name->next)
        add_piece(out, verb, group, resource, name);
}

void rbac_rule_split(const cJSON *rule, cJSON *out)
{
    const cJSON *resources = json_at(rule, "resources");
    json_each (verb, json_at(rule, "verbs")) {
        for (const cJSON *path = first(rule, "nonResourceURLs"); path;
             path = path->next)
            add_path(out, verb, path);
        for (const cJSON *group = first(rule, "apiGroups"); group;
             group = group->next) {
            json_each (resource, resources)
                split_names(out, rule, verb, group, resource);
        }
    }
}
