#include "controller/engine/recorder.h"
#include "test/support/check_main.h"

enum {
    BURST = 25,
    REFILL_MS = 5 * 60 * 1000,
    SERIES_MS = 6 * 60 * 1000,
    IN_FLIGHT_MAX = 1000,
};

static struct recorder *recorder;
static struct outbox outbox;
static struct metrics *metrics;
static struct log quiet;
static struct arena *arena;
static uint64_t last_id;
static struct instant now;

static void open_recorder(const char *identity)
{
    recorder_free(&recorder);
    recorder = recorder_new(&(struct recorder_options){
        .identity = identity, .outbox = &outbox, .metrics = metrics, .log = &quiet});
}

static void setup(void)
{
    arena = arena_new();
    metrics = metrics_new();
    outbox_init(&outbox, &last_id);
    now = (struct instant){.mono_ms = 1000, .wall_ms = 1700000000123};
    open_recorder("berth-0");
}

static void teardown(void)
{
    recorder_free(&recorder);
    ck_assert_ptr_null(recorder);
    outbox_fini(&outbox);
    metrics_free(&metrics);
    arena_free(&arena);
}

static void pass(int64_t ms)
{
    now.mono_ms += ms;
    now.wall_ms += ms;
}

static const cJSON *object(const char *ns, const char *name)
{
    cJSON *tree = json_object();
    json_set_str(tree, ns, "metadata", "namespace");
    json_set_str(tree, name, "metadata", "name");
    json_set_str(tree, arena_printf(arena, "uid-%s", name), "metadata", "uid");
    json_set_str(tree, "7", "metadata", "resourceVersion");
    return json_adopt(arena, tree);
}

static void record_about(const cJSON *about, bool warning, const char *note)
{
    struct plan_event event = {
        .warning = warning, .reason = "Because", .action = "Mount", .note = note};
    recorder_record(recorder, &KUBE_AGENT_RUNTIMES, about, &event, now);
}

static void record(const char *note)
{
    record_about(object("a", "x"), false, note);
}

static struct kube_request take(uint64_t *id)
{
    struct engine_effect effect;
    ck_assert(outbox_next(&outbox, &effect));
    ck_assert_int_eq(effect.kind, ENGINE_REQUEST);
    *id = effect.id;
    return effect.request;
}

static const cJSON *body_of(const struct kube_request *request)
{
    struct err err;
    ck_assert_uint_eq(strlen(request->body), request->body_len);
    cJSON *body = json_parse(request->body, request->body_len, &err);
    ck_assert_msg(body != NULL, "%s", request->body);
    return json_adopt(arena, body);
}

static bool answer(uint64_t id, int status)
{
    struct kube_response response = {.status = status, .body = "{}", .len = 2};
    return recorder_on_response(recorder, id, &response);
}

/* The next request is a first occurrence, and is answered. Its body. */
static const cJSON *expect_post(void)
{
    uint64_t id;
    struct kube_request request = take(&id);
    const cJSON *body = body_of(&request);
    ck_assert_int_eq(request.method, KUBE_POST);
    ck_assert(answer(id, 201));
    return body;
}

/* The next request is a series of `count`, and is answered. */
static void expect_patch(const char *name, int count)
{
    uint64_t id;
    struct kube_request request = take(&id);
    ck_assert_int_eq(request.method, KUBE_PATCH);
    ck_assert_str_eq(request.content_type, "application/merge-patch+json");
    ck_assert_str_eq(request.path,
                     arena_printf(arena,
                                  "/apis/events.k8s.io/v1/namespaces/a/events/%s"
                                  "?fieldManager=berth",
                                  name));
    ck_assert_int_eq(json_int(body_of(&request), 0, "series", "count"), count);
    ck_assert(answer(id, 200));
}

static void expect_none(void)
{
    struct engine_effect effect;
    ck_assert(!outbox_next(&outbox, &effect));
}

static void expect_metric(const char *line)
{
    struct strbuf text;
    strbuf_init(&text, 1 << 20);
    metrics_render(metrics, false, &text);
    ck_assert_msg(strstr(text.text, line) != NULL, "no %s in\n%s", line, text.text);
    strbuf_fini(&text);
}

