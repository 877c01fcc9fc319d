#include "test/apiserver/cluster/outcomes.h"

#include "kubeclient/base/ascii.h"

#include <stddef.h>
#include <string.h>

static const struct outcome OUTCOMES[] = {
    {.word = "running", .scheduled = true, .ready = true},
    {.word = "never-ready", .scheduled = true},
    {.word = "completed", .scheduled = true, .ready = true, .ends = true},
    {.word = "oom-killed",
     .scheduled = true,
     .ready = true,
     .ends = true,
     .exit_code = 137,
     .ending = "OOMKilled"},
    {.word = "evicted",
     .scheduled = true,
     .ready = true,
     .ends = true,
     .exit_code = 137,
     .ending = "Error",
     .pod_reason = "Evicted"},
    {.word = "image-pull-back-off",
     .scheduled = true,
     .waiting = "ImagePullBackOff",
     .message = "Back-off pulling image: not found"},
    {.word = "crash-loop",
     .scheduled = true,
     .waiting = "CrashLoopBackOff",
     .message = "back-off 10s restarting failed container"},
    {.word = "unschedulable",
     .message = "0/1 nodes are available: 1 Insufficient cpu."},
};

struct outcome outcome_of(const char *word)
{
    uint64_t code;
    for (size_t i = 0; word && i < sizeof OUTCOMES / sizeof *OUTCOMES; i++) {
        if (strcmp(OUTCOMES[i].word, word) == 0)
            return OUTCOMES[i];
    }
    if (word && ascii_has_prefix(word, "exit:") && ascii_parse_u64(word + 5, &code) &&
        code <= 255)
        return (struct outcome){.word = "exit",
                                .scheduled = true,
                                .ready = true,
                                .ends = true,
                                .exit_code = (int)code};
    return OUTCOMES[0];
}
