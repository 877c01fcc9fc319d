#include "kubeclient/net/kubeconfig_entry.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/base64.h"
#include "kubeclient/base/strbuf.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool kubeconfig_fail_at(const struct kubeconfig_file *file, const cJSON *value,
                        struct err *err, const char *format, ...)
{
    struct yaml_mark mark = yaml_mark(file->doc, value);
    char what[sizeof err->msg];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    err_set(err, ERR_INVALID, "%s:%zu:%zu: %s", file->path, mark.line, mark.column,
            what);
    return false;
}

bool kubeconfig_fail(const struct kubeconfig_entry *entry, const cJSON *value,
                     struct err *err, const char *format, ...)
{
    char what[sizeof err->msg];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    kubeconfig_fail_at(entry->file, value ? value : entry->item, err, "%s \"%s\": %s",
                       entry->kind, entry->name, what);
    return false;
}

bool kubeconfig_empty(const cJSON *value)
{
    if (cJSON_IsString(value))
        return !value->valuestring[0];
    if (cJSON_IsArray(value) || cJSON_IsObject(value))
        return !value->child;
    if (cJSON_IsNumber(value))
        return value->valuedouble == 0;
    return !cJSON_IsTrue(value);
}

char *kubeconfig_path(const struct kubeconfig_file *file, const char *path)
{
    const char *slash = strrchr(file->path, '/');
    if (path[0] == '/' || !slash)
        return xstrdup(path);
    struct strbuf joined;
    strbuf_init(&joined, (size_t)PATH_MAX * 2);
    strbuf_add(&joined, file->path, (size_t)(slash - file->path) + 1);
    strbuf_adds(&joined, path);
    return strbuf_detach(&joined);
}

static bool read_data(const struct kubeconfig_entry *entry, const cJSON *value,
                      char **text, struct err *err)
{
    size_t len;
    struct err ignored;
    if (!base64_decode(value->valuestring, text, &len, &ignored))
        return kubeconfig_fail(entry, value, err, "%s is not valid base64",
                               value->string);
    if (!memchr(*text, '\0', len))
        return true;
    free_secret(*text, len);
    *text = NULL;
    return kubeconfig_fail(entry, value, err, "%s holds NUL bytes: it is no PEM text",
                           value->string);
}

static bool read_field(const struct kubeconfig_entry *entry,
                       const struct kubeconfig_field *field, const cJSON *value,
                       void *at, struct err *err)
{
    char **text = at;
    bool wants_bool = field->type == KUBECONFIG_BOOL;
    if (!value || cJSON_IsNull(value))
        return true;
    if (wants_bool ? !cJSON_IsBool(value) : !cJSON_IsString(value))
        return kubeconfig_fail(entry, value, err, "%s%s must be %s", entry->prefix,
                               field->name, wants_bool ? "true or false" : "a string");
    if (kubeconfig_empty(value))
        return true;
    switch (field->type) {
    case KUBECONFIG_BOOL:
        *(bool *)at = true;
        return true;
    case KUBECONFIG_STRING:
        *text = xstrdup(value->valuestring);
        return true;
    case KUBECONFIG_PATH:
        *text = kubeconfig_path(entry->file, value->valuestring);
        return true;
    case KUBECONFIG_DATA:
        break;
    }
    return read_data(entry, value, text, err);
}

bool kubeconfig_read(const struct kubeconfig_entry *entry,
                     const struct kubeconfig_field *fields, void *target,
                     struct err *err)
{
    for (const struct kubeconfig_field *field = fields; field->name; field++) {
        const cJSON *value = json_at(entry->fields, field->name);
        if (!read_field(entry, field, value, (char *)target + field->offset, err))
            return false;
    }
    return true;
}
