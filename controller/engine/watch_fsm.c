#include "controller/engine/watch_fsm.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/backoff.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The numbers of client-go's reflector. */
static const struct backoff_policy RECONNECT = {.base_ms = 800, .max_ms = 30 * 1000};

enum {
    /* Relists are spread over this time, so that an API server that restarts is not
     * asked for everything by everybody at once. */
    RELIST_SPREAD_MS = 2000,
    /* A WatchList that says nothing for so long will not end: a proxy, or a server
     * without the end bookmark (kubernetes/kubernetes#140890). */
    PROGRESS_MS = 60 * 1000,
    WATCH_LIST_TRIES = 2,
    /* A watch that lived so long worked: the next failure is a first one. */
    LIVED_MS = 30 * 1000,
    /* Bookmarks come about every minute. A watch from a version that the server has
     * not reached (an etcd restore) is silent, and ends like any other. */
    SILENT_MS = 4 * 60 * 1000,
    AHEAD_TRIES = 2,
    RETRY_AFTER_MAX_MS = 60 * 1000,
};

void watch_fsm_init(struct watch_fsm *fsm, uint64_t seed)
{
    *fsm = (struct watch_fsm){
        .health = WATCH_UNKNOWN,
        .random = seed,
        .deadline_ms = -1,
        .last_event_ms = -1,
    };
}

void watch_fsm_fini(struct watch_fsm *fsm)
{
    free(fsm->token);
    fsm->token = NULL;
}

static void set_token(struct watch_fsm *fsm, const char *token)
{
    char *copy = token && token[0] ? xstrdup(token) : NULL;
    free(fsm->token);
    fsm->token = copy;
}

static void set_state(struct watch_fsm *fsm, enum watch_state state,
                      int64_t deadline_ms)
{
    fsm->state = state;
    fsm->deadline_ms = deadline_ms;
}

/* Begins whatever comes next: a watch where we have a version, else a list. */
static void begin(struct watch_fsm *fsm, struct watch_step *step, int64_t now_ms)
{
    step->request = true;
    fsm->answered = false;
    fsm->began_ms = now_ms;
    if (fsm->version) {
        set_state(fsm, WATCH_WATCHING, -1);
        return;
    }
    step->list_begin = !fsm->token;
    if (fsm->paged)
        set_state(fsm, WATCH_PAGING, -1);
    else
        set_state(fsm, WATCH_STREAMING, now_ms + PROGRESS_MS);
}

/* The next request has to be a full list, and why. */
static void forget_version(struct watch_fsm *fsm, enum watch_relist reason)
{
    set_token(fsm, NULL);
    if (fsm->version == 0)
        return;
    fsm->version = 0;
    fsm->reason = reason;
}

static void wait_for(struct watch_fsm *fsm, int64_t delay_ms, int64_t now_ms)
{
    set_state(fsm, WATCH_WAITING, now_ms + delay_ms);
}

static int64_t next_backoff(struct watch_fsm *fsm)
{
    fsm->failures++;
    return backoff_delay(&RECONNECT, fsm->failures, random_next(&fsm->random));
}

/* A first relist is only spread; further ones in a row also back off. */
static void wait_to_relist(struct watch_fsm *fsm, int64_t now_ms)
{
    int64_t backoff = next_backoff(fsm);
    int64_t spread = (int64_t)(random_next(&fsm->random) % RELIST_SPREAD_MS);
    wait_for(fsm, spread + (fsm->failures > 1 ? backoff : 0), now_ms);
}

static void wait_to_retry(struct watch_fsm *fsm, const struct err *err, int64_t now_ms)
{
    int64_t delay = next_backoff(fsm);
    if (err && err->retry_after_ms > delay)
        delay = err->retry_after_ms < RETRY_AFTER_MAX_MS ? err->retry_after_ms
                                                         : RETRY_AFTER_MAX_MS;
    wait_for(fsm, delay, now_ms);
}

static void note_answer(struct watch_fsm *fsm, int64_t now_ms)
{
    fsm->answered = true;
    fsm->ahead = 0;
    fsm->health = WATCH_HEALTHY;
    fsm->last_error.kind = ERR_NONE;
    fsm->last_event_ms = now_ms;
    if (fsm->state == WATCH_STREAMING)
        fsm->deadline_ms = now_ms + PROGRESS_MS;
}

/* The server's history is shorter than what we saw of it. What the list brought was
 * compared with versions that mean nothing any more, so it is taken in once more. */
static void list_again_restored(struct watch_fsm *fsm, struct watch_step *step,
                                int64_t now_ms)
{
    step->reset = true;
    fsm->seen = 0;
    fsm->version = 0;
    fsm->reason = WATCH_RELIST_RESTORED;
    set_token(fsm, NULL);
    begin(fsm, step, now_ms);
}

