/* fuzz_watch_events.c - plays a server that says anything to a collection.
 *
 * Each line of the input is one thing that happens. It begins with
 *
 *     #NNN      the request ends with HTTP status NNN and the rest as its body
 *     !         the request ends without an answer
 *     @         time passes until the collection wants to be woken, or ten minutes
 *     +         the rest is the answer to one of our own writes
 *
 * and is otherwise a line of the watch. Whatever comes, the collection has a request or
 * a deadline, reports each change of its store, and every object in it can be read.
 */
#include "controller/engine/collection.h"
#include "kubeclient/api/object.h"
#include "test/fuzz/fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const KEEP[] = {"spec target", "metadata labels",
                                   "metadata managedFields manager", NULL};

static void target_values(const cJSON *object, struct kube_keys *values)
{
    const char *target = json_str(object, "spec", "target");
    if (target)
        kube_keys_add(values, kube_namespace(object), target);
}

static const struct reconciler_index INDEXES[] = {{"target", target_values}, {0}};
static const struct reconciler_watch WATCH = {
    .resource = &KUBE_DEPLOYMENTS,
    .keep = KEEP,
    .indexes = INDEXES,
};

struct player {
    struct collection *collection;
    uint64_t last_id, running; /* 0: no request */
    int64_t now;
    size_t objects; /* by the changes that were reported */
};

static void on_changed(void *ctx, struct collection *collection,
                       const struct store_diff *diff)
{
    struct player *player = ctx;
    (void)collection;
    assert(diff->change != STORE_SAME);
    assert(!diff->before || diff->change != STORE_ADDED);
    assert(diff->before || diff->change != STORE_REMOVED);
    assert((diff->after == NULL) == (diff->change == STORE_REMOVED));
    const cJSON *object = diff->after ? diff->after : diff->before;
    assert(strcmp(kube_name(object), diff->key.name) == 0);
    if (diff->change == STORE_ADDED)
        player->objects++;
    if (diff->change == STORE_REMOVED)
        player->objects--;
}

static void take_effects(struct player *player)
{
    struct collection_effect effect;
    while (collection_next_effect(player->collection, &effect)) {
        assert(effect.cancel == (player->running != 0));
        assert(!effect.cancel || effect.id == player->running);
        player->running = effect.cancel ? 0 : effect.id;
    }
    assert(player->running || collection_deadline(player->collection) >= 0);
    assert(!player->running || collection_owns(player->collection, player->running));
    assert(store_count(collection_store(player->collection)) == player->objects);
}

static void pass_time(struct player *player)
{
    int64_t deadline = collection_deadline(player->collection);
    player->now = deadline >= 0 ? deadline : player->now + 600 * 1000;
    collection_on_timer(player->collection, player->now);
}

static void end_request(struct player *player, const char *body, size_t len)
{
    struct kube_response response = {.body = body, .len = len};
    for (int i = 0; i < 3 && response.len > 0; i++) {
        response.status = response.status * 10 + (*response.body & 0xf) % 10;
        response.body++;
        response.len--;
    }
    uint64_t id = player->running;
    player->running = 0;
    collection_on_response(player->collection, id, &response, player->now);
}

static void lose_request(struct player *player)
{
    struct err err = {.kind = ERR_UNAVAILABLE, .msg = "lost"};
    uint64_t id = player->running;
    player->running = 0;
    collection_on_failure(player->collection, id, &err, player->now);
}

static void play(struct player *player, const char *text, size_t len)
{
    struct err err;
    char first = len ? text[0] : '\0';
    if (first == '+') {
        struct json_slice object = {text + 1, len - 1};
        struct arena *arena = arena_new();
        const cJSON *tree;
        if (collection_put(player->collection, arena, object, &tree, &err) && tree)
            assert(kube_name(tree)[0]);
        arena_free(&arena);
    } else if (first == '@' || !player->running) {
        pass_time(player);
    } else if (first == '#') {
        end_request(player, text + 1, len - 1);
    } else if (first == '!') {
        lose_request(player);
    } else {
        collection_on_line(player->collection, player->running, text, len, player->now);
    }
    take_effects(player);
}

static void read_object(void *ctx, const struct kube_key *key)
{
    const struct store *store = *(const struct store **)ctx;
    struct arena *arena = arena_new();
    const cJSON *object = store_get(store, arena, key->ns, key->name);
    assert(object && strcmp(kube_name(object), key->name) == 0);
    const char *target = json_str(object, "spec", "target");
    if (target) {
        const char *value = kube_key_text(arena, key->ns, target);
        struct kube_keys found = {.arena = arena};
        store_find(store, "target", value, &found);
        assert(found.len > 0);
    }
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct player player = {.now = 1};
    struct collection_options options = {
        .watch = &WATCH,
        .seed = 1,
        .last_id = &player.last_id,
        .changed = on_changed,
        .ctx = &player,
    };
    player.collection = collection_new(&options);
    collection_start(player.collection, player.now);
    take_effects(&player);
    while (size > 0) {
        const uint8_t *newline = memchr(data, '\n', size);
        size_t len = newline ? (size_t)(newline - data) : size;
        /* A copy of its own, so that the sanitizer sees every byte too far. */
        char *line = malloc(len ? len : 1);
        memcpy(line, data, len);
        play(&player, line, len);
        free(line);
        len += newline != NULL;
        data += len;
        size -= len;
    }
    const struct store *store = collection_store(player.collection);
    store_each_key(store, read_object, &store);
    collection_free(&player.collection);
    return 0;
}
