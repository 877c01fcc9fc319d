#include "kubeclient/base/ascii.h"
#include "reconcilers/session/session_plan.h"

#include <string.h>

/* Names that are not the user's: a final '*' stands for any rest, one in front for any
 * beginning. */
static const char *const PROTECTED[] = {"ANTHROPIC_*",
                                        "AMBIENT_*",
                                        "CREDENTIAL_*",
                                        "OPENSHELL_*",
                                        "CLAUDE_CODE_USE_*",
                                        "USE_VERTEX",
                                        "POD_IP",
                                        "KUBERNETES_*",
                                        "*_PROXY",
                                        "SSL_CERT_*",
                                        "GOOGLE_APPLICATION_CREDENTIALS",
                                        "REQUESTS_CA_BUNDLE",
                                        "NODE_EXTRA_CA_CERTS",
                                        NULL};
static const char *const PROTECTED_IN_SANDBOX[] = {
    "LD_*", "PATH",     "HOME", "NODE_OPTIONS", "PYTHON*", "BASH_ENV",
    "ENV",  "GIT_SSH*", NULL};

/* Programs take http_proxy for HTTP_PROXY, so case does not count. */
static bool same(const char *a, const char *b, size_t len)
{
    while (len > 0 && *a && ascii_to_lower(*a) == ascii_to_lower(*b))
        a++, b++, len--;
    return len == 0;
}

static bool matches(const char *name, const char *pattern)
{
    size_t len = strlen(pattern), own = strlen(name);
    if (pattern[0] == '*')
        return own + 1 >= len && same(name + own + 1 - len, pattern + 1, len - 1);
    if (len > 0 && pattern[len - 1] == '*')
        return same(name, pattern, len - 1);
    return own == len && same(name, pattern, len);
}

static bool any_matches(const char *name, const char *const *patterns)
{
    while (*patterns && !matches(name, *patterns))
        patterns++;
    return *patterns != NULL;
}

bool session_protects(const struct session *session, const char *name)
{
    const char *const *word = session->config->protected_variables;
    bool listed = any_matches(name, PROTECTED) ||
                  (session->openshell && any_matches(name, PROTECTED_IN_SANDBOX));
    for (; *word; word++) {
        if (**word == '!' && matches(name, *word + 1))
            return false;
        listed = listed || matches(name, *word);
    }
    return listed;
}
