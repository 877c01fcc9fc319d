#include "test/apiserver/server/metadata.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"

#include <string.h>

enum { LABEL_MAX = 63, SUBDOMAIN_MAX = 253, ANNOTATIONS_MAX = 256 * 1024 };

static bool refuse(struct call *call, const cJSON *object, const char *field,
                   const char *message)
{
    return call_refuse_invalid(call, kube_name(object),
                               &(struct field_fault){.reason = "FieldValueInvalid",
                                                     .field = field,
                                                     .message = message});
}

static bool refuse_value(struct call *call, const cJSON *object, const char *field,
                         const char *value, const char *why)
{
    return refuse(call, object, field,
                  arena_printf(call->arena, "Invalid value: \"%s\": %s", value, why));
}

/* ---- names */

static bool is_lower_alnum(char c)
{
    return ascii_lower(c) || ascii_digit(c);
}

/* Lower case letters, digits and '-' between them: `len` bytes of it. */
static bool is_label(const char *text, size_t len)
{
    if (!len || !is_lower_alnum(text[0]) || !is_lower_alnum(text[len - 1]))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_lower_alnum(text[i]) && text[i] != '-')
            return false;
    }
    return true;
}

static bool is_subdomain(const char *text)
{
    for (;;) {
        size_t len = strcspn(text, ".");
        if (!is_label(text, len))
            return false;
        if (!text[len])
            return true;
        text += len + 1;
    }
}

static const char *const label_words =
    ("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
     "'-', and must start and end with an alphanumeric character (e.g. 'my-name',  or "
     "'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
static const char *const subdomain_words =
    ("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
     "characters, '-' or '.', and must start and end with an alphanumeric character "
     "(e.g. 'example.com', regex used for validation is "
     "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
/* NULL: a good name for an object of this kind. */
static const char *name_fault(struct call *call, const char *name)
{
    const char *storage = call->def->storage;
    size_t len = strlen(name);
    if (ascii_has_prefix(storage, "rbac.authorization.k8s.io/")) {
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            return arena_printf(call->arena, "may not be '%s'", name);
        if (strchr(name, '/'))
            return "may not contain '/'";
        return strchr(name, '%') ? "may not contain '%'" : NULL;
    }
    if (strcmp(storage, "/services") == 0 || strcmp(storage, "/namespaces") == 0) {
        if (len > LABEL_MAX)
            return "must be no more than 63 characters";
        return is_label(name, len) ? NULL : label_words;
    }
    if (len > SUBDOMAIN_MAX)
        return "must be no more than 253 characters";
    return is_subdomain(name) ? NULL : subdomain_words;
}

/* ---- labels and the like */

/* Letters, digits, '-', '_' and '.', alphanumeric at both ends. */
static bool is_qualified_part(const char *text, size_t len)
{
    if (!len || len > LABEL_MAX || !ascii_alnum(text[0]) || !ascii_alnum(text[len - 1]))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!ascii_alnum(text[i]) && !strchr("-_.", text[i]))
            return false;
    }
    return true;
}

