/* fuzz_json_text.c - what json_project() accepts, cJSON accepts too; projecting twice
 * changes nothing; a value that json_text_get() finds lies inside the text; and
 * json_tree_read() gives the tree that cJSON gives. */
#include "kubeclient/base/json.h"
#include "kubeclient/base/json_text.h"
#include "kubeclient/base/json_tree.h"
#include "test/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static const char *const some[] = {"metadata name",  "a * b",      "* c",
                                   "spec list name", "labels a/b", NULL};
static const char *const all[] = {"**", NULL};

static bool has_nul_escape(const struct strbuf *text)
{
    return strstr(text->text, "\\u0000");
}

/* cJSON refuses half a surrogate pair and NUL, which the scanner passes through. */
static bool may_differ(const struct strbuf *text)
{
    return has_nul_escape(text) || strstr(text->text, "\\ud") ||
           strstr(text->text, "\\uD");
}

static void check_projection(const char *const *paths, const char *text, size_t len)
{
    struct json_projection *projection = json_projection_new(paths);
    struct strbuf once, twice;
    struct err err;
    strbuf_init(&once, len + 16);
    strbuf_init(&twice, len + 16);
    if (json_project(projection, text, len, &once, &err)) {
        assert(once.len <= len);
        assert(json_project(projection, once.text, once.len, &twice, &err));
        assert(strcmp(once.text, twice.text) == 0);
        auto_json cJSON *tree = json_parse(once.text, once.len, &err);
        assert(tree || may_differ(&once));
    } else {
        assert(err.kind == ERR_INVALID);
    }
    strbuf_fini(&once);
    strbuf_fini(&twice);
    json_projection_free(&projection);
}

static void check_tree(const char *text, size_t len)
{
    struct err err;
    struct arena *arena = arena_new();
    const cJSON *mine = json_tree_read(arena, text, len, &err);
    auto_json cJSON *theirs = json_parse(text, len, &err);
    if (mine && theirs)
        assert(json_equal(mine, theirs));
    auto_json cJSON *copy = json_copy(mine);
    assert(!mine || json_equal(mine, copy));
    arena_free(&arena);
}

static void check_get(const char *text, size_t len, const char *const *path)
{
    struct json_slice found = json_text_get(text, len, path);
    if (found.start)
        assert(found.start >= text && found.start + found.len <= text + len);
    else
        assert(found.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    check_projection(some, text, size);
    check_projection(all, text, size);
    check_tree(text, size);
    check_get(text, size, JSON_PATH("metadata", "name"));
    check_get(text, size, JSON_PATH("a"));
    return 0;
}
