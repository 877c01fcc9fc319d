/* options.h - the command line of berth-apiserver. */
#ifndef BERTH_APISERVER_OPTIONS_H
#define BERTH_APISERVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options {
    const char *dir;   /* where admin.kubeconfig is written */
    const char *audit; /* a file; NULL: no audit log */
    int port;          /* 0: one that is free */
    uint64_t seed;     /* of uids, names and tokens; 0: any */
    size_t history; /* changes that a watch can resume from; 0: the server's default */
    uint64_t lifetime_ms; /* 0: without end */
    bool kubelet, no_cluster, quiet, with_parent;
};

enum options_result {
    OPTIONS_RUN,
    OPTIONS_DONE, /* --help was printed */
    OPTIONS_BAD,  /* what is wrong was printed on stderr */
};

/* The texts are borrowed from argv. */
enum options_result options_parse(int argc, char **argv, struct options *options);

#endif
