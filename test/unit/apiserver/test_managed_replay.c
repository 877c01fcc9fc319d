/* Plays what a real API server (Kubernetes 1.37) was asked, and compares what became of
 * the object, byte by byte for managedFields.
 *
 * Each step of data/apply_*.json is a request, and the object afterwards as a JSON
 * patch of the object before; `managed` lists the entries of managedFields, those that
 * did not change by their former index. */
#include "kubeclient/base/yaml.h"
#include "test/unit/apiserver/apply_play.h"

enum {
    FILE_MAX = 1 << 20,
    AGREED_MIN = 300,
};

static cJSON *live; /* what the real server holds */
static const cJSON *step;
static size_t agreed;

static char *read_text(const char *path)
{
    char *text = xcalloc(1, FILE_MAX);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file, "%s", path);
    ck_assert_uint_lt(fread(text, 1, FILE_MAX - 1, file), FILE_MAX - 1);
    fclose(file);
    return text;
}

static const cJSON *read_json(const char *path)
{
    struct err err = {0};
    char *text = read_text(path);
    cJSON *json = json_parse(text, strlen(text), &err);
    ck_assert_msg(json, "%s: %s", path, err.msg);
    free(text);
    return json_adopt(arena, json);
}

static void use_schema(const char *version, const char *kind)
{
    struct err err = {0};
    const char *slash = strchr(version, '/');
    const char *group =
        slash ? arena_strndup(arena, version, (size_t)(slash - version)) : "";
    api_version = version;
    schema = builtin_schema(types, group, slash ? slash + 1 : version, kind);
    if (schema)
        return;
    const char *path = TEST_SOURCE_DIR "/manifests/crds/agentruntimes.yaml";
    auto_free char *text = read_text(path);
    struct yaml_doc *doc = yaml_parse(path, text, strlen(text), &err);
    ck_assert_msg(doc, "%s", err.msg);
    cJSON *crd = yaml_detach(doc, 0);
    yaml_close(&doc);
    json_adopt(arena, crd);
    const cJSON *openapi =
        json_at(json_at(crd, "spec", "versions")->child, "schema", "openAPIV3Schema");
    schema = schema_parse(arena, openapi, builtin_object_meta(types), &err);
    ck_assert_msg(schema, "%s", err.msg);
}

/* ---- what the real server made of it */

static cJSON *recorded_entries(void)
{
    cJSON *entries = json_array();
    const cJSON *former = json_at(live, "metadata", "managedFields");
    json_each (entry, json_at(step, "managed")) {
        const cJSON *source = cJSON_IsObject(entry) ? entry : former->child;
        for (int i = 0; cJSON_IsNumber(entry) && i < entry->valueint; i++)
            source = source->next;
        json_push(entries, json_copy(source));
    }
    return entries;
}

static cJSON *recorded_result(void)
{
    const cJSON *result = json_at(step, "result");
    cJSON *entries = recorded_entries();
    cJSON *after;
    if (live) {
        json_remove(live, "metadata", "managedFields");
        after = patch_json(live, result, &refusal);
        ck_assert_ptr_nonnull(after);
    } else {
        after = json_copy(result);
    }
    if (entries->child)
        json_set(after, entries, "metadata", "managedFields");
    else
        json_free(entries);
    return after;
}

/* ---- what is made of it here */

static cJSON *changed(const char *verb)
{
    const cJSON *body = json_at(step, "body");
    if (strcmp(verb, "create") == 0)
        return json_copy(body);
    if (strcmp(verb, "strategic") == 0)
        return patch_strategic(schema, live, body, &refusal);
    if (strcmp(verb, "merge") != 0)
        return patch_json(live, body, &refusal);
    cJSON *merged = json_copy(live);
    json_merge(merged, body);
    return merged;
}

/* Status is not changed by writes to the object, nor the object by those to it. */
static void keep_rest(cJSON *written)
{
    bool status = *json_str_or(step, "", "subresource");
    const char *kept = status ? "spec" : "status";
    json_remove(written, kept);
    json_set(written, json_copy(json_at(live, kept)), kept);
    if (!status ||
        (!schema->openapi && strcmp(json_str(written, "kind"), "Deployment") != 0))
        return;
    cJSON *entries = json_copy(json_at(written, "metadata", "managedFields"));
    if (schema->openapi)
        json_set(written, json_copy(json_at(live, "metadata")), "metadata");
    json_remove(written, "metadata", "labels");
    json_set(written, json_copy(json_at(live, "metadata", "labels")), "metadata",
             "labels");
    json_set(written, entries, "metadata", "managedFields");
}

