#include "test/apiserver/server/selectable.h"

#include <string.h>

/* As kube-apiserver's conversions of field labels; where a label is not the path of a
 * field, `path` is (events.k8s.io names the fields of core events, which are stored).
 */
static const struct selectable {
    const char *storage, *field, *path;
} table[] = {
    {"/pods", "spec.nodeName", NULL},
    {"/pods", "spec.restartPolicy", NULL},
    {"/pods", "spec.schedulerName", NULL},
    {"/pods", "spec.serviceAccountName", NULL},
    {"/pods", "spec.hostNetwork", NULL},
    {"/pods", "status.phase", NULL},
    {"/pods", "status.podIP", NULL},
    {"/pods", "status.nominatedNodeName", NULL},
    {"/events", "involvedObject.kind", NULL},
    {"/events", "involvedObject.namespace", NULL},
    {"/events", "involvedObject.name", NULL},
    {"/events", "involvedObject.uid", NULL},
    {"/events", "involvedObject.apiVersion", NULL},
    {"/events", "involvedObject.resourceVersion", NULL},
    {"/events", "involvedObject.fieldPath", NULL},
    {"/events", "regarding.kind", "involvedObject.kind"},
    {"/events", "regarding.namespace", "involvedObject.namespace"},
    {"/events", "regarding.name", "involvedObject.name"},
    {"/events", "regarding.uid", "involvedObject.uid"},
    {"/events", "regarding.apiVersion", "involvedObject.apiVersion"},
    {"/events", "regarding.resourceVersion", "involvedObject.resourceVersion"},
    {"/events", "regarding.fieldPath", "involvedObject.fieldPath"},
    {"/events", "reason", NULL},
    {"/events", "type", NULL},
    {"/events", "reportingComponent", NULL},
    {"/events", "reportingController", "reportingComponent"},
    {"/events", "source", "source.component"},
    {"/secrets", "type", NULL},
    {"/namespaces", "status.phase", NULL},
    {"/nodes", "spec.unschedulable", NULL},
    {"/services", "spec.clusterIP", NULL},
    {"/services", "spec.type", NULL},
    {"/replicationcontrollers", "status.replicas", NULL},
    {"batch/jobs", "status.successful", "status.succeeded"},
};

/* "a.b.c" as segments. */
static const char *const *segments_of(struct arena *arena, const char *dotted)
{
    const char **segments = arena_alloc(arena, (strlen(dotted) + 2) * sizeof *segments);
    size_t count = 0;
    for (;;) {
        size_t len = strcspn(dotted, ".");
        segments[count++] = arena_strndup(arena, dotted, len);
        if (!dotted[len])
            return segments;
        dotted += len + 1;
    }
}

static bool is_declared(const struct resource_def *def, const char *field)
{
    json_each (item, json_at(def->crd_version, "selectableFields")) {
        const char *path = json_str_or(item, "", "jsonPath");
        if (path[0] == '.' && strcmp(path + 1, field) == 0)
            return true;
    }
    return false;
}

const char *const *selectable_path(struct arena *arena, const struct resource_def *def,
                                   const char *field)
{
    if (strcmp(field, "metadata.name") == 0 ||
        (strcmp(field, "metadata.namespace") == 0 && def->namespaced) ||
        is_declared(def, field))
        return segments_of(arena, field);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].storage, def->storage) == 0 &&
            strcmp(table[i].field, field) == 0)
            return segments_of(arena, table[i].path ? table[i].path : field);
    }
    return NULL;
}

bool selectable_refuse(struct call *call, const char *field)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].storage, call->def->storage) == 0)
            return call_refuse(call, 400, "BadRequest", "field label not supported: %s",
                               field);
    }
    if (call->def->custom)
        return call_refuse(call, 400, "BadRequest", "field label not supported: %s",
                           field);
    return call_refuse(call, 400, "BadRequest",
                       "\"%s\" is not a known field selector: only \"metadata.name\", "
                       "\"metadata.namespace\"",
                       field);
}
