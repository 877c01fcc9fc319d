#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "test/simulation/expansion.h"
#include "test/simulation/object_path.h"
#include "test/simulation/player_state.h"

#include <stdio.h>
#include <string.h>

/* ---- single words */

typedef bool check_fn(const cJSON *object, const cJSON *wanted, struct strbuf *why);

static bool check_has(const cJSON *object, const cJSON *wanted, struct strbuf *why)
{
    return object_holds(wanted, object, why);
}

static bool check_lacks(const cJSON *object, const cJSON *paths, struct strbuf *why)
{
    bool all = true;
    json_each (path, paths) {
        if (object_path_find(object, path->valuestring)) {
            strbuf_addf(why, "%s: wanted nothing there\n", path->valuestring);
            all = false;
        }
    }
    return all;
}

static bool check_equals(const cJSON *object, const cJSON *paths, struct strbuf *why)
{
    bool all = true;
    json_each (wanted, paths) {
        const cJSON *seen = object_path_find(object, wanted->string);
        if (object_text_matches(wanted, seen))
            continue;
        strbuf_addf(why, "%s: wanted exactly ", wanted->string);
        json_print(why, wanted);
        strbuf_adds(why, ", saw ");
        if (seen)
            json_print(why, seen);
        strbuf_addc(why, '\n');
        all = false;
    }
    return all;
}

static bool check_count(const cJSON *object, const cJSON *paths, struct strbuf *why)
{
    bool all = true;
    json_each (wanted, paths) {
        size_t seen = json_count(object_path_find(object, wanted->string));
        if (seen == (size_t)wanted->valuedouble)
            continue;
        strbuf_addf(why, "%s: wanted %.0f items, saw %zu\n", wanted->string,
                    wanted->valuedouble, seen);
        all = false;
    }
    return all;
}

/* A condition counts only if it speaks of the object's current generation. */
static bool check_condition(const cJSON *object, const cJSON *wanted,
                            struct strbuf *why)
{
    const cJSON *seen =
        condition_find(json_at(object, "status", "conditions"), wanted->string);
    if (cJSON_IsString(wanted)) { /* absent */
        if (seen)
            strbuf_addf(why, "condition %s: wanted none\n", wanted->string);
        return !seen;
    }
    if (!seen) {
        strbuf_addf(why, "condition %s: not there\n", wanted->string);
        return false;
    }
    if (json_int(seen, -1, "observedGeneration") != kube_generation(object)) {
        strbuf_addf(why, "condition %s: of another generation\n", wanted->string);
        return false;
    }
    return object_holds(wanted, seen, why);
}

static bool check_conditions(const cJSON *object, const cJSON *wanted,
                             struct strbuf *why)
{
    bool all = true;
    json_each (condition, wanted)
        all &= check_condition(object, condition, why);
    return all;
}

static bool check_owner(const cJSON *object, const cJSON *entry, struct strbuf *why)
{
    const char *manager = json_str_or(entry, "", "manager");
    const char *operation = json_str_or(entry, "Apply", "operation");
    bool all = true;
    json_each (path, json_at(entry, "owns")) {
        bool owns = object_is_owned(object, manager, operation, path->valuestring);
        if (!owns)
            strbuf_addf(why, "%s does not own %s\n", manager, path->valuestring);
        all &= owns;
    }
    json_each (path, json_at(entry, "not")) {
        bool owns = object_is_owned(object, manager, operation, path->valuestring);
        if (owns)
            strbuf_addf(why, "%s owns %s\n", manager, path->valuestring);
        all &= !owns;
    }
    return all;
}

static bool check_owners(const cJSON *object, const cJSON *wanted, struct strbuf *why)
{
    bool all = true;
    json_each (entry, wanted)
        all &= check_owner(object, entry, why);
    return all;
}

static const struct {
    const char *word;
    check_fn *check;
} CHECKS[] = {
    {"has", check_has},
    {"lacks", check_lacks},
    {"equals", check_equals},
    {"count", check_count},
    {"conditions", check_conditions},
    {"owners", check_owners},
    {"variables", pod_variables_are},
};

/* ---- objects, events, pods */

static bool object_is_as_wanted(struct player *player, const cJSON *expectation,
                                struct strbuf *why)
{
    const cJSON *reference = json_at(expectation, "object");
    const char *path = player_path(player, reference, false);
    auto_json cJSON *object = path ? world_get(player->world, path) : NULL;
    bool absent = json_bool(expectation, false, "absent");
    strbuf_addf(why, "%s %s:\n", json_str_or(reference, "", "kind"),
                json_str_or(reference, "", "name"));
    if (absent || !object) {
        strbuf_adds(why, absent ? "wanted absent, is there\n" : "does not exist\n");
        return absent && !object;
    }
    bool all = true;
    for (size_t i = 0; i < sizeof CHECKS / sizeof *CHECKS; i++) {
        const cJSON *wanted = json_at(expectation, CHECKS[i].word);
        if (wanted)
            all &= CHECKS[i].check(object, wanted, why);
    }
    return all;
}

