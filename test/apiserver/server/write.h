/* write.h - the way of every object that is created or changed.
 *
 * create.c, update.c, patch.c and scale.c say what an object shall be; here it becomes
 * what may be stored: unknown fields go, defaults come, metadata that belongs to the
 * server is set, it is validated and admitted, its managers are noted. Then it is
 * committed and answered, unless nothing changed or it is a dry run. Pure.
 */
#ifndef BERTH_APISERVER_WRITE_H
#define BERTH_APISERVER_WRITE_H

#include "test/apiserver/server/call.h"

/* The call's body as an object of the call's resource: version and kind are checked,
 * unknown fields removed, or refused where fieldValidation=Strict. */
WARN_UNUSED bool write_decode(struct call *call, cJSON **object);

/* The body's kind and apiVersion; metadata becomes an object. */
WARN_UNUSED bool write_check(struct call *call, cJSON *object);

/* Removes unknown fields from an object that came as a patch. */
WARN_UNUSED bool write_prune(struct call *call, cJSON *object);

enum write_origin {
    WRITE_UPDATE, /* PUT: the resourceVersion and uid sent are preconditions */
    WRITE_PATCH,
    WRITE_APPLY, /* managedFields are as managed_apply() left them */
};

/* Creates `object`, which lives in the arena, and answers 201. */
WARN_UNUSED bool write_create(struct call *call, cJSON *object,
                              enum write_origin origin);

struct write_change {
    struct stored *stored; /* what is there */
    const cJSON *live;     /* as the call's resource shows it */
    cJSON *object;         /* what shall be; in the arena */
    enum write_origin origin;
};

/* Changes an object; answers 200. A write to `status` changes nothing but status, one
 * to the object itself all but status where that is a subresource. */
WARN_UNUSED bool write_update(struct call *call, const struct write_change *change);

/* The same without an answer: the object as it is then. */
struct write_result {
    const cJSON *object;
    const struct stored *stored; /* NULL: a dry run, or it is gone with the write */
};
WARN_UNUSED bool write_store(struct call *call, const struct write_change *change,
                             struct write_result *result);

/* Finds the call's object and its tree; false: 404. */
WARN_UNUSED bool write_find(struct call *call, struct stored **stored,
                            const cJSON **live);

#endif
