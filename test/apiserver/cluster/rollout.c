#include "test/apiserver/cluster/rollout.h"

#include <string.h>

static int64_t share_of(const cJSON *value, int64_t desired, bool up)
{
    const char *text = cJSON_GetStringValue(value);
    if (!text)
        return cJSON_IsNumber(value) ? (int64_t)value->valuedouble : desired / 4;
    int64_t percent = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        percent = 10 * percent + (*text - '0');
    return *text == '%' ? (desired * percent + (up ? 99 : 0)) / 100 : percent;
}

struct rollout_limits rollout_limits_of(const cJSON *deployment)
{
    const cJSON *rolling = json_at(deployment, "spec", "strategy", "rollingUpdate");
    struct rollout_limits limits = {.desired =
                                        json_int(deployment, 1, "spec", "replicas")};
    limits.max_surge = share_of(json_at(rolling, "maxSurge"), limits.desired, true);
    limits.max_unavailable =
        share_of(json_at(rolling, "maxUnavailable"), limits.desired, false);
    if (limits.max_surge == 0 && limits.max_unavailable == 0)
        limits.max_unavailable = 1;
    return limits;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t shrink(struct rollout_set *set, int64_t by, int64_t may)
{
    int64_t taken = least(by, may);
    if (taken <= 0)
        return 0;
    set->wanted -= taken;
    return taken;
}

void rollout_step(const struct rollout_limits *limits, struct rollout_set *fresh,
                  struct rollout_set *old, size_t old_count)
{
    int64_t total = fresh ? fresh->replicas : 0,
            available = fresh ? fresh->available : 0;
    for (size_t i = 0; i < old_count; i++) {
        old[i].wanted = old[i].replicas;
        total += old[i].replicas;
        available += old[i].available;
    }
    if (fresh) {
        int64_t room = limits->desired + limits->max_surge - total;
        fresh->wanted = fresh->replicas;
        if (fresh->replicas > limits->desired)
            fresh->wanted = limits->desired;
        else if (room > 0)
            fresh->wanted += least(room, limits->desired - fresh->replicas);
    }
    int64_t unavailable = fresh ? fresh->replicas - fresh->available : 0;
    int64_t spare = total - (limits->desired - limits->max_unavailable) - unavailable;
    for (size_t i = 0; i < old_count; i++) /* those that serve nobody */
        spare -= shrink(&old[i], spare, old[i].replicas - old[i].available);
    int64_t surplus = available - (limits->desired - limits->max_unavailable);
    for (size_t i = 0; i < old_count; i++)
        surplus -= shrink(&old[i], least(surplus, spare), old[i].wanted);
}
