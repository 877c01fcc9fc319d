#include "test/apiserver/server/watch.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "test/apiserver/server/list_options.h"
#include "test/apiserver/server/present.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/shape.h"
#include "test/apiserver/server/snapshot.h"
#include "test/apiserver/server/verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    BOOKMARK_EVERY_MS = 60 * 1000,
    LAST_BOOKMARK_MS = 2 * 1000, /* before the end */
    TIMEOUT_MIN_S = 1800,        /* --min-request-timeout: at random up to twice it */
};

struct api_watch {
    struct api_server *server; /* NULL: it has gone */
    struct list node;
    struct arena *arena; /* of the selection */
    struct present_event event;
    struct storage *storage;
    unsigned era; /* of the storage: another one, and its CRD went */
    struct selection selection;
    uint64_t position;          /* all changes up to it are told */
    struct object_text **first; /* what there was when it began */
    size_t first_count, first_at;
    bool bookmarks;
    bool marks_first; /* a bookmark follows the first ones (WatchList) */
    bool failed;      /* an ERROR event was the last line */
    int64_t bookmark_ms, end_ms;
};

/* ---- opening */

struct watch_options {
    uint64_t version;
    bool given;   /* a version above 0 to go on from */
    bool initial; /* send what is there first */
    bool marks_first;
    int64_t timeout_s; /* 0: the server's */
};

static bool read_initial(struct call *call, struct watch_options *options)
{
    const char *initial = call_param(call, "sendInitialEvents");
    const char *match = call_param(call, "resourceVersionMatch");
    options->initial = !options->given;
    if (!initial)
        return !match ||
               list_refuse_option(call, "resourceVersionMatch", "FieldValueForbidden",
                                  "Forbidden: resourceVersionMatch is forbidden for "
                                  "watch unless sendInitialEvents is provided");
    if (!match || strcmp(match, "NotOlderThan") != 0)
        return list_refuse_option(call, "resourceVersionMatch", "FieldValueForbidden",
                                  "Forbidden: sendInitialEvents requires setting "
                                  "resourceVersionMatch to NotOlderThan");
    options->initial = call_flag(call, "sendInitialEvents");
    options->marks_first = options->initial;
    if (options->initial && options->version > call->server->version)
        return list_refuse_future(call, options->version);
    return true;
}

static bool read_options(struct call *call, struct watch_options *options)
{
    *options = (struct watch_options){0};
    const char *timeout = call_param(call, "timeoutSeconds");
    if (timeout && !ascii_parse_i64(timeout, &options->timeout_s))
        return call_refuse(call, 400, "BadRequest",
                           "strconv.ParseInt: parsing \"%s\": invalid syntax", timeout);
    if (!list_version_read(call, &options->version))
        return false;
    options->given = options->version > 0;
    return read_initial(call, options);
}

static void take_first(struct api_watch *watch, struct call *call)
{
    struct snapshot snapshot;
    struct snapshot_start start = {.version = call->server->version};
    if (!snapshot_open(&snapshot, call, &watch->selection, &start))
        return; /* the present is never forgotten */
    size_t cap = 0;
    for (struct object_text *text; (text = snapshot_next(&snapshot));) {
        if (watch->first_count == cap) {
            cap = cap ? cap * 2 : 64;
            watch->first =
                xreallocarray(watch->first, cap, sizeof(struct object_text *));
        }
        watch->first[watch->first_count++] = object_text_ref(text);
    }
}

static void set_times(struct api_watch *watch, struct call *call, int64_t timeout_s)
{
    if (timeout_s <= 0)
        timeout_s =
            TIMEOUT_MIN_S + (int64_t)(server_random(call->server) % TIMEOUT_MIN_S);
    int64_t now = call->now.mono_ms;
    watch->end_ms = now + timeout_s * 1000;
    watch->bookmark_ms = now + BOOKMARK_EVERY_MS;
    if (watch->bookmark_ms > watch->end_ms - LAST_BOOKMARK_MS)
        watch->bookmark_ms = watch->end_ms - LAST_BOOKMARK_MS;
    if (watch->bookmark_ms <= now)
        watch->bookmark_ms = INT64_MAX; /* too short for one */
}

bool verb_watch(struct call *call)
{
    struct watch_options options;
    struct presentation presentation;
    struct arena *arena = arena_new();
    struct selection selection;
    if (!read_options(call, &options) || !present_read(call, &presentation) ||
        !selection_read(call, arena, &selection)) {
        arena_free(&arena);
        return false;
    }
    struct api_watch *watch = xcalloc(1, sizeof *watch);
    watch->server = call->server;
    list_append(&call->server->watches, &watch->node);
    watch->arena = arena;
    watch->selection = selection;
    watch->event = (struct present_event){
        .def = call->def, .presentation = presentation, .headers = true};
    watch->storage = server_storage(call->server, call->def);
    watch->era = watch->storage->era;
    watch->bookmarks = call_flag(call, "allowWatchBookmarks");
    watch->marks_first = options.marks_first;
    watch->position =
        options.given && !options.initial ? options.version : call->server->version;
    if (options.initial)
        take_first(watch, call);
    set_times(watch, call, options.timeout_s);
    call->answer->status = 200;
    call->answer->watch = watch;
    return true;
}

/* ---- lines */

static void add_event(struct api_watch *watch, struct instant now, struct strbuf *line,
                      const char *type, const struct object_text *text)
{
    watch->event.now_ms = now.wall_ms;
    strbuf_addf(line, "{\"type\":\"%s\",\"object\":", type);
    present_in_event(&watch->event, line, text);
    strbuf_adds(line, "}\n");
    watch->event.headers = false;
}

