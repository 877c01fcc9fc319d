#include "test/simulation/player_state.h"

#include <string.h>

enum { TEXT_MAX = 256 * 1024 };

static cJSON *fill(const struct player *player, const cJSON *value);

/* The variable that begins at "${", or NULL where there is none of that name; `*len` is
 * that of the whole reference. */
static const cJSON *variable_at(const struct player *player, const char *text,
                                size_t *len)
{
    const char *end = strchr(text, '}');
    char name[128];
    size_t name_len = end ? (size_t)(end - text - 2) : 0;
    if (!end || name_len == 0 || name_len >= sizeof name)
        return NULL;
    memcpy(name, text + 2, name_len);
    name[name_len] = '\0';
    *len = name_len + 3;
    return json_at(player->variables, name);
}

static void add_value(struct strbuf *out, const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);
    if (text)
        strbuf_adds(out, text);
    else
        json_print(out, value);
}

static cJSON *fill_text(const struct player *player, const char *text)
{
    size_t len;
    if (strncmp(text, "${", 2) == 0) {
        const cJSON *whole = variable_at(player, text, &len);
        if (whole && !text[len])
            return json_copy(whole);
    }
    struct strbuf out;
    strbuf_init(&out, TEXT_MAX);
    while (*text) {
        const cJSON *value =
            strncmp(text, "${", 2) == 0 ? variable_at(player, text, &len) : NULL;
        if (value) {
            add_value(&out, value);
            text += len;
        } else
            strbuf_addc(&out, *text++);
    }
    cJSON *filled = json_string(out.len ? out.text : "");
    strbuf_fini(&out);
    return filled;
}

static const char *fill_name(const struct player *player, const char *name,
                             struct arena *arena)
{
    if (!strstr(name, "${"))
        return name;
    auto_json cJSON *filled = fill_text(player, name);
    return arena_strdup(arena, filled->valuestring);
}

static cJSON *fill(const struct player *player, const cJSON *value)
{
    if (cJSON_IsString(value))
        return fill_text(player, value->valuestring);
    if (!cJSON_IsObject(value) && !cJSON_IsArray(value))
        return json_copy(value);
    cJSON *out = cJSON_IsArray(value) ? json_array() : json_object();
    json_each (child, value) {
        if (child->string)
            json_add(out, fill(player, child),
                     fill_name(player, child->string, player->arena));
        else
            json_push(out, fill(player, child));
    }
    return out;
}

const cJSON *player_fill(struct player *player, const cJSON *value)
{
    return value ? json_adopt(player->arena, fill(player, value)) : NULL;
}
