/* data/validation.json holds a CRD's schema, and objects with the causes for which a
 * real API server of 1.37 refused them (none: accepted). */
#include "test/apiserver/schema/schema_rules.h"
#include "test/unit/apiserver/schema_play.h"

static const struct schema *parse(const cJSON *openapi)
{
    struct err err = {0};
    const struct schema *schema =
        schema_parse(arena, openapi, builtin_object_meta(types), &err);
    ck_assert_msg(schema, "%s", err.msg);
    return schema;
}

static const cJSON *judge(const struct schema *schema, const cJSON *object)
{
    cJSON *refusal = NULL;
    bool good = schema_validate(schema, object, &refusal);
    ck_assert_int_eq(good, !refusal);
    return refusal ? json_adopt(arena, refusal) : NULL;
}

static bool contains(const cJSON *array, const cJSON *wanted)
{
    json_each (item, array) {
        if (json_equal(item, wanted))
            return true;
    }
    return false;
}

START_TEST(faults_are_those_of_the_real_server)
{
    const cJSON *data = read_data("validation.json");
    const struct schema *schema = parse(json_at(data, "schema"));
    json_each (item, json_at(data, "cases")) {
        cJSON *object = json_adopt(arena, json_copy(json_at(item, "given")));
        schema_prune(schema, object, NULL);
        const cJSON *refusal = judge(schema, object);
        const cJSON *causes = json_at(refusal, "details", "causes");
        const cJSON *wanted = json_at(item, "causes");
        ck_assert_msg(json_count(causes) == json_count(wanted), "%s: %s",
                      text_of(object), text_of(causes));
        json_each (cause, causes)
            ck_assert_msg(contains(wanted, cause), "%s: %s", text_of(object),
                          text_of(cause));
    }
}
END_TEST

START_TEST(a_refusal_names_kind_and_object)
{
    const struct schema *schema =
        parse(json_at(read_data("validation.json"), "schema"));
    const cJSON *refusal = judge(
        schema, tree("{\"apiVersion\":\"example.com/v1\",\"kind\":\"Val\","
                     "\"metadata\":{\"name\":\"v\"},\"spec\":{\"s\":\"ok\",\"i\":9}}"));
    ck_assert_int_eq(json_int(refusal, 0, "code"), 422);
    ck_assert_str_eq(json_str(refusal, "message"),
                     "Val.example.com \"v\" is invalid: [spec.need: Required value, "
                     "spec.i: Invalid value: 9: spec.i in body should be less than or "
                     "equal to 5]");
    ck_assert_str_eq(json_str(refusal, "details", "group"), "example.com");
    ck_assert_str_eq(json_str(refusal, "details", "name"), "v");
}
END_TEST

START_TEST(what_was_invalid_before_may_stay)
{
    const struct schema *schema =
        parse(json_at(read_data("validation.json"), "schema"));
    cJSON *former = tree("{\"spec\":{\"i\":9,\"map\":[{\"k\":\"a\",\"p\":1,\"v\":"
                         "\"\"}],\"need\":\"x\",\"set\":[\"a\",\"a\"]}}");
    cJSON *object = tree("{\"spec\":{\"i\":9,\"map\":[{\"k\":\"b\",\"p\":1},{\"k\":"
                         "\"a\",\"p\":1,\"v\":\"\"}],\"need\":\"y\",\"set\":[\"a\","
                         "\"a\"]}}");
    cJSON *refusal = NULL;
    ck_assert(schema_validate_update(schema, former, object, &refusal));
    json_set(object, json_number(8), "spec", "i");
    ck_assert(!schema_validate_update(schema, former, object, &refusal));
    ck_assert_uint_eq(json_count(json_at(refusal, "details", "causes")), 1);
    json_free(refusal);
}
END_TEST

#define DEPLOYMENT(spec)                                                               \
    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":"      \
    "\"w\"},\"spec\":{" spec "}}"
#define TEMPLATE(containers)                                                           \
    DEPLOYMENT("\"selector\":{},\"template\":{\"spec\":{\"containers\":" containers    \
               "}}")

static const char *message_of(const char *object)
{
    const struct schema *schema = builtin_schema(types, "apps", "v1", "Deployment");
    const cJSON *refusal = judge(schema, tree(object));
    return json_str_or(refusal, "", "message");
}

#define UNDECODABLE "Deployment in version \"v1\" cannot be handled as a Deployment: "

