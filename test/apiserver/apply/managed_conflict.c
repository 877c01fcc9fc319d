#include "test/apiserver/apply/managed_write.h"

#include <stdlib.h>

enum {
    PATH_MAX_BYTES = 1 << 16,
    MESSAGE_MAX = 1 << 22,
};

struct report {
    struct strbuf message, path;
    const char *by; /* `conflict with "x"`: of the manager at hand */
    cJSON *refusal;
    size_t paths;
};

static const char *describe(struct arena *arena, const struct managed_entry *entry)
{
    struct strbuf text;
    strbuf_init(&text, PATH_MAX_BYTES);
    strbuf_addf(&text, "\"%s\"", entry->manager);
    if (*entry->subresource)
        strbuf_addf(&text, " with subresource \"%s\"", entry->subresource);
    if (!entry->applies)
        strbuf_addf(&text, " using %s", entry->api_version);
    const char *copy = arena_strdup(arena, text.text);
    strbuf_fini(&text);
    return copy;
}

static size_t count_members(const struct field_set *set)
{
    size_t count = 0;
    for (size_t i = 0; set && i < set->count; i++)
        count += set->nodes[i].member + count_members(set->nodes[i].below);
    return count;
}

static void cut(struct strbuf *path, size_t len)
{
    path->len = len;
    path->text[len] = '\0';
}

static void add_cause(struct report *report)
{
    strbuf_addf(&report->message, report->paths > 1 ? "\n- %s" : ": %s",
                report->path.text);
    refusal_add_cause(report->refusal, "FieldManagerConflict", report->path.text,
                      report->by);
}

/* The members of a level come before what is below any of them. */
static void add_paths(struct report *report, const struct field_set *set)
{
    size_t len = report->path.len;
    for (size_t i = 0; i < set->count; i++) {
        if (!set->nodes[i].member)
            continue;
        field_element_describe(&report->path, &set->nodes[i].element);
        add_cause(report);
        cut(&report->path, len);
    }
    for (size_t i = 0; i < set->count; i++) {
        if (!set->nodes[i].below)
            continue;
        field_element_describe(&report->path, &set->nodes[i].element);
        add_paths(report, set->nodes[i].below);
        cut(&report->path, len);
    }
}

static int compare_conflicts(const void *a, const void *b)
{
    return managed_entry_compare(((const struct managed_conflict *)a)->entry,
                                 ((const struct managed_conflict *)b)->entry);
}

cJSON *managed_conflict_refusal(struct arena *arena, struct managed_conflict *conflicts,
                                size_t count)
{
    struct report report = {.refusal = refusal_new(409, "Conflict", "%s", "")};
    strbuf_init(&report.message, MESSAGE_MAX);
    strbuf_init(&report.path, PATH_MAX_BYTES);
    qsort(conflicts, count, sizeof *conflicts, compare_conflicts);
    for (size_t i = 0; i < count; i++)
        report.paths += count_members(conflicts[i].fields);
    strbuf_addf(&report.message, "Apply failed with %zu conflict%s: ", report.paths,
                report.paths == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++) {
        const char *manager = describe(arena, conflicts[i].entry);
        report.by = arena_printf(arena, "conflict with %s", manager);
        if (report.paths > 1)
            strbuf_addf(&report.message, "%sconflicts with %s:", i ? "\n" : "",
                        manager);
        else
            strbuf_adds(&report.message, report.by);
        add_paths(&report, conflicts[i].fields);
    }
    json_set_str(report.refusal, report.message.text, "message");
    strbuf_fini(&report.message);
    strbuf_fini(&report.path);
    return report.refusal;
}
