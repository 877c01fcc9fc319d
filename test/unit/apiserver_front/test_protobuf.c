#include "test/apiserver/front/protobuf.h"
#include "test/support/check_json.h"
#include "test/support/check_main.h"

#include <stdio.h>

enum { VARINT = 0, FIXED32 = 5, BYTES = 2 };

/* Messages are written from the inside out, into buffers of their own. */
static struct strbuf outer, inner, object;

static void set_up(void)
{
    strbuf_init(&outer, 1 << 20);
    strbuf_init(&inner, 1 << 20);
    strbuf_init(&object, 1 << 20);
}

static void tear_down(void)
{
    strbuf_fini(&outer);
    strbuf_fini(&inner);
    strbuf_fini(&object);
}

static void add_varint(struct strbuf *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        strbuf_addc(out, (char)(value | 0x80));
    strbuf_addc(out, (char)value);
}

static void add_int(struct strbuf *out, unsigned number, uint64_t value)
{
    add_varint(out, number << 3 | VARINT);
    add_varint(out, value);
}

static void add_bytes(struct strbuf *out, unsigned number, const char *bytes,
                      size_t len)
{
    add_varint(out, number << 3 | BYTES);
    add_varint(out, len);
    strbuf_add(out, bytes, len);
}

static void add_text(struct strbuf *out, unsigned number, const char *text)
{
    add_bytes(out, number, text, strlen(text));
}

/* Moves what `inner` holds into a field of `out`. */
static void add_inner(struct strbuf *out, unsigned number)
{
    add_bytes(out, number, inner.text, inner.len);
    strbuf_reset(&inner);
}

static void add_entry(struct strbuf *out, unsigned number, const char *key,
                      const char *value)
{
    add_text(&inner, 1, key);
    add_text(&inner, 2, value);
    add_inner(out, number);
}

/* Puts `object` into an envelope and decodes it. */
static cJSON *decode(const char *api_version, const char *kind)
{
    strbuf_reset(&outer);
    strbuf_add(&outer, "k8s", 4);
    add_text(&inner, 1, api_version);
    add_text(&inner, 2, kind);
    add_inner(&outer, 1);
    add_bytes(&outer, 2, object.text, object.len);
    add_text(&outer, 3, "");
    add_text(&outer, 4, "");
    return protobuf_decode(outer.text, outer.len);
}

START_TEST(texts_maps_and_bytes)
{
    add_text(&inner, 1, "s");
    add_text(&inner, 2, ""); /* generateName: written, though empty */
    add_int(&inner, 7, 0);
    add_bytes(&inner, 8, "", 0);
    add_inner(&object, 1);
    add_entry(&object, 2, "p", "q");
    add_entry(&object, 2, "empty", "");
    add_text(&object, 3, "Opaque");
    add_entry(&object, 4, "a/b.c", "d");
    add_int(&object, 5, 0);
    check_json(decode("v1", "Secret"),
               "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":"
               "\"s\"},\"data\":{\"p\":\"cQ==\",\"empty\":\"\"},\"type\":\"Opaque\","
               "\"stringData\":{\"a/b.c\":\"d\"},\"immutable\":false}");
}
END_TEST

START_TEST(lists_and_messages)
{
    add_text(&inner, 1, "get");
    add_text(&inner, 1, "list");
    add_text(&inner, 2, ""); /* the core group: an empty element stays */
    add_text(&inner, 3, "pods");
    add_inner(&object, 2);
    add_text(&inner, 5, "/healthz");
    add_inner(&object, 2);
    check_json(decode("rbac.authorization.k8s.io/v1", "ClusterRole"),
               "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":"
               "\"ClusterRole\",\"rules\":[{\"verbs\":[\"get\",\"list\"],"
               "\"apiGroups\":[\"\"],\"resources\":[\"pods\"]},{\"nonResourceURLs\":"
               "[\"/healthz\"]}]}");
}
END_TEST

START_TEST(numbers)
{
    add_int(&inner, 4, 3600);
    add_inner(&object, 2);
    check_json(decode("authentication.k8s.io/v1", "TokenRequest"),
               "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\","
               "\"spec\":{\"expirationSeconds\":3600}}");
    strbuf_reset(&object);
    add_int(&object, 1, UINT64_MAX); /* -1 */
    add_int(&object, 3, 1);
    check_json(decode("v1", "DeleteOptions"),
               "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\","
               "\"gracePeriodSeconds\":-1,\"orphanDependents\":true}");
}
END_TEST

START_TEST(ports_by_number_and_by_name)
{
    static const char *const WANTED[] = {"8080", "\"http\""};
    for (uint64_t i = 0; i < 2; i++) {
        struct strbuf port;
        char wanted[256];
        strbuf_reset(&object);
        strbuf_init(&port, 256);
        add_int(&inner, 1, i);
        add_int(&inner, 2, 8080);
        add_text(&inner, 3, "http");
        add_inner(&port, 4);
        strbuf_add(&inner, port.text, port.len);
        strbuf_reset(&port);
        add_inner(&port, 1);
        add_bytes(&object, 2, port.text, port.len);
        strbuf_fini(&port);
        snprintf(wanted, sizeof wanted,
                 "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"spec\":{\"ports\":"
                 "[{\"targetPort\":%s}]}}",
                 WANTED[i]);
        check_json(decode("v1", "Service"), wanted);
    }
}
END_TEST

START_TEST(what_is_not_known_is_not_decoded)
{
    ck_assert_ptr_null(decode("v1", "Node"));
    ck_assert_ptr_null(decode("v1", "Conf"));
    add_text(&object, 9, "a field of tomorrow");
    ck_assert_ptr_null(decode("v1", "ConfigMap"));
    strbuf_reset(&object);
    add_text(&inner, 7, "emptyDir and the like");
    add_inner(&object, 2);
    ck_assert_ptr_null(decode("v1", "Namespace"));
}
END_TEST

START_TEST(malformed_bytes_are_refused)
{
    ck_assert_ptr_null(protobuf_decode("", 0));
    ck_assert_ptr_null(protobuf_decode("k8s", 4));
    ck_assert_ptr_null(protobuf_decode("{\"kind\":\"ConfigMap\"}", 20));
    add_entry(&object, 2, "a", "b");
    auto_json cJSON *whole = decode("v1", "ConfigMap");
    ck_assert_ptr_nonnull(whole);
    for (size_t len = 0; len + 4 < outer.len; len++) {
        cJSON *part = protobuf_decode(outer.text, len);
        ck_assert_msg(!part || json_count(json_at(part, "data")) == 0, "%zu", len);
        json_free(part);
    }
    strbuf_reset(&object);
    add_varint(&object, 1 << 3 | FIXED32);
    strbuf_add(&object, "abcd", 4);
    ck_assert_ptr_null(decode("v1", "ConfigMap"));
    strbuf_reset(&object);
    add_int(&object, 2, 5); /* a number where a map belongs */
    ck_assert_ptr_null(decode("v1", "ConfigMap"));
}
END_TEST

CHECK_MAIN("protobuf", set_up, tear_down, texts_maps_and_bytes, lists_and_messages,
           numbers, ports_by_number_and_by_name, what_is_not_known_is_not_decoded,
           malformed_bytes_are_refused)