/* [prefix/]name */
const char *metadata_key_fault(struct arena *arena, const char *key)
{
    static const char *const part_words =
        ("name part must consist of alphanumeric characters, '-', '_' or '.', and must "
         "start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  "
         "or '123-abc', regex used for validation is "
         "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
    const char *slash = strchr(key, '/');
    const char *part = slash ? slash + 1 : key;
    if (strchr(part, '/'))
        return arena_printf(
            arena,
            "a valid label key %s with an optional DNS subdomain prefix "
            "and '/' (e.g. 'example.com/MyName')",
            part_words + strlen("name part "));
    if (slash && (slash == key ||
                  !is_subdomain(arena_strndup(arena, key, (size_t)(slash - key)))))
        return arena_printf(arena, "prefix part %s",
                            slash == key ? "must be non-empty" : subdomain_words);
    if (!*part)
        return arena_printf(arena, "name part must be non-empty; %s", part_words);
    if (strlen(part) > LABEL_MAX)
        return "name part must be no more than 63 characters";
    return is_qualified_part(part, strlen(part)) ? NULL : part_words;
}

const char *metadata_value_fault(const char *value)
{
    if (strlen(value) > LABEL_MAX)
        return "must be no more than 63 characters";
    if (!*value || is_qualified_part(value, strlen(value)))
        return NULL;
    return "a valid label must be an empty string or consist of alphanumeric "
           "characters, '-', '_' or '.', and must start and end with an alphanumeric "
           "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
           "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
}

static bool validate_labels(struct call *call, const cJSON *object)
{
    static const char field[] = "metadata.labels";
    json_each (label, json_at(object, "metadata", "labels")) {
        const char *fault = metadata_key_fault(call->arena, label->string);
        if (fault)
            return refuse_value(call, object, field, label->string, fault);
        const char *value = cJSON_IsString(label) ? label->valuestring : "";
        fault = metadata_value_fault(value);
        if (fault)
            return refuse_value(call, object, field, value, fault);
    }
    return true;
}

static bool validate_annotations(struct call *call, const cJSON *object)
{
    static const char field[] = "metadata.annotations";
    size_t size = 0;
    json_each (annotation, json_at(object, "metadata", "annotations")) {
        char *lower = arena_strdup(call->arena, annotation->string);
        for (char *c = lower; *c; c++)
            *c = ascii_to_lower(*c);
        const char *fault = metadata_key_fault(call->arena, lower);
        if (fault)
            return refuse_value(call, object, field, annotation->string, fault);
        size += strlen(annotation->string);
        if (cJSON_IsString(annotation))
            size += strlen(annotation->valuestring);
    }
    if (size > ANNOTATIONS_MAX)
        return call_refuse_invalid(
            call, kube_name(object),
            &(struct field_fault){.reason = "FieldValueTooLong",
                                  .field = field,
                                  .message = "Too long: may not be more than 262144 "
                                             "bytes"});
    return true;
}

static bool refuse_controllers(struct call *call, const cJSON *object, const cJSON *one,
                               const cJSON *other)
{
    struct strbuf message;
    strbuf_init(&message, 64 * 1024);
    strbuf_adds(&message, "Invalid value: ");
    json_print(&message, json_at(object, "metadata", "ownerReferences"));
    strbuf_addf(
        &message,
        ": Only one reference can have Controller set to true. Found \"true\" in "
        "references for %s/%s and %s/%s",
        json_str(one, "kind"), json_str(one, "name"), json_str(other, "kind"),
        json_str(other, "name"));
    bool refused = refuse(call, object, "metadata.ownerReferences", message.text);
    strbuf_fini(&message);
    return refused;
}

static bool validate_owners(struct call *call, const cJSON *object)
{
    static const char *const required[] = {"apiVersion", "kind", "name", "uid", NULL};
    size_t index = 0;
    const cJSON *controller = NULL;
    json_each (owner, json_at(object, "metadata", "ownerReferences")) {
        for (size_t i = 0; required[i]; i++) {
            if (*json_str_or(owner, "", required[i]))
                continue;
            const char *field = arena_printf(
                call->arena, "metadata.ownerReferences[%zu].%s", index, required[i]);
            return call_refuse_invalid(
                call, kube_name(object),
                &(struct field_fault){.reason = "FieldValueRequired",
                                      .field = field,
                                      .message = "Required value: must not be empty"});
        }
        if (json_bool(owner, false, "controller")) {
            if (controller)
                return refuse_controllers(call, object, controller, owner);
            controller = owner;
        }
        index++;
    }
    return true;
}

static bool is_standard_finalizer(const char *text)
{
    return strcmp(text, "orphan") == 0 || strcmp(text, "foregroundDeletion") == 0 ||
           strcmp(text, "kubernetes") == 0;
}

static bool validate_finalizers(struct call *call, const cJSON *object)
{
    size_t index = 0;
    bool core =
        !call->def->custom && strcmp(call->def->group, "apiextensions.k8s.io") != 0;
    json_each (item, json_at(object, "metadata", "finalizers")) {
        const char *text = cJSON_IsString(item) ? item->valuestring : "";
        const char *fault = metadata_key_fault(call->arena, text);
        if (fault)
            return refuse_value(call, object, "metadata.finalizers", text, fault);
        if (core && !strchr(text, '/') && !is_standard_finalizer(text))
            return refuse_value(
                call, object,
                arena_printf(call->arena, "metadata.finalizers[%zu]", index), text,
                "name is neither a standard finalizer name nor is it fully qualified");
        index++;
    }
    return true;
}

/* While an object is being deleted, finalizers can only go. */
static bool validate_new_finalizers(struct call *call, const cJSON *former,
                                    const cJSON *object)
{
    if (!kube_deleting(former))
        return true;
    json_each (item, json_at(object, "metadata", "finalizers")) {
        if (!cJSON_IsString(item) || kube_has_finalizer(former, item->valuestring))
            continue;
        const char *message =
            arena_printf(call->arena,
                         "Forbidden: no new finalizers can be added if the object is "
                         "being deleted, found new finalizers []string{\"%s\"}",
                         item->valuestring);
        return call_refuse_invalid(
            call, kube_name(object),
            &(struct field_fault){.reason = "FieldValueForbidden",
                                  .field = "metadata.finalizers",
                                  .message = message});
    }
    return true;
}

bool metadata_validate(struct call *call, const cJSON *former, const cJSON *object)
{
    const char *fault = former ? NULL : name_fault(call, kube_name(object));
    if (fault)
        return refuse_value(call, object, "metadata.name", kube_name(object), fault);
    return validate_labels(call, object) && validate_annotations(call, object) &&
           validate_owners(call, object) && validate_finalizers(call, object) &&
           validate_new_finalizers(call, former, object);
}
