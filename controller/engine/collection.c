#include "controller/engine/collection_state.h"

#include "controller/engine/object_head.h"
#include "controller/engine/watch_text.h"
#include "kubeclient/api/status.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/backoff.h"

#include <assert.h>
#include <string.h>

enum { LABEL_KEY_MAX = 253 + 1 + 63 }; /* prefix/name */

static struct stream *add_stream(struct collection *self, const char *ns)
{
    if (self->len == self->cap) {
        self->cap = self->cap ? 2 * self->cap : 1;
        self->streams =
            xreallocarray(self->streams, self->cap, sizeof(self->streams[0]));
    }
    struct stream *stream = xcalloc(1, sizeof(*stream));
    watch_fsm_init(&stream->fsm, random_next(&self->random));
    stream->ns = ns ? xstrdup(ns) : NULL;
    self->streams[self->len++] = stream;
    return stream;
}

static void free_stream(struct collection *self, size_t place)
{
    struct stream *stream = self->streams[place];
    watch_fsm_fini(&stream->fsm);
    free(stream->ns);
    free(stream);
    self->streams[place] = self->streams[--self->len];
}

struct collection *collection_new(const struct collection_options *options)
{
    struct collection *self = xcalloc(1, sizeof(*self));
    const char *const *namespaces = options->namespaces;
    self->random = options->seed;
    self->watch = options->watch;
    self->store = store_new(options->watch, random_next(&self->random));
    self->turn = arena_new();
    self->object = arena_new();
    self->last_id = options->last_id;
    self->changed = options->changed;
    self->completed = options->completed;
    self->ctx = options->ctx;
    self->chosen = options->watch->chooses != NULL;
    for (; !self->chosen && options->watch->resource->namespaced && namespaces &&
           *namespaces;
         namespaces++)
        add_stream(self, *namespaces);
    if (!self->chosen && self->len == 0)
        add_stream(self, NULL);
    return self;
}

void collection_free(struct collection **collection)
{
    struct collection *self = *collection;
    if (!self)
        return;
    while (self->len)
        free_stream(self, self->len - 1);
    free(self->streams);
    store_free(&self->store);
    arena_free(&self->turn);
    arena_free(&self->object);
    free(self);
    *collection = NULL;
}

/* Effects. */

static void stop_request(struct stream *stream)
{
    stream->start = false;
    if (stream->request)
        stream->cancel = stream->request;
    stream->request = 0;
}

static struct kube_request next_request(struct collection *self, struct stream *stream)
{
    struct watch_request wanted = watch_fsm_next(&stream->fsm);
    struct kube_selection selection = {
        .ns = stream->ns,
        .label_selector = self->watch->label_selector,
        .field_selector = self->watch->field_selector,
    };
    if (wanted.page)
        return kube_request_list(self->turn, self->watch->resource, &selection,
                                 wanted.token, WATCH_PAGE_LIMIT);
    struct kube_watch_options options = {
        .initial_events = wanted.initial_events,
        .timeout_seconds = wanted.timeout_seconds,
    };
    if (wanted.version)
        options.resource_version =
            arena_printf(self->turn, "%llu", (unsigned long long)wanted.version);
    return kube_request_watch(self->turn, self->watch->resource, &selection, &options);
}

static bool take_effect(struct collection *self, struct stream *stream,
                        struct collection_effect *effect)
{
    if (stream->cancel) {
        *effect = (struct collection_effect){.cancel = true, .id = stream->cancel};
        stream->cancel = 0;
        return true;
    }
    if (!stream->start)
        return false;
    stream->start = false;
    stream->request = ++*self->last_id;
    *effect = (struct collection_effect){
        .id = stream->request,
        .request = next_request(self, stream),
    };
    return true;
}

bool collection_next_effect(struct collection *self, struct collection_effect *effect)
{
    arena_reset(self->turn);
    for (size_t i = 0; i < self->len; i++) {
        struct stream *stream = self->streams[i];
        if (!take_effect(self, stream, effect))
            continue;
        if (stream->dropped)
            free_stream(self, i);
        return true;
    }
    return false;
}

/* The machine. */

static void on_removed(void *ctx, const struct store_diff *diff)
{
    struct collection *self = ctx;
    self->changed(self->ctx, self, diff);
}

static void end_list(struct collection *self, struct stream *stream)
{
    struct store_list list = {
        .ns = stream->ns,
        .mark = stream->mark,
        .version = stream->fsm.version,
    };
    store_list_end(self->store, self->object, &list, on_removed, self);
}

struct stream *collection_stream(const struct collection *self, const char *ns)
{
    for (size_t i = 0; i < self->len; i++) {
        struct stream *stream = self->streams[i];
        if (!stream->dropped && (!stream->ns || strcmp(stream->ns, ns) == 0))
            return stream;
    }
    return NULL;
}

