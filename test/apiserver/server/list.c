#include "kubeclient/base/alloc.h"
#include "test/apiserver/server/list_options.h"
#include "test/apiserver/server/present.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/shape.h"
#include "test/apiserver/server/snapshot.h"
#include "test/apiserver/server/verbs.h"

#include <inttypes.h>
#include <string.h>

bool verb_get(struct call *call)
{
    struct list_options options;
    if (!list_options_read(call, &options))
        return false;
    struct stored *stored =
        storage_get(server_storage(call->server, call->def),
                    call->def->namespaced ? call->ns : "", call->name);
    if (!stored)
        return call_refuse_not_found(call, call->name);
    return present_text(call, 200, shape_current(call->server, call->def, stored));
}

/* What a page holds. */
struct page {
    struct object_text **items;
    size_t count, cap;
    uint64_t remaining; /* behind it; counted only where nothing is selected by */
    bool more;
};

static void page_add(struct page *page, struct object_text *text)
{
    if (page->count == page->cap) {
        page->cap = page->cap ? page->cap * 2 : 64;
        page->items =
            xreallocarray(page->items, page->cap, sizeof(struct object_text *));
    }
    page->items[page->count++] = text;
}

static void fill(struct page *page, struct snapshot *snapshot, int64_t limit)
{
    struct object_text *text;
    while ((text = snapshot_next(snapshot))) {
        if (limit <= 0 || page->count < (size_t)limit) {
            page_add(page, text);
            continue;
        }
        page->more = true;
        page->remaining++;
        if (!selection_is_plain(snapshot->selection))
            return;
    }
}

static cJSON *list_meta(struct call *call, const struct list_options *options,
                        const struct page *page, bool plain)
{
    cJSON *meta = json_adopt(call->arena, json_object());
    json_set_str(meta, arena_printf(call->arena, "%" PRIu64, options->version),
                 "resourceVersion");
    if (page->more) {
        const char *last = page->items[page->count - 1]->key;
        json_set_str(meta, list_continue(call, options->version, last), "continue");
        if (plain)
            json_set(meta, json_number((int64_t)page->remaining), "remainingItemCount");
    }
    return meta;
}

static void answer_whole(struct call *call, const struct page *page, const cJSON *meta)
{
    struct strbuf *out = &call->answer->body;
    call->answer->status = 200;
    strbuf_addf(out, "{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":",
                call->def->list_kind, call_api_version(call));
    json_print(out, meta);
    strbuf_adds(out, ",\"items\":[");
    for (size_t i = 0; i < page->count; i++) {
        if (i)
            strbuf_addc(out, ',');
        shape_print_item(out, call->def, page->items[i]);
    }
    strbuf_adds(out, "]}");
}

static void answer_transformed(struct call *call, const struct presentation *how,
                               const struct page *page, const cJSON *meta)
{
    cJSON *items = json_array();
    for (size_t i = 0; i < page->count; i++)
        json_push(items, shape_copy(call->def, page->items[i]));
    struct table_options options = {.def = call->def,
                                    .include = how->include,
                                    .headers = true,
                                    .now_ms = call->now.wall_ms};
    cJSON *shown = how->form == PRESENT_TABLE ? table_of(&options, items, meta)
                                              : metadata_list_of(items, meta);
    call_answer(call, 200, shown);
    json_free(shown);
    json_free(items);
}

bool verb_list(struct call *call)
{
    struct list_options options;
    struct presentation how;
    struct selection selection;
    if (!list_options_read(call, &options) || !present_read(call, &how) ||
        !selection_read(call, call->arena, &selection))
        return false;
    struct snapshot snapshot;
    struct snapshot_start start = {.version = options.version, .after = options.after};
    if (!snapshot_open(&snapshot, call, &selection, &start))
        return list_refuse_expired(call, &options);
    struct page page = {0};
    fill(&page, &snapshot, options.limit);
    const cJSON *meta =
        list_meta(call, &options, &page, selection_is_plain(&selection));
    if (how.form == PRESENT_WHOLE)
        answer_whole(call, &page, meta);
    else
        answer_transformed(call, &how, &page, meta);
    free(page.items);
    return true;
}
