#include "reconcilers/shared/config_hash.h"

/* A ConfigMap holds 1 MiB, of which escaping may make six times as much. */
static const size_t DOCUMENT_MAX = 16 * 1024 * 1024;

static const char *const SPEC_MEMBERS[] = {
    "type", "identity", "trace", "authBridgeMode", "mtlsMode",
};

/* A copy without null, "", {} and []; NULL when nothing is left. Items of arrays stay
 * where they are. */
static cJSON *copy_without_empty(const cJSON *value)
{
    if (!value || cJSON_IsNull(value))
        return NULL;
    if (cJSON_IsString(value))
        return value->valuestring[0] ? json_copy(value) : NULL;
    if (cJSON_IsArray(value))
        return value->child ? json_copy(value) : NULL;
    if (!cJSON_IsObject(value))
        return json_copy(value);
    cJSON *copy = json_object();
    json_each (member, value) {
        json_set(copy, copy_without_empty(member), member->string);
    }
    if (copy->child)
        return copy;
    json_free(copy);
    return NULL;
}

static cJSON *skills_document(const struct skills *skills)
{
    if (skills->len == 0)
        return NULL;
    cJSON *list = json_array();
    for (size_t i = 0; i < skills->len; i++) {
        const struct skill *skill = skills->by_name[i];
        cJSON *item = json_push(list, json_object());
        json_set_str(item, skill->name, "name");
        json_set_str(item, skill->image, "image");
        json_set_str(item, skill->mount_path, "mountPath");
        json_set_str(item, skill->pull_policy, "pullPolicy");
    }
    return list;
}

cJSON *config_document(const struct config_inputs *inputs)
{
    cJSON *document = json_object();
    for (size_t i = 0; i < sizeof SPEC_MEMBERS / sizeof *SPEC_MEMBERS; i++)
        json_set(document, copy_without_empty(json_at(inputs->spec, SPEC_MEMBERS[i])),
                 SPEC_MEMBERS[i]);
    json_set(document, skills_document(inputs->skills), "skills");
    json_set(document, copy_without_empty(inputs->defaults), "defaults");
    return document;
}

void config_hash(const struct config_inputs *inputs, char hex[SHA256_HEX_SIZE])
{
    auto_json cJSON *document = config_document(inputs);
    struct strbuf text;
    strbuf_init(&text, DOCUMENT_MAX);
    json_canonical(&text, document);
    sha256_hex(text.text, text.len, hex);
    strbuf_fini(&text);
}