/* Gives the event to the machine and does what the step says; false: the object that
 * came with it is stale. */
static bool step(struct collection *self, struct stream *stream,
                 const struct watch_event *event, int64_t now_ms)
{
    bool was_complete = stream->fsm.complete;
    struct watch_step todo = watch_fsm_step(&stream->fsm, event, now_ms);
    if (todo.list_end)
        end_list(self, stream);
    if (todo.reset)
        store_reset(self->store);
    if (todo.list_begin)
        stream->mark = store_list_begin(self->store);
    if (todo.request || stream->fsm.state == WATCH_WAITING)
        stop_request(stream);
    if (todo.request)
        stream->start = true;
    if (self->chosen && stream->fsm.complete && !was_complete)
        self->completed(self->ctx, self, stream->ns);
    return !todo.stale;
}

static void step_error(struct collection *self, struct stream *stream,
                       enum watch_event_kind kind, const struct err *err,
                       int64_t now_ms)
{
    struct watch_event event = {.kind = kind, .err = err};
    step(self, stream, &event, now_ms);
}

void collection_start(struct collection *self, int64_t now_ms)
{
    struct watch_event event = {.kind = WATCH_ON_START};
    for (size_t i = 0; i < self->len; i++)
        step(self, self->streams[i], &event, now_ms);
}

void collection_on_timer(struct collection *self, int64_t now_ms)
{
    struct watch_event event = {.kind = WATCH_ON_TIMER};
    for (size_t i = 0; i < self->len; i++) {
        if (!self->streams[i]->dropped)
            step(self, self->streams[i], &event, now_ms);
    }
}

void collection_add_namespace(struct collection *self, const char *ns, int64_t now_ms)
{
    struct watch_event event = {.kind = WATCH_ON_START};
    assert(self->chosen);
    if (!collection_stream(self, ns))
        step(self, add_stream(self, ns), &event, now_ms);
}

void collection_drop_namespace(struct collection *self, const char *ns)
{
    struct stream *stream = collection_stream(self, ns);
    struct store_list nothing = {.ns = ns, .version = UINT64_MAX};
    assert(self->chosen);
    if (!stream)
        return;
    stop_request(stream);
    stream->dropped = true;
    stream->fsm.deadline_ms = -1;
    nothing.mark = store_list_begin(self->store);
    store_list_end(self->store, self->object, &nothing, on_removed, self);
    for (size_t i = 0; !stream->cancel && i < self->len; i++) {
        if (self->streams[i] == stream) {
            free_stream(self, i);
            break;
        }
    }
}

int64_t collection_deadline(const struct collection *self)
{
    int64_t earliest = -1;
    for (size_t i = 0; i < self->len; i++) {
        int64_t deadline = self->streams[i]->fsm.deadline_ms;
        if (deadline >= 0 && (earliest < 0 || deadline < earliest))
            earliest = deadline;
    }
    return earliest;
}

static struct stream *find_stream(const struct collection *self, uint64_t id)
{
    for (size_t i = 0; id && i < self->len; i++) {
        if (self->streams[i]->request == id)
            return self->streams[i];
    }
    return NULL;
}

bool collection_owns(const struct collection *self, uint64_t id)
{
    return find_stream(self, id) != NULL;
}

static struct stream *stream_of(struct collection *self, uint64_t id)
{
    struct stream *stream = find_stream(self, id);
    assert(stream);
    return stream;
}

/* Objects. */

static void report(struct collection *self, const struct store_diff *diff)
{
    if (diff->change != STORE_SAME)
        self->changed(self->ctx, self, diff);
    arena_reset(self->object);
}

static bool take_line(struct collection *self, const struct stream *stream,
                      const struct watch_line *line, struct err *err)
{
    struct store_diff diff;
    bool ok;
    if (line->type == WATCH_LINE_DELETED)
        ok = store_remove(self->store, self->object, line->object, &diff, err);
    else if (stream->fsm.state == WATCH_STREAMING)
        ok = store_put_listed(self->store, self->object, line->object, &diff, err);
    else
        ok = store_put(self->store, self->object, line->object, &diff, err);
    if (ok)
        report(self, &diff);
    return ok;
}

static void on_object_line(struct collection *self, struct stream *stream,
                           const struct watch_line *line, int64_t now_ms)
{
    struct err err;
    struct watch_event event = {.kind = WATCH_ON_OBJECT, .version = line->version};
    if (step(self, stream, &event, now_ms) && !take_line(self, stream, line, &err))
        step_error(self, stream, WATCH_ON_NONSENSE, &err, now_ms);
}

static void on_error_line(struct collection *self, struct stream *stream,
                          const struct watch_line *line, int64_t now_ms)
{
    struct err err;
    kube_status_err(line->object.start, line->object.len, 500, &err);
    step_error(self, stream, WATCH_ON_ERROR, &err, now_ms);
}

