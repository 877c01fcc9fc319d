/* front_rig.h - a front on loopback and libcurl as its client, on one thread.
 *
 * Nothing waits for time: rig_step() lets either side do what it can, and the tests
 * step until what they wait for is there.
 */
#ifndef BERTH_TEST_FRONT_RIG_H
#define BERTH_TEST_FRONT_RIG_H

#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/front.h"
#include "test/support/check_main.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>

#define RIG_TOKEN "0123456789"
#define RIG_CONFIG_MAPS "/api/v1/namespaces/t/configmaps"

struct rig {
    uv_loop_t loop;
    struct front *front;
    struct test_identity identity;
    CURLM *multi;
    bool fresh; /* each call on a new connection: libcurl repeats what fails on another
                 */
};

/* A request and what came of it. */
struct rig_call {
    struct rig *rig;
    CURL *curl;
    struct curl_slist *headers;
    struct strbuf body, head; /* received */
    bool hold;                /* receive nothing more */
    bool done;
    CURLcode result;
    long status, connects; /* new connections that it took */
};

static inline bool rig_is_ready(struct rig *rig)
{
    struct pollfd loop = {.fd = uv_backend_fd(&rig->loop), .events = POLLIN};
    return poll(&loop, 1, 0) > 0;
}

/* Until nothing happens any more: a socket that one round accepts is given to epoll
 * only by the next, and would not end the wait of rig_step(). */
static inline void rig_run_loop(struct rig *rig)
{
    bool ready;
    do {
        ready = rig_is_ready(rig);
        uv_run(&rig->loop, UV_RUN_NOWAIT);
    } while (ready || rig_is_ready(rig));
}

static inline void rig_open(struct rig *rig)
{
    struct err err;
    *rig = (struct rig){.identity = test_identity_new("front")};
    uv_loop_init(&rig->loop);
    struct front_options options = {
        .service = {.server = {.seed = 1}, .admin_token = RIG_TOKEN},
        .identity = &rig->identity,
    };
    rig->front = front_open(&rig->loop, &options, &err);
    ck_assert_msg(rig->front, "%s", err.msg);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    rig->multi = curl_multi_init();
    rig_run_loop(rig);
}

static inline void rig_finish_calls(struct rig *rig)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(rig->multi, &left))) {
        struct rig_call *call;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        call->done = true;
        call->result = message->data.result;
        curl_easy_getinfo(call->curl, CURLINFO_RESPONSE_CODE, &call->status);
        curl_easy_getinfo(call->curl, CURLINFO_NUM_CONNECTS, &call->connects);
    }
}

/* Waits until either side has something to do, and lets both do it. */
static inline void rig_step(struct rig *rig)
{
    int running;
    struct curl_waitfd loop = {.fd = uv_backend_fd(&rig->loop),
                               .events = CURL_WAIT_POLLIN};
    uv_update_time(&rig->loop);
    int wait_ms = uv_backend_timeout(&rig->loop);
    curl_multi_poll(rig->multi, &loop, 1, wait_ms < 0 ? 1000 : wait_ms, NULL);
    rig_run_loop(rig);
    curl_multi_perform(rig->multi, &running);
    rig_finish_calls(rig);
}

#define RIG_UNTIL(rig, condition)                                                      \
    do {                                                                               \
        while (!(condition))                                                           \
            rig_step(rig);                                                             \
    } while (0)

static inline void rig_close(struct rig *rig)
{
    curl_multi_cleanup(rig->multi);
    front_close(&rig->front);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    int status = uv_loop_close(&rig->loop);
    ck_assert_int_eq(status, 0);
    test_identity_fini(&rig->identity);
    curl_global_cleanup();
}

static inline size_t rig_receive(char *bytes, size_t size, size_t count, void *ctx)
{
    struct rig_call *call = ctx;
    if (call->hold)
        return CURL_WRITEFUNC_PAUSE;
    strbuf_add(&call->body, bytes, size * count);
    return size * count;
}

static inline size_t rig_receive_head(char *bytes, size_t size, size_t count, void *ctx)
{
    struct rig_call *call = ctx;
    strbuf_add(&call->head, bytes, size * count);
    return size * count;
}

static inline void rig_header(struct rig_call *call, const char *line)
{
    call->headers = curl_slist_append(call->headers, line);
    curl_easy_setopt(call->curl, CURLOPT_HTTPHEADER, call->headers);
}

