#include "test/apiserver/server/api_services.h"

#include "kubeclient/base/json_text.h"
#include "test/apiserver/server/own_request.h"
#include "test/apiserver/server/server_state.h"

#include <stdio.h>
#include <string.h>

#define STORAGE "apiregistration.k8s.io/apiservices"
#define PATH "/apis/apiregistration.k8s.io/v1/apiservices"
#define AUTOMANAGED "kube-aggregator.kubernetes.io/automanaged"

enum { NAME_SIZE = 512 };

static void name_of(const struct resource_def *def, char out[NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "%s.%s", def->version, def->group);
}

static bool is_there(const struct api_server *server, const char *name)
{
    const struct storage *storage = server_storage_named(server, STORAGE);
    return storage && storage_get(storage, "", name);
}

static bool is_brought(const struct api_server *server, const char *name)
{
    size_t count = registry_count(server->registry);
    for (size_t i = 0; i < count; i++) {
        const struct resource_def *def = registry_at(server->registry, i);
        char own[NAME_SIZE];
        name_of(def, own);
        if (def->custom && strcmp(own, name) == 0)
            return true;
    }
    return false;
}

static bool add(struct api_server *server, const struct resource_def *def,
                const char *name, struct instant now)
{
    struct strbuf body;
    strbuf_init(&body, 4096);
    strbuf_addf(&body,
                "{\"apiVersion\":\"apiregistration.k8s.io/v1\",\"kind\":\"APIService\","
                "\"metadata\":{\"name\":\"%s\",\"labels\":{\"" AUTOMANAGED
                "\":\"true\"}},\"spec\":{\"group\":\"%s\",\"version\":\"%s\","
                "\"groupPriorityMinimum\":1000,\"versionPriority\":100}}",
                name, def->group, def->version);
    struct own_request request = {.account = "crd-registration",
                                  .method = "POST",
                                  .target = PATH,
                                  .body = body.text};
    bool done = own_request_send(server, &request, now);
    strbuf_fini(&body);
    return done;
}

static bool add_missing(struct api_server *server, struct instant now)
{
    size_t count = registry_count(server->registry);
    for (size_t i = 0; i < count; i++) {
        const struct resource_def *def = registry_at(server->registry, i);
        char name[NAME_SIZE];
        name_of(def, name);
        if (def->custom && !is_there(server, name))
            return add(server, def, name, now);
    }
    return false;
}

static bool remove_left(struct api_server *server, struct instant now)
{
    const struct storage *storage = server_storage_named(server, STORAGE);
    struct stored *at = storage ? storage_seek(storage, "") : NULL;
    for (; at; at = stored_next(at)) {
        const char *name = object_text_name(at->now);
        bool ours = json_text_get(at->now->text, at->now->len,
                                  JSON_PATH("metadata", "labels", AUTOMANAGED))
                        .start;
        if (!ours || is_brought(server, name))
            continue;
        char target[sizeof PATH + NAME_SIZE];
        snprintf(target, sizeof target, PATH "/%s", name);
        struct own_request request = {
            .account = "crd-registration", .method = "DELETE", .target = target};
        return own_request_send(server, &request, now);
    }
    return false;
}

bool api_services_step(struct api_server *server, struct instant now)
{
    if (!server->groups_changed)
        return false;
    if (add_missing(server, now) || remove_left(server, now))
        return true;
    server->groups_changed = false;
    return false;
}
