#include "controller/engine/driver_state.h"

#include <string.h>

static void send_get(struct driver *driver, enum driver_state state,
                     const struct subject *subject)
{
    struct kube_request request = kube_request_get(driver->arena, subject->resource,
                                                   subject->key.ns, subject->key.name);
    driver_count(driver, METRIC_LIVE_READS);
    driver_send(driver, state, subject, &request);
}

/* ---- objects in doubt: a write to them was never answered */

bool driver_check_doubt(struct driver *driver)
{
    const struct doubt *doubt =
        key_memory_doubts(driver->env->memory, work_key(driver->work));
    if (!doubt)
        return false;
    struct subject subject = {
        .resource = doubt->resource,
        .key = {.ns = arena_strdup(driver->arena, doubt->object.ns),
                .name = arena_strdup(driver->arena, doubt->object.name)},
    };
    send_get(driver, DRIVER_CHECKING, &subject);
    return true;
}

void driver_on_checked(struct driver *driver, const struct answer *answer)
{
    struct subject *subject = &driver->subject;
    if (answer->ok) {
        if (!driver_fold(driver, answer))
            return;
    } else if (answer_is_absent(answer, subject->key.name)) {
        driver_fold_gone(driver);
    } else if (err_retryable(&answer->err)) {
        driver_log(driver, LOG_WARN, "an object in doubt cannot be read", &answer->err);
        driver->result.work.not_before_ms = answer->err.retry_after_ms;
        driver_finish(driver, WORK_FAILED);
        return;
    } else {
        /* Nobody lets us read it: the cache is all there is, and writes are guarded. */
        driver_log(driver, LOG_WARN, "an object in doubt stays unread", &answer->err);
    }
    key_memory_trust(driver->env->memory, work_key(driver->work), subject->resource,
                     &subject->key);
    driver_advance(driver);
}

/* ---- needs */

bool driver_send_need(struct driver *driver)
{
    const struct plan_need *need = driver->need;
    if (!need)
        return false;
    struct subject subject = {.resource = need->resource,
                              .key = {.ns = need->ns, .name = need->name}};
    driver->need = need->next;
    if (!need->trial) {
        send_get(driver, DRIVER_READING, &subject);
        return true;
    }
    struct kube_target target = {
        .resource = need->resource, .ns = need->ns, .name = need->name};
    struct kube_request request = kube_request_apply_dry_run(
        driver->arena, &target, BERTH_FIELD_MANAGER, need->trial);
    driver_send(driver, DRIVER_TRYING, &subject, &request);
    return true;
}

void driver_on_read(struct driver *driver, const struct answer *answer)
{
    const struct subject *subject = &driver->subject;
    const struct kube_key *key = &subject->key;
    struct err err = answer->err;
    const cJSON *object = answer->ok ? driver_parse(driver, answer, &err) : NULL;
    if (object || answer_is_absent(answer, key->name)) {
        observed_put_fetched(driver->observed, subject->resource, key->ns, key->name,
                             object);
    } else {
        if (driver_retries(driver, &err))
            return;
        driver->failed = true;
        driver_log(driver, LOG_WARN, "an object cannot be read", &err);
        observed_put_read_error(driver->observed, subject->resource, key->ns, key->name,
                                &err);
    }
    driver->stale = true;
    driver_advance(driver);
}

void driver_on_tried(struct driver *driver, const struct answer *answer)
{
    const struct subject *subject = &driver->subject;
    struct err err = answer->err;
    const cJSON *object = answer->ok ? driver_parse(driver, answer, &err) : NULL;
    if (!object && driver_retries(driver, &err))
        return;
    observed_put_tried(driver->observed, subject->resource, subject->key.ns,
                       subject->key.name, object, &err);
    driver->stale = true;
    driver_advance(driver);
}
