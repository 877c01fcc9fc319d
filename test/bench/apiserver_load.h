/* apiserver_load.h - the load of apiserver_bench.c, in process and over HTTP/2. */
#ifndef BERTH_BENCH_APISERVER_LOAD_H
#define BERTH_BENCH_APISERVER_LOAD_H

#include "test/apiserver/cluster/cluster.h"

/* Appends the intent of the numbered Deployment; generations differ in two fields. */
void load_body(struct strbuf *body, size_t number, unsigned generation);

/* The target of its apply; valid until the next call. */
const char *load_target(size_t number);

struct load {
    struct api_server *server;
    size_t objects;
    struct strbuf body;
};

void load_init(struct load *load, size_t objects);
void load_fini(struct load *load);

/* One apply, and the turns that follow; exits where it fails. */
void load_apply(struct load *load, size_t number, unsigned generation);
void load_list(struct load *load);

/* A front on a thread of its own, and a client with many streams. */
struct front_load;
struct front_load *front_load_open(size_t objects);

/* Applies `count` times, to one Deployment after the other; the seconds of processor
 * time that the server's thread took. */
double front_load_apply(struct front_load *load, size_t count, unsigned generation);
void front_load_close(struct front_load **load);

#endif
