#include "reconcilers/shared/image_reference.h"
#include "test/support/check_main.h"

#define HEX_32 "0123456789abcdef0123456789abcdef"

static const char *const VALID[] = {
    "agent",
    "library/agent",
    "example.com/team/agent:1.2",
    "localhost:5000/agent",
    "[::1]:5000/agent:latest",
    "EXAMPLE.com/agent",
    "a__b/c-----d/e.f",
    "agent:_Tag-1.0",
    ("agent@sha256:" HEX_32 HEX_32),
    ("example.com:443/agent:1@sha256:" HEX_32 HEX_32),
    ("agent@other+algorithm:" HEX_32),
};

static const char *const INVALID[] = {
    "",
    " ",
    "Agent",
    "agent ",
    "/agent",
    "agent/",
    "team//agent",
    "a..b",
    "a___b",
    "-agent",
    "agent:",
    "agent:.tag",
    "agent:-tag",
    "agent:a/b:",
    "agent:tag with words",
    "https://example.com/agent",
    "-bad.example/agent",
    "[]/agent",
    "[::g]/agent",
    "agent@",
    "agent@sha256:",
    ("agent@sha256:" HEX_32),
    ("agent@sha256:" HEX_32 HEX_32 "0"),
    ("agent@other:" HEX_32 "g"),
    ("agent@1other:" HEX_32),
    ("agent@sha256:" HEX_32 HEX_32 ":tag"),
};

START_TEST(accepts_what_runtimes_pull)
{
    for (size_t i = 0; i < sizeof VALID / sizeof *VALID; i++)
        ck_assert_msg(image_reference_valid(VALID[i]), "%s", VALID[i]);
}
END_TEST

START_TEST(refuses_what_they_refuse)
{
    for (size_t i = 0; i < sizeof INVALID / sizeof *INVALID; i++)
        ck_assert_msg(!image_reference_valid(INVALID[i]), "%s", INVALID[i]);
}
END_TEST

START_TEST(limits_the_length_of_names_and_tags)
{
    char text[300];
    memset(text, 'a', sizeof text);
    text[255] = '\0';
    ck_assert(image_reference_valid(text));
    text[255] = 'a';
    text[256] = '\0';
    ck_assert(!image_reference_valid(text));

    text[1] = ':';
    text[2 + 128] = '\0';
    ck_assert(image_reference_valid(text));
    text[2 + 128] = 'a';
    text[2 + 129] = '\0';
    ck_assert(!image_reference_valid(text));
}
END_TEST

START_TEST(floating_images_are_always_pulled)
{
    static const struct {
        const char *reference, *policy;
    } cases[] = {
        {"agent", "Always"},
        {"agent:latest", "Always"},
        {"localhost:5000/agent", "Always"},
        {"agent:latest@sha256:" HEX_32 HEX_32, "Always"},
        {"agent:1", "IfNotPresent"},
        {"agent:latest2", "IfNotPresent"},
        {"agent:late", "IfNotPresent"},
        {"agent@sha256:" HEX_32 HEX_32, "IfNotPresent"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(image_default_pull_policy(cases[i].reference),
                         cases[i].policy);
}
END_TEST

CHECK_MAIN("image_reference", NULL, NULL, accepts_what_runtimes_pull,
           refuses_what_they_refuse, limits_the_length_of_names_and_tags,
           floating_images_are_always_pulled)
