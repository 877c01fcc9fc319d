#include "test/apiserver/apply/field_element.h"

#include "kubeclient/base/ascii.h"
#include "kubeclient/base/json_tree.h"

#include <math.h>
#include <string.h>

/* ---- order */

static int rank(const cJSON *value)
{
    switch (value->type & 0xFF) {
    case cJSON_Number:
        return 0;
    case cJSON_String:
        return 1;
    case cJSON_False:
    case cJSON_True:
        return 2;
    case cJSON_Array:
        return 3;
    case cJSON_Object:
        return 4;
    default:
        return 5;
    }
}

static int compare_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare_values(const cJSON *a, const cJSON *b)
{
    if (rank(a) != rank(b))
        return rank(a) - rank(b);
    if (cJSON_IsNumber(a))
        return compare_numbers(a->valuedouble, b->valuedouble);
    if (cJSON_IsString(a))
        return strcmp(a->valuestring, b->valuestring);
    return cJSON_IsTrue(a) - cJSON_IsTrue(b);
}

static int compare_keys(const struct field_element *a, const struct field_element *b)
{
    for (size_t i = 0; i < a->key_count && i < b->key_count; i++) {
        int order = strcmp(a->keys[i].name, b->keys[i].name);
        if (!order)
            order = compare_values(a->keys[i].value, b->keys[i].value);
        if (order)
            return order;
    }
    return (a->key_count > b->key_count) - (a->key_count < b->key_count);
}

int field_element_compare(const struct field_element *a, const struct field_element *b)
{
    if (a->kind != b->kind)
        return (int)a->kind - (int)b->kind;
    switch (a->kind) {
    case FIELD_NAME:
        return a->name == b->name ? 0 : strcmp(a->name, b->name);
    case FIELD_KEY:
        return compare_keys(a, b);
    case FIELD_VALUE:
        return compare_values(a->value, b->value);
    case FIELD_INDEX:
    default:
        return (a->index > b->index) - (a->index < b->index);
    }
}

void field_keys_sort(struct field_key *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct field_key key = keys[i];
        size_t at = i;
        for (; at > 0 && strcmp(keys[at - 1].name, key.name) > 0; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

/* ---- reading */

static const cJSON *read_json(struct arena *arena, const char *text)
{
    struct err unused;
    return json_tree_read(arena, text, strlen(text), &unused);
}

static bool read_keys(struct arena *arena, const char *text, struct field_element *out)
{
    const cJSON *object = read_json(arena, text);
    if (!cJSON_IsObject(object))
        return false;
    size_t count = json_count(object), at = 0;
    struct field_key *keys = arena_alloc(arena, (count + 1) * sizeof *keys);
    json_each (member, object) {
        keys[at++] = (struct field_key){member->string, member};
    }
    field_keys_sort(keys, count);
    *out = (struct field_element){.kind = FIELD_KEY, .key_count = count, .keys = keys};
    return true;
}

bool field_element_read(struct arena *arena, const char *text,
                        struct field_element *element, bool *known)
{
    *known = true;
    if (!*text || text[1] != ':')
        return false;
    const char *rest = text + 2;
    int64_t index;
    switch (*text) {
    case 'f':
        *element = field_name(rest);
        return true;
    case 'k':
        return read_keys(arena, rest, element);
    case 'v':
        *element = (struct field_element){.kind = FIELD_VALUE,
                                          .value = read_json(arena, rest)};
        return element->value != NULL;
    case 'i':
        if (!ascii_parse_i64(rest, &index))
            return false;
        *element = (struct field_element){.kind = FIELD_INDEX, .index = (long)index};
        return true;
    default:
        *known = false;
        return true;
    }
}

/* ---- printing */

/* Go's JSON encoder escapes what would be markup in HTML; names of fields in
 * managedFields carry it. */
static void escape_markup(struct strbuf *out, size_t from)
{
    if (out->overflow || !strpbrk(out->text + from, "<>&"))
        return;
    struct strbuf tail;
    strbuf_init(&tail, out->max);
    strbuf_adds(&tail, out->text + from);
    out->len = from;
    out->text[from] = '\0';
    for (size_t i = 0; i < tail.len; i++) {
        if (strchr("<>&", tail.text[i]))
            strbuf_addf(out, "\\u%04x", (unsigned)tail.text[i]);
        else
            strbuf_addc(out, tail.text[i]);
    }
    strbuf_fini(&tail);
}

void field_element_print(struct strbuf *out, const struct field_element *element)
{
    size_t from = out->len;
    switch (element->kind) {
    case FIELD_NAME:
        strbuf_adds(out, "f:");
        strbuf_adds(out, element->name);
        return;
    case FIELD_KEY:
        strbuf_adds(out, "k:{");
        for (size_t i = 0; i < element->key_count; i++) {
            const struct field_key *key = &element->keys[i];
            strbuf_adds(out, i ? "," : "");
            strbuf_add_json(out, key->name, strlen(key->name));
            strbuf_addc(out, ':');
            json_print(out, key->value);
        }
        strbuf_addc(out, '}');
        break;
    case FIELD_VALUE:
        strbuf_adds(out, "v:");
        json_print(out, element->value);
        break;
    case FIELD_INDEX:
        strbuf_addf(out, "i:%ld", element->index);
        return;
    }
    escape_markup(out, from);
}

void field_element_describe(struct strbuf *out, const struct field_element *element)
{
    switch (element->kind) {
    case FIELD_NAME:
        strbuf_addc(out, '.');
        strbuf_adds(out, element->name);
        return;
    case FIELD_KEY:
        strbuf_addc(out, '[');
        for (size_t i = 0; i < element->key_count; i++) {
            strbuf_addf(out, "%s%s=", i ? "," : "", element->keys[i].name);
            json_print(out, element->keys[i].value);
        }
        strbuf_addc(out, ']');
        return;
    case FIELD_VALUE:
        strbuf_adds(out, "[=");
        json_print(out, element->value);
        strbuf_addc(out, ']');
        return;
    case FIELD_INDEX:
        strbuf_addf(out, "[%ld]", element->index);
        return;
    }
}
