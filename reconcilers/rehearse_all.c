#include "reconcilers/rehearse_all.h"

#include "kubeclient/api/intent.h"
#include "kubeclient/api/object.h"
#include "reconcilers/played_write.h"
#include "reconcilers/rehearse.h"

#include <string.h>

enum { ROUNDS_MAX = 32, PASSES_MAX = 32 };

struct stage {
    struct object_set *set;
    const struct reconcile_config *config;
    struct arena *arena;
    struct rehearsed *all;
};

/* ---- one write */

static bool is_same(const struct plan_write *a, const struct plan_write *b)
{
    return a->verb == b->verb && a->resource == b->resource &&
           strcmp(a->name, b->name) == 0 &&
           strcmp(a->ns ? a->ns : "", b->ns ? b->ns : "") == 0 &&
           (a->verb == PLAN_APPLY || strcmp(a->why, b->why) == 0);
}

/* In the place of a former write to the same object. */
static void note_write(struct plan *sum, const struct plan_write *write)
{
    struct plan_write **place = &sum->writes;
    while (*place && !is_same(*place, write))
        place = &(*place)->next;
    struct plan_write *next = *place ? (*place)->next : NULL;
    *place = arena_alloc(sum->arena, sizeof **place);
    **place = *write;
    (*place)->next = next;
}

/* What is made gets a uid that can be told again. */
static void give_uid(const struct stage *stage, const struct plan_write *write,
                     cJSON *object)
{
    json_remove(object, "metadata", "resourceVersion");
    json_set_str(
        object,
        arena_printf(stage->arena, "uid-of-%s-%s", write->resource->kind, write->name),
        "metadata", "uid");
}

/* True when it changes something. A patch that tests what it changes is left out: it
 * takes away requests that others made. */
static bool play_write(const struct stage *stage, const struct plan_write *write)
{
    const cJSON *live =
        object_set_get(stage->set, write->resource, write->ns, write->name);
    if (write->verb == PLAN_DELETE) {
        object_set_put(stage->set, write->resource, write->ns, write->name, NULL);
        return live != NULL;
    }
    if (write->verb == PLAN_JSON_PATCH ||
        (write->verb == PLAN_APPLY &&
         intent_check(stage->arena, write->body, live, BERTH_FIELD_MANAGER).held))
        return false;
    cJSON *after = played_write(write, live);
    if (live && json_equal(after, live)) {
        json_free(after);
        return false;
    }
    if (!live)
        give_uid(stage, write, after);
    object_set_put(stage->set, write->resource, write->ns, write->name, after);
    return true;
}

/* ---- one primary */

static void note_events(struct plan *sum, const struct plan *plan)
{
    struct plan_event **end = &sum->events;
    while (*end)
        end = &(*end)->next;
    *end = plan->events;
}

/* True when the status was another one. */
static bool put_status(const struct stage *stage, const struct rehearsed *primary,
                       const cJSON *status)
{
    const struct kube_resource *resource = primary->reconciler->primary;
    const struct kube_key *key = &primary->key;
    const cJSON *live = object_set_get(stage->set, resource, key->ns, key->name);
    const cJSON *former = json_at(live, "status");
    if (!live || !status || (former && json_equal(former, status)))
        return false;
    cJSON *after = json_copy(live);
    json_set(after, json_copy(status), "status");
    object_set_put(stage->set, resource, key->ns, key->name, after);
    return true;
}

/* One plan, carried out; true when that changed the set. *ended: it was the last one
 * of this pass, and its status and events count. */
static bool play_plan(const struct stage *stage, struct rehearsed *primary, bool *ended)
{
    const struct rehearsal rehearsal = {.set = stage->set,
                                        .reconciler = primary->reconciler,
                                        .config = stage->config,
                                        .arena = stage->arena};
    struct err err;
    const struct plan *plan = rehearse(&rehearsal, &primary->key, &err);
    bool changed = false;
    *ended = true;
    if (!plan) {
        primary->plan = NULL;
        primary->err = err;
        return false;
    }
    if (!primary->plan)
        primary->plan = plan_new(stage->arena);
    for (const struct plan_write *write = plan->writes; write; write = write->next) {
        note_write(primary->plan, write);
        changed = play_write(stage, write) || changed;
    }
    *ended = !changed;
    if (!*ended)
        return true;
    primary->plan->status = plan->status;
    if (!put_status(stage, primary, plan->status))
        return false;
    note_events(primary->plan, plan);
    return true;
}

static bool play_primary(const struct stage *stage, struct rehearsed *primary)
{
    bool changed = false, ended = false;
    for (int round = 0; round < ROUNDS_MAX && !ended; round++)
        changed = play_plan(stage, primary, &ended) || changed;
    return changed;
}

static struct rehearsed *find_primary(struct stage *stage,
                                      const struct reconciler *reconciler,
                                      const struct kube_key *key)
{
    struct rehearsed **place = &stage->all;
    while (*place &&
           !((*place)->reconciler == reconciler && kube_key_equal(&(*place)->key, key)))
        place = &(*place)->next;
    if (!*place) {
        *place = arena_alloc(stage->arena, sizeof **place);
        **place = (struct rehearsed){.reconciler = reconciler, .key = *key};
    }
    return *place;
}

/* The keys as they are now: the objects that their texts are in come and go. */
static struct kube_keys keys_of(const struct stage *stage,
                                const struct kube_resource *resource)
{
    struct kube_keys keys = {.arena = stage->arena};
    object_set_keys(stage->set, resource, &keys);
    for (size_t k = 0; k < keys.len; k++) {
        keys.items[k].ns = arena_strdup(stage->arena, keys.items[k].ns);
        keys.items[k].name = arena_strdup(stage->arena, keys.items[k].name);
    }
    return keys;
}

static bool play_all(struct stage *stage)
{
    bool changed = false;
    for (size_t i = 0; reconcilers[i]; i++) {
        struct kube_keys keys = keys_of(stage, reconcilers[i]->primary);
        for (size_t k = 0; k < keys.len; k++)
            changed = play_primary(
                          stage, find_primary(stage, reconcilers[i], &keys.items[k])) ||
                      changed;
    }
    return changed;
}

bool rehearse_all(struct object_set *set, const struct reconcile_config *config,
                  struct arena *arena, const struct rehearsed **all, struct err *err)
{
    struct stage stage = {.set = set, .config = config, .arena = arena};
    int passes = 0;
    while (play_all(&stage)) {
        if (++passes == PASSES_MAX)
            return err_set(err, ERR_INTERNAL, "the plans do not come to an end");
    }
    *all = stage.all;
    return true;
}
