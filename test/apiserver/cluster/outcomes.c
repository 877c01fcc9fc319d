#include "test/apiserver/cluster/outcomes.h"

#include "kubeclient/base/ascii.h"

#include <stddef.h>
#include <string.h>

static const struct outcome OUTCOMES[] = {
    {.word = "running"},
    {.word = "never-ready", .never_ready = true},
    {.word = "stubborn", .stubborn = true},
    {.word = "completed", .ends = true},
    {.word = "crash-loop", .never_ready = true, .ends = true, .exit_code = 1},
    {.word = "oom-killed",
     .ends = true,
     .exit_code = OUTCOME_KILLED,
     .ending = "OOMKilled"},
    {.word = "evicted",
     .ends = true,
     .exit_code = OUTCOME_KILLED,
     .pod_reason = "Evicted",
     .message = "The node was low on resource: memory."},
    {.word = "sidecar-crash-loop",
     .sidecar = "CrashLoopBackOff",
     .message = "back-off 10s restarting failed container"},
    {.word = "sidecar-image-pull-back-off",
     .sidecar = "ImagePullBackOff",
     .message = "Back-off pulling image: not found"},
    {.word = "image-pull-back-off",
     .waiting = "ImagePullBackOff",
     .message = "Back-off pulling image: not found"},
    {.word = "config-error",
     .waiting = "CreateContainerConfigError",
     .message = "configmap \"settings\" not found"},
    {.word = "unschedulable",
     .unschedulable = true,
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
        return (struct outcome){.word = "exit", .ends = true, .exit_code = (int)code};
    return OUTCOMES[0];
}
