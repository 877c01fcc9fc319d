#include "test/apiserver/server/table_workloads.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "test/apiserver/server/age.h"
#include "test/apiserver/server/table_selector.h"

void print_ready(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    strbuf_addf(out, "%lld/%lld",
                (long long)json_int(object, 0, "status", "readyReplicas"),
                (long long)json_int(object, 1, "spec", "replicas"));
}

/* One member of each container of the template, separated by commas. */
static void print_each(struct strbuf *out, const cJSON *object, const char *member)
{
    const cJSON *list = json_at(object, "spec", "template", "spec", "containers");
    json_each (item, list)
        strbuf_addf(out, "%s%s", item == list->child ? "" : ",",
                    json_str_or(item, "", member));
}

void print_containers(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_each(out, object, "name");
}

void print_images(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_each(out, object, "image");
}

void print_selector(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_label_selector(out, json_at(object, "spec", "selector"));
}

void print_node_selector(struct strbuf *out, const cJSON *object, int64_t now_ms)
{
    (void)now_ms;
    print_labels(out, json_at(object, "spec", "template", "spec", "nodeSelector"));
}

/* ---- jobs */

static bool has(const cJSON *job, const char *condition)
{
    return condition_is(json_at(job, "status", "conditions"), condition,
                        CONDITION_TRUE);
}

void print_job_status(struct strbuf *out, const cJSON *job, int64_t now_ms)
{
    (void)now_ms;
    static const char *const rest[] = {"Suspended", "FailureTarget",
                                       "SuccessCriteriaMet"};
    const char *status = "Running";
    for (size_t i = sizeof rest / sizeof *rest; i-- > 0;) {
        if (has(job, rest[i]))
            status = rest[i];
    }
    if (kube_deleting(job))
        status = "Terminating";
    if (has(job, "Failed"))
        status = "Failed";
    if (has(job, "Complete"))
        status = "Complete";
    strbuf_adds(out, status);
}

void print_job_completions(struct strbuf *out, const cJSON *job, int64_t now_ms)
{
    (void)now_ms;
    int64_t wanted = json_int(job, -1, "spec", "completions");
    int64_t parallel = json_int(job, 0, "spec", "parallelism");
    strbuf_addf(out, "%lld/%lld", (long long)json_int(job, 0, "status", "succeeded"),
                (long long)(wanted < 0 ? 1 : wanted));
    if (wanted < 0 && parallel > 1)
        strbuf_addf(out, " of %lld", (long long)parallel);
}

void print_job_duration(struct strbuf *out, const cJSON *job, int64_t now_ms)
{
    const char *start = json_str(job, "status", "startTime");
    const char *end = json_str(job, "status", "completionTime");
    int64_t start_ms, end_ms = now_ms;
    if (!start || !rfc3339_parse(start, &start_ms))
        return;
    if (!end || !rfc3339_parse(end, &end_ms))
        end_ms = now_ms;
    age_print(out, end_ms - start_ms);
}
