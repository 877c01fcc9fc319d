#include "controller/engine/status_write.h"
#include "test/support/check_main.h"

static struct arena *arena;

static void setup(void)
{
    arena = arena_new();
}

static void teardown(void)
{
    arena_free(&arena);
}

static const cJSON *json(const char *text)
{
    struct err err;
    cJSON *tree = json_parse(text, strlen(text), &err);
    ck_assert_msg(tree != NULL, "%s: %s", text, tree ? "" : err.msg);
    return json_adopt(arena, tree);
}

/* A status with condition Ready and observedGeneration. */
static const cJSON *status(const char *ready, int generation)
{
    return json(arena_printf(arena,
                             "{\"observedGeneration\":%d,\"conditions\":"
                             "[{\"type\":\"Ready\",\"status\":\"%s\"}]}",
                             generation, ready));
}

static const cJSON *primary(const cJSON *held)
{
    cJSON *object = json_copy(json("{\"metadata\":{\"name\":\"x\",\"namespace\":\"a\","
                                   "\"uid\":\"u1\",\"resourceVersion\":\"7\"}}"));
    json_set(object, json_copy(held), "status");
    return json_adopt(arena, object);
}

static const cJSON *managed(const char *entries)
{
    return json(
        arena_printf(arena, "{\"metadata\":{\"managedFields\":[%s]}}", entries));
}

#define ENTRY(manager, operation, more)                                                \
    "{\"manager\":\"" manager "\",\"operation\":\"" operation "\"" more "}"
#define STATUS_ENTRY(manager, operation)                                               \
    ENTRY(manager, operation, ",\"subresource\":\"status\"")

START_TEST(a_status_is_held_when_it_is_equal)
{
    const cJSON *wanted = status("True", 2);
    ck_assert(status_is_held(primary(wanted), wanted));
    ck_assert(!status_is_held(primary(status("True", 1)), wanted));
    ck_assert(!status_is_held(primary(NULL), wanted));
    ck_assert(status_is_held(
        primary(json("{\"conditions\":[{\"status\":\"True\",\"type\":\"Ready\"}],"
                     "\"observedGeneration\":2}")),
        wanted));
}
END_TEST

START_TEST(more_than_the_status_is_not_held)
{
    ck_assert(!status_is_held(primary(json("{\"a\":1,\"b\":2}")), json("{\"a\":1}")));
}
END_TEST

START_TEST(foreign_is_who_else_owns_a_part_of_the_status)
{
    ck_assert(!status_is_foreign(managed("")));
    ck_assert(!status_is_foreign(json("{}")));
    ck_assert(!status_is_foreign(managed(STATUS_ENTRY("berth-status", "Apply"))));
    ck_assert(!status_is_foreign(
        managed(ENTRY("kubectl", "Update", "") "," ENTRY("berth", "Apply", ""))));
    ck_assert(status_is_foreign(managed(STATUS_ENTRY("manager", "Update"))));
    ck_assert(status_is_foreign(managed(STATUS_ENTRY("manager", "Apply"))));
    ck_assert(status_is_foreign(managed(
        STATUS_ENTRY("berth-status", "Apply") "," STATUS_ENTRY("kubectl", "Update"))));
}
END_TEST

START_TEST(our_own_replacement_is_foreign_to_an_apply)
{
    ck_assert(status_is_foreign(managed(STATUS_ENTRY("berth-status", "Update"))));
}
END_TEST

START_TEST(somebody_waits_for_ready_and_for_the_generation)
{
    const cJSON *live = primary(status("False", 2));
    ck_assert(!status_is_urgent(live, status("False", 2)));
    ck_assert(status_is_urgent(live, status("True", 2)));
    ck_assert(status_is_urgent(live, status("False", 3)));
    ck_assert(status_is_urgent(primary(NULL), status("False", 2)));
    ck_assert(!status_is_urgent(primary(json("{\"phase\":\"a\"}")),
                                json("{\"phase\":\"b\"}")));
}
END_TEST

#define GUARDED                                                                        \
    "{\"apiVersion\":\"agent.kagenti.dev/v1alpha1\",\"kind\":\"AgentRuntime\","        \
    "\"metadata\":{\"name\":\"x\",\"namespace\":\"a\",\"resourceVersion\":\"7\","      \
    "\"uid\":\"u1\"},"

static void expect_request(const struct kube_request *request, enum kube_method method,
                           const char *path, const char *type, const char *body)
{
    struct strbuf text;
    strbuf_init(&text, 4096);
    json_canonical(&text, json(request->body));
    ck_assert_int_eq(request->method, method);
    ck_assert_int_eq(request->lane, KUBE_LANE_WRITE);
    ck_assert_str_eq(request->path, path);
    ck_assert_str_eq(request->content_type, type);
    ck_assert_str_eq(text.text, body);
    strbuf_fini(&text);
}

#define STATUS_PATH                                                                    \
    "/apis/agent.kagenti.dev/v1alpha1/namespaces/a/agentruntimes/x/status"             \
    "?fieldManager=berth-status"

START_TEST(it_is_applied_to_the_object_that_was_seen)
{
    struct kube_request request = status_apply_request(
        arena, &KUBE_AGENT_RUNTIMES, primary(NULL), status("True", 2));
    expect_request(&request, KUBE_PATCH, STATUS_PATH "&force=true",
                   "application/apply-patch+yaml",
                   GUARDED "\"status\":{\"conditions\":[{\"status\":\"True\","
                           "\"type\":\"Ready\"}],\"observedGeneration\":2}}");
}
END_TEST

START_TEST(it_is_cleared_by_a_replacement)
{
    struct kube_request request =
        status_clear_request(arena, &KUBE_AGENT_RUNTIMES, primary(status("True", 2)));
    expect_request(&request, KUBE_PUT, STATUS_PATH, "application/json",
                   GUARDED "\"status\":{}}");
}
END_TEST

CHECK_MAIN("status_write", setup, teardown, a_status_is_held_when_it_is_equal,
           more_than_the_status_is_not_held,
           foreign_is_who_else_owns_a_part_of_the_status,
           our_own_replacement_is_foreign_to_an_apply,
           somebody_waits_for_ready_and_for_the_generation,
           it_is_applied_to_the_object_that_was_seen, it_is_cleared_by_a_replacement)