/* Prepares a GET; `version` is CURL_HTTP_VERSION_1_1 or ..._2TLS. */
static inline void rig_call_init(struct rig_call *call, struct rig *rig, long version,
                                 const char *target)
{
    char url[512];
    snprintf(url, sizeof url, "https://127.0.0.1:%d%s", front_port(rig->front), target);
    *call = (struct rig_call){.rig = rig, .curl = curl_easy_init()};
    strbuf_init(&call->body, 256 * 1024 * 1024);
    strbuf_init(&call->head, 64 * 1024);
    struct curl_blob ca = {rig->identity.cert, strlen(rig->identity.cert),
                           CURL_BLOB_COPY};
    curl_easy_setopt(call->curl, CURLOPT_CAINFO_BLOB, &ca);
    curl_easy_setopt(call->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(call->curl, CURLOPT_URL, url);
    curl_easy_setopt(call->curl, CURLOPT_HTTP_VERSION, version);
    curl_easy_setopt(call->curl, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(call->curl, CURLOPT_FRESH_CONNECT, rig->fresh ? 1L : 0L);
    curl_easy_setopt(call->curl, CURLOPT_PRIVATE, call);
    curl_easy_setopt(call->curl, CURLOPT_WRITEFUNCTION, rig_receive);
    curl_easy_setopt(call->curl, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(call->curl, CURLOPT_HEADERFUNCTION, rig_receive_head);
    curl_easy_setopt(call->curl, CURLOPT_HEADERDATA, call);
    rig_header(call, "Authorization: Bearer " RIG_TOKEN);
}

/* Makes it another method with a JSON body, which must outlive the call. */
static inline void rig_send_body(struct rig_call *call, const char *method,
                                 const char *body, size_t len)
{
    curl_easy_setopt(call->curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(call->curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(call->curl, CURLOPT_POSTFIELDSIZE, (long)len);
    rig_header(call, "Content-Type: application/json");
}

static inline void rig_start(struct rig_call *call)
{
    curl_multi_add_handle(call->rig->multi, call->curl);
}

static inline void rig_call_fini(struct rig_call *call)
{
    curl_multi_remove_handle(call->rig->multi, call->curl);
    curl_easy_cleanup(call->curl);
    curl_slist_free_all(call->headers);
    strbuf_fini(&call->body);
    strbuf_fini(&call->head);
}

/* Starts the call and waits for its end. */
static inline void rig_finish(struct rig_call *call)
{
    rig_start(call);
    RIG_UNTIL(call->rig, call->done);
}

/* A whole exchange whose answer is only a status; 0: there was no answer. */
static inline long rig_status(struct rig *rig, long version, const char *method,
                              const char *target, const char *body)
{
    struct rig_call call;
    rig_call_init(&call, rig, version, target);
    if (body)
        rig_send_body(&call, method, body, strlen(body));
    else
        curl_easy_setopt(call.curl, CURLOPT_CUSTOMREQUEST, method);
    rig_finish(&call);
    long status = call.result == CURLE_OK ? call.status : 0;
    rig_call_fini(&call);
    return status;
}

/* The namespace of RIG_CONFIG_MAPS. */
static inline void rig_make_namespace(struct rig *rig)
{
    static const char NAMESPACE[] = "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\","
                                    "\"metadata\":{\"name\":\"t\"}}";
    ck_assert_int_eq(rig_status(rig, CURL_HTTP_VERSION_2TLS, "POST",
                                "/api/v1/namespaces", NAMESPACE),
                     201);
}

/* Creates a ConfigMap with so many bytes in it. */
static inline void rig_make_config_map(struct rig *rig, const char *name, size_t len)
{
    struct strbuf body;
    strbuf_init(&body, len + 4096);
    strbuf_addf(&body,
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":"
                "{\"name\":\"%s\",\"namespace\":\"t\"},\"data\":{\"text\":\"",
                name);
    for (size_t i = 0; i < len; i++)
        strbuf_addc(&body, 'x');
    strbuf_adds(&body, "\"}}");
    ck_assert_int_eq(
        rig_status(rig, CURL_HTTP_VERSION_2TLS, "POST", RIG_CONFIG_MAPS, body.text),
        201);
    strbuf_fini(&body);
}

/* How often the text is in the body so far. */
static inline size_t rig_count(const struct rig_call *call, const char *text)
{
    size_t count = 0;
    for (const char *at = call->body.text; (at = strstr(at, text)); at++)
        count++;
    return count;
}

#endif
