#include "kubeclient/api/condition.h"

#include "kubeclient/api/rfc3339.h"

#include <assert.h>
#include <string.h>

static const size_t MESSAGE_MAX = 32768; /* metav1.Condition, validation of message */

static const char *const STATUS_NAMES[] = {
    [CONDITION_FALSE] = "False",
    [CONDITION_TRUE] = "True",
    [CONDITION_UNKNOWN] = "Unknown",
};

const cJSON *condition_find(const cJSON *list, const char *type)
{
    return json_find(list, "type", type);
}

bool condition_is(const cJSON *list, const char *type, enum condition_status status)
{
    const char *held = json_str(condition_find(list, type), "status");
    return held && strcmp(held, STATUS_NAMES[status]) == 0;
}

const char *condition_reason(const cJSON *list, const char *type)
{
    return json_str_or(condition_find(list, type), "", "reason");
}

/* A string of at most `max` bytes that does not end inside a UTF-8 character. */
static cJSON *cut_string(const char *text, size_t max)
{
    size_t len = strlen(text);
    if (len <= max)
        return json_string(text);
    while (max > 0 && ((unsigned char)text[max] & 0xC0) == 0x80)
        max--;
    struct strbuf cut;
    strbuf_init(&cut, max);
    strbuf_add(&cut, text, max);
    cJSON *string = json_string(cut.text);
    strbuf_fini(&cut);
    return string;
}

void condition_set(cJSON *list, const struct condition_context *context,
                   const struct condition *condition)
{
    assert(condition->reason && condition->reason[0]);
    assert(!condition_find(list, condition->type));

    const char *status = STATUS_NAMES[condition->status];
    const cJSON *former = condition_find(context->former, condition->type);
    const char *since = json_str(former, "lastTransitionTime");
    char now[RFC3339_SIZE];
    if (!since || strcmp(json_str_or(former, "", "status"), status) != 0) {
        rfc3339_format(context->now_ms, now);
        since = now;
    }

    cJSON *item = json_push(list, json_object());
    json_set_str(item, condition->type, "type");
    json_set_str(item, status, "status");
    json_set(item, json_number(context->observed_generation), "observedGeneration");
    json_set_str(item, since, "lastTransitionTime");
    json_set_str(item, condition->reason, "reason");
    json_set(item,
             cut_string(condition->message ? condition->message : "", MESSAGE_MAX),
             "message");
}
