#include "kubeclient/api/intent.h"
#include "kubeclient/api/managed_fields.h"
#include "test/support/check_main.h"

/* A Deployment as kube-apiserver 1.37 stores it after an apply by "berth" that mounts
 * one skill, cut to what matters. */
static const char LIVE[] =
    "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','labels':"
    "{'app':'web','kagenti.io/type':'agent'},'managedFields':[{'manager':'berth',"
    "'operation':'Apply','fieldsV1':{'f:metadata':{'f:labels':{'f:kagenti.io/"
    "type':{}}},"
    "'f:spec':{'f:template':{'f:spec':{'f:containers':{'k:{\\'name\\':\\'a\\'}':{'.':{}"
    ","
    "'f:name':{},'f:volumeMounts':{'k:{\\'mountPath\\':\\'/s\\'}':{'.':{},"
    "'f:mountPath':{},'f:name':{},'f:readOnly':{}}}}},'f:volumes':"
    "{'k:{\\'name\\':\\'skill-x\\'}':{'.':{},'f:image':{'f:reference':{}},'f:name':{}}}"
    "}}}}},{'manager':'kubectl','operation':'Update','fieldsV1':{'f:spec':"
    "{'f:replicas':{}}}}]},'spec':{'replicas':1,'template':{'spec':{'containers':"
    "[{'name':'side'},{'name':'a','image':'i','volumeMounts':[{'mountPath':'/other',"
    "'name':'o'},{'mountPath':'/s','name':'skill-x','readOnly':true}]}],'volumes':"
    "[{'name':'o','emptyDir':{}},{'name':'skill-x','image':{'reference':'r:1',"
    "'pullPolicy':'IfNotPresent'}}]}}}}";

static const char INTENT[] =
    "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','uid':'u',"
    "'resourceVersion':'1','labels':{'kagenti.io/type':'agent'}},'spec':{'template':"
    "{'spec':{'containers':[{'name':'a','volumeMounts':[{'mountPath':'/s','name':"
    "'skill-x','readOnly':true}]}],'volumes':[{'name':'skill-x','image':"
    "{'reference':'r:1'}}]}}}}";

static struct arena *arena;
static cJSON *live, *intent;

/* JSON with single quotes, for reading. */
static cJSON *parse(const char *text)
{
    char *copy = arena_strdup(arena, text);
    for (char *c = copy; *c; c++) {
        if (*c == '\'')
            *c = '"';
    }
    struct err err = {0};
    cJSON *tree = json_parse(copy, strlen(copy), &err);
    ck_assert_msg(tree != NULL, "%s", err.msg);
    return json_adopt(arena, tree);
}

static void setup(void)
{
    arena = arena_new();
    live = parse(LIVE);
    intent = parse(INTENT);
}

static void teardown(void)
{
    arena_free(&arena);
}

static cJSON *first(cJSON *array)
{
    return array->child;
}

static cJSON *live_spec(void)
{
    return json_set(live, json_copy(json_at(live, "spec", "template", "spec")), "spec",
                    "template", "spec");
}

