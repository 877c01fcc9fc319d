#include "test/apiserver/front/fault_endpoint.h"

#include "test/apiserver/front/status_answer.h"

#include <string.h>

bool fault_endpoint_serves(const struct request *request)
{
    return strcmp(request->target, "/faults") == 0;
}

static void add_rules(struct service *service, const struct request *request,
                      struct api_answer *answer)
{
    struct err err;
    auto_json cJSON *rules = json_parse(request->body.text, request->body.len, &err);
    if (!rules || !fault_rules_add(service->faults, rules, &err)) {
        answer_with_status(answer, 400, err.msg);
        return;
    }
    service_apply_open_faults(service);
    answer_with_json(answer, fault_rules_report(service->faults));
}

static bool is_admin(const struct service *service, const struct request *request)
{
    const char *token = request_token(request);
    return token && strcmp(token, service->options.admin_token) == 0;
}

void fault_endpoint_answer(struct service *service, const struct request *request,
                           struct api_answer *answer)
{
    if (!is_admin(service, request)) {
        answer_with_status(answer, 403, "only the administrator may set faults");
    } else if (strcmp(request->method, "POST") == 0) {
        add_rules(service, request, answer);
    } else if (strcmp(request->method, "GET") == 0) {
        answer_with_json(answer, fault_rules_report(service->faults));
    } else if (strcmp(request->method, "DELETE") == 0) {
        answer_with_json(answer, fault_rules_report(service->faults));
        service_clear_faults(service);
    } else {
        answer_with_status(answer, 405, "/faults knows GET, POST and DELETE");
    }
}
