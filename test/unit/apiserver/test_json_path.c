#include "test/apiserver/server/json_path.h"
#include "test/support/check_main.h"

#include <stdio.h>
#include <string.h>

static cJSON *object;

static void setup(void)
{
    static const char text[] =
        "{\"spec\":{\"name\":\"n\",\"size\":3,\"ports\":[{\"port\":80},{\"port\":443}],"
        "\"list\":[\"a\",\"b\"]},"
        "\"metadata\":{\"annotations\":{\"x.dev/y\":\"z\"}},"
        "\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"},"
        "{\"type\":\"Other\",\"status\":\"False\"}]}}";
    struct err err;
    object = json_parse(text, strlen(text), &err);
    ck_assert_ptr_nonnull(object);
}

static void teardown(void)
{
    json_free(object);
}

/* What a path leads to, separated by spaces. */
static const char *found(const char *path)
{
    static char text[256];
    const cJSON *values[8];
    size_t count = json_path_find(object, path, values, 8), len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        struct strbuf value;
        strbuf_init(&value, 128);
        json_print(&value, values[i]);
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i ? " " : "",
                                value.text);
        strbuf_fini(&value);
    }
    return text;
}

START_TEST(names_lead_down)
{
    ck_assert_str_eq(found(".spec.name"), "\"n\"");
    ck_assert_str_eq(found(".spec.size"), "3");
    ck_assert_str_eq(found(".spec['name']"), "\"n\"");
    ck_assert_str_eq(found(".spec[\"name\"]"), "\"n\"");
}
END_TEST

START_TEST(names_with_dots_are_quoted_or_escaped)
{
    ck_assert_str_eq(found(".metadata.annotations['x.dev/y']"), "\"z\"");
    ck_assert_str_eq(found(".metadata.annotations.x\\.dev/y"), "\"z\"");
    ck_assert_str_eq(found(".metadata.annotations.x.dev/y"), "");
}
END_TEST

START_TEST(items_are_taken_one_or_all)
{
    ck_assert_str_eq(found(".spec.list[1]"), "\"b\"");
    ck_assert_str_eq(found(".spec.list[2]"), "");
    ck_assert_str_eq(found(".spec.list[*]"), "\"a\" \"b\"");
    ck_assert_str_eq(found(".spec.ports[*].port"), "80 443");
    ck_assert_str_eq(found(".spec.ports[0].port"), "80");
}
END_TEST

START_TEST(filters_choose_items)
{
    ck_assert_str_eq(found(".status.conditions[?(@.type==\"Ready\")].status"),
                     "\"True\"");
    ck_assert_str_eq(found(".status.conditions[?(@.type == 'Other')].status"),
                     "\"False\"");
    ck_assert_str_eq(found(".status.conditions[?(@.type==\"None\")].status"), "");
}
END_TEST

START_TEST(nothing_is_found_where_nothing_is)
{
    ck_assert_str_eq(found(".status.phase"), "");
    ck_assert_str_eq(found(".spec.name.deeper"), "");
    ck_assert_str_eq(found(".spec.name[0]"), "");
}
END_TEST

START_TEST(what_is_not_understood_finds_nothing)
{
    static const char *const paths[] = {
        "spec.name",
        ".spec[",
        ".spec['name",
        ".spec.list[-1]",
        ".spec.list[",
        ".spec.list[1",
        ".status.conditions[?(@.type==\"Ready\"",
        ".status.conditions[?(@.type>\"Ready\")]",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        ck_assert_msg(*found(paths[i]) == '\0', "%s", paths[i]);
}
END_TEST

START_TEST(no_more_than_there_is_room_for)
{
    const cJSON *values[1];
    ck_assert_uint_eq(json_path_find(object, ".spec.list[*]", values, 1), 1);
    ck_assert_str_eq(values[0]->valuestring, "a");
}
END_TEST

CHECK_MAIN("json_path", setup, teardown, names_lead_down,
           names_with_dots_are_quoted_or_escaped, items_are_taken_one_or_all,
           filters_choose_items, nothing_is_found_where_nothing_is,
           what_is_not_understood_finds_nothing, no_more_than_there_is_room_for)
