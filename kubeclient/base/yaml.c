#include "kubeclient/base/yaml.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/yaml_scalar.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Deeper than any Kubernetes object, and harmless to the stack. */
#define MAX_DEPTH 100
/* Integers beyond it change silently in a double. */
#define MAX_INTEGER 9007199254740992.0

struct place {
    const cJSON *value;
    struct yaml_mark mark;
};

struct yaml_doc {
    cJSON **roots; /* NULL once detached */
    size_t root_count;
    struct place *places; /* sorted by value once all is read */
    size_t place_count, place_cap;
};

/* One parse; `event` is the current one. */
struct reader {
    yaml_parser_t parser;
    yaml_event_t event;
    struct yaml_doc *doc;
    const char *source, *text;
    unsigned depth;
    struct err *err;
};

static cJSON *read_value(struct reader *reader, struct yaml_mark at);

static struct yaml_mark to_mark(yaml_mark_t at)
{
    return (struct yaml_mark){at.line + 1, at.column + 1};
}

static struct yaml_mark here(const struct reader *reader)
{
    return to_mark(reader->event.start_mark);
}

static bool refuse(struct reader *reader, struct yaml_mark at, const char *what)
{
    return err_set(reader->err, ERR_INVALID, "%s:%zu:%zu: %s", reader->source, at.line,
                   at.column, what);
}

/* What libyaml says of bytes that are no text has an offset instead of a place. */
static struct yaml_mark mark_of_offset(const char *text, size_t offset)
{
    struct yaml_mark mark = {1, 1};
    for (const char *at = text; at < text + offset; at++) {
        mark.column++;
        if (*at == '\n')
            mark = (struct yaml_mark){mark.line + 1, 1};
    }
    return mark;
}

static bool next(struct reader *reader)
{
    yaml_parser_t *parser = &reader->parser;
    yaml_event_delete(&reader->event);
    if (yaml_parser_parse(parser, &reader->event))
        return true;
    assert(parser->error != YAML_MEMORY_ERROR);
    const char *problem = parser->problem ? parser->problem : "not YAML";
    if (parser->error == YAML_READER_ERROR)
        return refuse(reader, mark_of_offset(reader->text, parser->problem_offset),
                      problem);
    return refuse(reader, to_mark(parser->problem_mark), problem);
}

static void remember(struct yaml_doc *doc, const cJSON *value, struct yaml_mark mark)
{
    if (doc->place_count == doc->place_cap) {
        doc->place_cap = doc->place_cap ? 2 * doc->place_cap : 64;
        doc->places = xreallocarray(doc->places, doc->place_cap, sizeof(*doc->places));
    }
    doc->places[doc->place_count++] = (struct place){value, mark};
}

static bool has_nul(const yaml_event_t *event)
{
    return memchr(event->data.scalar.value, '\0', event->data.scalar.length);
}

static const char *scalar_text(const yaml_event_t *event)
{
    return (const char *)event->data.scalar.value;
}

static bool tag_is(const yaml_char_t *tag, const char *wanted)
{
    return tag && strcmp((const char *)tag, wanted) == 0;
}

/* A tag narrows a plain scalar's type or, on a quoted one, gives it: !!int "1". */
static bool scalar_type(const yaml_event_t *event, enum yaml_type *type)
{
    const yaml_char_t *tag = event->data.scalar.tag;
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    enum yaml_type seen = yaml_plain_type(scalar_text(event));
    *type = plain && !tag ? seen : YAML_STRING;
    if (!tag || tag_is(tag, "!") || tag_is(tag, YAML_STR_TAG))
        return true;
    *type = seen;
    if (tag_is(tag, YAML_NULL_TAG))
        return seen == YAML_NULL;
    if (tag_is(tag, YAML_BOOL_TAG))
        return seen == YAML_TRUE || seen == YAML_FALSE;
    if (tag_is(tag, YAML_INT_TAG))
        return seen == YAML_INT;
    return tag_is(tag, YAML_FLOAT_TAG) && (seen == YAML_INT || seen == YAML_FLOAT);
}

static cJSON *read_number(struct reader *reader, bool integer)
{
    double number = yaml_number(scalar_text(&reader->event));
    if (integer && fabs(number) > MAX_INTEGER)
        refuse(reader, here(reader), "integer of more than 53 bits: quote it");
    else if (!isfinite(number))
        refuse(reader, here(reader), "number too large");
    else
        return cJSON_CreateNumber(number);
    return NULL;
}

static cJSON *read_scalar(struct reader *reader)
{
    enum yaml_type type;
    if (has_nul(&reader->event)) {
        refuse(reader, here(reader), "NUL character in a string");
        return NULL;
    }
    if (!scalar_type(&reader->event, &type)) {
        refuse(reader, here(reader), "value does not fit its tag, or unknown tag");
        return NULL;
    }
    switch (type) {
    case YAML_STRING:
        return json_string(scalar_text(&reader->event));
    case YAML_NULL:
        return json_null();
    case YAML_TRUE:
    case YAML_FALSE:
        return json_boolean(type == YAML_TRUE);
    case YAML_INT:
    case YAML_FLOAT:
        return read_number(reader, type == YAML_INT);
    case YAML_NOT_FINITE:
        break;
    }
    refuse(reader, here(reader), "JSON has no infinity and no NaN");
    return NULL;
}

