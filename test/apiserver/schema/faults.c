#include "test/apiserver/schema/faults.h"

#include "test/apiserver/schema/refusal.h"

#include <stdlib.h>
#include <string.h>

static const size_t MESSAGE_MAX = 64 * 1024;

void faults_init(struct faults *faults, const cJSON *object)
{
    *faults = (struct faults){.object = object};
    strbuf_init(&faults->message, MESSAGE_MAX);
}

static void add(struct faults *faults, const char *type, const char *field,
                const char *format, va_list args) __attribute__((format(printf, 4, 0)));

static void add(struct faults *faults, const char *type, const char *field,
                const char *format, va_list args)
{
    struct strbuf text;
    strbuf_init(&text, MESSAGE_MAX);
    strbuf_addf(&text, "FieldValue%s", type);
    if (!faults->causes)
        faults->causes = json_array();
    cJSON *cause = json_push(faults->causes, json_object());
    json_set_str(cause, text.text, "reason");
    strbuf_reset(&text);
    strbuf_addv(&text, format, args);
    json_set_str(cause, text.text, "message");
    json_set_str(cause, field, "field");
    strbuf_addf(&faults->message, "%s%s: %s", faults->message.len ? ", " : "", field,
                text.text);
    strbuf_fini(&text);
}

void faults_add(struct faults *faults, const char *type, const struct schema_path *path,
                const char *format, ...)
{
    faults->count++;
    if (faults->quiet)
        return;
    struct strbuf field;
    strbuf_init(&field, SCHEMA_PATH_MAX);
    schema_path_print(&field, path);
    va_list args;
    va_start(args, format);
    add(faults, type, field.len ? field.text : "<nil>", format, args);
    va_end(args);
    strbuf_fini(&field);
}

void faults_add_nowhere(struct faults *faults, const char *format, ...)
{
    faults->count++;
    if (faults->quiet)
        return;
    va_list args;
    va_start(args, format);
    add(faults, "Invalid", "<nil>", format, args);
    va_end(args);
}

void faults_undecodable(struct faults *faults, const char *format, ...)
{
    if (faults->count++ && faults->undecodable)
        return;
    struct strbuf text;
    strbuf_init(&text, MESSAGE_MAX);
    va_list args;
    va_start(args, format);
    strbuf_addv(&text, format, args);
    va_end(args);
    faults->undecodable = strbuf_detach(&text);
}

/* "apps" of "apps/v1"; the core group has no name. */
static void print_group(struct strbuf *out, const cJSON *object)
{
    const char *version = json_str_or(object, "", "apiVersion");
    const char *slash = strchr(version, '/');
    strbuf_add(out, version, slash ? (size_t)(slash - version) : 0);
}

static cJSON *bad_request(const struct faults *faults)
{
    const char *kind = json_str_or(faults->object, "", "kind");
    const char *version = json_str_or(faults->object, "", "apiVersion");
    const char *slash = strchr(version, '/');
    return refusal_new(400, "BadRequest",
                       "%s in version \"%s\" cannot be handled as a %s: %s", kind,
                       slash ? slash + 1 : version, kind, faults->undecodable);
}

static cJSON *invalid(struct faults *faults)
{
    const char *kind = json_str_or(faults->object, "", "kind");
    const char *name = json_str(faults->object, "metadata", "name");
    if (!name)
        name = json_str_or(faults->object, "", "metadata", "generateName");
    struct strbuf group;
    strbuf_init(&group, SCHEMA_PATH_MAX);
    print_group(&group, faults->object);
    bool many = json_count(faults->causes) > 1;
    cJSON *refusal = refusal_new(
        422, "Invalid", "%s%s%s \"%s\" is invalid: %s%s%s", kind, group.len ? "." : "",
        group.text, name, many ? "[" : "", faults->message.text, many ? "]" : "");
    refusal_set_details(refusal, group.len ? group.text : NULL, kind, name);
    json_set(refusal, faults->causes, "details", "causes");
    faults->causes = NULL;
    strbuf_fini(&group);
    return refusal;
}

bool faults_end(struct faults *faults, cJSON **refusal)
{
    if (faults->undecodable)
        *refusal = bad_request(faults);
    else if (faults->causes)
        *refusal = invalid(faults);
    bool sound = !faults->undecodable && !faults->message.len;
    json_free(faults->causes);
    free(faults->undecodable);
    strbuf_fini(&faults->message);
    return sound;
}
