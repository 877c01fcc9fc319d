/* Each file is a case, in the folder of its reconciler: objects that are given, alone
 * or with those of files of given/; those that live reads find otherwise (`live`);
 * reads and writes that failed before; and the plan that is wanted, or the parts of it
 * that are to be shown. UPDATE_GOLDEN=1 writes what is planned into the files, for a
 * review of the diff. */
#include "controller/config/config.h"
#include "kubeclient/api/intent.h"
#include "kubeclient/api/object.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/sha256.h"
#include "kubeclient/base/yaml.h"
#include "reconcilers/agentruntime/agentruntime.h"
#include "reconcilers/played_write.h"
#include "reconcilers/project/project.h"
#include "reconcilers/rehearse.h"
#include "reconcilers/session/session.h"
#include "test/golden/cached.h"
#include "test/golden/shown.h"

#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t NOW_MS = 1767323045000; /* 2026-01-02T03:04:05Z */
enum { TEXT_MAX = 1024 * 1024, FAILURES_MAX = 4 };

/* Every reconciler has a folder of its name. */
static const struct reconciler *const TESTED[] = {
    &agentruntime_reconciler, &project_reconciler, &project_settings_reconciler,
    &session_reconciler, NULL};

static glob_t files;

struct golden {
    const char *path;
    const struct reconciler *reconciler;
    char *text;
    cJSON *data;
    size_t own; /* of the objects given: what follows them is shared by goldens */
    struct arena *arena;
    struct config *document;
    struct reconcile_config config;
    struct rehearsed_failure failures[FAILURES_MAX + 1];
    struct object_set *live;
};

static enum err_kind error_kind(const char *name)
{
    int kind = ERR_NONE;
    while (strcmp(err_kind_name((enum err_kind)kind), name) != 0)
        ck_assert_int_le(++kind, ERR_INTERNAL);
    return (enum err_kind)kind;
}

/* failures: [{write, read or trial: Kind, apiVersion, namespace, name, error, message}]
 * and [{list: Kind, apiVersion, namespace}], which is not read yet */
static void read_failures(struct golden *golden)
{
    static const char *const REQUESTS[] = {[REHEARSED_WRITE] = "write",
                                           [REHEARSED_READ] = "read",
                                           [REHEARSED_TRIAL] = "trial",
                                           [REHEARSED_LIST] = "list"};
    size_t count = 0;
    json_each (item, json_at(golden->data, "failures")) {
        struct rehearsed_failure *failure = &golden->failures[count++];
        ck_assert_uint_le(count, FAILURES_MAX);
        int request = REHEARSED_WRITE;
        while (!json_str(item, REQUESTS[request]))
            ck_assert_int_le(++request, REHEARSED_LIST);
        failure->request = (enum rehearsed_request)request;
        failure->resource = kube_resource_find(json_str_or(item, "", "apiVersion"),
                                               json_str(item, REQUESTS[request]));
        ck_assert_ptr_nonnull(failure->resource);
        failure->ns = json_str_or(item, "", "namespace");
        failure->name = json_str_or(item, "", "name");
        if (request != REHEARSED_LIST)
            err_set(&failure->err, error_kind(json_str_or(item, "", "error")), "%s",
                    json_str_or(item, "", "message"));
    }
}

static const struct reconciler *reconciler_of(const char *path)
{
    for (const struct reconciler *const *tested = TESTED; *tested; tested++) {
        char folder[64];
        snprintf(folder, sizeof folder, "/golden/%s/", (*tested)->name);
        if (strstr(path, folder))
            return *tested;
    }
    ck_abort_msg("%s: no reconciler has this folder", path);
    return NULL;
}

static struct yaml_doc *read_yaml(const char *path, char *text)
{
    struct err err = {0};
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s cannot be read", path);
    size_t len = fread(text, 1, TEXT_MAX - 1, file);
    fclose(file);
    struct yaml_doc *doc = yaml_parse(path, text, len, &err);
    ck_assert_msg(doc && yaml_count(doc) == 1, "%s", err.msg);
    return doc;
}

