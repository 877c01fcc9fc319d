/* write_steps.h - the steps that creates and changes have in common. Internal to
 * write.h.
 */
#ifndef BERTH_APISERVER_WRITE_STEPS_H
#define BERTH_APISERVER_WRITE_STEPS_H

#include "test/apiserver/apply/managed.h"
#include "test/apiserver/server/write.h"

/* Is it a write to this storage ("/namespaces")? */
bool write_is_kind(const struct call *call, const char *storage);

/* Sets the namespace; 400 where the object names another. */
WARN_UNUSED bool write_set_namespace(struct call *call, cJSON *object);

void write_set_defaults(const struct resource_def *def, cJSON *object);

/* Metadata, schema, and what a schema cannot say. */
WARN_UNUSED bool write_validate(struct call *call, const cJSON *former,
                                const cJSON *object);

/* 422: a patch made something of the object that cannot be read. */
bool write_refuse_patched(struct call *call, const char *fault);

struct managed_apply_options write_managed_options(struct call *call);

/* Stores it; NULL: it is too large (413). */
WARN_UNUSED struct stored *write_commit(struct call *call, cJSON *object);

void write_answer(struct call *call, int status, const struct stored *stored);

#endif
