#include "test/apiserver/schema/builtin_default_pod.h"

#include "test/apiserver/schema/quantity.h"

#include <string.h>

static const char *const container_lists[] = {"initContainers", "containers",
                                              "ephemeralContainers", NULL};

void builtin_set_unless(cJSON *object, cJSON *value, const char *name)
{
    if (json_at(object, name))
        json_free(value);
    else
        json_set(object, value, name);
}

/* An image without tag and digest is the latest. */
static const char *pull_policy(const char *image)
{
    const char *digest = strchr(image, '@');
    size_t len = digest ? (size_t)(digest - image) : strlen(image);
    size_t tag = len;
    while (tag && image[tag - 1] != ':' && image[tag - 1] != '/')
        tag--;
    bool tagged = tag && image[tag - 1] == ':';
    bool latest =
        tagged ? len - tag == 6 && memcmp(image + tag, "latest", 6) == 0 : !digest;
    return latest ? "Always" : "IfNotPresent";
}

static void default_pull_policies(cJSON *spec)
{
    for (const char *const *list = container_lists; *list; list++) {
        cJSON *containers = json_member(spec, *list);
        for (cJSON *at = containers ? containers->child : NULL; at; at = at->next)
            builtin_set_unless(at,
                               json_string(pull_policy(json_str_or(at, "", "image"))),
                               "imagePullPolicy");
    }
}

static void default_volumes(cJSON *volumes)
{
    for (cJSON *at = volumes ? volumes->child : NULL; at; at = at->next) {
        cJSON *image = json_member(at, "image");
        if (image)
            builtin_set_unless(
                image, json_string(pull_policy(json_str_or(image, "", "reference"))),
                "pullPolicy");
        if (json_count(at) == 1 && json_at(at, "name"))
            json_set(at, json_object(), "emptyDir");
    }
}

void builtin_default_template(cJSON *spec)
{
    if (!cJSON_IsObject(spec))
        return;
    default_pull_policies(spec);
    default_volumes(json_member(spec, "volumes"));
    const char *account = json_str(spec, "serviceAccountName");
    if (!account)
        account = json_str(spec, "serviceAccount");
    if (account) {
        builtin_set_unless(spec, json_string(account), "serviceAccountName");
        json_set_str(spec, json_str(spec, "serviceAccountName"), "serviceAccount");
    }
}

static void request_limits(cJSON *resources)
{
    json_each (limit, json_at(resources, "limits")) {
        if (!json_at(resources, "requests", limit->string))
            json_set(resources, json_copy(limit), "requests", limit->string);
    }
}

static void open_host_ports(cJSON *ports)
{
    for (cJSON *at = ports ? ports->child : NULL; at; at = at->next)
        builtin_set_unless(at, json_copy(json_at(at, "containerPort")), "hostPort");
}

static const char *const counted[] = {"cpu", "memory", NULL};

static bool is_positive(const char *text)
{
    struct quantity quantity;
    return text && api_quantity_parse(text, &quantity) && quantity.mantissa > 0;
}

struct qos {
    bool any;     /* some container asks for something */
    bool limited; /* all ask for all, and for no less than they may use */
};

static void judge(struct qos *qos, const cJSON *container)
{
    for (const char *const *name = counted; *name; name++) {
        const char *limit = json_str(container, "resources", "limits", *name);
        const char *request = json_str(container, "resources", "requests", *name);
        qos->any |= is_positive(limit) || is_positive(request);
        if (!is_positive(limit) || (request && strcmp(limit, request) != 0))
            qos->limited = false;
    }
}

static const char *quality_of(const cJSON *spec)
{
    struct qos qos = {.limited = true};
    json_each (container, json_at(spec, "containers"))
        judge(&qos, container);
    json_each (container, json_at(spec, "initContainers"))
        judge(&qos, container);
    return !qos.any ? "BestEffort" : qos.limited ? "Guaranteed" : "Burstable";
}

void builtin_default_pod(cJSON *pod)
{
    cJSON *spec = json_member(pod, "spec");
    if (!cJSON_IsObject(spec))
        return;
    builtin_default_template(spec);
    builtin_set_unless(spec, json_boolean(true), "enableServiceLinks");
    for (const char *const *list = container_lists; *list; list++) {
        cJSON *containers = json_member(spec, *list);
        for (cJSON *at = containers ? containers->child : NULL; at; at = at->next) {
            request_limits(json_member(at, "resources"));
            if (json_bool(spec, false, "hostNetwork"))
                open_host_ports(json_member(at, "ports"));
        }
    }
    if (!json_at(pod, "status", "qosClass"))
        json_set_str(pod, quality_of(spec), "status", "qosClass");
}