START_TEST(built_in_types_are_decoded_as_by_go)
{
    ck_assert_str_eq(message_of(DEPLOYMENT("\"replicas\":\"3\"")),
                     UNDECODABLE "json: cannot unmarshal string into Go struct field "
                                 "DeploymentSpec.spec.replicas of type int32");
    ck_assert_str_eq(message_of(DEPLOYMENT("\"replicas\":1.5")),
                     UNDECODABLE "json: cannot unmarshal number 1.5 into Go struct "
                                 "field DeploymentSpec.spec.replicas of type int32");
    ck_assert_str_eq(message_of(DEPLOYMENT("\"replicas\":5000000000")), UNDECODABLE
                     "json: cannot unmarshal number 5000000000 into Go struct "
                     "field DeploymentSpec.spec.replicas of type int32");
    ck_assert_str_eq(message_of(DEPLOYMENT("\"strategy\":\"x\"")),
                     UNDECODABLE "json: cannot unmarshal string into Go struct field "
                                 "DeploymentSpec.spec.strategy of type "
                                 "v1.DeploymentStrategy");
    ck_assert_str_eq(message_of(TEMPLATE("{}")),
                     UNDECODABLE "json: cannot unmarshal object into Go struct field "
                                 "PodSpec.spec.template.spec.containers of type "
                                 "[]v1.Container");
    ck_assert_str_eq(message_of(TEMPLATE(
                         "[{\"name\":\"c\",\"env\":[{\"name\":\"A\",\"value\":1}]}]")),
                     UNDECODABLE
                     "json: cannot unmarshal number into Go struct field "
                     "EnvVar.spec.template.spec.containers.env.value of type string");
    ck_assert_str_eq(
        message_of(
            TEMPLATE("[{\"name\":\"c\",\"resources\":{\"limits\":{\"cpu\":\"x\"}}}]")),
        UNDECODABLE "quantities must match the regular expression "
                    "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}
END_TEST

START_TEST(built_in_types_miss_what_is_required)
{
    ck_assert_str_eq(message_of(TEMPLATE("[]")),
                     "Deployment.apps \"w\" is invalid: "
                     "spec.template.spec.containers: Required value");
    ck_assert_str_eq(message_of(TEMPLATE("[{\"image\":\"x\"}]")),
                     "Deployment.apps \"w\" is invalid: "
                     "spec.template.spec.containers[0].name: Required value");
    ck_assert_str_eq(
        message_of(TEMPLATE("[{\"name\":\"c\",\"env\":[{\"name\":\"\"}]}]")),
        "Deployment.apps \"w\" is invalid: "
        "spec.template.spec.containers[0].env[0].name: Required value");
}
END_TEST

START_TEST(nothing_is_required_in_a_status)
{
    ck_assert_str_eq(
        message_of(
            "{\"spec\":{\"selector\":{},\"template\":{\"spec\":{\"containers\":[{"
            "\"name\":\"c\"}]}}},\"status\":{\"conditions\":[{}]}}"),
        "");
}
END_TEST

static void expect_pattern(const char *pattern, const char *text, bool match)
{
    struct strbuf posix;
    struct err err = {0};
    regex_t regex;
    strbuf_init(&posix, 4096);
    ck_assert_msg(schema_pattern_translate(&posix, pattern, &err), "%s", err.msg);
    ck_assert_msg(regcomp(&regex, posix.text, REG_EXTENDED | REG_NOSUB) == 0, "%s",
                  posix.text);
    ck_assert_msg((regexec(&regex, text, 0, NULL, 0) == 0) == match, "%s: %s",
                  posix.text, text);
    regfree(&regex);
    strbuf_fini(&posix);
}

START_TEST(patterns_of_re2_become_posix)
{
    expect_pattern("^\\d+$", "123", true);
    expect_pattern("^\\d+$", "12a", false);
    expect_pattern("^[\\w.-]+$", "a_b.c-d", true);
    expect_pattern("^[\\w.-]+$", "a/b", false);
    expect_pattern("^[^\\s/]+$", "a b", false);
    expect_pattern("^(?:a|b)+$", "abba", true);
    expect_pattern("^a\\.b\\/c\\-d$", "a.b/c-d", true);
    expect_pattern("^[\\]\\-x]+$", "x]-", true);
    expect_pattern("^[a\\-z]$", "m", false);
    expect_pattern("^\\S+\\W$", "ab!", true);
    expect_pattern("\\Aab{2}\\z", "abb", true);
    expect_pattern("^[[:alpha:]_]+$", "ab_c", true);
    expect_pattern("^[a\\^]$", "^", true);
}
END_TEST

START_TEST(what_posix_cannot_say_is_refused)
{
    static const char *const patterns[] = {"(?i)a", "a*?",   "\\p{L}", "\\bword",
                                           "[a",    "[\\p]", "a\\",    "[\\^]"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct strbuf posix;
        struct err err = {0};
        strbuf_init(&posix, 4096);
        ck_assert_msg(!schema_pattern_translate(&posix, patterns[i], &err), "%s",
                      patterns[i]);
        ck_assert_int_eq(err.kind, ERR_INVALID);
        strbuf_fini(&posix);
    }
    struct err err = {0};
    ck_assert_ptr_null(schema_parse(
        arena,
        tree("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\","
             "\"pattern\":\"(?i)a\"},\"b\":{\"type\":\"string\"}}}"),
        builtin_object_meta(types), &err));
    ck_assert_msg(strstr(err.msg, "schema of a: "), "%s", err.msg);
}
END_TEST

CHECK_MAIN("schema_validate", setup, teardown, faults_are_those_of_the_real_server,
           a_refusal_names_kind_and_object, what_was_invalid_before_may_stay,
           built_in_types_are_decoded_as_by_go, built_in_types_miss_what_is_required,
           nothing_is_required_in_a_status, patterns_of_re2_become_posix,
           what_posix_cannot_say_is_refused)
