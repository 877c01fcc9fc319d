#include "controller/engine/store.h"
#include "kubeclient/api/object.h"
#include "test/support/check_main.h"

#include <stdio.h>

static void target_values(const cJSON *object, struct kube_keys *values)
{
    const char *target = json_str(object, "spec", "target");
    if (target)
        kube_keys_add(values, kube_namespace(object), target);
    json_each (item, json_at(object, "spec", "also"))
        kube_keys_add(values, kube_namespace(object), item->valuestring);
}

static void map_nothing(const cJSON *secondary, struct observed *observed,
                        const struct reconcile_config *config,
                        struct kube_keys *primaries)
{
    (void)secondary, (void)observed, (void)config, (void)primaries;
}

static const struct reconciler_index INDEXES[] = {{"target", target_values}, {0}};
static const char *const KEEP[] = {"spec",
                                   "apiVersion",
                                   "metadata name",
                                   "metadata resourceVersion",
                                   "metadata managedFields manager",
                                   NULL};
static const struct reconciler_watch SECONDARY = {
    .resource = &KUBE_DEPLOYMENTS,
    .keep = KEEP,
    .indexes = INDEXES,
    .map = map_nothing,
};
static const struct reconciler_watch PRIMARY = {
    .resource = &KUBE_DEPLOYMENTS,
    .keep = KEEP,
    .indexes = INDEXES,
};
static const struct reconciler_watch CLUSTER = {.resource = &KUBE_NAMESPACES};

static struct store *store;
static struct arena *arena;
static struct store_diff diff;
static struct err err;

static void setup(void)
{
    store = store_new(&SECONDARY, 42);
    arena = arena_new();
}

static void teardown(void)
{
    store_free(&store);
    ck_assert_ptr_null(store);
    arena_free(&arena);
}

static struct json_slice slice(const char *text)
{
    return (struct json_slice){text, strlen(text)};
}

static enum store_change put(const char *text)
{
    err = (struct err){.kind = ERR_NONE};
    ck_assert_msg(store_put(store, arena, slice(text), &diff, &err), "%s", err.msg);
    return diff.change;
}

/* An object of namespace "a" with one spec member. */
static const char *object(const char *name, int version, const char *spec)
{
    return arena_printf(arena,
                        "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"%s\","
                        "\"namespace\":\"a\",\"uid\":\"u-%s\",\"labels\":{\"x\":\"y\"},"
                        "\"resourceVersion\":\"%d\",\"generation\":1},\"spec\":%s,"
                        "\"status\":{\"seen\":%d}}",
                        name, name, version, spec, version);
}

static enum store_change put_listed(const char *text)
{
    ck_assert(store_put_listed(store, arena, slice(text), &diff, &err));
    return diff.change;
}

static enum store_change remove_object(const char *text)
{
    ck_assert(store_remove(store, arena, slice(text), &diff, &err));
    return diff.change;
}

START_TEST(adds_changes_and_removes)
{
    ck_assert_int_eq(put(object("x", 1, "{\"target\":\"t\"}")), STORE_ADDED);
    ck_assert_ptr_null(diff.before);
    ck_assert_str_eq(kube_name(diff.after), "x");
    ck_assert_str_eq(diff.key.ns, "a");
    ck_assert_str_eq(diff.key.name, "x");

    ck_assert_int_eq(put(object("x", 2, "{\"target\":\"u\"}")), STORE_CHANGED);
    ck_assert_str_eq(json_str(diff.before, "spec", "target"), "t");
    ck_assert_str_eq(json_str(diff.after, "spec", "target"), "u");
    ck_assert_uint_eq(store_count(store), 1);

    ck_assert_int_eq(remove_object(object("x", 3, "{}")), STORE_REMOVED);
    ck_assert_str_eq(json_str(diff.before, "spec", "target"), "u");
    ck_assert_ptr_null(diff.after);
    ck_assert_uint_eq(store_count(store), 0);
    ck_assert_int_eq(remove_object(object("x", 3, "{}")), STORE_SAME);
}
END_TEST

START_TEST(gives_back_what_plans_read)
{
    put(object("x", 77, "{\"target\":\"t\"}"));
    const cJSON *tree = store_get(store, arena, "a", "x");
    static const char WANTED[] =
        "{\"metadata\":{\"uid\":\"u-x\",\"name\":\"x\",\"namespace\":\"a\","
        "\"resourceVersion\":\"77\",\"generation\":1},\"spec\":{\"target\":\"t\"},"
        "\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\"}";
    cJSON *wanted = json_parse(WANTED, strlen(WANTED), &err);
    json_adopt(arena, wanted);
    ck_assert(json_equal(tree, wanted));
    ck_assert(store_has(store, "a", "x"));
    ck_assert(!store_has(store, "b", "x"));
    ck_assert_ptr_null(store_get(store, arena, "a", "xx"));
    ck_assert_ptr_null(store_get(store, arena, NULL, "x"));
}
END_TEST

