#include "reconcilers/shared/pod_failures.h"

#include "kubeclient/base/ascii.h"

#include <string.h>

/* The kubelet alternates between the error and "Back-off pulling image …: ErrImagePull:
 * <the error>"; both must read the same, or each attempt would be a change. */
static const char *stable_message(const char *message)
{
    static const char marker[] = "ErrImagePull: ";
    const char *tail = strstr(message, marker);
    return tail ? tail + strlen(marker) : message;
}

/* True when the text names the image and not a longer one that begins or ends with it.
 */
static bool names_image(const char *text, const char *image)
{
    size_t len = strlen(image);
    if (len == 0)
        return false;
    for (const char *at = text; (at = strstr(at, image)); at += len) {
        bool begins = at == text || !(ascii_alnum(at[-1]) || strchr("/.-_", at[-1]));
        char after = at[len], next = after ? at[len + 1] : '\0';
        bool joined = after && strchr(".-_/:@", after) && ascii_alnum(next);
        if (begins && !ascii_alnum(after) && !joined)
            return true;
    }
    return false;
}

static bool find_in(const cJSON *statuses, const struct skills *skills,
                    struct pull_failure *failure)
{
    json_each (status, statuses) {
        const char *message = json_str(status, "state", "waiting", "message");
        for (size_t i = 0; message && i < skills->len; i++) {
            if (!names_image(message, skills->by_name[i]->image))
                continue;
            failure->skill = skills->by_name[i];
            failure->message = stable_message(message);
            return true;
        }
    }
    return false;
}

bool pod_skill_pull_failure(const cJSON *pod, const struct skills *skills,
                            struct pull_failure *failure)
{
    return find_in(json_at(pod, "status", "containerStatuses"), skills, failure) ||
           find_in(json_at(pod, "status", "initContainerStatuses"), skills, failure);
}
