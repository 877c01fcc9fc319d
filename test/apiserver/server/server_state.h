/* server_state.h - what the API server consists of. Internal to test/apiserver/server.
 */
#ifndef BERTH_APISERVER_SERVER_STATE_H
#define BERTH_APISERVER_SERVER_STATE_H

#include "kubeclient/base/map.h"
#include "test/apiserver/server/api_server.h"
#include "test/apiserver/server/rbac.h"
#include "test/apiserver/server/resource_def.h"
#include "test/apiserver/server/storage.h"

struct auth;
struct collector;

enum { UUID_SIZE = 37 };

struct api_server {
    struct api_server_options options;
    char *git_version;
    struct registry *registry;
    struct arena *arena; /* of the call that is answered */
    struct map storages; /* by name; owned */
    int64_t wall_ms;     /* of the call that is answered */
    uint64_t version;    /* of the last change */
    uint64_t compacted;
    uint64_t random_state;
    struct auth *auth;
    struct collector *collector;
    struct list watches;
    struct list ending;   /* see ending.h */
    bool content_changed; /* what ends has to be looked at again */
    bool groups_changed;  /* a CRD came, changed or went; see api_services.h */
    int64_t next_expiry;  /* wall ms: when events or tokens may have run out */
};

/* The storage of a definition; made when first asked for. */
struct storage *server_storage(struct api_server *server,
                               const struct resource_def *def);
/* By "group/plural"; NULL: nothing was ever stored there. */
struct storage *server_storage_named(const struct api_server *server, const char *name);

void server_free_storages(struct api_server *server);

/* The next 64 random bits. */
uint64_t server_random(struct api_server *server);
/* A random UUID, version 4. */
void server_uuid(struct api_server *server, char out[UUID_SIZE]);
/* `len` characters of the alphabet that generated names have, and a terminator. */
void server_random_name(struct api_server *server, char *out, size_t len);

/* The source that rbac.h asks. */
struct rbac_source server_rbac(struct api_server *server);

#endif
