/* call.h - one request on its way through the server.
 *
 * A call is filled by route.c, authorized, and handed to the function of its verb.
 * Every step returns true, or false with call->refusal set, which api_server.c then
 * answers. What a call allocates lives in its arena and ends with it. Pure.
 */
#ifndef BERTH_APISERVER_CALL_H
#define BERTH_APISERVER_CALL_H

#include "test/apiserver/schema/refusal.h"
#include "test/apiserver/server/api_server.h"
#include "test/apiserver/server/resource_def.h"
#include "test/apiserver/server/storage.h"

struct query_param {
    const char *name, *value;
    struct query_param *next;
};

struct call {
    struct api_server *server;
    const struct api_request *request;
    struct api_answer *answer;
    struct arena *arena;
    struct instant now;
    struct api_user user;

    const char *path; /* decoded, without the query */
    struct query_param *params;
    const char *verb; /* as RBAC names it */
    const char *group, *version, *resource, *subresource, *ns, *name; /* "" without */
    bool is_resource;               /* false: a path such as /healthz */
    const struct resource_def *def; /* NULL: not a resource, or none that is served */

    cJSON *refusal;
};

/* Sets the refusal; false. */
bool call_refuse(struct call *call, int code, const char *reason, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

/* The same with the details of the object that is spoken of; `name` is the object's,
 * and the message begins with resource and name as the real server words it. */
bool call_refuse_not_found(struct call *call, const char *name);
bool call_refuse_forbidden(struct call *call, const char *why);
bool call_refuse_conflict(struct call *call, const char *name, const char *why);
/* 413: what would be stored is larger than anything may be. */
bool call_refuse_large(struct call *call);
/* 422 with one cause; `value` as the message shows it, NULL without. */
struct field_fault {
    const char *reason; /* "FieldValueInvalid" */
    const char *field;
    const char *message; /* "Invalid value: ...: why" */
};
bool call_refuse_invalid(struct call *call, const char *name,
                         const struct field_fault *fault);

/* "deployments.apps" */
const char *call_resource_name(struct call *call);
/* "apps/v1" */
const char *call_api_version(struct call *call);

/* NULL: not given. */
const char *call_param(const struct call *call, const char *name);
bool call_flag(const struct call *call, const char *name); /* "true" or "1" */
bool call_dry_run(const struct call *call);

/* The field manager: of the query, else the user agent's first word. */
const char *call_manager(struct call *call);

/* Answers with a tree, which stays the caller's, or with text. */
void call_answer(struct call *call, int status, const cJSON *body);
void call_answer_text(struct call *call, int status, const char *text, size_t len);

/* The body as a tree in the call's arena, JSON or YAML by content type. */
WARN_UNUSED bool call_body(struct call *call, cJSON **body);

/* The time as metav1.Time, in the arena. */
const char *call_time(struct call *call);

#endif