static cJSON *play_step(void)
{
    const char *verb = json_str(step, "verb");
    bool apply = strcmp(verb, "apply") == 0;
    struct managed_apply_options options = {
        .schema = schema,
        .has_status = schema_member(schema, "status") != NULL,
        .write = {json_str(step, "manager"), api_version,
                  json_str_or(step, "", "subresource"), json_str(step, "time"),
                  json_bool(step, false, "force")}};
    json_free(refusal);
    refusal = NULL;
    cJSON *written =
        apply ? managed_apply(&options, live, json_at(step, "body"), &refusal)
              : changed(verb);
    if (!written)
        return NULL;
    schema_prune(schema, written, NULL);
    schema_default(schema, written);
    builtin_default(json_str(written, "kind"), written);
    if (!apply) {
        managed_update(&options, live, written);
        keep_rest(written);
    }
    return written;
}

/* ---- both */

/* The real server sorts the members of custom resources when it prints them. */
static void print(struct strbuf *out, const cJSON *value)
{
    strbuf_reset(out);
    if (value && schema->openapi)
        json_canonical(out, value);
    else if (value)
        json_print(out, value);
}

static void tell(const char *what, const cJSON *got, const cJSON *wanted)
{
    struct strbuf text;
    strbuf_init(&text, FILE_MAX);
    json_print(&text, json_at(step, "body"));
    fprintf(stderr, "%s: %s %s at %s: %s\n", what, json_str(step, "verb"),
            json_str(step, "manager"), json_str(step, "time"), text.text);
    print(&text, got);
    fprintf(stderr, "  got    %s\n", text.text);
    print(&text, wanted);
    fprintf(stderr, "  wanted %s\n", text.text);
    strbuf_fini(&text);
}

static bool same_entries(const cJSON *got, const cJSON *wanted)
{
    struct strbuf left, right;
    const cJSON *ours = json_at(got, "metadata", "managedFields");
    const cJSON *theirs = json_at(wanted, "metadata", "managedFields");
    strbuf_init(&left, FILE_MAX);
    strbuf_init(&right, FILE_MAX);
    print(&left, ours);
    print(&right, theirs);
    bool same = left.len == right.len && memcmp(left.text, right.text, left.len) == 0;
    strbuf_fini(&left);
    strbuf_fini(&right);
    if (!same)
        tell("managedFields", ours, theirs);
    return same;
}

/* What the real server does between the write and the storage is not compared. */
static bool same_content(cJSON *got, const cJSON *wanted)
{
    static const char *const kept[] = {"uid", "resourceVersion", "generation",
                                       "creationTimestamp"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        json_set(got, json_copy(json_at(wanted, "metadata", kept[i])), "metadata",
                 kept[i]);
    bool same = !live || json_equal(got, wanted);
    if (!same)
        tell("content", got, wanted);
    return same;
}

static bool same_refusal(void)
{
    int code = (int)json_int(step, 0, "code");
    const char *message = json_str(step, "message");
    if (!refusal)
        return code == 422; /* validation, which is not played */
    bool same = code == refusal_code(refusal);
    if (code == 409)
        same = same && strcmp(json_str(refusal, "message"), message) == 0;
    if (!same)
        tell("refusal", refusal, json_at(step, "message"));
    return same;
}

static bool compare_step(cJSON *got)
{
    if (json_int(step, 0, "code") > 201)
        return same_refusal();
    if (!got) {
        tell("refusal", refusal, NULL);
        json_free(live);
        live = recorded_result();
        return false;
    }
    cJSON *wanted = recorded_result();
    bool same = same_entries(got, wanted) && same_content(got, wanted);
    json_free(live);
    live = wanted;
    return same;
}

static void play_file(const char *name, size_t *disagreed)
{
    size_t steps = 0, before = agreed;
    const char *path =
        arena_printf(arena, TEST_SOURCE_DIR "/test/unit/apiserver/data/%s", name);
    const cJSON *file = read_json(path);
    use_schema(json_str(file, "apiVersion"), json_str(file, "kind"));
    json_each (sequence, json_at(file, "sequences")) {
        json_each (recorded, sequence) {
            step = recorded;
            auto_json cJSON *got = play_step();
            agreed += compare_step(got);
            steps++;
        }
        json_free(live);
        live = NULL;
    }
    if (agreed - before != steps)
        fprintf(stderr, "%s: %zu of %zu steps agree\n", name, agreed - before, steps);
    *disagreed += steps - (agreed - before);
}

START_TEST(the_real_server_agrees)
{
    static const char *const files[] = {
        "apply_agentruntime.json", "apply_configmap.json", "apply_deployment.json",
        "apply_pod.json",          "apply_service.json",   "apply_statefulset.json",
    };
    size_t disagreed = 0;
    agreed = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        play_file(files[i], &disagreed);
    ck_assert_uint_eq(disagreed, 0);
    ck_assert_uint_ge(agreed, AGREED_MIN);
}
END_TEST

CHECK_MAIN("managed_replay", setup_play, teardown_play, the_real_server_agrees)
