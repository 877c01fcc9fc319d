/* apply_play.h - one object and those who write to it, for tests of ownership.
 *
 * `object` is what the writes so far have made of it; each helper writes once, as the
 * manager that it is given, at `at`. Texts are written with ' for ".
 */
#ifndef BERTH_TEST_APPLY_PLAY_H
#define BERTH_TEST_APPLY_PLAY_H

#include "kubeclient/base/alloc.h"
#include "test/apiserver/apply/managed.h"
#include "test/apiserver/apply/patch.h"
#include "test/apiserver/schema/builtin.h"
#include "test/support/check_main.h"

#include <stdio.h>

static struct arena *arena;
static struct builtin_types *types;
static const struct schema *schema;
static cJSON *object;
static cJSON *refusal; /* of the last write; NULL: it was done */
static const char *at, *subresource, *api_version;

static inline cJSON *tree(const char *text)
{
    struct err err = {0};
    char *json = xstrdup(text);
    for (char *c = json; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    cJSON *parsed = json_parse(json, strlen(json), &err);
    ck_assert_msg(parsed, "%s: %s", text, err.msg);
    free(json);
    return json_adopt(arena, parsed);
}

static inline void play(const char *group, const char *version, const char *kind)
{
    schema = builtin_schema(types, group, version, kind);
    ck_assert_ptr_nonnull(schema);
    api_version = *group ? arena_printf(arena, "%s/%s", group, version) : version;
}

static inline void setup_play(void)
{
    arena = arena_new();
    types = builtin_types_new();
    object = refusal = NULL;
    at = "2026-01-02T03:04:05Z";
    subresource = "";
    play("apps", "v1", "Deployment");
}

static inline void teardown_play(void)
{
    json_free(object);
    json_free(refusal);
    builtin_types_free(&types);
    arena_free(&arena);
}

static inline struct managed_apply_options write_by(const char *manager, bool force)
{
    return (struct managed_apply_options){
        .schema = schema,
        .has_status = true,
        .write = {manager, api_version, subresource, at, force}};
}

static inline bool apply_as(const char *manager, bool force, const char *intent)
{
    struct managed_apply_options options = write_by(manager, force);
    json_free(refusal);
    refusal = NULL;
    cJSON *applied = managed_apply(&options, object, tree(intent), &refusal);
    ck_assert(!applied != !refusal);
    if (!applied)
        return false;
    json_free(object);
    object = applied;
    return true;
}

/* By a merge patch; the first write creates. */
static inline void update_as(const char *manager, const char *patch)
{
    struct managed_apply_options options = write_by(manager, false);
    cJSON *former = object;
    object = former ? json_copy(former) : json_object();
    json_merge(object, tree(patch));
    managed_update(&options, former, object);
    json_free(former);
}

static inline void expect_json(const cJSON *value, const char *wanted)
{
    struct strbuf text;
    strbuf_init(&text, 1 << 20);
    if (value)
        json_print(&text, value);
    ck_assert_msg(value && json_equal(value, tree(wanted)), "%s\nwanted %s", text.text,
                  wanted);
    strbuf_fini(&text);
}

static inline const cJSON *entry_of(const char *manager, const char *operation)
{
    json_each (entry, json_at(object, "metadata", "managedFields")) {
        if (strcmp(json_str(entry, "manager"), manager) == 0 &&
            strcmp(json_str(entry, "operation"), operation) == 0)
            return entry;
    }
    return NULL;
}

static inline void expect_owner(const char *manager, const char *operation,
                                const char *fields)
{
    const cJSON *entry = entry_of(manager, operation);
    ck_assert_msg(entry, "%s owns nothing", manager);
    expect_json(json_at(entry, "fieldsV1"), fields);
}

static inline void expect_refusal(const char *message)
{
    ck_assert_ptr_nonnull(refusal);
    ck_assert_str_eq(json_str(refusal, "message"), message);
}

#endif
