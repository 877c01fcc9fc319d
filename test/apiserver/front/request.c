#include "test/apiserver/front/request.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"

#include <string.h>

static const struct known_header {
    const char *name; /* lower case */
    enum request_header header;
    bool joined; /* may come several times: a list */
} KNOWN_HEADERS[] = {
    {"content-type", REQUEST_CONTENT_TYPE, false},
    {"accept", REQUEST_ACCEPT, true},
    {"authorization", REQUEST_AUTHORIZATION, false},
    {"user-agent", REQUEST_USER_AGENT, false},
    {"impersonate-user", REQUEST_IMPERSONATE_USER, false},
};

static const size_t KNOWN_COUNT = sizeof KNOWN_HEADERS / sizeof *KNOWN_HEADERS;

void request_init(struct request *request)
{
    *request = (struct request){0};
    strbuf_init(&request->body, REQUEST_BODY_MAX);
}

void request_fini(struct request *request)
{
    for (size_t i = 0; i < REQUEST_HEADER_KINDS; i++)
        free(request->headers[i]);
    for (size_t i = 0; i < request->group_count; i++)
        free(request->groups[i]);
    free(request->method);
    free(request->target);
    strbuf_fini(&request->body);
    *request = (struct request){0};
}

const char *request_header(const struct request *request, enum request_header header)
{
    return request->headers[header] ? request->headers[header] : "";
}

const char *request_token(const struct request *request)
{
    static const char SCHEME[] = "bearer ";
    const char *value = request_header(request, REQUEST_AUTHORIZATION);
    for (const char *c = SCHEME; *c; c++, value++) {
        if (ascii_to_lower(*value) != *c)
            return NULL;
    }
    return value + strspn(value, " ");
}

static bool is_name(const char *name, size_t len, const char *wanted)
{
    if (strlen(wanted) != len)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (ascii_to_lower(name[i]) != wanted[i])
            return false;
    }
    return true;
}

static int keep(struct request *request, const struct known_header *known,
                const char *value, size_t len)
{
    char **slot = &request->headers[known->header];
    if (!*slot) {
        *slot = xstrndup(value, len);
        return 0;
    }
    if (!known->joined)
        return 400;
    struct strbuf list;
    strbuf_init(&list, REQUEST_HEAD_MAX);
    strbuf_addf(&list, "%s, ", *slot);
    strbuf_add(&list, value, len);
    free(*slot);
    *slot = strbuf_detach(&list);
    return 0;
}

int request_add_header(struct request *request, const char *name, size_t name_len,
                       const char *value, size_t value_len)
{
    request->head_len += name_len + value_len;
    if (++request->header_count > REQUEST_HEADERS_MAX ||
        request->head_len > REQUEST_HEAD_MAX)
        return 431;
    if (is_name(name, name_len, "impersonate-group")) {
        if (request->group_count == REQUEST_GROUPS_MAX)
            return 431;
        request->groups[request->group_count++] = xstrndup(value, value_len);
        return 0;
    }
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if (is_name(name, name_len, KNOWN_HEADERS[i].name))
            return keep(request, &KNOWN_HEADERS[i], value, value_len);
    }
    return 0;
}

int request_add_body(struct request *request, const char *bytes, size_t len)
{
    strbuf_add(&request->body, bytes, len);
    return request->body.overflow ? 413 : 0;
}
