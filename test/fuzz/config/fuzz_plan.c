/* fuzz_plan.c - for any objects at all: each of a reconciler's primaries gets a plan or
 * an error, and the same one when asked again, with all feature gates off and on; and
 * where all plans are carried out, they come to an end. */
#include "controller/config/config.h"
#include "kubeclient/base/yaml.h"
#include "reconcilers/rehearse.h"
#include "reconcilers/rehearse_all.h"
#include "test/fuzz/fuzz.h"

#include <assert.h>

static const int64_t NOW_MS = 1767323045000; /* 2026-01-02T03:04:05Z */

static const char CONFIG[] =
    "apiVersion: berth.dev/v1alpha1\nkind: ControllerConfiguration\n"
    "session: {runnerImage: 'registry.example.com/runner:1', imageNamespace: images,\n"
    "  mcp: {image: 'registry.example.com/mcp:1'},\n"
    "  credentialProviders: {github: {image: 'registry.example.com/github:1'}}}\n";

/* What cannot be an object of a cluster is refused, and the set stays usable. */
static void add(struct object_set *set, cJSON *object)
{
    struct err err;
    if (!object_set_add(set, object, &err))
        assert(err.kind == ERR_INVALID);
}

/* Whole documents are objects, as are those that a golden test gives. */
static struct object_set *read_objects(struct yaml_doc *doc)
{
    struct object_set *set = object_set_new(reconcilers);
    for (size_t i = 0; i < yaml_count(doc); i++) {
        const cJSON *given = json_at(yaml_root(doc, i), "given");
        if (given) {
            json_each (object, given)
                add(set, json_copy(object));
        } else {
            add(set, yaml_detach(doc, i));
        }
    }
    return set;
}

static void check_plans(const struct rehearsal *rehearsal, const struct kube_key *key)
{
    struct err err;
    struct plan *first = rehearse(rehearsal, key, &err);
    struct plan *second = rehearse(rehearsal, key, &err);
    assert(!first == !second);
    if (!first)
        return;
    auto_json cJSON *planned = plan_to_json(first);
    auto_json cJSON *again = plan_to_json(second);
    assert(json_equal(planned, again));
}

static void check_reconciler(struct object_set *set,
                             const struct reconciler *reconciler,
                             const struct reconcile_config *config)
{
    struct arena *arena = arena_new();
    const struct rehearsal rehearsal = {
        .set = set,
        .reconciler = reconciler,
        .config = config,
        .arena = arena,
        .now_ms = NOW_MS,
    };
    struct kube_keys keys = {.arena = arena};
    object_set_keys(set, reconciler->primary, &keys);
    for (size_t i = 0; i < keys.len; i++)
        check_plans(&rehearsal, &keys.items[i]);
    arena_free(&arena);
}

static void check_end(const struct object_set *set,
                      const struct reconcile_config *config)
{
    struct err err;
    const struct rehearsed *all;
    struct arena *arena = arena_new();
    struct object_set *played = object_set_copy(set);
    bool ended = rehearse_all(played, config, arena, &all, &err);
    assert(ended);
    object_set_free(&played);
    arena_free(&arena);
}

static void check(struct object_set *set, bool gates)
{
    struct err err;
    struct config *document =
        config_build("config", CONFIG, sizeof CONFIG - 1, NULL, 0, &err);
    assert(document);
    document->project.service_account = "berth";
    struct reconcile_config config = config_for_reconcilers(document, "berth-system");
    for (size_t i = 0; i < FEATURE_COUNT; i++)
        config.features.on[i] = gates;
    for (size_t i = 0; reconcilers[i]; i++)
        check_reconciler(set, reconcilers[i], &config);
    check_end(set, &config);
    config_free(&document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    struct yaml_doc *doc = yaml_parse("input", (const char *)data, size, &err);
    if (!doc)
        return 0;
    struct object_set *set = read_objects(doc);
    check(set, false);
    check(set, true);
    object_set_free(&set);
    yaml_close(&doc);
    return 0;
}