/* A state of before, with the version at which it left the selection. */
static struct object_text *restamped(const struct object_text *text, uint64_t version)
{
    struct err err;
    cJSON *object = json_parse(text->text, text->len, &err);
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, version);
    json_set_str(object, digits, "metadata", "resourceVersion");
    struct strbuf out;
    strbuf_init(&out, text->len + sizeof digits);
    json_print(&out, object);
    json_free(object);
    struct object_text *made = object_text_new("", text->key, out.text, out.len);
    strbuf_fini(&out);
    return made;
}

/* False: the change does not concern this watch. */
static bool add_change(struct api_watch *watch, struct instant now, struct strbuf *line,
                       const struct change *change)
{
    bool was = change->before && selection_matches(&watch->selection, change->before);
    bool is = change->type != CHANGE_DELETED &&
              selection_matches(&watch->selection, change->after);
    if (is) {
        add_event(watch, now, line, was ? "MODIFIED" : "ADDED", change->after);
    } else if (was && change->type == CHANGE_DELETED) {
        add_event(watch, now, line, "DELETED", change->after);
    } else if (was) {
        struct object_text *last = restamped(change->before, change->version);
        add_event(watch, now, line, "DELETED", last);
        object_text_unref(last);
    }
    return was || is;
}

static void add_too_old(struct api_watch *watch, struct strbuf *line)
{
    cJSON *status = refusal_new(410, "Expired",
                                "too old resource version: %" PRIu64 " (%" PRIu64 ")",
                                watch->position, watch->storage->forgotten);
    strbuf_adds(line, "{\"type\":\"ERROR\",\"object\":");
    json_print(line, status);
    strbuf_adds(line, "}\n");
    json_free(status);
    watch->failed = true;
}

/* The next change that the selection is concerned by. */
static bool next_change(struct api_watch *watch, struct instant now,
                        struct strbuf *line)
{
    if (watch->storage->version <= watch->position &&
        watch->storage->forgotten <= watch->position)
        return false;
    size_t index;
    if (!storage_changes_after(watch->storage, watch->position, &index)) {
        add_too_old(watch, line);
        return true;
    }
    for (; index < watch->storage->changes; index++) {
        const struct change *change = storage_change(watch->storage, index);
        watch->position = change->version;
        if (add_change(watch, now, line, change))
            return true;
    }
    return false;
}

static void add_bookmark(struct api_watch *watch, struct strbuf *line,
                         bool end_of_first)
{
    const struct resource_def *def = watch->event.def;
    /* All changes have been told by now, except to who has just got the first ones. */
    if (!end_of_first)
        watch->position = watch->server->version;
    static const char *const forms[] = {"", "Table", "PartialObjectMetadata"};
    bool whole = watch->event.presentation.form == PRESENT_WHOLE;
    strbuf_addf(line, "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"%s\",",
                whole ? def->kind : forms[watch->event.presentation.form]);
    strbuf_addf(line, "\"apiVersion\":\"%s%s%s\",", whole ? def->group : "meta.k8s.io",
                whole && !*def->group ? "" : "/", whole ? def->version : "v1");
    strbuf_addf(line, "\"metadata\":{\"resourceVersion\":\"%" PRIu64 "\"",
                watch->position);
    if (end_of_first)
        strbuf_adds(line, ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}");
    strbuf_adds(line, "}}}\n");
}

static bool next_bookmark(struct api_watch *watch, struct instant now,
                          struct strbuf *line)
{
    if (watch->marks_first) {
        watch->marks_first = false;
        if (watch->bookmarks)
            add_bookmark(watch, line, true);
        return watch->bookmarks;
    }
    if (!watch->bookmarks || now.mono_ms < watch->bookmark_ms)
        return false;
    int64_t last = watch->end_ms - LAST_BOOKMARK_MS;
    watch->bookmark_ms = now.mono_ms + BOOKMARK_EVERY_MS;
    if (now.mono_ms >= last)
        watch->bookmark_ms = INT64_MAX; /* that was it */
    else if (watch->bookmark_ms > last)
        watch->bookmark_ms = last;
    add_bookmark(watch, line, false);
    return true;
}

bool api_watch_next(struct api_watch *watch, struct instant now, struct strbuf *line)
{
    if (api_watch_ended(watch, now))
        return false;
    if (watch->first_at < watch->first_count) {
        struct object_text *text = watch->first[watch->first_at++];
        add_event(watch, now, line, "ADDED", text);
        object_text_unref(text);
        return true;
    }
    /* The end of the first ones is told before what came after them. */
    if (watch->marks_first)
        return next_bookmark(watch, now, line) || next_change(watch, now, line);
    return next_change(watch, now, line) || next_bookmark(watch, now, line);
}

/* ---- the end */

bool api_watch_ended(const struct api_watch *watch, struct instant now)
{
    return !watch->server || watch->failed || now.mono_ms >= watch->end_ms ||
           watch->era != watch->storage->era;
}

int64_t api_watch_deadline(const struct api_watch *watch)
{
    if (watch->bookmarks && watch->bookmark_ms < watch->end_ms)
        return watch->bookmark_ms;
    return watch->end_ms;
}

static void drop_first(struct api_watch *watch)
{
    while (watch->first_at < watch->first_count)
        object_text_unref(watch->first[watch->first_at++]);
}

void api_watch_close(struct api_watch **watch_ptr)
{
    struct api_watch *watch = *watch_ptr;
    if (!watch)
        return;
    list_remove(&watch->node);
    drop_first(watch);
    free(watch->first);
    arena_free(&watch->arena);
    free(watch);
    *watch_ptr = NULL;
}

void watch_end_all(struct api_server *server)
{
    for (struct list *node; (node = list_pop(&server->watches));)
        LIST_ENTRY(node, struct api_watch, node)->server = NULL;
}
