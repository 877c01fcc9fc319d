#include "reconcilers/rehearse.h"

#include "kubeclient/api/intent.h"

enum { ROUNDS_MAX = 16 };

static void answer(const struct rehearsal *rehearsal, struct observed *observed,
                   const struct plan_need *need)
{
    const cJSON *held =
        object_set_get(rehearsal->set, need->resource, need->ns, need->name);
    const cJSON *live =
        rehearsal->live
            ? object_set_get(rehearsal->live, need->resource, need->ns, need->name)
            : NULL;
    if (need->trial) {
        const cJSON *merged =
            json_adopt(rehearsal->arena, intent_merge(need->trial, held));
        observed_put_tried(observed, need->resource, need->ns, need->name, merged,
                           NULL);
    } else {
        observed_put_fetched(observed, need->resource, need->ns, need->name,
                             live ? live : held);
    }
}

static void fail(struct object_set *set, struct observed *observed,
                 const struct rehearsed_failure *failure)
{
    const struct kube_resource *resource = failure->resource;
    switch (failure->request) {
    case REHEARSED_WRITE:
        observed_put_failure(observed, resource, failure->ns, failure->name,
                             &failure->err);
        break;
    case REHEARSED_READ:
        observed_put_read_error(observed, resource, failure->ns, failure->name,
                                &failure->err);
        break;
    case REHEARSED_TRIAL:
        observed_put_tried(observed, resource, failure->ns, failure->name, NULL,
                           &failure->err);
        break;
    case REHEARSED_LIST:
        object_set_unlist(set, resource, failure->ns);
        break;
    }
}

struct plan *rehearse(const struct rehearsal *rehearsal, const struct kube_key *key,
                      struct err *err)
{
    const struct reconciler *reconciler = rehearsal->reconciler;
    const struct object_source source = object_set_source(rehearsal->set);
    struct observed *observed = observed_new(rehearsal->arena, &source);
    const struct reconcile_input input = {
        .primary = observed_get(observed, reconciler->primary, key->ns, key->name),
        .key = *key,
        .observed = observed,
        .config = rehearsal->config,
        .now_ms = rehearsal->now_ms,
    };
    const struct rehearsed_failure *failure = rehearsal->failures;
    for (; failure && failure->resource; failure++)
        fail(rehearsal->set, observed, failure);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct plan *plan = plan_new(rehearsal->arena);
        if (!reconciler->plan(&input, plan, err))
            return NULL;
        if (!plan->needs)
            return plan;
        for (const struct plan_need *need = plan->needs; need; need = need->next)
            answer(rehearsal, observed, need);
    }
    err_set(err, ERR_INTERNAL, "the plan does not settle");
    return NULL;
}
