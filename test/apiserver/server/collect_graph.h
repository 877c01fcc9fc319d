/* collect_graph.h - who names whom as owner. Internal to collect.[ch]. */
#ifndef BERTH_APISERVER_COLLECT_GRAPH_H
#define BERTH_APISERVER_COLLECT_GRAPH_H

#include "test/apiserver/server/collect.h"

/* From an object to one that it names as owner. */
struct owner_edge {
    struct list node; /* of owner->dependents */
    struct owner *owner;
    struct stored *dependent;
    bool blocks; /* blockOwnerDeletion */
};

/* What is named as owner somewhere, or waits for its dependents. */
struct owner {
    char *uid;
    struct list dependents;
    struct stored *waiting; /* NULL: it does not wait, or does not exist */
};

/* NULL: nobody depends on it. */
struct owner *graph_owner(struct collector *collector, const char *uid);

/* The object waits: it is queued whenever one of its dependents goes. */
void graph_wait(struct collector *collector, const char *uid, struct stored *stored);

void graph_queue(struct collector *collector, struct stored *stored);
struct stored *graph_take(struct collector *collector); /* NULL: the queue is empty */

#endif
