#include "test/apiserver/server/commit.h"

#include "kubeclient/api/object.h"
#include "test/apiserver/server/collect.h"
#include "test/apiserver/server/crd.h"
#include "test/apiserver/server/ending.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/shape.h"

#include <assert.h>
#include <string.h>

struct stored *commit_object(struct api_server *server, const struct resource_def *def,
                             cJSON *object)
{
    struct storage *storage = server_storage(server, def);
    struct object_text *text = shape_write(server, def, object, server->version + 1);
    if (!text)
        return NULL;
    server->version++;
    struct stored *stored = storage_put(storage, text);
    collect_changed(server, stored, object);
    if (kube_deleting(object))
        ending_add(server, def, kube_name(object));
    return stored;
}

void commit_removal(struct api_server *server, const struct resource_def *def,
                    struct stored *object)
{
    struct storage *storage = server_storage(server, def);
    cJSON *last = shape_copy(def, object->now);
    if (strcmp(def->storage, CRD_STORAGE) == 0)
        crd_removed(server, last);
    ending_remove(server, def, kube_name(last));
    struct object_text *text = shape_write(server, def, last, ++server->version);
    assert(text); /* as large as it was */
    collect_removed(server, object, kube_uid(last));
    storage_remove(storage, object, text);
    server->content_changed = true;
    json_free(last);
}
