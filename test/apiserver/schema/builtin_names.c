#include "test/apiserver/schema/builtin_names.h"

#include "kubeclient/base/ascii.h"

#include <string.h>

#define ALNUM_LOWER "must consist of lower case alphanumeric characters"
static const char LABEL_FORM[] =
    "a lowercase RFC 1123 label " ALNUM_LOWER " or '-', and must start and end with an "
    "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation "
    "is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
static const char SUBDOMAIN_FORM[] =
    "a lowercase RFC 1123 subdomain " ALNUM_LOWER ", '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for "
    "validation "
    "is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
static const char KEY_FORM[] =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' "
    "(e.g. "
    "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
    "'[-._a-zA-Z0-9]+')";

enum { LABEL_MAX = 63, NAME_MAX_LEN = 253 };

static bool lower_alnum(char c)
{
    return ascii_lower(c) || ascii_digit(c);
}

static bool is_label(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!lower_alnum(text[i]) && (text[i] != '-' || !i || i + 1 == len))
            return false;
    }
    return len;
}

static bool is_subdomain(const char *text)
{
    for (;; text++) {
        size_t len = strcspn(text, ".");
        if (!is_label(text, len))
            return false;
        text += len;
        if (!*text)
            return true;
    }
}

static void refuse_form(struct faults *faults, const struct schema_path *path,
                        const char *text, const char *form)
{
    faults_add(faults, "Invalid", path, "Invalid value: \"%s\": %s", text, form);
}

static void refuse_length(struct faults *faults, const struct schema_path *path,
                          const char *text, int most)
{
    faults_add(faults, "Invalid", path,
               "Invalid value: \"%s\": must be no more than %d characters", text, most);
}

void check_dns_label(struct faults *faults, const cJSON *object, const char *name,
                     const struct schema_path *path)
{
    const struct schema_path here = {.parent = path, .name = name};
    const char *text = json_str_or(object, "", name);
    if (!*text)
        return;
    if (strlen(text) > LABEL_MAX)
        refuse_length(faults, &here, text, LABEL_MAX);
    if (!is_label(text, strlen(text)))
        refuse_form(faults, &here, text, LABEL_FORM);
}

void check_subdomain(struct faults *faults, const cJSON *object, const char *name,
                     const struct schema_path *path)
{
    const struct schema_path here = {.parent = path, .name = name};
    const char *text = json_str_or(object, "", name);
    if (!*text)
        return;
    if (strlen(text) > NAME_MAX_LEN)
        refuse_length(faults, &here, text, NAME_MAX_LEN);
    if (!is_subdomain(text))
        refuse_form(faults, &here, text, SUBDOMAIN_FORM);
}

void check_choice(struct faults *faults, const cJSON *object, const char *name,
                  const char *const *choices, const struct schema_path *path)
{
    const struct schema_path here = {.parent = path, .name = name};
    const char *text = json_str(object, name);
    if (!text)
        return;
    struct strbuf list;
    strbuf_init(&list, SCHEMA_PATH_MAX);
    bool found = false;
    for (const char *const *choice = choices; *choice; choice++) {
        found |= strcmp(*choice, text) == 0;
        strbuf_addf(&list, "%s\"%s\"", list.len ? ", " : "", *choice);
    }
    if (!found)
        faults_add(faults, "NotSupported", &here,
                   "Unsupported value: \"%s\": supported values: %s", text, list.text);
    strbuf_fini(&list);
}

void check_port(struct faults *faults, const cJSON *object, const char *name,
                const struct schema_path *path)
{
    const struct schema_path here = {.parent = path, .name = name};
    int64_t port = json_int(object, 1, name);
    if (port < 1 || port > 65535)
        faults_add(faults, "Invalid", &here,
                   "Invalid value: %lld: must be between 1 and 65535, inclusive",
                   (long long)port);
}

void check_given(struct faults *faults, const cJSON *object, const char *name,
                 const struct schema_path *path)
{
    const struct schema_path here = {.parent = path, .name = name};
    if (!*json_str_or(object, "", name))
        faults_add(faults, "Required", &here, "Required value");
}

static bool is_config_key(const char *key)
{
    for (const char *at = key; *at; at++) {
        if (!ascii_alnum(*at) && !strchr("-._", *at))
            return false;
    }
    return *key;
}

void check_config_keys(struct faults *faults, const cJSON *map,
                       const struct schema_path *path)
{
    json_each (item, map) {
        const struct schema_path here = {
            .parent = path, .name = item->string, .bracket = true};
        if (strlen(item->string) > NAME_MAX_LEN)
            refuse_length(faults, &here, item->string, NAME_MAX_LEN);
        if (!is_config_key(item->string))
            refuse_form(faults, &here, item->string, KEY_FORM);
    }
}
