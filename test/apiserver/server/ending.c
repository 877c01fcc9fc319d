#include "test/apiserver/server/ending.h"

#include "kubeclient/base/alloc.h"
#include "test/apiserver/server/crd.h"
#include "test/apiserver/server/namespace.h"
#include "test/apiserver/server/server_state.h"

#include <string.h>

static struct ending *find(struct api_server *server, const struct resource_def *def,
                           const char *name)
{
    list_for_each (node, &server->ending) {
        struct ending *ending = LIST_ENTRY(node, struct ending, node);
        if (ending->def == def && strcmp(ending->name, name) == 0)
            return ending;
    }
    return NULL;
}

void ending_add(struct api_server *server, const struct resource_def *def,
                const char *name)
{
    bool holds = strcmp(def->storage, "/namespaces") == 0 ||
                 strcmp(def->storage, CRD_STORAGE) == 0;
    if (!holds)
        return;
    server->content_changed = true;
    if (find(server, def, name))
        return;
    size_t size = strlen(name) + 1;
    struct ending *ending = xmalloc(sizeof *ending + size);
    ending->def = def;
    memcpy(ending->name, name, size);
    list_append(&server->ending, &ending->node);
}

void ending_remove(struct api_server *server, const struct resource_def *def,
                   const char *name)
{
    struct ending *ending = find(server, def, name);
    if (!ending)
        return;
    list_remove(&ending->node);
    free(ending);
}

bool ending_step(struct api_server *server, struct instant now)
{
    if (!server->content_changed)
        return false;
    list_for_each (node, &server->ending) {
        const struct ending *ending = LIST_ENTRY(node, struct ending, node);
        bool namespace = strcmp(ending->def->storage, "/namespaces") == 0;
        if (namespace ? namespace_step(server, ending->name, now)
                      : crd_step(server, ending->name, now))
            return true;
    }
    server->content_changed = false;
    return false;
}

void ending_free_all(struct api_server *server)
{
    struct list *node = server->ending.next;
    while (node != &server->ending) {
        struct list *next = node->next;
        free(LIST_ENTRY(node, struct ending, node));
        node = next;
    }
    list_init(&server->ending);
}
