#include "test/apiserver/server/list_options.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "kubeclient/base/base64.h"
#include "test/apiserver/server/server_state.h"

#include <inttypes.h>
#include <string.h>

/* ---- refusals */

bool list_refuse_option(struct call *call, const char *field, const char *reason,
                        const char *message)
{
    call_refuse(call, 422, "Invalid", "ListOptions.meta.k8s.io \"\" is invalid: %s: %s",
                field, message);
    refusal_set_details(call->refusal, "meta.k8s.io", "ListOptions", NULL);
    refusal_add_cause(call->refusal, reason, field, message);
    return false;
}

bool list_refuse_future(struct call *call, uint64_t version)
{
    call_refuse(call, 504, "Timeout",
                "Timeout: Too large resource version: %" PRIu64 ", current: %" PRIu64,
                version, call->server->version);
    refusal_add_cause(call->refusal, "ResourceVersionTooLarge", "",
                      "Too large resource version");
    json_set(call->refusal, json_number(1), "details", "retryAfterSeconds");
    return false;
}

bool list_refuse_expired(struct call *call, const struct list_options *options)
{
    if (!options->after)
        return call_refuse(call, 410, "Expired",
                           "The resourceVersion for the provided list is too old.");
    call_refuse(
        call, 410, "Expired",
        "The provided continue parameter is too old to display a consistent list "
        "result. You can start a new list without the continue parameter, or use the "
        "continue token in this response to retrieve the remainder of the results. "
        "Continuing with the provided token results in an inconsistent list - objects "
        "that were created, modified, or deleted between the time the first chunk was "
        "returned and now may show up in the list.");
    json_set_str(call->refusal, list_continue(call, 0, options->after), "metadata",
                 "continue");
    return false;
}

/* ---- continue tokens: base64url of {"v": ..., "rv": VERSION, "start": KEY} */

static void swap(char *text, char from, char to)
{
    for (; (text = strchr(text, from)); text++)
        *text = to;
}

const char *list_continue(struct call *call, uint64_t version, const char *key)
{
    cJSON *token = json_object();
    json_set_str(token, "meta.k8s.io/v1", "v");
    json_set(token, json_number((int64_t)version), "rv");
    json_set_str(token, key, "start");
    struct strbuf text;
    strbuf_init(&text, 4096);
    json_print(&text, token);
    json_free(token);
    char *encoded = base64_encode(text.text, text.len);
    strbuf_fini(&text);
    encoded[strcspn(encoded, "=")] = '\0';
    swap(encoded, '+', '-');
    swap(encoded, '/', '_');
    const char *kept = arena_strdup(call->arena, encoded);
    free(encoded);
    return kept;
}

static cJSON *decode_token(struct call *call, const char *token)
{
    size_t pad = (4 - strlen(token) % 4) % 4;
    char *padded = arena_printf(call->arena, "%s%.*s", token, (int)pad, "===");
    swap(padded, '-', '+');
    swap(padded, '_', '/');
    char *bytes;
    size_t len;
    struct err err;
    if (!base64_decode(padded, &bytes, &len, &err))
        return NULL;
    cJSON *tree = json_parse(bytes, len, &err);
    free(bytes);
    return json_adopt(call->arena, tree);
}

static bool read_token(struct call *call, struct list_options *options)
{
    const char *token = call_param(call, "continue");
    if (!token || !*token)
        return true;
    const char *given = call_param(call, "resourceVersion");
    if (given && *given && strcmp(given, "0") != 0)
        return call_refuse(call, 400, "BadRequest",
                           "specifying resource version is not allowed when using "
                           "continue");
    const cJSON *content = decode_token(call, token);
    int64_t version = json_int(content, -1, "rv");
    options->after = json_str(content, "start");
    if (version < 0 || !options->after)
        return call_refuse(call, 400, "BadRequest",
                           "invalid continue token: continue key is not valid");
    if (version > 0) {
        options->exact = true;
        options->version = (uint64_t)version;
    }
    return true;
}

/* ---- versions */

bool list_version_read(struct call *call, uint64_t *version)
{
    const char *text = call_param(call, "resourceVersion");
    *version = 0;
    if (!text || !*text || ascii_parse_u64(text, version))
        return true;
    return call_refuse(call, 400, "BadRequest",
                       "invalid resource version: resourceVersion: Invalid value: "
                       "\"%s\": strconv.ParseUint: parsing \"%s\": invalid syntax",
                       text, text);
}

static bool check_match(struct call *call, const char *match)
{
    static const char field[] = "resourceVersionMatch";
    const char *version = call_param(call, "resourceVersion");
    if (!match)
        return true;
    const char *token = call_param(call, "continue");
    if (token && *token)
        return list_refuse_option(call, field, "FieldValueForbidden",
                                  "Forbidden: resourceVersionMatch is forbidden when "
                                  "continue is provided");
    if (!version || !*version)
        return list_refuse_option(call, field, "FieldValueForbidden",
                                  "Forbidden: resourceVersionMatch is forbidden unless "
                                  "resourceVersion is provided");
    bool exact = strcmp(match, "Exact") == 0;
    if (!exact && strcmp(match, "NotOlderThan") != 0)
        return list_refuse_option(call, field, "FieldValueNotSupported",
                                  arena_printf(call->arena,
                                               "Unsupported value: \"%s\": supported "
                                               "values: \"Exact\", \"NotOlderThan\", "
                                               "\"\"",
                                               match));
    if (exact && strcmp(version, "0") == 0)
        return list_refuse_option(call, field, "FieldValueForbidden",
                                  "Forbidden: resourceVersionMatch \"exact\" is "
                                  "forbidden for resourceVersion \"0\"");
    return true;
}

static bool read_version(struct call *call, struct list_options *options)
{
    const char *match = call_param(call, "resourceVersionMatch");
    if (match && !*match)
        match = NULL;
    uint64_t version;
    if (!check_match(call, match) || !list_version_read(call, &version))
        return false;
    if (version > call->server->version)
        return list_refuse_future(call, version);
    const char *given = call_param(call, "resourceVersion");
    if (given && strcmp(given, "0") == 0)
        options->limit = 0; /* as answered from a watch cache */
    /* Of old, a page of a version was that very version. */
    options->exact = match ? strcmp(match, "Exact") == 0 : version && options->limit;
    if (options->exact)
        options->version = version;
    return true;
}

static bool read_limit(struct call *call, struct list_options *options)
{
    const char *limit = call_param(call, "limit");
    if (!limit || !*limit)
        return true;
    if (!ascii_parse_i64(limit, &options->limit))
        return call_refuse(call, 400, "BadRequest",
                           "strconv.ParseInt: parsing \"%s\": invalid syntax", limit);
    if (options->limit < 0)
        options->limit = 0;
    return true;
}

bool list_options_read(struct call *call, struct list_options *options)
{
    *options = (struct list_options){.version = call->server->version};
    if (call_param(call, "sendInitialEvents"))
        return list_refuse_option(call, "sendInitialEvents", "FieldValueForbidden",
                                  "Forbidden: sendInitialEvents is forbidden for list");
    return read_limit(call, options) && read_version(call, options) &&
           read_token(call, options);
}
