/* server_play.h - plays a client to an API server without sockets.
 *
 * One server for each test, with `now` as its time; say_*() send a request as admin (or
 * as `user`, where that is set) and return the status, with the answer's tree in
 * `said`. Bodies are written with ' for ", as C strings are easier to read so.
 */
#ifndef BERTH_TEST_SERVER_PLAY_H
#define BERTH_TEST_SERVER_PLAY_H

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "test/apiserver/server/api_server.h"
#include "test/support/check_main.h"

#include <stdio.h>

static struct api_server *server;
static struct instant now;
static cJSON *said;                 /* the last answer */
static const struct api_user *user; /* NULL: admin */
static const char *accept_type = "";
static struct api_watch *watch;    /* the last that was opened */
static char audit_text[64 * 1024]; /* lines */

static const char *const admin_groups[] = {"system:masters", "system:authenticated",
                                           NULL};
static const struct api_user admin = {.name = "admin", .groups = admin_groups};

static inline void on_audit(void *ctx, const char *line, size_t len)
{
    (void)ctx;
    size_t used = strlen(audit_text);
    snprintf(audit_text + used, sizeof audit_text - used, "%.*s\n", (int)len, line);
}

static inline void setup_with(size_t history_max)
{
    now = (struct instant){.mono_ms = 1000, .wall_ms = 1767323045000};
    user = NULL;
    accept_type = "";
    audit_text[0] = '\0';
    struct api_server_options options = {
        .seed = 1, .history_max = history_max, .audit = on_audit};
    server = api_server_new(&options, now);
}

static inline void setup(void)
{
    setup_with(0);
}

static inline void teardown(void)
{
    api_watch_close(&watch);
    json_free(said);
    said = NULL;
    api_server_free(&server);
}

/* Time goes on; nothing happens in it by itself. */
static inline void pass_ms(int64_t ms)
{
    now.mono_ms += ms;
    now.wall_ms += ms;
}

/* Lets the server's own work come to an end. */
static inline void settle(void)
{
    size_t turns = 0;
    while (api_server_turn(server, now))
        ck_assert_uint_lt(turns++, 10000);
}

static inline char *quoted(const char *body)
{
    char *text = xstrdup(body);
    for (char *c = text; *c; c++) {
        if (*c == '\'')
            *c = '"';
    }
    return text;
}

static inline int say_request(const struct api_request *request)
{
    struct api_answer answer;
    api_server_handle(server, request, now, &answer);
    json_free(said);
    struct err err;
    said = answer.body.len ? json_parse(answer.body.text, answer.body.len, &err) : NULL;
    if (answer.watch) {
        api_watch_close(&watch);
        watch = answer.watch;
    }
    int status = answer.status;
    api_answer_fini(&answer);
    return status;
}

static inline int say_typed(const char *method, const char *target, const char *type,
                            const char *body)
{
    char *text = quoted(body ? body : "");
    struct api_request request = {.method = method,
                                  .target = target,
                                  .content_type = type,
                                  .accept = accept_type,
                                  .user = user ? user : &admin,
                                  .user_agent = "play/1.0",
                                  .body = text,
                                  .body_len = strlen(text)};
    int status = say_request(&request);
    free(text);
    return status;
}

static inline int say(const char *method, const char *target, const char *body)
{
    return say_typed(method, target, "application/json", body);
}

static inline int say_merge(const char *target, const char *body)
{
    return say_typed("PATCH", target, "application/merge-patch+json", body);
}

static inline int say_apply(const char *target, const char *body)
{
    return say_typed("PATCH", target, "application/apply-patch+yaml", body);
}

static inline const char *said_message(void)
{
    return json_str_or(said, "", "message");
}

static inline const char *said_version(void)
{
    return json_str_or(said, "", "metadata", "resourceVersion");
}

static inline uint64_t said_version_number(void)
{
    uint64_t version;
    ck_assert(ascii_parse_u64(said_version(), &version));
    return version;
}

/* The next line of the last watch as "TYPE name@resourceVersion" ("BOOKMARK @7"),
 * "ERROR message", or "" where there is none for now. */
static inline const char *next_line(void)
{
    static char text[512];
    struct strbuf line;
    strbuf_init(&line, 1024 * 1024);
    text[0] = '\0';
    if (api_watch_next(watch, now, &line)) {
        ck_assert_int_eq(line.text[line.len - 1], '\n');
        struct err err;
        cJSON *event = json_parse(line.text, line.len, &err);
        const cJSON *object = json_at(event, "object");
        const char *type = json_str_or(event, "", "type");
        if (strcmp(type, "ERROR") == 0)
            snprintf(text, sizeof text, "ERROR %s", json_str_or(object, "", "message"));
        else
            snprintf(text, sizeof text, "%s %s@%s", type,
                     json_str_or(object, "", "metadata", "name"),
                     json_str_or(object, "", "metadata", "resourceVersion"));
        json_free(said);
        said = event;
    }
    strbuf_fini(&line);
    return text;
}

#define assert_next(type_and_name)                                                     \
    ck_assert_msg(strncmp(next_line_kept(), type_and_name, strlen(type_and_name)) ==   \
                      0,                                                               \
                  "wanted %s, not %s", type_and_name, last_line)

static char last_line[512];

static inline const char *next_line_kept(void)
{
    snprintf(last_line, sizeof last_line, "%s", next_line());
    return last_line;
}

#define assert_no_line() ck_assert_str_eq(next_line_kept(), "")

#define CONFIG_MAPS "/api/v1/namespaces/default/configmaps"

/* A ConfigMap with one value. */
static inline int make_config_map(const char *name, const char *value)
{
    char body[512];
    snprintf(body, sizeof body,
             "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'%s'},'data':{"
             "'value':'%s'}}",
             name, value);
    return say("POST", CONFIG_MAPS, body);
}

static inline int set_config_map(const char *name, const char *value)
{
    char target[256], body[512];
    snprintf(target, sizeof target, CONFIG_MAPS "/%s", name);
    snprintf(body, sizeof body, "{'data':{'value':'%s'}}", value);
    return say_merge(target, body);
}

#endif
