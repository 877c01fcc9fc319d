#include "controller/cli/render_output.h"

#include "kubeclient/api/intent.h"
#include "kubeclient/base/yaml.h"

#include <string.h>

static const size_t OUTPUT_MAX = 256 * 1024 * 1024;

void render_output_init(struct render_output *output, const char *format, bool merged,
                        bool explain)
{
    *output = (struct render_output){
        .items = format && strcmp(format, "json") == 0 ? json_array() : NULL,
        .merged = merged,
        .explain = explain,
    };
    strbuf_init(&output->text, OUTPUT_MAX);
}

/* The write as an object, without what ties it to one state of a cluster. Owned. */
static cJSON *object_of(const struct render_output *output,
                        const struct object_set *set, const struct plan_write *write)
{
    auto_json cJSON *intent = json_copy(write->body);
    json_remove(intent, "metadata", "uid");
    json_remove(intent, "metadata", "resourceVersion");
    const cJSON *held = object_set_get(set, write->resource, write->ns, write->name);
    return output->merged ? intent_merge(intent, held) : json_copy(intent);
}

static void add_comment(struct render_output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Text of users may hold line breaks: each line is a comment. */
static void add_comment(struct render_output *output, const char *format, ...)
{
    struct strbuf line;
    va_list args;
    strbuf_init(&line, 64 * 1024);
    va_start(args, format);
    strbuf_addv(&line, format, args);
    va_end(args);
    strbuf_adds(&output->text, "# ");
    for (const char *c = line.text; *c; c++)
        strbuf_addc(&output->text, *c == '\n' || *c == '\r' ? ' ' : *c);
    strbuf_addc(&output->text, '\n');
    strbuf_fini(&line);
}

static void add_explanation(struct render_output *output,
                            const struct kube_resource *resource,
                            const struct kube_key *key, const struct plan *plan)
{
    add_comment(output, "%s %s", resource->kind,
                kube_key_text(plan->arena, key->ns, key->name));
    for (const struct plan_write *write = plan->writes; write; write = write->next)
        add_comment(output, "  %s %s: %s", write->resource->kind, write->name,
                    write->why);
    json_each (condition, json_at(plan->status, "conditions")) {
        add_comment(output, "  %s=%s %s: %s", json_str_or(condition, "", "type"),
                    json_str_or(condition, "", "status"),
                    json_str_or(condition, "", "reason"),
                    json_str_or(condition, "", "message"));
    }
    for (const struct plan_event *event = plan->events; event; event = event->next)
        add_comment(output, "  event %s %s: %s", event->warning ? "Warning" : "Normal",
                    event->reason, event->note);
}

void render_plan(struct render_output *output, const struct object_set *set,
                 const struct kube_resource *resource, const struct kube_key *key,
                 const struct plan *plan)
{
    bool yaml = !output->items;
    if (yaml && output->explain) {
        strbuf_adds(&output->text, "---\n");
        add_explanation(output, resource, key, plan);
    }
    for (const struct plan_write *write = plan->writes; write; write = write->next) {
        if (write->verb != PLAN_APPLY)
            continue;
        cJSON *object = object_of(output, set, write);
        if (!yaml) {
            json_push(output->items, object);
            continue;
        }
        strbuf_adds(&output->text, "---\n");
        yaml_print(&output->text, object);
        json_free(object);
    }
}

bool render_output_finish(struct render_output *output, FILE *stream)
{
    if (output->items) {
        auto_json cJSON *list = json_object();
        json_set_str(list, "v1", "apiVersion");
        json_set_str(list, "List", "kind");
        json_set(list, output->items, "items");
        json_print(&output->text, list);
        strbuf_addc(&output->text, '\n');
    }
    bool ok =
        !output->text.overflow &&
        fwrite(output->text.text, 1, output->text.len, stream) == output->text.len &&
        fflush(stream) == 0;
    strbuf_fini(&output->text);
    return ok;
}