static cJSON *member(cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static struct intent_check check(void)
{
    return intent_check(arena, intent, live, "berth");
}

START_TEST(an_object_that_holds_the_intent_is_held)
{
    struct intent_check held = check();
    ck_assert_msg(held.held, "%s", held.where);
    ck_assert(!held.dropped);
}
END_TEST

START_TEST(a_missing_object_holds_nothing)
{
    ck_assert(!intent_check(arena, intent, NULL, "berth").held);
}
END_TEST

START_TEST(another_value_is_seen_and_named)
{
    json_set_str(live, "tool", "metadata", "labels", "kagenti.io/type");
    ck_assert(!check().held);
    ck_assert_str_eq(check().where,
                     "metadata.labels.kagenti.io/type: has another value");
}
END_TEST

START_TEST(order_in_list_maps_does_not_count)
{
    cJSON *spec = live_spec();
    cJSON *volumes = member(spec, "volumes");
    cJSON *moved = json_copy(first(volumes));
    json_set(spec, json_array(), "volumes");
    json_push(
        member(spec, "volumes"),
        json_copy(json_find(json_at(parse(LIVE), "spec", "template", "spec", "volumes"),
                            "name", "skill-x")));
    json_push(member(spec, "volumes"), moved);
    ck_assert(check().held);
}
END_TEST

START_TEST(equal_values_that_others_own_are_not_ours)
{
    ck_assert(!intent_check(arena, intent, live, "flux").held);
}
END_TEST

START_TEST(a_field_set_that_is_a_list_owns_nothing)
{
    live = parse("{'metadata':{'name':'web','managedFields':[{'manager':'berth',"
                 "'operation':'Apply','fieldsV1':{'f:spec':{'f:template':{'f:spec':"
                 "{'f:containers':[{'f:name':{}}],'f:volumes':['k:']}}}}}]},"
                 "'spec':{'template':{'spec':{'containers':[],'volumes':[]}}}}");
    ck_assert(!check().held);
    ck_assert(!intent_check(arena, intent, parse("['text']"), "berth").held);
}
END_TEST

START_TEST(what_we_own_and_no_longer_want_is_seen)
{
    json_remove(intent, "metadata", "labels");
    ck_assert(!check().held);
    ck_assert_ptr_nonnull(strstr(check().where, "no longer wanted"));
}
END_TEST

START_TEST(an_item_we_own_and_no_longer_want_is_seen)
{
    json_set(intent, json_array(), "spec", "template", "spec", "volumes");
    ck_assert(!check().held);
}
END_TEST

START_TEST(an_empty_intent_over_nothing_owned_is_held)
{
    cJSON *release = parse("{'apiVersion':'apps/v1','kind':'Deployment',"
                           "'metadata':{'name':'web','uid':'u'}}");
    ck_assert(!intent_check(arena, release, live, "berth").held);
    ck_assert(intent_check(arena, release, live, "flux").held);
}
END_TEST

START_TEST(rule08_owned_but_missing_means_dropped)
{
    cJSON *spec = live_spec();
    json_remove(spec, "volumes");
    struct intent_check dropped = check();
    ck_assert(!dropped.held);
    ck_assert(dropped.dropped);
}
END_TEST

START_TEST(rule08_neither_owned_nor_there_means_removed_by_hand)
{
    cJSON *spec = live_spec();
    json_remove(spec, "volumes");
    cJSON *entries = member(member(live, "metadata"), "managedFields");
    json_remove(first(entries), "fieldsV1", "f:spec", "f:template", "f:spec",
                "f:volumes");
    struct intent_check removed = check();
    ck_assert(!removed.held);
    ck_assert(!removed.dropped);
}
END_TEST

START_TEST(an_empty_object_is_a_value)
{
    const char *text =
        "{'spec':{'emptyDir':{}},'metadata':{'managedFields':[{'manager':"
        "'berth','operation':'Apply','fieldsV1':{'f:spec':"
        "{'f:emptyDir':{}}}}]}}";
    cJSON *wanted = parse("{'spec':{'emptyDir':{}}}");
    ck_assert(intent_check(arena, wanted, parse(text), "berth").held);
    ck_assert(
        !intent_check(arena, wanted, parse("{'spec':{'emptyDir':{}}}"), "berth").held);
}
END_TEST

START_TEST(an_empty_list_is_left_out_by_the_server)
{
    const char *stored = "{'spec':{},'metadata':{'managedFields':[{'manager':'berth',"
                         "'operation':'Apply','fieldsV1':{'f:spec':{'f:ingress':{}}}}"
                         "]}}";
    const cJSON *wanted = parse("{'spec':{'ingress':[]}}");
    ck_assert(intent_check(arena, wanted, parse(stored), "berth").held);
    ck_assert(!intent_check(arena, wanted, parse("{'spec':{}}"), "berth").held);
}
END_TEST

/* One of ours, whole, as the API server records owners; the rest by `owner`. */
static bool owners_held(const char *owner)
{
    const char *stored = arena_printf(
        arena,
        "{'metadata':{'ownerReferences':[{'uid':'o','kind':'ConfigMap'},{'uid':'u',"
        "'kind':'Project'%s}],'managedFields':[{'manager':'berth','operation':'Apply',"
        "'fieldsV1':{'f:metadata':{'f:ownerReferences':{'k:{\\'uid\\':\\'u\\'}':{}}}}"
        "}]}}",
        owner);
    const cJSON *wanted = parse("{'metadata':{'ownerReferences':[{'uid':'u','kind':"
                                "'Project','controller':true}]}}");
    return intent_check(arena, wanted, parse(stored), "berth").held;
}

START_TEST(other_owners_are_nobodys_business)
{
    ck_assert(owners_held(",'controller':true"));
    ck_assert(!owners_held(",'controller':false"));
    ck_assert(!owners_held(",'controller':true,'blockOwnerDeletion':true"));
}
END_TEST

START_TEST(merging_keeps_what_others_wrote)
{
    cJSON *bare =
        parse("{'metadata':{'name':'web','labels':{'app':'web'}},'spec':"
              "{'template':{'spec':{'containers':[{'name':'a','image':'i'}]}}}}");
    cJSON *merged = json_adopt(arena, intent_merge(intent, bare));
    ck_assert_str_eq(json_str(merged, "metadata", "labels", "app"), "web");
    ck_assert_str_eq(json_str(merged, "metadata", "labels", "kagenti.io/type"),
                     "agent");
    const cJSON *container = json_find(
        json_at(merged, "spec", "template", "spec", "containers"), "name", "a");
    ck_assert_str_eq(json_str(container, "image"), "i");
    ck_assert_uint_eq(json_count(json_at(container, "volumeMounts")), 1);
    cJSON *again = json_adopt(arena, intent_merge(intent, merged));
    ck_assert(json_equal(again, merged));
}
END_TEST

START_TEST(merging_replaces_what_is_of_another_type)
{
    cJSON *odd = parse("{'metadata':{'labels':['x']},'spec':{'template':{'spec':"
                       "{'containers':{'name':'a'},'volumes':'text'}}}}");
    cJSON *merged = json_adopt(arena, intent_merge(intent, odd));
    cJSON *alone = json_adopt(arena, intent_merge(intent, NULL));
    ck_assert(json_equal(merged, alone));
}
END_TEST

START_TEST(owners_are_found_by_path)
{
    const struct field_manager berth = {.name = "berth", .operation = "Apply"};
    const char *key = managed_key(arena, "name", "skill-x");
    ck_assert_str_eq(key, "k:{\"name\":\"skill-x\"}");
    ck_assert(managed_owns(live, &berth, "f:spec", "f:template", "f:spec", "f:volumes",
                           key, "."));
    ck_assert(!managed_owns(live, &berth, "f:spec", "f:replicas"));
    ck_assert_str_eq(managed_other(live, &berth, "f:spec", "f:replicas"), "kubectl");
    ck_assert_ptr_null(managed_other(live, &berth, "f:metadata"));
    ck_assert_str_eq(managed_other(live, NULL, "f:metadata"), "berth");
}
END_TEST

START_TEST(an_atomic_map_is_one_value)
{
    static const char BINDING[] =
        "{'metadata':{'managedFields':[{'manager':'berth','operation':'Apply',"
        "'fieldsV1':{'f:roleRef':{}}}]},'roleRef':{'kind':'Role','name':'%s'}}";
    const cJSON *wanted = parse("{'roleRef':{'kind':'Role','name':'a'}}");
    const cJSON *same = parse(arena_printf(arena, BINDING, "a"));
    const cJSON *other = parse(arena_printf(arena, BINDING, "b"));
    ck_assert(intent_check(arena, wanted, same, "berth").held);
    ck_assert(!intent_check(arena, wanted, other, "berth").held);
    const cJSON *shorter = parse("{'roleRef':{'kind':'Role'}}");
    ck_assert(!intent_check(arena, shorter, same, "berth").held);
    cJSON *merged = json_adopt(arena, intent_merge(shorter, same));
    ck_assert_ptr_null(json_at(merged, "roleRef", "name"));
}
END_TEST

CHECK_MAIN("intent", setup, teardown, an_object_that_holds_the_intent_is_held,
           a_missing_object_holds_nothing, another_value_is_seen_and_named,
           order_in_list_maps_does_not_count, equal_values_that_others_own_are_not_ours,
           a_field_set_that_is_a_list_owns_nothing,
           what_we_own_and_no_longer_want_is_seen,
           an_item_we_own_and_no_longer_want_is_seen,
           an_empty_intent_over_nothing_owned_is_held,
           rule08_owned_but_missing_means_dropped,
           rule08_neither_owned_nor_there_means_removed_by_hand,
           an_empty_object_is_a_value, an_empty_list_is_left_out_by_the_server,
           other_owners_are_nobodys_business, merging_keeps_what_others_wrote,
           an_atomic_map_is_one_value, merging_replaces_what_is_of_another_type,
           owners_are_found_by_path)
