/* exchange.h - one request and its answer, as a protocol carries them.
 *
 * The protocol hands a request over, asks for the head of the answer and then for its
 * body, as much as it has room for: nothing of a watch is taken from the API server
 * before there is room, so that a slow reader costs no memory. When there is nothing
 * for now, the carrier is woken later, from service_turn() or by a change of faults,
 * never from within a call to the exchange.
 */
#ifndef BERTH_APISERVER_EXCHANGE_H
#define BERTH_APISERVER_EXCHANGE_H

#include "test/apiserver/front/request.h"
#include "test/apiserver/front/service.h"

enum exchange_next {
    EXCHANGE_BYTES,
    EXCHANGE_WAIT, /* the carrier will be woken */
    EXCHANGE_END,
    EXCHANGE_CUT,   /* a fault: cut the connection here */
    EXCHANGE_RESET, /* a fault: reset the stream, or cut what has no streams */
};

struct exchange_carrier {
    void (*wake)(void *ctx);
    void *ctx;
};

struct exchange_head {
    int status;
    const char *content_type;
    int64_t length; /* bytes of the body; -1: a stream */
    int retry_after_s;
    const char *audit_id; /* "": none */
};

struct exchange;

/* Takes the request (its content is moved) and has it answered. */
struct exchange *exchange_open(struct service *service, struct request *request,
                               const struct exchange_carrier *carrier);

/* An answer to what could not be read as a request: 400, 413, 414, 431, 501, 505. */
struct exchange *exchange_refuse(struct service *service, int status,
                                 const struct exchange_carrier *carrier);

/* At any time: the client is gone, or the answer was carried. */
void exchange_close(struct exchange **exchange);

/* BYTES: `head` is filled, with what lives as long as the exchange. */
enum exchange_next exchange_head(struct exchange *exchange, struct exchange_head *head);

/* BYTES: 1 to `size` of them were written. */
enum exchange_next exchange_read(struct exchange *exchange, char *bytes, size_t size,
                                 size_t *len);

/* True: exchange_read() has nothing but END any more. False says nothing. */
bool exchange_is_read(const struct exchange *exchange);

/* Faults: each byte is to be carried alone; the connection takes no more requests. They
 * may come while the answer is carried; the carrier is woken then. */
bool exchange_is_split(const struct exchange *exchange);
bool exchange_is_last(const struct exchange *exchange);

/* Of service.c: what happens to a listed exchange from outside. */
struct exchange *exchange_of_node(struct list *node);
void exchange_settle(struct exchange *exchange); /* wakes the carrier if it waits and
                                                    there is something */
int64_t exchange_deadline(const struct exchange *exchange); /* -1: none */
void exchange_match_open_faults(struct exchange *exchange);
void exchange_clear_faults(struct exchange *exchange);

#endif
