#include "test/bench/apiserver_load.h"

#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/front.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { STREAMS = 32 };

#define TOKEN "0123456789"

struct front_load {
    uv_thread_t thread;
    clockid_t clock; /* processor time of the thread */
    uv_loop_t loop;
    uv_async_t stop;
    struct front *front;
    struct test_identity identity;
    int port;
    size_t objects;
    CURLM *multi;
    struct curl_slist *headers;
};

struct stream {
    struct front_load *load;
    CURL *curl;
    struct strbuf body;
};

static void on_stop(uv_async_t *async)
{
    struct front_load *load = async->data;
    front_close(&load->front);
    uv_close((uv_handle_t *)async, NULL);
}

static void run_loop(void *ctx)
{
    struct front_load *load = ctx;
    uv_run(&load->loop, UV_RUN_DEFAULT);
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_apiserver: %s\n", what);
    exit(1);
}

struct front_load *front_load_open(size_t objects)
{
    struct err err;
    struct front_load *load = xcalloc(1, sizeof *load);
    load->objects = objects;
    load->identity = test_identity_new("bench");
    struct front_options options = {
        .service = {.server = {.seed = 1}, .no_cluster = true, .admin_token = TOKEN},
        .identity = &load->identity,
    };
    uv_loop_init(&load->loop);
    load->front = front_open(&load->loop, &options, &err);
    if (!load->front)
        fail(err.msg);
    load->port = front_port(load->front);
    load->stop.data = load;
    uv_async_init(&load->loop, &load->stop, on_stop);
    if (uv_thread_create(&load->thread, run_loop, load) != 0 ||
        pthread_getcpuclockid(load->thread, &load->clock) != 0)
        fail("no thread for the server");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    load->multi = curl_multi_init();
    curl_multi_setopt(load->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L);
    load->headers =
        curl_slist_append(NULL, "Content-Type: application/apply-patch+yaml");
    load->headers = curl_slist_append(load->headers, "Authorization: Bearer " TOKEN);
    return load;
}

void front_load_close(struct front_load **load)
{
    struct front_load *self = *load;
    curl_multi_cleanup(self->multi);
    curl_slist_free_all(self->headers);
    curl_global_cleanup();
    uv_async_send(&self->stop);
    uv_thread_join(&self->thread);
    uv_loop_close(&self->loop);
    test_identity_fini(&self->identity);
    free(self);
    *load = NULL;
}

static size_t ignore_bytes(char *bytes, size_t size, size_t count, void *ctx)
{
    (void)bytes;
    (void)ctx;
    return size * count;
}

static void stream_init(struct stream *stream, struct front_load *load)
{
    struct curl_blob ca = {load->identity.cert, strlen(load->identity.cert),
                           CURL_BLOB_COPY};
    stream->load = load;
    stream->curl = curl_easy_init();
    strbuf_init(&stream->body, 64 * 1024);
    curl_easy_setopt(stream->curl, CURLOPT_CAINFO_BLOB, &ca);
    curl_easy_setopt(stream->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(stream->curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(stream->curl, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(stream->curl, CURLOPT_CUSTOMREQUEST, "PATCH");
    curl_easy_setopt(stream->curl, CURLOPT_HTTPHEADER, load->headers);
    curl_easy_setopt(stream->curl, CURLOPT_WRITEFUNCTION, ignore_bytes);
    curl_easy_setopt(stream->curl, CURLOPT_PRIVATE, stream);
}

static void stream_fini(struct stream *stream)
{
    curl_easy_cleanup(stream->curl);
    strbuf_fini(&stream->body);
}

static void stream_start(struct stream *stream, size_t nth, unsigned generation)
{
    size_t number = nth % stream->load->objects;
    char url[256];
    snprintf(url, sizeof url, "https://127.0.0.1:%d%s", stream->load->port,
             load_target(number));
    strbuf_reset(&stream->body);
    load_body(&stream->body, number, generation);
    curl_easy_setopt(stream->curl, CURLOPT_URL, url);
    curl_easy_setopt(stream->curl, CURLOPT_POSTFIELDS, stream->body.text);
    curl_easy_setopt(stream->curl, CURLOPT_POSTFIELDSIZE, (long)stream->body.len);
    curl_multi_add_handle(stream->load->multi, stream->curl);
}

/* The next stream that has ended; waits for it. */
static struct stream *stream_finished(struct front_load *load)
{
    int running, left;
    CURLMsg *message;
    while (!(message = curl_multi_info_read(load->multi, &left))) {
        curl_multi_poll(load->multi, NULL, 0, 1000, NULL);
        curl_multi_perform(load->multi, &running);
    }
    struct stream *stream;
    long status;
    CURL *curl = message->easy_handle;
    CURLcode result = message->data.result;
    curl_easy_getinfo(curl, CURLINFO_PRIVATE, &stream);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (result != CURLE_OK || status >= 300)
        fail(result != CURLE_OK ? curl_easy_strerror(result) : "an apply was refused");
    curl_multi_remove_handle(load->multi, curl);
    return stream;
}

static double thread_seconds(const struct front_load *load)
{
    struct timespec at;
    clock_gettime(load->clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

double front_load_apply(struct front_load *load, size_t count, unsigned generation)
{
    struct stream streams[STREAMS];
    size_t started = 0, finished = 0;
    double since = thread_seconds(load);
    for (size_t i = 0; i < STREAMS; i++)
        stream_init(&streams[i], load);
    for (; started < count && started < STREAMS; started++)
        stream_start(&streams[started], started, generation);
    while (finished < count) {
        struct stream *stream = stream_finished(load);
        finished++;
        if (started < count)
            stream_start(stream, started++, generation);
    }
    for (size_t i = 0; i < STREAMS; i++)
        stream_fini(&streams[i]);
    return thread_seconds(load) - since;
}
