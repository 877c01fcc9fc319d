/* apiserver_bench.c - what the embedded API server costs: memory and applies a second.
 *
 * Fills a server with Deployments as Berth applies them, then applies changed and equal
 * intents, in process and through the front over HTTP/2. Processor time is the server's
 * own thread's, so that the client's does not count. Nothing is asserted but that every
 * request succeeds.
 */
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "test/bench/apiserver_load.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static double seconds(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double resident_mib(void)
{
    char line[256];
    double mib = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status)) {
        uint64_t kib;
        if (!ascii_has_prefix(line, "VmRSS:"))
            continue;
        char *number = line + strcspn(line, "0123456789");
        number[strspn(number, "0123456789")] = '\0';
        if (ascii_parse_u64(number, &kib))
            mib = (double)kib / 1024;
    }
    if (status)
        fclose(status);
    return mib;
}

struct measure {
    double wall, cpu;
};

static struct measure begin(void)
{
    return (struct measure){seconds(CLOCK_MONOTONIC), seconds(CLOCK_THREAD_CPUTIME_ID)};
}

static void report(const char *what, size_t count, struct measure since)
{
    double wall = seconds(CLOCK_MONOTONIC) - since.wall;
    double cpu = seconds(CLOCK_THREAD_CPUTIME_ID) - since.cpu;
    printf("%-44s %8zu %9.2f s %9.2f s %10.0f /s\n", what, count, wall, cpu,
           (double)count / cpu);
    fflush(stdout);
}

static void apply_range(struct load *load, size_t count, unsigned generation)
{
    for (size_t i = 0; i < count; i++)
        load_apply(load, i % load->objects, generation);
}

static void bench_core(struct load *load, size_t applies)
{
    double before = resident_mib();
    struct measure since = begin();
    apply_range(load, load->objects, 0);
    report("core: apply that creates", load->objects, since);
    double used = resident_mib() - before;
    printf("%-44s %8.0f MiB, %.1f KiB each\n", "core: resident for these objects", used,
           used * 1024 / (double)load->objects);
    since = begin();
    apply_range(load, applies, 1);
    report("core: apply that changes two fields", applies, since);
    since = begin();
    apply_range(load, applies, 1);
    report("core: apply of what is there", applies, since);
    since = begin();
    load_list(load);
    report("core: list of all", 1, since);
    printf("%-44s %8.0f MiB\n", "core: resident at the end", resident_mib());
}

static void bench_front(size_t objects, size_t applies)
{
    struct front_load *front = front_load_open(objects);
    double cpu = front_load_apply(front, objects, 0);
    printf("%-44s %8zu %22.2f s %10.0f /s\n", "front: apply that creates", objects, cpu,
           (double)objects / cpu);
    cpu = front_load_apply(front, applies, 1);
    printf("%-44s %8zu %22.2f s %10.0f /s\n", "front: apply that changes two fields",
           applies, cpu, (double)applies / cpu);
    front_load_close(&front);
}

static size_t number(const char *text)
{
    uint64_t value;
    if (!ascii_parse_u64(text, &value) || value == 0) {
        fprintf(stderr, "bench_apiserver: \"%s\" is not a number\n", text);
        exit(2);
    }
    return (size_t)value;
}

int main(int argc, char **argv)
{
    size_t objects = argc > 1 ? number(argv[1]) : 50000;
    size_t applies = argc > 2 ? number(argv[2]) : 50000;
    if (argc > 3 || (argc > 1 && argv[1][0] == '-')) {
        fprintf(stderr, "usage: bench_apiserver [OBJECTS [APPLIES]]\n");
        return 2;
    }
    printf("%-44s %8s %11s %11s\n", "", "count", "wall", "processor");
    struct load load;
    load_init(&load, objects);
    bench_core(&load, applies);
    load_fini(&load);
    bench_front(objects < 5000 ? objects : 5000, applies < 20000 ? applies : 20000);
    return 0;
}
