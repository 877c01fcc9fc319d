#include "controller/engine/key_memory.h"
#include "test/support/check_main.h"

static struct key_memory *memory;
static const struct kube_key X = {"a", "x"}, Y = {"a", "y"};

static void setup(void)
{
    memory = key_memory_new(3);
}

static void teardown(void)
{
    key_memory_free(&memory);
    ck_assert_ptr_null(memory);
}

START_TEST(a_status_is_quiet_for_a_second)
{
    ck_assert_int_eq(key_memory_quiet_until(memory, &X, 500), 0);
    key_memory_wrote_status(memory, &X, 500);
    ck_assert_int_eq(key_memory_quiet_until(memory, &X, 1499), 1500);
    ck_assert_int_eq(key_memory_quiet_until(memory, &Y, 1499), 0);
    ck_assert_int_eq(key_memory_quiet_until(memory, &X, 1500), 0);
}
END_TEST

START_TEST(a_later_status_is_what_counts)
{
    key_memory_wrote_status(memory, &X, 0);
    key_memory_wrote_status(memory, &Y, 400);
    key_memory_wrote_status(memory, &X, 800);
    ck_assert_int_eq(key_memory_quiet_until(memory, &X, 1000), 1800);
    ck_assert_int_eq(key_memory_quiet_until(memory, &Y, 1000), 1400);
}
END_TEST

START_TEST(quiet_keys_take_no_memory)
{
    key_memory_wrote_status(memory, &X, 0);
    key_memory_wrote_status(memory, &Y, 400);
    ck_assert_uint_eq(key_memory_count(memory), 2);
    key_memory_quiet_until(memory, &X, 1000);
    ck_assert_uint_eq(key_memory_count(memory), 1);
    key_memory_quiet_until(memory, &X, 5000);
    ck_assert_uint_eq(key_memory_count(memory), 0);
}
END_TEST

START_TEST(doubts_are_of_a_key_and_a_resource)
{
    struct kube_key object = {"a", "x"}, node = {"", "x"};
    ck_assert_ptr_null(key_memory_doubts(memory, &X));
    key_memory_doubt(memory, &X, &KUBE_DEPLOYMENTS, &object);
    key_memory_doubt(memory, &X, &KUBE_DEPLOYMENTS, &object);
    key_memory_doubt(memory, &X, &KUBE_CONFIG_MAPS, &object);
    key_memory_doubt(memory, &X, &KUBE_NAMESPACES, &node);
    ck_assert_ptr_null(key_memory_doubts(memory, &Y));

    const struct doubt *doubt = key_memory_doubts(memory, &X);
    ck_assert_ptr_eq(doubt->resource, &KUBE_DEPLOYMENTS);
    ck_assert(kube_key_equal(&doubt->object, &object));
    ck_assert_ptr_eq(doubt->next->resource, &KUBE_CONFIG_MAPS);
    ck_assert_str_eq(doubt->next->next->object.ns, "");
    ck_assert_ptr_null(doubt->next->next->next);
}
END_TEST

START_TEST(the_object_in_doubt_is_copied)
{
    char ns[] = "a", name[] = "x";
    key_memory_doubt(memory, &X, &KUBE_PODS, &(struct kube_key){ns, name});
    ns[0] = name[0] = '?';
    ck_assert_str_eq(key_memory_doubts(memory, &X)->object.ns, "a");
    ck_assert_str_eq(key_memory_doubts(memory, &X)->object.name, "x");
}
END_TEST

START_TEST(trust_ends_a_doubt)
{
    key_memory_doubt(memory, &X, &KUBE_PODS, &X);
    key_memory_doubt(memory, &X, &KUBE_PODS, &Y);
    key_memory_trust(memory, &X, &KUBE_PODS, &X);
    ck_assert_str_eq(key_memory_doubts(memory, &X)->object.name, "y");
    key_memory_trust(memory, &X, &KUBE_DEPLOYMENTS, &Y); /* was never in doubt */
    ck_assert_ptr_nonnull(key_memory_doubts(memory, &X));
    key_memory_trust(memory, &X, &KUBE_PODS, &Y);
    ck_assert_ptr_null(key_memory_doubts(memory, &X));
    key_memory_trust(memory, &X, &KUBE_PODS, &Y);
    ck_assert_uint_eq(key_memory_count(memory), 0);
}
END_TEST

START_TEST(a_doubt_outlives_the_quiet_second)
{
    key_memory_wrote_status(memory, &X, 0);
    key_memory_doubt(memory, &X, &KUBE_PODS, &X);
    ck_assert_int_eq(key_memory_quiet_until(memory, &X, 2000), 0);
    ck_assert_ptr_nonnull(key_memory_doubts(memory, &X));
    key_memory_wrote_status(memory, &X, 2000);
    key_memory_trust(memory, &X, &KUBE_PODS, &X);
    ck_assert_int_eq(key_memory_quiet_until(memory, &X, 2000), 3000);
}
END_TEST

CHECK_MAIN("key_memory", setup, teardown, a_status_is_quiet_for_a_second,
           a_later_status_is_what_counts, quiet_keys_take_no_memory,
           doubts_are_of_a_key_and_a_resource, the_object_in_doubt_is_copied,
           trust_ends_a_doubt, a_doubt_outlives_the_quiet_second)
