#include "test/apiserver/server/snapshot.h"

#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/shape.h"

#include <stdlib.h>
#include <string.h>

struct undo {
    struct undone undone;
    size_t order; /* the first change of an object tells what it was */
};

static int compare(const void *a, const void *b)
{
    const struct undo *x = a, *y = b;
    int order = strcmp(x->undone.key, y->undone.key);
    if (order)
        return order;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void undo_changes(struct snapshot *snapshot, struct arena *arena,
                         const struct storage *storage, size_t index)
{
    size_t count = storage->changes - index;
    if (!count)
        return;
    struct undo *all = arena_alloc(arena, count * sizeof *all);
    for (size_t i = 0; i < count; i++) {
        const struct change *change = storage_change(storage, index + i);
        all[i] =
            (struct undo){.undone = {change->after->key, change->before}, .order = i};
    }
    qsort(all, count, sizeof *all, compare);
    snapshot->undone = arena_alloc(arena, count * sizeof *snapshot->undone);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(all[i].undone.key, all[i - 1].undone.key) != 0)
            snapshot->undone[snapshot->undone_count++] = all[i].undone;
    }
}

bool snapshot_open(struct snapshot *snapshot, struct call *call,
                   const struct selection *selection,
                   const struct snapshot_start *start)
{
    struct storage *storage = server_storage(call->server, call->def);
    size_t index;
    if (!storage_changes_after(storage, start->version, &index))
        return false;
    *snapshot = (struct snapshot){
        .server = call->server, .def = call->def, .selection = selection};
    undo_changes(snapshot, call->arena, storage, index);
    const char *from = start->after;
    if (!from)
        from = *selection->ns ? arena_printf(call->arena, "%s/", selection->ns) : "";
    snapshot->at = storage_seek(storage, from);
    if (start->after && snapshot->at && strcmp(snapshot->at->now->key, from) == 0)
        snapshot->at = stored_next(snapshot->at);
    while (snapshot->undone_at < snapshot->undone_count) {
        int order = strcmp(snapshot->undone[snapshot->undone_at].key, from);
        if (order > 0 || (order == 0 && !start->after))
            break;
        snapshot->undone_at++;
    }
    return true;
}

/* The next object of any namespace and label. */
static struct object_text *next(struct snapshot *snapshot)
{
    for (;;) {
        struct undone *undone = snapshot->undone_at < snapshot->undone_count
                                    ? &snapshot->undone[snapshot->undone_at]
                                    : NULL;
        struct stored *at = snapshot->at;
        int order = !undone ? -1 : !at ? 1 : strcmp(at->now->key, undone->key);
        if (order <= 0 && at)
            snapshot->at = stored_next(at);
        if (order < 0)
            return at ? shape_current(snapshot->server, snapshot->def, at) : NULL;
        snapshot->undone_at++;
        if (undone->before)
            return undone->before;
    }
}

struct object_text *snapshot_next(struct snapshot *snapshot)
{
    struct object_text *text;
    while ((text = next(snapshot))) {
        if (selection_matches(snapshot->selection, text))
            return text;
        /* Keys are sorted: past the namespace there is nothing more of it. */
        if (*snapshot->selection->ns &&
            strncmp(text->key, snapshot->selection->ns, text->ns_len) > 0)
            return NULL;
    }
    return NULL;
}
