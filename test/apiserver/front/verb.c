#include "test/apiserver/front/verb.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { SEGMENTS_MAX = 10 };

struct segments {
    const char *text[SEGMENTS_MAX];
    size_t len[SEGMENTS_MAX], count;
};

static struct segments split(const char *target)
{
    struct segments found = {0};
    const char *end = target + strcspn(target, "?");
    while (target < end && found.count < SEGMENTS_MAX) {
        target += strspn(target, "/");
        size_t len = strcspn(target, "/?");
        if (len) {
            found.text[found.count] = target;
            found.len[found.count++] = len;
        }
        target += len;
    }
    return found;
}

static bool segment_is(const struct segments *segments, size_t i, const char *word)
{
    return i < segments->count && strlen(word) == segments->len[i] &&
           memcmp(segments->text[i], word, segments->len[i]) == 0;
}

/* Segments from the resource on: 1 for a collection, more for an object. */
static size_t resource_depth(const char *target)
{
    struct segments segments = split(target);
    size_t at = segment_is(&segments, 0, "api")    ? 2
                : segment_is(&segments, 0, "apis") ? 3
                                                   : SEGMENTS_MAX;
    bool of_namespace = segment_is(&segments, at + 2, "status") ||
                        segment_is(&segments, at + 2, "finalize");
    if (segment_is(&segments, at, "namespaces") && segments.count > at + 2 &&
        !of_namespace)
        at += 2;
    return at < segments.count ? segments.count - at : 0;
}

static bool asks_to_watch(const char *target)
{
    const char *query = strchr(target, '?');
    for (; query; query = strchr(query, '&')) {
        query++;
        if (strncmp(query, "watch=", 6) == 0)
            return query[6] == '1' || query[6] == 't';
        if (strcmp(query, "watch") == 0 || strncmp(query, "watch&", 6) == 0)
            return true;
    }
    return false;
}

const char *verb_of(const char *method, const char *target)
{
    size_t depth = resource_depth(target);
    if (strcmp(method, "POST") == 0)
        return "create";
    if (strcmp(method, "PUT") == 0)
        return "update";
    if (strcmp(method, "PATCH") == 0)
        return "patch";
    if (strcmp(method, "DELETE") == 0)
        return depth == 1 ? "deletecollection" : "delete";
    if (depth && asks_to_watch(target))
        return "watch";
    return depth == 1 ? "list" : "get";
}
