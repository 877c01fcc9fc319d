#include "test/apiserver/front/service.h"

#include "test/apiserver/front/exchange.h"

enum {
    STEPS_MAX = 256, /* of a turn, so that connections are served meanwhile */
    TICK_MS = 1000,  /* for what becomes due by the clock: tokens, events */
};

void service_init(struct service *service, const struct service_options *options)
{
    struct instant now = options->now();
    *service = (struct service){
        .options = *options,
        .server = api_server_new(&options->server, now),
        .faults = fault_rules_new(),
    };
    list_init(&service->exchanges);
    static const char *const GROUPS[] = {"system:masters", "system:authenticated",
                                         NULL};
    api_server_add_token(
        service->server, options->admin_token,
        &(struct api_user){.name = "kubernetes-admin", .groups = GROUPS});
    if (!options->no_cluster)
        service->cluster = cluster_new(service->server, &options->cluster, now);
}

void service_fini(struct service *service)
{
    cluster_free(&service->cluster);
    fault_rules_free(&service->faults);
    api_server_free(&service->server);
}

bool service_turn(struct service *service)
{
    struct instant now = service->options.now();
    bool more = true;
    for (size_t step = 0; more && step < STEPS_MAX; step++) {
        more = api_server_turn(service->server, now);
        if (service->cluster)
            more |= cluster_turn(service->cluster, now);
    }
    list_for_each (node, &service->exchanges)
        exchange_settle(exchange_of_node(node));
    return more;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return b < 0 || (a >= 0 && a < b) ? a : b;
}

int64_t service_deadline(const struct service *service)
{
    int64_t deadline = service->options.now().mono_ms + TICK_MS;
    if (service->cluster)
        deadline = earlier(deadline, cluster_deadline(service->cluster));
    list_for_each (node, &service->exchanges)
        deadline = earlier(deadline, exchange_deadline(exchange_of_node(node)));
    return deadline;
}

void service_apply_open_faults(struct service *service)
{
    list_for_each (node, &service->exchanges)
        exchange_match_open_faults(exchange_of_node(node));
}

void service_clear_faults(struct service *service)
{
    fault_rules_clear(service->faults);
    list_for_each (node, &service->exchanges)
        exchange_clear_faults(exchange_of_node(node));
}