static bool is_about(const cJSON *event, const char *subject)
{
    const char *kind = json_str_or(event, "", "regarding", "kind");
    const char *name = json_str_or(event, "", "regarding", "name");
    size_t len = strlen(kind);
    return strncmp(subject, kind, len) == 0 && subject[len] == '/' &&
           strcmp(subject + len + 1, name) == 0;
}

static int64_t count_events(struct player *player, const cJSON *expectation,
                            struct strbuf *why)
{
    static const char *const WORDS[] = {"reason", "type", "note"};
    const char *ns = json_str_or(expectation, PLAYER_NAMESPACE, "namespace");
    auto_json cJSON *events = world_get(
        player->world,
        arena_printf(player->arena, "/apis/events.k8s.io/v1/namespaces/%s/events", ns));
    int64_t times = 0;
    json_each (event, json_at(events, "items")) {
        bool hit = is_about(event, json_str_or(expectation, "", "events"));
        if (hit)
            strbuf_addf(why, "  seen: %s %s: %s\n", json_str_or(event, "", "type"),
                        json_str_or(event, "", "reason"),
                        json_str_or(event, "", "note"));
        for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
            const cJSON *wanted = json_at(expectation, WORDS[i]);
            hit = hit &&
                  (!wanted || object_text_matches(wanted, json_at(event, WORDS[i])));
        }
        if (hit)
            times += json_int(event, 1, "series", "count");
    }
    return times;
}

static bool events_are_as_wanted(struct player *player, const cJSON *expectation,
                                 struct strbuf *why)
{
    strbuf_addf(why, "events about %s, %s\n", json_str_or(expectation, "", "events"),
                json_str_or(expectation, "", "reason"));
    int64_t times = count_events(player, expectation, why);
    int64_t count = json_int(expectation, -1, "count");
    int64_t most = json_int(expectation, -1, "atMost");
    strbuf_addf(why, "  of these counted: %lld\n", (long long)times);
    if (count >= 0)
        return times == count;
    return most >= 0 ? times <= most : times > 0;
}

cJSON *player_pods(struct player *player, const cJSON *labels)
{
    auto_json cJSON *list =
        world_get(player->world, "/api/v1/namespaces/" PLAYER_NAMESPACE "/pods");
    cJSON *pods = json_array();
    json_each (pod, json_at(list, "items")) {
        bool all = !kube_deleting(pod);
        json_each (label, labels) {
            const char *value = kube_label(pod, label->string);
            all = all && value && strcmp(value, label->valuestring) == 0;
        }
        if (all)
            json_push(pods, json_copy(pod));
    }
    return pods;
}

static bool pods_are_as_wanted(struct player *player, const cJSON *expectation,
                               struct strbuf *why)
{
    auto_json cJSON *pods = player_pods(player, json_at(expectation, "pods"));
    int64_t count = json_int(expectation, -1, "count");
    const cJSON *has = json_at(expectation, "has");
    bool all = count < 0 ? json_count(pods) > 0 : json_count(pods) == (size_t)count;
    strbuf_addf(why, "%zu pods\n", json_count(pods));
    json_each (pod, pods)
        all &= !has || object_holds(has, pod, why);
    return all;
}

bool player_holds(struct player *player, const cJSON *expectation, struct strbuf *why)
{
    if (json_at(expectation, "object"))
        return object_is_as_wanted(player, expectation, why);
    if (json_at(expectation, "events"))
        return events_are_as_wanted(player, expectation, why);
    return pods_are_as_wanted(player, expectation, why);
}

bool player_await(struct player *player, const cJSON *expectation, int64_t within_ms)
{
    enum { WHY_MAX = 64 * 1024, LOOK_EVERY_MS = 50 };
    int64_t until = world_now_ms(player->world) + within_ms;
    struct strbuf why;
    bool held = false;
    strbuf_init(&why, WHY_MAX);
    for (;;) {
        strbuf_reset(&why);
        held = player_holds(player, expectation, &why);
        if (held || world_now_ms(player->world) >= until)
            break;
        int64_t look = world_now_ms(player->world) + LOOK_EVERY_MS;
        while (world_step(player->world, look < until ? look : until) &&
               world_now_ms(player->world) < look)
            ;
    }
    if (!held && !player->options->lenient)
        strbuf_adds(player->options->why, why.len ? why.text : "");
    strbuf_fini(&why);
    return held || player->options->lenient;
}
