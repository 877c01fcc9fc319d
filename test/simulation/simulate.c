/* simulate.c - `berth-simulate`: plays stories by their seeds, and says which end
 * badly.
 *
 *   --seed N         plays one, and prints its trace
 *   --seeds N        plays N of them (default 10000), from --from N (default 1)
 *   --jobs N         in so many processes (default 1)
 *   --seconds N      ends after so long, whatever is left
 *   --regressions F  first plays the seeds that the file lists
 */
#include "kubeclient/base/ascii.h"
#include "test/simulation/manifests.h"
#include "test/simulation/story.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRACE_MAX = 64 * 1024 * 1024, WHY_MAX = 64 * 1024, JOBS_MAX = 64 };

struct settings {
    uint64_t seed; /* 0: many */
    uint64_t from, seeds, jobs, seconds;
    const char *regressions;
};

struct tally {
    uint64_t passed, failed;
};

static bool play(uint64_t seed, struct tally *tally)
{
    struct strbuf why;
    strbuf_init(&why, WHY_MAX);
    bool ok = story_play(seed, NULL, &why);
    if (ok)
        tally->passed++;
    else {
        tally->failed++;
        printf("not ok seed %llu: %s  ./dev simulate --seed %llu\n",
               (unsigned long long)seed, why.text, (unsigned long long)seed);
        fflush(stdout);
    }
    strbuf_fini(&why);
    return ok;
}

static int play_one(uint64_t seed)
{
    struct strbuf why, trace;
    strbuf_init(&why, WHY_MAX);
    strbuf_init(&trace, TRACE_MAX);
    bool ok = story_play(seed, &trace, &why);
    printf("%s%s%s\n", trace.text, ok ? "ok" : "not ok: ", ok ? "" : why.text);
    strbuf_fini(&why);
    strbuf_fini(&trace);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Every seed of the job's share, until the time is over. */
static struct tally play_share(const struct settings *settings, uint64_t job,
                               double end)
{
    struct tally tally = {0};
    for (uint64_t i = job; i < settings->seeds && now_seconds() < end;
         i += settings->jobs)
        play(settings->from + i, &tally);
    return tally;
}

static pid_t start_job(const struct settings *settings, uint64_t job, double end,
                       int *reader)
{
    int ends[2];
    if (pipe(ends) != 0) {
        perror("pipe");
        exit(EXIT_FAILURE);
    }
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        struct tally tally = play_share(settings, job, end);
        fflush(stdout);
        bool told = write(ends[1], &tally, sizeof tally) == (ssize_t)sizeof tally;
        manifests_free();
        _exit(told ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    close(ends[1]);
    *reader = ends[0];
    return child;
}

static struct tally play_many(const struct settings *settings)
{
    struct tally all = {0};
    pid_t children[JOBS_MAX];
    int readers[JOBS_MAX];
    double end = now_seconds() + (settings->seconds ? (double)settings->seconds : 1e9);
    manifests(); /* read once, before the processes part */
    fflush(stdout);
    for (uint64_t job = 0; job < settings->jobs; job++)
        children[job] = start_job(settings, job, end, &readers[job]);
    for (uint64_t job = 0; job < settings->jobs; job++) {
        struct tally tally = {0};
        int status;
        bool told = read(readers[job], &tally, sizeof tally) == (ssize_t)sizeof tally;
        close(readers[job]);
        waitpid(children[job], &status, 0);
        if (!told || status != 0) {
            printf("not ok: job %llu ended before it had told its count\n",
                   (unsigned long long)job);
            all.failed++;
        }
        all.passed += tally.passed;
        all.failed += tally.failed;
    }
    return all;
}

/* Lines of "SEED why"; others are comments. */
static void play_regressions(const char *path, struct tally *tally)
{
    char line[512];
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    while (fgets(line, sizeof line, file)) {
        uint64_t seed;
        line[strcspn(line, " \n")] = '\0';
        if (ascii_parse_u64(line, &seed))
            play(seed, tally);
    }
    fclose(file);
}

/* The same seed twice is the same story, word for word. */
static void check_replay(uint64_t seed, struct tally *tally)
{
    struct strbuf why, first, second;
    strbuf_init(&why, WHY_MAX);
    strbuf_init(&first, TRACE_MAX);
    strbuf_init(&second, TRACE_MAX);
    story_play(seed, &first, &why);
    story_play(seed, &second, &why);
    if (strcmp(first.text, second.text) == 0)
        tally->passed++;
    else {
        tally->failed++;
        printf("not ok: seed %llu does not replay\n", (unsigned long long)seed);
    }
    strbuf_fini(&why);
    strbuf_fini(&first);
    strbuf_fini(&second);
}

static bool read_settings(struct settings *settings, int argc, char **argv)
{
    static const struct option OPTIONS[] = {
        {"seed", required_argument, NULL, 's'},
        {"from", required_argument, NULL, 'f'},
        {"seeds", required_argument, NULL, 'n'},
        {"jobs", required_argument, NULL, 'j'},
        {"seconds", required_argument, NULL, 't'},
        {"regressions", required_argument, NULL, 'r'},
        {0},
    };
    int option;
    bool ok = true;
    *settings = (struct settings){.from = 1, .seeds = 10000, .jobs = 1};
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        uint64_t *number = option == 's'   ? &settings->seed
                           : option == 'f' ? &settings->from
                           : option == 'n' ? &settings->seeds
                           : option == 'j' ? &settings->jobs
                           : option == 't' ? &settings->seconds
                                           : NULL;
        if (option == 'r')
            settings->regressions = optarg;
        else
            ok = ok && number && ascii_parse_u64(optarg, number);
    }
    return ok && optind == argc && settings->jobs >= 1 && settings->jobs <= JOBS_MAX;
}

int main(int argc, char **argv)
{
    struct settings settings;
    struct tally first = {0};
    if (!read_settings(&settings, argc, argv)) {
        fprintf(stderr,
                "usage: berth-simulate [--seed N | --seeds N [--from N] [--jobs N] "
                "[--seconds N] [--regressions FILE]]\n");
        return 2;
    }
    if (settings.seed) {
        int status = play_one(settings.seed);
        manifests_free();
        return status;
    }
    if (settings.regressions) {
        play_regressions(settings.regressions, &first);
        check_replay(settings.from, &first);
        check_replay(settings.from + 1, &first);
    }
    struct tally tally = play_many(&settings);
    manifests_free();
    uint64_t passed = first.passed + tally.passed;
    uint64_t failed = first.failed + tally.failed;
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
    return failed || !tally.passed ? EXIT_FAILURE : EXIT_SUCCESS;
}
