#include "kubeclient/base/backoff.h"
#include "test/support/check_main.h"

static const struct backoff_policy POLICY = {.base_ms = 800, .max_ms = 30000};

START_TEST(delays_stay_within_their_ceiling)
{
    uint64_t state = 1;
    int64_t ceiling = 800;
    for (uint32_t failures = 1; failures < 100; failures++) {
        for (int i = 0; i < 50; i++) {
            int64_t delay = backoff_delay(&POLICY, failures, random_next(&state));
            ck_assert_int_ge(delay, ceiling / 2);
            ck_assert_int_le(delay, ceiling);
        }
        ceiling = ceiling * 2 > 30000 ? 30000 : ceiling * 2;
    }
}
END_TEST

START_TEST(both_ends_are_reached)
{
    ck_assert_int_eq(backoff_delay(&POLICY, 1, 0), 400);
    ck_assert_int_eq(backoff_delay(&POLICY, 1, 400), 800);
    ck_assert_int_eq(backoff_delay(&POLICY, UINT32_MAX, 15000), 30000);
}
END_TEST

START_TEST(a_huge_maximum_does_not_overflow)
{
    struct backoff_policy policy = {.base_ms = 1, .max_ms = INT64_MAX};
    ck_assert_int_ge(backoff_delay(&policy, UINT32_MAX, 0), INT64_MAX / 2);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_numbers)
{
    uint64_t a = 9, b = 9, c = 10;
    for (int i = 0; i < 10; i++) {
        uint64_t x = random_next(&a);
        ck_assert(x == random_next(&b));
        ck_assert(x != random_next(&c));
    }
}
END_TEST

CHECK_MAIN("backoff", NULL, NULL, delays_stay_within_their_ceiling,
           both_ends_are_reached, a_huge_maximum_does_not_overflow,
           the_same_seed_gives_the_same_numbers)
