#include "kubeclient/api/object.h"
#include "kubeclient/base/yaml.h"
#include "reconcilers/object_set.h"
#include "test/support/check_main.h"

/* Names an object by its label "group". */
static void by_group(const cJSON *object, struct kube_keys *values)
{
    const char *group = kube_label(object, "group");
    if (group)
        kube_keys_add(values, kube_namespace(object), group);
}

static const struct reconciler_index INDEXES[] = {{"groups", by_group}, {0}};
static const struct reconciler_watch WATCHES[] = {
    {.resource = &KUBE_DEPLOYMENTS},
    {.resource = &KUBE_PODS, .indexes = INDEXES},
    {0},
};
static const struct reconciler RECONCILER = {
    .name = "test", .primary = &KUBE_DEPLOYMENTS, .watches = WATCHES};
static const struct reconciler *const RECONCILERS[] = {&RECONCILER, NULL};

static struct arena *arena;
static struct object_set *set;

static void setup(void)
{
    arena = arena_new();
    set = object_set_new(RECONCILERS);
}

static void teardown(void)
{
    object_set_free(&set);
    arena_free(&arena);
}

static bool add(const char *text)
{
    struct err err = {0};
    struct yaml_doc *doc = yaml_parse("object", text, strlen(text), &err);
    ck_assert_msg(doc && yaml_count(doc) == 1, "%s", err.msg);
    bool added = object_set_add(set, yaml_detach(doc, 0), &err);
    ck_assert(added || err.kind == ERR_INVALID);
    yaml_close(&doc);
    return added;
}

#define POD(name, group)                                                               \
    "{apiVersion: v1, kind: Pod, metadata: {namespace: ns, name: " name                \
    ", labels: {group: " group "}}}"

/* The names that the index has for a value, joined by spaces. */
static const char *found(const char *index, const char *value)
{
    struct kube_keys keys = {.arena = arena};
    const struct object_source source = object_set_source(set);
    const char *names = "";
    source.find(source.ctx, &KUBE_PODS, index, value, &keys);
    for (size_t i = 0; i < keys.len; i++)
        names = arena_printf(arena, "%s%s%s", names, i ? " " : "", keys.items[i].name);
    return names;
}

START_TEST(objects_are_found_by_kind_and_key)
{
    ck_assert(add(POD("a", "x")));
    const cJSON *pod = object_set_get(set, &KUBE_PODS, "ns", "a");
    ck_assert_ptr_nonnull(pod);
    ck_assert_str_eq(kube_name(pod), "a");
    ck_assert_ptr_null(object_set_get(set, &KUBE_DEPLOYMENTS, "ns", "a"));
    ck_assert_ptr_null(object_set_get(set, &KUBE_PODS, "other", "a"));
    ck_assert_ptr_null(object_set_get(set, &KUBE_PODS, NULL, "a"));
}
END_TEST

START_TEST(what_is_no_object_is_refused)
{
    ck_assert(!add("text"));
    ck_assert(!add("{}"));
    ck_assert(!add("{apiVersion: v1, kind: Pod}"));
    ck_assert(!add("{apiVersion: v1, metadata: {name: a}}"));
    ck_assert(!add("{kind: Pod, metadata: {name: a}}"));
}
END_TEST

START_TEST(kinds_that_are_not_known_are_dropped)
{
    struct kube_keys keys = {.arena = arena};
    ck_assert(add("{apiVersion: other/v1, kind: Pod, metadata: {name: a}}"));
    object_set_keys(set, &KUBE_PODS, &keys);
    ck_assert_uint_eq(keys.len, 0);
}
END_TEST

START_TEST(nothing_is_there_twice)
{
    ck_assert(add(POD("a", "x")));
    ck_assert(!add(POD("a", "y")));
    ck_assert_str_eq(found("groups", "ns/x"), "a");
}
END_TEST

START_TEST(lists_are_taken_whole_or_not_at_all)
{
    ck_assert(add("{kind: List, items: [" POD("a", "x") ", " POD("b", "x") "]}"));
    ck_assert(!add("{kind: List, items: [" POD("c", "x") ", " POD("b", "x") "]}"));
    ck_assert_str_eq(found(NULL, ""), "a b");
}
END_TEST

START_TEST(indexes_are_those_of_the_watches)
{
    ck_assert(add(POD("a", "x")));
    ck_assert(add(POD("b", "y")));
    ck_assert(add(POD("c", "x")));
    ck_assert_str_eq(found("groups", "ns/x"), "a c");
    ck_assert_str_eq(found("groups", "ns/z"), "");
    ck_assert_str_eq(found("unknown", "ns/x"), "");
    ck_assert_str_eq(found(NULL, "ns"), "a b c");
    ck_assert_str_eq(found(NULL, "other"), "");
}
END_TEST

static cJSON *pod(const char *name)
{
    return kube_object(arena, &KUBE_PODS, "ns", name);
}

START_TEST(what_is_put_takes_the_place_of_its_name)
{
    ck_assert(add(POD("a", "x")));
    ck_assert(add(POD("b", "x")));
    object_set_put(set, &KUBE_PODS, "ns", "a", pod("a"));
    object_set_put(set, &KUBE_PODS, "ns", "c", pod("c"));
    ck_assert_str_eq(found("groups", "ns/x"), "b");
    ck_assert_str_eq(found(NULL, "ns"), "a b c");
    object_set_put(set, &KUBE_PODS, "ns", "b", NULL);
    object_set_put(set, &KUBE_PODS, "ns", "missing", NULL);
    ck_assert_str_eq(found(NULL, "ns"), "a c");
}
END_TEST

START_TEST(a_copy_goes_its_own_way)
{
    ck_assert(add(POD("a", "x")));
    struct object_set *copy = object_set_copy(set);
    object_set_put(copy, &KUBE_PODS, "ns", "a", NULL);
    ck_assert_ptr_null(object_set_get(copy, &KUBE_PODS, "ns", "a"));
    ck_assert_ptr_nonnull(object_set_get(set, &KUBE_PODS, "ns", "a"));
    object_set_free(&copy);
}
END_TEST

CHECK_MAIN("object_set", setup, teardown, objects_are_found_by_kind_and_key,
           what_is_no_object_is_refused, kinds_that_are_not_known_are_dropped,
           nothing_is_there_twice, lists_are_taken_whole_or_not_at_all,
           indexes_are_those_of_the_watches, what_is_put_takes_the_place_of_its_name,
           a_copy_goes_its_own_way)
