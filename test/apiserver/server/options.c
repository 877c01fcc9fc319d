#include "test/apiserver/server/options.h"

#include <string.h>

enum { MANAGER_MAX = 128 };

static const char *kind_of(const struct call *call)
{
    if (strcmp(call->verb, "create") == 0)
        return "CreateOptions";
    return strcmp(call->verb, "update") == 0 ? "UpdateOptions" : "PatchOptions";
}

bool options_refuse(struct call *call, const char *field, const char *reason,
                    const char *message)
{
    const char *kind = kind_of(call);
    call_refuse(call, 422, "Invalid", "%s.meta.k8s.io \"\" is invalid: %s: %s", kind,
                field, message);
    refusal_set_details(call->refusal, "meta.k8s.io", kind, NULL);
    refusal_add_cause(call->refusal, reason, field, message);
    return false;
}

static bool is_validation(const char *value)
{
    return !*value || strcmp(value, "Ignore") == 0 || strcmp(value, "Strict") == 0 ||
           strcmp(value, "Warn") == 0;
}

bool options_check(struct call *call)
{
    const char *dry_run = call_param(call, "dryRun");
    if (dry_run && *dry_run && strcmp(dry_run, "All") != 0)
        return options_refuse(call, "dryRun", "FieldValueNotSupported",
                              arena_printf(call->arena,
                                           "Unsupported value: [\"%s\"]: supported "
                                           "values: \"All\"",
                                           dry_run));
    const char *manager = call_param(call, "fieldManager");
    if (manager && strlen(manager) > MANAGER_MAX)
        return options_refuse(call, "fieldManager", "FieldValueTooLong",
                              "Too long: may not be more than 128 bytes");
    const char *validation = call_param(call, "fieldValidation");
    if (validation && !is_validation(validation))
        return options_refuse(
            call, "fieldValidation", "FieldValueNotSupported",
            arena_printf(call->arena,
                         "Unsupported value: \"%s\": supported values: "
                         "\"\", \"Ignore\", \"Strict\", \"Warn\"",
                         validation));
    return true;
}
