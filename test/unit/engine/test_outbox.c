#include "controller/engine/outbox.h"
#include "test/support/check_main.h"

static struct outbox outbox;
static uint64_t last_id;

static void setup(void)
{
    last_id = 10;
    outbox_init(&outbox, &last_id);
}

static void teardown(void)
{
    outbox_fini(&outbox);
}

static uint64_t request(const char *path)
{
    return outbox_request(&outbox, &(struct kube_request){.path = path});
}

static void expect(enum engine_effect_kind kind, uint64_t id)
{
    struct engine_effect effect;
    ck_assert(outbox_next(&outbox, &effect));
    ck_assert_int_eq(effect.kind, kind);
    ck_assert_uint_eq(effect.id, id);
}

static void expect_none(void)
{
    struct engine_effect effect;
    ck_assert(outbox_is_empty(&outbox));
    ck_assert(!outbox_next(&outbox, &effect));
}

START_TEST(what_goes_in_first_comes_out_first)
{
    struct engine_effect effect;
    uint64_t ids[50];
    for (size_t i = 0; i < 50; i++)
        ids[i] = request("/x");
    ck_assert_uint_eq(ids[0], 11);
    ck_assert_uint_eq(request("/last"), 61);
    for (size_t i = 0; i < 50; i++)
        expect(ENGINE_REQUEST, ids[i]);
    ck_assert(!outbox_is_empty(&outbox));
    ck_assert(outbox_next(&outbox, &effect));
    ck_assert_str_eq(effect.request.path, "/last");
    expect_none();
}
END_TEST

START_TEST(ids_are_shared_with_others)
{
    request("/x");
    last_id++;
    ck_assert_uint_eq(request("/y"), 13);
}
END_TEST

START_TEST(a_taken_request_is_cancelled)
{
    uint64_t id = request("/x");
    expect(ENGINE_REQUEST, id);
    outbox_cancel(&outbox, id);
    expect(ENGINE_CANCEL, id);
    expect_none();
}
END_TEST

START_TEST(a_waiting_request_is_never_seen_once_cancelled)
{
    uint64_t a = request("/a"), b = request("/b"), c = request("/c");
    expect(ENGINE_REQUEST, a);
    outbox_cancel(&outbox, b);
    expect(ENGINE_REQUEST, c);
    expect_none();
    outbox_cancel(&outbox, request("/only"));
    expect_none();
}
END_TEST

CHECK_MAIN("outbox", setup, teardown, what_goes_in_first_comes_out_first,
           ids_are_shared_with_others, a_taken_request_is_cancelled,
           a_waiting_request_is_never_seen_once_cancelled)