static void list_complete(struct watch_fsm *fsm, uint64_t version,
                          struct watch_step *step, int64_t now_ms)
{
    if (version < fsm->seen) {
        list_again_restored(fsm, step, now_ms);
        return;
    }
    if (fsm->complete)
        fsm->relists[fsm->reason]++;
    step->list_end = true;
    fsm->complete = true;
    fsm->list_tries = 0;
    fsm->version = fsm->seen = version;
    set_token(fsm, NULL);
    if (fsm->state == WATCH_PAGING)
        begin(fsm, step, now_ms);
    fsm->began_ms = now_ms;
    set_state(fsm, WATCH_WATCHING, -1);
}

static void on_object(struct watch_fsm *fsm, const struct watch_event *event,
                      struct watch_step *step, int64_t now_ms)
{
    note_answer(fsm, now_ms);
    if (fsm->state != WATCH_WATCHING || event->version == 0)
        return;
    step->stale = event->version < fsm->version;
    if (!step->stale)
        fsm->version = fsm->seen = event->version;
}

/* A WatchList broke off after it had begun. */
static void count_broken_list(struct watch_fsm *fsm)
{
    if (fsm->state == WATCH_STREAMING && ++fsm->list_tries >= WATCH_LIST_TRIES)
        fsm->paged = true;
}

static void on_nonsense(struct watch_fsm *fsm, const struct err *err, int64_t now_ms)
{
    fsm->health = WATCH_FAILING;
    fsm->last_error = *err;
    count_broken_list(fsm);
    forget_version(fsm, WATCH_RELIST_MALFORMED);
    wait_to_relist(fsm, now_ms);
}

static void nonsense(struct watch_fsm *fsm, const char *what, int64_t now_ms)
{
    struct err err = {.kind = ERR_NONE};
    err_set(&err, ERR_INVALID, "%s without a resourceVersion", what);
    on_nonsense(fsm, &err, now_ms);
}

static void on_bookmark(struct watch_fsm *fsm, const struct watch_event *event,
                        struct watch_step *step, int64_t now_ms)
{
    if (event->version == 0)
        nonsense(fsm, "bookmark", now_ms);
    else if (fsm->state == WATCH_WATCHING)
        on_object(fsm, event, step, now_ms);
    else {
        note_answer(fsm, now_ms);
        if (event->initial_end)
            list_complete(fsm, event->version, step, now_ms);
    }
}

static void on_page(struct watch_fsm *fsm, const struct watch_event *event,
                    struct watch_step *step, int64_t now_ms)
{
    note_answer(fsm, now_ms);
    set_token(fsm, event->token);
    if (fsm->token)
        begin(fsm, step, now_ms);
    else if (event->version == 0)
        nonsense(fsm, "list", now_ms);
    else
        list_complete(fsm, event->version, step, now_ms);
}

/* A watch is over. One that lived clears the failures; a long one without a single
 * line makes the version suspect. */
static void leave_watch(struct watch_fsm *fsm, int64_t now_ms)
{
    int64_t lived = now_ms - fsm->began_ms;
    fsm->restarts++;
    if (lived >= LIVED_MS)
        fsm->failures = 0;
    if (lived >= SILENT_MS && !fsm->answered)
        forget_version(fsm, WATCH_RELIST_AHEAD);
}

static void on_end(struct watch_fsm *fsm, struct watch_step *step, int64_t now_ms)
{
    bool watching = fsm->state == WATCH_WATCHING;
    if (watching)
        leave_watch(fsm, now_ms);
    else
        count_broken_list(fsm);

    if (watching && fsm->version == 0)
        wait_to_relist(fsm, now_ms);
    else if (watching && fsm->failures == 0 && now_ms - fsm->began_ms >= LIVED_MS)
        begin(fsm, step, now_ms);
    else
        wait_to_retry(fsm, NULL, now_ms);
}

/* 504 with this message: the server, or the one behind the balancer that answers now,
 * is behind our version. A list reads consistently and tells which. */
static bool says_too_large(const struct err *err)
{
    return err->http_status == 504 && strstr(err->msg, "oo large resource version");
}

static void on_refused(struct watch_fsm *fsm, const struct err *err, int64_t now_ms)
{
    fsm->health = err->kind == ERR_NOT_FOUND ? WATCH_NOT_SERVED : WATCH_FORBIDDEN;
    forget_version(fsm, WATCH_RELIST_REFUSED);
    wait_to_retry(fsm, err, now_ms);
}

static void on_expired(struct watch_fsm *fsm, int64_t now_ms)
{
    count_broken_list(fsm);
    forget_version(fsm, WATCH_RELIST_EXPIRED);
    wait_to_relist(fsm, now_ms);
}

