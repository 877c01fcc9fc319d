#include "test/apiserver/server/table_events.h"

#include "test/apiserver/server/age.h"

#include <string.h>

/* A member of core v1, else what it is called in events.k8s.io; NULL: not set. */
static const char *either(const cJSON *event, const char *core, const char *other)
{
    const char *text = json_str(event, core);
    if (!text || !*text)
        text = json_str(event, other);
    return text && *text ? text : NULL;
}

static const cJSON *object_of(const cJSON *event)
{
    const cJSON *object = json_at(event, "involvedObject");
    return object ? object : json_at(event, "regarding");
}

static const char *first_time(const cJSON *event)
{
    const char *first = either(event, "firstTimestamp", "deprecatedFirstTimestamp");
    return first ? first : json_str(event, "eventTime");
}

void print_event_first_seen(struct strbuf *out, const cJSON *event, int64_t now_ms)
{
    age_print_since(out, first_time(event), now_ms);
}

void print_event_last_seen(struct strbuf *out, const cJSON *event, int64_t now_ms)
{
    const char *series = json_str(event, "series", "lastObservedTime");
    const char *last = either(event, "lastTimestamp", "deprecatedLastTimestamp");
    age_print_since(out, series ? series : last ? last : first_time(event), now_ms);
}

void print_event_object(struct strbuf *out, const cJSON *event, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *object = object_of(event);
    const char *name = json_str_or(object, "", "name");
    for (const char *c = json_str_or(object, "", "kind"); *c; c++)
        strbuf_addc(out, *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c);
    if (*name)
        strbuf_addf(out, "/%s", name);
}

void print_event_subobject(struct strbuf *out, const cJSON *event, int64_t now_ms)
{
    (void)now_ms;
    strbuf_adds(out, json_str_or(object_of(event), "", "fieldPath"));
}

void print_event_message(struct strbuf *out, const cJSON *event, int64_t now_ms)
{
    (void)now_ms;
    static const char SPACE[] = " \t\r\n";
    const char *text = either(event, "message", "note");
    if (!text)
        return;
    text += strspn(text, SPACE);
    size_t len = strlen(text);
    while (len && strchr(SPACE, text[len - 1]))
        len--;
    strbuf_add(out, text, len);
}

void print_event_source(struct strbuf *out, const cJSON *event, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *source = json_at(event, "source");
    if (!source)
        source = json_at(event, "deprecatedSource");
    const char *component = json_str_or(source, "", "component");
    const char *host = json_str_or(source, "", "host");
    const char *reporter = either(event, "reportingComponent", "reportingController");
    if (!*component && reporter)
        component = reporter;
    if (!*host)
        host = json_str_or(event, "", "reportingInstance");
    strbuf_addf(out, "%s%s%s", component, *host ? ", " : "", host);
}

void print_event_count(struct strbuf *out, const cJSON *event, int64_t now_ms)
{
    (void)now_ms;
    int64_t count = json_int(event, 0, "count");
    if (!count)
        count = json_int(event, 1, "deprecatedCount");
    count = json_int(event, count, "series", "count");
    strbuf_addf(out, "%lld", (long long)count);
}
