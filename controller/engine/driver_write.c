#include "controller/engine/driver_state.h"

#include "kubeclient/api/intent.h"

#include <assert.h>
#include <string.h>

enum { MAX_CONFLICTS = 5 }; /* in a row, before somebody is told */

static struct kube_request write_request(struct driver *driver,
                                         const struct plan_write *write)
{
    struct arena *arena = driver->arena;
    struct kube_target target = {
        .resource = write->resource, .ns = write->ns, .name = write->name};
    switch (write->verb) {
    case PLAN_APPLY:
        return kube_request_apply(arena, &target, BERTH_FIELD_MANAGER, write->body);
    case PLAN_MERGE_PATCH:
        return kube_request_merge_patch(arena, &target, BERTH_FIELD_MANAGER,
                                        write->body);
    case PLAN_JSON_PATCH:
        return kube_request_json_patch(arena, &target, BERTH_FIELD_MANAGER,
                                       write->body);
    case PLAN_DELETE:
        break;
    }
    assert(write->verb == PLAN_DELETE);
    return kube_request_delete(arena, &target, write->uid, write->version);
}

static bool changes_nothing(struct driver *driver, const struct plan_write *write)
{
    if (write->verb != PLAN_APPLY)
        return false;
    const cJSON *live =
        observed_get(driver->observed, write->resource, write->ns, write->name);
    return intent_check(driver->arena, write->body, live, BERTH_FIELD_MANAGER).held;
}

bool driver_send_write(struct driver *driver)
{
    for (; driver->write; driver->write = driver->write->next) {
        const struct plan_write *write = driver->write;
        if (changes_nothing(driver, write)) {
            driver_count(driver, METRIC_APPLIES_SUPPRESSED);
            continue;
        }
        struct subject subject = {
            .resource = write->resource,
            .key = {.ns = write->ns ? write->ns : "", .name = write->name},
            .written = true,
            .deleted = write->verb == PLAN_DELETE,
        };
        struct kube_request request = write_request(driver, write);
        driver_send(driver, DRIVER_WRITING, &subject, &request);
        return true;
    }
    return false;
}

static void put_failure(struct driver *driver, const struct err *err)
{
    const struct subject *subject = &driver->subject;
    observed_put_failure(driver->observed, subject->resource, subject->key.ns,
                         subject->key.name, err);
}

/* Somebody was faster, or the object is another one by now: look again. A test of a
 * JSON patch that fails is a 422 without a word about it, and so is another uid. */
static bool is_conflict(const struct plan_write *write, const struct err *err)
{
    if (err->kind == ERR_CONFLICT)
        return true;
    return err->kind == ERR_INVALID &&
           (write->verb == PLAN_JSON_PATCH || strstr(err->msg, "metadata.uid") != NULL);
}

static void on_refused(struct driver *driver, const struct answer *answer)
{
    const struct subject *subject = &driver->subject;
    if (subject->seen)
        driver->result.again = true;
    if (answer_is_unknown(answer))
        key_memory_doubt(driver->env->memory, work_key(driver->work), subject->resource,
                         &subject->key);
    if (answer->err.kind != ERR_CONFLICT && driver_retries(driver, &answer->err))
        return;
    driver_log(driver, LOG_WARN, "the API server refuses a write", &answer->err);
    put_failure(driver, &answer->err);
    driver->failed = true;
    driver->stale = true;
    driver->write = NULL;
    driver_advance(driver);
}

void driver_on_written(struct driver *driver, const struct answer *answer)
{
    const struct plan_write *write = driver->write;
    if (answer->ok || answer_is_absent(answer, write->name)) {
        driver_log(driver, LOG_INFO, answer->ok ? "written" : "gone before the write",
                   NULL);
        driver->conflicts = 0;
        driver->write = answer->ok ? write->next : NULL;
        put_failure(driver, NULL);
        if (!answer->ok)
            driver_fold_gone(driver);
        else if (!driver_fold(driver, answer))
            return;
        driver_advance(driver);
    } else if (!is_conflict(write, &answer->err) || !driver_reread(driver)) {
        on_refused(driver, answer);
    }
}

bool driver_reread(struct driver *driver)
{
    struct subject subject = driver->subject;
    if (driver->conflicts == MAX_CONFLICTS)
        return false;
    driver->conflicts++;
    driver_count(driver, METRIC_STALE_RETRIES);
    subject.written = subject.deleted = false;
    subject.seen = 0;
    struct kube_request request = kube_request_get(driver->arena, subject.resource,
                                                   subject.key.ns, subject.key.name);
    driver_send(driver, DRIVER_REREADING, &subject, &request);
    return true;
}

void driver_on_reread(struct driver *driver, const struct answer *answer)
{
    driver->write = NULL;
    if (answer->ok) {
        if (!driver_fold(driver, answer))
            return;
    } else if (answer_is_absent(answer, driver->subject.key.name)) {
        driver_fold_gone(driver);
    } else {
        if (driver_retries(driver, &answer->err))
            return;
        put_failure(driver, &answer->err);
        driver->failed = true;
        driver->stale = true;
    }
    driver_advance(driver);
}
