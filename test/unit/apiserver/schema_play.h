/* schema_play.h - schemas and what lives as long as a case, for tests of them. */
#ifndef BERTH_TEST_SCHEMA_PLAY_H
#define BERTH_TEST_SCHEMA_PLAY_H

#include "kubeclient/base/alloc.h"
#include "test/apiserver/schema/builtin.h"
#include "test/support/check_main.h"

#include <stdio.h>

enum { TEXT_MAX = 1 << 20 };

static struct arena *arena;
static struct builtin_types *types;

static inline void setup(void)
{
    arena = arena_new();
    types = builtin_types_new();
}

static inline void teardown(void)
{
    builtin_types_free(&types);
    arena_free(&arena);
}

static inline cJSON *tree(const char *text)
{
    struct err err = {0};
    cJSON *parsed = json_parse(text, strlen(text), &err);
    ck_assert_msg(parsed, "%s: %s", text, err.msg);
    return json_adopt(arena, parsed);
}

/* A JSON file of test/unit/apiserver/data. */
static inline cJSON *read_data(const char *name)
{
    FILE *file = fopen(
        arena_printf(arena, TEST_SOURCE_DIR "/test/unit/apiserver/data/%s", name), "r");
    ck_assert_ptr_nonnull(file);
    auto_free char *text = xcalloc(1, TEXT_MAX);
    ck_assert_uint_gt(fread(text, 1, TEXT_MAX - 1, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    return tree(text);
}

static inline const char *text_of(const cJSON *value)
{
    struct strbuf text;
    strbuf_init(&text, TEXT_MAX);
    json_canonical(&text, value);
    const char *copy = arena_strdup(arena, text.text);
    strbuf_fini(&text);
    return copy;
}

/* The built-in schema of an object's kind; NULL: none. */
static inline const struct schema *schema_of(const cJSON *object)
{
    const char *version = json_str(object, "apiVersion");
    const char *slash = strchr(version, '/');
    const char *group =
        slash ? arena_strndup(arena, version, (size_t)(slash - version)) : "";
    return builtin_schema(types, group, slash ? slash + 1 : version,
                          json_str(object, "kind"));
}

#endif