START_TEST(knows_cluster_scope)
{
    store_free(&store);
    store = store_new(&CLUSTER, 1);
    put("{\"metadata\":{\"name\":\"n\",\"resourceVersion\":\"5\"}}");
    const cJSON *tree = store_get(store, arena, NULL, "n");
    ck_assert_ptr_nonnull(tree);
    ck_assert_ptr_null(json_at(tree, "metadata", "namespace"));
    ck_assert_ptr_null(json_at(tree, "metadata", "generation"));
    ck_assert_str_eq(json_str(tree, "apiVersion"), "v1");
    ck_assert_str_eq(diff.key.ns, "");
}
END_TEST

START_TEST(a_version_alone_changes_nothing)
{
    put(object("x", 1, "{\"target\":\"t\"}"));
    ck_assert_int_eq(put(object("x", 9, "{\"target\":\"t\"}")), STORE_SAME);
    ck_assert_str_eq(kube_resource_version(store_get(store, arena, "a", "x")), "9");
    ck_assert_int_eq(put(object("x", 10, "{ \"target\" : \"t\" }")), STORE_SAME);
    ck_assert_str_eq(kube_resource_version(store_get(store, arena, "a", "x")), "10");
}
END_TEST

static const char *generation(int version, int value)
{
    return arena_printf(arena,
                        "{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"%d\","
                        "\"generation\":%d}}",
                        version, value);
}

START_TEST(a_generation_changes_primaries_only)
{
    put(generation(1, 1));
    ck_assert_int_eq(put(generation(2, 2)), STORE_SAME);
    ck_assert_int_eq(kube_generation(store_get(store, arena, "", "x")), 2);

    store_free(&store);
    store = store_new(&PRIMARY, 42);
    put(generation(1, 1));
    ck_assert_int_eq(put(generation(2, 1)), STORE_SAME);
    ck_assert_int_eq(put(generation(3, 2)), STORE_CHANGED);
    ck_assert_ptr_null(diff.before); /* no index value changed */
    ck_assert_int_eq(kube_generation(diff.after), 2);
    ck_assert_str_eq(diff.key.name, "x");
}
END_TEST

START_TEST(never_goes_back)
{
    put(object("x", 100, "{\"target\":\"new\"}"));
    ck_assert_int_eq(put(object("x", 99, "{\"target\":\"old\"}")), STORE_SAME);
    ck_assert_int_eq(put(object("x", 100, "{\"target\":\"odd\"}")), STORE_SAME);
    ck_assert_int_eq(remove_object(object("x", 99, "{}")), STORE_SAME);
    ck_assert_str_eq(json_str(store_get(store, arena, "a", "x"), "spec", "target"),
                     "new");
    /* By number, not by text. */
    ck_assert_int_eq(put(object("x", 1000, "{\"target\":\"newer\"}")), STORE_CHANGED);
}
END_TEST

START_TEST(goes_back_after_a_reset)
{
    put(object("x", 100, "{\"target\":\"new\"}"));
    put(object("y", 101, "{}"));
    store_reset(store);
    ck_assert_str_eq(kube_resource_version(store_get(store, arena, "a", "x")), "100");
    ck_assert_int_eq(put(object("x", 5, "{\"target\":\"old\"}")), STORE_CHANGED);
    ck_assert_int_eq(put(object("x", 4, "{\"target\":\"older\"}")), STORE_SAME);
    ck_assert_int_eq(put(object("y", 6, "{}")), STORE_SAME);
    ck_assert_str_eq(kube_resource_version(store_get(store, arena, "a", "y")), "6");
}
END_TEST

static char removed[256];

static void on_removed(void *ctx, const struct store_diff *gone)
{
    size_t len = strlen(removed);
    ck_assert_ptr_eq(ctx, &removed);
    ck_assert_int_eq(gone->change, STORE_REMOVED);
    ck_assert_str_eq(kube_name(gone->before), gone->key.name);
    snprintf(removed + len, sizeof(removed) - len, "%s/%s ", gone->key.ns,
             gone->key.name);
}

