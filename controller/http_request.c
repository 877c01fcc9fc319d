#include "controller/http_request.h"

#include "kubeclient/base/ascii.h"

#include <string.h>

/* Ends the current line at its CRLF and returns the next one. */
static char *end_line(char *line)
{
    char *end = strstr(line, "\r\n");
    if (!end)
        return NULL;
    *end = '\0';
    return end + 2;
}

static bool header_is(const char *line, const char *name, const char **value)
{
    size_t i = 0;
    for (; name[i]; i++) {
        if (ascii_to_lower(line[i]) != name[i])
            return false;
    }
    if (line[i] != ':')
        return false;
    *value = line + i + 1;
    return true;
}

static enum http_parse parse_request_line(char *line, struct http_request *request)
{
    char *target = strchr(line, ' ');
    char *version = target ? strchr(target + 1, ' ') : NULL;
    if (!version || target[1] != '/' || !ascii_has_prefix(version + 1, "HTTP/1."))
        return HTTP_BAD;
    *target++ = '\0';
    *version = '\0';
    request->head_only = strcmp(line, "HEAD") == 0;
    if (!request->head_only && strcmp(line, "GET") != 0)
        return HTTP_METHOD;
    char *query = strchr(target, '?');
    if (query)
        *query++ = '\0';
    request->path = target;
    request->query = query ? query : "";
    return HTTP_COMPLETE;
}

enum http_parse http_request_parse(char *text, size_t len, struct http_request *request)
{
    if (!strstr(text, "\r\n\r\n"))
        return strlen(text) == len ? HTTP_INCOMPLETE : HTTP_BAD;
    *request = (struct http_request){0};
    char *line = end_line(text);
    enum http_parse result = parse_request_line(text, request);
    if (result != HTTP_COMPLETE)
        return result;
    while (line && *line && *line != '\r') {
        char *next = end_line(line);
        const char *value;
        if (header_is(line, "accept", &value))
            request->openmetrics =
                strstr(value, "application/openmetrics-text") != NULL;
        line = next;
    }
    return HTTP_COMPLETE;
}
