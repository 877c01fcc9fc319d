#include "test/apiserver/server/present.h"

#include "test/apiserver/server/shape.h"

#include <string.h>

/* Does a media range ("application/json;as=Table;v=v1;g=meta.k8s.io") ask for a form?
 */
static bool asks_for(const char *range, size_t len, const char *form)
{
    size_t form_len = strlen(form);
    for (size_t i = 0; i + form_len <= len; i++) {
        if (strncmp(range + i, form, form_len) == 0 &&
            (i + form_len == len || strchr(";, ", range[i + form_len])))
            return true;
    }
    return false;
}

/* A range that can be answered: JSON in any version of these forms but the old ones. */
static bool form_of(const char *range, size_t len, enum present_form *form)
{
    size_t media = strcspn(range, ";, ");
    if (media > len)
        media = len;
    bool json = (media == strlen("application/json") &&
                 strncmp(range, "application/json", media) == 0) ||
                strncmp(range, "*/*", media) == 0 ||
                strncmp(range, "application/*", media) == 0;
    if (!json || asks_for(range, len, "v=v1beta1"))
        return false;
    *form = PRESENT_WHOLE;
    if (asks_for(range, len, "as=Table"))
        *form = PRESENT_TABLE;
    else if (asks_for(range, len, "as=PartialObjectMetadata") ||
             asks_for(range, len, "as=PartialObjectMetadataList"))
        *form = PRESENT_METADATA;
    return true;
}

bool present_read(struct call *call, struct presentation *presentation)
{
    *presentation = (struct presentation){.include = TABLE_OBJECT_METADATA};
    const char *include = call_param(call, "includeObject");
    if (include && strcmp(include, "None") == 0)
        presentation->include = TABLE_OBJECT_NONE;
    else if (include && strcmp(include, "Object") == 0)
        presentation->include = TABLE_OBJECT_FULL;
    const char *accept = call->request->accept ? call->request->accept : "";
    if (!*accept)
        return true;
    while (*accept) {
        accept += strspn(accept, ", ");
        size_t len = strcspn(accept, ",");
        if (len && form_of(accept, len, &presentation->form))
            return true;
        accept += len;
    }
    return call_refuse(call, 406, "NotAcceptable",
                       "only the following media types are accepted: application/json, "
                       "application/json;as=Table;v=v1;g=meta.k8s.io, "
                       "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
}

/* Owned; of an object in the form of `def`. */
static cJSON *transformed(const struct present_event *event, const cJSON *object)
{
    if (event->presentation.form == PRESENT_METADATA)
        return metadata_of(object);
    cJSON *items = json_array();
    json_push(items, json_copy(object));
    cJSON *meta = json_object();
    json_set_str(meta, json_str(object, "metadata", "resourceVersion"),
                 "resourceVersion");
    struct table_options options = {.def = event->def,
                                    .include = event->presentation.include,
                                    .headers = event->headers,
                                    .now_ms = event->now_ms};
    cJSON *table = table_of(&options, items, meta);
    json_free(items);
    json_free(meta);
    return table;
}

void present_in_event(const struct present_event *event, struct strbuf *out,
                      const struct object_text *text)
{
    if (event->presentation.form == PRESENT_WHOLE) {
        shape_print(out, event->def, text);
        return;
    }
    cJSON *object = shape_copy(event->def, text);
    cJSON *shown = transformed(event, object);
    json_print(out, shown);
    json_free(shown);
    json_free(object);
}

static struct present_event alone(struct call *call)
{
    return (struct present_event){
        .def = call->def, .headers = true, .now_ms = call->now.wall_ms};
}

bool present_text(struct call *call, int status, const struct object_text *text)
{
    struct present_event event = alone(call);
    if (!present_read(call, &event.presentation))
        return false;
    call->answer->status = status;
    present_in_event(&event, &call->answer->body, text);
    return true;
}

bool present_tree(struct call *call, int status, const cJSON *object)
{
    struct present_event event = alone(call);
    if (!present_read(call, &event.presentation))
        return false;
    if (event.presentation.form == PRESENT_WHOLE) {
        call_answer(call, status, object);
        return true;
    }
    cJSON *shown = transformed(&event, object);
    call_answer(call, status, shown);
    json_free(shown);
    return true;
}
