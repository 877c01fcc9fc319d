#include "test/apiserver/front/options.h"

#include "kubeclient/base/ascii.h"

#include <getopt.h>
#include <stdio.h>

static const char HELP[] =
    "Usage: berth-apiserver [OPTION...]\n"
    "\n"
    "A small Kubernetes API server on loopback, in memory, for tests and for the "
    "demo.\n"
    "It writes admin.kubeconfig, then a line \"ready PORT\" on stdout.\n"
    "\n"
    "  --dir DIR           where admin.kubeconfig is written (default: .)\n"
    "  --port N            port on 127.0.0.1 (default: one that is free)\n"
    "  --kubelet           play a kubelet: pods are scheduled, run and end\n"
    "  --no-controller-manager\n"
    "                      no controllers beside it: no pods, no default accounts\n"
    "  --audit FILE        append a line of audit.k8s.io/v1 for each write\n"
    "  --history N         changes of a resource that a watch can resume from\n"
    "  --seed N            of uids, generated names and tokens (default: any)\n"
    "  --lifetime SECONDS  end by itself after so long\n"
    "  --with-parent       end when stdin is closed\n"
    "  --quiet             do not tell on stderr how to use it\n"
    "  --help              this text\n"
    "\n"
    "SIGTERM and SIGINT end it.\n";

enum option_id {
    OPTION_DIR = 1,
    OPTION_PORT,
    OPTION_KUBELET,
    OPTION_NO_CLUSTER,
    OPTION_AUDIT,
    OPTION_HISTORY,
    OPTION_SEED,
    OPTION_LIFETIME,
    OPTION_WITH_PARENT,
    OPTION_QUIET,
    OPTION_HELP,
};

static const struct option OPTIONS[] = {
    {"dir", required_argument, NULL, OPTION_DIR},
    {"port", required_argument, NULL, OPTION_PORT},
    {"kubelet", no_argument, NULL, OPTION_KUBELET},
    {"no-controller-manager", no_argument, NULL, OPTION_NO_CLUSTER},
    {"audit", required_argument, NULL, OPTION_AUDIT},
    {"history", required_argument, NULL, OPTION_HISTORY},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"lifetime", required_argument, NULL, OPTION_LIFETIME},
    {"with-parent", no_argument, NULL, OPTION_WITH_PARENT},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"help", no_argument, NULL, OPTION_HELP},
    {0},
};

static bool parse_number(const char *name, uint64_t max, uint64_t *value)
{
    if (ascii_parse_u64(optarg, value) && *value <= max)
        return true;
    fprintf(stderr, "berth-apiserver: --%s: \"%s\" is not a number up to %llu\n", name,
            optarg, (unsigned long long)max);
    return false;
}

static bool take(int id, struct options *options)
{
    uint64_t number = 0;
    bool good = true;
    switch (id) {
    case OPTION_DIR:
        options->dir = optarg;
        break;
    case OPTION_PORT:
        good = parse_number("port", 65535, &number);
        options->port = (int)number;
        break;
    case OPTION_KUBELET:
        options->kubelet = true;
        break;
    case OPTION_NO_CLUSTER:
        options->no_cluster = true;
        break;
    case OPTION_AUDIT:
        options->audit = optarg;
        break;
    case OPTION_HISTORY:
        good = parse_number("history", 100 * 1000 * 1000, &number);
        options->history = (size_t)number;
        break;
    case OPTION_SEED:
        good = parse_number("seed", UINT64_MAX, &options->seed);
        break;
    case OPTION_LIFETIME:
        good = parse_number("lifetime", 10 * 365 * 24 * 3600, &number);
        options->lifetime_ms = number * 1000;
        break;
    case OPTION_WITH_PARENT:
        options->with_parent = true;
        break;
    case OPTION_QUIET:
        options->quiet = true;
        break;
    default: /* getopt_long() has said what is wrong */
        good = false;
    }
    return good;
}

enum options_result options_parse(int argc, char **argv, struct options *options)
{
    int id;
    *options = (struct options){.dir = "."};
    while ((id = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        if (id == OPTION_HELP) {
            fputs(HELP, stdout);
            return OPTIONS_DONE;
        }
        if (!take(id, options))
            return OPTIONS_BAD;
    }
    if (optind == argc)
        return OPTIONS_RUN;
    fprintf(stderr, "berth-apiserver: what is \"%s\"? See --help.\n", argv[optind]);
    return OPTIONS_BAD;
}
