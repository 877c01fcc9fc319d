/* collection_state.h - the inside of a collection, for collection*.c only. */
#ifndef BERTH_ENGINE_COLLECTION_STATE_H
#define BERTH_ENGINE_COLLECTION_STATE_H

#include "controller/engine/collection.h"

/* One list and watch. At most one request runs at any time. */
struct stream {
    struct watch_fsm fsm;
    char *ns;         /* NULL: everything */
    uint64_t request; /* the running one's id; 0: none */
    uint64_t cancel;  /* an effect not taken yet: stop this one; 0: none */
    bool start;       /* an effect not taken yet: begin watch_fsm_next() */
    bool dropped;     /* nobody wants it any more; it goes once its effect is taken */
    uint32_t mark;    /* of the list in progress */
};

struct collection {
    const struct reconciler_watch *watch;
    struct store *store;
    struct arena *turn;   /* what lives until the next call: requests, page tokens */
    struct arena *object; /* what lives while one object is taken in */
    uint64_t *last_id;
    collection_changed_fn *changed;
    collection_completed_fn *completed;
    void *ctx;
    bool chosen; /* its namespaces come and go */
    uint64_t random;
    struct stream **streams;
    size_t len, cap;
};

/* The stream that brings the objects of a namespace; NULL: none. */
struct stream *collection_stream(const struct collection *collection, const char *ns);

#endif
