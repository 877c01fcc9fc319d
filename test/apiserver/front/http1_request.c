#include "test/apiserver/front/http1_request.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"

#include <assert.h>
#include <string.h>

enum { CHUNK_LINE_MAX = 256 /* the size in hex and what extensions a client sends */ };

void http1_request_init(struct http1_request *self)
{
    *self = (struct http1_request){.keep_alive = true};
    request_init(&self->request);
    strbuf_init(&self->line, REQUEST_HEAD_MAX);
}

void http1_request_fini(struct http1_request *self)
{
    request_fini(&self->request);
    strbuf_fini(&self->line);
}

bool http1_request_idle(const struct http1_request *self)
{
    return self->state == HTTP1_REQUEST_LINE && self->line.len == 0;
}

static void refuse(struct http1_request *self, int status)
{
    if (status == 0)
        return;
    self->state = HTTP1_REFUSED;
    self->refusal = status;
    self->keep_alive = false;
}

static bool is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!ascii_alnum(text[i]) && !(text[i] && strchr("!#$%&'*+-.^_`|~", text[i])))
            return false;
    }
    return len > 0;
}

/* A tab or anything from a space on but DEL; bytes above ASCII are let through. */
static bool is_field_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static bool is_target(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] == 0x7f)
            return false;
    }
    return len > 0 && text[0] == '/';
}

static void take_request_line(struct http1_request *self, const char *line, size_t len)
{
    if (len == 0) /* a client may end its last body with one line end too many */
        return;
    const char *method_end = memchr(line, ' ', len);
    const char *version = memrchr(line, ' ', len);
    if (!method_end || version == method_end) {
        refuse(self, 400);
        return;
    }
    const char *target = method_end + 1;
    size_t method_len = (size_t)(method_end - line);
    size_t target_len = (size_t)(version - target);
    self->http10 = strcmp(version + 1, "HTTP/1.0") == 0;
    if (!is_token(line, method_len) || !is_target(target, target_len)) {
        refuse(self, 400);
    } else if (!self->http10 && strcmp(version + 1, "HTTP/1.1") != 0) {
        refuse(self, ascii_has_prefix(version + 1, "HTTP/") ? 505 : 400);
    } else {
        self->request.method = xstrndup(line, method_len);
        self->request.target = xstrndup(target, target_len);
        self->keep_alive = !self->http10;
        self->state = HTTP1_HEADERS;
    }
}

/* A comma-separated list names the word, in any case. */
static bool list_names(const char *list, const char *word)
{
    size_t word_len = strlen(word);
    while (*list) {
        list += strspn(list, ", \t");
        size_t len = strcspn(list, ", \t");
        size_t same = 0;
        while (same < len && same < word_len &&
               ascii_to_lower(list[same]) == word[same])
            same++;
        if (same == len && same == word_len)
            return true;
        list += len;
    }
    return false;
}

static void take_length(struct http1_request *self, const char *value)
{
    uint64_t length;
    if (!ascii_parse_u64(value, &length) ||
        (self->has_length && length != self->remaining)) {
        refuse(self, 400);
        return;
    }
    self->has_length = true;
    self->remaining = length;
}

static void take_coding(struct http1_request *self, const char *value)
{
    if (self->chunked || self->http10)
        refuse(self, 400);
    else if (!ascii_equal_ignore_case(value, "chunked"))
        refuse(self, 501);
    self->chunked = true;
}

/* Headers that say how the message itself is carried. */
static void take_framing(struct http1_request *self, const char *name,
                         const char *value)
{
    if (ascii_equal_ignore_case(name, "content-length"))
        take_length(self, value);
    else if (ascii_equal_ignore_case(name, "transfer-encoding"))
        take_coding(self, value);
    else if (ascii_equal_ignore_case(name, "host"))
        self->has_host = true;
    else if (ascii_equal_ignore_case(name, "connection"))
        self->keep_alive = !list_names(value, "close") &&
                           (self->keep_alive || list_names(value, "keep-alive"));
    else if (ascii_equal_ignore_case(name, "expect"))
        self->wants_continue = ascii_equal_ignore_case(value, "100-continue");
}

static void take_head_end(struct http1_request *self)
{
    if ((!self->has_host && !self->http10) || (self->chunked && self->has_length))
        refuse(self, 400);
    else if (self->remaining > REQUEST_BODY_MAX)
        refuse(self, 413);
    else if (self->chunked)
        self->state = HTTP1_CHUNK_SIZE;
    else
        self->state = self->remaining ? HTTP1_BODY : HTTP1_COMPLETE;
    self->wants_continue =
        self->wants_continue && !self->http10 &&
        (self->state == HTTP1_BODY || self->state == HTTP1_CHUNK_SIZE);
}

