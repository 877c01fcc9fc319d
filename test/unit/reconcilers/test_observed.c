#include "kubeclient/api/object.h"
#include "reconcilers/observed.h"
#include "test/support/check_main.h"

static struct arena *arena;
static struct observed *observed;
static int reads; /* of the cache */

/* The cache holds Deployments "a" and "b" of namespace "ns". */
static const cJSON *cached(struct arena *into, const char *name)
{
    return json_adopt(into, kube_object(into, &KUBE_DEPLOYMENTS, "ns", name));
}

static const cJSON *source_get(void *ctx, struct arena *into,
                               const struct kube_resource *resource, const char *ns,
                               const char *name)
{
    (void)ctx;
    reads++;
    if (resource != &KUBE_DEPLOYMENTS || strcmp(ns, "ns") != 0)
        return NULL;
    return strcmp(name, "a") == 0 || strcmp(name, "b") == 0 ? cached(into, name) : NULL;
}

static void source_find(void *ctx, const struct kube_resource *resource,
                        const char *index, const char *value, struct kube_keys *keys)
{
    (void)ctx, (void)resource, (void)index, (void)value;
    kube_keys_add(keys, "ns", "a");
    kube_keys_add(keys, "ns", "b");
}

static bool source_served(void *ctx, const struct kube_resource *resource)
{
    (void)ctx;
    return resource != &KUBE_PODS;
}

static const struct object_source SOURCE = {
    .get = source_get, .find = source_find, .served = source_served};

static void setup(void)
{
    arena = arena_new();
    observed = observed_new(arena, &SOURCE);
    reads = 0;
}

static void teardown(void)
{
    arena_free(&arena);
}

static const struct err REFUSED = {.kind = ERR_FORBIDDEN, .msg = "no"};

START_TEST(the_cache_is_read_once_an_object)
{
    const cJSON *first = observed_get(observed, &KUBE_DEPLOYMENTS, "ns", "a");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_eq(observed_get(observed, &KUBE_DEPLOYMENTS, "ns", "a"), first);
    ck_assert_ptr_null(observed_get(observed, &KUBE_DEPLOYMENTS, "ns", "none"));
    ck_assert_ptr_null(observed_get(observed, &KUBE_DEPLOYMENTS, "ns", "none"));
    ck_assert_int_eq(reads, 2);
}
END_TEST

START_TEST(a_write_replaces_what_the_cache_said)
{
    observed_get(observed, &KUBE_DEPLOYMENTS, "ns", "a");
    const cJSON *written = cached(arena, "a");
    observed_put(observed, &KUBE_DEPLOYMENTS, "ns", "a", written);
    ck_assert_ptr_eq(observed_get(observed, &KUBE_DEPLOYMENTS, "ns", "a"), written);
    struct object_list list = observed_find(observed, &KUBE_DEPLOYMENTS, "i", "v");
    ck_assert_uint_eq(list.len, 2);
    ck_assert_ptr_eq(list.items[0], written);
}
END_TEST

START_TEST(a_deleted_object_is_found_no_more)
{
    observed_put(observed, &KUBE_DEPLOYMENTS, "ns", "a", NULL);
    ck_assert_ptr_null(observed_get(observed, &KUBE_DEPLOYMENTS, "ns", "a"));
    struct object_list list = observed_find(observed, &KUBE_DEPLOYMENTS, "i", "v");
    ck_assert_uint_eq(list.len, 1);
    ck_assert_str_eq(kube_name(list.items[0]), "b");
}
END_TEST

START_TEST(resources_and_namespaces_do_not_mix)
{
    observed_put(observed, &KUBE_DEPLOYMENTS, "ns", "a", NULL);
    ck_assert_ptr_nonnull(observed_get(observed, &KUBE_DEPLOYMENTS, "ns", "b"));
    ck_assert_ptr_null(observed_get(observed, &KUBE_CONFIG_MAPS, "ns", "b"));
    ck_assert_ptr_null(observed_get(observed, &KUBE_DEPLOYMENTS, "other", "b"));
    ck_assert(!observed_served(observed, &KUBE_PODS));
    ck_assert(observed_served(observed, &KUBE_DEPLOYMENTS));
}
END_TEST

