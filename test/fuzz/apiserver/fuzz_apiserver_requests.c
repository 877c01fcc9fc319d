/* fuzz_apiserver_requests.c - sequences of requests to the API server.
 *
 * Form feeds separate the requests. Each is a line "METHOD TARGET [TYPE [ACCEPT]]" and,
 * after it, the body; "METHOD?" asks as nobody in particular. Each gets an answer that
 * is one, watches give lines that are events, the server and the cluster come to rest,
 * and afterwards both still work.
 */
#include "kubeclient/base/alloc.h"
#include "test/apiserver/cluster/cluster.h"
#include "test/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

enum {
    REQUESTS_MAX = 24,
    WATCHES_MAX = 8,
    LINES_MAX = 64,
    TURNS_MAX = 20 * 1000, /* within which all comes to rest */
    STEP_MS = 700,
};

struct play {
    struct api_server *server;
    struct cluster *cluster;
    struct instant now;
    struct api_watch *watches[WATCHES_MAX];
    size_t watch_count;
};

static const char *content_type(const char *word)
{
    static const struct {
        const char *word, *type;
    } TYPES[] = {
        {"json", "application/json"},
        {"yaml", "application/yaml"},
        {"apply", "application/apply-patch+yaml"},
        {"merge", "application/merge-patch+json"},
        {"strategic", "application/strategic-merge-patch+json"},
        {"patch", "application/json-patch+json"},
        {"protobuf", "application/vnd.kubernetes.protobuf"},
    };
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        if (strcmp(word, TYPES[i].word) == 0)
            return TYPES[i].type;
    }
    return word;
}

static const char *accept_of(const char *word)
{
    if (strcmp(word, "table") == 0)
        return "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    if (strcmp(word, "metadata") == 0)
        return "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    return word;
}

static void check_json(const char *text, size_t len)
{
    struct err err;
    auto_json cJSON *tree = json_parse(text, len, &err);
    assert(tree);
}

static void check_answer(const struct api_answer *answer)
{
    assert(answer->status >= 100 && answer->status < 600);
    assert(answer->content_type);
    assert(!answer->body.overflow);
    if (!answer->watch && strncmp(answer->content_type, "application/json", 16) == 0)
        check_json(answer->body.text, answer->body.len);
}

static void read_watches(struct play *play)
{
    struct strbuf line;
    strbuf_init(&line, 64 * 1024 * 1024);
    for (size_t i = 0; i < play->watch_count; i++) {
        for (size_t n = 0; n < LINES_MAX; n++) {
            strbuf_reset(&line);
            if (!api_watch_next(play->watches[i], play->now, &line))
                break;
            assert(line.len && line.text[line.len - 1] == '\n');
            check_json(line.text, line.len);
        }
    }
    strbuf_fini(&line);
}

static void settle(struct play *play)
{
    size_t turns = 0;
    while (api_server_turn(play->server, play->now) ||
           cluster_turn(play->cluster, play->now)) {
        turns++;
        assert(turns < TURNS_MAX);
    }
}

static int send(struct play *play, struct api_request *request)
{
    static const char *const ADMIN[] = {"system:masters", "system:authenticated", NULL};
    static const char *const OTHER[] = {"system:authenticated", NULL};
    const char *anybody = strchr(request->method, '?');
    const char *given = request->method;
    auto_free char *method = xstrndup(given, strcspn(given, "?"));
    struct api_answer answer;
    struct api_user user = {.name = anybody ? "anybody" : "admin",
                            .groups = anybody ? OTHER : ADMIN};
    request->method = method;
    request->user = &user;
    request->user_agent = "fuzz/1";
    api_server_handle(play->server, request, play->now, &answer);
    request->method = given;
    request->user = NULL;
    check_answer(&answer);
    if (answer.watch && play->watch_count < WATCHES_MAX)
        play->watches[play->watch_count++] = answer.watch;
    else
        api_watch_close(&answer.watch);
    api_answer_fini(&answer);
    return answer.status;
}

/* The next word of the line, which is cut; "" at its end. */
static char *next_word(char **line)
{
    char *word = *line + strspn(*line, " ");
    char *end = word + strcspn(word, " ");
    *line = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

/* `text` is the request's own, and terminated. */
static void play_request(struct play *play, char *text, size_t len)
{
    char *end = memchr(text, '\n', len);
    char *body = end ? end + 1 : text + len;
    if (end)
        *end = '\0';
    char *line = text;
    struct api_request request = {.method = next_word(&line)};
    request.target = next_word(&line);
    request.content_type = content_type(next_word(&line));
    request.accept = accept_of(next_word(&line));
    request.body = body;
    request.body_len = (size_t)(text + len - body);
    send(play, &request);
    settle(play);
    read_watches(play);
    play->now.mono_ms += STEP_MS;
    play->now.wall_ms += STEP_MS;
}

static void check_works(struct play *play)
{
    static const char BODY[] = "{\"metadata\":{\"generateName\":\"after-\"}}";
    struct api_request list = {.method = "GET",
                               .target = "/api/v1/namespaces",
                               .content_type = "",
                               .accept = "",
                               .body = ""};
    struct api_request create = {.method = "POST",
                                 .target = "/api/v1/namespaces",
                                 .content_type = "application/json",
                                 .accept = "",
                                 .body = BODY,
                                 .body_len = sizeof BODY - 1};
    assert(send(play, &create) == 201);
    assert(send(play, &list) == 200);
    settle(play);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct play play = {.now = {.mono_ms = 1000, .wall_ms = 1700000000000}};
    struct api_server_options options = {.seed = 7, .history_max = 20};
    struct cluster_options cluster = {.kubelet = true};
    const char *text = (const char *)data;
    play.server = api_server_new(&options, play.now);
    play.cluster = cluster_new(play.server, &cluster, play.now);
    settle(&play);
    for (size_t at = 0, count = 0; at < size && count < REQUESTS_MAX; count++) {
        const char *end = memchr(text + at, '\f', size - at);
        size_t len = end ? (size_t)(end - text) - at : size - at;
        auto_free char *request = xmalloc(len + 1);
        memcpy(request, text + at, len);
        request[len] = '\0';
        play_request(&play, request, len);
        at += len + 1;
    }
    check_works(&play);
    read_watches(&play);
    for (size_t i = 0; i < play.watch_count; i++)
        api_watch_close(&play.watches[i]);
    cluster_free(&play.cluster);
    api_server_free(&play.server);
    return 0;
}
