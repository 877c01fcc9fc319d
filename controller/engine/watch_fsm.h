/* watch_fsm.h - how one stream of objects is listed and watched, as a state machine.
 *
 * The ladder: a watch that begins with the state (WatchList, KEP-3157); where the
 * server refuses it or never finishes it, a paged list; then a watch from the list's
 * resourceVersion, resumed from the last version seen whenever it ends. What the server
 * forgot (410) is listed anew.
 *
 * Pure: one event goes in with the monotonic time and a step comes out that says what
 * the owner must do. The machine never reads objects, only versions and errors. It is a
 * plain value, embedded in its owner (collection.h), and owns its two strings.
 */
#ifndef BERTH_ENGINE_WATCH_FSM_H
#define BERTH_ENGINE_WATCH_FSM_H

#include "kubeclient/base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum watch_state {
    WATCH_IDLE,      /* not started */
    WATCH_WAITING,   /* no request runs; the next one begins at the deadline */
    WATCH_STREAMING, /* WatchList: initial events come */
    WATCH_PAGING,    /* a page of a list is on its way */
    WATCH_WATCHING,  /* changes come */
};

/* From best to worst. */
enum watch_health {
    WATCH_HEALTHY,    /* answers come */
    WATCH_UNKNOWN,    /* no answer yet */
    WATCH_FAILING,    /* no connection, 5xx, nonsense */
    WATCH_FORBIDDEN,  /* 401, 403 */
    WATCH_NOT_SERVED, /* 404: the resource does not exist */
};

/* Why a full list was taken in again. */
enum watch_relist {
    WATCH_RELIST_EXPIRED,   /* 410: the server forgot our version */
    WATCH_RELIST_REFUSED,   /* it came back after 404, 401 or 403 */
    WATCH_RELIST_MALFORMED, /* a line or page that makes no sense */
    WATCH_RELIST_AHEAD,    /* our version may lie in the server's future: it said so, or
                              a whole watch passed without a line */
    WATCH_RELIST_RESTORED, /* the server's versions went back */
    WATCH_RELIST_INVALID,  /* 400, 422: the server did not take our version */
    WATCH_RELIST_REASONS,
};

enum watch_event_kind {
    WATCH_ON_START,
    WATCH_ON_TIMER,
    WATCH_ON_OBJECT,   /* ADDED, MODIFIED, DELETED: version */
    WATCH_ON_BOOKMARK, /* version, initial_end */
    WATCH_ON_PAGE,     /* version, token */
    WATCH_ON_END,      /* the stream ended without an error */
    WATCH_ON_ERROR,    /* err: a status, an ERROR event, a lost connection */
    WATCH_ON_NONSENSE, /* err: what came cannot be understood */
};

struct watch_event {
    enum watch_event_kind kind;
    uint64_t version;  /* 0: none given */
    bool initial_end;  /* the bookmark that ends the initial events */
    const char *token; /* of the next page; NULL or "": this was the last */
    const struct err *err;
};

/* What the owner must do, in this order. */
struct watch_step {
    bool stale;      /* drop the object: the stream is already past its version */
    bool list_end;   /* the list is complete: what it did not name is gone */
    bool reset;      /* the server's history went back: forget held versions */
    bool list_begin; /* a full list begins */
    bool request;    /* begin the request that watch_fsm_next() describes; one that
                        still runs is cancelled first. A machine that is WAITING has no
                        request either */
};

struct watch_fsm {
    enum watch_state state;
    enum watch_health health;
    bool complete;         /* a full list was taken in, at least once */
    bool paged;            /* WatchList does not work here: remembered */
    bool answered;         /* the running request brought a line */
    uint64_t version;      /* where to resume; 0: list */
    uint64_t seen;         /* the highest version of a complete list or of a watch */
    char *token;           /* of the page to get; NULL: the first */
    uint64_t random;       /* generator state */
    uint32_t failures;     /* in a row */
    unsigned list_tries;   /* WatchLists that broke off, in a row */
    unsigned ahead;        /* answers that our version is too large, in a row */
    int64_t deadline_ms;   /* -1: none */
    int64_t began_ms;      /* when the running request began */
    int64_t last_event_ms; /* last line, page or bookmark; -1: never */
    uint64_t restarts;
    uint64_t relists[WATCH_RELIST_REASONS];
    enum watch_relist reason; /* of the next relist */
    struct err last_error;    /* kind ERR_NONE: healthy */
};

void watch_fsm_init(struct watch_fsm *fsm, uint64_t seed);
void watch_fsm_fini(struct watch_fsm *fsm);

struct watch_step watch_fsm_step(struct watch_fsm *fsm, const struct watch_event *event,
                                 int64_t now_ms);

enum {
    WATCH_PAGE_LIMIT = 250, /* objects a page: a few MB at most, tens of KB usually */
    WATCH_MIN_SECONDS = 5 * 60,
    WATCH_MAX_SECONDS = 10 * 60,
};

/* The request that a step asked for. */
struct watch_request {
    bool page;           /* a page of a list, else a watch */
    const char *token;   /* of the page; borrowed from the machine */
    bool initial_events; /* WatchList */
    uint64_t version;    /* where to watch from; 0: none */
    int timeout_seconds; /* for the server to end the watch */
};

/* To be called once for each step with `request` set. */
struct watch_request watch_fsm_next(struct watch_fsm *fsm);

const char *watch_relist_name(enum watch_relist reason); /* a metric's label */
const char *watch_health_name(enum watch_health health); /* for reports */

#endif
