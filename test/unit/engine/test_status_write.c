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
    ck_assert(status_is_held(primary(wanted), wanted, NULL));
    ck_assert(!status_is_held(primary(status("True", 1)), wanted, NULL));
    ck_assert(!status_is_held(primary(NULL), wanted, NULL));
    ck_assert(status_is_held(
        primary(json("{\"conditions\":[{\"status\":\"True\",\"type\":\"Ready\"}],"
                     "\"observedGeneration\":2}")),
        wanted, NULL));
}
END_TEST

START_TEST(more_than_the_status_is_not_held)
{
    ck_assert(
        !status_is_held(primary(json("{\"a\":1,\"b\":2}")), json("{\"a\":1}"), NULL));
}
END_TEST

START_TEST(foreign_is_who_else_owns_a_part_of_the_status)
{
    ck_assert(!status_is_foreign(managed(""), NULL));
    ck_assert(!status_is_foreign(json("{}"), NULL));
    ck_assert(!status_is_foreign(managed(STATUS_ENTRY("berth-status", "Apply")), NULL));
    ck_assert(!status_is_foreign(
        managed(ENTRY("kubectl", "Update", "") "," ENTRY("berth", "Apply", "")), NULL));
    ck_assert(status_is_foreign(managed(STATUS_ENTRY("manager", "Update")), NULL));
    ck_assert(status_is_foreign(managed(STATUS_ENTRY("manager", "Apply")), NULL));
    ck_assert(status_is_foreign(
        managed(STATUS_ENTRY("berth-status", "Apply") "," STATUS_ENTRY("kubectl",
                                                                       "Update")),
        NULL));
}
END_TEST

START_TEST(our_own_replacement_is_foreign_to_an_apply)
{
    ck_assert(status_is_foreign(managed(STATUS_ENTRY("berth-status", "Update")), NULL));
}
END_TEST

static const char *const OTHERS[] = {"seen", "heard", NULL};

#define OWNS(manager, fields)                                                          \
    ENTRY(manager, "Update",                                                           \
          ",\"subresource\":\"status\",\"fieldsV1\":{\"f:status\":{" fields "}}")

START_TEST(fields_of_others_are_neither_held_against_them_nor_taken)
{
    const cJSON *wanted = json("{\"a\":1}");
    const cJSON *live = primary(json("{\"a\":1,\"seen\":2}"));
    ck_assert(status_is_held(live, wanted, OTHERS));
    ck_assert(!status_is_held(live, wanted, NULL));
    ck_assert(!status_is_held(primary(json("{\"b\":1}")), wanted, OTHERS));
    const cJSON *theirs = managed(OWNS("runner", "\"f:seen\":{},\"f:heard\":{}"));
    ck_assert(!status_is_foreign(theirs, OTHERS));
    ck_assert(status_is_foreign(theirs, NULL));
    ck_assert(
        status_is_foreign(managed(OWNS("runner", "\"f:seen\":{},\"f:a\":{}")), OTHERS));
    ck_assert(status_is_foreign(managed(STATUS_ENTRY("runner", "Update")), OTHERS));
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
    struct kube_request request = status_clear_request(
        arena, &KUBE_AGENT_RUNTIMES, primary(status("True", 2)), NULL);
    expect_request(&request, KUBE_PUT, STATUS_PATH, "application/json",
                   GUARDED "\"status\":{}}");
}
END_TEST

START_TEST(what_is_others_outlives_the_replacement)
{
    struct kube_request request = status_clear_request(
        arena, &KUBE_AGENT_RUNTIMES, primary(json("{\"a\":1,\"seen\":2}")), OTHERS);
    ck_assert(json_equal(json_at(json(request.body), "status"), json("{\"seen\":2}")));
}
END_TEST

CHECK_MAIN("status_write", setup, teardown, a_status_is_held_when_it_is_equal,
           more_than_the_status_is_not_held,
           foreign_is_who_else_owns_a_part_of_the_status,
           our_own_replacement_is_foreign_to_an_apply,
           somebody_waits_for_ready_and_for_the_generation,
           it_is_applied_to_the_object_that_was_seen, it_is_cleared_by_a_replacement,
           fields_of_others_are_neither_held_against_them_nor_taken,
           what_is_others_outlives_the_replacement)
