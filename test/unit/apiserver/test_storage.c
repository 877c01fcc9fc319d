#include "test/apiserver/server/storage.h"
#include "test/support/check_main.h"

#include <stdio.h>

static struct storage *storage;
static uint64_t version;

static void setup(void)
{
    version = 0;
    storage = storage_new("play/things", 8, 0);
}

static void teardown(void)
{
    storage_free(&storage);
}

static struct stored *put(const char *ns, const char *name)
{
    struct object_text *text = object_text_new(ns, name, "{}", 2);
    text->version = ++version;
    return storage_put(storage, text);
}

static void remove_object(const char *ns, const char *name)
{
    struct object_text *last = object_text_new(ns, name, "{}", 2);
    last->version = ++version;
    storage_remove(storage, storage_get(storage, ns, name), last);
}

static const char *keys(const char *from)
{
    static char text[4096];
    text[0] = '\0';
    for (struct stored *at = storage_seek(storage, from); at; at = stored_next(at)) {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "%s ", at->now->key);
    }
    return text;
}

START_TEST(keys_are_in_byte_order)
{
    put("b", "x");
    put("a", "z");
    put("a-b", "x");
    put("a", "y");
    ck_assert_str_eq(keys(""), "a-b/x a/y a/z b/x ");
    ck_assert_str_eq(keys("a/"), "a/y a/z b/x ");
    ck_assert_uint_eq(storage->count, 4);
}
END_TEST

START_TEST(many_are_found_again)
{
    char name[32];
    for (unsigned i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "n%u", i * 7919 % 2000);
        put("", name);
    }
    for (unsigned i = 0; i < 2000; i += 2) {
        snprintf(name, sizeof name, "n%u", i);
        remove_object("", name);
    }
    for (unsigned i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "n%u", i);
        ck_assert_int_eq(storage_get(storage, "", name) != NULL, i % 2);
    }
    ck_assert_uint_eq(storage->count, 1000);
}
END_TEST

START_TEST(names_tell_apart_what_keys_might_not)
{
    put("a", "b");
    ck_assert_ptr_nonnull(storage_get(storage, "a", "b"));
    ck_assert_ptr_null(storage_get(storage, "", "a/b"));
    ck_assert_ptr_null(storage_get(storage, "a", ""));
    ck_assert_str_eq(object_text_name(storage_get(storage, "a", "b")->now), "b");
}
END_TEST

START_TEST(history_says_what_was_and_what_is)
{
    put("", "a");
    put("", "a");
    remove_object("", "a");
    size_t index;
    ck_assert(storage_changes_after(storage, 0, &index));
    ck_assert_uint_eq(index, 0);
    const struct change *added = storage_change(storage, 0);
    const struct change *modified = storage_change(storage, 1);
    const struct change *deleted = storage_change(storage, 2);
    ck_assert_int_eq(added->type, CHANGE_ADDED);
    ck_assert_ptr_null(added->before);
    ck_assert_int_eq(modified->type, CHANGE_MODIFIED);
    ck_assert_ptr_eq(modified->before, added->after);
    ck_assert_int_eq(deleted->type, CHANGE_DELETED);
    ck_assert_ptr_eq(deleted->before, modified->after);
    ck_assert_uint_eq(deleted->version, 3);
    ck_assert(storage_changes_after(storage, 2, &index));
    ck_assert_uint_eq(index, 2);
    ck_assert(storage_changes_after(storage, 99, &index));
    ck_assert_uint_eq(index, 3);
}
END_TEST

START_TEST(the_ring_forgets_the_oldest)
{
    for (int i = 0; i < 20; i++)
        put("", "a");
    size_t index;
    ck_assert_uint_eq(storage->changes, 8);
    ck_assert(!storage_changes_after(storage, 11, &index));
    ck_assert(storage_changes_after(storage, 12, &index));
    ck_assert_uint_eq(index, 0);
    ck_assert_uint_eq(storage_change(storage, 0)->version, 13);
    storage_compact(storage, 18);
    ck_assert(!storage_changes_after(storage, 17, &index));
    ck_assert(storage_changes_after(storage, 18, &index));
    ck_assert_uint_eq(storage->changes, 2);
    storage_compact(storage, 30);
    ck_assert(!storage_changes_after(storage, 29, &index));
    ck_assert(storage_changes_after(storage, 30, &index));
}
END_TEST

CHECK_MAIN("storage", setup, teardown, keys_are_in_byte_order, many_are_found_again,
           names_tell_apart_what_keys_might_not, history_says_what_was_and_what_is,
           the_ring_forgets_the_oldest)
