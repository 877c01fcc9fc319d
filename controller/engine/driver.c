#include "controller/engine/driver_state.h"

#include "kubeclient/api/status.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/backoff.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_ROUNDS = 24,   /* plans of one reconcile: more never settle */
    QUIET_FAILURES = 3 /* failed reconciles in a row before the status says so */
};

struct driver *driver_new(const struct driver_env *env)
{
    struct driver *driver = xcalloc(1, sizeof *driver);
    driver->env = env;
    driver->arena = arena_new();
    return driver;
}

void driver_free(struct driver **driver)
{
    if (!*driver)
        return;
    arena_free(&(*driver)->arena);
    free(*driver);
    *driver = NULL;
}

struct work *driver_work(const struct driver *driver)
{
    return driver->work;
}

uint64_t driver_request(const struct driver *driver)
{
    return driver->request;
}

int64_t driver_deadline(const struct driver *driver)
{
    return driver->started.mono_ms + DRIVER_DEADLINE_MS;
}

bool driver_is_done(const struct driver *driver, struct driver_result *result)
{
    if (driver->state == DRIVER_DONE)
        *result = driver->result;
    return driver->state == DRIVER_DONE;
}

void driver_log(const struct driver *driver, enum log_level level, const char *msg,
                const struct err *err)
{
    const struct log *log = driver->env->log;
    const struct kube_key *key = work_key(driver->work);
    const struct plan_write *write = driver->write;
    struct log_field fields[8];
    size_t count = 0;
    if (level < log->level)
        return;
    fields[count++] = LOG_STR("controller", driver->env->reconciler->name);
    fields[count++] = LOG_STR("namespace", key->ns);
    fields[count++] = LOG_STR("name", key->name);
    fields[count++] = LOG_STR("reconcileID", driver->id);
    if (driver->state == DRIVER_WRITING && write) {
        fields[count++] =
            LOG_STR("object", arena_printf(driver->arena, "%s %s",
                                           write->resource->kind, write->name));
        fields[count++] = LOG_STR("why", write->why);
    }
    if (err)
        fields[count++] = LOG_STR("error", err->msg);
    log_emit(log, level, msg, fields, count);
}

void driver_count(const struct driver *driver, enum metric metric)
{
    metrics_add(driver->env->metrics, metric, 1,
                METRIC_LABELS(driver->env->reconciler->name));
}

void driver_send(struct driver *driver, enum driver_state state,
                 const struct subject *subject, const struct kube_request *request)
{
    driver->state = state;
    driver->subject = *subject;
    driver->request = outbox_request(driver->env->outbox, request);
}

/* ---- begin and end */

void driver_start(struct driver *driver, struct work *work, struct instant now)
{
    const struct driver_env *env = driver->env;
    struct arena *arena = driver->arena;
    arena_reset(arena);
    *driver = (struct driver){
        .env = env,
        .arena = arena,
        .started = now,
        .now = now,
        .work = work,
        .observed = observed_new(arena, env->source),
    };
    snprintf(driver->id, sizeof driver->id, "%016" PRIx64, random_next(env->random));
    driver_advance(driver);
}

static const char *result_name(const struct work_result *result)
{
    if (result->outcome != WORK_DONE)
        return "error";
    return result->requeue_after_ms ? "requeue_after" : "success";
}

void driver_finish(struct driver *driver, enum work_outcome outcome)
{
    const char *name = driver->env->reconciler->name;
    struct metrics *metrics = driver->env->metrics;
    driver->result.work.outcome = outcome;
    driver->state = DRIVER_DONE;
    driver->request = 0;
    metrics_add(metrics, METRIC_RECONCILE_TOTAL, 1,
                METRIC_LABELS(name, result_name(&driver->result.work)));
    if (outcome != WORK_DONE)
        driver_count(driver, METRIC_RECONCILE_ERRORS);
    metrics_observe(metrics, METRIC_RECONCILE_SECONDS,
                    (double)(driver->now.mono_ms - driver->started.mono_ms) / 1000,
                    METRIC_LABELS(name));
}

