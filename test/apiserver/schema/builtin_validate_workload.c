#include "test/apiserver/schema/builtin_validate_workload.h"

#include "test/apiserver/schema/builtin_immutable.h"
#include "test/apiserver/schema/builtin_names.h"
#include "test/apiserver/schema/builtin_validate_pod.h"

#include <string.h>

static const size_t VALUE_MAX = 16 * 1024;

static const struct schema_path root = {0};
static const struct schema_path spec_path = {.parent = &root, .name = "spec"};
static const struct schema_path selector_path = {.parent = &spec_path,
                                                 .name = "selector"};
static const struct schema_path template_path = {.parent = &spec_path,
                                                 .name = "template"};
static const struct schema_path pod_path = {.parent = &template_path, .name = "spec"};

static bool holds_value(const cJSON *values, const char *text)
{
    json_each (value, values) {
        if (text && cJSON_IsString(value) && strcmp(value->valuestring, text) == 0)
            return true;
    }
    return false;
}

static bool meets(const cJSON *labels, const cJSON *requirement)
{
    const char *op = json_str_or(requirement, "", "operator");
    const char *label = json_str(labels, json_str_or(requirement, "", "key"));
    if (strcmp(op, "Exists") == 0)
        return label;
    if (strcmp(op, "DoesNotExist") == 0)
        return !label;
    bool found = holds_value(json_at(requirement, "values"), label);
    return strcmp(op, "In") == 0 ? found : !found;
}

static bool selects(const cJSON *selector, const cJSON *labels)
{
    json_each (wanted, json_at(selector, "matchLabels")) {
        const char *label = json_str(labels, wanted->string);
        if (!label || !cJSON_IsString(wanted) ||
            strcmp(label, wanted->valuestring) != 0)
            return false;
    }
    json_each (requirement, json_at(selector, "matchExpressions")) {
        if (!meets(labels, requirement))
            return false;
    }
    return true;
}

static void check_selector(struct faults *faults, const cJSON *object, const char *kind)
{
    const struct schema_path metadata = {.parent = &template_path, .name = "metadata"};
    const struct schema_path here = {.parent = &metadata, .name = "labels"};
    const cJSON *selector = json_at(object, "spec", "selector");
    const cJSON *labels = json_at(object, "spec", "template", "metadata", "labels");
    if (selector && !selector->child) {
        faults_add(faults, "Invalid", &selector_path,
                   "Invalid value: {}: empty selector is invalid for %s", kind);
        return;
    }
    if (!selector || selects(selector, labels))
        return;
    struct strbuf text;
    strbuf_init(&text, VALUE_MAX);
    if (labels)
        json_canonical(&text, labels);
    faults_add(faults, "Invalid", &here,
               "Invalid value: %s: `selector` does not match template `labels`",
               labels ? text.text : "null");
    strbuf_fini(&text);
}

static void check_replicas(struct faults *faults, const cJSON *object)
{
    const struct schema_path here = {.parent = &spec_path, .name = "replicas"};
    int64_t replicas = json_int(object, 0, "spec", "replicas");
    if (replicas < 0)
        faults_add(faults, "Invalid", &here,
                   "Invalid value: %lld: must be greater than or equal to 0",
                   (long long)replicas);
}

static void check_template(struct faults *faults, const cJSON *object, const char *kind)
{
    static const char *const policies[] = {"Always", NULL};
    const cJSON *spec = json_at(object, "spec", "template", "spec");
    check_replicas(faults, object);
    check_selector(faults, object, kind);
    validate_pod_spec(faults, spec, json_at(object, "spec", "volumeClaimTemplates"),
                      &pod_path);
    check_choice(faults, spec, "restartPolicy", policies, &pod_path);
}

static void keep(struct faults *faults, const cJSON *former, const cJSON *object,
                 const char *const *fields)
{
    if (former)
        check_immutable(faults, json_at(former, "spec"), json_at(object, "spec"),
                        fields, &spec_path);
}

void validate_deployment(struct faults *faults, const cJSON *former,
                         const cJSON *object)
{
    const struct schema_path here = {.parent = &spec_path, .name = "strategy"};
    const struct schema_path rolling = {.parent = &here, .name = "rollingUpdate"};
    const cJSON *strategy = json_at(object, "spec", "strategy");
    const char *type = json_str_or(strategy, "RollingUpdate", "type");
    if (strcmp(type, "Recreate") == 0 && json_at(strategy, "rollingUpdate"))
        faults_add(faults, "Forbidden", &rolling,
                   "Forbidden: may not be specified when strategy `type` is "
                   "'Recreate'");
    else if (strcmp(type, "Recreate") != 0 && strcmp(type, "RollingUpdate") != 0)
        faults_add(faults, "NotSupported", &here,
                   "Unsupported value: {\"Type\":\"%s\",\"RollingUpdate\":null}: "
                   "supported values: \"Recreate\", \"RollingUpdate\"",
                   type);
    check_template(faults, object, "deployment");
    keep(faults, former, object, JSON_PATH("selector"));
}

void validate_replica_set(struct faults *faults, const cJSON *former,
                          const cJSON *object)
{
    check_template(faults, object, "deployment");
    keep(faults, former, object, JSON_PATH("selector"));
}

void validate_stateful_set(struct faults *faults, const cJSON *former,
                           const cJSON *object)
{
    const struct schema_path here = {.parent = &spec_path,
                                     .name = "podManagementPolicy"};
    const char *policy =
        json_str_or(object, "OrderedReady", "spec", "podManagementPolicy");
    if (strcmp(policy, "OrderedReady") != 0 && strcmp(policy, "Parallel") != 0)
        faults_add(faults, "Invalid", &here,
                   "Invalid value: \"%s\": must be 'OrderedReady' or 'Parallel'",
                   policy);
    check_template(faults, object, "statefulset");
    keep(faults, former, object,
         JSON_PATH("selector", "serviceName", "podManagementPolicy"));
}

void validate_daemon_set(struct faults *faults, const cJSON *former,
                         const cJSON *object)
{
    check_template(faults, object, "daemonset");
    keep(faults, former, object, JSON_PATH("selector"));
}

void validate_job(struct faults *faults, const cJSON *former, const cJSON *object)
{
    const struct schema_path here = {.parent = &pod_path, .name = "restartPolicy"};
    const cJSON *spec = json_at(object, "spec", "template", "spec");
    validate_pod_spec(faults, spec, NULL, &pod_path);
    if (strcmp(json_str_or(spec, "", "restartPolicy"), "Always") == 0)
        faults_add(faults, "Required", &here,
                   "Required value: valid values: \"OnFailure\", \"Never\"");
    keep(faults, former, object, JSON_PATH("selector", "completions"));
}
