#include "test/simulation/player_state.h"

#include <string.h>

void player_mark(struct player *player)
{
    player->mark = json_count(world_audit(player->world));
}

/* "deployments" or "agentruntimes/status". */
static const char *resource_of(struct player *player, const cJSON *entry)
{
    const char *subresource = json_str_or(entry, "", "subresource");
    return arena_printf(player->arena, "%s%s%s", json_str_or(entry, "", "resource"),
                        *subresource ? "/" : "", subresource);
}

/* The controller's writes in the scenario's namespace since the mark: of a resource, or
 * of all (NULL); those that were refused only where `tried`. */
static int64_t count(struct player *player, const char *resource, bool tried)
{
    size_t place = 0;
    int64_t found = 0;
    json_each (entry, world_audit(player->world)) {
        if (place++ < player->mark ||
            strcmp(json_str_or(entry, "", "namespace"), PLAYER_NAMESPACE) != 0)
            continue;
        bool done = json_int(entry, 0, "code") < 300;
        if ((done || tried) &&
            (!resource || strcmp(resource_of(player, entry), resource) == 0))
            found++;
    }
    return found;
}

static void tell_writes(struct player *player)
{
    size_t place = 0;
    json_each (entry, world_audit(player->world)) {
        if (place++ >= player->mark)
            strbuf_addf(player->options->why, "    %s %s %s: %lld\n",
                        json_str_or(entry, "", "verb"), resource_of(player, entry),
                        json_str_or(entry, "", "name"),
                        (long long)json_int(entry, 0, "code"));
    }
}

bool player_check_writes(struct player *player, const cJSON *wanted)
{
    bool all = true;
    world_settle(player->world, SETTLE_MS);
    json_each (row, wanted) {
        bool total = strcmp(row->string, "total") == 0;
        int64_t seen = count(player, total ? NULL : row->string, false);
        if (seen == (int64_t)row->valuedouble)
            continue;
        strbuf_addf(player->options->why, "writes to %s: wanted %.0f, saw %lld\n",
                    row->string, row->valuedouble, (long long)seen);
        all = false;
    }
    if (!all)
        tell_writes(player);
    return all || player->options->lenient;
}

bool player_check_quiet(struct player *player)
{
    world_settle(player->world, SETTLE_MS);
    int64_t tried = count(player, NULL, true);
    if (tried == 0 || player->options->lenient)
        return true;
    strbuf_addf(player->options->why, "wanted no write, saw %lld\n", (long long)tried);
    tell_writes(player);
    return false;
}
