#include "test/golden/cached.h"

#include "kubeclient/base/json_text.h"

#include <check.h>

enum { PATHS_MAX = 128, TEXT_MAX = 1024 * 1024 };

/* Kept for every object, or put back when it is read. */
static const char *const ALWAYS[] = {
    "apiVersion",
    "kind",
    "metadata name",
    "metadata namespace",
    "metadata uid",
    "metadata resourceVersion",
    "metadata generation",
    "metadata deletionTimestamp",
    NULL,
};

static size_t append(const char **paths, size_t len, const char *const *more)
{
    for (; more && *more; more++) {
        ck_assert_uint_lt(len + 1, PATHS_MAX);
        paths[len++] = *more;
    }
    return len;
}

static const struct reconciler_watch *watch_of(const struct reconciler *reconciler,
                                               const cJSON *object)
{
    const struct kube_resource *resource = kube_resource_find(
        json_str_or(object, "", "apiVersion"), json_str_or(object, "", "kind"));
    const struct reconciler_watch *watch = reconciler->watches;
    while (watch->resource && watch->resource != resource)
        watch++;
    return watch->resource ? watch : NULL;
}

cJSON *as_cached(const struct reconciler *reconciler, const cJSON *object)
{
    const struct reconciler_watch *watch = watch_of(reconciler, object);
    const char *paths[PATHS_MAX] = {NULL};
    struct strbuf whole, kept;
    struct err err = {0};
    if (!watch)
        return json_copy(object);
    append(paths, append(paths, 0, ALWAYS), watch->keep);
    struct json_projection *projection = json_projection_new(paths);
    strbuf_init(&whole, TEXT_MAX);
    strbuf_init(&kept, TEXT_MAX);
    json_print(&whole, object);
    ck_assert_msg(json_project(projection, whole.text, whole.len, &kept, &err), "%s",
                  err.msg);
    cJSON *cached = json_parse(kept.text, kept.len, &err);
    ck_assert_msg(cached != NULL, "%s", err.msg);
    strbuf_fini(&kept);
    strbuf_fini(&whole);
    json_projection_free(&projection);
    return cached;
}
