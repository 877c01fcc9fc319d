#include "kubeclient/base/alloc.h"
#include "kubeclient/base/base64.h"
#include "kubeclient/base/sha256.h"
#include "test/support/check_main.h"

/* RFC 4648, section 10. */
START_TEST(base64_follows_the_rfc_both_ways)
{
    static const struct {
        const char *bytes, *text;
    } ROWS[] = {{"", ""},
                {"f", "Zg=="},
                {"fo", "Zm8="},
                {"foo", "Zm9v"},
                {"foob", "Zm9vYg=="},
                {"fooba", "Zm9vYmE="},
                {"foobar", "Zm9vYmFy"},
                {"\xFF\xFE\xFD", "//79"}};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct err err = {0};
        char *bytes, *text = base64_encode(ROWS[i].bytes, strlen(ROWS[i].bytes));
        size_t len;
        ck_assert_str_eq(text, ROWS[i].text);
        ck_assert_msg(base64_decode(text, &bytes, &len, &err), "%s", err.msg);
        ck_assert_uint_eq(len, strlen(ROWS[i].bytes));
        ck_assert_str_eq(bytes, ROWS[i].bytes);
        free(bytes);
        free(text);
    }
}
END_TEST

START_TEST(base64_skips_white_space)
{
    struct err err = {0};
    char *bytes;
    size_t len;
    ck_assert(base64_decode("Zm9v\n Ym\tFy\r\n", &bytes, &len, &err));
    ck_assert_str_eq(bytes, "foobar");
    free(bytes);
}
END_TEST

START_TEST(bad_base64_is_refused_without_quoting_it)
{
    static const char *const ROWS[] = {
        "Zg", "Zg=", "Z===", "Zg==Zg==", "Zm9v!", "====", "\xC3\xA4==", "=Zg="};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct err err = {0};
        char *bytes;
        size_t len;
        ck_assert_msg(!base64_decode(ROWS[i], &bytes, &len, &err), "%s", ROWS[i]);
        ck_assert_str_eq(err.msg, "not valid base64");
    }
}
END_TEST

/* FIPS 180-4 examples. */
START_TEST(sha256_follows_the_standard)
{
    char hex[SHA256_HEX_SIZE];
    sha256_hex("", 0, hex);
    ck_assert_str_eq(
        hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_hex("abc", 3, hex);
    ck_assert_str_eq(
        hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

CHECK_MAIN("encodings", NULL, NULL, base64_follows_the_rfc_both_ways,
           base64_skips_white_space, bad_base64_is_refused_without_quoting_it,
           sha256_follows_the_standard)
