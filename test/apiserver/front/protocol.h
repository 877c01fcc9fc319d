/* protocol.h - what turns bytes into requests and answers into bytes.
 *
 * HTTP/1.1 and HTTP/2 behind one table of functions, without sockets: the connection
 * gives what it received and asks for what is to be sent, when it has room for it.
 */
#ifndef BERTH_APISERVER_PROTOCOL_H
#define BERTH_APISERVER_PROTOCOL_H

#include "test/apiserver/front/service.h"

enum protocol_next {
    PROTOCOL_MORE,  /* ask again */
    PROTOCOL_WAIT,  /* nothing until bytes come or the connection is woken */
    PROTOCOL_CLOSE, /* this was the last; close in order */
    PROTOCOL_CUT,   /* close without a word, as a fault wants it */
};

struct protocol;

struct protocol_ops {
    /* False: what came is no such protocol. What produce() still has is sent, then the
     * connection is closed. */
    bool (*receive)(struct protocol *protocol, const char *bytes, size_t len);

    /* Appends bytes to send: not many more than PROTOCOL_PIECE at a time. */
    enum protocol_next (*produce)(struct protocol *protocol, struct strbuf *out);

    /* False: more input would only be kept in memory. */
    bool (*wants_input)(const struct protocol *protocol);

    /* A fault: what is produced now is to be sent byte by byte. */
    bool (*is_split)(const struct protocol *protocol);

    /* No more requests; what is under way may be left unfinished. */
    void (*shut_down)(struct protocol *protocol);

    void (*free)(struct protocol *protocol);
};

enum { PROTOCOL_PIECE = 16 * 1024 };

struct protocol {
    const struct protocol_ops *ops;
};

/* Called from exchanges, when produce() may have something again. */
struct protocol_carrier {
    void (*wake)(void *ctx);
    void *ctx;
};

struct protocol *http1_new(struct service *service,
                           const struct protocol_carrier *carrier);
struct protocol *http2_new(struct service *service,
                           const struct protocol_carrier *carrier);

#endif
