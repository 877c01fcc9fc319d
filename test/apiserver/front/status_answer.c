#include "test/apiserver/front/status_answer.h"

#include "test/apiserver/schema/refusal.h"

static const struct status_word {
    int status;
    const char *phrase;
    const char *reason; /* metav1.StatusReason */
} WORDS[] = {
    {200, "OK", ""},
    {201, "Created", ""},
    {202, "Accepted", ""},
    {204, "No Content", ""},
    {304, "Not Modified", ""},
    {400, "Bad Request", "BadRequest"},
    {401, "Unauthorized", "Unauthorized"},
    {403, "Forbidden", "Forbidden"},
    {404, "Not Found", "NotFound"},
    {405, "Method Not Allowed", "MethodNotAllowed"},
    {406, "Not Acceptable", "NotAcceptable"},
    {409, "Conflict", "Conflict"},
    {410, "Gone", "Expired"},
    {413, "Request Entity Too Large", "RequestEntityTooLarge"},
    {414, "URI Too Long", ""},
    {415, "Unsupported Media Type", "UnsupportedMediaType"},
    {422, "Unprocessable Entity", "Invalid"},
    {429, "Too Many Requests", "TooManyRequests"},
    {431, "Request Header Fields Too Large", ""},
    {500, "Internal Server Error", "InternalError"},
    {501, "Not Implemented", ""},
    {503, "Service Unavailable", "ServiceUnavailable"},
    {504, "Gateway Timeout", "Timeout"},
    {505, "HTTP Version Not Supported", ""},
};

static const struct status_word *find(int status)
{
    static const struct status_word UNKNOWN = {0, "", ""};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (WORDS[i].status == status)
            return &WORDS[i];
    }
    return &UNKNOWN;
}

const char *status_phrase(int status)
{
    return find(status)->phrase;
}

static void answer_with(struct api_answer *answer, int status, cJSON *tree)
{
    *answer = (struct api_answer){.status = status, .content_type = "application/json"};
    strbuf_init(&answer->body, ANSWER_MAX);
    json_print(&answer->body, tree);
    strbuf_addc(&answer->body, '\n');
    json_free(tree);
}

void answer_with_status(struct api_answer *answer, int status, const char *message)
{
    answer_with(answer, status,
                refusal_new(status, find(status)->reason, "%s", message));
}

void answer_with_json(struct api_answer *answer, cJSON *tree)
{
    answer_with(answer, 200, tree);
}