static void on_invalid(struct watch_fsm *fsm, const struct err *err,
                       struct watch_step *step, int64_t now_ms)
{
    if (fsm->state == WATCH_STREAMING && err->http_status) {
        fsm->paged = true;
        begin(fsm, step, now_ms);
        return;
    }
    count_broken_list(fsm);
    fsm->health = WATCH_FAILING;
    forget_version(fsm, WATCH_RELIST_INVALID);
    wait_to_retry(fsm, err, now_ms);
}

static void on_unavailable(struct watch_fsm *fsm, const struct err *err, int64_t now_ms)
{
    if (fsm->answered)
        count_broken_list(fsm);
    if (says_too_large(err) && ++fsm->ahead >= AHEAD_TRIES)
        forget_version(fsm, WATCH_RELIST_AHEAD);
    /* Silence does not prove that a resource is served now. */
    if (fsm->health != WATCH_NOT_SERVED)
        fsm->health = WATCH_FAILING;
    wait_to_retry(fsm, err, now_ms);
}

static void on_error(struct watch_fsm *fsm, const struct err *err,
                     struct watch_step *step, int64_t now_ms)
{
    if (fsm->state == WATCH_WATCHING)
        leave_watch(fsm, now_ms);
    fsm->last_error = *err;

    switch (err->kind) {
    case ERR_NOT_FOUND:
    case ERR_UNAUTHORIZED:
    case ERR_FORBIDDEN:
        on_refused(fsm, err, now_ms);
        break;
    case ERR_EXPIRED:
        on_expired(fsm, now_ms);
        break;
    case ERR_INVALID:
        on_invalid(fsm, err, step, now_ms);
        break;
    case ERR_NONE:
    case ERR_CONFLICT:
    case ERR_THROTTLED:
    case ERR_UNAVAILABLE:
    case ERR_CANCELED:
    case ERR_INTERNAL:
        on_unavailable(fsm, err, now_ms);
        break;
    }
}

static void on_timer(struct watch_fsm *fsm, struct watch_step *step, int64_t now_ms)
{
    if (fsm->deadline_ms < 0 || now_ms < fsm->deadline_ms)
        return;
    if (fsm->state == WATCH_STREAMING)
        fsm->paged = true;
    begin(fsm, step, now_ms);
}

struct watch_step watch_fsm_step(struct watch_fsm *fsm, const struct watch_event *event,
                                 int64_t now_ms)
{
    struct watch_step step = {.request = false};
    bool running = fsm->state >= WATCH_STREAMING;

    switch (event->kind) {
    case WATCH_ON_START:
        assert(fsm->state == WATCH_IDLE);
        begin(fsm, &step, now_ms);
        break;
    case WATCH_ON_TIMER:
        on_timer(fsm, &step, now_ms);
        break;
    case WATCH_ON_OBJECT:
        assert(running);
        on_object(fsm, event, &step, now_ms);
        break;
    case WATCH_ON_BOOKMARK:
        assert(running);
        on_bookmark(fsm, event, &step, now_ms);
        break;
    case WATCH_ON_PAGE:
        assert(fsm->state == WATCH_PAGING);
        on_page(fsm, event, &step, now_ms);
        break;
    case WATCH_ON_END:
        assert(running);
        on_end(fsm, &step, now_ms);
        break;
    case WATCH_ON_ERROR:
        assert(running);
        on_error(fsm, event->err, &step, now_ms);
        break;
    case WATCH_ON_NONSENSE:
        on_nonsense(fsm, event->err, now_ms);
        break;
    }
    return step;
}

struct watch_request watch_fsm_next(struct watch_fsm *fsm)
{
    uint64_t span = WATCH_MAX_SECONDS - WATCH_MIN_SECONDS + 1;
    return (struct watch_request){
        .page = fsm->state == WATCH_PAGING,
        .token = fsm->token,
        .initial_events = fsm->state == WATCH_STREAMING,
        .version = fsm->version,
        .timeout_seconds = WATCH_MIN_SECONDS + (int)(random_next(&fsm->random) % span),
    };
}

const char *watch_relist_name(enum watch_relist reason)
{
    static const char *const NAMES[WATCH_RELIST_REASONS] = {
        [WATCH_RELIST_EXPIRED] = "expired",     [WATCH_RELIST_REFUSED] = "refused",
        [WATCH_RELIST_MALFORMED] = "malformed", [WATCH_RELIST_AHEAD] = "ahead",
        [WATCH_RELIST_RESTORED] = "restored",   [WATCH_RELIST_INVALID] = "invalid",
    };
    return NAMES[reason];
}

const char *watch_health_name(enum watch_health health)
{
    static const char *const NAMES[] = {
        [WATCH_UNKNOWN] = "unknown",       [WATCH_HEALTHY] = "healthy",
        [WATCH_NOT_SERVED] = "not served", [WATCH_FORBIDDEN] = "forbidden",
        [WATCH_FAILING] = "failing",
    };
    return NAMES[health];
}
