#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "test/apiserver/server/age.h"
#include "test/apiserver/server/json_path.h"
#include "test/apiserver/server/table_cells.h"
#include "test/apiserver/server/views.h"

#include <string.h>

enum { CELL_MAX = 16 * 1024, VALUES_MAX = 64 };

/* What a resource without columns of its own shows. */
static const struct builtin_column NAME_AND_AGE[] = {
    {"Name", "string", ".metadata.name", 0},
    {"Created At", "date", ".metadata.creationTimestamp", 0},
    {0},
};

static const struct builtin_column CUSTOM_NAME = {"Name", "string", ".metadata.name",
                                                  0};
static const struct builtin_column CUSTOM_AGE = {"Age", "date",
                                                 ".metadata.creationTimestamp", 0};

/* The columns of a resource, one after the other; zeroed: no more. A CRD's own come
 * after the name; without any the age follows it. */
static struct builtin_column column_at(const struct resource_def *def, size_t index)
{
    if (!def->custom)
        return (def->columns ? def->columns : NAME_AND_AGE)[index];
    if (index == 0)
        return CUSTOM_NAME;
    if (def->columns && def->columns[0].name)
        return def->columns[index - 1];
    return index == 1 ? CUSTOM_AGE : (struct builtin_column){0};
}

static cJSON *headers_of(const struct resource_def *def)
{
    cJSON *list = json_array();
    struct builtin_column column;
    for (size_t i = 0; (column = column_at(def, i)).name; i++) {
        cJSON *header = json_push(list, json_object());
        json_set_str(header, column.name, "name");
        json_set_str(header,
                     strcmp(column.type, "date") == 0 && !def->custom ? "string"
                                                                      : column.type,
                     "type");
        json_set_str(header, i == 0 ? "name" : "", "format");
        json_set_str(header, "", "description");
        json_set(header, json_number(column.priority), "priority");
    }
    return list;
}

/* ---- cells */

static void print_value(struct strbuf *out, const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);
    if (text)
        strbuf_adds(out, text);
    else
        json_print(out, value);
}

static cJSON *date_cell(const cJSON *value, int64_t now_ms)
{
    struct strbuf text;
    strbuf_init(&text, CELL_MAX);
    age_print_since(&text, cJSON_GetStringValue(value), now_ms);
    cJSON *cell = json_string(text.text);
    strbuf_fini(&text);
    return cell;
}

static cJSON *joined_cell(const cJSON **values, size_t count)
{
    struct strbuf text;
    strbuf_init(&text, CELL_MAX);
    for (size_t i = 0; i < count; i++) {
        if (i)
            strbuf_addc(&text, ',');
        print_value(&text, values[i]);
    }
    cJSON *cell = json_string(text.len ? text.text : "");
    strbuf_fini(&text);
    return cell;
}

/* Numbers and booleans stay what they are, where the column is of their type. */
static cJSON *path_cell(const struct builtin_column *column, const cJSON *object,
                        const struct table_options *options)
{
    const cJSON *values[VALUES_MAX];
    size_t count = json_path_find(object, column->json_path, values, VALUES_MAX);
    bool number =
        strcmp(column->type, "integer") == 0 || strcmp(column->type, "number") == 0;
    if (strcmp(column->type, "date") == 0) {
        /* Of built-in kinds `Created At` is the time itself. */
        if (!options->def->custom)
            return count ? json_copy(values[0]) : json_string("<unknown>");
        return count ? date_cell(values[0], options->now_ms) : json_null();
    }
    if (count == 0 && !options->def->custom)
        return number || strstr(column->json_path, "Replicas") ? json_number(0)
                                                               : json_string("");
    if (count == 0)
        return json_null();
    if (count == 1 && number && cJSON_IsNumber(values[0]))
        return json_copy(values[0]);
    if (count == 1 && cJSON_IsBool(values[0]) && strcmp(column->type, "boolean") == 0)
        return json_copy(values[0]);
    return joined_cell(values, count);
}

static cJSON *computed_cell(const struct builtin_column *column, const cJSON *object,
                            const struct table_options *options)
{
    struct strbuf text;
    strbuf_init(&text, CELL_MAX);
    table_cell(&text, options->def->kind, column->name, object, options->now_ms);
    uint64_t number;
    cJSON *cell;
    if (strcmp(column->type, "boolean") == 0)
        cell = json_boolean(strcmp(text.text, "true") == 0);
    else if (strcmp(column->type, "integer") == 0 &&
             ascii_parse_u64(text.text, &number))
        cell = json_number((int64_t)number);
    else
        cell = json_string(text.text);
    strbuf_fini(&text);
    return cell;
}

static cJSON *row_of(const struct table_options *options, const cJSON *object)
{
    cJSON *row = json_object();
    cJSON *cells = json_set(row, json_array(), "cells");
    struct builtin_column column;
    for (size_t i = 0; (column = column_at(options->def, i)).name; i++)
        json_push(cells, column.json_path ? path_cell(&column, object, options)
                                          : computed_cell(&column, object, options));
    if (options->include == TABLE_OBJECT_METADATA)
        json_set(row, metadata_of(object), "object");
    else if (options->include == TABLE_OBJECT_FULL)
        json_set(row, json_copy(object), "object");
    return row;
}

cJSON *table_of(const struct table_options *options, const cJSON *items,
                const cJSON *list_meta)
{
    cJSON *table = json_object();
    json_set_str(table, "Table", "kind");
    json_set_str(table, "meta.k8s.io/v1", "apiVersion");
    json_set(table, list_meta ? json_copy(list_meta) : json_object(), "metadata");
    json_set(table, options->headers ? headers_of(options->def) : json_array(),
             "columnDefinitions");
    cJSON *rows = json_set(table, json_array(), "rows");
    json_each (item, items)
        json_push(rows, row_of(options, item));
    return table;
}
