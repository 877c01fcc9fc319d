#include "controller/engine/driver_state.h"
#include "controller/engine/status_write.h"

#include "kubeclient/api/object.h"

static const struct kube_resource *primary_resource(const struct driver *driver)
{
    return driver->env->reconciler->primary;
}

static const char *const *others_of(const struct driver *driver)
{
    return driver->env->reconciler->status_of_others;
}

static const cJSON *live_primary(struct driver *driver)
{
    const struct kube_key *key = work_key(driver->work);
    return observed_get(driver->observed, primary_resource(driver), key->ns, key->name);
}

static enum work_outcome outcome_of(const struct driver *driver)
{
    return driver->failed || driver->plan->retry ? WORK_FAILED : WORK_DONE;
}

/* Everything is as the plan wants it: say so, and look again when it asks for that. */
static void end(struct driver *driver)
{
    const struct driver_env *env = driver->env;
    const struct plan *plan = driver->plan;
    for (const struct plan_event *event = plan->events; event && driver->about;
         event = event->next)
        recorder_record(env->recorder, primary_resource(driver), driver->about, event,
                        driver->now);
    driver->result.work.requeue_after_ms = plan->requeue_after_ms;
    driver_finish(driver, outcome_of(driver));
}

/* True when the status can wait: the key had one a moment ago, and nothing in this one
 * is what somebody waits for. Its events wait with it. */
static bool is_postponed(struct driver *driver, const cJSON *primary)
{
    const struct kube_key *key = work_key(driver->work);
    int64_t now_ms = driver->now.mono_ms;
    int64_t quiet_until = key_memory_quiet_until(driver->env->memory, key, now_ms);
    if (quiet_until <= now_ms || status_is_urgent(primary, driver->plan->status))
        return false;
    driver->result.work.requeue_after_ms = quiet_until - now_ms;
    driver_finish(driver, outcome_of(driver));
    return true;
}

static void send_status(struct driver *driver, const cJSON *primary)
{
    const struct kube_resource *resource = primary_resource(driver);
    struct subject subject = {
        .resource = resource, .key = *work_key(driver->work), .written = true};
    bool clear = !driver->cleared && status_is_foreign(primary, others_of(driver));
    struct kube_request request =
        clear
            ? status_clear_request(driver->arena, resource, primary, others_of(driver))
            : status_apply_request(driver->arena, resource, primary,
                                   driver->plan->status);
    driver_send(driver, clear ? DRIVER_CLEARING : DRIVER_STATUS, &subject, &request);
}

void driver_settle(struct driver *driver)
{
    const cJSON *primary = live_primary(driver);
    const cJSON *status = driver->plan->status;
    if (!primary || !status || status_is_held(primary, status, others_of(driver)))
        end(driver);
    else if (!is_postponed(driver, primary))
        send_status(driver, primary);
}

static void on_refused(struct driver *driver, const struct answer *answer)
{
    const struct kube_key *key = work_key(driver->work);
    if (driver->subject.seen)
        driver->result.again = true;
    if (answer_is_absent(answer, key->name)) {
        driver_finish(driver, WORK_DONE);
        return;
    }
    if (answer->err.kind == ERR_CONFLICT && driver_reread(driver))
        return;
    if (answer_is_unknown(answer))
        key_memory_doubt(driver->env->memory, key, driver->subject.resource,
                         &driver->subject.key);
    driver_log(driver, LOG_WARN, "the status cannot be written", &answer->err);
    driver->result.work.not_before_ms = answer->err.retry_after_ms;
    driver_finish(driver,
                  answer->err.kind == ERR_CONFLICT ? WORK_CONFLICT : WORK_FAILED);
}

void driver_on_cleared(struct driver *driver, const struct answer *answer)
{
    if (!answer->ok) {
        on_refused(driver, answer);
        return;
    }
    driver_log(driver, LOG_INFO, "took over the status", NULL);
    driver->cleared = true;
    if (!driver_fold(driver, answer))
        return;
    const cJSON *primary = live_primary(driver);
    if (primary)
        send_status(driver, primary);
    else
        driver_finish(driver, WORK_DONE);
}

void driver_on_status(struct driver *driver, const struct answer *answer)
{
    if (!answer->ok) {
        on_refused(driver, answer);
        return;
    }
    if (!driver_fold(driver, answer))
        return;
    key_memory_wrote_status(driver->env->memory, work_key(driver->work),
                            driver->now.mono_ms);
    driver_log(driver, LOG_INFO, "status written", NULL);
    end(driver);
}
