#include "kubeclient/base/arena.h"
#include "test/support/check_main.h"

#include <stdint.h>

START_TEST(memory_is_zeroed_aligned_and_stays)
{
    struct arena *arena = arena_new();
    char *pieces[500];
    for (size_t i = 0; i < 500; i++) {
        pieces[i] = arena_alloc(arena, i);
        ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < i; j++)
            ck_assert_int_eq(pieces[i][j], 0);
        memset(pieces[i], (int)(i & 0x7F), i);
    }
    for (size_t i = 0; i < 500; i++) {
        for (size_t j = 0; j < i; j++)
            ck_assert_int_eq(pieces[i][j], (int)(i & 0x7F));
    }
    arena_free(&arena);
    ck_assert_ptr_null(arena);
    arena_free(&arena);
}
END_TEST

START_TEST(large_pieces_do_not_end_the_current_block)
{
    struct arena *arena = arena_new();
    char *before = arena_alloc(arena, 16);
    char *large = arena_alloc(arena, 1024 * 1024);
    char *after = arena_alloc(arena, 16);
    memset(large, 1, 1024 * 1024);
    ck_assert_ptr_eq(after, before + 16);
    arena_free(&arena);
}
END_TEST

START_TEST(text_is_copied_and_formatted)
{
    struct arena *arena = arena_new();
    ck_assert_str_eq(arena_strdup(arena, "abc"), "abc");
    ck_assert_str_eq(arena_strndup(arena, "abcdef", 3), "abc");
    ck_assert_str_eq(arena_printf(arena, "%s-%d", "x", 7), "x-7");
    char *longer = arena_printf(arena, "%0300d", 1);
    ck_assert_uint_eq(strlen(longer), 300);
    arena_free(&arena);
}
END_TEST

static char order[8];

static void note(void *letter)
{
    size_t len = strlen(order);
    order[len] = *(const char *)letter;
    order[len + 1] = '\0';
}

START_TEST(disposers_run_in_reverse_once)
{
    static char letters[] = "abc";
    struct arena *arena = arena_new();
    order[0] = '\0';
    for (size_t i = 0; i < 3; i++)
        arena_defer(arena, note, &letters[i]);
    arena_reset(arena);
    ck_assert_str_eq(order, "cba");
    arena_defer(arena, note, &letters[0]);
    arena_free(&arena);
    ck_assert_str_eq(order, "cbaa");
}
END_TEST

START_TEST(a_reset_arena_is_empty_and_usable)
{
    struct arena *arena = arena_new();
    for (int round = 0; round < 3; round++) {
        ck_assert_uint_eq(arena_used(arena), 0);
        for (int i = 0; i < 100; i++)
            memset(arena_alloc(arena, 1000), 7, 1000);
        ck_assert_uint_ge(arena_used(arena), 100 * 1000);
        arena_reset(arena);
    }
    ck_assert_int_eq(*(char *)arena_alloc(arena, 1), 0);
    arena_free(&arena);
}
END_TEST

CHECK_MAIN("arena", NULL, NULL, memory_is_zeroed_aligned_and_stays,
           large_pieces_do_not_end_the_current_block, text_is_copied_and_formatted,
           disposers_run_in_reverse_once, a_reset_arena_is_empty_and_usable)
