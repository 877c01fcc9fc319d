#include "kubeclient/base/json.h"

#include "kubeclient/base/alloc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print(struct strbuf *out, const cJSON *value, bool sorted);

/* Integers without exponent or fraction; else the shortest form that reads back. */
static void print_number(struct strbuf *out, double number)
{
    char text[32];
    if (!isfinite(number)) {
        strbuf_adds(out, "null");
        return;
    }
    if (fabs(number) <= 9007199254740992.0 && trunc(number) == number) {
        strbuf_addf(out, "%lld", (long long)number);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (fabs(strtod(text, NULL) - number) <= 0.0)
            break;
    }
    strbuf_adds(out, text);
}

static void print_member(struct strbuf *out, const cJSON *member, bool first,
                         bool sorted)
{
    if (!first)
        strbuf_addc(out, ',');
    strbuf_add_json(out, member->string, strlen(member->string));
    strbuf_addc(out, ':');
    print(out, member, sorted);
}

static int by_name(const void *a, const void *b)
{
    const cJSON *const *x = a, *const *y = b;
    return strcmp((*x)->string, (*y)->string);
}

static void print_sorted_members(struct strbuf *out, const cJSON *object)
{
    size_t count = json_count(object), i = 0;
    const cJSON *few[32];
    const cJSON **members =
        count <= 32 ? few : xreallocarray(NULL, count, sizeof *members);
    json_each (member, object) {
        members[i++] = member;
    }
    qsort(members, count, sizeof *members, by_name);
    for (i = 0; i < count; i++)
        print_member(out, members[i], i == 0, true);
    if (members != few)
        free(members);
}

static void print_object(struct strbuf *out, const cJSON *object, bool sorted)
{
    strbuf_addc(out, '{');
    if (sorted)
        print_sorted_members(out, object);
    else {
        json_each (member, object) {
            print_member(out, member, member == object->child, false);
        }
    }
    strbuf_addc(out, '}');
}

static void print_array(struct strbuf *out, const cJSON *array, bool sorted)
{
    strbuf_addc(out, '[');
    json_each (item, array) {
        if (item != array->child)
            strbuf_addc(out, ',');
        print(out, item, sorted);
    }
    strbuf_addc(out, ']');
}

static void print(struct strbuf *out, const cJSON *value, bool sorted)
{
    if (cJSON_IsObject(value))
        print_object(out, value, sorted);
    else if (cJSON_IsArray(value))
        print_array(out, value, sorted);
    else if (cJSON_IsString(value))
        strbuf_add_json(out, value->valuestring, strlen(value->valuestring));
    else if (cJSON_IsNumber(value))
        print_number(out, value->valuedouble);
    else if (cJSON_IsBool(value))
        strbuf_adds(out, cJSON_IsTrue(value) ? "true" : "false");
    else
        strbuf_adds(out, "null");
}

void json_print(struct strbuf *out, const cJSON *value)
{
    print(out, value, false);
}

void json_canonical(struct strbuf *out, const cJSON *value)
{
    print(out, value, true);
}