/* test/golden/config.yaml with what the golden wants otherwise. */
static struct config *read_config(const cJSON *differences)
{
    struct err err = {0};
    struct strbuf text;
    char *buffer = xcalloc(1, TEXT_MAX);
    struct yaml_doc *doc =
        read_yaml(TEST_SOURCE_DIR "/test/golden/config.yaml", buffer);
    auto_json cJSON *document = yaml_detach(doc, 0);
    yaml_close(&doc);
    free(buffer);
    if (differences)
        json_merge(document, differences);
    strbuf_init(&text, TEXT_MAX);
    yaml_print(&text, document);
    struct config *config = config_build("config", text.text, text.len, NULL, 0, &err);
    ck_assert_msg(config != NULL, "%s", err.msg);
    strbuf_fini(&text);
    config->project.service_account = "berth";
    return config;
}

static bool is_given(const cJSON *given, const cJSON *object)
{
    json_each (other, given) {
        if (strcmp(json_str_or(other, "", "kind"), json_str_or(object, "", "kind")) ==
                0 &&
            strcmp(kube_namespace(other), kube_namespace(object)) == 0 &&
            strcmp(kube_name(other), kube_name(object)) == 0)
            return true;
    }
    return false;
}

/* with: [NAME], a list of objects in given/NAME.yaml; those of the golden win. */
static void read_shared(cJSON *data)
{
    cJSON *given = cJSON_GetObjectItemCaseSensitive(data, "given");
    char *text = xcalloc(1, TEXT_MAX);
    json_each (name, json_at(data, "with")) {
        char path[512];
        snprintf(path, sizeof path, "%s/test/golden/given/%s.yaml", TEST_SOURCE_DIR,
                 name->valuestring);
        struct yaml_doc *doc = read_yaml(path, text);
        auto_json cJSON *shared = yaml_detach(doc, 0);
        yaml_close(&doc);
        json_each (object, shared) {
            if (!is_given(given, object))
                json_push(given, json_copy(object));
        }
    }
    free(text);
}

static struct object_set *set_of(const cJSON *given)
{
    struct object_set *set = object_set_new(TESTED);
    struct err err;
    json_each (object, given) {
        ck_assert_msg(object_set_add(set, json_copy(object), &err), "%s", err.msg);
    }
    return set;
}

static void golden_open(struct golden *golden, const char *path)
{
    *golden = (struct golden){
        .path = path, .reconciler = reconciler_of(path), .text = xcalloc(1, TEXT_MAX)};
    struct yaml_doc *doc = read_yaml(path, golden->text);
    golden->data = yaml_detach(doc, 0);
    yaml_close(&doc);
    golden->own = json_count(json_at(golden->data, "given"));
    read_shared(golden->data);
    golden->arena = arena_new();
    golden->document = read_config(json_at(golden->data, "config"));
    golden->config = config_for_reconcilers(golden->document, "berth-system");
    read_failures(golden);
    golden->live = set_of(json_at(golden->data, "live"));
    json_each (gate, json_at(golden->data, "gates")) {
        ck_assert_msg(
            features_set(&golden->config.features, gate->string, cJSON_IsTrue(gate)),
            "%s: no gate %s", path, gate->string);
    }
}

static void golden_close(struct golden *golden)
{
    object_set_free(&golden->live);
    arena_free(&golden->arena);
    config_free(&golden->document);
    json_free(golden->data);
    free(golden->text);
}

/* The plan as JSON, or {error} where none can be made. Owned. */
static cJSON *plan_of(struct golden *golden, struct object_set *set,
                      const struct plan **plan)
{
    struct err err;
    struct kube_key key =
        kube_key_parse(golden->arena, json_str_or(golden->data, "", "key"));
    const struct rehearsal rehearsal = {
        .set = set,
        .reconciler = golden->reconciler,
        .config = &golden->config,
        .arena = golden->arena,
        .now_ms = NOW_MS,
        .failures = golden->failures,
        .live = golden->live,
    };
    *plan = rehearse(&rehearsal, &key, &err);
    if (*plan)
        return plan_to_json(*plan);
    cJSON *failure = json_object();
    json_set_str(failure, err.msg, "error");
    return failure;
}

static void update(const struct golden *golden, const cJSON *planned)
{
    struct strbuf text;
    const char *want = strstr(golden->text, "\nwant:");
    size_t head = want ? (size_t)(want - golden->text) + 1 : strlen(golden->text);
    auto_json cJSON *section = json_object();
    json_set(section, json_copy(planned), "want");
    strbuf_init(&text, TEXT_MAX);
    strbuf_add(&text, golden->text, head);
    yaml_print(&text, section);
    FILE *file = fopen(golden->path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text.text, 1, text.len, file), text.len);
    fclose(file);
    strbuf_fini(&text);
}

