/* api_server.h - a small Kubernetes API server without its sockets.
 *
 * A request goes in with the time, an answer comes out at once; a watch is a handle
 * from which lines are taken until there are no more for now. The store behind it has
 * resourceVersions, optimistic locking, finalizers, generations, garbage collection,
 * server-side apply, subresources, CRDs, RBAC. It knows no socket, no loop, no clock
 * and no randomness but its seed: the front (test/apiserver/front) puts HTTP and TLS
 * before it, the simulation drives it directly. What it does not do is listed in
 * test/apiserver/README.md and answered with a Status that says so.
 *
 * One thread. Everything that a request causes by itself (deletion of what a gone owner
 * owned, the end of a namespace) happens in api_server_turn(), not within the request.
 */
#ifndef BERTH_APISERVER_API_SERVER_H
#define BERTH_APISERVER_API_SERVER_H

#include "kubeclient/base/clock.h"
#include "kubeclient/base/json.h"
#include "kubeclient/base/strbuf.h"

struct api_server;
struct api_watch;

/* Who asks. Groups include system:authenticated where it applies. */
struct api_user {
    const char *name;          /* "system:serviceaccount:berth-system:berth" */
    const char *const *groups; /* NULL-terminated; system:masters may do everything */
};

/* One line of the audit log: a JSON object as audit.k8s.io/v1 Event, level Metadata,
 * stage ResponseComplete, for writes (dry runs included). Borrowed. */
typedef void api_audit_fn(void *ctx, const char *line, size_t len);

struct api_server_options {
    uint64_t seed;      /* of uids, generated names and tokens */
    size_t history_max; /* changes that a watch can resume from, per resource; older
                           ones are 410 Expired. 0: 10,000 */
    const char *git_version; /* of /version; NULL: "v1.37.2" */
    api_audit_fn *audit;     /* NULL: none */
    void *audit_ctx;
};

struct api_server *api_server_new(const struct api_server_options *options,
                                  struct instant now);
/* Ends what watches are open; their owners still close them. */
void api_server_free(struct api_server **server);

/* A token for a user: "Bearer TOKEN" is then taken as them. The server copies all. */
void api_server_add_token(struct api_server *server, const char *token,
                          const struct api_user *user);

struct api_request {
    const char *method;          /* "GET", ... */
    const char *target;          /* path with query, percent-encoded */
    const char *content_type;    /* "" without */
    const char *accept;          /* "" without */
    const char *token;           /* of the Authorization header; NULL: none */
    const struct api_user *user; /* wins over the token; NULL: the token decides, else
                                    system:anonymous */
    const char *user_agent;      /* its first word is the default field manager */
    const char *body;            /* terminated */
    size_t body_len;
};

struct api_answer {
    int status;
    const char *content_type; /* static */
    struct strbuf body;       /* whole, unless a watch was opened */
    struct api_watch *watch;  /* not NULL: 200, lines follow. Owned by the caller */
    int retry_after_s;        /* 0: not said */
    char audit_id[40];        /* the Audit-Id header; "": none */
};

void api_answer_fini(struct api_answer *answer); /* the body; not the watch */

/* Answers; never fails, whatever comes. `answer` is filled from nothing. */
void api_server_handle(struct api_server *server, const struct api_request *request,
                       struct instant now, struct api_answer *answer);

/* Lets garbage collection, namespace deletion and token and event expiry happen, one
 * small step at a time: call until it returns false. */
bool api_server_turn(struct api_server *server, struct instant now);

/* The highest resourceVersion given out: it rises with every change. */
uint64_t api_server_version(const struct api_server *server);

/* Forgets history: watches and lists from before answer 410. For tests. */
void api_server_compact(struct api_server *server);

/* Appends the next line, with its newline; false: none for now. */
bool api_watch_next(struct api_watch *watch, struct instant now, struct strbuf *line);

/* True once no line will come any more: timeoutSeconds have passed (without an error,
 * as the real server ends watches) or an ERROR event was the last line. */
bool api_watch_ended(const struct api_watch *watch, struct instant now);

/* When api_watch_next() has something to say by itself (a bookmark, the end),
 * monotonic milliseconds. */
int64_t api_watch_deadline(const struct api_watch *watch);

void api_watch_close(struct api_watch **watch);

#endif
