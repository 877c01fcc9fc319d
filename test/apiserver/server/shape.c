#include "test/apiserver/server/shape.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/json_text.h"
#include "kubeclient/base/json_tree.h"
#include "test/apiserver/server/events.h"
#include "test/apiserver/server/server_state.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const size_t OBJECT_MAX = 4 * 1024 * 1024; /* a body, and what it swells by */

const char *shape_api_version(struct arena *arena, const struct resource_def *def)
{
    if (!*def->group)
        return def->version;
    return arena_printf(arena, "%s/%s", def->group, def->version);
}

static bool is_converted_event(const struct resource_def *def)
{
    return strcmp(def->group, "events.k8s.io") == 0 && strcmp(def->kind, "Event") == 0;
}

cJSON *shape_copy(const struct resource_def *def, const struct object_text *text)
{
    struct err err;
    cJSON *object = json_parse(text->text, text->len, &err);
    assert(object); /* it was printed here */
    if (is_converted_event(def))
        events_from_core(object);
    else if (def->custom) {
        struct arena *arena = arena_new();
        json_set_str(object, shape_api_version(arena, def), "apiVersion");
        arena_free(&arena);
    }
    return object;
}

const cJSON *shape_read(struct arena *arena, const struct resource_def *def,
                        const struct object_text *text)
{
    if (is_converted_event(def) || def->custom)
        return json_adopt(arena, shape_copy(def, text));
    struct err err;
    const cJSON *object = json_tree_read(arena, text->text, text->len, &err);
    assert(object);
    return object;
}

/* ---- texts: every one begins {"apiVersion":"V","kind":"K", and goes on */

static const char api_version_mark[] = "{\"apiVersion\":\"";

/* Behind the apiVersion's text. */
static const char *past_api_version(const struct object_text *text)
{
    assert(strncmp(text->text, api_version_mark, sizeof api_version_mark - 1) == 0);
    return strchr(text->text + sizeof api_version_mark - 1, '"');
}

/* Behind the comma that follows the kind. */
static const char *past_kind(const struct object_text *text)
{
    const char *at = strstr(past_api_version(text), "\"kind\":\"");
    assert(at);
    at = strchr(at + strlen("\"kind\":\""), '"');
    return at + strlen("\",");
}

static void print_event(struct strbuf *out, const struct resource_def *def,
                        const struct object_text *text, bool whole)
{
    cJSON *object = shape_copy(def, text);
    if (!whole) {
        json_remove(object, "apiVersion");
        json_remove(object, "kind");
    }
    json_print(out, object);
    json_free(object);
}

void shape_print(struct strbuf *out, const struct resource_def *def,
                 const struct object_text *text)
{
    if (is_converted_event(def)) {
        print_event(out, def, text, true);
        return;
    }
    if (!def->custom) {
        strbuf_add(out, text->text, text->len);
        return;
    }
    strbuf_adds(out, api_version_mark);
    strbuf_adds(out, def->group);
    strbuf_addc(out, '/');
    strbuf_adds(out, def->version);
    const char *rest = past_api_version(text);
    strbuf_add(out, rest, text->len - (size_t)(rest - text->text));
}

void shape_print_item(struct strbuf *out, const struct resource_def *def,
                      const struct object_text *text)
{
    if (def->custom) {
        shape_print(out, def, text);
    } else if (is_converted_event(def)) {
        print_event(out, def, text, false);
    } else {
        const char *rest = past_kind(text);
        strbuf_addc(out, '{');
        strbuf_add(out, rest, text->len - (size_t)(rest - text->text));
    }
}

/* The apiVersion under which a definition's objects are stored. */
static const char *stored_version(struct arena *arena, const struct resource_def *def)
{
    if (is_converted_event(def))
        return "v1";
    return shape_api_version(arena, def);
}

static void set_version(cJSON *object, uint64_t version)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, version);
    json_set_str(object, text, "metadata", "resourceVersion");
}

struct object_text *shape_write(struct api_server *server,
                                const struct resource_def *def, cJSON *object,
                                uint64_t version)
{
    set_version(object, version);
    struct strbuf out;
    strbuf_init(&out, OBJECT_MAX);
    struct arena *arena = arena_new();
    strbuf_adds(&out, api_version_mark);
    strbuf_adds(&out, stored_version(arena, def));
    strbuf_adds(&out, "\",\"kind\":");
    strbuf_add_json(&out, def->kind, strlen(def->kind));
    cJSON *core = is_converted_event(def) ? json_copy(object) : NULL;
    if (core)
        events_to_core(core);
    json_each (member, core ? core : object) {
        if (strcmp(member->string, "apiVersion") == 0 ||
            strcmp(member->string, "kind") == 0)
            continue;
        strbuf_addc(&out, ',');
        strbuf_add_json(&out, member->string, strlen(member->string));
        strbuf_addc(&out, ':');
        json_print(&out, member);
    }
    strbuf_addc(&out, '}');
    struct object_text *text = NULL;
    if (!out.overflow) {
        text = object_text_new(def->namespaced ? kube_namespace(object) : "",
                               kube_name(object), out.text, out.len);
        text->version = version;
        text->written_ms = server->wall_ms;
        text->schema_age = server_storage(server, def)->schema_age;
    }
    json_free(core);
    arena_free(&arena);
    strbuf_fini(&out);
    return text;
}

struct object_text *shape_current(struct api_server *server,
                                  const struct resource_def *def, struct stored *object)
{
    unsigned age = server_storage(server, def)->schema_age;
    if (!def->custom || object->now->schema_age == age)
        return object->now;
    cJSON *tree = shape_copy(def, object->now);
    schema_prune(def->schema, tree, NULL);
    schema_default(def->schema, tree);
    struct object_text *text = shape_write(server, def, tree, object->now->version);
    if (text)
        stored_refresh(object, text);
    json_free(tree);
    return object->now;
}
