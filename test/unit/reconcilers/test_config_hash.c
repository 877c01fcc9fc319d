/* The hashes below come from another program: `printf '%s' TEXT | sha256sum`. One that
 * changes rolls the pods of every cluster: never write a new one in its place. */
#include "kubeclient/base/yaml.h"
#include "reconcilers/shared/config_hash.h"
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

static const cJSON *parse(const char *text)
{
    struct err err = {0};
    struct yaml_doc *doc = yaml_parse("value", text, strlen(text), &err);
    ck_assert_msg(doc && yaml_count(doc) == 1, "%s", err.msg);
    const cJSON *value = json_adopt(arena, yaml_detach(doc, 0));
    yaml_close(&doc);
    return value;
}

struct hash_case {
    const char *spec, *skills, *defaults; /* YAML */
    const char *text;                     /* the canonical form */
    const char *hash;                     /* NULL: not looked at */
};

static const struct hash_case RELEASED[] = {
    {"{}", "[]", "{}", "{}",
     "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
    {"{type: agent}", "[]", "{}", "{\"type\":\"agent\"}",
     "57de3ab75a7e36a3c4c47bcbffb87948375167db5b7022552820c708ce312550"},
    {"{type: agent}",
     "[{name: b, image: 'r/b:1', mountPath: /s/b, pullPolicy: Always},"
     " {name: a, image: 'r/a:1', mountPath: /s/a}]",
     "{}",
     "{\"skills\":[{\"image\":\"r/a:1\",\"mountPath\":\"/s/a\",\"name\":\"a\"},"
     "{\"image\":\"r/b:1\",\"mountPath\":\"/s/b\",\"name\":\"b\","
     "\"pullPolicy\":\"Always\"}],\"type\":\"agent\"}",
     "c737c94481895ac65ad125fa0e0f8d8f63e15fd187152564c07df16a5dfbc9c3"},
    {"{type: tool, mtlsMode: strict, authBridgeMode: envoy-sidecar,"
     " identity: {spiffe: {trustDomain: example.org}},"
     " trace: {sampling: {rate: 0.5}, endpoint: 'otel:4317'}}",
     "[]", "{\"\u00e9\": 'a\"b', LOG: debug}",
     "{\"authBridgeMode\":\"envoy-sidecar\","
     "\"defaults\":{\"LOG\":\"debug\",\"\u00e9\":\"a\\\"b\"},"
     "\"identity\":{\"spiffe\":{\"trustDomain\":\"example.org\"}},"
     "\"mtlsMode\":\"strict\","
     "\"trace\":{\"endpoint\":\"otel:4317\",\"sampling\":{\"rate\":0.5}},"
     "\"type\":\"tool\"}",
     "8942ecec948467f46caa729a59e7a2c6a75750048eff4bf517651866c4224b16"},
};

static const struct hash_case EMPTY[] = {
    {"{type: agent, mtlsMode: '', authBridgeMode: null, identity: {spiffe: {}},"
     " trace: {}}",
     "[]", "{}", "{\"type\":\"agent\"}", NULL},
    /* But false and 0 are values. */
    {"{trace: {enabled: false, rate: 0}}", "[]", "{}",
     "{\"trace\":{\"enabled\":false,\"rate\":0}}", NULL},
};

static const struct hash_case OTHER[] = {
    {"{type: agent, targetRef: {name: a}, container: c, suspend: true,"
     " skillFolders: false}",
     "[]", "{}", "{\"type\":\"agent\"}", NULL},
};

static void check(const struct hash_case *c)
{
    const struct skills skills = skills_read(arena, parse(c->skills));
    const struct config_inputs inputs = {
        .spec = parse(c->spec), .skills = &skills, .defaults = parse(c->defaults)};
    auto_json cJSON *document = config_document(&inputs);
    struct strbuf text;
    strbuf_init(&text, 16384);
    json_canonical(&text, document);
    ck_assert_str_eq(text.text, c->text);
    strbuf_fini(&text);

    char hex[SHA256_HEX_SIZE];
    config_hash(&inputs, hex);
    if (c->hash)
        ck_assert_str_eq(hex, c->hash);
}

#define CHECK_ALL(cases)                                                               \
    for (size_t i = 0; i < sizeof(cases) / sizeof *(cases); i++)                       \
    check(&(cases)[i])

START_TEST(hashes_are_those_of_the_first_release)
{
    CHECK_ALL(RELEASED);
}
END_TEST

START_TEST(what_is_empty_is_absent)
{
    CHECK_ALL(EMPTY);
}
END_TEST

START_TEST(what_configures_no_pod_is_not_hashed)
{
    CHECK_ALL(OTHER);
}
END_TEST

CHECK_MAIN("config_hash", setup, teardown, hashes_are_those_of_the_first_release,
           what_is_empty_is_absent, what_configures_no_pod_is_not_hashed)
