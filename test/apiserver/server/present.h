/* present.h - in which form an answer shows objects: whole, as a Table, or only their
 * metadata, as the Accept header asks (KEP-2334, "server-side printing"). Pure.
 */
#ifndef BERTH_APISERVER_PRESENT_H
#define BERTH_APISERVER_PRESENT_H

#include "test/apiserver/server/call.h"
#include "test/apiserver/server/views.h"

enum present_form { PRESENT_WHOLE, PRESENT_TABLE, PRESENT_METADATA };

struct presentation {
    enum present_form form;
    enum table_object include; /* of a Table's rows */
};

/* From the Accept header and the query. */
WARN_UNUSED bool present_read(struct call *call, struct presentation *presentation);

/* Answers the call with one object: of a text, or of a tree in the resource's form. */
WARN_UNUSED bool present_text(struct call *call, int status,
                              const struct object_text *text);
WARN_UNUSED bool present_tree(struct call *call, int status, const cJSON *object);

/* Appends one object as it stands in a watch event. */
struct present_event {
    const struct resource_def *def;
    struct presentation presentation;
    bool headers; /* of a Table: the first of its watch */
    int64_t now_ms;
};
void present_in_event(const struct present_event *event, struct strbuf *out,
                      const struct object_text *text);

#endif
