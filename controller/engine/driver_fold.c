#include "controller/engine/driver_state.h"

#include "controller/engine/object_head.h"
#include "kubeclient/api/object.h"
#include "kubeclient/base/json_tree.h"

#include <string.h>

const cJSON *driver_parse(struct driver *driver, const struct answer *answer,
                          struct err *err)
{
    const cJSON *object = json_tree_read(driver->arena, answer->response->body,
                                         answer->response->len, err);
    if (!object)
        return NULL;
    if (kube_name(object)[0] == '\0') {
        err_set(err, ERR_INVALID, "the answer is no object");
        return NULL;
    }
    return object;
}

void driver_fold_gone(struct driver *driver)
{
    const struct subject *subject = &driver->subject;
    observed_put(driver->observed, subject->resource, subject->key.ns,
                 subject->key.name, NULL);
    driver->stale = true;
}

static uint64_t version_of(const cJSON *object)
{
    const char *text = kube_resource_version(object);
    return object_version_parse((struct json_slice){text, strlen(text)});
}

/* The answer to the write that let go of it: the last finalizer went, or a delete found
 * none. The object is in the answer for the last time. Namespaces have finalizers in
 * their spec, for what is in them. */
static bool is_released(const cJSON *object)
{
    return kube_deleting(object) &&
           json_count(json_at(object, "metadata", "finalizers")) == 0 &&
           json_count(json_at(object, "spec", "finalizers")) == 0 &&
           json_int(object, 0, "metadata", "deletionGracePeriodSeconds") == 0;
}

static struct json_slice text_at(struct json_slice text, const char *const *path)
{
    return json_text_get(text.start, text.len, path);
}

static bool is_status(struct json_slice text)
{
    struct json_slice kind = text_at(text, JSON_PATH("kind"));
    return kind.len == strlen("Status") && memcmp(kind.start, "Status", kind.len) == 0;
}

/* What a watch brought while the write was under way was the write, unless it is newer.
 */
static void compare_with_seen(struct driver *driver, struct json_slice text)
{
    struct json_slice version = text_at(text, JSON_PATH("metadata", "resourceVersion"));
    if (driver->subject.seen > object_version_parse(version))
        driver->result.again = true;
    driver->subject.seen = 0;
}

static bool on_unreadable(struct driver *driver, const struct err *err)
{
    driver_log(driver, LOG_ERROR, "an answer cannot be read", err);
    driver_finish(driver, WORK_FAILED);
    return false;
}

/* A delete is answered with a Status or, for Services and pods among others, with the
 * object: as it was when it is gone at once, with a deletionTimestamp when it leaves.
 */
bool driver_fold(struct driver *driver, const struct answer *answer)
{
    const struct subject *subject = &driver->subject;
    const struct driver_env *env = driver->env;
    struct json_slice text = {answer->response->body, answer->response->len};
    const cJSON *object = NULL;
    struct err err;
    bool leaves =
        text_at(text, JSON_PATH("metadata", "deletionTimestamp")).start != NULL;
    if (subject->deleted && (is_status(text) || !leaves)) {
        driver_fold_gone(driver);
        return true;
    }
    compare_with_seen(driver, text);
    if (!leaves)
        object = env->take_in(env->ctx, driver, driver->arena, subject->resource, text);
    if (!object) {
        object = driver_parse(driver, answer, &err);
        if (!object)
            return on_unreadable(driver, &err);
    }
    if (leaves && is_released(object)) {
        driver_fold_gone(driver);
        return true;
    }
    if (leaves)
        env->take_in(env->ctx, driver, driver->arena, subject->resource, text);
    observed_put(driver->observed, subject->resource, subject->key.ns,
                 subject->key.name, object);
    driver->stale = true;
    return true;
}

bool answer_is_absent(const struct answer *answer, const char *name)
{
    struct err ignored;
    if (answer->ok || answer->err.kind != ERR_NOT_FOUND || !answer->response)
        return false;
    auto_json cJSON *status =
        json_parse(answer->response->body, answer->response->len, &ignored);
    return strcmp(json_str_or(status, "", "details", "name"), name) == 0;
}

bool answer_is_unknown(const struct answer *answer)
{
    return !answer->response || answer->err.http_status >= 500;
}

bool driver_absorbs(struct driver *driver, const struct kube_resource *resource,
                    const cJSON *object)
{
    struct subject *subject = &driver->subject;
    struct kube_key key = {.ns = kube_namespace(object), .name = kube_name(object)};
    if (!driver->request || !subject->written || subject->resource != resource ||
        !kube_key_equal(&subject->key, &key))
        return false;
    uint64_t version = version_of(object);
    if (version > subject->seen)
        subject->seen = version;
    return true;
}