START_TEST(a_live_read_is_unknown_found_absent_or_failed)
{
    const cJSON *object;
    const struct err *err;
    ck_assert_int_eq(observed_fetched(observed, &KUBE_PODS, "ns", "p", &object, &err),
                     LOOKUP_UNKNOWN);

    const cJSON *live = cached(arena, "p");
    observed_put_fetched(observed, &KUBE_PODS, "ns", "p", live);
    ck_assert_int_eq(observed_fetched(observed, &KUBE_PODS, "ns", "p", &object, &err),
                     LOOKUP_FOUND);
    ck_assert_ptr_eq(object, live);
    ck_assert_ptr_null(err);

    observed_put_fetched(observed, &KUBE_PODS, "ns", "p", NULL);
    ck_assert_int_eq(observed_fetched(observed, &KUBE_PODS, "ns", "p", &object, NULL),
                     LOOKUP_ABSENT);
    ck_assert_ptr_null(object);

    observed_put_read_error(observed, &KUBE_PODS, "ns", "p", &REFUSED);
    ck_assert_int_eq(observed_fetched(observed, &KUBE_PODS, "ns", "p", NULL, &err),
                     LOOKUP_FAILED);
    ck_assert_str_eq(err->msg, "no");
}
END_TEST

START_TEST(a_write_replaces_what_was_read_live)
{
    const cJSON *object, *written = cached(arena, "p");
    observed_put(observed, &KUBE_PODS, "ns", "p", NULL);
    ck_assert_int_eq(observed_fetched(observed, &KUBE_PODS, "ns", "p", NULL, NULL),
                     LOOKUP_UNKNOWN);
    observed_put_fetched(observed, &KUBE_PODS, "ns", "p", NULL);
    observed_put(observed, &KUBE_PODS, "ns", "p", written);
    ck_assert_int_eq(observed_fetched(observed, &KUBE_PODS, "ns", "p", &object, NULL),
                     LOOKUP_FOUND);
    ck_assert_ptr_eq(object, written);
    observed_put(observed, &KUBE_PODS, "ns", "p", NULL);
    ck_assert_int_eq(observed_fetched(observed, &KUBE_PODS, "ns", "p", NULL, NULL),
                     LOOKUP_ABSENT);
}
END_TEST

START_TEST(a_dry_run_is_found_or_failed)
{
    const cJSON *object;
    const struct err *err;
    ck_assert_int_eq(observed_tried(observed, &KUBE_DEPLOYMENTS, "ns", "a", NULL, NULL),
                     LOOKUP_UNKNOWN);
    observed_put_tried(observed, &KUBE_DEPLOYMENTS, "ns", "a", NULL, &REFUSED);
    ck_assert_int_eq(
        observed_tried(observed, &KUBE_DEPLOYMENTS, "ns", "a", &object, &err),
        LOOKUP_FAILED);
    ck_assert_int_eq(err->kind, ERR_FORBIDDEN);
    observed_put_tried(observed, &KUBE_DEPLOYMENTS, "ns", "a", cached(arena, "a"),
                       NULL);
    ck_assert_int_eq(
        observed_tried(observed, &KUBE_DEPLOYMENTS, "ns", "a", &object, &err),
        LOOKUP_FOUND);
    ck_assert_ptr_nonnull(object);
    ck_assert_ptr_null(err);
}
END_TEST

START_TEST(a_failure_stays_until_a_write_goes_through)
{
    ck_assert_ptr_null(observed_failure(observed, &KUBE_DEPLOYMENTS, "ns", "a"));
    observed_put_failure(observed, &KUBE_DEPLOYMENTS, "ns", "a", &REFUSED);
    observed_put(observed, &KUBE_DEPLOYMENTS, "ns", "a", cached(arena, "a"));
    const struct err *err = observed_failure(observed, &KUBE_DEPLOYMENTS, "ns", "a");
    ck_assert_ptr_nonnull(err);
    ck_assert_ptr_ne(err, &REFUSED);
    ck_assert_str_eq(err->msg, "no");
    observed_put_failure(observed, &KUBE_DEPLOYMENTS, "ns", "a", NULL);
    ck_assert_ptr_null(observed_failure(observed, &KUBE_DEPLOYMENTS, "ns", "a"));
}
END_TEST

CHECK_MAIN("observed", setup, teardown, the_cache_is_read_once_an_object,
           a_write_replaces_what_the_cache_said, a_deleted_object_is_found_no_more,
           resources_and_namespaces_do_not_mix,
           a_live_read_is_unknown_found_absent_or_failed,
           a_write_replaces_what_was_read_live, a_dry_run_is_found_or_failed,
           a_failure_stays_until_a_write_goes_through)