/* Reads one member, whose key is the current event. */
static bool read_member(struct reader *reader, cJSON *object)
{
    const yaml_event_t *event = &reader->event;
    struct yaml_mark at = here(reader);
    if (event->type == YAML_ALIAS_EVENT)
        return refuse(reader, at, "aliases are not supported");
    if (event->type != YAML_SCALAR_EVENT)
        return refuse(reader, at, "a key must be a scalar");
    if (event->data.scalar.anchor)
        return refuse(reader, at, "anchors are not supported");
    if (has_nul(event))
        return refuse(reader, at, "NUL character in a key");
    const char *key = scalar_text(event);
    if (json_at(object, key))
        return err_set(reader->err, ERR_INVALID, "%s:%zu:%zu: duplicate key \"%s\"",
                       reader->source, at.line, at.column, key);
    auto_free char *name = xstrdup(key);
    if (!next(reader))
        return false;
    cJSON *value = read_value(reader, at);
    if (!value)
        return false;
    json_set(object, value, name);
    return true;
}

static cJSON *read_mapping(struct reader *reader)
{
    cJSON *object = json_object();
    while (next(reader)) {
        if (reader->event.type == YAML_MAPPING_END_EVENT)
            return object;
        if (!read_member(reader, object))
            break;
    }
    json_free(object);
    return NULL;
}

static cJSON *read_sequence(struct reader *reader)
{
    cJSON *array = json_array();
    while (next(reader)) {
        if (reader->event.type == YAML_SEQUENCE_END_EVENT)
            return array;
        cJSON *value = read_value(reader, here(reader));
        if (!value)
            break;
        json_push(array, value);
    }
    json_free(array);
    return NULL;
}

static cJSON *read_collection(struct reader *reader, const yaml_char_t *tag,
                              const char *core_tag,
                              cJSON *read_items(struct reader *reader))
{
    if (tag && !tag_is(tag, core_tag)) {
        refuse(reader, here(reader), "value does not fit its tag, or unknown tag");
        return NULL;
    }
    if (reader->depth == MAX_DEPTH) {
        refuse(reader, here(reader), "nested too deeply");
        return NULL;
    }
    reader->depth++;
    cJSON *value = read_items(reader);
    reader->depth--;
    return value;
}

static bool has_anchor(const yaml_event_t *event)
{
    return (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
           (event->type == YAML_SEQUENCE_START_EVENT &&
            event->data.sequence_start.anchor) ||
           (event->type == YAML_MAPPING_START_EVENT &&
            event->data.mapping_start.anchor);
}

/* Reads the value that begins with the current event; `at` is the place it is known by.
 */
static cJSON *read_value(struct reader *reader, struct yaml_mark at)
{
    const yaml_event_t *event = &reader->event;
    cJSON *value = NULL;
    if (event->type == YAML_ALIAS_EVENT)
        refuse(reader, here(reader), "aliases are not supported");
    else if (has_anchor(event))
        refuse(reader, here(reader), "anchors are not supported");
    else if (event->type == YAML_SCALAR_EVENT)
        value = read_scalar(reader);
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        value = read_collection(reader, event->data.sequence_start.tag, YAML_SEQ_TAG,
                                read_sequence);
    else
        value = read_collection(reader, event->data.mapping_start.tag, YAML_MAP_TAG,
                                read_mapping);
    if (value)
        remember(reader->doc, value, at);
    return value;
}

/* An empty document is an implicit plain scalar without text. */
static bool is_empty(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           !event->data.scalar.tag && !event->data.scalar.anchor;
}

static bool read_document(struct reader *reader)
{
    struct yaml_doc *doc = reader->doc;
    if (!next(reader))
        return false;
    if (!is_empty(&reader->event)) {
        cJSON *root = read_value(reader, here(reader));
        if (!root)
            return false;
        doc->roots =
            xreallocarray(doc->roots, doc->root_count + 1, sizeof(*doc->roots));
        doc->roots[doc->root_count++] = root;
    }
    return next(reader); /* the document's end */
}

static bool read_stream(struct reader *reader)
{
    while (next(reader)) {
        if (reader->event.type == YAML_STREAM_END_EVENT)
            return true;
        if (reader->event.type == YAML_DOCUMENT_START_EVENT && !read_document(reader))
            return false;
    }
    return false;
}

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    return left->value < right->value ? -1 : left->value > right->value;
}

struct yaml_doc *yaml_parse(const char *source, const char *text, size_t len,
                            struct err *err)
{
    struct reader reader = {.source = source, .text = text, .err = err};
    if (!yaml_parser_initialize(&reader.parser))
        abort();
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, len);
    reader.doc = xcalloc(1, sizeof(*reader.doc));
    bool ok = read_stream(&reader);
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    if (!ok)
        yaml_close(&reader.doc);
    else if (reader.doc->place_count > 0)
        qsort(reader.doc->places, reader.doc->place_count, sizeof(struct place),
              compare_places);
    return reader.doc;
}

void yaml_close(struct yaml_doc **doc)
{
    if (!*doc)
        return;
    for (size_t i = 0; i < (*doc)->root_count; i++)
        json_free((*doc)->roots[i]);
    free((*doc)->roots);
    free((*doc)->places);
    free(*doc);
    *doc = NULL;
}

size_t yaml_count(const struct yaml_doc *doc)
{
    return doc->root_count;
}

const cJSON *yaml_root(const struct yaml_doc *doc, size_t index)
{
    assert(index < doc->root_count);
    return doc->roots[index];
}

cJSON *yaml_detach(struct yaml_doc *doc, size_t index)
{
    assert(index < doc->root_count && doc->roots[index]);
    cJSON *root = doc->roots[index];
    doc->roots[index] = NULL;
    return root;
}

struct yaml_mark yaml_mark(const struct yaml_doc *doc, const cJSON *value)
{
    struct place wanted = {.value = value};
    const struct place *found = NULL;
    if (doc->place_count > 0)
        found = bsearch(&wanted, doc->places, doc->place_count, sizeof(wanted),
                        compare_places);
    return found ? found->mark : (struct yaml_mark){0, 0};
}
