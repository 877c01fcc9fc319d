/* shape.h - an object's stored text and the form in which a client sees it.
 *
 * Texts are stored in one version of their resource: a CRD's storage version, and core
 * v1 for events, which events.k8s.io shows under other names. Conversion between a
 * CRD's versions is by apiVersion alone (strategy None). Pure.
 */
#ifndef BERTH_APISERVER_SHAPE_H
#define BERTH_APISERVER_SHAPE_H

#include "test/apiserver/server/call.h"

/* The object's text, brought up to date where its CRD has changed since it was stored:
 * defaults are set and what is no longer in the schema is gone. Borrowed. */
struct object_text *shape_current(struct api_server *server,
                                  const struct resource_def *def,
                                  struct stored *object);

/* Appends the object as `def` shows it. */
void shape_print(struct strbuf *out, const struct resource_def *def,
                 const struct object_text *text);

/* The same as an item of a list: built-in kinds go without apiVersion and kind. */
void shape_print_item(struct strbuf *out, const struct resource_def *def,
                      const struct object_text *text);

/* As a tree in the arena, to be read only. */
const cJSON *shape_read(struct arena *arena, const struct resource_def *def,
                        const struct object_text *text);
/* As a tree that may be changed; owned. */
cJSON *shape_copy(const struct resource_def *def, const struct object_text *text);

/* The text to store for an object in the form of `def`, whose resourceVersion is set to
 * `version`. With one reference. NULL: it is larger than an object may be. */
struct object_text *shape_write(struct api_server *server,
                                const struct resource_def *def, cJSON *object,
                                uint64_t version);

/* "apps/v1" of a definition. */
const char *shape_api_version(struct arena *arena, const struct resource_def *def);

#endif
