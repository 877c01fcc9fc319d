#include "test/apiserver/schema/builtin_immutable.h"

#include <string.h>

static const size_t VALUE_MAX = 64 * 1024;
static const struct schema_path root = {0};

static bool same(const cJSON *a, const cJSON *b)
{
    return a == b || (a && b && json_equal(a, b));
}

void check_immutable(struct faults *faults, const cJSON *former, const cJSON *object,
                     const char *const *fields, const struct schema_path *path)
{
    for (; *fields; fields++) {
        const cJSON *value = json_at(object, *fields);
        if (same(json_at(former, *fields), value))
            continue;
        const struct schema_path here = {.parent = path, .name = *fields};
        struct strbuf text;
        strbuf_init(&text, VALUE_MAX);
        if (value)
            json_print(&text, value);
        faults_add(faults, "Invalid", &here, "Invalid value: %s: field is immutable",
                   value ? text.text : "null");
        strbuf_fini(&text);
    }
}

void check_immutable_data(struct faults *faults, const cJSON *former,
                          const cJSON *object)
{
    static const char *const fields[] = {"data", "binaryData", NULL};
    const struct schema_path mark = {.parent = &root, .name = "immutable"};
    if (!json_bool(former, false, "immutable"))
        return;
    if (!json_bool(object, false, "immutable"))
        faults_add(faults, "Forbidden", &mark,
                   "Forbidden: field is immutable when `immutable` is set");
    for (const char *const *field = fields; *field; field++) {
        const struct schema_path here = {.parent = &root, .name = *field};
        if (!same(json_at(former, *field), json_at(object, *field)))
            faults_add(faults, "Forbidden", &here,
                       "Forbidden: field is immutable when `immutable` is set");
    }
}

/* Gives the copy of a spec the values that may differ. */
static void allow_images(cJSON *spec, const cJSON *wanted, const char *list)
{
    cJSON *containers = json_member(spec, list);
    const cJSON *other = json_at(wanted, list);
    other = other ? other->child : NULL;
    for (cJSON *at = containers ? containers->child : NULL; at && other;
         at = at->next, other = other->next) {
        json_remove(at, "image");
        json_set(at, json_copy(json_at(other, "image")), "image");
    }
}

static bool keeps_tolerations(const cJSON *former, const cJSON *object)
{
    json_each (toleration, json_at(former, "spec", "tolerations")) {
        bool found = false;
        json_each (other, json_at(object, "spec", "tolerations")) {
            auto_json cJSON *copy = json_copy(other);
            json_remove(copy, "tolerationSeconds");
            auto_json cJSON *plain = json_copy(toleration);
            json_remove(plain, "tolerationSeconds");
            found |= json_equal(copy, plain);
        }
        if (!found)
            return false;
    }
    return true;
}

static bool same_containers(const cJSON *former, const cJSON *object, const char *list)
{
    return json_count(json_at(former, "spec", list)) ==
           json_count(json_at(object, "spec", list));
}

static void refuse_spec(struct faults *faults)
{
    const struct schema_path spec = {.parent = &root, .name = "spec"};
    faults_add(
        faults, "Forbidden", &spec,
        "Forbidden: pod updates may not change fields other than "
        "`spec.containers[*].image`,`spec.initContainers[*].image`,"
        "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
        "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to "
        "be set to 1 if it was previously negative)");
}

static void check_pod_rest(struct faults *faults, const cJSON *former,
                           const cJSON *object)
{
    static const char *const free_fields[] = {"tolerations", "activeDeadlineSeconds"};
    auto_json cJSON *spec = json_copy(json_at(former, "spec"));
    const cJSON *wanted = json_at(object, "spec");
    allow_images(spec, wanted, "containers");
    allow_images(spec, wanted, "initContainers");
    for (size_t i = 0; i < sizeof free_fields / sizeof *free_fields; i++) {
        json_remove(spec, free_fields[i]);
        json_set(spec, json_copy(json_at(wanted, free_fields[i])), free_fields[i]);
    }
    if (!same(spec, wanted))
        refuse_spec(faults);
}

void check_pod_update(struct faults *faults, const cJSON *former, const cJSON *object)
{
    const struct schema_path spec = {.parent = &root, .name = "spec"};
    const struct schema_path tolerations = {.parent = &spec, .name = "tolerations"};
    for (const char *const *list = JSON_PATH("containers", "initContainers"); *list;
         list++) {
        const struct schema_path here = {.parent = &spec, .name = *list};
        if (same_containers(former, object, *list))
            continue;
        faults_add(faults, "Forbidden", &here,
                   "Forbidden: pod updates may not add or remove containers");
        return;
    }
    if (!keeps_tolerations(former, object))
        faults_add(faults, "Forbidden", &tolerations,
                   "Forbidden: existing toleration can not be modified except its "
                   "tolerationSeconds");
    check_pod_rest(faults, former, object);
}

void check_role_ref(struct faults *faults, const cJSON *former, const cJSON *object)
{
    const struct schema_path here = {.parent = &root, .name = "roleRef"};
    const cJSON *role = json_at(object, "roleRef");
    if (!same(json_at(former, "roleRef"), role))
        faults_add(
            faults, "Invalid", &here,
            "Invalid value: {\"APIGroup\":\"%s\",\"Kind\":\"%s\",\"Name\":\"%s\"}"
            ": field is immutable",
            json_str_or(role, "", "apiGroup"), json_str_or(role, "", "kind"),
            json_str_or(role, "", "name"));
}
