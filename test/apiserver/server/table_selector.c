#include "test/apiserver/server/table_selector.h"

#include "kubeclient/base/alloc.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);
    return text ? text : "";
}

void print_labels(struct strbuf *out, const cJSON *labels)
{
    if (!labels || !labels->child)
        strbuf_adds(out, "<none>");
    json_each (label, labels)
        strbuf_addf(out, "%s%s=%s", label == labels->child ? "" : ",", label->string,
                    text_of(label));
}

/* A label of matchLabels, or an item of matchExpressions. */
static const char *key_of(const cJSON *requirement)
{
    return requirement->string ? requirement->string
                               : json_str_or(requirement, "", "key");
}

static int by_key(const void *a, const void *b)
{
    return strcmp(key_of(*(const cJSON *const *)a), key_of(*(const cJSON *const *)b));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(text_of(*(const cJSON *const *)a), text_of(*(const cJSON *const *)b));
}

/* The items of a list in order; owned, with one place to spare. */
static const cJSON **sorted(const cJSON *first, const cJSON *second, size_t *count,
                            int (*compare)(const void *, const void *))
{
    const cJSON **items = (const cJSON **)xcalloc(
        json_count(first) + json_count(second) + 1, sizeof *items);
    *count = 0;
    json_each (item, first)
        items[(*count)++] = item;
    json_each (item, second)
        items[(*count)++] = item;
    qsort((void *)items, *count, sizeof *items, compare);
    return items;
}

static void print_values(struct strbuf *out, const cJSON *values)
{
    size_t count;
    const cJSON **items = sorted(values, NULL, &count, by_text);
    for (size_t i = 0; i < count; i++)
        strbuf_addf(out, "%s%s", i ? "," : "", text_of(items[i]));
    free((void *)items);
}

static void print_requirement(struct strbuf *out, const cJSON *requirement)
{
    const char *key = key_of(requirement);
    const char *operator= json_str_or(requirement, "", "operator");
    if (requirement->string) {
        strbuf_addf(out, "%s=%s", key, text_of(requirement));
    } else if (strcmp(operator, "Exists") == 0) {
        strbuf_adds(out, key);
    } else if (strcmp(operator, "DoesNotExist") == 0) {
        strbuf_addf(out, "!%s", key);
    } else {
        strbuf_addf(out, "%s %s (", key, strcmp(operator, "In") == 0 ? "in" : "notin");
        print_values(out, json_at(requirement, "values"));
        strbuf_addc(out, ')');
    }
}

void print_label_selector(struct strbuf *out, const cJSON *selector)
{
    size_t count;
    const cJSON **items = sorted(json_at(selector, "matchLabels"),
                                 json_at(selector, "matchExpressions"), &count, by_key);
    for (size_t i = 0; i < count; i++) {
        if (i)
            strbuf_addc(out, ',');
        print_requirement(out, items[i]);
    }
    if (count == 0)
        strbuf_adds(out, "<none>");
    free((void *)items);
}