/* Ends the list with its own arena, and returns the sum of what went. */
static const char *end_list(const char *ns, uint32_t mark, uint64_t version)
{
    struct arena *scratch = arena_new();
    struct store_list list = {.ns = ns, .mark = mark, .version = version};
    removed[0] = '\0';
    store_list_end(store, scratch, &list, on_removed, &removed);
    arena_free(&scratch);
    return removed;
}

START_TEST(a_list_removes_what_it_does_not_name)
{
    put(object("kept", 1, "{}"));
    put(object("gone", 2, "{}"));
    put(object("newer", 50, "{}"));
    put(object("ours", 8, "{}"));
    uint32_t mark = store_list_begin(store);
    ck_assert_int_eq(put_listed(object("kept", 1, "{}")), STORE_SAME);
    ck_assert_int_eq(put_listed(object("fresh", 9, "{}")), STORE_ADDED);
    ck_assert_int_eq(put_listed(object("ours", 7, "{}")), STORE_SAME);
    put(object("early", 5, "{}")); /* an own write, deleted before the list was made */
    const char *gone = end_list(NULL, mark, 10);
    ck_assert_ptr_nonnull(strstr(gone, "a/gone "));
    ck_assert_ptr_nonnull(strstr(gone, "a/early "));
    ck_assert_uint_eq(strlen(gone), strlen("a/gone a/early "));
    ck_assert_uint_eq(store_count(store), 4);
}
END_TEST

START_TEST(a_list_begun_again_loses_nothing)
{
    put(object("x", 1, "{}"));
    store_list_begin(store);
    put_listed(object("x", 1, "{}"));
    uint32_t mark = store_list_begin(store);
    put_listed(object("y", 2, "{}"));
    ck_assert_uint_eq(store_count(store), 2);
    ck_assert_str_eq(end_list(NULL, mark, 3), "a/x ");
}
END_TEST

START_TEST(lists_of_namespaces_do_not_meet)
{
    put("{\"metadata\":{\"name\":\"x\",\"namespace\":\"a\",\"resourceVersion\":\"1\"}"
        "}");
    put("{\"metadata\":{\"name\":\"x\",\"namespace\":\"ab\",\"resourceVersion\":\"2\"}"
        "}");
    put("{\"metadata\":{\"name\":\"y\",\"namespace\":\"ab\",\"resourceVersion\":\"3\"}"
        "}");
    uint32_t a = store_list_begin(store);
    uint32_t ab = store_list_begin(store);
    put_listed("{\"metadata\":{\"name\":\"x\",\"namespace\":\"ab\","
               "\"resourceVersion\":\"2\"}}");
    ck_assert_str_eq(end_list("a", a, 9), "a/x ");
    ck_assert_str_eq(end_list("ab", ab, 9), "ab/y ");
    ck_assert_uint_eq(store_count(store), 1);
}
END_TEST

START_TEST(a_list_after_a_reset_replaces_everything)
{
    put(object("x", 100, "{}"));
    put(object("y", 101, "{}"));
    store_reset(store);
    uint32_t mark = store_list_begin(store);
    put_listed(object("x", 5, "{\"target\":\"t\"}"));
    ck_assert_str_eq(end_list(NULL, mark, 6), "a/y ");
}
END_TEST

static size_t count_found(const char *value)
{
    struct kube_keys found = {.arena = arena};
    store_find(store, "target", value, &found);
    return found.len;
}

static void check_found(const char *value, const char *wanted)
{
    char names[256] = "";
    struct kube_keys found = {.arena = arena};
    store_find(store, "target", value, &found);
    for (size_t i = 0; i < found.len; i++) {
        ck_assert_str_eq(found.items[i].ns, "a");
        strncat(names, found.items[i].name, 100);
        strncat(names, " ", 2);
    }
    ck_assert_str_eq(names, wanted);
}

START_TEST(finds_by_index_in_order)
{
    put(object("c", 1, "{\"target\":\"t\"}"));
    put(object("a", 2, "{\"target\":\"t\",\"also\":[\"u\",\"v\",\"u\"]}"));
    put(object("b", 3, "{\"target\":\"t\"}"));
    put(object("d", 4, "{}"));
    check_found("a/t", "a b c ");
    check_found("a/u", "a ");
    check_found("a/w", "");
    put(object("a", 5, "{\"target\":\"w\",\"also\":[\"v\"]}"));
    check_found("a/t", "b c ");
    check_found("a/u", "");
    check_found("a/v", "a ");
    check_found("a/w", "a ");
    remove_object(object("b", 6, "{}"));
    check_found("a/t", "c ");
    ck_assert_int_eq(put(object("c", 7, "{\"target\":\"t\"}")), STORE_SAME);
    check_found("a/t", "c ");
}
END_TEST

