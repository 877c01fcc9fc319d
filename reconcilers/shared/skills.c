#include "reconcilers/shared/skills.h"

#include "kubeclient/base/ascii.h"
#include "reconcilers/shared/image_reference.h"
#include "reconcilers/shared/mount_path.h"

#include <stdlib.h>
#include <string.h>

enum {
    SKILLS_MAX = 20,
    SKILL_NAME_MAX = 57, /* "skill-" and the name make a DNS label of at most 63 */
    IMAGE_MAX = 1024,
};

static int compare_names(const void *a, const void *b)
{
    const struct skill *left = *(const struct skill *const *)a;
    const struct skill *right = *(const struct skill *const *)b;
    int order = strcmp(left->name, right->name);
    /* Equal names are invalid, but must not make the order a matter of chance. */
    return order ? order : strcmp(left->mount_path, right->mount_path);
}

struct skills skills_read(struct arena *arena, const cJSON *list)
{
    size_t len = cJSON_IsArray(list) ? json_count(list) : 0;
    struct skill *items = arena_alloc(arena, (len + 1) * sizeof *items);
    const struct skill **by_name = arena_alloc(arena, (len + 1) * sizeof *by_name);
    size_t i = 0;
    json_each (item, len ? list : NULL) {
        items[i] = (struct skill){
            .name = json_str_or(item, "", "name"),
            .image = json_str_or(item, "", "image"),
            .mount_path = json_str_or(item, "", "mountPath"),
            .pull_policy = json_str(item, "pullPolicy"),
        };
        by_name[i] = &items[i];
        i++;
    }
    if (len)
        qsort(by_name, len, sizeof *by_name, compare_names);
    return (struct skills){items, by_name, len};
}

const struct skill *skills_find(const struct skills *skills, const char *name)
{
    for (size_t i = 0; i < skills->len; i++) {
        if (strcmp(skills->items[i].name, name) == 0)
            return &skills->items[i];
    }
    return NULL;
}

static const char *name_problem(const char *name)
{
    size_t len = strlen(name);
    if (len == 0)
        return "must be set";
    if (len > SKILL_NAME_MAX)
        return "must be no more than 57 characters";
    for (size_t i = 0; i < len; i++) {
        bool inner = i > 0 && i + 1 < len;
        if (!ascii_lower(name[i]) && !ascii_digit(name[i]) &&
            !(inner && name[i] == '-'))
            return "must be lower case letters, digits and inner '-'";
    }
    return NULL;
}

static const char *image_problem(const char *image)
{
    if (image[0] == '\0')
        return "must be set";
    if (strlen(image) > IMAGE_MAX)
        return "is too long";
    return image_reference_valid(image) ? NULL : "is no valid OCI image reference";
}

static const char *pull_policy_problem(const char *policy)
{
    static const char *const POLICIES[] = {"Always", "IfNotPresent", "Never"};
    for (size_t i = 0; policy && i < sizeof POLICIES / sizeof *POLICIES; i++) {
        if (strcmp(policy, POLICIES[i]) == 0)
            return NULL;
    }
    return policy ? "must be Always, IfNotPresent or Never" : NULL;
}

static void report(struct strbuf *problems, size_t index, const char *field,
                   const char *value, const char *problem)
{
    if (!problem)
        return;
    strbuf_addf(problems, "%sspec.skills[%zu].%s: \"%.128s\" %s",
                problems->len ? "; " : "", index, field, value, problem);
}

/* Rules between two skills; each pair is looked at once. */
static void check_pair(struct arena *arena, const struct skills *skills, size_t first,
                       size_t second, struct strbuf *problems)
{
    const struct skill *a = &skills->items[first], *b = &skills->items[second];
    const char *separator = problems->len ? "; " : "";
    if (a->name[0] && strcmp(a->name, b->name) == 0) {
        strbuf_addf(problems, "%sspec.skills[%zu].name: duplicate skill name \"%s\"",
                    separator, second, b->name);
        return;
    }
    const char *path_a = mount_path_normal(arena, a->mount_path);
    const char *path_b = mount_path_normal(arena, b->mount_path);
    if (!a->mount_path[0] || !b->mount_path[0])
        return;
    if (strcmp(path_a, path_b) == 0)
        strbuf_addf(problems,
                    "%sspec.skills[%zu].mountPath: duplicate mountPath \"%s\" of "
                    "skills \"%s\" and \"%s\"",
                    separator, second, path_b, a->name, b->name);
    else if (mount_path_within(path_b, path_a) || mount_path_within(path_a, path_b))
        strbuf_addf(problems,
                    "%sspec.skills[%zu].mountPath: paths \"%s\" of skill \"%s\" and "
                    "\"%s\" of skill \"%s\" lie one inside the other",
                    separator, second, path_a, a->name, path_b, b->name);
}

void skills_check(struct arena *arena, const struct skills *skills,
                  struct strbuf *problems)
{
    if (skills->len > SKILLS_MAX) {
        strbuf_addf(problems, "%sspec.skills: %zu skills, at most %d are allowed",
                    problems->len ? "; " : "", skills->len, SKILLS_MAX);
        return;
    }
    for (size_t i = 0; i < skills->len; i++) {
        const struct skill *skill = &skills->items[i];
        report(problems, i, "name", skill->name, name_problem(skill->name));
        report(problems, i, "image", skill->image, image_problem(skill->image));
        report(problems, i, "mountPath", skill->mount_path,
               mount_path_problem(arena, skill->mount_path));
        report(problems, i, "pullPolicy", skill->pull_policy,
               pull_policy_problem(skill->pull_policy));
        for (size_t j = 0; j < i; j++)
            check_pair(arena, skills, j, i, problems);
    }
}

const char *skill_volume_name(struct arena *arena, const struct skill *skill)
{
    return arena_printf(arena, "skill-%s", skill->name);
}

cJSON *skill_volume(struct arena *arena, const struct skill *skill,
                    const char *pull_policy)
{
    cJSON *volume = json_object();
    json_set_str(volume, skill_volume_name(arena, skill), "name");
    json_set_str(volume, skill->image, "image", "reference");
    json_set_str(volume, pull_policy, "image", "pullPolicy");
    return volume;
}

cJSON *skill_mount(struct arena *arena, const struct skill *skill)
{
    cJSON *mount = json_object();
    json_set_str(mount, skill_volume_name(arena, skill), "name");
    json_set_str(mount, skill->mount_path, "mountPath");
    json_set(mount, json_boolean(true), "readOnly");
    return mount;
}

const char *skills_folders(struct arena *arena, const struct skills *skills)
{
    const char *folders = "";
    for (size_t i = 0; i < skills->len; i++)
        folders = arena_printf(arena, "%s%s%s", folders, i ? "," : "",
                               skills->by_name[i]->mount_path);
    return folders;
}

const char *skills_annotation(struct arena *arena, const struct skills *skills)
{
    auto_json cJSON *names = json_array();
    for (size_t i = 0; i < skills->len; i++)
        json_push(names, json_string(skills->items[i].name));
    struct strbuf text;
    strbuf_init(&text, SKILLS_MAX * (SKILL_NAME_MAX * 6 + 3) + 2);
    json_print(&text, names);
    const char *annotation = arena_strndup(arena, text.text, text.len);
    strbuf_fini(&text);
    return annotation;
}
