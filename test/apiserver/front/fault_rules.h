/* fault_rules.h - which requests go wrong, and how: rules that a test sets.
 *
 * A rule matches requests by who asks for what, counts them, and fires from the `nth`
 * on, `times` times. All that fire for one request act together. What an effect does is
 * the front's business; here is only what is due. Pure.
 *
 *     [{"match": {"user": "system:serviceaccount:*", "verb": "write",
 *                 "path": "/api/v1/namespaces/x/pods*", "nth": 3, "times": 1},
 *       "after": 0, "open": false,
 *       "action": {"status": 503, "retryAfter": 1}}]
 *
 * match, each member optional:
 *   user, path, notPath   with * for any characters; the path is without its query
 *   method                "PATCH"
 *   verb                  get list watch create update patch delete deletecollection,
 *                         or "write" for the last five
 *   nth (1), times (1; 0: always)
 * after: counts only once this earlier rule of the same list has fired.
 * open:  also for requests that are being answered when the rule is set: watches. Not
 *        with status, refuse, compact or drop.
 * action, one or more of:
 *   status: CODE, retryAfter: SECONDS   answered so, and not handled
 *   refuse: true          the same with 500
 *   unanswered: true      handled, then the connection is cut without an answer
 *   rst: true             handled, then the stream is reset without an answer
 *   cut: BYTES            the connection is cut after so much of the body
 *   slow: BYTES           so much of the body each 100 ms
 *   split: true           a byte in each frame and each TLS record
 *   stall: BYTES or true  nothing more after so much of the body, or nothing at all,
 *                         until the rules are cleared
 *   goaway: true          answered, and the connection takes no more requests
 *   compact: true         history is forgotten first: old versions are 410
 *   drop: true            alone, with nth and times only: counts connections instead,
 *                         and closes them when they are accepted
 */
#ifndef BERTH_APISERVER_FAULT_RULES_H
#define BERTH_APISERVER_FAULT_RULES_H

#include "kubeclient/base/json.h"

enum { FAULT_NEVER = -1 };

struct fault_request {
    const char *user, *method;
    const char *path; /* without the query */
    const char *verb;
};

struct fault_effects {
    int status; /* 0: the request is handled */
    int retry_after_s;
    bool unanswered, rst, split, stall, goaway, compact, drop;
    int64_t cut_after, stall_after; /* bytes of the body; FAULT_NEVER */
    int64_t slow;                   /* bytes each 100 ms; 0: at full speed */
};

/* The effects of no fault. */
struct fault_effects fault_none(void);

struct fault_rules;

struct fault_rules *fault_rules_new(void);
void fault_rules_free(struct fault_rules **faults);

/* Adds all rules of a list, or none; INVALID names the rule and the member. */
WARN_UNUSED bool fault_rules_add(struct fault_rules *faults, const cJSON *rules,
                                 struct err *err);
void fault_rules_clear(struct fault_rules *faults);
bool fault_rules_empty(const struct fault_rules *faults);

/* The rules with how often each matched ("seen") and "fired". Owned. */
cJSON *fault_rules_report(const struct fault_rules *faults);

/* Counts the request where it matches, and joins the effects that are due to `effects`.
 * True: a rule fired. */
bool fault_rules_match(struct fault_rules *faults, const struct fault_request *request,
                       struct fault_effects *effects);

/* The same for a request that is being answered, with the `open` rules of the list that
 * was added last: to be called once after fault_rules_add(). */
bool fault_rules_match_open(struct fault_rules *faults,
                            const struct fault_request *request,
                            struct fault_effects *effects);

/* Counts a connection; true: it is to be dropped. */
bool fault_rules_drop_connection(struct fault_rules *faults);

#endif
