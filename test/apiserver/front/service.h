/* service.h - what the connections serve: the API server, the cluster behind it,
 * faults.
 *
 * Knows no socket. Exchanges (exchange.h) belong to their connections and are listed
 * here, so that a change of one request reaches the watches of the others. The owner
 * calls service_turn() when requests have come and at service_deadline().
 */
#ifndef BERTH_APISERVER_SERVICE_H
#define BERTH_APISERVER_SERVICE_H

#include "kubeclient/base/list.h"
#include "test/apiserver/cluster/cluster.h"
#include "test/apiserver/front/fault_rules.h"

struct service_options {
    struct api_server_options server;
    bool no_cluster; /* nobody but the server itself answers to writes */
    struct cluster_options cluster;
    const char *admin_token; /* of a user in system:masters; borrowed */
    struct instant (*now)(void);
};

struct service {
    struct service_options options;
    struct api_server *server;
    struct cluster *cluster; /* NULL: none */
    struct fault_rules *faults;
    struct list exchanges;
};

void service_init(struct service *service, const struct service_options *options);
void service_fini(struct service *service); /* its exchanges are closed */

/* Lets the server and the cluster do what is due, a bounded number of steps, then wakes
 * the exchanges that have something to say. True: more is to be done at once. */
bool service_turn(struct service *service);

/* Monotonic milliseconds; -1: none. */
int64_t service_deadline(const struct service *service);

/* Effects of rules that were just added on what is being answered. */
void service_apply_open_faults(struct service *service);

/* Takes all rules away; what they stall goes on. */
void service_clear_faults(struct service *service);

#endif