static const char *name_of(const cJSON *event)
{
    return json_str(event, "metadata", "name");
}

/* ---- the first occurrence */

/* The suffix: the first half of SHA-256 over uid, type, reason and note, XOR time. */
static const char FIRST[] =
    "{\"action\":\"Mount\",\"apiVersion\":\"events.k8s.io/v1\","
    "\"eventTime\":\"2023-11-14T22:13:20.123000Z\",\"kind\":\"Event\","
    "\"metadata\":{\"name\":\"x.8a16bff6ac927a07\",\"namespace\":\"a\"},"
    "\"note\":\"two skills\",\"reason\":\"Because\","
    "\"regarding\":{\"apiVersion\":\"agent.kagenti.dev/v1alpha1\","
    "\"kind\":\"AgentRuntime\",\"name\":\"x\",\"namespace\":\"a\","
    "\"resourceVersion\":\"7\",\"uid\":\"uid-x\"},"
    "\"related\":{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"name\":\"d\","
    "\"namespace\":\"b\"},"
    "\"reportingController\":\"berth.dev/controller\","
    "\"reportingInstance\":\"berth-0\",\"type\":\"Warning\"}";

START_TEST(the_first_is_posted)
{
    uint64_t id;
    struct plan_event event = {.warning = true,
                               .reason = "Because",
                               .action = "Mount",
                               .note = "two skills",
                               .related = &KUBE_DEPLOYMENTS,
                               .related_ns = "b",
                               .related_name = "d"};
    recorder_record(recorder, &KUBE_AGENT_RUNTIMES, object("a", "x"), &event, now);
    struct kube_request request = take(&id);
    struct strbuf text;
    strbuf_init(&text, 4096);
    json_canonical(&text, body_of(&request));
    ck_assert_int_eq(request.method, KUBE_POST);
    ck_assert_int_eq(request.lane, KUBE_LANE_WRITE);
    ck_assert_str_eq(request.path,
                     "/apis/events.k8s.io/v1/namespaces/a/events?fieldManager=berth");
    ck_assert_str_eq(request.content_type, "application/json");
    ck_assert_str_eq(text.text, FIRST);
    strbuf_fini(&text);
    expect_none();
    expect_metric("berth_events_sent_total{type=\"Warning\"} 1\n");
}
END_TEST

START_TEST(without_a_related_object_there_is_none)
{
    record("n");
    const cJSON *event = expect_post();
    ck_assert_ptr_null(json_at(event, "related"));
    ck_assert_str_eq(json_str(event, "type"), "Normal");
}
END_TEST

START_TEST(nothing_is_kept_by_reference)
{
    char note[] = "note", reason[] = "Because", action[] = "Mount";
    uint64_t id;
    cJSON *about = json_copy(object("a", "x"));
    recorder_record(
        recorder, &KUBE_AGENT_RUNTIMES, about,
        &(struct plan_event){.reason = reason, .action = action, .note = note}, now);
    json_free(about);
    memset(note, '?', strlen(note));
    memset(reason, '?', strlen(reason));
    struct kube_request request = take(&id);
    const cJSON *event = body_of(&request);
    ck_assert_str_eq(json_str(event, "note"), "note");
    ck_assert_str_eq(json_str(event, "reason"), "Because");
    ck_assert_str_eq(json_str(event, "regarding", "name"), "x");
}
END_TEST

START_TEST(events_about_cluster_scope_are_in_namespace_default)
{
    uint64_t id;
    struct plan_event event = {.reason = "R", .action = "A", .note = "n"};
    recorder_record(recorder, &KUBE_NAMESPACES, object(NULL, "x"), &event, now);
    struct kube_request request = take(&id);
    const cJSON *body = body_of(&request);
    ck_assert_str_eq(
        request.path,
        "/apis/events.k8s.io/v1/namespaces/default/events?fieldManager=berth");
    ck_assert_str_eq(json_str(body, "metadata", "namespace"), "default");
    ck_assert_str_eq(json_str(body, "regarding", "apiVersion"), "v1");
    ck_assert_ptr_null(json_at(body, "regarding", "namespace"));
}
END_TEST