static void take_header(struct http1_request *self, char *line, size_t len)
{
    if (len == 0) {
        take_head_end(self);
        return;
    }
    char *colon = memchr(line, ':', len);
    if (!colon || !is_token(line, (size_t)(colon - line)) ||
        !is_field_text(colon, (size_t)(line + len - colon))) {
        refuse(self, 400);
        return;
    }
    *colon = '\0';
    char *value = colon + 1 + strspn(colon + 1, " \t");
    char *end = line + len;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        *--end = '\0';
    take_framing(self, line, value);
    if (self->state == HTTP1_HEADERS)
        refuse(self, request_add_header(&self->request, line, (size_t)(colon - line),
                                        value, (size_t)(end - value)));
}

static void take_chunk_size(struct http1_request *self, const char *line, size_t len)
{
    static const char DIGITS[] = "0123456789abcdef";
    uint64_t size = 0;
    size_t digits = 0;
    const char *digit;
    while (digits < len && (digit = strchr(DIGITS, ascii_to_lower(line[digits]))) &&
           *digit && size <= REQUEST_BODY_MAX) {
        size = size * 16 + (uint64_t)(digit - DIGITS);
        digits++;
    }
    if (size > REQUEST_BODY_MAX) {
        refuse(self, 413);
    } else if (digits == 0 || !is_field_text(line, len) ||
               (digits < len && !strchr("; \t", line[digits]))) {
        refuse(self, 400);
    } else {
        self->remaining = size;
        self->state = size ? HTTP1_CHUNK : HTTP1_TRAILERS;
    }
}

static void take_line(struct http1_request *self, char *line, size_t len)
{
    switch (self->state) {
    case HTTP1_REQUEST_LINE:
        take_request_line(self, line, len);
        break;
    case HTTP1_HEADERS:
        take_header(self, line, len);
        break;
    case HTTP1_CHUNK_SIZE:
        take_chunk_size(self, line, len);
        break;
    case HTTP1_CHUNK_END:
        self->state = HTTP1_CHUNK_SIZE;
        if (len)
            refuse(self, 400);
        break;
    case HTTP1_TRAILERS: /* counted with the head, not kept */
        if (len == 0)
            self->state = HTTP1_COMPLETE;
        break;
    case HTTP1_BODY:
    case HTTP1_CHUNK:
    case HTTP1_COMPLETE:
    case HTTP1_REFUSED:
        assert(!"a line in a state without lines");
    }
}

/* The line and what precedes it in the head are within the limit. */
static bool line_fits(const struct http1_request *self, size_t more)
{
    bool of_chunk = self->state == HTTP1_CHUNK_SIZE || self->state == HTTP1_CHUNK_END;
    size_t len = self->line.len + more;
    return of_chunk ? len <= CHUNK_LINE_MAX
                    : len + self->request.head_len <= REQUEST_HEAD_MAX;
}

static size_t feed_line(struct http1_request *self, const char *bytes, size_t len)
{
    const char *newline = memchr(bytes, '\n', len);
    size_t taken = newline ? (size_t)(newline - bytes) + 1 : len;
    if (!line_fits(self, taken)) {
        bool of_target = self->state == HTTP1_REQUEST_LINE;
        refuse(self, self->state >= HTTP1_CHUNK_SIZE ? 400 : of_target ? 414 : 431);
        return taken;
    }
    strbuf_add(&self->line, bytes, taken);
    if (!newline)
        return taken;
    size_t line_len = self->line.len - 1;
    if (line_len == 0 || self->line.text[line_len - 1] != '\r' ||
        memchr(self->line.text, '\0', self->line.len)) {
        refuse(self, 400);
        return taken;
    }
    self->line.text[--line_len] = '\0';
    if (self->state == HTTP1_REQUEST_LINE || self->state == HTTP1_TRAILERS)
        self->request.head_len += line_len + 2;
    take_line(self, self->line.text, line_len);
    strbuf_reset(&self->line);
    return taken;
}

static size_t feed_body(struct http1_request *self, const char *bytes, size_t len)
{
    size_t taken = self->remaining < len ? (size_t)self->remaining : len;
    int status = request_add_body(&self->request, bytes, taken);
    self->remaining -= taken;
    if (status)
        refuse(self, status);
    else if (self->remaining == 0)
        self->state = self->state == HTTP1_BODY ? HTTP1_COMPLETE : HTTP1_CHUNK_END;
    return taken;
}

size_t http1_request_feed(struct http1_request *self, const char *bytes, size_t len)
{
    size_t taken = 0;
    while (taken < len && self->state < HTTP1_COMPLETE) {
        bool of_body = self->state == HTTP1_BODY || self->state == HTTP1_CHUNK;
        taken += of_body ? feed_body(self, bytes + taken, len - taken)
                         : feed_line(self, bytes + taken, len - taken);
    }
    return taken;
}
