#include "test/apiserver/front/protobuf.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/base64.h"
#include "test/apiserver/front/protobuf_types.h"

#include <string.h>

/* Bytes that are read; once something is wrong, nothing more comes of them. */
struct wire {
    const char *at, *end;
    bool bad;
};

enum wire_type { WIRE_VARINT = 0, WIRE_BYTES = 2 };

static uint64_t read_varint(struct wire *wire)
{
    uint64_t value = 0;
    for (unsigned shift = 0; wire->at < wire->end && shift < 64; shift += 7) {
        unsigned char byte = (unsigned char)*wire->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    wire->bad = true;
    return 0;
}

static struct wire read_bytes(struct wire *wire)
{
    uint64_t len = read_varint(wire);
    if (wire->bad || len > (uint64_t)(wire->end - wire->at)) {
        wire->bad = true;
        return (struct wire){.bad = true};
    }
    struct wire bytes = {.at = wire->at, .end = wire->at + len};
    wire->at = bytes.end;
    return bytes;
}

static bool has_more(const struct wire *wire)
{
    return !wire->bad && wire->at < wire->end;
}

static cJSON *text_of(const struct wire *bytes)
{
    auto_free char *text = xstrndup(bytes->at ? bytes->at : "",
                                    bytes->at ? (size_t)(bytes->end - bytes->at) : 0);
    return json_string(text);
}

static cJSON *base64_of(const struct wire *bytes)
{
    auto_free char *text = base64_encode(bytes->at, (size_t)(bytes->end - bytes->at));
    return json_string(text);
}

/* The next field of a message: number and kind of value; false: the end, or bad. */
static bool next_tag(struct wire *wire, uint64_t *number, unsigned *type)
{
    if (!has_more(wire))
        return false;
    uint64_t tag = read_varint(wire);
    *number = tag >> 3;
    *type = (unsigned)(tag & 7);
    if (*type != WIRE_VARINT && *type != WIRE_BYTES)
        wire->bad = true;
    return !wire->bad;
}

static bool is_type(const struct protobuf_field *field, const char *type)
{
    return strlen(type) == field->type_len &&
           memcmp(field->type, type, field->type_len) == 0;
}

/* One entry of a map, itself a message of key and value. */
static void read_entry(cJSON *map, struct wire entry, bool of_bytes)
{
    struct wire key = {0}, value = {0};
    uint64_t number;
    unsigned type;
    while (next_tag(&entry, &number, &type) && type == WIRE_BYTES)
        *(number == 1 ? &key : &value) = read_bytes(&entry);
    auto_json cJSON *name = text_of(&key);
    /* Not looked for first: a large map would take its time squared. */
    json_add(map, of_bytes && value.at ? base64_of(&value) : text_of(&value),
             name->valuestring);
}

/* type (0: a number), number, text */
static cJSON *read_intstr(struct wire bytes)
{
    uint64_t number, is_text = 0, value = 0;
    struct wire text = {0};
    unsigned type;
    while (next_tag(&bytes, &number, &type)) {
        if (type == WIRE_BYTES)
            text = read_bytes(&bytes);
        else
            *(number == 1 ? &is_text : &value) = read_varint(&bytes);
    }
    return is_text ? text_of(&text) : json_number((int32_t)value);
}

static cJSON *read_number(const struct protobuf_field *field, struct wire *wire)
{
    int64_t value = (int64_t)read_varint(wire);
    if (is_type(field, "int"))
        return json_number(value);
    if (is_type(field, "bool"))
        return json_boolean(value);
    if (is_type(field, "count"))
        return value ? json_number(value) : NULL;
    if (is_type(field, "flag"))
        return value ? json_boolean(true) : NULL;
    wire->bad = true;
    return NULL;
}

static void read_message(cJSON *object, const char *fields, struct wire *wire);

static cJSON *read_value(const struct protobuf_field *field, struct wire *wire)
{
    struct wire bytes = read_bytes(wire);
    bool empty = bytes.at == bytes.end;
    if (wire->bad || is_type(field, "time") || is_type(field, "status"))
        return NULL;
    if (is_type(field, "text"))
        return empty && !field->list ? NULL : text_of(&bytes);
    if (is_type(field, "bytes"))
        return base64_of(&bytes);
    if (is_type(field, "intstr"))
        return read_intstr(bytes);
    const char *fields = protobuf_message(field->type, field->type_len);
    if (!fields) {
        wire->bad = true;
        return NULL;
    }
    cJSON *object = json_object();
    read_message(object, fields, &bytes);
    wire->bad |= bytes.bad;
    return object;
}

static void read_field(cJSON *object, const struct protobuf_field *field, unsigned type,
                       struct wire *wire)
{
    auto_free char *name = xstrndup(field->name, field->name_len);
    bool of_bytes = is_type(field, "bytemap");
    if (of_bytes || is_type(field, "map")) {
        if (!json_at(object, name))
            json_set(object, json_object(), name);
        read_entry(json_member(object, name), read_bytes(wire), of_bytes);
        return;
    }
    cJSON *value =
        type == WIRE_VARINT ? read_number(field, wire) : read_value(field, wire);
    if (!field->list) {
        json_set(object, value, name);
        return;
    }
    if (!json_at(object, name))
        json_set(object, json_array(), name);
    json_push(json_member(object, name), value);
}

static void read_message(cJSON *object, const char *fields, struct wire *wire)
{
    uint64_t number;
    unsigned type;
    struct protobuf_field field;
    while (next_tag(wire, &number, &type)) {
        if (!protobuf_find(fields, number, &field)) {
            wire->bad = true;
            return;
        }
        read_field(object, &field, type, wire);
    }
}

/* runtime.Unknown: what it is, and its bytes. */
static void read_envelope(struct wire *wire, cJSON *object, struct wire *raw)
{
    static const char TYPE_META[] = "1=apiVersion 2=kind";
    uint64_t number;
    unsigned type;
    while (next_tag(wire, &number, &type) && type == WIRE_BYTES) {
        struct wire bytes = read_bytes(wire);
        if (number == 1)
            read_message(object, TYPE_META, &bytes);
        else if (number == 2)
            *raw = bytes;
        wire->bad |= bytes.bad;
    }
}

cJSON *protobuf_decode(const char *bytes, size_t len)
{
    static const char MAGIC[4] = "k8s";
    struct wire wire = {.at = bytes, .end = bytes + len}, raw = {0};
    if (len < sizeof MAGIC || memcmp(bytes, MAGIC, sizeof MAGIC) != 0)
        return NULL;
    wire.at += sizeof MAGIC;
    cJSON *object = json_object();
    read_envelope(&wire, object, &raw);
    const char *kind = json_str(object, "kind");
    const char *fields = kind ? protobuf_message(kind, strlen(kind)) : NULL;
    if (fields && !wire.bad)
        read_message(object, fields, &raw);
    if (fields && !wire.bad && !raw.bad)
        return object;
    json_free(object);
    return NULL;
}
