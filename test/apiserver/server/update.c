#include "kubeclient/api/object.h"
#include "test/apiserver/server/options.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/verbs.h"
#include "test/apiserver/server/write.h"

#include <string.h>

bool verb_update(struct call *call)
{
    struct write_change change = {.origin = WRITE_UPDATE};
    if (!options_check(call) || !write_decode(call, &change.object))
        return false;
    const char *name = kube_name(change.object);
    if (!*name)
        return call_refuse(
            call, 400, "BadRequest",
            "the name of the object (%s based on URL) was undeterminable: "
            "name must be provided",
            call->name);
    if (strcmp(name, call->name) != 0)
        return call_refuse(call, 400, "BadRequest",
                           "the name of the object (%s) does not match the name on the "
                           "URL (%s)",
                           name, call->name);
    /* A lease may be made by an update: leader election of old did so. */
    bool creates = strcmp(call->def->storage, "coordination.k8s.io/leases") == 0;
    if (creates &&
        !storage_get(server_storage(call->server, call->def), call->ns, call->name))
        return write_create(call, change.object, WRITE_UPDATE);
    return write_find(call, &change.stored, &change.live) &&
           write_update(call, &change);
}
