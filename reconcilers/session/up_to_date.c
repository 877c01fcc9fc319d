#include "reconcilers/session/up_to_date.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/sha256.h"

#include <string.h>

enum {
    FIELD_MAX =
        4 * 1024 * 1024,  /* of one field's text: environments with long values */
    TEXT_MAX = 64 * 1024, /* of the annotation */
    HASH_DIGITS = 8,      /* a change is missed once in four billion */
};

static cJSON *hash_of(const cJSON *value)
{
    struct strbuf text;
    char hex[SHA256_HEX_SIZE];
    strbuf_init(&text, FIELD_MAX);
    json_canonical(&text, value);
    sha256_hex(text.text, text.len, hex);
    strbuf_fini(&text);
    hex[HASH_DIGITS] = '\0';
    return json_string(hex);
}

/* Whether the runner resumes is told by the attempt, not by what is wanted of it. */
static cJSON *without_resume(const cJSON *env)
{
    cJSON *rest = json_array();
    json_each (entry, env) {
        if (strcmp(json_str_or(entry, "", "name"), "IS_RESUME") != 0)
            json_push(rest, json_copy(entry));
    }
    return rest;
}

static cJSON *hashes_of(const cJSON *object)
{
    cJSON *hashes = json_object();
    json_each (field, object) {
        bool env = strcmp(field->string, "env") == 0;
        auto_json cJSON *value = env ? without_resume(field) : json_copy(field);
        json_add(hashes, hash_of(value), field->string);
    }
    return hashes;
}

static void add_containers(cJSON *groups, const cJSON *containers)
{
    json_each (container, containers)
        json_set(groups, hashes_of(container), json_str_or(container, "", "name"));
}

/* {container: {field: hash}}; the pod's own fields are those of "". Owned. */
static cJSON *groups_of(const cJSON *pod)
{
    cJSON *groups = json_object();
    auto_json cJSON *spec = json_copy(json_at(pod, "spec"));
    add_containers(groups, json_at(spec, "containers"));
    add_containers(groups, json_at(spec, "initContainers"));
    json_remove(spec, "containers");
    json_remove(spec, "initContainers");
    json_set(groups, hashes_of(spec), "");
    return groups;
}

cJSON *pod_fingerprint(const cJSON *pod)
{
    struct strbuf text;
    auto_json cJSON *groups = groups_of(pod);
    strbuf_init(&text, TEXT_MAX);
    json_canonical(&text, groups);
    cJSON *annotation = json_string(text.text);
    strbuf_fini(&text);
    return annotation;
}

/* ---- comparison */

struct difference {
    struct arena *arena;
    const char *fields; /* "": none so far */
};

static void add(struct difference *difference, const char *container, const char *field)
{
    difference->fields =
        arena_printf(difference->arena, "%s%s%s%s%s", difference->fields,
                     *difference->fields ? ", " : "", container,
                     *container && *field ? "." : "", field);
}

static bool is_same(const cJSON *a, const cJSON *b)
{
    return a && b && json_equal(a, b);
}

static void compare(struct difference *difference, const char *container,
                    const cJSON *running, const cJSON *wanted)
{
    json_each (field, wanted) {
        if (!is_same(json_at(running, field->string), field))
            add(difference, container, field->string);
    }
    json_each (field, running) {
        if (!json_at(wanted, field->string))
            add(difference, container, field->string);
    }
}

enum freshness pod_freshness(struct arena *arena, const cJSON *running,
                             const cJSON *wanted, const char **fields)
{
    struct err ignored;
    struct difference difference = {arena, ""};
    const char *text = kube_annotation(running, SESSION_ANNOTATION_RENDERED);
    auto_json cJSON *former = text ? json_parse(text, strlen(text), &ignored) : NULL;
    if (!cJSON_IsObject(former))
        return FRESHNESS_UNKNOWN;
    auto_json cJSON *now = groups_of(wanted);
    json_each (group, now) {
        const cJSON *before = json_at(former, group->string);
        if (before || !*group->string)
            compare(&difference, group->string, before, group);
        else
            add(&difference, group->string, "");
    }
    json_each (group, former) {
        if (!json_at(now, group->string))
            add(&difference, group->string, "");
    }
    *fields = difference.fields;
    return *difference.fields ? POD_OUTDATED : POD_UP_TO_DATE;
}