bool driver_retries(struct driver *driver, const struct err *err)
{
    if (!err_retryable(err) || work_failures(driver->work) >= QUIET_FAILURES)
        return false;
    driver->result.work.not_before_ms = err->retry_after_ms;
    driver_log(driver, LOG_WARN, "the API server did not do it: again later", err);
    driver_finish(driver, WORK_FAILED);
    return true;
}

/* ---- on its way */

/* False: there is no plan, the reconcile is over. */
static bool make_plan(struct driver *driver)
{
    const struct driver_env *env = driver->env;
    const struct kube_key *key = work_key(driver->work);
    struct reconcile_input input = {
        .primary = observed_get(driver->observed, env->reconciler->primary, key->ns,
                                key->name),
        .key = *key,
        .observed = driver->observed,
        .config = env->config,
        .now_ms = driver->now.wall_ms,
    };
    struct err err;
    bool ok = true;
    if (++driver->rounds > MAX_ROUNDS)
        ok = err_set(&err, ERR_INTERNAL, "the plan does not settle in %d rounds",
                     MAX_ROUNDS);
    if (input.primary)
        driver->about = input.primary;
    driver->plan = plan_new(driver->arena);
    driver->write = NULL;
    if (!ok || !env->reconciler->plan(&input, driver->plan, &err)) {
        driver_log(driver, LOG_ERROR, "no plan can be made", &err);
        driver_finish(driver, WORK_FAILED);
        return false;
    }
    driver->need = driver->plan->needs;
    driver->write = driver->need ? NULL : driver->plan->writes;
    driver->stale = false;
    return true;
}

void driver_advance(struct driver *driver)
{
    if (driver_check_doubt(driver))
        return;
    for (;;) {
        if (driver_send_need(driver) || driver_send_write(driver))
            return;
        if (driver->plan && !driver->stale)
            break; /* nothing left, nothing learnt */
        if (!make_plan(driver))
            return;
    }
    driver_settle(driver);
}

static void on_answer(struct driver *driver, const struct answer *answer)
{
    enum driver_state state = driver->state;
    driver->request = 0;
    switch (state) {
    case DRIVER_CHECKING:
        driver_on_checked(driver, answer);
        break;
    case DRIVER_READING:
        driver_on_read(driver, answer);
        break;
    case DRIVER_TRYING:
        driver_on_tried(driver, answer);
        break;
    case DRIVER_WRITING:
        driver_on_written(driver, answer);
        break;
    case DRIVER_REREADING:
        driver_on_reread(driver, answer);
        break;
    case DRIVER_CLEARING:
        driver_on_cleared(driver, answer);
        break;
    case DRIVER_STATUS:
        driver_on_status(driver, answer);
        break;
    case DRIVER_DONE:
        break;
    }
}

void driver_on_response(struct driver *driver, const struct kube_response *response,
                        struct instant now)
{
    struct answer answer = {.response = response};
    driver->now = now;
    answer.ok = kube_status_ok(response, &answer.err);
    on_answer(driver, &answer);
}

void driver_on_failure(struct driver *driver, const struct err *err, struct instant now)
{
    struct answer answer = {.err = *err};
    driver->now = now;
    on_answer(driver, &answer);
}

void driver_on_deadline(struct driver *driver, struct instant now)
{
    struct subject *subject = &driver->subject;
    driver->now = now;
    if (driver->request)
        outbox_cancel(driver->env->outbox, driver->request);
    if (driver->request && subject->written)
        key_memory_doubt(driver->env->memory, work_key(driver->work), subject->resource,
                         &subject->key);
    driver_count(driver, METRIC_RECONCILE_TIMEOUTS);
    driver_log(driver, LOG_WARN, "the reconcile takes too long: again later", NULL);
    driver_finish(driver, WORK_FAILED);
}