START_TEST(refuses_what_is_no_object)
{
    static const char *const BAD[] = {
        "",
        "1",
        "[]",
        "{}",
        "{\"metadata\":1}",
        "{\"metadata\":[]}",
        "{\"metadata\":{}}",
        "{\"metadata\":{\"name\":\"x\"}}",
        "{\"metadata\":{\"name\":\"\",\"resourceVersion\":\"1\"}}",
        "{\"metadata\":{\"name\":1,\"resourceVersion\":\"1\"}}",
        "{\"metadata\":{\"name\":\"x\",\"namespace\":1,\"resourceVersion\":\"1\"}}",
        "{\"metadata\":{\"name\":\"x/y\",\"resourceVersion\":\"1\"}}",
        "{\"metadata\":{\"name\":\"x\\u0000\",\"resourceVersion\":\"1\"}}",
        "{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"0\"}}",
        "{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"abc\"}}",
        "{\"metadata\":{\"name\":\"x\",\"resourceVersion\":1}}",
        "{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"99999999999999999999\"}}",
        "{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"1\"}",
        "{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"1\"},\"spec\":}",
        "{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"1\"},\"status\":{]}",
    };
    put(object("x", 1, "{\"target\":\"t\"}"));
    for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
        bool ok = store_put(store, arena, slice(BAD[i]), &diff, &err);
        ck_assert_msg(!ok, "%s", BAD[i]);
        ck_assert_int_eq(err.kind, ERR_INVALID);
    }
    char *name = arena_alloc(arena, 300);
    memset(name, 'n', 254);
    ck_assert(!store_put(store, arena, slice(object(name, 3, "{}")), &diff, &err));
    name[253] = '\0';
    ck_assert_int_eq(put(object(name, 3, "{}")), STORE_ADDED);
    ck_assert_uint_eq(store_count(store), 2);
    ck_assert_str_eq(json_str(store_get(store, arena, "a", "x"), "spec", "target"),
                     "t");
}
END_TEST

START_TEST(reads_escaped_names)
{
    put("{\"metadata\":{\"name\":\"\\u0078\",\"namespace\":\"\\u0061\","
        "\"resourceVersion\":\"1\"}}");
    ck_assert(store_has(store, "a", "x"));
}
END_TEST

static void count_key(void *ctx, const struct kube_key *key)
{
    ck_assert_str_eq(key->ns, "a");
    ck_assert_ptr_nonnull(store_get(store, arena, key->ns, key->name));
    ++*(int *)ctx;
}

START_TEST(holds_many)
{
    enum { COUNT = 3000 };
    size_t text = 0;
    char name[32], spec[1024];
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof(name), "object-%d", i);
        snprintf(spec, sizeof(spec),
                 "{\"target\":\"t-%d\",\"template\":{\"spec\":{\"containers\":[{"
                 "\"name\":\"agent\",\"image\":\"example.com/agent:%d\",\"env\":[{"
                 "\"name\":\"PORT\",\"value\":\"8080\"}]}],\"volumes\":[]}}}",
                 i % 100, i);
        put(object(name, i + 1, spec));
        text += strlen(spec);
        arena_reset(arena);
    }
    int seen = 0;
    store_each_key(store, count_key, &seen);
    ck_assert_int_eq(seen, COUNT);
    ck_assert_uint_eq(count_found("a/t-7"), COUNT / 100);
    ck_assert_uint_lt(store_bytes(store), text);

    size_t empty = store_bytes(store);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof(name), "object-%d", i);
        ck_assert_int_eq(remove_object(object(name, COUNT + i + 1, "{}")),
                         STORE_REMOVED);
        arena_reset(arena);
    }
    ck_assert_uint_eq(store_count(store), 0);
    ck_assert_uint_gt(empty - store_bytes(store), (size_t)COUNT * 64);
    ck_assert_uint_eq(count_found("a/t-7"), 0);
}
END_TEST

CHECK_MAIN("store", setup, teardown, adds_changes_and_removes,
           gives_back_what_plans_read, knows_cluster_scope,
           a_version_alone_changes_nothing, a_generation_changes_primaries_only,
           never_goes_back, goes_back_after_a_reset,
           a_list_removes_what_it_does_not_name, a_list_begun_again_loses_nothing,
           lists_of_namespaces_do_not_meet, a_list_after_a_reset_replaces_everything,
           finds_by_index_in_order, refuses_what_is_no_object, reads_escaped_names,
           holds_many)
