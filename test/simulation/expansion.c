#include "test/simulation/expansion.h"

#include "kubeclient/base/alloc.h"

#include <string.h>

enum { VALUE_MAX = 1024 * 1024 };

/* Appends what the reference at `text` comes to and returns where it ends. */
static const char *expand_one(struct strbuf *out, const char *text, const cJSON *known)
{
    const char *end = text[1] == '(' ? strchr(text, ')') : NULL;
    if (text[1] == '$' || !end) {
        strbuf_addc(out, '$');
        return text + 1 + (text[1] == '$');
    }
    const char *value = NULL;
    size_t len = (size_t)(end - text) - 2;
    json_each (variable, known) {
        if (strlen(variable->string) == len &&
            strncmp(variable->string, text + 2, len) == 0)
            value = variable->valuestring;
    }
    if (value)
        strbuf_adds(out, value);
    else
        strbuf_add(out, text, (size_t)(end - text) + 1);
    return end + 1;
}

static char *expand(const char *text, const cJSON *known)
{
    struct strbuf out;
    strbuf_init(&out, VALUE_MAX);
    while (*text) {
        if (*text == '$')
            text = expand_one(&out, text, known);
        else
            strbuf_addc(&out, *text++);
    }
    return strbuf_detach(&out);
}

bool pod_variables_are(const cJSON *pod, const cJSON *wanted, struct strbuf *why)
{
    auto_json cJSON *known = json_object();
    const cJSON *containers = json_at(pod, "spec", "containers");
    bool all = true;
    json_each (entry, json_at(containers ? containers->child : NULL, "env")) {
        const char *text = json_str_or(entry, "", "value");
        char *value =
            expand(json_at(entry, "valueFrom") ? "<from elsewhere>" : text, known);
        json_set_str(known, value, json_str(entry, "name"));
        free(value);
    }
    json_each (variable, wanted) {
        const char *seen = json_str_or(known, "(nothing)", variable->string);
        if (strcmp(seen, variable->valuestring) == 0)
            continue;
        strbuf_addf(why, "variable %s: wanted %s, saw %s\n", variable->string,
                    variable->valuestring, seen);
        all = false;
    }
    return all;
}
