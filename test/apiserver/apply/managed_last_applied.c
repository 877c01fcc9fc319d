#include "test/apiserver/apply/managed_last_applied.h"

#include "test/apiserver/apply/typed.h"

#include <string.h>

#define ANNOTATION "kubectl.kubernetes.io/last-applied-configuration"

enum {
    ANNOTATIONS_MAX = 256 * 1024, /* all annotations of an object together */
};

static const char *annotation_of(const struct managed_apply_options *options,
                                 const cJSON *object)
{
    if (strcmp(options->write.manager, "kubectl") != 0)
        return "";
    return json_str_or(object, "", "metadata", "annotations", ANNOTATION);
}

const struct field_set *
managed_last_applied(struct arena *arena, const struct managed_apply_options *options,
                     const cJSON *live)
{
    struct field_type type = {.schema = options->schema};
    const char *text = annotation_of(options, live);
    const struct field_set *set = NULL;
    struct typed_fault fault;
    struct err unused;
    if (!*text)
        return NULL;
    cJSON *applied = json_adopt(arena, json_parse(text, strlen(text), &unused));
    if (!applied ||
        strcmp(json_str_or(applied, "", "apiVersion"), options->write.api_version) != 0)
        return NULL;
    if (!typed_set(arena, type, applied, &set, &fault))
        return NULL;
    struct typed_difference difference = typed_compare(arena, type, applied, live);
    set = field_set_difference(arena, set, difference.written);
    return field_set_difference(arena, set, difference.removed);
}

void managed_write_last_applied(const struct managed_apply_options *options,
                                cJSON *object, const cJSON *intent)
{
    if (!*annotation_of(options, object))
        return;
    struct strbuf text;
    auto_json cJSON *applied = json_copy(intent);
    json_remove(applied, "metadata", "annotations", ANNOTATION);
    strbuf_init(&text, ANNOTATIONS_MAX);
    json_canonical(&text, applied);
    strbuf_addc(&text, '\n');
    if (!text.overflow)
        json_set_str(object, text.text, "metadata", "annotations", ANNOTATION);
    strbuf_fini(&text);
}