static void check_wanted(const struct golden *golden, const cJSON *plan)
{
    const cJSON *paths = json_at(golden->data, "show");
    auto_json cJSON *planned = paths ? shown(plan, paths) : json_copy(plan);
    if (getenv("UPDATE_GOLDEN")) {
        update(golden, planned);
        return;
    }
    struct strbuf text;
    strbuf_init(&text, TEXT_MAX);
    yaml_print(&text, planned);
    ck_assert_msg(json_equal(json_at(golden->data, "want"), planned),
                  "%s: another plan:\n%.3000s", golden->path, text.text);
    strbuf_fini(&text);
}

/* `hashed` is the canonical text whose SHA-256 the target's hash must be. */
static void check_hash(const struct golden *golden, const struct plan *plan)
{
    const char *text = json_str(golden->data, "hashed");
    char hex[SHA256_HEX_SIZE];
    if (!text)
        return;
    sha256_hex(text, strlen(text), hex);
    const struct plan_write *write = plan->writes;
    while (write && write->verb != PLAN_APPLY)
        write = write->next;
    ck_assert_ptr_nonnull(write);
    ck_assert_str_eq(json_str_or(write->body, "", "spec", "template", "metadata",
                                 "annotations", "kagenti.io/config-hash"),
                     hex);
}

/* ---- what holds for every golden */

static void check_order_does_not_count(struct golden *golden, const cJSON *planned)
{
    auto_json cJSON *reversed = json_array();
    const cJSON *given = json_at(golden->data, "given");
    const struct plan *plan;
    for (size_t i = json_count(given); i-- > 0;) {
        const cJSON *object = given->child;
        for (size_t k = 0; k < i; k++)
            object = object->next;
        json_push(reversed, json_copy(object));
    }
    struct object_set *set = set_of(reversed);
    auto_json cJSON *again = plan_of(golden, set, &plan);
    ck_assert_msg(json_equal(again, planned), "%s: order counts", golden->path);
    object_set_free(&set);
}

/* A plan that reads what no watch keeps would be another one in a cluster. */
static void check_caches_suffice(struct golden *golden, const cJSON *planned)
{
    auto_json cJSON *cached = json_array();
    const struct plan *plan;
    json_each (object, json_at(golden->data, "given")) {
        json_push(cached, as_cached(golden->reconciler, object));
    }
    struct object_set *set = set_of(cached);
    auto_json cJSON *again = plan_of(golden, set, &plan);
    ck_assert_msg(json_equal(again, planned), "%s: what is not kept counts",
                  golden->path);
    object_set_free(&set);
}

static bool is_of(const cJSON *object, const struct plan_write *write)
{
    return strcmp(kube_name(object), write->name) == 0 &&
           strcmp(kube_namespace(object), write->ns ? write->ns : "") == 0 &&
           strcmp(json_str_or(object, "", "kind"), write->resource->kind) == 0;
}

static bool is_in(const cJSON *world, const struct plan_write *write)
{
    json_each (object, world) {
        if (is_of(object, write))
            return true;
    }
    return false;
}

/* The world as it is once the plan was carried out. Owned. */
static cJSON *carried_out(const cJSON *world, const struct plan *plan)
{
    cJSON *result = json_array();
    json_each (object, world) {
        cJSON *now = json_copy(object);
        for (const struct plan_write *write = plan->writes; write;
             write = write->next) {
            if (!is_of(now, write))
                continue;
            cJSON *after = played_write(write, now);
            json_free(now);
            now = after;
        }
        bool gone = kube_deleting(now) &&
                    json_count(json_at(now, "metadata", "finalizers")) == 0;
        if (gone)
            json_free(now);
        else
            json_push(result, now);
    }
    for (const struct plan_write *write = plan->writes; write; write = write->next) {
        if (!is_in(world, write))
            json_push(result, played_write(write, NULL));
    }
    return result;
}

static bool can_be_played(const struct plan *plan)
{
    for (const struct plan_write *write = plan->writes; write; write = write->next) {
        if (write->verb != PLAN_APPLY && write->verb != PLAN_MERGE_PATCH)
            return false;
    }
    return true;
}

