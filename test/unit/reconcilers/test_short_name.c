#include "reconcilers/shared/short_name.h"
#include "test/support/check_main.h"

static struct arena *arena;

static void setup(void)
{
    arena = arena_new();
}

static void teardown(void)
{
    arena_free(&arena);
}

static void check(const char *text, const char *wanted)
{
    const char *name = short_name(arena, "session-", text, "-runner", text);
    ck_assert_str_eq(name, wanted);
    ck_assert_uint_le(strlen(name), DNS_LABEL_MAX);
}

START_TEST(what_fits_is_kept)
{
    check("a", "session-a-runner");
    check("forty-eight-characters-fit-between-prefix-and-su",
          "session-forty-eight-characters-fit-between-prefix-and-su-runner");
}
END_TEST

START_TEST(what_is_changed_in_any_way_gets_a_hash)
{
    check("a.b", "session-a-b-2e7336dc8e-runner");
    check("A-b", "session-a-b-b05dd069d0-runner");
    check("forty-nine-characters-do-not-fit-between-the-two-x",
          "session-forty-nine-characters-do-not-fit-betw-ec4f89ca91-runner");
    check("--", "session-d8156bae0c-runner");
    check("", "session-e3b0c44298-runner");
}
END_TEST

START_TEST(the_identity_is_what_counts)
{
    const char *one = short_name(arena, "", "a.b", "", "n1/a.b");
    const char *other = short_name(arena, "", "a.b", "", "n2/a.b");
    ck_assert_str_ne(one, other);
    char longest[254];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_assert_uint_eq(strlen(short_name(arena, "session-", longest, "", longest)), 63);
}
END_TEST

CHECK_MAIN("short_name", setup, teardown, what_fits_is_kept,
           what_is_changed_in_any_way_gets_a_hash, the_identity_is_what_counts)
