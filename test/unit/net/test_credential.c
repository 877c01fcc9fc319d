#include "kubeclient/base/strbuf.h"
#include "kubeclient/net/credential.h"
#include "kubeclient/net/pem.h"
#include "test/support/check_main.h"
#include "test/support/test_pki.h"

static struct test_identity one, two;
static struct err err;

static void setup(void)
{
    one = test_identity_new("one.test");
    two = test_identity_new("two.test");
    err = (struct err){0};
}

static void teardown(void)
{
    test_identity_fini(&one);
    test_identity_fini(&two);
}

static struct credential *make(const struct credential_parts *parts)
{
    struct credential *credential = credential_new(parts, &err);
    ck_assert_msg(credential, "%s", err.msg);
    return credential;
}

static void refused(const struct credential_parts *parts, const char *said)
{
    ck_assert_ptr_null(credential_new(parts, &err));
    ck_assert_int_eq(err.kind, ERR_INVALID);
    ck_assert_msg(strstr(err.msg, said), "%s", err.msg);
    ck_assert_ptr_null(strstr(err.msg, "s3cret"));
    ck_assert_ptr_null(strstr(err.msg, "PRIVATE"));
}

START_TEST(a_token_wins_over_a_name)
{
    struct credential *credential = make(&(struct credential_parts){
        .token = "abc", .username = "ann", .password = "secret"});
    ck_assert_str_eq(credential->authorization, "Authorization: Bearer abc");
    credential_unref(credential);
    credential = make(&(struct credential_parts){.username = "ann"});
    ck_assert_str_eq(credential->authorization, "Authorization: Basic YW5uOg==");
    credential_unref(credential);
    credential = make(&(struct credential_parts){0});
    ck_assert_ptr_null(credential->authorization);
    credential_unref(credential);
}
END_TEST

START_TEST(a_token_cannot_end_the_header)
{
    refused(&(struct credential_parts){.token = "s3cret\r\nX: y"}, "the token is");
    refused(&(struct credential_parts){.token = "s3cret with spaces"}, "the token is");
    refused(&(struct credential_parts){.token = "s3cret\xC3\xA4"}, "the token is");
    refused(&(struct credential_parts){.token = ""}, "the token is empty");
    struct strbuf longest;
    strbuf_init(&longest, 128 * 1024);
    for (size_t i = 0; i < 100 * 1000; i++)
        strbuf_addc(&longest, 'x');
    refused(&(struct credential_parts){.token = longest.text}, "too long");
    refused(&(struct credential_parts){.username = "ann", .password = longest.text},
            "too long");
    strbuf_fini(&longest);
}
END_TEST

START_TEST(references_keep_it_alive)
{
    struct credential *credential = make(&(struct credential_parts){.token = "abc"});
    ck_assert_ptr_eq(credential_ref(credential), credential);
    credential_unref(credential);
    ck_assert_str_eq(credential->authorization, "Authorization: Bearer abc");
    credential_unref(credential);
    credential_unref(NULL);
}
END_TEST

START_TEST(sameness_tells_tls_from_the_header)
{
    struct credential *a =
        make(&(struct credential_parts){.token = "a", .ca = one.cert});
    struct credential *b =
        make(&(struct credential_parts){.token = "b", .ca = one.cert});
    struct credential *c =
        make(&(struct credential_parts){.token = "a", .ca = two.cert});
    ck_assert(credential_same(a, a));
    ck_assert(credential_same_tls(a, b));
    ck_assert(!credential_same(a, b));
    ck_assert(!credential_same_tls(a, c));
    ck_assert(!credential_same(a, c));
    credential_unref(a);
    credential_unref(b);
    credential_unref(c);
}
END_TEST

START_TEST(a_pair_must_be_whole_and_belong_together)
{
    credential_unref(
        make(&(struct credential_parts){.cert = one.cert, .key = one.key}));
    refused(&(struct credential_parts){.cert = one.cert},
            "client certificate without a client key");
    refused(&(struct credential_parts){.key = one.key},
            "client key without a client certificate");
    refused(&(struct credential_parts){.cert = one.cert, .key = two.key},
            "does not belong to the client certificate");
    refused(&(struct credential_parts){.cert = one.cert, .key = "s3cret"},
            "client key: not a PEM private key");
    refused(&(struct credential_parts){.cert = one.key, .key = one.key},
            "client certificate: not a PEM certificate");
}
END_TEST

START_TEST(encrypted_keys_are_told_apart)
{
    static const char ENCRYPTED[] = "-----BEGIN EC PRIVATE KEY-----\n"
                                    "Proc-Type: 4,ENCRYPTED\n"
                                    "DEK-Info: AES-128-CBC,"
                                    "00112233445566778899AABBCCDDEEFF\n\n"
                                    "AAAAAAAAAAAAAAAAAAAAAA==\n"
                                    "-----END EC PRIVATE KEY-----\n";
    refused(&(struct credential_parts){.cert = one.cert, .key = ENCRYPTED},
            "encrypted keys are not supported");
}
END_TEST

START_TEST(a_bundle_is_checked_to_its_end)
{
    struct strbuf bundle;
    strbuf_init(&bundle, 64 * 1024);
    strbuf_addf(&bundle, "# a comment\n%s\n%s", one.cert, two.cert);
    ck_assert(pem_check_certificates(bundle.text, &err));
    strbuf_adds(&bundle,
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    ck_assert(!pem_check_certificates(bundle.text, &err));
    ck_assert_str_eq(err.msg, "not a PEM certificate");
    strbuf_fini(&bundle);
    refused(&(struct credential_parts){.ca = "s3cret"}, "certificate authority: not a");
    ck_assert(!pem_check_certificates("", &err));
    ck_assert(pem_check_certificates(one.cert, &err)); /* no error is left behind */
}
END_TEST

CHECK_MAIN("credential", setup, teardown, a_token_wins_over_a_name,
           a_token_cannot_end_the_header, references_keep_it_alive,
           sameness_tells_tls_from_the_header, a_pair_must_be_whole_and_belong_together,
           encrypted_keys_are_told_apart, a_bundle_is_checked_to_its_end)
