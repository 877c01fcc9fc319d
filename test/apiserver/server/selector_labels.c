#include "test/apiserver/server/selector.h"

#include "kubeclient/base/ascii.h"
#include "test/apiserver/server/metadata.h"

#include <string.h>

/* The grammar of label selectors (apimachinery, pkg/labels):
 *
 *     selector    = requirement { "," requirement }
 *     requirement = "!" KEY | KEY [ operator ]
 *     operator    = ("=" | "==" | "!=") [ VALUE ] | (">" | "<") VALUE
 *                 | ("in" | "notin") "(" VALUE { "," VALUE } ")"
 */
struct parser {
    struct arena *arena;
    const char *at;
    const char *token; /* the one under the cursor; "" at the end */
    const char **problem;
};

static bool is_special(char c)
{
    return strchr("=!(),<>", c);
}

static void next(struct parser *parser)
{
    parser->at += strspn(parser->at, " \t\r\n");
    size_t len = 0;
    if (!*parser->at)
        len = 0;
    else if (is_special(*parser->at))
        len = strspn(parser->at, "=!") > 1 && !strchr("(),<>", parser->at[0]) ? 2 : 1;
    else
        len = strcspn(parser->at, "=!(),<> \t\r\n");
    parser->token = arena_strndup(parser->arena, parser->at, len);
    parser->at += len;
}

static bool is_token(const struct parser *parser, const char *text)
{
    return strcmp(parser->token, text) == 0;
}

static bool fail(struct parser *parser, const char *expected)
{
    *parser->problem = arena_printf(
        parser->arena, "unable to parse requirement: found '%s', expected: %s",
        parser->token, expected);
    return false;
}

static bool is_identifier(const struct parser *parser)
{
    return *parser->token && !is_special(*parser->token);
}

static bool parse_set(struct parser *parser, struct requirement *it)
{
    next(parser);
    if (!is_token(parser, "("))
        return fail(parser, "'('");
    const char **values =
        arena_alloc(parser->arena, (strlen(parser->at) + 2) * sizeof *values);
    size_t count = 0;
    do {
        next(parser);
        if (is_token(parser, ",") || is_token(parser, ")")) {
            values[count++] = ""; /* nothing between two commas is the empty value */
            continue;
        }
        if (!is_identifier(parser))
            return fail(parser, "',', ')' or identifier");
        values[count++] = parser->token;
        next(parser);
    } while (is_token(parser, ","));
    if (!is_token(parser, ")"))
        return fail(parser, "',' or ')'");
    it->values = values;
    next(parser);
    return true;
}

/* One value, which may be empty but for comparisons. */
static bool parse_value(struct parser *parser, struct requirement *it)
{
    next(parser);
    const char **values = arena_alloc(parser->arena, 2 * sizeof *values);
    values[0] = "";
    if (is_identifier(parser)) {
        values[0] = parser->token;
        next(parser);
    } else if (*parser->token && !is_token(parser, ",")) {
        return fail(parser, "identifier");
    }
    it->values = values;
    return true;
}

static bool parse_operator(struct parser *parser, struct requirement *it)
{
    static const struct {
        const char *token;
        enum selector_op op;
    } operators[] = {{"=", SELECT_IN},  {"==", SELECT_IN},        {"!=", SELECT_NOT_IN},
                     {"in", SELECT_IN}, {"notin", SELECT_NOT_IN}, {">", SELECT_GREATER},
                     {"<", SELECT_LESS}};
    it->op = SELECT_EXISTS;
    if (!*parser->token || is_token(parser, ","))
        return true;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (!is_token(parser, operators[i].token))
            continue;
        it->op = operators[i].op;
        return is_special(operators[i].token[0]) ? parse_value(parser, it)
                                                 : parse_set(parser, it);
    }
    return fail(parser, "in, notin, =, ==, !=, gt, lt");
}

static bool parse_requirement(struct parser *parser, struct requirement *it)
{
    bool negated = is_token(parser, "!");
    if (negated)
        next(parser);
    if (!is_identifier(parser))
        return fail(parser, "!, identifier, or 'end of string'");
    it->key = parser->token;
    next(parser);
    if (!negated)
        return parse_operator(parser, it);
    it->op = SELECT_NOT_EXISTS;
    return !*parser->token || is_token(parser, ",") ||
           fail(parser, "',' or 'end of string'");
}

static bool refuse_value(struct parser *parser, const char *where, const char *value,
                         const char *why)
{
    *parser->problem = arena_printf(parser->arena,
                                    "unable to parse requirement: %s: Invalid value: "
                                    "\"%s\": %s",
                                    where, value, why);
    return false;
}

/* Keys and values are those that labels can have. */
static bool check_requirement(struct parser *parser, const struct requirement *it)
{
    const char *fault = metadata_key_fault(parser->arena, it->key);
    if (fault)
        return refuse_value(parser, "<nil>", it->key, fault);
    bool compared = it->op == SELECT_GREATER || it->op == SELECT_LESS;
    int64_t number;
    if (compared && !ascii_parse_i64(it->values[0], &number))
        return refuse_value(parser, "values[0]", it->values[0],
                            "for 'Gt', 'Lt' operators, the value must be an integer");
    for (size_t i = 0; it->values && it->values[i]; i++) {
        fault = metadata_value_fault(it->values[i]);
        if (fault)
            return refuse_value(
                parser, arena_printf(parser->arena, "values[%zu][%s]", i, it->key),
                it->values[i], fault);
    }
    return true;
}

const struct requirement *selector_parse_labels(struct arena *arena, const char *text,
                                                const char **problem)
{
    struct parser parser = {.arena = arena, .at = text, .problem = problem};
    const struct requirement *first = NULL, **last = &first;
    for (next(&parser); *parser.token; next(&parser)) {
        struct requirement *it = arena_alloc(arena, sizeof *it);
        if (!parse_requirement(&parser, it) || !check_requirement(&parser, it))
            return NULL;
        *last = it;
        last = &it->next;
        if (!*parser.token)
            break;
        bool comma = is_token(&parser, ",");
        if (!comma || !parser.at[strspn(parser.at, " \t\r\n")]) {
            *problem = arena_printf(
                arena, "found '%s', expected: %s", comma ? "" : parser.token,
                comma ? "identifier after ','" : "',' or 'end of string'");
            return NULL;
        }
    }
    return first;
}
