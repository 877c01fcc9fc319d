#include "reconcilers/shared/pod_security.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/shared/pod_security_rules.h"

#include <stdarg.h>
#include <string.h>

static const size_t TEXT_MAX = 4 * 1024; /* of a condition's 32 KiB, readable */

const char *pod_level_name(enum pod_level level)
{
    static const char *const NAMES[] = {"privileged", "baseline", "restricted"};
    return NAMES[level];
}

void pod_check_add(struct pod_check *check, const char *container, const char *field,
                   const char *remedy_format, ...)
{
    struct pod_finding *finding = arena_alloc(check->arena, sizeof *finding);
    va_list args;
    va_start(args, remedy_format);
    *finding = (struct pod_finding){
        .level = check->level,
        .container = container,
        .field = field,
        .remedy = arena_vprintf(check->arena, remedy_format, args),
    };
    va_end(args);
    *check->end = finding;
    check->end = &finding->next;
}

static void run_rule(struct pod_check *check, const struct pod_rule *rule)
{
    static const char *const LISTS[] = {"initContainers", "containers",
                                        "ephemeralContainers"};
    check->level = rule->level;
    if (rule->pod)
        rule->pod(check);
    for (size_t i = 0; rule->container && i < sizeof LISTS / sizeof *LISTS; i++) {
        const cJSON *list = json_at(check->spec, LISTS[i]);
        json_each (container, list)
            rule->container(check, container);
    }
}

static bool applies(const struct pod_rule *rule, const struct pod_check *check)
{
    bool windows = check->minor >= 25 &&
                   strcmp(json_str_or(check->spec, "", "os", "name"), "windows") == 0;
    return check->minor >= rule->since && !(windows && rule->spares_windows);
}

struct pod_verdict pod_security_check(struct arena *arena, const cJSON *pod, int minor)
{
    struct pod_check check = {
        .arena = arena,
        .meta = json_at(pod, "metadata"),
        .spec = json_at(pod, "spec"),
        .minor = minor < POD_SECURITY_OLDEST ? POD_SECURITY_OLDEST : minor,
    };
    check.end = &check.first;
    for (const struct pod_rule *rule = pod_rules; rule->pod || rule->container;
         rule++) {
        if (applies(rule, &check))
            run_rule(&check, rule);
    }
    struct pod_verdict verdict = {POD_RESTRICTED, check.first};
    for (const struct pod_finding *finding = check.first; finding;
         finding = finding->next) {
        if (finding->level <= verdict.level)
            verdict.level = finding->level - 1;
    }
    return verdict;
}

const char *pod_security_text(struct arena *arena, const struct pod_verdict *verdict,
                              enum pod_level level)
{
    struct strbuf text;
    strbuf_init(&text, TEXT_MAX);
    for (const struct pod_finding *finding = verdict->findings; finding;
         finding = finding->next) {
        if (finding->level > level)
            continue;
        if (text.len)
            strbuf_adds(&text, "; ");
        if (finding->container)
            strbuf_addf(&text, "container \"%s\": ", finding->container);
        strbuf_addf(&text, "%s %s", finding->field, finding->remedy);
    }
    const char *copy = arena_strdup(arena, text.len ? text.text : "");
    strbuf_fini(&text);
    return copy;
}

static enum pod_level parse_level(const char *word)
{
    for (enum pod_level level = POD_PRIVILEGED; level < POD_RESTRICTED; level++) {
        if (strcmp(word, pod_level_name(level)) == 0)
            return level;
    }
    return POD_RESTRICTED;
}

/* "latest" or "v1.33". */
static int parse_minor(const char *word)
{
    uint64_t minor;
    bool numbered = ascii_has_prefix(word, "v1.") && ascii_parse_u64(word + 3, &minor);
    return numbered && minor < POD_SECURITY_LATEST ? (int)minor : POD_SECURITY_LATEST;
}

struct pod_enforcement pod_enforcement_of(const cJSON *ns)
{
    const char *level = kube_label(ns, "pod-security.kubernetes.io/enforce");
    const char *version = kube_label(ns, "pod-security.kubernetes.io/enforce-version");
    return (struct pod_enforcement){
        .level = level ? parse_level(level) : POD_PRIVILEGED,
        .minor = version ? parse_minor(version) : POD_SECURITY_LATEST,
    };
}