/* ---- limits of the API */

static void expect_note(const char *note, size_t wanted_len)
{
    record(note);
    const char *sent = json_str(expect_post(), "note");
    ck_assert_uint_eq(strlen(sent), wanted_len);
    if (strcmp(sent, note) == 0)
        return;
    ck_assert_str_eq(sent + wanted_len - 3, "...");
    ck_assert_int_eq(strncmp(sent, note, wanted_len - 3), 0);
}

START_TEST(a_note_is_cut_between_characters)
{
    char note[2048];
    memset(note, 'x', sizeof note);
    note[1024] = '\0';
    expect_note(note, 1024);
    note[1024] = 'x';
    note[1025] = '\0';
    expect_note(note, 1024);
    memcpy(note + 1020, "\xE2\x82\xAC", 3); /* its last byte would be cut off */
    expect_note(note, 1023);
    memcpy(note + 1018, "\xF0\x9F\x98\x80", 4);
    expect_note(note, 1021);
}
END_TEST

START_TEST(an_identity_is_cut)
{
    char identity[300];
    memset(identity, 'i', sizeof identity);
    identity[299] = '\0';
    open_recorder(identity);
    record("n");
    ck_assert_uint_eq(strlen(json_str(expect_post(), "reportingInstance")), 128);
}
END_TEST

START_TEST(a_name_has_253_bytes_at_most)
{
    char name[254];
    memset(name, 'x', sizeof name);
    name[253] = '\0';
    record_about(object("a", name), false, "n");
    const cJSON *event = expect_post();
    ck_assert_uint_eq(strlen(name_of(event)), 253);
    ck_assert_int_eq(name_of(event)[236], '.');
    ck_assert_str_eq(json_str(event, "regarding", "name"), name);
}
END_TEST

START_TEST(a_cut_name_is_still_a_name)
{
    char name[254];
    memset(name, 'x', sizeof name);
    name[253] = '\0';
    memcpy(name + 234, "-.", 2); /* no label ends with a dash or is empty */
    record_about(object("a", name), false, "n");
    const char *cut = name_of(expect_post());
    ck_assert_uint_eq(strlen(cut), 251);
    ck_assert_int_eq(cut[233], 'x');
    ck_assert_int_eq(cut[234], '.');
}
END_TEST

/* ---- series */

START_TEST(the_same_again_is_a_series)
{
    record("n");
    const char *name = name_of(expect_post());
    pass(SERIES_MS - 1);
    record("n");
    expect_patch(name, 2);
    pass(SERIES_MS - 1); /* counted from the last one */
    record("n");
    expect_patch(name, 3);
}
END_TEST

START_TEST(a_series_says_when_it_was_last_seen)
{
    uint64_t id;
    record("n");
    expect_post();
    pass(2000);
    record("n");
    struct kube_request request = take(&id);
    ck_assert_str_eq(request.body, "{\"series\":{\"count\":2,\"lastObservedTime\":"
                                   "\"2023-11-14T22:13:22.123000Z\"}}");
}
END_TEST

START_TEST(after_six_minutes_it_is_a_new_event)
{
    record("n");
    const char *first = name_of(expect_post());
    pass(SERIES_MS);
    record("n");
    const char *second = name_of(expect_post());
    ck_assert_str_ne(first, second);
    record("n");
    expect_patch(second, 2);
}
END_TEST

START_TEST(what_makes_an_event_the_same)
{
    struct plan_event event = {.reason = "Because", .action = "Mount", .note = "n"};
    record("n");
    expect_post();
    record("other");
    expect_post();
    record_about(object("a", "x"), true, "n");
    expect_post();
    record_about(object("a", "y"), false, "n");
    expect_post();
    event.reason = "Other";
    recorder_record(recorder, &KUBE_AGENT_RUNTIMES, object("a", "x"), &event, now);
    expect_post();
}
END_TEST

