#include "kubeclient/net/endpoint.h"
#include "test/support/check_main.h"

static struct endpoint endpoint;
static struct err err;

static void teardown(void)
{
    endpoint_fini(&endpoint);
}

static void parse(const char *server, const char *name)
{
    endpoint_fini(&endpoint);
    ck_assert_msg(endpoint_parse(server, name, &endpoint, &err), "%s", err.msg);
}

START_TEST(urls_are_taken_apart)
{
    static const struct {
        const char *server, *base, *authority;
        bool tls;
    } CASES[] = {
        {"https://api.test:6443", "https://api.test:6443", "api.test:6443", true},
        {"https://api.test", "https://api.test:443", "api.test:443", true},
        {"https://api.test/", "https://api.test:443", "api.test:443", true},
        {"http://127.0.0.1", "http://127.0.0.1:80", "127.0.0.1:80", false},
        {"https://[::1]:6443", "https://[::1]:6443", "[::1]:6443", true},
        {"https://[fe80::1]", "https://[fe80::1]:443", "[fe80::1]:443", true},
        {"https://host:1/k8s/clusters/c-1//", "https://host:1/k8s/clusters/c-1",
         "host:1", true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        parse(CASES[i].server, NULL);
        ck_assert_str_eq(endpoint.base, CASES[i].base);
        ck_assert_str_eq(endpoint.authority, CASES[i].authority);
        ck_assert_int_eq(endpoint.tls, CASES[i].tls);
        ck_assert_ptr_null(endpoint.connect_to);
        ck_assert_ptr_null(endpoint.host_header);
    }
}
END_TEST

START_TEST(another_tls_name_becomes_the_urls_host)
{
    parse("https://10.0.0.1:6443/prefix", "api.test");
    ck_assert_str_eq(endpoint.base, "https://api.test:6443/prefix");
    ck_assert_str_eq(endpoint.authority, "10.0.0.1:6443");
    ck_assert_str_eq(endpoint.connect_to, "::10.0.0.1:6443");
    ck_assert_str_eq(endpoint.host_header, "Host: 10.0.0.1:6443");
    parse("https://[::1]:6443", "api.test");
    ck_assert_str_eq(endpoint.connect_to, "::[::1]:6443");
}
END_TEST

START_TEST(what_is_no_server_is_refused)
{
    static const char *const CASES[] = {
        "",
        "api.test:6443",
        "ftp://api.test",
        "https://",
        "https://:6443",
        "https://api.test:",
        "https://api.test:0",
        "https://api.test:65536",
        "https://api.test:99999999999999999999",
        "https://api.test:64x",
        "https://api.test/a?b",
        "https://api.test/a b",
        "https://api.test#x",
        "https://api test",
        "https://[::1",
        "https://a:b:c",
        "https://a\"b",
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ck_assert_msg(!endpoint_parse(CASES[i], NULL, &endpoint, &err), "%s", CASES[i]);
        ck_assert_int_eq(err.kind, ERR_INVALID);
    }
}
END_TEST

START_TEST(a_password_in_the_url_is_not_quoted)
{
    static const char *const CASES[] = {"https://ann:s3cret@api.test",
                                        "ann:s3cret@api.test"};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ck_assert(!endpoint_parse(CASES[i], NULL, &endpoint, &err));
        ck_assert_ptr_null(strstr(err.msg, "s3cret"));
    }
}
END_TEST

START_TEST(a_tls_name_must_be_a_name_and_have_tls)
{
    ck_assert(!endpoint_parse("http://api.test", "name.test", &endpoint, &err));
    ck_assert(!endpoint_parse("https://api.test", "name/test", &endpoint, &err));
    ck_assert(!endpoint_parse("https://api.test", "", &endpoint, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "tls-server-name"));
}
END_TEST

CHECK_MAIN("endpoint", NULL, teardown, urls_are_taken_apart,
           another_tls_name_becomes_the_urls_host, what_is_no_server_is_refused,
           a_password_in_the_url_is_not_quoted, a_tls_name_must_be_a_name_and_have_tls)
