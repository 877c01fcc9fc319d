#include "test/apiserver/front/verb.h"
#include "test/support/check_main.h"

START_TEST(verbs_follow_from_method_and_target)
{
    static const struct {
        const char *method, *target, *verb;
    } CASES[] = {
        {"GET", "/api/v1/pods", "list"},
        {"GET", "/api/v1/pods?limit=1&watch=0", "list"},
        {"GET", "/api/v1/pods?limit=1&watch=1", "watch"},
        {"GET", "/api/v1/pods?watch=true&limit=1", "watch"},
        {"GET", "/api/v1/pods?watch", "watch"},
        {"GET", "/api/v1/pods?allowWatchBookmarks=true", "list"},
        {"GET", "/api/v1/namespaces", "list"},
        {"GET", "/api/v1/namespaces/x", "get"},
        {"GET", "/api/v1/namespaces/x/status", "get"},
        {"GET", "/api/v1/namespaces/x/pods", "list"},
        {"GET", "/api/v1/namespaces/x/pods/", "list"},
        {"GET", "/api/v1/namespaces/x/pods/y", "get"},
        {"HEAD", "/apis/apps/v1/deployments", "list"},
        {"GET", "/apis/apps/v1/namespaces/x/deployments/y/scale", "get"},
        {"GET", "/version", "get"},
        {"GET", "/api", "get"},
        {"GET", "/apis/apps/v1", "get"},
        {"GET", "/version?watch=1", "get"},
        {"GET", "", "get"},
        {"POST", "/api/v1/namespaces", "create"},
        {"PUT", "/api/v1/namespaces/x/status", "update"},
        {"PATCH", "/api/v1/namespaces/x", "patch"},
        {"DELETE", "/api/v1/namespaces/x", "delete"},
        {"DELETE", "/api/v1/namespaces/x/pods", "deletecollection"},
        {"DELETE", "/api/v1/namespaces/x/pods/y?gracePeriodSeconds=0", "delete"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        ck_assert_str_eq(verb_of(CASES[i].method, CASES[i].target), CASES[i].verb);
}
END_TEST

CHECK_MAIN("verb", NULL, NULL, verbs_follow_from_method_and_target)
