#include "reconcilers/agentruntime/runtime_spec.h"

#include "kubeclient/base/ascii.h"

#include <string.h>

/* A condition's message holds 32 KiB; twenty skills with all mistakes stay below. */
static const size_t PROBLEMS_MAX = 30 * 1024;

struct choice {
    const char *const path[4]; /* of a string in the spec */
    const char *const allowed[5];
};

static const struct choice CHOICES[] = {
    {{"type"}, {"agent", "tool"}},
    {{"authBridgeMode"}, {"proxy-sidecar", "envoy-sidecar", "lite", "waypoint"}},
    {{"mtlsMode"}, {"disabled", "permissive", "strict"}},
    {{"trace", "protocol"}, {"grpc", "http"}},
};

struct runtime_spec runtime_spec_read(struct arena *arena, const cJSON *runtime)
{
    const cJSON *spec = json_at(runtime, "spec");
    return (struct runtime_spec){
        .type = json_str_or(spec, "", "type"),
        .target =
            {
                .api_version = json_str_or(spec, "", "targetRef", "apiVersion"),
                .kind = json_str_or(spec, "", "targetRef", "kind"),
                .name = json_str_or(spec, "", "targetRef", "name"),
            },
        .container = json_str(spec, "container"),
        .skill_folders = json_bool(spec, true, "skillFolders"),
        .suspend = json_bool(spec, false, "suspend"),
        .skills = skills_read(arena, json_at(spec, "skills")),
    };
}

static void problem(struct strbuf *problems, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void problem(struct strbuf *problems, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    strbuf_adds(problems, problems->len ? "; " : "");
    strbuf_addv(problems, format, args);
    va_end(args);
}

static bool is_allowed(const struct choice *choice, const cJSON *value)
{
    for (const char *const *allowed = choice->allowed; *allowed; allowed++) {
        if (cJSON_IsString(value) && strcmp(value->valuestring, *allowed) == 0)
            return true;
    }
    return false;
}

static void check_choice(const struct choice *choice, const cJSON *spec,
                         struct strbuf *problems)
{
    const cJSON *value = json_at_path(spec, choice->path);
    if (!value || is_allowed(choice, value))
        return;
    problem(problems, "spec");
    for (const char *const *name = choice->path; *name; name++)
        strbuf_addf(problems, ".%s", *name);
    strbuf_addf(problems, ": \"%.128s\" must be one of",
                cJSON_IsString(value) ? value->valuestring : "");
    for (const char *const *allowed = choice->allowed; *allowed; allowed++)
        strbuf_addf(problems, " %s", *allowed);
}

static void check_target(const struct target_ref *target, struct strbuf *problems)
{
    if (!target->api_version[0])
        problem(problems, "spec.targetRef.apiVersion: must be set");
    if (!target->kind[0])
        problem(problems, "spec.targetRef.kind: must be set");
    if (!target->name[0])
        problem(problems, "spec.targetRef.name: must be set");
}

/* Letters, digits, '-' and '.', with a letter or digit at both ends. */
static bool valid_trust_domain(const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        bool inner = i > 0 && i + 1 < len;
        if (!ascii_alnum(text[i]) && !(inner && strchr("-.", text[i])))
            return false;
    }
    return len > 0;
}

static void check_identity(const cJSON *spec, struct strbuf *problems)
{
    const char *domain = json_str(spec, "identity", "spiffe", "trustDomain");
    if (domain && !valid_trust_domain(domain))
        problem(problems, "spec.identity.spiffe.trustDomain: \"%.128s\" is no domain",
                domain);
}

static void check_trace(const cJSON *spec, struct strbuf *problems)
{
    const cJSON *sampling = json_at(spec, "trace", "sampling");
    const cJSON *rate = json_at(sampling, "rate");
    if (!sampling)
        return;
    if (!cJSON_IsNumber(rate))
        problem(problems, "spec.trace.sampling.rate: must be a number");
    else if (!(rate->valuedouble >= 0 && rate->valuedouble <= 1))
        problem(problems, "spec.trace.sampling.rate: %g must be between 0 and 1",
                rate->valuedouble);
}

static void check_container(const cJSON *spec, struct strbuf *problems)
{
    const cJSON *container = json_at(spec, "container");
    const char *name = json_str_or(spec, "", "container");
    size_t len = strlen(name);
    bool valid = len > 0 && len <= 63;
    for (size_t i = 0; i < len; i++) {
        bool inner = i > 0 && i + 1 < len;
        valid = valid && (ascii_lower(name[i]) || ascii_digit(name[i]) ||
                          (inner && name[i] == '-'));
    }
    if (container && !valid)
        problem(problems, "spec.container: \"%.128s\" is no container name", name);
}

const char *runtime_spec_problem(struct arena *arena, const cJSON *runtime)
{
    const cJSON *raw = json_at(runtime, "spec");
    struct runtime_spec spec = runtime_spec_read(arena, runtime);
    struct strbuf problems;
    strbuf_init(&problems, PROBLEMS_MAX);
    if (!spec.type[0])
        problem(&problems, "spec.type: must be set");
    for (size_t i = 0; i < sizeof CHOICES / sizeof *CHOICES; i++) {
        if (i > 0 || spec.type[0])
            check_choice(&CHOICES[i], raw, &problems);
    }
    check_target(&spec.target, &problems);
    check_identity(raw, &problems);
    check_trace(raw, &problems);
    check_container(raw, &problems);
    skills_check(arena, &spec.skills, &problems);
    const char *text =
        problems.len ? arena_strndup(arena, problems.text, problems.len) : NULL;
    strbuf_fini(&problems);
    return text;
}

const struct kube_resource *target_ref_resource(const struct target_ref *target)
{
    const struct kube_resource *resource =
        kube_resource_find(target->api_version, target->kind);
    bool usable = resource == &KUBE_DEPLOYMENTS || resource == &KUBE_STATEFUL_SETS ||
                  resource == &KUBE_SANDBOXES;
    return usable ? resource : NULL;
}
