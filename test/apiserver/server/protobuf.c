#include "test/apiserver/server/protobuf.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/base64.h"

#include <string.h>

/* The wire format: https://protobuf.dev/programming-guides/encoding/ */
enum { WIRE_VARINT = 0, WIRE_LENGTH = 2, DEPTH_MAX = 16 };

static const char MAGIC[4] = {'k', '8', 's', '\0'};

struct input {
    const unsigned char *at, *end;
};

static bool read_varint(struct input *in, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && in->at < in->end; shift += 7) {
        unsigned char byte = *in->at++;
        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

/* One field as it comes: a number, or a length of bytes. */
struct wire_field {
    unsigned number;
    bool is_bytes;
    uint64_t value;
    struct input bytes;
};

static bool read_field(struct input *in, struct wire_field *field)
{
    uint64_t key, len;
    if (!read_varint(in, &key) || key >> 3 > UINT32_MAX)
        return false;
    *field = (struct wire_field){.number = (unsigned)(key >> 3),
                                 .is_bytes = (key & 7) == WIRE_LENGTH};
    if ((key & 7) == WIRE_VARINT)
        return read_varint(in, &field->value);
    if (!field->is_bytes || !read_varint(in, &len) || len > (size_t)(in->end - in->at))
        return false;
    field->bytes = (struct input){in->at, in->at + len};
    in->at += len;
    return true;
}

static cJSON *string_of(const struct input *bytes)
{
    char *text = xstrndup((const char *)bytes->at, (size_t)(bytes->end - bytes->at));
    cJSON *string = json_string(text);
    free(text);
    return string;
}

static cJSON *base64_of(const struct input *bytes)
{
    char *text = base64_encode(bytes->at, (size_t)(bytes->end - bytes->at));
    cJSON *string = json_string(text);
    free(text);
    return string;
}

static bool malformed(struct err *err)
{
    return err_set(err, ERR_INVALID, "malformed protobuf");
}

/* ---- values */

/* An entry of a map: 1 is the key, 2 the value. */
static bool read_entry(struct input in, const struct proto_field *as, cJSON *object,
                       struct err *err)
{
    struct wire_field field, key = {0}, value = {0};
    while (in.at < in.end) {
        if (!read_field(&in, &field) || !field.is_bytes)
            return malformed(err);
        *(field.number == 1 ? &key : &value) = field;
    }
    cJSON *name = string_of(&key.bytes);
    cJSON *content =
        as->type == PROTO_BYTES_MAP ? base64_of(&value.bytes) : string_of(&value.bytes);
    json_set(object, content, as->name, name->valuestring);
    json_free(name);
    return true;
}

static cJSON *read_message(struct input in, const struct proto_message *message,
                           int depth, struct err *err);

/* The JSON of a field; NULL: it is left out. */
static cJSON *value_of(const struct wire_field *field, const struct proto_field *as)
{
    switch (as->type) {
    case PROTO_STRING:
        if (field->bytes.at == field->bytes.end && !as->repeated)
            return NULL;
        return string_of(&field->bytes);
    case PROTO_BOOL:
        return field->value ? json_boolean(true) : NULL;
    case PROTO_INT:
        return field->value ? json_number((int64_t)field->value) : NULL;
    case PROTO_INT_SET:
        return json_number((int64_t)field->value);
    case PROTO_MESSAGE:
    case PROTO_STRING_MAP:
    case PROTO_BYTES_MAP:
    case PROTO_IGNORED:
        break;
    }
    return NULL;
}

static bool is_number(enum proto_type type)
{
    return type == PROTO_BOOL || type == PROTO_INT || type == PROTO_INT_SET;
}

static bool set_field(const struct wire_field *field, const struct proto_field *as,
                      cJSON *object, int depth, struct err *err)
{
    if (as->type == PROTO_IGNORED)
        return true;
    if (field->is_bytes == is_number(as->type))
        return malformed(err);
    if (as->type == PROTO_STRING_MAP || as->type == PROTO_BYTES_MAP)
        return read_entry(field->bytes, as, object, err);
    cJSON *value = as->type == PROTO_MESSAGE
                       ? read_message(field->bytes, as->message, depth + 1, err)
                       : value_of(field, as);
    if (as->type == PROTO_MESSAGE && !value)
        return false;
    if (!as->repeated) {
        json_set(object, value, as->name);
        return true;
    }
    cJSON *array = json_member(object, as->name);
    json_push(array ? array : json_set(object, json_array(), as->name), value);
    return true;
}

static cJSON *read_message(struct input in, const struct proto_message *message,
                           int depth, struct err *err)
{
    cJSON *object = json_object();
    bool good = depth <= DEPTH_MAX || malformed(err);
    while (good && in.at < in.end) {
        struct wire_field field;
        if (!read_field(&in, &field)) {
            good = malformed(err);
            break;
        }
        const struct proto_field *as = message->fields;
        while (as->name && as->number != field.number)
            as++;
        good = as->name
                   ? set_field(&field, as, object, depth, err)
                   : err_set(err, ERR_INVALID, "this server knows no protobuf field %u",
                             field.number);
    }
    if (good)
        return object;
    json_free(object);
    return NULL;
}

/* ---- bodies: the magic, then runtime.Unknown { TypeMeta = 1; raw = 2; ... } */

static const struct proto_message *kind_of(const char *kind)
{
    for (size_t i = 0; proto_kinds[i]; i++) {
        if (strcmp(proto_kinds[i]->kind, kind) == 0)
            return proto_kinds[i];
    }
    return NULL;
}

static const struct proto_message type_meta = {
    NULL, (const struct proto_field[]){{1, "apiVersion", PROTO_STRING, false, NULL},
                                       {2, "kind", PROTO_STRING, false, NULL},
                                       {0, NULL, PROTO_IGNORED, false, NULL}}};

cJSON *protobuf_read(const char *bytes, size_t len, struct err *err)
{
    struct input in = {(const unsigned char *)bytes,
                       (const unsigned char *)bytes + len};
    struct wire_field field, type = {0}, raw = {0};
    if (len < sizeof MAGIC || memcmp(bytes, MAGIC, sizeof MAGIC) != 0)
        return malformed(err), NULL;
    in.at += sizeof MAGIC;
    while (in.at < in.end) {
        if (!read_field(&in, &field) || !field.is_bytes)
            return malformed(err), NULL;
        if (field.number == 1)
            type = field;
        else if (field.number == 2)
            raw = field;
    }
    cJSON *meta = read_message(type.bytes, &type_meta, 0, err);
    const struct proto_message *message = kind_of(json_str_or(meta, "", "kind"));
    cJSON *object = NULL;
    if (meta && !message)
        err_set(err, ERR_INVALID, "this server reads no %s in protobuf",
                json_str_or(meta, "object", "kind"));
    else if (meta)
        object = read_message(raw.bytes, message, 0, err);
    if (object) {
        json_set_str(object, json_str(meta, "apiVersion"), "apiVersion");
        json_set_str(object, json_str(meta, "kind"), "kind");
    }
    json_free(meta);
    return object;
}