void collection_on_line(struct collection *self, uint64_t id, const char *text,
                        size_t len, int64_t now_ms)
{
    struct stream *stream = stream_of(self, id);
    struct watch_line line;
    struct err err;
    if (!watch_line_parse(&line, (struct json_slice){text, len}, &err)) {
        step_error(self, stream, WATCH_ON_NONSENSE, &err, now_ms);
        return;
    }
    struct watch_event bookmark = {
        .kind = WATCH_ON_BOOKMARK,
        .version = line.version,
        .initial_end = line.initial_end,
    };
    switch (line.type) {
    case WATCH_LINE_ADDED:
    case WATCH_LINE_MODIFIED:
    case WATCH_LINE_DELETED:
        on_object_line(self, stream, &line, now_ms);
        break;
    case WATCH_LINE_BOOKMARK:
        step(self, stream, &bookmark, now_ms);
        break;
    case WATCH_LINE_ERROR:
        on_error_line(self, stream, &line, now_ms);
        break;
    }
}

static bool on_item(void *ctx, struct json_slice item, struct err *err)
{
    struct collection *self = ctx;
    struct store_diff diff;
    if (!store_put_listed(self->store, self->object, item, &diff, err))
        return false;
    report(self, &diff);
    return true;
}

static void on_page(struct collection *self, struct stream *stream,
                    const struct kube_response *response, int64_t now_ms)
{
    struct json_slice text = {response->body, response->len};
    struct list_page page;
    struct err err;
    arena_reset(self->turn);
    if (!list_page_parse(&page, self->turn, text, &err) ||
        !list_page_each(&page, on_item, self, &err)) {
        step_error(self, stream, WATCH_ON_NONSENSE, &err, now_ms);
        return;
    }
    struct watch_event event = {
        .kind = WATCH_ON_PAGE,
        .version = page.version,
        .token = page.token,
    };
    step(self, stream, &event, now_ms);
}

void collection_on_response(struct collection *self, uint64_t id,
                            const struct kube_response *response, int64_t now_ms)
{
    struct stream *stream = stream_of(self, id);
    struct err err;
    stream->request = 0;
    if (!kube_status_ok(response, &err))
        step_error(self, stream, WATCH_ON_ERROR, &err, now_ms);
    else if (stream->fsm.state == WATCH_PAGING)
        on_page(self, stream, response, now_ms);
    else
        step_error(self, stream, WATCH_ON_END, NULL, now_ms);
}

void collection_on_failure(struct collection *self, uint64_t id, const struct err *err,
                           int64_t now_ms)
{
    struct stream *stream = stream_of(self, id);
    stream->request = 0;
    step_error(self, stream, WATCH_ON_ERROR, err, now_ms);
}

/* Whether the watch selects the object. Of the forms of selectors those are understood
 * that watches have, "key" and "key=value"; of any other it is not known. */
static bool is_selected(const struct reconciler_watch *watch, struct json_slice text)
{
    const char *selector = watch->label_selector;
    char key[LABEL_KEY_MAX + 1];
    if (watch->field_selector)
        return false;
    if (!selector)
        return true;
    size_t len = strcspn(selector, "=!, (");
    const char *wanted = selector[len] == '=' ? selector + len + 1 : NULL;
    bool understood = wanted ? wanted[strcspn(wanted, "=,")] == '\0' : !selector[len];
    if (!understood || len > LABEL_KEY_MAX)
        return false;
    memcpy(key, selector, len);
    key[len] = '\0';
    struct json_slice value =
        json_text_get(text.start, text.len, JSON_PATH("metadata", "labels", key));
    return value.start && (!wanted || (value.len == strlen(wanted) &&
                                       memcmp(value.start, wanted, value.len) == 0));
}

/* Whether a stream would have brought the object, sooner or later. */
static bool wanted(const struct collection *self, const struct object_head *head,
                   struct json_slice text)
{
    const struct stream *stream = collection_stream(self, head->ns);
    if (!stream || head->version <= stream->fsm.version)
        return false;
    return is_selected(self->watch, text) ||
           store_has(self->store, head->ns, head->name);
}

bool collection_put(struct collection *self, struct arena *arena,
                    struct json_slice text, const cJSON **object, struct err *err)
{
    struct object_head head;
    struct store_diff diff = {.change = STORE_SAME};
    *object = NULL;
    if (!object_head_read(&head, text, err))
        return false;
    if (wanted(self, &head, text) && !store_put(self->store, arena, text, &diff, err))
        return false;
    if (diff.change != STORE_SAME)
        self->changed(self->ctx, self, &diff);
    *object =
        diff.after ? diff.after : store_get(self->store, arena, head.ns, head.name);
    return true;
}