/* The first write that would change something; NULL: none. */
static const struct plan_write *first_change(const struct golden *golden,
                                             const struct object_set *set,
                                             const struct plan *plan)
{
    const struct plan_write *write = plan ? plan->writes : NULL;
    for (; write; write = write->next) {
        const cJSON *live =
            object_set_get(set, write->resource, write->ns, write->name);
        if (write->verb != PLAN_APPLY ||
            !intent_check(golden->arena, write->body, live, BERTH_FIELD_MANAGER).held)
            break;
    }
    return write;
}

/* Carried out again and again, plans come to an end. */
static void check_settles(struct golden *golden)
{
    enum { ROUNDS = 6 };
    cJSON *world = json_copy(json_at(golden->data, "given"));
    for (int round = 0;; round++) {
        const struct plan *plan;
        struct object_set *set = set_of(world);
        auto_json cJSON *ignored = plan_of(golden, set, &plan);
        const struct plan_write *change = first_change(golden, set, plan);
        object_set_free(&set);
        if (!change || !can_be_played(plan))
            break;
        ck_assert_msg(round < ROUNDS, "%s: %s %s is written for ever: %s", golden->path,
                      change->resource->kind, change->name, change->why);
        cJSON *next = carried_out(world, plan);
        json_free(world);
        world = next;
    }
    json_free(world);
}

enum { DEPTH_MAX = 32 };

/* A place in a tree: the position of the child at each level. */
struct place {
    size_t at[DEPTH_MAX], depth;
};

static cJSON *node_at(cJSON *root, const struct place *place)
{
    cJSON *node = root;
    for (size_t level = 0; level < place->depth; level++) {
        node = node->child;
        for (size_t i = 0; i < place->at[level]; i++)
            node = node->next;
    }
    return node;
}

/* Whatever is missing: a plan or an error, never a crash. */
static void plan_without(struct golden *golden, const struct place *parent,
                         const char *member)
{
    auto_json cJSON *given = json_copy(json_at(golden->data, "given"));
    json_remove(node_at(given, parent), member);
    struct object_set *set = object_set_new(TESTED);
    const struct plan *plan;
    struct err err;
    json_each (object, given) {
        if (!object_set_add(set, json_copy(object), &err))
            ck_assert_int_eq(err.kind, ERR_INVALID);
    }
    auto_json cJSON *ignored = plan_of(golden, set, &plan);
    object_set_free(&set);
    arena_reset(golden->arena);
}

static void plan_without_each(struct golden *golden, struct place *place)
{
    cJSON *given = cJSON_GetObjectItemCaseSensitive(golden->data, "given");
    const cJSON *node = node_at(given, place);
    size_t i = 0;
    ck_assert_uint_lt(place->depth, DEPTH_MAX);
    json_each (child, node) {
        if (place->depth == 0 && i == golden->own)
            break; /* others have them too */
        if (child->string)
            plan_without(golden, place, child->string);
        place->at[place->depth++] = i++;
        plan_without_each(golden, place);
        place->depth--;
    }
}

/* ---- the cases */

START_TEST(gives_the_wanted_plan)
{
    struct golden golden;
    const struct plan *plan, *again;
    golden_open(&golden, files.gl_pathv[_i]);
    struct object_set *set = set_of(json_at(golden.data, "given"));
    auto_json cJSON *planned = plan_of(&golden, set, &plan);
    auto_json cJSON *repeated = plan_of(&golden, set, &again);
    check_wanted(&golden, planned);
    ck_assert(json_equal(planned, repeated));
    if (plan) {
        check_hash(&golden, plan);
        check_order_does_not_count(&golden, planned);
        check_caches_suffice(&golden, planned);
        check_settles(&golden);
    }
    plan_without_each(&golden, &(struct place){.depth = 0});
    object_set_free(&set);
    golden_close(&golden);
}
END_TEST

int main(void)
{
    for (int i = 0; TESTED[i]; i++) {
        char pattern[512];
        snprintf(pattern, sizeof pattern, "%s/test/golden/%s/*.yaml", TEST_SOURCE_DIR,
                 TESTED[i]->name);
        if (glob(pattern, i ? GLOB_APPEND : 0, NULL, &files) != 0)
            return EXIT_FAILURE;
    }
    Suite *suite = suite_create("golden");
    TCase *tcase = tcase_create("golden");
    tcase_set_timeout(tcase, 0);
    tcase_add_loop_test(tcase, gives_the_wanted_plan, 0, (int)files.gl_pathc);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    globfree(&files);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