START_TEST(an_event_that_failed_is_sent_as_a_first_one_again)
{
    uint64_t id;
    struct err err;
    record("n");
    take(&id);
    ck_assert(answer(id, 503));
    pass(10);
    record("n");
    const char *name = name_of(expect_post());
    record("n");
    expect_patch(name, 2);
    record("n");
    take(&id);
    err_set(&err, ERR_UNAVAILABLE, "no connection");
    ck_assert(recorder_on_failure(recorder, id, &err));
    pass(10);
    record("n");
    ck_assert_str_ne(name_of(expect_post()), name);
}
END_TEST

START_TEST(the_oldest_series_are_forgotten)
{
    record_about(object("a", "first"), false, "n");
    expect_post();
    for (int i = 0; i < 1024; i++) {
        record_about(object("a", arena_printf(arena, "n%d", i)), false, "n");
        expect_post();
    }
    record_about(object("a", "n1023"), false, "n");
    ck_assert_int_eq(outbox.effects[outbox.head].request.method, KUBE_PATCH);
    take(&last_id);
    pass(1);
    record_about(object("a", "first"), false, "n");
    expect_post();
}
END_TEST

/* ---- bounds */

static void record_many(size_t count, bool warning)
{
    for (size_t i = 0; i < count; i++)
        record_about(object("a", "x"), warning, arena_printf(arena, "%zu", i));
}

static void expect_posts(size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect_post();
    expect_none();
}

START_TEST(normal_and_warning_have_their_own_budgets)
{
    record_many(BURST + 5, false);
    expect_posts(BURST);
    record_many(BURST + 2, true);
    expect_posts(BURST);
    record_about(object("a", "y"), false, "another object has its own");
    expect_posts(1);
    expect_metric("berth_events_dropped_total{type=\"Normal\"} 5\n");
    expect_metric("berth_events_dropped_total{type=\"Warning\"} 2\n");
}
END_TEST

START_TEST(a_budget_fills_again)
{
    record_many(BURST, false);
    expect_posts(BURST);
    pass(REFILL_MS - 1);
    record("too early");
    expect_none();
    pass(1);
    record("one");
    record("two");
    expect_posts(1);
    pass(2 * REFILL_MS);
    record_many(5, false);
    expect_posts(2);
    pass((int64_t)1000 * REFILL_MS);
    record_many(BURST + 5, false);
    expect_posts(BURST);
}
END_TEST

START_TEST(what_is_under_way_is_bounded)
{
    uint64_t id, last = 0;
    struct err err;
    for (int i = 0; i < IN_FLIGHT_MAX + 10; i++)
        record_about(object("a", arena_printf(arena, "n%d", i)), false, "n");
    ck_assert_uint_eq(recorder_in_flight(recorder), IN_FLIGHT_MAX);
    expect_metric("berth_events_dropped_total{type=\"Normal\"} 10\n");
    for (int i = 0; i < IN_FLIGHT_MAX; i++) {
        take(&id);
        last = id;
    }
    expect_none();
    ck_assert(answer(last, 201));
    ck_assert(!answer(last, 201)); /* no longer one of its own */
    err_set(&err, ERR_UNAVAILABLE, "no connection");
    ck_assert(recorder_on_failure(recorder, last - 1, &err));
    ck_assert(!recorder_on_failure(recorder, 999999, &err));
    ck_assert_uint_eq(recorder_in_flight(recorder), IN_FLIGHT_MAX - 2);
    record("there is room again");
    take(&id);
}
END_TEST

CHECK_MAIN("recorder", setup, teardown, the_first_is_posted,
           without_a_related_object_there_is_none, nothing_is_kept_by_reference,
           events_about_cluster_scope_are_in_namespace_default,
           a_note_is_cut_between_characters, an_identity_is_cut,
           a_name_has_253_bytes_at_most, a_cut_name_is_still_a_name,
           the_same_again_is_a_series, a_series_says_when_it_was_last_seen,
           after_six_minutes_it_is_a_new_event, what_makes_an_event_the_same,
           an_event_that_failed_is_sent_as_a_first_one_again,
           the_oldest_series_are_forgotten, normal_and_warning_have_their_own_budgets,
           a_budget_fills_again, what_is_under_way_is_bounded)
