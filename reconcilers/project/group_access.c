#include "reconcilers/project/group_access.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "kubeclient/base/map.h"
#include "kubeclient/base/sha256.h"
#include "reconcilers/project/roles.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

enum { NAME_MAX_READABLE = 201, HASH_DIGITS = 8 };

static bool fits(char c)
{
    return ascii_alnum(c) || c == ':' || c == '.' || c == '_' || c == '-';
}

static bool is_readable(const char *name)
{
    if (!ascii_alnum(name[0]) || strlen(name) > NAME_MAX_READABLE)
        return false;
    for (; *name; name++) {
        if (!fits(*name))
            return false;
    }
    return true;
}

/* A name of Berth's own bindings. */
static bool is_reserved(const char *name)
{
    return ascii_has_prefix(name, "ambient-") || ascii_has_prefix(name, "berth-");
}

/* Reserved names, and those of somebody else, are not taken. */
static bool is_free(const struct project *project, const char *name)
{
    const cJSON *live =
        observed_get(project->in->observed, &KUBE_ROLE_BINDINGS, project->ns, name);
    return !is_reserved(name) && (!live || project_may_write(project, live));
}

static const char *binding_name(const struct project *project, const char *group,
                                const char *role)
{
    const char *plain = arena_printf(project->arena, "%s-%s", group, role);
    if (is_readable(plain) && is_free(project, plain))
        return plain;
    char hash[SHA256_HEX_SIZE];
    sha256_hex(plain, strlen(plain), hash);
    char *tame = arena_printf(project->arena, "group-%.150s-%s", group, role);
    for (char *c = tame; *c; c++) {
        if (!fits(*c))
            *c = '-';
    }
    return arena_printf(project->arena, "%s-%.*s", tame, HASH_DIGITS, hash);
}

static bool ensure_entry(struct project *project, enum project_step step,
                         const char *name, const cJSON *entry)
{
    const char *role = json_str(entry, "role");
    const struct binding binding = {
        .ns = project->ns,
        .name = name,
        .role_kind = "ClusterRole",
        .role = arena_printf(project->arena, "ambient-project-%s", role),
        .subject_kind = "Group",
        .subject = json_str(entry, "groupName"),
    };
    return ensure_binding(project, step, &binding, role);
}

static bool is_usable(const cJSON *entry)
{
    const char *group = json_str_or(entry, "", "groupName");
    const char *role = json_str_or(entry, "", "role");
    return *group && !ascii_has_prefix(group, "system:") &&
           (strcmp(role, "admin") == 0 || strcmp(role, "edit") == 0 ||
            strcmp(role, "view") == 0);
}

size_t ensure_group_access(struct project *project, enum project_step step)
{
    const cJSON *entries = json_at(project->owner, "spec", "groupAccess");
    struct map wanted;
    size_t held = 0;
    map_init(&wanted, 0); /* 256 entries at most */
    json_each (entry, entries) {
        if (!is_usable(entry)) {
            step_fails(project, step, "InvalidGroup",
                       arena_printf(project->arena,
                                    "groupAccess: group \"%s\" with role \"%s\" is not "
                                    "possible",
                                    json_str_or(entry, "", "groupName"),
                                    json_str_or(entry, "", "role")));
            continue;
        }
        const char *name = binding_name(project, json_str(entry, "groupName"),
                                        json_str(entry, "role"));
        if (map_get(&wanted, name))
            continue;
        map_put(&wanted, name, project);
        held += ensure_entry(project, step, name, entry);
    }
    /* A Project takes it over as it is. */
    keep_binding(project,
                 &(struct binding){.ns = project->ns, .name = BERTH_MANAGER_ROLE});
    prune_bindings(project, step, step);
    map_fini(&wanted);
    return held;
}
