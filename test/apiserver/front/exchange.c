#include "test/apiserver/front/exchange.h"

#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/respond.h"
#include "test/apiserver/front/status_answer.h"

#include <stdio.h>
#include <string.h>

enum {
    LINES_MAX = 64 * 1024 * 1024, /* of which one line is the most */
    SLOW_MS = 100,
};

struct exchange {
    struct list node;
    struct service *service;
    struct exchange_carrier carrier;
    struct request request;
    struct api_answer answer;
    struct strbuf lines; /* of a watch, taken and not yet carried */
    size_t at;           /* what of the body or of the lines was carried */
    int64_t carried;     /* bytes in all */
    struct fault_effects effects;
    int64_t allowance, refill_ms; /* of a slow one */
    bool without_body;            /* HEAD */
    bool waiting;
};

static struct exchange *new_exchange(struct service *service,
                                     const struct exchange_carrier *carrier)
{
    struct exchange *self = xcalloc(1, sizeof *self);
    self->service = service;
    self->carrier = *carrier;
    self->effects = fault_none();
    strbuf_init(&self->lines, LINES_MAX);
    return self;
}

struct exchange *exchange_open(struct service *service, struct request *request,
                               const struct exchange_carrier *carrier)
{
    struct exchange *self = new_exchange(service, carrier);
    self->request = *request;
    request_init(request);
    self->without_body = strcmp(self->request.method, "HEAD") == 0;
    respond(service, &self->request, &self->effects, &self->answer);
    list_append(&service->exchanges, &self->node);
    return self;
}

struct exchange *exchange_refuse(struct service *service, int status,
                                 const struct exchange_carrier *carrier)
{
    struct exchange *self = new_exchange(service, carrier);
    char message[96];
    snprintf(message, sizeof message, "%s", status_phrase(status));
    if (status == 413)
        snprintf(message, sizeof message, "Request entity too large: limit is %d",
                 REQUEST_BODY_MAX);
    request_init(&self->request);
    answer_with_status(&self->answer, status, message);
    list_append(&service->exchanges, &self->node);
    return self;
}

void exchange_close(struct exchange **exchange)
{
    struct exchange *self = *exchange;
    if (!self)
        return;
    list_remove(&self->node);
    api_watch_close(&self->answer.watch);
    api_answer_fini(&self->answer);
    request_fini(&self->request);
    strbuf_fini(&self->lines);
    free(self);
    *exchange = NULL;
}

static enum exchange_next wait_for_wake(struct exchange *self)
{
    self->waiting = true;
    return EXCHANGE_WAIT;
}

enum exchange_next exchange_head(struct exchange *self, struct exchange_head *head)
{
    if (self->effects.unanswered)
        return EXCHANGE_CUT;
    if (self->effects.rst)
        return EXCHANGE_RESET;
    if (self->effects.stall)
        return wait_for_wake(self);
    *head = (struct exchange_head){
        .status = self->answer.status,
        .content_type = self->answer.content_type,
        .length = self->answer.watch && !self->without_body
                      ? -1
                      : (int64_t)self->answer.body.len,
        .retry_after_s = self->answer.retry_after_s,
        .audit_id = self->answer.audit_id,
    };
    return EXCHANGE_BYTES;
}

/* How many bytes the faults let through now. */
static enum exchange_next limit(struct exchange *self, size_t *size)
{
    const struct fault_effects *effects = &self->effects;
    int64_t most = effects->split ? 1 : (int64_t)*size;
    if (effects->unanswered || effects->rst) /* since the answer began */
        return effects->rst ? EXCHANGE_RESET : EXCHANGE_CUT;
    if (effects->cut_after != FAULT_NEVER) {
        int64_t left = effects->cut_after - self->carried;
        if (left <= 0)
            return EXCHANGE_CUT;
        most = left < most ? left : most;
    }
    if (effects->stall_after != FAULT_NEVER) {
        int64_t left = effects->stall_after - self->carried;
        if (left <= 0)
            return EXCHANGE_WAIT;
        most = left < most ? left : most;
    }
    if (effects->stall)
        return EXCHANGE_WAIT;
    if (effects->slow) {
        int64_t now_ms = self->service->options.now().mono_ms;
        if (now_ms >= self->refill_ms) {
            self->refill_ms = now_ms + SLOW_MS;
            self->allowance = effects->slow;
        }
        if (self->allowance == 0)
            return EXCHANGE_WAIT;
        most = self->allowance < most ? self->allowance : most;
    }
    *size = (size_t)most;
    return EXCHANGE_BYTES;
}

