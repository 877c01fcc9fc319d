#include "kubeclient/base/yaml.h"
#include "kubeclient/base/yaml_scalar.h"

#include <math.h>
#include <string.h>

/* Parsers refuse a longer key on one line with its value (YAML 1.2, 7.4). */
#define MAX_SIMPLE_KEY 1024
#define MAX_ESCAPE 6 /* what one byte may become in quotes */

static void add_indent(struct strbuf *out, size_t indent)
{
    for (size_t i = 0; i < indent; i++)
        strbuf_adds(out, "  ");
}

/* The chomping indicator says what follows the last line: one line end is the rule. */
static void add_literal(struct strbuf *out, const char *text, size_t indent)
{
    size_t len = strlen(text), ends = 0;
    while (text[len - 1 - ends] == '\n')
        ends++;
    strbuf_adds(out, ends == 0 ? "|-\n" : ends == 1 ? "|\n" : "|+\n");
    while (*text) {
        size_t line = strcspn(text, "\n");
        if (line > 0)
            add_indent(out, indent);
        strbuf_add(out, text, line);
        strbuf_addc(out, '\n');
        text += line + (text[line] ? 1 : 0);
    }
}

/* YAML 1.1 takes 1e+30 for a string and 1.0e+30 for a number; 1.2 takes both. Beyond 53
 * bits only a number with a point is read, for an integer would be inexact. */
static void add_number(struct strbuf *out, const cJSON *value)
{
    struct strbuf text;
    strbuf_init(&text, 64);
    json_canonical(&text, value);
    size_t mantissa = strcspn(text.text, "eE");
    strbuf_add(out, text.text, mantissa);
    bool inexact = fabs(value->valuedouble) > 9007199254740992.0;
    if ((text.text[mantissa] || inexact) && !memchr(text.text, '.', mantissa))
        strbuf_adds(out, ".0");
    strbuf_adds(out, text.text + mantissa);
    strbuf_fini(&text);
}

static void add_string(struct strbuf *out, const char *text)
{
    if (yaml_plain_safe(text))
        strbuf_adds(out, text);
    else
        yaml_add_quoted(out, text);
}

static bool is_nested(const cJSON *value)
{
    return (cJSON_IsObject(value) || cJSON_IsArray(value)) && value->child;
}

static void add_node(struct strbuf *out, const cJSON *value, size_t indent);

/* A value on the line of its key or dash, with the line's end. */
static void add_inline(struct strbuf *out, const cJSON *value, size_t indent)
{
    if (cJSON_IsString(value) && yaml_literal_safe(value->valuestring)) {
        add_literal(out, value->valuestring, indent);
        return;
    }
    if (cJSON_IsString(value))
        add_string(out, value->valuestring);
    else if (cJSON_IsNumber(value))
        add_number(out, value);
    else
        json_print(out, value); /* true, false, null, {} and [] */
    strbuf_addc(out, '\n');
}

static bool is_simple_key(const char *key)
{
    size_t len = strlen(key);
    return len < MAX_SIMPLE_KEY / MAX_ESCAPE ||
           (len < MAX_SIMPLE_KEY && yaml_plain_safe(key));
}

static void add_member(struct strbuf *out, const cJSON *member, size_t indent)
{
    bool simple = is_simple_key(member->string);
    if (!simple)
        strbuf_adds(out, "? ");
    add_string(out, member->string);
    if (!simple) {
        strbuf_addc(out, '\n');
        add_indent(out, indent);
    }
    strbuf_addc(out, ':');
    if (is_nested(member)) {
        /* A list stands under its key, as kubectl prints it. */
        size_t inner = cJSON_IsArray(member) ? indent : indent + 1;
        strbuf_addc(out, '\n');
        add_indent(out, inner);
        add_node(out, member, inner);
    } else {
        strbuf_addc(out, ' ');
        add_inline(out, member, indent + 1);
    }
}

/* Prints from where the indent already stands; ends with a line's end. */
static void add_node(struct strbuf *out, const cJSON *value, size_t indent)
{
    if (!is_nested(value)) {
        add_inline(out, value, indent);
        return;
    }
    json_each (item, value) {
        if (item != value->child)
            add_indent(out, indent);
        if (cJSON_IsObject(value)) {
            add_member(out, item, indent);
        } else {
            strbuf_adds(out, "- ");
            add_node(out, item, indent + 1);
        }
    }
}

void yaml_print(struct strbuf *out, const cJSON *value)
{
    /* A literal at the top stands under an indent of its own, or `---` in it would end
     * the document. */
    add_node(out, value, cJSON_IsString(value) ? 1 : 0);
}
