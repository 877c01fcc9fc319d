#include "test/unit/apiserver/server_play.h"

/* A ConfigMap "a" with data x: y and a label, as kubectl writes it. */
static const char config_map[] = "k8s\0"
                                 "\x0a\x0f\x0a\x02v1\x12\x09"
                                 "ConfigMap"
                                 "\x12\x17"
                                 "\x0a\x0d\x0a\x01"
                                 "a\x12\x00\x5a\x06\x0a\x01"
                                 "l\x12\x01"
                                 "m"
                                 "\x12\x06\x0a\x01"
                                 "x\x12\x01"
                                 "y"
                                 "\x1a\x00\x22\x00";

static int post(const char *bytes, size_t len)
{
    char *copy = xmalloc(len + 1);
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    struct api_request request = {.method = "POST",
                                  .target = CONFIG_MAPS,
                                  .content_type = "application/vnd.kubernetes.protobuf",
                                  .accept = "",
                                  .user = &admin,
                                  .user_agent = "kubectl/v1.37.2",
                                  .body = copy,
                                  .body_len = len};
    int status = say_request(&request);
    free(copy);
    return status;
}

START_TEST(protobuf_bodies_are_read)
{
    ck_assert_int_eq(post(config_map, sizeof config_map - 1), 201);
    ck_assert_str_eq(json_str(said, "metadata", "name"), "a");
    ck_assert_str_eq(json_str(said, "metadata", "labels", "l"), "m");
    ck_assert_str_eq(json_str(said, "data", "x"), "y");
}
END_TEST

START_TEST(cut_bodies_are_refused)
{
    for (size_t len = 0; len < sizeof config_map - 5; len++)
        ck_assert_int_eq(post(config_map, len) / 100, 4);
}
END_TEST

START_TEST(unknown_kinds_and_fields_are_refused)
{
    char bytes[sizeof config_map];
    memcpy(bytes, config_map, sizeof bytes);
    bytes[sizeof bytes - 13] = '\x7a'; /* field 15 of a ConfigMap */
    ck_assert_int_eq(post(bytes, sizeof bytes - 1), 415);
    ck_assert_ptr_nonnull(strstr(said_message(), "knows no protobuf field"));
    memcpy(bytes, config_map, sizeof bytes);
    bytes[12] = 'X';
    ck_assert_int_eq(post(bytes, sizeof bytes - 1), 415);
    ck_assert_str_eq(said_message(), "this server reads no XonfigMap in protobuf; use "
                                     "application/json");
}
END_TEST

CHECK_MAIN("server_protobuf", setup, teardown, protobuf_bodies_are_read,
           cut_bodies_are_refused, unknown_kinds_and_fields_are_refused)