/* Takes lines up to about `size` bytes, once the ones before are carried. */
static void take_lines(struct exchange *self, size_t size)
{
    if (self->at < self->lines.len)
        return;
    struct instant now = self->service->options.now();
    strbuf_reset(&self->lines);
    self->at = 0;
    while (self->lines.len < size &&
           api_watch_next(self->answer.watch, now, &self->lines))
        ;
}

static enum exchange_next at_end_of_lines(struct exchange *self)
{
    if (self->lines.overflow)
        return EXCHANGE_CUT;
    return api_watch_ended(self->answer.watch, self->service->options.now())
               ? EXCHANGE_END
               : wait_for_wake(self);
}

enum exchange_next exchange_read(struct exchange *self, char *bytes, size_t size,
                                 size_t *len)
{
    if (self->without_body)
        return EXCHANGE_END;
    enum exchange_next next = limit(self, &size);
    if (next == EXCHANGE_WAIT)
        return wait_for_wake(self);
    if (next != EXCHANGE_BYTES)
        return next;
    if (self->answer.watch)
        take_lines(self, size);
    const struct strbuf *from = self->answer.watch ? &self->lines : &self->answer.body;
    size_t left = from->len - self->at;
    if (left == 0 || from->overflow)
        return self->answer.watch ? at_end_of_lines(self) : EXCHANGE_END;
    *len = left < size ? left : size;
    memcpy(bytes, from->text + self->at, *len);
    self->at += *len;
    self->carried += (int64_t)*len;
    self->allowance -= self->effects.slow ? (int64_t)*len : 0;
    return EXCHANGE_BYTES;
}

static bool is_stalled(const struct exchange *self)
{
    return self->effects.stall || (self->effects.stall_after != FAULT_NEVER &&
                                   self->carried >= self->effects.stall_after);
}

bool exchange_is_read(const struct exchange *self)
{
    return !self->answer.watch && self->at == self->answer.body.len &&
           self->effects.cut_after == FAULT_NEVER && !is_stalled(self);
}

bool exchange_is_split(const struct exchange *self)
{
    return self->effects.split;
}

bool exchange_is_last(const struct exchange *self)
{
    return self->effects.goaway;
}

struct exchange *exchange_of_node(struct list *node)
{
    return LIST_ENTRY(node, struct exchange, node);
}

static void wake(struct exchange *self)
{
    self->waiting = false;
    self->carrier.wake(self->carrier.ctx);
}

void exchange_settle(struct exchange *self)
{
    if (!self->waiting || is_stalled(self))
        return;
    struct instant now = self->service->options.now();
    if (self->effects.slow && self->allowance == 0 && now.mono_ms < self->refill_ms)
        return;
    if (self->answer.watch && self->at == self->lines.len)
        take_lines(self, 1);
    if (!self->answer.watch || self->lines.len ||
        api_watch_ended(self->answer.watch, now))
        wake(self);
}

int64_t exchange_deadline(const struct exchange *self)
{
    if (!self->waiting || is_stalled(self))
        return -1;
    if (self->effects.slow && self->allowance == 0)
        return self->refill_ms;
    return self->answer.watch ? api_watch_deadline(self->answer.watch) : -1;
}

void exchange_match_open_faults(struct exchange *self)
{
    if (self->request.method &&
        respond_match_open(self->service, &self->request, &self->effects))
        wake(self);
}

void exchange_clear_faults(struct exchange *self)
{
    self->effects = fault_none();
    if (self->waiting)
        wake(self);
}
